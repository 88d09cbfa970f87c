"""Grouping frames into volumes: closed-form stacks, and everything that is none."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.planes import Plane
from studies.types import VolumeReason
from studies.volumes import find_volumes

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def plane(position: Sequence[float], number: int = 1, *, along=AXIAL, **changes) -> Plane:
    return replace(
        Plane(f"1.{number}", 1, 6, 4, tuple(position), along[0], along[1], (0.5, 0.75), order=(float(number),)),
        **changes,
    )


def axial(*z_mm: float, **changes) -> list[Plane]:
    return [plane((0, 0, z), number, **changes) for number, z in enumerate(z_mm)]


def reasons_of(planes: list[Plane]) -> list[tuple[VolumeReason, ...]]:
    return [volume.reasons for volume in find_volumes(planes)]


def test_an_even_stack_whatever_the_order() -> None:
    planes = axial(4, 0, 2, 6)
    (volume,) = find_volumes(planes)
    assert volume.geometry is not None
    assert volume.geometry.shape_kji == (4, 6, 4)
    assert [frame.position_lps[2] for frame in volume.planes] == [0, 2, 4, 6]
    assert np.allclose(
        volume.geometry.points_lps([[3, 0, 0], [0, 1, 0], [0, 0, 1]]), [[0, 0, 6], [0, 0.5, 0], [0.75, 0, 0]]
    )


@given(
    angles=st.tuples(*[st.floats(-3.1, 3.1)] * 3),
    step=st.floats(0.3, 20),
    count=st.integers(2, 12),
    origin=st.tuples(*[st.floats(-500, 500)] * 3),
    seed=st.integers(0, 99),
)
def test_any_oblique_stack_maps_every_plane_to_its_place(angles, step, count, origin, seed) -> None:
    a, b, c = angles
    turn = (
        np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        @ np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        @ np.array([[1, 0, 0], [0, np.cos(c), -np.sin(c)], [0, np.sin(c), np.cos(c)]])
    )
    along = (tuple(turn[:, 0]), tuple(turn[:, 1]))
    positions = [np.array(origin) + turn[:, 2] * step * index for index in range(count)]
    planes = [plane(position, number, along=along) for number, position in enumerate(positions)]
    np.random.default_rng(seed).shuffle(planes)
    (volume,) = find_volumes(planes)
    assert volume.geometry is not None
    for k, frame in enumerate(volume.planes):
        assert np.allclose(volume.geometry.points_lps([[k, 0, 0]]), [frame.position_lps], atol=1e-6)
    assert volume.geometry.spacing_mm == pytest.approx((step, 0.5, 0.75))


@pytest.mark.parametrize(
    ("planes", "reason"),
    [
        (axial(0, 2, 4, 8, 10), VolumeReason.MISSING_SLICES),
        (axial(0, 2, 4, 10, 12), VolumeReason.MISSING_SLICES),
        (axial(0, 2, 4, 7, 9), VolumeReason.UNEVEN_SPACING),
        (axial(0, 1, 3, 6, 10), VolumeReason.UNEVEN_SPACING),
        (axial(0, 0, 2, 4), VolumeReason.DUPLICATE_POSITIONS),
        (axial(5), VolumeReason.SINGLE_FRAME),
        (axial(5, 5, 5), VolumeReason.ONE_PLACE),
        ([plane((0, 0.35 * z, z), z) for z in range(5)], VolumeReason.TILTED),
        ([plane((0, 0, 0), z, position_lps=None) for z in range(3)], VolumeReason.NO_GEOMETRY),
        ([plane((0, 0, z), z, spacing_mm=None) for z in range(3)], VolumeReason.NO_GEOMETRY),
        (axial(0, 2, 4, colour=True), VolumeReason.COLOUR),
    ],
)
def test_what_is_no_grid_says_why(planes, reason) -> None:
    assert reasons_of(planes) == [(reason,)]
    assert find_volumes(planes)[0].geometry is None


def test_slow_drift_is_uneven_although_each_step_is_close() -> None:
    steps = [1.0] * 10 + [1.08] * 10
    assert reasons_of(axial(*np.cumsum(steps))) == [()]  # drifts by 0.4 of a step
    steps = [1.0] * 20 + [1.08] * 20
    assert reasons_of(axial(*np.cumsum(steps))) == [(VolumeReason.UNEVEN_SPACING,)]


def test_pet_bed_positions_are_even_enough() -> None:
    steps = [3.27] * 46 + [3.19] + [3.27] * 46 + [3.29] + [3.27] * 40
    (volume,) = find_volumes(axial(*np.cumsum(steps)))
    assert volume.geometry is not None
    assert volume.geometry.spacing_mm[0] == pytest.approx(np.mean(steps[1:]))


def test_time_points_come_apart_in_order() -> None:
    planes = [
        plane((0, 0, 2 * z), 10 * time + z, order=("", f"{9 - time:02d}", 10 * time + z))
        for time in range(3)
        for z in range(4)
    ]
    volumes = find_volumes(planes)
    assert [volume.geometry.shape_kji for volume in volumes if volume.geometry] == [(4, 6, 4)] * 3
    assert [volume.planes[0].sop_instance_uid for volume in volumes] == ["1.20", "1.10", "1.0"]  # earliest time first


def test_an_incomplete_time_point_is_not_guessed() -> None:
    planes = axial(0, 2, 4) + axial(0, 2)
    assert reasons_of(planes) == [(VolumeReason.DUPLICATE_POSITIONS,)]


def test_localisers_of_three_orientations() -> None:
    sagittal = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))
    coronal = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
    planes = [*axial(0, 5, 10), plane((0, 0, 0), 8, along=sagittal), plane((0, 0, 0), 9, along=coronal)]
    volumes = find_volumes(planes)
    assert volumes[0].geometry is not None
    assert [volume.reasons for volume in volumes[1:]] == [
        (VolumeReason.SINGLE_FRAME, VolumeReason.MIXED_ORIENTATION)
    ] * 2


def test_mixed_sizes_come_apart() -> None:
    planes = [*axial(0, 2, 4), plane((0, 0, 0), 9, rows=100)]
    assert reasons_of(planes) == [(), (VolumeReason.SINGLE_FRAME, VolumeReason.MIXED_SIZE)]


def test_every_plane_is_in_one_volume() -> None:
    planes = [*axial(0, 2, 2, 5), *axial(1, 2, colour=True), plane((0, 0, 0), 7, position_lps=None)]
    found = [frame for volume in find_volumes(planes) for frame in volume.planes]
    assert sorted(map(id, found)) == sorted(map(id, planes))


def test_a_hair_of_difference_in_the_cosines_is_one_orientation() -> None:
    near = ((1.0, 0.00004, 0.0), (-0.00004, 1.0, 0.0))
    planes = [plane((0, 0, 0), 0), plane((0, 0, 2), 1, along=near), plane((0, 0, 4), 2)]
    assert reasons_of(planes) == [()]
    sines = (0.005 - 1e-5, 0.005 + 1e-5)  # on both sides of a rounding border
    sides = [((np.sqrt(1 - s**2), s, 0.0), (-s, np.sqrt(1 - s**2), 0.0)) for s in sines]
    assert reasons_of([plane((0, 0, z), z, along=sides[z % 2]) for z in range(4)]) == [()]
