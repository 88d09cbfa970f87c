"""Check that workers take jobs from every queue."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jobs.models import Job
from jobs.services import enqueue_job
from jobs.types import JobState, Queue


class Command(BaseCommand):
    """`manage.py check_jobs` sends a counting job through every queue and waits for the results."""

    help = "Send a small job through every queue, wait, and say which queues are served."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--queues", default=",".join(Queue.values), help="comma-separated; all by default")
        parser.add_argument("--steps", type=int, default=5, help="how far each job counts")
        parser.add_argument("--seconds", type=float, default=0.5, help="how long each job takes")
        parser.add_argument("--timeout", type=float, default=30.0, help="how long to wait for all of them, in seconds")
        parser.add_argument("--no-wait", action="store_true", help="print the jobs' ids and leave")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send, wait, tell."""
        wish = {"steps": options["steps"], "seconds": options["seconds"]}
        queues = [Queue(name) for name in options["queues"].split(",")]
        jobs = [enqueue_job(actor=None, kind=f"jobs.check_{queue.value}", arguments=wish) for queue in queues]
        if options["no_wait"]:
            for job in jobs:
                self.stdout.write(str(job.pk))
            return
        started = time.monotonic()
        waiting = {job.pk for job in jobs}
        while waiting and time.monotonic() - started < options["timeout"]:
            time.sleep(0.1)
            ended = Job.objects.filter(pk__in=waiting, finished_at__isnull=False)
            for job in ended:
                waiting.discard(job.pk)
                self.stdout.write(f"{job.queue}: {job.state} after {time.monotonic() - started:.1f} s ({job.worker})")
        states = set(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("state", flat=True))
        if states != {JobState.SUCCEEDED.value}:
            queues_left = ", ".join(job.queue for job in jobs if job.pk in waiting) or "none"
            raise CommandError(f"Not every job succeeded. Queues without an answer: {queues_left}.")
