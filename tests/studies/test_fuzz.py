"""Damaged files, made from real ones and phantoms with kept seeds: nothing raises, memory stays bounded.

FIDUCIAL_FUZZ=10000 runs so many through parsing and through the whole intake; without it, fewer.
"""

import io
import json
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from studies.models import Import, ImportedFile, Instance, SetAsideFile
from studies.services import close_import, open_import
from studies.services.intake import store_files
from studies.services.preparing import Incoming, prepare
from studies.services.verification import Wish, verify_archive
from studies.types import Outcome
from tests.studies.fuzzing import damaged_files, mutated, phantoms, sources

ROOT = Path(__file__).resolve().parents[2]
PARSED = int(os.environ.get("FIDUCIAL_FUZZ", "1500"))
TAKEN_IN = int(os.environ.get("FIDUCIAL_FUZZ", "300"))
MEMORY_MB = 512
AT_ONCE = 100


@pytest.fixture(scope="module")
def real_data() -> Path | None:
    """Return the folder of real images, or None: phantoms alone are damaged then."""
    folder = ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def test_the_same_seed_is_the_same_file() -> None:
    first, second = (list(damaged_files(None, range(20), pack_share=0.2)) for _ in range(2))
    assert [content for _, content in first] == [content for _, content in second]
    assert len({content for _, content in first}) > 15
    assert len(sources(None)) == len(phantoms())


def test_no_damaged_file_raises_in_the_parser(real_data) -> None:
    """In a process that may take half a GB more than it has at its start, whatever the lengths say."""
    command = [sys.executable, "-m", "tests.studies.fuzzing", "--count", str(PARSED), "--memory-mb", str(MEMORY_MB)]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": "platform:."}
    done = subprocess.run(
        [*command, *(["--data", str(real_data)] if real_data else [])],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=3600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    report = json.loads(done.stdout)
    assert report["escaped"] == []
    assert report["slowest_s"] < 30
    assert report["became"]["accepted"] > PARSED / 50  # not everything is cut off at the first element
    print(report)  # shown with -s


def test_no_damaged_archive_raises(settings) -> None:
    """Zip and gzip files are damaged as such, and looked through to their last member."""
    settings.MAX_UPLOAD_BYTES = 32 << 20
    became: Counter[str] = Counter()
    for _, content in damaged_files(None, range(3_000_000, 3_000_000 + PARSED // 25), pack_share=1.0):
        for whole in (content, mutated(content, random.Random(1))):  # noqa: S311  # kept
            prepared = prepare(Incoming("a.zip", io.BytesIO(whole)))
            for one in prepared[1]():
                became[str(one.error.reason) if one.error else "sound"] += 1
                one.close()
    assert became["sound"] > PARSED / 250
    assert became["unsafe_archive"] > PARSED / 250
    assert became["unreadable"] + became["truncated"] > PARSED / 250


@pytest.mark.django_db
def test_damaged_files_go_through_the_whole_intake(real_data, importer, settings) -> None:
    """Every one has an outcome, its bytes are kept, and the archive is whole afterwards."""
    settings.MAX_UPLOAD_BYTES = 32 << 20  # a bomb is larger
    became: Counter[str] = Counter()
    for begin in range(0, TAKEN_IN, AT_ONCE):
        seeds = range(1_000_000 + begin, 1_000_000 + min(begin + AT_ONCE, TAKEN_IN))
        batch = open_import(actor=importer, source="fuzz")
        known = {f"{seed}.dcm": content for seed, content in damaged_files(real_data, seeds, pack_share=0.1)}
        incoming = (Incoming(path, io.BytesIO(content)) for path, content in known.items())
        outcomes = list(store_files(batch=batch, files=incoming))
        assert {one.path.split("/")[0] for one in outcomes} >= known.keys()
        became.update(str(one.reason or one.outcome) for one in outcomes)
        batch = close_import(actor=importer, batch=batch)
        refused = sum(one.outcome == Outcome.SET_ASIDE for one in outcomes)
        assert batch.set_aside == refused
        assert batch.accepted + batch.duplicates >= len(outcomes) - refused  # a volume becomes several instances
    # Most that can be read claim the UID of another: they are conflicts.
    assert became["accepted"] + became["conflict"] > TAKEN_IN / 50
    assert all(default_storage.exists(row.blob) for row in SetAsideFile.objects.all())
    report = verify_archive(wish=Wish(idle=True))
    assert report.found == {}
    assert report.instances == Instance.objects.count() > 0
    assert ImportedFile.objects.count() >= TAKEN_IN
    assert not Import.objects.filter(state="open").exists()


@pytest.mark.django_db
def test_what_was_accepted_can_be_shown_or_says_why_not(real_data, importer, client_of) -> None:
    """No damaged picture makes a door answer 500."""
    batch = open_import(actor=importer, source="fuzz")
    incoming = (
        Incoming(f"{seed}.dcm", io.BytesIO(content))
        for seed, content in damaged_files(real_data, range(2_000_000, 2_000_000 + AT_ONCE))
    )
    list(store_files(batch=batch, files=incoming))
    close_import(actor=importer, batch=batch)
    api = client_of(importer)
    api.raise_request_exception = True
    for row in Instance.objects.select_related("series__study"):
        root = f"/dicomweb/studies/{row.series.study.study_uid}/series/{row.series.series_uid}"
        one = f"{root}/instances/{row.sop_instance_uid}"
        paths = [f"{root}/metadata", f"{one}/metadata", f"/api/studies/{row.series.study.study_uid}", f"{one}/rendered"]
        if row.frame_count:
            paths.append(f"{one}/frames/1")
        for path in paths:
            answer = api.get(path)
            assert answer.status_code < 500, f"{path}: {answer.status_code}"
            if answer.streaming:
                b"".join(answer.streaming_content)
