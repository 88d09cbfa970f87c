"""Put what de-identification made into the archive, and show it to the profile's team alone."""

import io
from collections.abc import Collection, Iterable

from django.db import transaction

from accounts.models import User
from audit.services import record_action
from jobs.services import emit_event
from studies.models import DeidentificationVersion, DeidentifiedSeries, Import, Series, SeriesGrant
from studies.services.imports import close_import, open_import
from studies.services.indexing import index_series
from studies.services.intake import store_files
from studies.services.preparing import Incoming
from studies.types import FileOutcome, Origin

SOURCE = "deidentification"


def store_made(
    *, version: DeidentificationVersion, files: Iterable[tuple[str, bytes]], actor: User | None
) -> list[FileOutcome]:
    """Store made instances, index their series, and grant these to the team.

    The import belongs to nobody: who started the run sees the result as a member of the team, not as its uploader.
    Nobody but administrators sees a series before it is granted. The same bytes twice are one instance.

    Parameters
    ----------
    files : iterable of (str, bytes)
        SOP Instance UID and Part 10 bytes, made by `version`.
    """
    batch = open_import(actor=None, source=SOURCE)
    outcomes = store_batch(batch=batch, files=files)
    show(version=version, series_uids={outcome.series_uid for outcome in outcomes}, actor=actor)
    close_import(actor=None, batch=batch)
    return outcomes


def store_batch(*, batch: Import, files: Iterable[tuple[str, bytes]]) -> list[FileOutcome]:
    """Store made instances into an open import; nothing is shown to anybody yet."""
    incoming = (Incoming(f"{uid}.dcm", io.BytesIO(data)) for uid, data in files)
    return list(store_files(batch=batch, files=incoming, origin=Origin.DEIDENTIFIED))


def show(*, version: DeidentificationVersion, series_uids: Collection[str], actor: User | None) -> None:
    """Index the series, say who made them, and grant them to the profile's team."""
    made = list(Series.objects.filter(series_uid__in=series_uids, instances__origin=Origin.DEIDENTIFIED).distinct())
    for series in made:
        index_series(series=series)
    team = version.profile.team
    with transaction.atomic():
        for series in made:
            DeidentifiedSeries.objects.get_or_create(series=series, defaults={"version": version})
            _, new = SeriesGrant.objects.give(series=series, team=team)
            if new:
                record_action(actor=actor, action="series.grant", subject=f"series:{series.series_uid}", team=team)
            emit_event(
                kind="study.changed",
                subject=f"study:{series.study.study_uid}",
                payload={"study_uid": series.study.study_uid, "series_uid": series.series_uid},
                team=team,
                staff_only=True,
            )
