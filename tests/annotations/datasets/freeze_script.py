"""Run in a process of its own: make a project (or take the one that is there), freeze it, print the sums.

Usage: python -m tests.annotations.datasets.freeze_script  (DATA names the installation)
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "platform")]


def main() -> None:
    """Freeze, and print the SHA-256 of each archive."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from accounts.models import User
    from annotations.datasets.services.releases import create_release
    from annotations.reading.models import Project
    from jobs.execution import run_job
    from jobs.models import Job
    from jobs.types import JobState
    from tests.annotations.datasets.makers import definition, make_project

    def run_jobs() -> None:
        while (queued := Job.objects.filter(state=JobState.QUEUED).first()) is not None:
            run_job(queued.pk)

    if not Project.objects.exists():
        project = make_project({"A": 1, "B": 2, "C": 3})
        for case in project.world.cases:
            project.read(case)
        run_jobs()
    release = create_release(
        actor=User.objects.get(username="researcher"),
        project_id=Project.objects.get().pk,
        definition=definition(),
    )
    run_jobs()
    release.refresh_from_db()
    for form, archive in sorted(release.archives.items()):
        print(form, archive["sha256"])


if __name__ == "__main__":
    main()
