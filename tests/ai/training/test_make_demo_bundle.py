import dataclasses
import hashlib
from pathlib import Path

import pytest

from ai.engines.bundle import inspect_bundle
from ai.imaging.phantoms import LOW_DOSE_STYLE, PORTAL_STYLE, make_cases
from ai.training import score
from ai.training.make_demo_bundle import NAME, SETTINGS, make_demo_bundle

SHIPPED = Path(__file__).resolve().parents[3] / "annotations" / "assist" / "shipped" / NAME


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_makes_the_same_bytes(tmp_path):
    short = dataclasses.replace(SETTINGS, epochs=2, steps_per_epoch=1, patch_kji=(16, 32, 32))
    one = make_demo_bundle(tmp_path / "one", short, range(100, 102))
    again = make_demo_bundle(tmp_path / "again", short, range(100, 102))
    assert _hashes(one) == _hashes(again)
    other = make_demo_bundle(tmp_path / "other", dataclasses.replace(short, seed=1), range(100, 102))
    assert _hashes(one)["models/model.pt"] != _hashes(other)["models/model.pt"]


def test_what_is_shipped_is_small_and_needs_no_trust():
    report = inspect_bundle(SHIPPED)
    assert report.labels == {1: "organ", 2: "lesion"}
    assert report.untrusted_targets == ()
    assert report.problems == ()
    assert (SHIPPED / "models" / "model.pt").stat().st_size <= 2_000_000
    assert report.metadata["training_settings"] == SETTINGS.to_dict()


def test_what_is_shipped_is_good_where_it_learnt_and_leaves_room_elsewhere():
    seeds = range(920, 922)  # in neither set of the script
    own = score(SHIPPED, make_cases(seeds, PORTAL_STYLE), [1, 2])
    other = score(SHIPPED, make_cases(seeds, LOW_DOSE_STYLE), [1, 2])
    assert own.per_label[1] > 0.95
    assert own.per_label[2] > 0.85
    assert 0.4 < other.mean < own.mean - 0.1
    assert other.mean == pytest.approx(other.mean)
