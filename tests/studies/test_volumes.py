"""Grouping frames into volumes: closed-form stacks, and everything that is none."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from ai.types import KJI_FROM_IJK, Geometry
from studies.planes import Plane, Traits, planes_of
from studies.regularity import findings_of
from studies.types import VolumeReason
from studies.volumes import find_volumes
from tests.studies.making import file_of, image, uid

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


def timed(z_mm: float, number: int, **traits) -> Plane:
    return plane((0, 0, z_mm), number, traits=Traits(number=number, **traits))


def labels(planes: list[Plane]) -> list[str]:
    volumes = find_volumes(planes)
    assert all(volume.geometry is not None for volume in volumes), [volume.reasons for volume in volumes]
    return [volume.details["label"] for volume in volumes]


HEIGHTS = (0, 2, 4, 6)


def test_echoes_come_apart_by_echo_time() -> None:
    planes = [timed(z, 10 * e + z, echo_ms=te) for e, te in enumerate((40.0, 12.5)) for z in HEIGHTS]
    assert labels(planes) == ["echo 1 of 2 (12.5 ms)", "echo 2 of 2 (40 ms)"]
    first = find_volumes(planes)[0]
    assert (first.details["echo"], first.details["echo_ms"]) == (1, 12.5)
    assert {frame.traits.echo_ms for frame in first.planes} == {12.5}


def test_echoes_at_several_times() -> None:
    planes = [
        timed(z, 100 * t + 10 * e + z, echo_ms=te, content=f"20200101{t:02d}0000")
        for t in range(3)
        for e, te in enumerate((10.0, 20.0))
        for z in HEIGHTS
    ]
    assert labels(planes)[:4] == [
        *[f"echo 1 of 2 (10 ms), time point {t} of 3" for t in (1, 2, 3)],
        "echo 2 of 2 (20 ms), time point 1 of 3",
    ]
    assert find_volumes(planes)[1].details["time"] == "20200101010000"


def test_diffusion_by_b_value_and_direction() -> None:
    weighted = [(0.0, ""), (800.0, "1 0 0"), (800.0, "0 1 0"), (800.0, "0 0 1")]
    planes = [timed(z, 10 * n + z, b_value=b, direction=way) for n, (b, way) in enumerate(weighted) for z in HEIGHTS]
    found = find_volumes(planes)
    assert [volume.details["b_value"] for volume in found] == [0.0, 800.0, 800.0, 800.0]
    assert labels(planes)[0] == "b 0 s/mm², direction 1 of 4"


def test_magnitude_and_phase() -> None:
    planes = [timed(z, 10 * n + z, component=kind) for n, kind in enumerate(("PHASE", "MAGNITUDE")) for z in HEIGHTS]
    assert labels(planes) == ["magnitude", "phase"]


def test_a_time_that_each_slice_has_to_itself_does_not_split() -> None:
    """Two-dimensional acquisitions note another time for every slice: the n-th at each place is the n-th time point."""
    planes = [timed(z, 10 * t + z, acquired=f"20200101{t:02d}{z:02d}00") for t in (2, 0, 1) for z in HEIGHTS]
    planes = [replace(one, order=(one.traits.acquired,)) for one in planes]
    assert labels(planes) == [f"time point {n} of 3" for n in (1, 2, 3)]
    assert [frame.traits.number for frame in find_volumes(planes)[0].planes] == [0, 2, 4, 6]


def test_an_acquisition_number_that_tells_two_of_three_times_apart_is_not_enough() -> None:
    planes = [
        timed(z, 10 * t + z, acquisition=float(number), content=f"2020010110{t:02d}00")
        for t, number in enumerate((1, 2, 2))
        for z in HEIGHTS
    ]
    assert labels(planes) == [f"time point {n} of 3" for n in (1, 2, 3)]


def test_a_slice_missing_at_one_time_is_said_of_that_time_alone() -> None:
    planes = [timed(z, 10 * t + z, temporal=float(t)) for t in (1, 2) for z in (0, 2, 4, 6, 8)]
    del planes[7]
    volumes = find_volumes(planes)
    assert [volume.reasons for volume in volumes] == [(), (VolumeReason.MISSING_SLICES,)]
    (finding,) = findings_of(volumes, "MR")
    assert finding == {
        "code": "missing_slices",
        "detail": "Time point 2 of 2: 1 slice is missing: 4.00 mm between slices 2 and 3 (images 22 and 26), "
        "2.00 mm everywhere else.",
    }


@given(
    st.permutations(range(24)),
    st.lists(st.sampled_from(["echo_ms", "b_value", "temporal", "trigger_ms", "inversion_ms"]), min_size=1, max_size=1),
)
def test_any_order_gives_the_same_volumes(order, trait) -> None:
    planes = [timed(z, 10 * n + z, **{trait[0]: float(n)}) for n in range(6) for z in HEIGHTS]
    shuffled = [planes[index] for index in order]
    whole = [[frame.sop_instance_uid for frame in volume.planes] for volume in find_volumes(planes)]
    assert [[frame.sop_instance_uid for frame in volume.planes] for volume in find_volumes(shuffled)] == whole
    assert whole == [[f"1.{10 * n + z}" for z in HEIGHTS] for n in range(6)]


@pytest.mark.parametrize(
    ("planes", "code", "words"),
    [
        (axial(0, 2, 4, 8, 10), "missing_slices", "1 slice is missing: 4.00 mm between slices 3 and 4"),
        (axial(0, 2, 4, 10, 12), "missing_slices", "2 slices are missing: 6.00 mm between slices 3 and 4"),
        (axial(0, 2, 4, 7, 9), "uneven", "go from 2.00 to 3.00 mm, mostly 2.00 mm; 1 of 4 differ, the first between"),
        (axial(*np.cumsum([1.0] * 20 + [1.08] * 20)), "uneven", "half a slice away from even"),
        (axial(0, 2, 2, 4, 6), "duplicate_slices", "slices 2 and 3 at 2.00 mm along the normal"),
        (
            [plane((0, 0.5 * z, z), z) for z in range(5)],
            "tilted",
            "a slant of 26.6° (gantry tilt): each is moved 0.50 mm",
        ),
        ([plane((0, 0, 0), z, position_lps=None) for z in range(3)], "no_geometry", "3 images cannot be placed"),
    ],
)
def test_what_is_irregular_is_said_with_numbers(planes, code, words) -> None:
    (finding,) = findings_of(find_volumes(planes), "CT")
    assert finding["code"] == code
    assert words in finding["detail"]


def test_a_regular_series_says_nothing() -> None:
    assert findings_of(find_volumes(axial(0, 2, 4)), "CT") == []
    assert findings_of(find_volumes([plane((0, 0, 0), 1, position_lps=None)]), "CR") == []  # no X-ray has a place


def test_a_localiser_in_the_series_is_said_and_kept_apart() -> None:
    scout = plane((0, 0, 0), 9, along=((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), localiser=True)
    (finding,) = findings_of(find_volumes([*axial(0, 5, 10), scout]), "CT")
    assert finding["code"] == "mixed_series"
    assert finding["detail"] == "The series holds 3 axial images of 4 × 6; 1 coronal localiser image of 4 × 6."


turns = st.tuples(*[st.floats(-3.1, 3.1)] * 3)


def oblique(angles: Sequence[float], offsets_mm: Sequence[float], shear: float = 0.0) -> list[Plane]:
    """Return slices at distances along the normal of a turned grid, each moved sideways by `shear` of its height."""
    a, b, c = angles
    turn = (
        np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
        @ np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        @ np.array([[1, 0, 0], [0, np.cos(c), -np.sin(c)], [0, np.sin(c), np.cos(c)]])
    )
    along = (tuple(turn[:, 0]), tuple(turn[:, 1]))
    return [
        replace(
            timed(0, number + 1),
            position_lps=tuple(turn[:, 2] * offset + turn[:, 1] * shear * offset),
            along_row=along[0],
            along_column=along[1],
        )
        for number, offset in enumerate(offsets_mm)
    ]


@given(turns, st.integers(4, 15), st.floats(0.5, 9), st.data())
def test_any_gap_in_any_direction_is_said_with_its_width(angles, count, step, data) -> None:
    gone = data.draw(st.integers(1, count - 2))
    offsets = [index * step for index in range(count) if index != gone]
    planes = data.draw(st.permutations(oblique(angles, offsets)))
    (volume,) = find_volumes(planes)
    if count == 4:  # two steps of three are left to judge by: either may be the odd one
        assert volume.geometry is None
        return
    assert volume.reasons == (VolumeReason.MISSING_SLICES,)
    (finding,) = findings_of([volume], "CT")
    assert finding["detail"].startswith("1 slice is missing: ")
    assert f"{2 * step:.2f} mm between slices" in finding["detail"]


@given(turns, st.integers(3, 12), st.floats(1, 9), st.floats(2, 40))
def test_any_tilt_is_said_in_degrees(angles, count, step, degrees) -> None:
    shear = float(np.tan(np.radians(degrees)))
    (volume,) = find_volumes(oblique(angles, [index * step for index in range(count)], shear))
    if shear * step * (count - 1) <= 0.1 * 0.5:
        return
    assert volume.reasons == (VolumeReason.TILTED,)
    (finding,) = findings_of([volume], "CT")
    assert f"a slant of {degrees:.1f}°" in finding["detail"] or f"{degrees:.1f}"[-1] in "05"


@given(turns, st.integers(3, 10), st.floats(1, 9), st.data())
def test_one_slice_twice_is_no_volume(angles, count, step, data) -> None:
    offsets = [index * step for index in range(count)]
    twice = data.draw(st.integers(0, count - 1))
    planes = data.draw(st.permutations(oblique(angles, [*offsets, offsets[twice]])))
    (volume,) = find_volumes(planes)
    assert volume.reasons == (VolumeReason.DUPLICATE_POSITIONS,)
    assert f"slices {twice + 1} and {twice + 2}" in findings_of([volume], "CT")[0]["detail"]


def test_mosaics_have_no_place() -> None:
    header = {
        "00080008": {"vr": "CS", "Value": ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]},
        "00200032": {"vr": "DS", "Value": [0, 0, 0]},
        "00200037": {"vr": "DS", "Value": [1, 0, 0, 0, 1, 0]},
        "00280030": {"vr": "DS", "Value": [1, 1]},
    }
    (mosaic,) = planes_of(header, frame_count=1)
    assert not mosaic.placed
    (finding,) = findings_of(find_volumes([mosaic]), "MR")
    assert "side by side" in finding["detail"]


@pytest.mark.parametrize(
    ("private", "b_value"),
    [
        ({"00190010": ("LO", "SIEMENS MR HEADER"), "0019100C": ("IS", 800)}, 800),
        ({"00430010": ("LO", "GEMS_PARM_01"), "00431039": ("IS", 1000000800)}, 800),
        ({"20010010": ("LO", "Philips Imaging DD 001"), "20011003": ("FL", 800.0)}, 800),
        ({"00190010": ("LO", "SOMEBODY ELSE"), "0019100C": ("IS", 800)}, None),
        ({"00189087": ("FD", 50.0), "00190010": ("LO", "SIEMENS MR HEADER"), "0019100C": ("IS", 800)}, 50),
    ],
)
def test_b_values_of_the_makers(private, b_value) -> None:
    header = {tag: {"vr": vr, "Value": [value]} for tag, (vr, value) in private.items()}
    (found,) = planes_of(header | {"00080060": {"vr": "CS", "Value": ["MR"]}}, frame_count=1)
    assert found.traits.b_value == b_value


def enhanced(frames: Sequence[dict[str, float]]) -> dict:
    """Return the header of an enhanced MR: orientation and spacing shared, position, echo and b-value per frame."""

    def item(tag: str, vr: str, *values: float) -> dict:
        return {tag: {"vr": vr, "Value": list(values)}}

    def macro(tag: str, content: dict) -> dict:
        return {tag: {"vr": "SQ", "Value": [content]}}

    shared = macro("00209116", item("00200037", "DS", 0, 1, 0, 0, 0, -1))
    shared |= macro("00289110", item("00280030", "DS", 0.5, 0.75))
    groups = [
        macro("00209113", item("00200032", "DS", frame["x"], 0, 0))
        | macro("00189114", item("00189082", "FD", frame["echo"]))
        | macro("00189117", item("00189087", "FD", frame.get("b", 0.0)))
        | macro("00209111", item("00209128", "UL", frame.get("time", 1)))
        for frame in frames
    ]
    header = {"00080018": {"vr": "UI", "Value": ["1.2.3"]}, "00080060": {"vr": "CS", "Value": ["MR"]}}
    header |= item("00280010", "US", 6) | item("00280011", "US", 4)
    header["52009229"] = {"vr": "SQ", "Value": [shared]}
    header["52009230"] = {"vr": "SQ", "Value": groups}
    return header


def test_enhanced_multi_frame_is_read_by_its_functional_groups() -> None:
    """Three sagittal places, two echoes, two times, in the order a scanner would not mind: mixed."""
    frames = [{"x": x, "echo": te, "time": t} for te in (80.0, 30.0) for x in (4.0, 0.0, 2.0) for t in (2, 1)]
    volumes = find_volumes(planes_of(enhanced(frames), frame_count=12))
    assert [volume.details["label"] for volume in volumes] == [
        f"echo {e} of 2 ({te} ms), time point {t} of 2" for e, te in ((1, 30), (2, 80)) for t in (1, 2)
    ]
    for volume in volumes:
        assert volume.geometry.spacing_mm == pytest.approx((2.0, 0.5, 0.75))
        places = [frames[frame.frame_number - 1]["x"] for frame in volume.planes]
        assert [volume.geometry.points_lps([[k, 0, 0]])[0][0] for k in range(3)] == pytest.approx(places)
    assert sorted(frame.frame_number for volume in volumes for frame in volume.planes) == list(range(1, 13))


@settings(max_examples=12, deadline=None)
@given(turns, st.integers(3, 6), st.floats(0.6, 7), st.permutations(range(6)))
def test_an_oblique_stack_is_where_simpleitk_puts_it(tmp_path_factory, angles, count, step, order) -> None:
    """Files of any orientation, read by another program: the same voxels at the same places."""
    folder = tmp_path_factory.mktemp("oblique")
    uids = {"StudyInstanceUID": uid(), "SeriesInstanceUID": uid(), "FrameOfReferenceUID": uid()}
    rng = np.random.default_rng(5)
    planes, pixels = [], {}
    for number, wanted in enumerate(oblique(angles, [index * step for index in range(count)])):
        written = [f"{value:.10g}"[:16] for value in (*wanted.along_row, *wanted.along_column)]
        place = [f"{value:.8g}"[:16] for value in wanted.position_lps]
        values = rng.integers(-900, 900, (6, 4)).astype("<i2")
        ds = image(
            ImageOrientationPatient=written, ImagePositionPatient=place, InstanceNumber=order[number % 6] + 10 * number,
            PixelData=values.tobytes(), RescaleSlope="1", RescaleIntercept="0", **uids,
        )  # fmt: skip
        (folder / f"{order[number % 6]}{number}.dcm").write_bytes(file_of(ds).read())
        planes += planes_of(json.loads(ds.to_json()), frame_count=1)
        pixels[str(ds.SOPInstanceUID)] = values
    (volume,) = find_volumes(planes)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    read = reader.Execute()
    affine = np.eye(4)
    affine[:3, :3] = np.array(read.GetDirection()).reshape(3, 3) * np.array(read.GetSpacing())
    affine[:3, 3] = read.GetOrigin()
    theirs = Geometry((count, 6, 4), affine @ KJI_FROM_IJK)
    assert theirs.is_close(volume.geometry, tolerance_mm=1e-3)
    mine = np.stack([pixels[frame.sop_instance_uid] for frame in volume.planes])
    assert np.array_equal(SimpleITK.GetArrayFromImage(read), mine)
