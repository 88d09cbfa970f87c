"""Open and close a batch of files."""

from django.db import transaction

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import DeniedError
from jobs.models import Job
from jobs.services import emit_event, enqueue_job
from jobs.types import JobState
from studies import policies, selectors
from studies.dicomfile.metadata import storable_text
from studies.models import Import, Series
from studies.services.indexing import index_series
from studies.types import ImportState

INDEX_JOB = "studies.index_series"


def open_import(*, actor: User | None, source: str) -> Import:
    """Begin a batch.

    Parameters
    ----------
    actor : User or None
        Who brings the files; None for the command line without a user: only administrators see them then.
    source : str
        `browser`, `stow-rs`, or a path; cut to 200 characters.

    Raises
    ------
    DeniedError
        The actor may not import.
    """
    if actor is not None and not policies.can_import(user=actor):
        raise DeniedError("Only managers and administrators can bring in images.", code="import_denied")
    with transaction.atomic():
        batch = Import.objects.create(created_by=actor, source=storable_text(source)[:200])
        record_action(actor=actor, action="import.open", subject=f"import:{batch.pk}", detail={"source": batch.source})
    return batch


def close_import(*, actor: User | None, batch: Import, index: bool = True) -> Import:
    """End a batch: index the series that got new instances, and tell the browser.

    Closing twice is harmless. Holds no lock while it indexes (about 0.1 s per series of 200 slices). With
    `index=False` a job does that, one per series however many batches add to it: for senders of single instances.

    Raises
    ------
    DeniedError
        It is somebody else's batch.
    """
    if actor is not None and not policies.visible_imports(user=actor).filter(pk=batch.pk).exists():
        raise DeniedError("This is somebody else's import.", code="import_denied")
    stale = list(Series.objects.filter(instances__imports__batch=batch, indexed_at=None).distinct())
    if index:
        for series in stale:
            index_series(series=series)
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=batch.pk)
        if batch.state == ImportState.CLOSED:
            return batch
        if not index:
            _index_later(actor, stale)
        batch.state = ImportState.CLOSED
        batch.closed_at = now()
        batch.save(update_fields=["state", "closed_at"])
        counts = {"accepted": batch.accepted, "duplicates": batch.duplicates, "set_aside": batch.set_aside}
        record_action(actor=actor, action="import.close", subject=f"import:{batch.pk}", detail=counts)
        emit_event(
            kind="import.changed",
            subject=f"import:{batch.pk}",
            payload={"id": str(batch.pk), "state": str(batch.state), **counts}
            | {"studies": selectors.studies_of_import(batch=batch)},
            team=None,
            user=batch.created_by,
        )
    return batch


def _index_later(actor: User | None, series: list[Series]) -> None:
    """Queue one job per series unless one is waiting: a job that has not begun will see the new instances."""
    for one in series:
        subject = f"series:{one.series_uid}"
        if not Job.objects.filter(kind=INDEX_JOB, subject=subject, state=JobState.QUEUED).exists():
            enqueue_job(actor=actor, kind=INDEX_JOB, arguments={"series_id": str(one.pk)}, subject=subject)
