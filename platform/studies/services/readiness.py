"""A series for somebody who waits for the answer: indexed while they wait when that is quick, else soon, by its job."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from common.errors import NotReadyError
from jobs.models import Job
from jobs.services import enqueue_job, hasten_job
from jobs.types import JobState
from studies.models import Series
from studies.services.imports import INDEX_JOB, SERIES_COSTS
from studies.services.indexing import ensure_indexed

WHILE_WAITING = 500
"""Most instances that are indexed while somebody waits: about a second's work, a series counted as 20 of them."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Series, in the order in which they were asked for, and which of them are being prepared: they lack volumes,
    metadata and pictures, or have those of before their newest instances."""

    series: list[Series]
    waiting: set[UUID] = field(default_factory=set)


def index_while_waiting(*, series: Iterable[Series]) -> Readiness:
    """Index what is not, as far as that is quick; for the rest their jobs begin now."""
    left = WHILE_WAITING
    found = Readiness([])
    for one in series:
        cost = one.instance_count + SERIES_COSTS
        if one.indexed_at is not None:
            found.series.append(one)
        elif cost <= left:
            left -= cost
            found.series.append(ensure_indexed(series=one))
        else:
            _begin_now(one)
            found.series.append(one)
            found.waiting.add(one.pk)
    return found


def require_indexed(*, series: Series) -> Series:
    """Return the series with metadata, volumes and pictures that know every instance of it.

    Raises
    ------
    NotReadyError
        It is so large that this takes longer than somebody waits; its job begins now.
    """
    found = index_while_waiting(series=[series])
    refuse_waiting(found)
    return found.series[0]


def refuse_waiting(found: Readiness) -> None:
    """Raise where a series is being prepared.

    Raises
    ------
    NotReadyError
        As `require_indexed`.
    """
    images = sum(one.instance_count for one in found.series if one.pk in found.waiting)
    if images:
        raise NotReadyError(
            f"{images:,} images that came just now are being prepared. Ask again in some seconds; searches, single "
            "instances and frames are answered already.",
            code="being_prepared",
        )


@transaction.atomic
def _begin_now(series: Series) -> None:
    """Move the series's job to the front, or start one: that of a large import may be long in coming to it."""
    subject = f"series:{series.series_uid}"
    jobs = Job.objects.filter(kind=INDEX_JOB, subject=subject, state__in=[JobState.QUEUED, JobState.RUNNING])
    job = jobs.order_by("created_at").first()
    if job is None:
        enqueue_job(actor=None, kind=INDEX_JOB, arguments={"series_id": str(series.pk)}, subject=subject)
    else:
        hasten_job(job=job)
