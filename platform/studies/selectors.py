"""What an actor can see of the archive. Everything starts from the visible set."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from common.errors import NotFoundError
from studies import policies
from studies.models import DerivedObject, Import, ImportedFile, Instance, Series, SetAsideFile, Study
from studies.types import Outcome

LONG_FILES = 5_000


def visible_series(*, actor: User) -> QuerySet[Series]:
    """Return the series that exist for the actor."""
    return policies.visible_series(user=actor)


def visible_parts(*, actor: User) -> list[policies.VisiblePart]:
    """Return parts that together are the visible series, for questions about a few studies at a time."""
    return policies.visible_parts(user=actor)


def visible_studies(*, actor: User) -> QuerySet[Study]:
    """Return the studies with at least one visible series."""
    return Study.objects.filter(pk__in=visible_series(actor=actor).values("study"))


def visible_instances(*, actor: User) -> QuerySet[Instance]:
    """Return the instances of visible series."""
    return Instance.objects.filter(series__in=visible_series(actor=actor))


def series_for(actor: User, series_uid: str) -> Series:
    """Return a visible series.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    rows = visible_series(actor=actor).select_related("study").filter(series_uid=series_uid)
    series = None if "\0" in series_uid else rows.first()  # PostgreSQL takes no NUL, not even to look for
    if series is None:
        raise NotFoundError("There is no such series.", code="series_not_found")
    return series


def study_for(actor: User, study_uid: str) -> Study:
    """Return a visible study, or raise NotFoundError."""
    study = None if "\0" in study_uid else visible_studies(actor=actor).filter(study_uid=study_uid).first()
    if study is None:
        raise NotFoundError("There is no such study.", code="study_not_found")
    return study


def derived_of(*, actor: User, series_ids: set[Any]) -> QuerySet[DerivedObject]:
    """Return the derived objects that are of the given series or speak of them, out of series the actor sees."""
    about = Q(instance__series__in=series_ids) | Q(links__series__in=series_ids)
    visible = DerivedObject.objects.filter(instance__series__in=visible_series(actor=actor))
    return (
        visible.filter(about)
        .distinct()
        .select_related("instance__series")
        .prefetch_related("links")
        .order_by("instance__series__number", "instance__number", "instance__sop_instance_uid")
    )


def search_studies(*, actor: User, text: str = "") -> QuerySet[Study]:
    """Return visible studies whose patient, description, accession number or UID contains `text`."""
    found = visible_studies(actor=actor)
    for word in text.split():
        found = found.filter(
            Q(patient_id__icontains=word)
            | Q(patient_name__icontains=word)
            | Q(description__icontains=word)
            | Q(accession_number__icontains=word)
            | Q(study_uid=word)
        )
    return found


def visible_imports(*, actor: User) -> QuerySet[Import]:
    """Return the imports the actor may look at."""
    return policies.visible_imports(user=actor)


def import_for(actor: User, import_id: UUID) -> Import:
    """Return a visible import, or raise NotFoundError."""
    batch = visible_imports(actor=actor).filter(pk=import_id).first()
    if batch is None:
        raise NotFoundError("There is no such import.", code="import_not_found")
    return batch


def studies_of_import(*, batch: Import) -> list[str]:
    """Return the Study Instance UIDs that the import brought or met again, in order."""
    return list(
        Study.objects.filter(series__instances__imports__batch=batch)
        .order_by("study_uid")
        .values_list("study_uid", flat=True)
        .distinct()
    )


def is_long(*, batch: Import) -> bool:
    """Say whether an import has so many files that its studies are not worth gathering for a list or an event."""
    return batch.accepted + batch.duplicates > LONG_FILES


def files_of_import(*, batch: Import, state: str = "", after: int = 0) -> QuerySet[ImportedFile]:
    """Return what became of the files of an import, in the order of their coming.

    Parameters
    ----------
    batch : Import
        A visible one.
    state : str
        `accepted` (with and without findings), `findings`, `duplicate`, `set_aside`, or empty for all.
    after : int
        Only rows after the one of this id.
    """
    rows = ImportedFile.objects.filter(batch=batch, pk__gt=after).select_related("instance__series__study")
    if state == "findings":
        rows = rows.filter(outcome=Outcome.ACCEPTED).exclude(findings=[])
    elif state:
        rows = rows.filter(outcome=state)
    return rows.order_by("pk")


def visible_set_aside(*, actor: User) -> QuerySet[SetAsideFile]:
    """Return the unsettled set-aside files of visible imports."""
    return SetAsideFile.objects.filter(batch__in=visible_imports(actor=actor), settled_at=None)


def search_set_aside(
    *, actor: User, text: str = "", reason: str | None = None, import_id: UUID | None = None
) -> QuerySet[SetAsideFile]:
    """Return visible set-aside files, newest first, of one reason or import, whose path or detail has `text`."""
    rows = visible_set_aside(actor=actor)
    if text:
        rows = rows.filter(Q(path__icontains=text) | Q(detail__icontains=text))
    if reason is not None:
        rows = rows.filter(reason=reason)
    return rows if import_id is None else rows.filter(batch=import_id)


def set_aside_for(actor: User, file_id: UUID) -> SetAsideFile:
    """Return a visible set-aside file, or raise NotFoundError."""
    row = visible_set_aside(actor=actor).select_related("batch").filter(pk=file_id).first()
    if row is None:
        raise NotFoundError("There is no such file.", code="file_not_found")
    return row
