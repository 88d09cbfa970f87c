"""A worker: Celery's prefork pool for the jobs, and a thread that sweeps.

Who dies how:

- The master is killed (`kill -9`): the kernel kills its children with it (Linux; elsewhere the heartbeat sees it): no
  orphan goes on working. Their jobs are found by any sweeper.
- The whole process group is told to stop (SIGTERM, as the supervisor does): children leave their job at once (billiard
  turns the signal into SystemExit) and put it back without counting the attempt.
- The master alone is told to stop (SIGTERM, as `docker stop` does): it takes no more messages and waits for the jobs
  that run.
"""

import ctypes
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import signals
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.db import connections

from jobs.celery import RUN_JOB, app
from jobs.execution import run_job
from jobs.periodic import run_due
from jobs.registry import load_tasks
from jobs.sweeping import sweep
from jobs.types import Queue

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 1.0
PR_SET_PDEATHSIG = 1

# Held while sweeping and while forking: a child must not inherit a database library in the middle of its work.
_fork_lock = threading.Lock()


@app.task(name=RUN_JOB, ignore_result=True)
def run_job_task(job_id: str) -> None:
    """Run the job that the message names."""
    run_job(UUID(job_id), heartbeat_s=settings.JOB_LOST_AFTER_S / 5)


def die_with_parent(signum: int = signal.SIGKILL) -> None:
    """Ask the kernel to send `signum` to this process when its parent ends (Linux only; elsewhere nothing)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)


def _prepare_child(**kwargs: Any) -> None:
    die_with_parent()


def _expect_ends(**kwargs: Any) -> None:
    """Children that end while the worker stops are no errors."""
    logging.getLogger("multiprocessing").setLevel(logging.CRITICAL)


def _sweep_for_ever(stop: threading.Event) -> None:
    lost_after = timedelta(seconds=settings.JOB_LOST_AFTER_S)
    # What is queued when a worker starts is sent again at once: the broker may have lost it while nobody was here.
    resend_after = timedelta(0)
    while True:
        with _fork_lock:
            try:
                sweep(lost_after=lost_after, resend_after=resend_after)
                resend_after = 2 * lost_after
                run_due()
            except Exception:  # database or broker may be away for a moment; the next sweep does it all
                logger.exception("Sweeping failed; trying again")
            finally:
                connections.close_all()
        if stop.wait(SWEEP_EVERY_S):
            return


def run_worker(*, queues: Sequence[Queue], concurrency: int) -> None:
    """Work until told to stop.

    Parameters
    ----------
    queues : sequence of Queue
        Which queues to serve.
    concurrency : int
        How many jobs run side by side, each in a process of its own.
    """
    load_tasks()
    os.register_at_fork(
        before=_fork_lock.acquire, after_in_parent=_fork_lock.release, after_in_child=_fork_lock.release
    )
    # Celery warns root against messages that could run code; ours are JSON and hold an id.
    warnings.filterwarnings("ignore", category=SecurityWarning)
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep_for_ever, args=(stop,), name="sweeper", daemon=True)

    def start_sweeping(**kwargs: Any) -> None:
        sweeper.start()

    signals.worker_process_init.connect(_prepare_child, weak=False)
    signals.worker_shutting_down.connect(_expect_ends, weak=False)
    signals.worker_ready.connect(start_sweeping, weak=False)
    names = ",".join(queues)
    try:
        app.worker_main(
            [
                "--quiet",
                "worker",
                "--pool=prefork",
                f"--concurrency={concurrency}",
                f"--queues={names}",
                f"--hostname={names.replace(',', '-')}-{os.getpid()}@%h",
                "--loglevel=WARNING",
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ]
        )
    finally:
        stop.set()
        if sweeper.is_alive():
            sweeper.join(timeout=5)
