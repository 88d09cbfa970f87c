"""All figures of a pair at once: closed forms, the single functions, MONAI, real pairs, the edges."""

import math
import warnings

import nibabel
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ai.errors import ArrayMixError, RequestError
from ai.metrics.elements import pieces, surface_codes
from ai.metrics.overlap import dice, jaccard
from ai.metrics.surface import surface_dice, surface_distances
from ai.metrics.table import compare_labels
from tests.ai.metrics.shapes import sphere

CUBE = (1.0, 1.0, 1.0)
pairs = npst.array_shapes(min_dims=3, max_dims=3, max_side=5).flatmap(
    lambda shape: st.tuples(
        npst.arrays(np.uint8, shape, elements=st.integers(0, 3)),
        npst.arrays(np.uint8, shape, elements=st.integers(0, 3)),
    )
)


@pytest.mark.parametrize(("shift", "overlap", "share"), [(1, 0.9750, 1.0), (2, 0.9500, 0.5), (3, 0.9250, 1 / 3)])
def test_shifted_spheres(shift, overlap, share):
    """Two balls moved by d lie within 1 of each other where |d cos| <= 1: on a share 1/d of the surface."""
    (row,) = compare_labels(sphere(30), sphere(30, shift=(0, 0, shift)), spacing_mm=CUBE)
    assert row.dice == pytest.approx(overlap, abs=5e-4)
    assert row.hausdorff_mm == shift
    assert row.assd_mm == pytest.approx(shift / 2, abs=0.1)
    assert row.surface_dice[1.0] == pytest.approx(share, abs=0.02)
    assert row.volume_a_ml == pytest.approx(4 / 3 * math.pi * 27, rel=1e-3)
    assert row.volume_difference_ml == 0


@settings(deadline=None)
@given(maps=pairs)
def test_each_row_is_what_the_single_functions_say(maps):
    a, b = maps
    spacing = (3.0, 0.5, 1.0)
    rows = compare_labels(a, b, spacing_mm=spacing, tolerances_mm=(0.5, 2.0), workers=2)
    assert [row.label for row in rows] == sorted({*np.unique(a), *np.unique(b)} - {0})
    for row in rows:
        one, other = a == row.label, b == row.label
        far = surface_distances(one, other, spacing_mm=spacing)
        expected = [dice(one, other), jaccard(one, other), far.hausdorff_mm, far.hd95_mm, far.assd_mm]
        np.testing.assert_allclose(
            [row.dice, row.jaccard, row.hausdorff_mm, row.hd95_mm, row.assd_mm], expected, equal_nan=True
        )
        within = surface_dice(np.pad(one, 2), np.pad(other, 2), spacing_mm=spacing, tolerances_mm=(0.5, 2.0))
        np.testing.assert_allclose(list(row.surface_dice.values()), within)
        assert 0 <= row.surface_dice[0.5] <= row.surface_dice[2.0] <= 1


def test_empty_masks_have_answers():
    a, b = np.zeros((2, 3, 4, 5), dtype=np.int16)
    a[1, 1, 1] = 300
    one_sided, neither = compare_labels(a, b, spacing_mm=CUBE, labels=(300, 9))
    assert (one_sided.label, one_sided.dice, one_sided.jaccard, one_sided.surface_dice) == (300, 0, 0, {1.0: 0})
    assert (one_sided.volume_difference_ml, one_sided.voxels_a, one_sided.voxels_b) == (-0.001, 1, 0)
    assert math.isnan(one_sided.assd_mm)
    assert (neither.label, neither.voxels_a, neither.volume_difference_ml) == (9, 0, 0)
    undefined = (neither.dice, neither.jaccard, neither.hausdorff_mm, neither.hd95_mm, neither.surface_dice[1.0])
    assert all(math.isnan(value) for value in undefined)
    assert compare_labels(b, b, spacing_mm=CUBE) == ()


@pytest.mark.parametrize("spacing", [CUBE, (2.0, 1.0, 0.7)])
def test_equal_to_monai(spacing):
    torch = pytest.importorskip("torch")
    from monai.metrics import compute_average_surface_distance, compute_hausdorff_distance

    a, b = sphere(12, spacing_mm=spacing), sphere(12, shift=(1, 2, 3), spacing_mm=spacing)
    pair = [torch.from_numpy(mask)[None, None] for mask in (a, b)]
    (row,) = compare_labels(a, b, spacing_mm=spacing)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"include_background": True, "spacing": list(spacing)}
        hd95 = compute_hausdorff_distance(*pair, percentile=95, **options)
        assd = compute_average_surface_distance(*pair, symmetric=True, **options)
    assert row.hd95_mm == pytest.approx(float(hd95), rel=1e-5)
    assert row.assd_mm == pytest.approx(float(assd), rel=1e-5)


