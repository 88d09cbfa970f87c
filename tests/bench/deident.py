"""De-identifying a 200-slice CT: the whole job, and the cleaning of the files alone."""

import io
import os
import statistics
import time
from pathlib import Path

from tests.bench.table import Table

ROUNDS = 3


def measure(data: Path) -> Table:
    """Run the job on one series under a new version of the rules each round, so that every round makes new objects."""
    os.environ["DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from accounts.services import create_user
    from annotations.reading.services.projects import create_project
    from jobs.execution import run_job
    from studies.deident.clean import Identity
    from studies.deident.make import make
    from studies.deident.rules import Rules
    from studies.services import close_import, open_import
    from studies.services.deident_profiles import create_profile, update_profile
    from studies.services.deident_runs import start_run
    from studies.services.intake import store_files
    from studies.services.preparing import Incoming
    from tests.bench.archive_data import make_ct

    files = make_ct().files
    admin, _ = create_user(actor=None, username="admin", is_administrator=True)
    batch = open_import(actor=admin, source="bench")
    incoming = (Incoming(f"{n}.dcm", io.BytesIO(content)) for n, content in enumerate(files))
    outcomes = list(store_files(batch=batch, files=incoming))
    close_import(actor=admin, batch=batch)
    team = create_project(actor=admin, name="Bench").team
    profile = create_profile(actor=admin, team=team, name="Bench")
    jobs, alone = [], []
    identity = Identity("P-1", -400, lambda uid: f"2.25.{len(uid)}")
    for number in range(ROUNDS):
        options = ["clean_descriptors"] if number % 2 else ["retain_modified_dates"]
        profile = update_profile(actor=admin, profile=profile, options=options)
        run = start_run(actor=admin, profile=profile, series_uids=[outcomes[0].series_uid])
        assert run.job is not None  # it was made in the same call
        started = time.perf_counter()
        run_job(run.job.pk)
        jobs.append(time.perf_counter() - started)
        run.refresh_from_db()
        assert run.counts == {"made": len(outcomes)}, run.counts  # a bench of nothing is no bench
        started = time.perf_counter()
        for content in files:
            make(content, rules=Rules(), identity=identity)
        alone.append(time.perf_counter() - started)
    table = Table("De-identify a CT of 200 slices of 512×512 (medians)", ["what", "seconds", "instances/s"])
    for name, seconds in (("the whole job", jobs), ("cleaning in memory", alone)):
        middle = statistics.median(seconds)
        table.add(name, middle, len(outcomes) / middle)
    table.remark = f"{ROUNDS} rounds in one process; the job stores durably, indexes and seals the mapping"
    return table
