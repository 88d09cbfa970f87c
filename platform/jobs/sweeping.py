"""Finding what fell down: jobs whose worker died, and queued jobs whose message is lost.

Every worker sweeps; that several do it at once is harmless, because each change compares what it read.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from common.clock import now
from jobs.models import Job, JobLog
from jobs.services.events import emit_job_changed
from jobs.services.sending import send_job
from jobs.types import JobState

logger = logging.getLogger(__name__)

NEVER_SENT_AFTER = timedelta(seconds=1)
BATCH = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: jobs taken from dead workers, and messages sent (again)."""

    recovered: int
    sent: int


def sweep(*, lost_after: timedelta, resend_after: timedelta) -> Swept:
    """Look once.

    Parameters
    ----------
    lost_after : timedelta
        A running job without a sign of life for so long has lost its worker. The clocks of all worker machines must
        agree to well within it.
    resend_after : timedelta
        A queued job that was sent so long ago and still waits is sent again: its message may be lost. A second
        message does no harm.
    """
    stale = Job.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now() - lost_after)
    recovered = sum(_recover(job_id, lost_after=lost_after) for job_id in stale.values_list("pk", flat=True)[:BATCH])
    return Swept(recovered=recovered, sent=send_waiting(resend_after=resend_after))


def send_waiting(*, resend_after: timedelta) -> int:
    """Send the ids of queued jobs that are due and were never sent, or last sent before `resend_after`."""
    moment = now()
    waiting = Job.objects.filter(
        Q(sent_at__isnull=True, created_at__lt=moment - NEVER_SENT_AFTER) | Q(sent_at__lt=moment - resend_after),
        state=JobState.QUEUED,
        not_before__lte=moment,
    ).order_by("created_at")
    sent = 0
    for job_id, queue, sent_at in waiting.values_list("pk", "queue", "sent_at")[:BATCH]:
        # Whoever moves sent_at sends: two sweepers do not both.
        if Job.objects.filter(pk=job_id, state=JobState.QUEUED, sent_at=sent_at).update(sent_at=moment):
            send_job(job_id=job_id, queue=queue)
            sent += 1
    return sent


@transaction.atomic
def _recover(job_id: UUID, *, lost_after: timedelta) -> bool:
    job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id).first()
    if job is None or job.state != JobState.RUNNING or job.heartbeat_at is None:
        return False
    if job.heartbeat_at >= now() - lost_after:
        return False
    worker = job.worker
    job.claim = None
    if job.cancel_requested:
        job.state, job.finished_at, job.message = JobState.CANCELLED, now(), "Cancelled"
    elif job.attempts >= job.max_attempts:
        job.state, job.finished_at = JobState.FAILED, now()
        job.error_code = "worker_lost"
        job.error_message = f"Its worker died {job.attempts} times; the last one was {worker}."
    else:
        job.state, job.progress, job.sent_at, job.not_before = JobState.QUEUED, 0.0, None, now()
        job.message = "Its worker died; the job is started again."
    job.save()
    JobLog.objects.create(job=job, text=f"Worker {worker} showed no sign of life in attempt {job.attempts}.")
    emit_job_changed(job=job)
    logger.warning("Job %s (%s) lost its worker %s and is now %s", job.pk, job.kind, worker, job.state)
    return True
