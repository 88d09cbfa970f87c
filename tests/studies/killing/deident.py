"""Kill the worker of a de-identification, and let a new one go on with the job that it left."""

import os
import random
import signal
import subprocess
import time
from typing import Any

from tests.studies.killing.archive import Archive, same_bytes, whole

PATIENTS = 3
SLICES = 70
LONGEST_S = 120.0


def deidentify(archive: Archive, numbers: list[int], seed: int, tell: Any) -> None:
    """Kill de-identifications; AssertionError at the first thing that is lost, half made or seen too early."""
    usual_s, interrupted, made = 1.0, 0, 0
    archive.environment["JOB_LOST_AFTER_S"] = "1"
    for number in (0, *numbers):
        rng = random.Random(seed * 1000 + number)  # noqa: S311  # kept to repeat what fails
        case = Round(rng)
        share = None if number == 0 else rng.uniform(0, 1.1)
        if share is not None:
            worker = start_worker(archive)
            case.wait_until_running()
            time.sleep(share * usual_s)
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            archive.settled()
            done = case.check_so_far()
            interrupted += 0 < done < PATIENTS * SLICES
        worker = start_worker(archive)
        try:
            case.wait_until_running()
            began = time.monotonic()
            case.wait_until_ended()
            usual_s = time.monotonic() - began if share is None else usual_s
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
        archive.settled()
        made += case.check_all()
        shown = "whole" if share is None else f"killed at {share:.2f} with {done} of {PATIENTS * SLICES} made"
        tell(f"round {number}: {shown}, in the end all of them")
    archive.verify()
    tell(f"{len(numbers)} kills: {made} copies all there and whole, {interrupted} kills in the middle")


def start_worker(archive: Archive) -> "subprocess.Popen[bytes]":
    """Start a worker, with its sweeper, in a process group of its own."""
    command = [*archive.manage, "worker", "--queues", "cpu", "--concurrency", "1"]
    return subprocess.Popen(command, env=archive.environment, start_new_session=True)


