"""Starts counting jobs in an installation: reads `queue,queue steps seconds` lines, answers with the jobs' ids.

One process for many calls, because a management command takes seconds to start.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Answer until the input ends."""
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from jobs.services import enqueue_job

    for line in sys.stdin:
        queues, steps, seconds = line.split()
        wish = {"steps": int(steps), "seconds": float(seconds)}
        jobs = [enqueue_job(actor=None, kind=f"jobs.check_{queue}", arguments=wish) for queue in queues.split(",")]
        print(*(job.pk for job in jobs), flush=True)


if __name__ == "__main__":
    main()
