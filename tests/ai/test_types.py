import numpy as np
import pytest

from ai.errors import GeometryError, RequestError
from ai.types import EpochReport, Geometry, SegmentRequest, SegmentResult, TrainingCase


def test_axial_grid_places_voxels():
    geometry = Geometry.axial((4, 5, 6), (3.0, 1.5, 0.5), (10.0, 20.0, 30.0))
    assert geometry.spacing_mm == (3.0, 1.5, 0.5)
    np.testing.assert_allclose(geometry.points_lps([[2, 1, 4]]), [[12.0, 21.5, 36.0]])
    assert geometry.voxel_volume_ml == pytest.approx(2.25e-3)


def test_nifti_round_trip_keeps_every_corner(oblique):
    affine = oblique.nifti_affine()
    k, j, i = oblique.shape_kji
    assert Geometry.from_nifti(affine, (i, j, k)) == oblique
    # NIfTI is RAS: the same voxel has x and y of the other sign
    ras = affine @ np.array([3, 2, 1, 1.0])
    np.testing.assert_allclose(ras[:3] * (-1, -1, 1), oblique.points_lps([[1, 2, 3]])[0])


def test_nifti_affine_agrees_with_nibabel(oblique, tmp_path):
    nibabel = pytest.importorskip("nibabel")
    image = np.zeros(oblique.shape_kji, np.float32)
    nibabel.save(nibabel.Nifti1Image(image.transpose(2, 1, 0), oblique.nifti_affine()), tmp_path / "a.nii")
    read = nibabel.load(tmp_path / "a.nii")
    assert Geometry.from_nifti(read.affine, read.shape) == oblique


def test_equality_is_within_a_tolerance_at_the_far_corner(oblique):
    nudged, turned = oblique.affine_lps.copy(), oblique.affine_lps.copy()
    nudged[0, 3] += 5e-4
    turned[0, 2] += 2e-3  # 2 µm per column, 54 µm at the last one
    assert Geometry(oblique.shape_kji, nudged) == oblique
    assert Geometry(oblique.shape_kji, turned) != oblique
    assert Geometry((20, 24, 27), oblique.affine_lps) != oblique
    assert oblique.is_close(Geometry(oblique.shape_kji, turned), tolerance_mm=0.1)


def test_geometry_is_not_hashable_nor_writeable(oblique):
    with pytest.raises(TypeError):
        hash(oblique)
    with pytest.raises(ValueError, match="read-only"):
        oblique.affine_lps[0, 0] = 1.0


@pytest.mark.parametrize("shape", [(0, 4, 4), (4, 4), (4, 4.5, 4), (-1, 4, 4)])
def test_geometry_refuses_a_wrong_shape(shape):
    with pytest.raises(GeometryError):
        Geometry(shape, np.eye(4))


@pytest.mark.parametrize(
    "affine", [np.zeros((4, 4)), np.full((4, 4), np.nan), np.eye(3), np.diag([1.0, 1, 0, 1]), np.diag([1.0, 1, 1, 2])]
)
def test_geometry_refuses_a_wrong_affine(affine):
    with pytest.raises(GeometryError):
        Geometry((2, 2, 2), affine)


def test_volumes_are_checked_against_their_grid():
    grid = Geometry.axial((2, 3, 4))
    good = np.zeros((2, 3, 4), np.float32)
    SegmentRequest(good, grid)
    for image in (good.astype(np.float64), good[:1], np.full_like(good, np.nan), good.tolist()):
        with pytest.raises(RequestError):
            SegmentRequest(image, grid)
    with pytest.raises(RequestError):
        TrainingCase(good, good, grid, "labels of the wrong dtype")
    with pytest.raises(RequestError):
        SegmentResult(np.zeros((2, 3, 3), np.uint8), grid, None)


def test_report_is_plain_for_json():
    report = EpochReport(1, 2, 0.5, 1e-3, 2.0, {1: 0.75, 2: None})
    assert report.to_dict()["held_out"] == {"1": 0.75, "2": None}
