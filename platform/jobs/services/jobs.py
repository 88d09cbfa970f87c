"""Starting, cancelling and repeating jobs."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from audit.services import record_action
from common.clock import now
from common.errors import DeniedError
from jobs.errors import JobEndedError, JobNotEndedError
from jobs.models import Job
from jobs.policies import can_steer_job
from jobs.registry import kind_named
from jobs.services.events import emit_job_changed
from jobs.services.sending import send_job
from jobs.types import JobState


def _send_on_commit(job: Job) -> None:
    def send() -> None:
        send_job(job_id=job.pk, queue=job.queue)

    # Robust: when the broker is away the row is there all the same, and the sweeper sends it.
    transaction.on_commit(send, robust=True)


@transaction.atomic
def enqueue_job(
    *,
    actor: User | None,
    kind: str,
    arguments: dict[str, Any],
    subject: str = "",
    team: Team | None = None,
    delay: timedelta = timedelta(0),
) -> Job:
    """Write a Job row in the caller's transaction; it is sent to a worker when that commits.

    Policy belongs to the caller: this starts work for whatever the caller has already allowed.

    Parameters
    ----------
    actor : User or None
        Who will see the job as their own, with its result. None for what the system starts by itself, and
        whenever the result must not be shown to whoever triggered it (blinding).
    kind : str
        As declared with `@job`.
    arguments : dict
        JSON values, handed to the body as keyword arguments.
    subject : str, optional
        `kind:id` of what it works on.
    team : Team, optional
        The team whose managers and engineers see it.
    delay : timedelta, optional
        Not before this has passed: the workers' sweeper, which looks every second, sends it then. `postpone_job` may
        put it off further.

    Raises
    ------
    LookupError
        When no installed app declares the kind.
    """
    declared = kind_named(kind)
    job = Job.objects.create(
        kind=kind,
        queue=declared.queue,
        max_attempts=declared.max_attempts,
        arguments=arguments,
        subject=subject,
        team=team,
        created_by=actor,
        not_before=now() + delay,
    )
    emit_job_changed(job=job)
    if not delay:
        _send_on_commit(job)
    return job


def postpone_job(*, job: Job, delay: timedelta, at_most: timedelta) -> bool:
    """Put off a job that waits for its time to `delay` from now, but never beyond `at_most` after it was enqueued.

    Returns
    -------
    bool
        Whether it was put off. It is not when it was sent already (a worker has it, or will in a moment), and never
        to an earlier time.
    """
    moment = min(now() + delay, job.created_at + at_most)
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, sent_at=None, not_before__lt=moment)
    return bool(waiting.update(not_before=moment))


def hasten_job(*, job: Job) -> bool:
    """Send a job now that waits for its time; return whether it did."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED, sent_at=None, not_before__gt=now())
    if not waiting.update(not_before=now()):
        return False
    _send_on_commit(job)
    return True


def _locked(*, actor: User, job: Job) -> Job:
    if not can_steer_job(user=actor, job=job):
        raise DeniedError("Only whoever started this job, or the project's managers and engineers, may do this.")
    return Job.objects.select_for_update().get(pk=job.pk)


@transaction.atomic
def cancel_job(*, actor: User, job: Job) -> Job:
    """Cancel: a queued job ends at once, a running one when it next reports progress.

    Raises
    ------
    DeniedError
        When `actor` may not steer this job.
    JobEndedError
        When it has ended.
    """
    row = _locked(actor=actor, job=job)
    if row.state not in (JobState.QUEUED, JobState.RUNNING):
        raise JobEndedError("This job has ended already.")
    row.cancel_requested = True
    if row.state == JobState.QUEUED:
        row.state = JobState.CANCELLED
        row.finished_at = now()
    row.save(update_fields=["cancel_requested", "state", "finished_at"])
    record_action(actor=actor, action="job.cancel", subject=f"job:{row.pk}", team=row.team, detail={"kind": row.kind})
    emit_job_changed(job=row)
    return row


@transaction.atomic
def retry_job(*, actor: User, job: Job) -> Job:
    """Queue a failed or cancelled job again, with all its attempts before it.

    Raises
    ------
    DeniedError
        When `actor` may not steer this job.
    JobNotEndedError
        When it neither failed nor was cancelled.
    """
    row = _locked(actor=actor, job=job)
    if row.state not in (JobState.FAILED, JobState.CANCELLED):
        raise JobNotEndedError("Only a job that failed or was cancelled can be tried again.")
    row.state = JobState.QUEUED
    row.claim = row.finished_at = row.started_at = row.heartbeat_at = row.sent_at = None
    row.attempts, row.progress, row.cancel_requested, row.not_before = 0, 0.0, False, now()
    row.message = row.error_code = row.error_message = ""
    row.save()
    record_action(actor=actor, action="job.retry", subject=f"job:{row.pk}", team=row.team, detail={"kind": row.kind})
    emit_job_changed(job=row)
    _send_on_commit(row)
    return row
