"""Overlap and volume: closed forms, properties, edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ai.errors import RequestError
from ai.metrics.overlap import counts, dice, dice_of_counts, jaccard, volume_difference_ml, volume_ml
from tests.ai.metrics.shapes import sphere

pairs = npst.array_shapes(min_dims=3, max_dims=3, max_side=5).flatmap(
    lambda shape: st.tuples(npst.arrays(np.bool_, shape), npst.arrays(np.bool_, shape))
)


def lens_dice(radius, shift):
    """Dice of two balls: the lens that they share has the volume pi (4R + d) (2R - d)^2 / 12."""
    lens = math.pi * (4 * radius + shift) * (2 * radius - shift) ** 2 / 12
    return lens / (4 / 3 * math.pi * radius**3)


@pytest.mark.parametrize(("shift", "expected"), [(1, 0.9750), (2, 0.9500), (3, 0.9250)])
def test_shifted_spheres_overlap_as_the_lens_formula_says(shift, expected):
    assert lens_dice(30, shift) == pytest.approx(expected, abs=1e-4)
    found = dice(sphere(30), sphere(30, shift=(0, 0, shift)))
    # A ball of voxels differs from a ball by its rim: 5e-4 at this radius.
    assert found == pytest.approx(lens_dice(30, shift), abs=5e-4)


@pytest.mark.parametrize("shift", [1, 2, 3])
def test_balls_anywhere_between_voxels_overlap_as_the_lens_formula_says(shift):
    """Of a ball on a voxel's centre the rim leaves 3e-4; over balls that lie anywhere between voxels it evens out."""
    total, axis = np.zeros(3), np.arange(-36, 41)
    for centre in np.random.default_rng(0).random((16, 3)):
        one, other = (
            sum(np.ix_(*((axis - place) ** 2 for place in there))) <= 30**2
            for there in (centre, centre + np.array([0, 0, shift]))
        )
        total += counts(one, other)
    assert dice_of_counts(*total) == pytest.approx(lens_dice(30, shift), abs=1e-4)


@given(masks=pairs)
def test_overlap_is_symmetric_bounded_and_consistent(masks):
    a, b = masks
    found = dice(a, b)
    if not a.any() and not b.any():
        assert math.isnan(found)
        assert math.isnan(jaccard(a, b))
        return
    assert 0 <= found <= 1
    assert found == dice(b, a)
    assert jaccard(a, b) == pytest.approx(found / (2 - found))
    assert found == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()))
    assert (found == 1) == bool((a == b).all())


@given(masks=pairs)
def test_counts_of_parts_add_up(masks):
    a, b = masks
    whole = np.array(counts(a, b))
    parts = np.array(counts(a[:1], b[:1])) + np.array(counts(a[1:], b[1:]))
    assert whole.tolist() == parts.tolist()
    found = dice(a, b)
    assert found == dice_of_counts(*parts) or math.isnan(found)


def test_one_empty_mask_has_no_overlap():
    full = np.ones((2, 2, 2))
    assert dice(full, full * 0) == jaccard(full, full * 0) == 0


def test_volumes_are_in_millilitres():
    mask = np.zeros((4, 10, 10), dtype=np.uint8)
    mask[1:3, 2:7, 2:7] = 2
    assert volume_ml(mask, spacing_mm=(2.0, 0.5, 0.5)) == pytest.approx(50 * 0.5 / 1000)
    assert volume_difference_ml(mask, mask * 0, spacing_mm=(2.0, 0.5, 0.5)) == pytest.approx(-0.025)
    assert volume_ml(sphere(30), spacing_mm=(1, 1, 1)) == pytest.approx(4 / 3 * math.pi * 27, rel=1e-3)


def test_other_shapes_are_refused():
    with pytest.raises(RequestError):
        dice(np.ones((2, 2, 2)), np.ones((2, 2, 3)))
