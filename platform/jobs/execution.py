"""Running one job: claim it, keep it alive, end it exactly once.

Whoever changes `state` from queued to running with a fresh `claim` owns the job. Every later write names that claim, so
a worker that was thought dead and lost its claim can write nothing any more, and the outcome, written in the same
transaction as `state = succeeded`, exists once or not at all.
"""

import logging
import os
import socket
import threading
import traceback
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, transaction

from common.clock import now
from common.errors import DomainError
from jobs.context import RunningJob
from jobs.errors import CancelledError, ClaimLostError
from jobs.models import Job, JobLog
from jobs.registry import kind_named
from jobs.services.events import emit_job_changed
from jobs.types import JobState

logger = logging.getLogger(__name__)

BACKOFF_FIRST_S = 2.0
BACKOFF_LONGEST_S = 600.0
STOPPED = "The worker was stopped; the job waits for the next one."


def master_name(pid: int) -> str:
    """Return the name of the worker whose master process is `pid`, on this host."""
    return f"{socket.gethostname()}:{pid}:"


def worker_name() -> str:
    """Return who works here: host, process id of the worker's master, own process id."""
    return f"{master_name(os.getppid())}{os.getpid()}"


def put_back_jobs_of(*, master: str) -> int:
    """Put back what a worker that is told to stop had to leave in the middle, without counting the attempt.

    Its processes must be dead. Return how many jobs there were.
    """
    left = list(Job.objects.filter(state=JobState.RUNNING, worker__startswith=master))
    for job in left:
        _put_back(job, attempts=job.attempts - 1, message=STOPPED)
    return len(left)


def backoff_of(attempts: int) -> timedelta:
    """Return how long a job waits after its `attempts`-th crash: 2 s, 8 s, 32 s … at most 10 minutes."""
    return timedelta(seconds=min(BACKOFF_FIRST_S * 4 ** (attempts - 1), BACKOFF_LONGEST_S))


def run_job(job_id: UUID, *, heartbeat_s: float | None = None) -> bool:
    """Run a queued job to its end in this thread.

    Parameters
    ----------
    job_id : UUID
        The job. That it is gone, taken or ended is no error: messages may come twice.
    heartbeat_s : float, optional
        Interval of the sign of life, written from a second thread with its own database connection; None writes
        none (inline execution in tests, where there is one transaction).

    Returns
    -------
    bool
        Whether this call claimed the job.
    """
    job = _claim(job_id)
    if job is None:
        return False
    context = RunningJob(job)
    stop = threading.Event()
    pulse: threading.Thread | None = None
    if heartbeat_s is not None:
        pulse = threading.Thread(target=_pulse, args=(context, stop, heartbeat_s), name="heartbeat", daemon=True)
        pulse.start()
    try:
        _execute(job, context)
    finally:
        stop.set()
        if pulse is not None:
            pulse.join()
    return True


@transaction.atomic
def _claim(job_id: UUID) -> Job | None:
    moment = now()
    job = Job.objects.select_for_update().filter(pk=job_id, state=JobState.QUEUED).first()
    if job is None:
        return None
    job.state, job.claim, job.worker = JobState.RUNNING, uuid4(), worker_name()
    job.attempts += 1
    job.started_at = job.heartbeat_at = moment
    job.progress, job.message = 0.0, ""
    # The state is compared again in the UPDATE itself: a database without row locks must not hand the job out twice.
    claimed = Job.objects.filter(pk=job_id, state=JobState.QUEUED).update(
        state=job.state,
        claim=job.claim,
        worker=job.worker,
        attempts=job.attempts,
        started_at=moment,
        heartbeat_at=moment,
        progress=0.0,
        message="",
    )
    if not claimed:
        return None
    emit_job_changed(job=job)
    return job


def _pulse(context: RunningJob, stop: threading.Event, interval_s: float) -> None:
    """Show life until told to stop; end the process when its parent is gone (see `jobs.worker`)."""
    parent = os.getppid()
    try:
        while not stop.wait(interval_s):
            if os.getppid() != parent:
                os._exit(1)  # the master was killed: nobody could stop this process any more
            try:
                context.beat()
            except Exception:  # a database that is away for a moment must not end the heartbeat
                logger.exception("Heartbeat of job %s failed; trying again", context.job_id)
    finally:
        connections.close_all()


def _execute(job: Job, context: RunningJob) -> None:
    try:
        result = kind_named(job.kind).body(context, **job.arguments)
        context.conclude(result)
    except ClaimLostError:
        logger.warning("Job %s was given to another worker; this one stops", job.pk)
    except CancelledError:
        _end(job, state=JobState.CANCELLED, message="Cancelled")
    except DomainError as error:
        _end(job, state=JobState.FAILED, error_code=error.code, error_message=error.message)
    except Exception as error:
        logger.exception("Job %s (%s) crashed", job.pk, job.kind)
        _crash(job, error)
    except BaseException:
        # The worker is told to stop: the job goes back as if it had not been started.
        _put_back(job, attempts=job.attempts - 1, message=STOPPED)
        raise


@transaction.atomic
def _end(job: Job, *, state: JobState, log: str = "", **values: Any) -> None:
    changed = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(
        state=state, claim=None, finished_at=now(), **values
    )
    _tell(job, changed=changed, log=log)


def _crash(job: Job, error: Exception) -> None:
    trace = "".join(traceback.format_exception(error))
    text = f"{type(error).__name__}: {error}"
    if job.attempts < job.max_attempts:
        message = f"Attempt {job.attempts} of {job.max_attempts} failed ({text}); trying again"
        _put_back(job, attempts=job.attempts, message=message, delay=backoff_of(job.attempts), log=trace)
    else:
        _end(job, state=JobState.FAILED, error_code="crashed", error_message=text, log=trace)


@transaction.atomic
def _put_back(job: Job, *, attempts: int, message: str, delay: timedelta = timedelta(0), log: str = "") -> None:
    changed = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING).update(
        state=JobState.QUEUED,
        claim=None,
        attempts=attempts,
        progress=0.0,
        message=message[:300],
        not_before=now() + delay,
        sent_at=None,
    )
    _tell(job, changed=changed, log=log or message)


def _tell(job: Job, *, changed: int, log: str) -> None:
    if not changed:
        return
    if log:
        JobLog.objects.create(job_id=job.pk, text=log)
    job.refresh_from_db()
    emit_job_changed(job=job)
