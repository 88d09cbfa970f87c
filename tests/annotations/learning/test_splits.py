"""The split by patient, as properties."""

from hypothesis import given
from hypothesis import strategies as st

from annotations.learning.splits import extend_split
from annotations.learning.types import Part

patients = st.lists(st.text(alphabet="abcdef0123456789", min_size=1, max_size=8), max_size=60)
shares = st.floats(0.05, 0.95)
seeds = st.integers(0, 2**31 - 1)


def held(split: dict[str, Part]) -> int:
    return sum(part is Part.HELD_OUT for part in split.values())


@given(patients, shares, seeds)
def test_every_patient_has_one_side_and_both_sides_are_served(keys, share, seed):
    split = extend_split(known={}, patients=keys, share=share, seed=seed)
    assert set(split) == set(keys)
    if len(split) >= 2:
        assert 1 <= held(split) <= len(split) - 1
    elif split:
        assert held(split) == 0


@given(patients, shares, seeds, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_decides(keys, share, seed, random):
    mixed = keys + keys[: len(keys) // 2]
    random.shuffle(mixed)
    split = extend_split(known={}, patients=keys, share=share, seed=seed)
    assert extend_split(known={}, patients=mixed, share=share, seed=seed) == split


@given(patients, patients, shares, shares, seeds, seeds)
def test_nobody_changes_sides(first, later, share, other_share, seed, other_seed):
    split = extend_split(known={}, patients=first, share=share, seed=seed)
    grown = extend_split(known=split, patients=first + later, share=other_share, seed=other_seed)
    assert {key: grown[key] for key in split} == split
    assert set(grown) == set(first) | set(later)


@given(st.integers(2, 200), shares, seeds)
def test_the_share_is_kept_within_rounding(count, share, seed):
    split = extend_split(known={}, patients=[str(n) for n in range(count)], share=share, seed=seed)
    wanted = min(max(share * count, 1), count - 1)
    assert abs(held(split) - wanted) <= 0.5 + 1e-9


def test_the_seed_decides():
    keys = [str(n) for n in range(20)]
    splits = [extend_split(known={}, patients=keys, share=0.25, seed=seed) for seed in range(10)]
    assert len({frozenset(key for key in keys if split[key] is Part.HELD_OUT) for split in splits}) > 5
