import numpy as np
import pytest

from ai.errors import RequestError
from ai.imaging.grid import index_map, resample_image, resample_labels
from ai.types import Geometry


def _linear(geometry: Geometry) -> np.ndarray:
    """Return a function linear in patient space: trilinear interpolation is exact on it."""
    index = np.indices(geometry.shape_kji).reshape(3, -1).T
    points = geometry.points_lps(index)
    return (points @ np.array([0.5, -2.0, 1.25]) + 7.0).reshape(geometry.shape_kji).astype(np.float32)


def test_linear_field_is_exact_between_oblique_grids(oblique):
    inner = oblique.affine_lps.copy()
    inner[:3, 3] = oblique.points_lps([[5.3, 6.1, 7.7]])[0]
    inner[:3, :3] = inner[:3, :3] @ np.diag([0.4, 0.5, 0.6])
    target = Geometry((16, 18, 20), inner)
    np.testing.assert_allclose(resample_image(_linear(oblique), oblique, target), _linear(target), atol=2e-3)


def test_labels_move_to_the_right_voxel_and_outside_is_empty(oblique):
    labels = np.zeros(oblique.shape_kji, np.uint8)
    labels[4, 7, 11] = 3
    flipped = oblique.affine_lps.copy()  # the same places, indexed from the other end of i, one column wider
    last = oblique.shape_kji[2] - 1
    flipped[:3, 3] = oblique.points_lps([[0, 0, last]])[0]
    flipped[:3, 2] *= -1
    k, j, i = oblique.shape_kji
    moved = resample_labels(labels, oblique, Geometry((k, j, i + 1), flipped))
    assert moved.dtype == np.uint8
    assert np.argwhere(moved).tolist() == [[4, 7, last - 11]]
    assert moved[4, 7, last - 11] == 3


def test_the_border_survives_rounding(oblique):
    labels = np.ones(oblique.shape_kji, np.uint8)
    nudged = oblique.affine_lps.copy()
    nudged[:3, 3] -= 0.01  # more than what counts as the same grid, far less than a voxel
    assert resample_labels(labels, oblique, Geometry(oblique.shape_kji, nudged)).all()


def test_no_label_is_invented(oblique):
    rng = np.random.default_rng(0)
    labels = rng.choice(np.array([0, 2, 9], np.uint8), oblique.shape_kji)
    target = Geometry.axial((30, 30, 30), (2.0, 2.0, 2.0), tuple(oblique.points_lps([[0, 0, 0]])[0]))
    assert set(np.unique(resample_labels(labels, oblique, target))) <= {0, 2, 9}


def test_agrees_with_simpleitk(oblique):
    sitk = pytest.importorskip("SimpleITK")
    rng = np.random.default_rng(1)
    image = rng.normal(size=oblique.shape_kji).astype(np.float32)
    centre = oblique.points_lps([[10, 12, 14]])[0]
    target = Geometry.axial((12, 14, 16), (1.1, 0.9, 1.3), tuple(centre - 6.0))

    def as_itk(array: np.ndarray, geometry: Geometry):
        itk = sitk.GetImageFromArray(array)
        columns = geometry.affine_lps[:3, [2, 1, 0]]
        spacing = np.linalg.norm(columns, axis=0)
        itk.SetSpacing(spacing.tolist())
        itk.SetOrigin(geometry.affine_lps[:3, 3].tolist())
        itk.SetDirection((columns / spacing).ravel().tolist())
        return itk

    reference = as_itk(np.zeros(target.shape_kji, np.float32), target)
    theirs = sitk.GetArrayFromImage(
        sitk.Resample(as_itk(image, oblique), reference, sitk.Transform(), sitk.sitkLinear, 0.0)
    )
    ours = resample_image(image, oblique, target)
    inside = index_map(oblique, target)[:3] @ np.vstack(
        [np.indices(target.shape_kji).reshape(3, -1), np.ones(np.prod(target.shape_kji))]
    )
    limits = np.array(oblique.shape_kji)[:, None] - 1
    clear = ((inside > 0) & (inside < limits)).all(axis=0).reshape(target.shape_kji)
    assert clear.mean() > 0.5
    np.testing.assert_allclose(ours[clear], theirs[clear], atol=1e-4)


def test_same_grid_is_a_copy_and_a_wrong_shape_an_error(oblique):
    labels = np.ones(oblique.shape_kji, np.uint8)
    out = resample_labels(labels, oblique, oblique)
    assert out is not labels
    np.testing.assert_array_equal(out, labels)
    with pytest.raises(RequestError):
        resample_labels(labels[:2], oblique, oblique)


@pytest.mark.gpu
def test_cupy_agrees_with_numpy(oblique):
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if not cupy.cuda.is_available():
        pytest.skip("there is no CUDA device")
    target = Geometry.axial((12, 14, 16), origin_lps=tuple(oblique.points_lps([[5, 5, 5]])[0]))
    image = _linear(oblique)
    on_gpu = resample_image(cupy.asarray(image), oblique, target)
    np.testing.assert_allclose(cupy.asnumpy(on_gpu), resample_image(image, oblique, target), atol=1e-2)
