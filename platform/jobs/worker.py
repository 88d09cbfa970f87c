"""A worker: Celery's prefork pool for the jobs, and a thread that sweeps.

Who dies how:

- The master is killed (`kill -9`): the kernel kills its children with it (Linux; elsewhere the heartbeat sees it), so
  no orphan goes on working. Their jobs are found by any sweeper.
- The master is told to stop (SIGTERM, Ctrl-C): its children leave their jobs (billiard turns the signal into
  SystemExit) and put them back without counting the attempt; what does not leave in time is killed, and its job put
  back. Waiting for the end of a job would make every restart as long as a training run.
"""

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from billiard import active_children
from celery import signals
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from django.conf import settings
from django.db import connections

from jobs.celery import RUN_JOB, app
from jobs.execution import master_name, put_back_jobs_of, run_job
from jobs.periodic import run_due
from jobs.registry import load_tasks
from jobs.sweeping import sweep
from jobs.types import Queue

logger = logging.getLogger(__name__)

SWEEP_EVERY_S = 1.0
LEAVE_WITHIN_S = 3.0
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


def _stop_soon(**kwargs: Any) -> None:
    """Stop without waiting for jobs (Celery's own warm shutdown would)."""
    for name in ("multiprocessing", "celery"):  # children that end now are no errors
        logging.getLogger(name).setLevel(logging.CRITICAL)
    threading.Thread(target=_stop_now, name="stopper").start()


def _stop_now() -> None:
    deadline = time.monotonic() + LEAVE_WITHIN_S
    told: set[int] = set()
    while (alive := _children()) and time.monotonic() < deadline:
        for pid in alive - told:
            _signal(pid, signal.SIGTERM)
        told |= alive
        time.sleep(0.02)
    for pid in alive:
        _signal(pid, signal.SIGKILL)
    try:
        put_back_jobs_of(master=master_name(os.getpid()))
    finally:
        os._exit(0)


def _children() -> set[int]:
    return {child.pid for child in active_children() if child.pid is not None and child.is_alive()}


def _signal(pid: int, signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


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
        # Celery turned this one on: it announces the coming default of a setting that `jobs.celery` sets.
        warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
        sweeper.start()

    signals.worker_process_init.connect(_prepare_child, weak=False)
    signals.worker_shutting_down.connect(_stop_soon, weak=False)
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
