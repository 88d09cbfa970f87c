"""Handing job ids to the broker."""

from uuid import UUID

from common.clock import now
from jobs.celery import RUN_JOB, app
from jobs.models import Job
from jobs.types import JobState


def send_job(*, job_id: UUID, queue: str) -> None:
    """Send the id of a queued job, outside any transaction.

    When the broker is away this raises, and the row says that nothing was sent: the sweeper sends again.
    """
    moment = now()
    Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(sent_at=moment)
    try:
        app.send_task(RUN_JOB, args=[str(job_id)], queue=queue)
    except Exception:
        Job.objects.filter(pk=job_id, sent_at=moment).update(sent_at=None)
        raise
