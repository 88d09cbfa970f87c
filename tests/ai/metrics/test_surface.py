"""Surface distances: closed forms, a slow reference, SimpleITK's answer, the edges."""

import math

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  # the name that its own documentation uses
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ai.errors import RequestError
from ai.metrics.surface import bounding_box, pooled, surface_distances, surface_of
from tests.ai.metrics.shapes import sphere

SPACING = (3.0, 0.5, 1.0)
pairs = npst.array_shapes(min_dims=3, max_dims=3, max_side=4).flatmap(
    lambda shape: st.tuples(npst.arrays(np.bool_, shape), npst.arrays(np.bool_, shape))
)


@pytest.mark.parametrize("shift", [1, 2, 3])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_shifted_spheres_are_apart_by_the_shift(shift, axis):
    move = tuple(shift if place == axis else 0 for place in range(3))
    found = surface_distances(sphere(30), sphere(30, shift=move), spacing_mm=(1, 1, 1))
    assert found.hausdorff_mm == shift
    assert found.hd95_mm <= shift
    # The mean distance of two shifted spheres is d/2 (|cos| over a sphere); voxels make it a little larger.
    assert found.assd_mm == pytest.approx(shift / 2, abs=0.1)


def test_millimetres_follow_the_spacing():
    spacing = (2.5, 1.0, 0.5)
    a = sphere(20, spacing_mm=spacing)
    for move, mm in (((1, 0, 0), 2.5), ((0, 2, 0), 2.0), ((0, 0, 3), 1.5)):
        b = sphere(20, shift=move, spacing_mm=spacing)
        assert surface_distances(a, b, spacing_mm=spacing).hausdorff_mm == pytest.approx(mm)


def slow_distances(a, b, spacing_mm):
    """All pairs of surface voxels, found by looking at the six neighbours of each."""

    def surface(mask):
        points = []
        for index in np.argwhere(mask):
            for step in np.vstack([np.eye(3, dtype=int), -np.eye(3, dtype=int)]):
                there = index + step
                if (there < 0).any() or (there >= mask.shape).any() or not mask[tuple(there)]:
                    points.append(index * spacing_mm)
                    break
        return np.array(points)

    first, second = surface(a), surface(b)
    apart = np.linalg.norm(first[:, None] - second[None], axis=2)
    return np.sort(apart.min(axis=1)), np.sort(apart.min(axis=0))


@settings(deadline=None)
@given(masks=pairs)
def test_equal_to_the_slow_reference(masks):
    a, b = masks
    found = surface_distances(a, b, spacing_mm=SPACING)
    if not a.any() or not b.any():
        assert found.a_to_b.size == found.b_to_a.size == 0
        assert all(math.isnan(value) for value in (found.assd_mm, found.hausdorff_mm, found.hd95_mm))
        return
    slow_a, slow_b = slow_distances(a, b, SPACING)
    np.testing.assert_allclose(np.sort(found.a_to_b), slow_a)
    np.testing.assert_allclose(np.sort(found.b_to_a), slow_b)
    assert found.assd_mm == pytest.approx((slow_a.sum() + slow_b.sum()) / (slow_a.size + slow_b.size))
    assert found.hd95_mm == pytest.approx(max(np.percentile(slow_a, 95), np.percentile(slow_b, 95)))


@given(masks=pairs, pad=st.integers(1, 3))
def test_space_around_the_masks_changes_nothing(masks, pad):
    a, b = masks
    found = surface_distances(a, b, spacing_mm=SPACING)
    wide = surface_distances(np.pad(a, pad), np.pad(b, pad), spacing_mm=SPACING)
    np.testing.assert_allclose(np.sort(found.a_to_b), np.sort(wide.a_to_b))
    np.testing.assert_allclose(np.sort(found.b_to_a), np.sort(wide.b_to_a))


def test_equal_to_simpleitk_on_spheres():
    spacing = (2.0, 1.0, 0.7)
    a, b = sphere(12, spacing_mm=spacing), sphere(12, shift=(1, 2, 3), spacing_mm=spacing)
    images = [sitk.GetImageFromArray(surface_of(mask).astype(np.uint8)) for mask in (a, b)]
    for image in images:
        image.SetSpacing(spacing[::-1])
    oracle = sitk.HausdorffDistanceImageFilter()
    oracle.Execute(*images)
    assert surface_distances(a, b, spacing_mm=spacing).hausdorff_mm == pytest.approx(
        oracle.GetHausdorffDistance(), rel=1e-4
    )


def test_equal_masks_lie_on_each_other():
    found = surface_distances(sphere(5), sphere(5), spacing_mm=SPACING)
    assert (found.assd_mm, found.hausdorff_mm, found.hd95_mm) == (0, 0, 0)


def test_one_voxel_each():
    a, b = np.zeros((3, 3, 3), dtype=bool), np.zeros((3, 3, 3), dtype=bool)
    a[0, 0, 0] = b[2, 2, 2] = True
    found = surface_distances(a, b, spacing_mm=(1.0, 2.0, 2.0))
    assert found.assd_mm == found.hausdorff_mm == found.hd95_mm == 6.0
    assert bounding_box(a | b) == (slice(0, 3),) * 3


def test_parts_are_pooled_by_voxel():
    first = surface_distances(sphere(5), sphere(5), spacing_mm=(1, 1, 1))
    second = surface_distances(sphere(8), sphere(8, shift=(0, 0, 2)), spacing_mm=(1, 1, 1))
    both = pooled([first, second])
    assert both.a_to_b.size == first.a_to_b.size + second.a_to_b.size
    assert both.hausdorff_mm == 2
    assert 0 < both.assd_mm < second.assd_mm
    assert math.isnan(pooled([]).assd_mm)


@pytest.mark.parametrize("spacing", [(1, 1), (0, 1, 1), (1, -1, 1)])
def test_nonsense_is_refused(spacing):
    with pytest.raises(RequestError):
        surface_distances(sphere(2), sphere(2), spacing_mm=spacing)
    with pytest.raises(RequestError):
        surface_distances(np.ones((2, 2)), np.ones((2, 2)), spacing_mm=(1, 1, 1))
