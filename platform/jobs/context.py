"""What a running job is handed: the working side of `jobs.registry.JobContext`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from common.clock import now
from jobs.errors import CancelledError, ClaimLostError
from jobs.models import Job, JobLog
from jobs.services.events import emit_job_changed
from jobs.types import JobState

WRITE_EVERY_S = 0.3


class RunningJob:
    """One attempt at one job, under one claim.

    `beat` runs in the heartbeat's thread, everything else in the job's own; they share two flags.
    """

    def __init__(self, job: Job) -> None:
        if job.claim is None:
            raise ValueError("Only a claimed job can run")
        self._job = job
        self._claimed = Job.objects.filter(pk=job.pk, claim=job.claim, state=JobState.RUNNING)
        self._lost = False
        self._cancelled = False
        self._finished = False
        self._settling = False  # inside finishing(): the heartbeat must not mistake the end for a lost claim
        self._written_at = 0.0
        self.job_id = job.pk
        self.attempt = job.attempts
        self.result: dict[str, Any] = {}

    def beat(self) -> None:
        """Show life, and learn whether the job was cancelled or given away."""
        if self._settling:
            return
        if not self._claimed.update(heartbeat_at=now()):
            self._lost = not self._settling
            return
        self._cancelled = self._claimed.filter(cancel_requested=True).exists()

    def progress(self, share: float, message: str = "") -> None:
        """Tell how far the job is: see `JobContext.progress`."""
        self._check()
        if time.monotonic() - self._written_at < WRITE_EVERY_S or self._finished:
            return
        with transaction.atomic():
            changed = self._claimed.update(
                progress=min(max(share, 0.0), 1.0), message=message[:300], heartbeat_at=now()
            )
            if not changed:
                self._lost = True
                self._check()
            self._job.refresh_from_db()
            emit_job_changed(job=self._job)
        self._written_at = time.monotonic()
        self._cancelled = self._job.cancel_requested
        self._check()

    def log(self, text: str) -> None:
        """Keep one line: see `JobContext.log`."""
        JobLog.objects.create(job_id=self.job_id, text=text)

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """Open the transaction of the outcome: see `JobContext.finishing`."""
        if self._finished:
            raise RuntimeError("A job is finished once: put all of its outcome into one finishing() block")
        self._settling = True
        try:
            with transaction.atomic():
                self._lock()
                yield
                self._claimed.update(
                    state=JobState.SUCCEEDED, progress=1.0, result=self.result, claim=None, finished_at=now()
                )
                self._job.refresh_from_db()
                emit_job_changed(job=self._job)
            self._finished = True
        finally:
            self._settling = self._finished

    def conclude(self, returned: dict[str, Any] | None) -> None:
        """Take what the body returned; mark the job as succeeded unless its own `finishing()` did."""
        if not self._finished:
            self.result = returned if returned is not None else self.result
            with self.finishing():
                return
        if returned is not None and not self.result:
            with transaction.atomic():
                Job.objects.filter(pk=self.job_id, state=JobState.SUCCEEDED).update(result=returned)
                self._job.refresh_from_db()
                emit_job_changed(job=self._job)

    def _lock(self) -> None:
        """Lock the row for the rest of the transaction; raise when the claim is gone or the job was cancelled."""
        # The first statement is a write: SQLite then holds its write lock, PostgreSQL the row's.
        if not self._claimed.update(heartbeat_at=now()):
            self._lost = True
        else:
            self._cancelled = self._claimed.filter(cancel_requested=True).exists()
        self._check()

    def _check(self) -> None:
        if self._lost:
            raise ClaimLostError
        if self._cancelled:
            raise CancelledError
