"""Run background jobs."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.types import Queue


class Command(BaseCommand):
    """`manage.py worker [--queues interactive,io] [--concurrency 2]`."""

    help = "Run background jobs until stopped; any number of workers may run, on any number of machines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--queues", default=",".join(Queue.values), help="comma-separated; all by default")
        parser.add_argument("--concurrency", type=int, default=2, help="jobs that run side by side")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work."""
        names = [name.strip() for name in options["queues"].split(",") if name.strip()]
        unknown = sorted(set(names) - set(Queue.values))
        if unknown or not names:
            raise CommandError(f"Unknown queues {unknown}; there are {', '.join(Queue.values)}.")
        if options["concurrency"] < 1:
            raise CommandError("--concurrency must be at least 1.")
        # Before torch loads: threads that wait for work must not burn the cores that other jobs need.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from jobs.worker import run_worker  # connects Celery's signals, which only a worker wants

        run_worker(queues=[Queue(name) for name in names], concurrency=options["concurrency"])