class Round:
    """New originals of three patients, and a run that de-identifies them for a team."""

    def __init__(self, rng: random.Random) -> None:
        from accounts.models import User
        from accounts.types import Role
        from studies.services.deident_profiles import create_profile
        from studies.services.deident_runs import start_run
        from tests import factories

        name = f"t{rng.getrandbits(40)}"
        self.manager = factories.user(name)
        self.reader: User = factories.user(f"{name}r")
        self.team = factories.team(name, **{Role.MANAGER: [self.manager], Role.READER: [self.reader]})
        self.profile = create_profile(
            actor=self.manager, team=self.team, name=name, options=["retain_modified_dates"], pseudonym_prefix="SUBJECT"
        )
        self.originals, self.held = _bring_in(self.manager, rng)
        series = sorted({one.series_uid for one in self.originals.values()})
        self.run = start_run(actor=self.manager, profile=self.profile, series_uids=series)
        _let_go()

    def wait_until_running(self) -> None:
        """Wait until a worker has taken the job, or has ended it."""
        self._wait("queued")

    def wait_until_ended(self) -> None:
        """Wait until the job has succeeded."""
        self._wait("running", "queued")
        job = type(self.run.job).objects.get(pk=self.run.job.pk)
        assert job.state == "succeeded", (job.state, job.error_message)

    def _wait(self, *states: str) -> None:
        from jobs.models import Job

        deadline = time.monotonic() + LONGEST_S
        while Job.objects.get(pk=self.run.job.pk).state in states:
            assert time.monotonic() < deadline, f"the job is still {states}"
            time.sleep(0.02)

    def check_so_far(self) -> int:
        """Fail unless what was made is mapped, and what is shown is whole; return how many were made."""
        from studies.models import DeidentifiedSeries, HeldInstance, Instance
        from studies.selectors import visible_series

        whole()
        mapping = self._mapping()
        made = Instance.objects.filter(origin="deidentified", sop_instance_uid__in=mapping)
        for one in made:
            assert mapping[one.sop_instance_uid] in self.originals
            assert same_bytes(one.blob, one.sha256)
        theirs = HeldInstance.objects.filter(version__profile=self.profile)
        for waiting in theirs:
            assert mapping[waiting.sop_instance_uid] in self.held
            assert same_bytes(waiting.blob, waiting.sha256)
        for shown in visible_series(actor=self.reader):
            assert DeidentifiedSeries.objects.filter(series=shown, version__profile=self.profile).exists()
            assert shown.indexed_at is not None
            assert shown.instances.count() == SLICES - len(self.held) // PATIENTS, "half of a series is shown"
        unmapped = Instance.objects.filter(origin="deidentified", created_at__gte=self.run.created_at)
        assert not unmapped.exclude(sop_instance_uid__in=mapping).exists(), "made, and nobody knows of what"
        _let_go()
        return int(made.count() + theirs.count())

    def check_all(self) -> int:
        """Fail unless every original has become one copy, or one that is held; return how many."""
        from studies.models import DeidentificationPatient, Import, Instance
        from studies.selectors import visible_series

        count = self.check_so_far()
        assert count == len(self.originals)
        mapping = self._mapping()
        assert len(set(mapping.values())) == len(mapping)
        assert set(mapping.values()) >= set(self.originals)
        shown = visible_series(actor=self.reader)
        assert shown.count() == PATIENTS
        assert {row.study.patient_id for row in shown} == {f"SUBJECT-{n:04}" for n in range(1, PATIENTS + 1)}
        assert DeidentificationPatient.objects.filter(profile=self.profile).count() == PATIENTS
        copies = Instance.objects.filter(series__in=shown).count()
        assert copies == len(self.originals) - len(self.held)
        assert not Import.objects.filter(state="open").exists(), "an import was left open"
        run = type(self.run).objects.get(pk=self.run.pk)
        assert bytes(run.sealed_sources) == b""
        assert sum(run.counts.values()) == len(self.originals), run.counts
        _let_go()
        return count

    def _mapping(self) -> dict[str, str]:
        """Return new UIDs and what they stand for, opened with the key."""
        from studies.deident.vault import Vault
        from studies.models import DeidentificationUid

        vault = Vault(self.profile.secret)
        rows = DeidentificationUid.objects.filter(profile=self.profile)
        return {row.uid: vault.open(row.sealed) for row in rows}


def _bring_in(actor: Any, rng: random.Random) -> tuple[dict[str, Any], set[str]]:
    """Bring in a series of each patient; return outcomes by UID, and the UIDs of those that must be held."""
    from studies.services import close_import, open_import
    from studies.services.intake import store_files
    from studies.services.preparing import Incoming
    from tests.studies.making import file_of, image, uid

    tail, incoming, held = f".{rng.getrandbits(60)}", [], set()
    for patient in range(PATIENTS):
        ids = {"StudyInstanceUID": uid() + tail, "SeriesInstanceUID": uid() + tail, "PatientID": f"P{patient}{tail}"}
        for number in range(SLICES):
            one = uid() + tail
            burned = "YES" if number % 10 == 4 else "NO"
            held |= {one} if burned == "YES" else set()
            made = image(
                SOPInstanceUID=one, InstanceNumber=number, Rows=64, Columns=64, BurnedInAnnotation=burned,
                ImagePositionPatient=[0, 0, number], PixelData=rng.randbytes(2 * 64 * 64), **ids,
            )  # fmt: skip
            incoming.append(Incoming(f"{one}.dcm", file_of(made)))
    batch = open_import(actor=actor, source=f"originals{tail}")
    outcomes = {outcome.sop_instance_uid: outcome for outcome in store_files(batch=batch, files=incoming)}
    close_import(actor=actor, batch=batch)
    return outcomes, held


def _let_go() -> None:
    from django.db import connections

    connections.close_all()