def test_surface_dice_differs_from_monai_on_purpose():
    """Of balls moved by 2, half the surface lies within 1. MONAI counts voxels alike: slanting parts weigh too much."""
    torch = pytest.importorskip("torch")
    from monai.metrics import compute_surface_dice

    a, b = sphere(30), sphere(30, shift=(0, 0, 2))
    pair = [torch.from_numpy(mask)[None, None] for mask in (a, b)]
    options = {"class_thresholds": [1.0], "include_background": True, "spacing": [1, 1, 1]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [float(compute_surface_dice(*pair, **options, use_subvoxels=areas)) for areas in (False, True)]
    assert theirs == pytest.approx([0.570, 0.781], abs=0.005)
    assert surface_dice(a, b, spacing_mm=CUBE, tolerances_mm=(1.0,))[0] == pytest.approx(0.5, abs=0.005)


@pytest.mark.parametrize("spacing", [CUBE, (3.0, 0.5, 1.0)])
def test_areas_are_near_those_of_monai(spacing):
    """Its triangles lie otherwise where four corners and more leave the surface open: 2 % of a ball's area."""
    pytest.importorskip("torch")
    from monai.metrics.utils import create_table_neighbour_code_to_surface_area

    codes = surface_codes(sphere(15, spacing_mm=spacing))
    theirs = create_table_neighbour_code_to_surface_area(spacing)[0].cpu().numpy()
    found, expected = pieces(spacing).area_mm2[codes].sum(), theirs[codes].sum()
    assert found == pytest.approx(expected, rel=0.02)


def test_areas_of_flat_pieces_are_exact():
    """Diagonal cut of a prism: the polygon is known; the area follows the spacing; the complement has the same."""
    table = pieces((3.0, 1.0, 2.0)).area_mm2
    assert table[0b11110000] == pytest.approx(2.0)
    assert table[0b11001100] == pytest.approx(6.0)
    assert table[0b11000000] == pytest.approx(2.0 * math.hypot(1.5, 0.5))
    np.testing.assert_allclose(table, table[::-1])
    assert (table[1:255] > 0).all()


def test_areas_do_not_depend_on_how_the_cube_is_turned():
    table = pieces(CUBE).area_mm2
    for code in range(256):
        cell = np.array([code >> (7 - n) & 1 for n in range(8)]).reshape(2, 2, 2)
        for turned in (cell[::-1], cell.transpose(1, 2, 0), cell[:, ::-1], cell.transpose(0, 2, 1)):
            other = int(sum(int(bit) << (7 - n) for n, bit in enumerate(turned.ravel())))
            assert table[other] == pytest.approx(table[code])


def test_the_area_of_a_box_is_counted_between_voxel_centres():
    mask = np.zeros((5, 6, 7), dtype=bool)
    mask[1:4, 1:5, 1:6] = True
    codes = surface_codes(mask)
    whole = 2 * (3 * 4 + 3 * 5 + 4 * 5)
    bevelled = pieces(CUBE).area_mm2[codes].sum()
    assert codes.shape == (6, 7, 8)
    assert 0.8 * whole < bevelled < whole


def test_volumes_of_real_labels(shared_data):
    """The volumes that the MANIFEST gives for the expert's masks and for a label map of 31 labels."""
    expected = {"CT": 53.30, "PET": 54.28, "MR_T1": 53.29}
    for kind, volume in expected.items():
        image = nibabel.load(shared_data / "petct" / "STS_002" / "nifti" / f"{kind}_mask.nii.gz")
        spacing = tuple(float(step) for step in image.header.get_zooms()[::-1])
        mask = (np.asanyarray(image.dataobj).T > 0).astype(np.uint8)
        (row,) = compare_labels(mask, mask, spacing_mm=spacing)
        assert row.volume_a_ml == pytest.approx(volume, abs=0.006)
        assert (row.dice, row.hausdorff_mm, row.surface_dice[1.0]) == (1, 0, 1)
    (path,) = (shared_data / "ct" / "TotalSegmentator_example").glob("*.nii.gz")
    image = nibabel.load(path)
    labels = np.asanyarray(image.dataobj).T.astype(np.uint8)
    spacing = tuple(float(step) for step in image.header.get_zooms()[::-1])
    rows = {row.label: row for row in compare_labels(labels, labels, spacing_mm=spacing)}
    assert len(rows) == 31
    assert rows[5].volume_a_ml == pytest.approx(699.44, abs=0.01)


def test_a_real_pair_equals_the_single_functions(shared_data):
    folder = shared_data / "image_label" / "TotalSegmentator_ct"
    a, b = (
        np.asanyarray(nibabel.load(folder / name).dataobj).T.astype(np.uint8)
        for name in ("example_seg.nii.gz", "example_seg_fast.nii.gz")
    )
    rows = compare_labels(a, b, spacing_mm=(3, 3, 3), workers=2)
    assert len(rows) > 40
    for row in rows[::10]:
        far = surface_distances(a == row.label, b == row.label, spacing_mm=(3, 3, 3))
        np.testing.assert_allclose([row.hd95_mm, row.assd_mm], [far.hd95_mm, far.assd_mm], equal_nan=True)
        assert row.dice == dice(a == row.label, b == row.label)


def test_nonsense_is_refused():
    whole = np.ones((2, 2, 2), dtype=np.uint8)
    for a, b in ((whole, whole[:1]), (whole[0], whole[0]), (whole * 0.5, whole), (whole.astype(int) - 2, whole)):
        with pytest.raises(RequestError):
            compare_labels(a, b, spacing_mm=CUBE)
    with pytest.raises(RequestError):
        compare_labels(whole, whole, spacing_mm=(0, 1, 1))
    with pytest.raises(RequestError):
        surface_dice(whole, whole, spacing_mm=CUBE, tolerances_mm=(float("nan"),))
    with pytest.raises(ArrayMixError):
        compare_labels(whole, pytest.importorskip("array_api_strict").asarray(whole), spacing_mm=CUBE)
