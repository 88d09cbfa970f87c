"""Repeat what lists of studies are ordered by in the series that are there, and list the studies of teams."""

from typing import Any

from django.db import migrations

# One statement each, on every engine alike: a large archive has hundreds of thousands of each.
FILL = (
    """
    UPDATE studies_series SET
        study_date = (SELECT s.study_date FROM studies_study s WHERE s.id = studies_series.study_id),
        study_created_at = (SELECT s.created_at FROM studies_study s WHERE s.id = studies_series.study_id)
    """,
    """
    INSERT INTO studies_studygrant (study_id, team_id, study_date, study_created_at)
    SELECT DISTINCT s.study_id, g.team_id, s.study_date, s.study_created_at
    FROM studies_seriesgrant g JOIN studies_series s ON s.id = g.series_id
    """,
    """
    UPDATE studies_seriesgrant SET study_grant_id = (
        SELECT l.id FROM studies_studygrant l JOIN studies_series s ON s.study_id = l.study_id
        WHERE s.id = studies_seriesgrant.series_id AND l.team_id = studies_seriesgrant.team_id
    )
    """,
)


def fill(apps: Any, schema_editor: Any) -> None:
    """Copy it from the studies to their series and to the studies of teams, which grants refer to then."""
    for statement in FILL:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("studies", "0015_list_order")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
