"""Pseudonymous numbers of readers and patients of a project: the only names that leave in an archive."""

from uuid import UUID

from django.db.models import Min

from annotations.reading.models import Case, Project, Reading


def reader_numbers(*, project: Project) -> dict[UUID, int]:
    """Return the number of each reader, from 1, in the order in which they were given their first reading.

    Equal times are told apart by the reading's random id, so that the numbers follow no alphabet; a reader who joins
    later gets the next number and changes nobody else's.
    """
    first: dict[UUID, int] = {}
    rows = Reading.objects.filter(case__project=project).order_by("created_at", "id")
    for reader in rows.values_list("reader_id", flat=True):
        first.setdefault(reader, len(first) + 1)
    return first


def patient_numbers(*, project: Project) -> dict[str, int]:
    """Return the number of each patient key, from 1, in the order of the patients' first cases."""
    rows = Case.objects.filter(project=project).values("patient_key").annotate(first=Min("number")).order_by("first")
    return {row["patient_key"]: number for number, row in enumerate(rows, start=1)}
