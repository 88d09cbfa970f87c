"""Rigid registration against motions that are known."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.transform import Rotation

from ai.errors import RequestError
from ai.imaging.register import register_rigid, shrunk
from ai.types import Geometry

FIXED = Geometry.axial((36, 64, 64), (4.0, 3.0, 3.0), (-90.0, -100.0, 40.0))


@pytest.fixture(scope="module")
def body() -> np.ndarray:
    """Return a body with textured organs in air, of about CT's values."""
    random = np.random.default_rng(5)
    texture = sum(
        weight * ndimage.gaussian_filter(random.normal(size=FIXED.shape_kji), sigma) * sigma**1.5
        for sigma, weight in ((1.5, 60.0), (4.0, 60.0))
    )
    k, j, i = np.indices(FIXED.shape_kji)
    inside = ((j - 32) / 26) ** 2 + ((i - 30) / 29) ** 2 + ((k - 17) / 30) ** 4 < 1
    return np.where(inside, 40 + texture, -1000).astype(np.float32)


def motion(turn_deg: tuple[float, ...], shift_mm: tuple[float, ...]) -> np.ndarray:
    """Return a turn about the middle of the body and a shift."""
    middle = FIXED.points_lps([[17.5, 31.5, 31.5]])[0]
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", turn_deg, degrees=True).as_matrix()
    matrix[:3, 3] = middle - matrix[:3, :3] @ middle + shift_mm
    return matrix


def seen_again(image: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, Geometry]:
    """Return the image of the moved body, with noise, on a grid of its own around it."""
    middle = (matrix @ [*FIXED.points_lps([[17.5, 31.5, 31.5]])[0], 1.0])[:3]
    at = Geometry.axial((30, 70, 66), (5.0, 2.5, 2.5), tuple(middle - [80.0, 86.0, 71.0]))
    whole = np.linalg.inv(FIXED.affine_lps) @ np.linalg.inv(matrix) @ at.affine_lps
    moved = ndimage.affine_transform(image, whole[:3, :3], whole[:3, 3], output_shape=at.shape_kji, order=1, cval=-1000)
    return (moved + np.random.default_rng(2).normal(0, 20, at.shape_kji)).astype(np.float32), at


def farthest(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest distance (mm) between where both bring places of the body."""
    places = FIXED.points_lps(np.argwhere(np.ones((2, 2, 2))) * [20, 40, 40] + [8, 12, 12])
    places = np.column_stack([places, np.ones(len(places))])
    return float(np.linalg.norm(places @ (one - other).T, axis=1).max())


@pytest.mark.parametrize(("turn", "shift"), [((2, 1, -3), (310, -140, 600)), ((10, -8, 5), (-30, 20, 25))])
def test_a_known_motion_is_found(body, turn, shift):
    matrix = motion(turn, shift)
    moving, at = seen_again(body, matrix)
    found = register_rigid(body, FIXED, moving, at)
    assert farthest(found.matrix, matrix) < 0.5
    assert found.information > found.before
    assert found.turn_deg == pytest.approx(np.degrees(Rotation.from_matrix(matrix[:3, :3]).magnitude()), abs=0.5)


def test_other_grey_values_are_no_hindrance(body):
    matrix = motion((3, 2, -4), (12, 8, -10))
    moving, at = seen_again(body, matrix)
    turned = np.where(moving < -500, 0, 400 - moving).astype(np.float32)
    assert farthest(register_rigid(body, FIXED, turned, at).matrix, matrix) < 1.0


def test_images_that_lie_on_each_other_stay(body):
    noisy = body + np.random.default_rng(1).normal(0, 20, body.shape).astype(np.float32)
    found = register_rigid(body, FIXED, noisy, FIXED)
    assert farthest(found.matrix, np.eye(4)) < 0.2
    assert np.array_equal(register_rigid(body, FIXED, noisy, FIXED).matrix, found.matrix), "the same again"


@pytest.mark.parametrize("image", [np.zeros((8, 8, 8), np.float32), np.ones((3, 8, 8), np.float32)])
def test_what_shows_nothing_is_refused(body, image):
    with pytest.raises(RequestError):
        register_rigid(body, FIXED, image, Geometry.axial(image.shape))


def test_frames_are_averaged_where_they_lie():
    at = Geometry.axial((2, 9, 8), (5.0, 1.0, 1.0), (1.0, 2.0, 3.0))
    index = np.indices(at.shape_kji).reshape(3, -1).T
    x = at.points_lps(index)[:, 0].reshape(at.shape_kji).astype(np.float32)
    small, small_at = shrunk(iter(x), at)
    assert small.shape == small_at.shape_kji == (2, 4, 4)
    there = small_at.points_lps(np.indices(small.shape).reshape(3, -1).T)[:, 0].reshape(small.shape)
    assert np.allclose(small, there, atol=1e-5)
