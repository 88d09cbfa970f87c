"""Which image planes something lies on, and how one pixel grid lies on another. Pure geometry, no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.types import Geometry
from studies.derived.content import Spot
from studies.planes import Plane

PARALLEL = 1e-3
"""Largest 1 - |cosine| of two normals that are taken as one direction (2.6 degrees)."""
SAME_PLANE_SHARE = 0.25
"""How far from an image plane a contour or frame may lie, as a share of the step between image planes."""
LONE_PLANE_MM = 0.1
"""The same where only one plane is there."""
PIXEL_DRIFT = 0.1
"""Largest distance, in pixels, between two grids that are taken as one, anywhere in the frame."""

Vector = NDArray[np.float64]


def normal_of(plane: Plane) -> Vector:
    """Return the unit normal of a placed plane."""
    normal: Vector = np.cross(np.array(plane.along_row), np.array(plane.along_column))
    return normal / np.linalg.norm(normal)


def spot_of(plane: Plane) -> Spot | None:
    """Return where a plane lies, or None where it does not say."""
    if not plane.placed or plane.position_lps is None:
        return None
    x, y, z = normal_of(plane)
    return Spot(plane.position_lps, (float(x), float(y), float(z)))


@dataclass(frozen=True, slots=True)
class Stack:
    """Parallel image planes, sorted along their normal.

    Attributes
    ----------
    planes : tuple of Plane
        In order of distance.
    normal : ndarray, (3,)
    distances : ndarray, (N,)
        Along the normal in millimetres.
    step_mm : float
        Median distance of neighbouring different places; 0 where there is one place only.
    """

    planes: tuple[Plane, ...]
    normal: Vector
    distances: Vector
    step_mm: float

    @property
    def tolerance_mm(self) -> float:
        """How far from a plane something may lie and still be on it."""
        return max(LONE_PLANE_MM, SAME_PLANE_SHARE * self.step_mm)

    def along(self, spot: Spot) -> float | None:
        """Return the distance of a spot along the normal, or None where it is not parallel."""
        if 1.0 - abs(float(np.dot(self.normal, spot.normal))) > PARALLEL:
            return None
        return float(np.dot(self.normal, spot.point_lps))

    def at(self, distance: float) -> list[int]:
        """Return the indices of the planes nearest to a distance, within the tolerance: several at several times."""
        if not len(self.distances):
            return []
        low = int(np.searchsorted(self.distances, distance - self.tolerance_mm, side="left"))
        high = int(np.searchsorted(self.distances, distance + self.tolerance_mm, side="right"))
        if low == high:
            return []
        apart = np.abs(self.distances[low:high] - distance)
        return [low + int(index) for index in np.flatnonzero(apart <= apart.min() + 1e-3)]


def stacks_of(planes: Sequence[Plane]) -> Iterator[Stack]:
    """Yield the placed planes of a series by orientation."""
    left = [plane for plane in planes if plane.placed and not plane.localiser]
    while left:
        normal = normal_of(left[0])
        alike = [abs(float(np.dot(normal, normal_of(plane)))) >= 1.0 - PARALLEL for plane in left]
        group = [plane for plane, same in zip(left, alike, strict=True) if same]
        left = [plane for plane, same in zip(left, alike, strict=True) if not same]
        distances = np.array([np.dot(normal, np.array(plane.position_lps)) for plane in group])
        order = np.argsort(distances, kind="stable")
        steps = np.diff(distances[order])
        steps = steps[steps > 1e-3]
        yield Stack(
            tuple(group[index] for index in order),
            normal,
            distances[order],
            float(np.median(steps)) if len(steps) else 0.0,
        )


@dataclass(frozen=True, slots=True)
class PixelMap:
    """How the pixels of one frame lie on those of another: row and column there, from row and column here."""

    turn: tuple[tuple[int, int], tuple[int, int]]
    shift: tuple[int, int]

    def put(self, source: NDArray[np.generic], rows: int, columns: int) -> NDArray[np.generic]:
        """Return the source on the other grid (rows, columns); what lies outside is cut off, the rest is 0."""
        (a, b), (c, d) = self.turn
        turned = source if a else source.T
        if (a or b) < 0:
            turned = turned[::-1]
        if (c or d) < 0:
            turned = turned[:, ::-1]
        far = (source.shape[0] - 1, source.shape[1] - 1)
        top = self.shift[0] + min(0, a * far[0] + b * far[1])
        left = self.shift[1] + min(0, c * far[0] + d * far[1])
        result = np.zeros((rows, columns), dtype=source.dtype)
        high, wide = turned.shape
        r0, r1 = max(top, 0), min(top + high, rows)
        c0, c1 = max(left, 0), min(left + wide, columns)
        if r0 < r1 and c0 < c1:
            result[r0:r1, c0:c1] = turned[r0 - top : r1 - top, c0 - left : c1 - left]
        return result


def pixel_map(source: Plane, target: Plane) -> PixelMap | None:
    """Return how one frame's pixels lie on another's, or None where the two grids are different.

    The frames must lie in parallel planes; their distance is not looked at. Mirrored and turned grids, and parts of
    one another, are one grid.
    """
    if not source.placed or not target.placed:
        return None
    here, there = _steps(source), _steps(target)
    turn = np.linalg.lstsq(there, here, rcond=None)[0]
    whole = np.rint(turn)
    if sorted(np.abs(whole).ravel().tolist()) != [0.0, 0.0, 1.0, 1.0] or abs(np.linalg.det(whole)) != 1:
        return None
    apart = np.array(source.position_lps) - np.array(target.position_lps)
    apart = apart - normal_of(target) * np.dot(normal_of(target), apart)
    shift = np.linalg.lstsq(there, apart, rcond=None)[0]
    far = np.array([[0, 0], [source.rows - 1, 0], [0, source.columns - 1], [source.rows - 1, source.columns - 1]])
    drift = far @ (turn - whole).T + (shift - np.rint(shift))
    if float(np.abs(drift).max()) > PIXEL_DRIFT:
        return None
    a, b, c, d = (int(value) for value in whole.ravel())
    return PixelMap(((a, b), (c, d)), (int(np.rint(shift[0])), int(np.rint(shift[1]))))


def _steps(plane: Plane) -> Vector:
    """Return the steps in the patient from one row, and one column, to the next: (3, 2) millimetres."""
    assert plane.spacing_mm is not None  # noqa: S101  # only placed planes come here; for the type checker
    return np.column_stack(
        [
            np.array(plane.along_column) * plane.spacing_mm[0],
            np.array(plane.along_row) * plane.spacing_mm[1],
        ]
    )


@dataclass(frozen=True, slots=True)
class GridMap:
    """How one voxel grid is another one turned and mirrored: axes of the source in the target's order, and flips."""

    axes: tuple[int, int, int]
    flips: tuple[bool, bool, bool]

    def put(self, source: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return an array of the source grid (K, J, I) in the order of the target grid, as a view."""
        turned = np.transpose(source, self.axes)
        return turned[tuple(slice(None, None, -1) if flip else slice(None) for flip in self.flips)]


def grid_map(source: Geometry, target: Geometry) -> GridMap | None:
    """Return how the source grid is the target grid, or None where their voxels do not coincide."""
    turn = np.linalg.inv(target.affine_lps) @ source.affine_lps
    whole = np.rint(turn[:3, :3])
    if not (np.abs(whole).sum(axis=0) == 1).all() or not (np.abs(whole).sum(axis=1) == 1).all():
        return None
    axes = tuple(int(np.flatnonzero(whole[row])[0]) for row in range(3))
    if tuple(source.shape_kji[axis] for axis in axes) != target.shape_kji:
        return None
    flips = tuple(bool(whole[row, axis] < 0) for row, axis in enumerate(axes))
    begin = [size - 1 if flip else 0 for size, flip in zip(target.shape_kji, flips, strict=True)]
    far = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (np.array(source.shape_kji) - 1)
    drift = far @ (turn[:3, :3] - whole).T + (turn[:3, 3] - np.array(begin))
    if float(np.abs(drift).max()) > PIXEL_DRIFT:
        return None
    return GridMap((axes[0], axes[1], axes[2]), (flips[0], flips[1], flips[2]))


def place_key(grid: Geometry) -> str:
    """Return where the middle of a grid lies, as text that equal grids share."""
    return _keys(grid, (0.0,))[0]


def place_keys(grid: Geometry) -> list[str]:
    """Return the keys that grids with the same middle may have, rounding included."""
    return _keys(grid, (-0.1, 0.1))


def _keys(grid: Geometry, shifts_mm: tuple[float, ...]) -> list[str]:
    middle = grid.points_lps([[(size - 1) / 2 for size in grid.shape_kji]])[0]
    cells = [sorted({int(np.floor((value + shift) / 2.0)) for shift in shifts_mm}) for value in middle]
    return [f"{x},{y},{z}"[:40] for x in cells[0] for y in cells[1] for z in cells[2]]
