"""Open and close a batch of files."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import DeniedError
from jobs.models import Job
from jobs.services import emit_event, enqueue_job, postpone_job
from jobs.types import JobState
from studies import policies, selectors
from studies.dicomfile.metadata import storable_text
from studies.models import Import, Series
from studies.services.indexing import index_series
from studies.services.research import join_waiting
from studies.types import ImportState

INDEX_JOB = "studies.index_series"
INDEX_IMPORT_JOB = "studies.index_import"
INLINE_INSTANCES = 1_000
SERIES_COSTS = 20
"""What a series costs to index beside its instances, in instances."""
TELL_EVERY_S = 1.0
QUIET_FOR = timedelta(seconds=3)
"""A series that still grows is indexed when nothing came for so long: else each request of a sender would have it done
anew, beside the sending."""
WAIT_AT_MOST = timedelta(seconds=60)
"""However long it grows."""


def open_import(*, actor: User | None, source: str, name: str = "") -> Import:
    """Begin a batch.

    Parameters
    ----------
    actor : User or None
        Who brings the files; None for the command line without a user: only administrators see them then.
    source : str
        `browser`, `stow-rs`, or a path; cut to 200 characters.
    name : str, optional
        What the person calls it; cut likewise.

    Raises
    ------
    DeniedError
        The actor may not import.
    """
    if actor is not None and not policies.can_import(user=actor):
        raise DeniedError("Only managers and administrators can bring in images.", code="import_denied")
    with transaction.atomic():
        batch = Import.objects.create(
            created_by=actor, source=storable_text(source)[:200], name=storable_text(name)[:200]
        )
        record_action(actor=actor, action="import.open", subject=f"import:{batch.pk}", detail={"source": batch.source})
    return batch


def close_import(*, actor: User | None, batch: Import, index: bool = True, one_job: bool = False) -> Import:
    """End a batch: index the series that got new instances, and tell the browser.

    Closing twice is harmless. Holds no lock while it indexes (about 0.1 s per series of 200 slices).

    Parameters
    ----------
    actor : User or None
        Who ends it; None for the system.
    batch : Import
        Which.
    index : bool
        True: index now. False: jobs do it.
    one_job : bool
        With `index=False`: one job for the import, which tells how far it is, for a large import of one person. Else
        a job per series, however many batches add to it: for senders of single instances.

    Raises
    ------
    DeniedError
        It is somebody else's batch.
    """
    is_own = actor is not None and batch.created_by_id == actor.pk
    if actor is not None and not is_own and not policies.visible_imports(user=actor).filter(pk=batch.pk).exists():
        raise DeniedError("This is somebody else's import.", code="import_denied")
    if Import.objects.filter(pk=batch.pk, state=ImportState.OPEN, set_aside__gt=0).exists():
        join_waiting(batch=batch)
    stale = list(stale_series(batch))
    if index:
        for series in stale:
            index_series(series=series)
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=batch.pk)
        if is_own and batch.created_by_id is not None:
            batch.created_by = actor  # at hand already
        if batch.state == ImportState.CLOSED:
            return batch
        if not index and one_job:
            batch.series_to_index = len(stale)
            subject = f"import:{batch.pk}"
            enqueue_job(actor=actor, kind=INDEX_IMPORT_JOB, arguments={"import_id": str(batch.pk)}, subject=subject)
        elif not index:
            _index_later(actor, stale)
        batch.state = ImportState.CLOSED
        batch.closed_at = now()
        batch.save(update_fields=["state", "closed_at", "series_to_index"])
        record_action(actor=actor, action="import.close", subject=f"import:{batch.pk}", detail=_counts(batch))
        _tell(batch)
    return batch


def stale_series(batch: Import) -> QuerySet[Series]:
    """Return the series to which the batch brought something and which are not indexed since."""
    return Series.objects.filter(instances__imports__batch=batch, indexed_at=None).order_by("pk").distinct()


def is_large(batch: Import) -> bool:
    """Say whether indexing what the batch brought takes longer than a person waits for an answer."""
    waiting = stale_series(batch).values_list("instance_count", flat=True)
    return sum(waiting) + SERIES_COSTS * len(waiting) > INLINE_INSTANCES


def index_import(*, batch: Import, report: Callable[[float, str], None]) -> int:
    """Index the series of a closed batch one after the other; return how many.

    The browser hears about once a second how many are left. Begun again, it goes on with those that are left.

    Parameters
    ----------
    report : callable
        Told the share done (0 to 1) and a word on it; may raise to end the work.
    """
    series = list(stale_series(batch))
    told = time.monotonic()
    for number, one in enumerate(series):
        report(number / len(series), f"Series {number + 1} of {len(series)}")
        index_series(series=one)
        if time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            _left(batch, len(series) - number - 1)
    _left(batch, 0)
    return len(series)


def _left(batch: Import, count: int) -> None:
    with transaction.atomic():
        batch = Import.objects.select_for_update().get(pk=batch.pk)
        batch.series_to_index = count
        batch.save(update_fields=["series_to_index"])
        _tell(batch)


def _counts(batch: Import) -> dict[str, Any]:
    return {
        "accepted": batch.accepted,
        "with_findings": batch.with_findings,
        "duplicates": batch.duplicates,
        "set_aside": batch.set_aside,
    }


def _tell(batch: Import) -> None:
    """Tell whoever brought it; administrators when nobody did."""
    studies = [] if selectors.is_long(batch=batch) else selectors.studies_of_import(batch=batch)
    emit_event(
        kind="import.changed",
        subject=f"import:{batch.pk}",
        payload={"id": str(batch.pk), "state": str(batch.state), **_counts(batch)}
        | {"series_to_index": batch.series_to_index, "studies": studies},
        team=None,
        user=batch.created_by,
    )


def _index_later(actor: User | None, series: list[Series]) -> None:
    """Queue one job per series for when it has stopped growing; whoever asks for the series before has it at once.

    A job that has not begun will see the new instances.
    """
    for one in series:
        subject = f"series:{one.series_uid}"
        job = Job.objects.filter(kind=INDEX_JOB, subject=subject, state=JobState.QUEUED).first()
        if job is None:
            arguments = {"series_id": str(one.pk)}
            enqueue_job(actor=actor, kind=INDEX_JOB, arguments=arguments, subject=subject, delay=QUIET_FOR)
        else:
            postpone_job(job=job, delay=QUIET_FOR, at_most=WAIT_AT_MOST)
