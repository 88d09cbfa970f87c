"""Patients are split exactly, deterministically, and nobody is lost."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.datasets.errors import DefinitionError
from annotations.datasets.split import SPLITS, split_patients, split_sizes
from annotations.datasets.types import Split

thousandths = st.tuples(st.integers(0, 1000), st.integers(0, 1000)).map(sorted)
shares = thousandths.map(
    lambda cuts: {
        Split.TRAIN: cuts[0] / 1000,
        Split.VAL: (cuts[1] - cuts[0]) / 1000,
        Split.TEST: (1000 - cuts[1]) / 1000,
    }
)


@given(st.integers(0, 500), shares)
def test_sizes_add_up_and_none_is_off_by_one(count, wanted):
    sizes = split_sizes(count, wanted)
    assert sum(sizes.values()) == count
    for split in SPLITS:
        assert abs(sizes[split] - wanted[split] * count) < 1
        assert wanted[split] > 0 or sizes[split] == 0


@given(st.sets(st.text(max_size=8), max_size=60), shares, st.integers(0, 5))
def test_every_patient_is_in_exactly_one_split_whatever_the_order(patients, wanted, seed):
    one = split_patients(sorted(patients), shares=wanted, seed=seed)
    other = split_patients(sorted(patients, reverse=True), shares=wanted, seed=seed)
    assert one == other
    assert set(one) == patients


def test_order_follows_the_hash_of_seed_and_patient():
    patients = [f"patient {n}" for n in range(10)]
    ordered = sorted(patients, key=lambda key: hashlib.sha256(f"7:{key}".encode()).hexdigest())
    split = split_patients(patients, shares={Split.TRAIN: 0.6, Split.VAL: 0.2, Split.TEST: 0.2}, seed=7)
    assert [split[key] for key in ordered] == [Split.TRAIN] * 6 + [Split.VAL] * 2 + [Split.TEST] * 2
    assert split != split_patients(patients, shares={Split.TRAIN: 0.6, Split.VAL: 0.2, Split.TEST: 0.2}, seed=8)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, (0, 0, 0)), (1, (1, 0, 0)), (2, (2, 0, 0)), (3, (3, 0, 0)), (5, (4, 1, 0)), (10, (8, 1, 1))],
)
def test_small_cohorts_round_by_the_largest_remainder(count, expected):
    sizes = split_sizes(count, {Split.TRAIN: 0.8, Split.VAL: 0.1, Split.TEST: 0.1})
    assert tuple(sizes[split] for split in SPLITS) == expected


@pytest.mark.parametrize("wrong", [(0.5, 0.5, 0.5), (-0.5, 1.0, 0.5), (0.0, 0.0, 0.0), (1.5, -0.25, -0.25)])
def test_wrong_shares_are_refused(wrong):
    with pytest.raises(DefinitionError):
        split_patients(["a"], shares=dict(zip(SPLITS, wrong, strict=True)), seed=0)
