"""The surface of a mask as small elements with an area, so that a share of the surface is a share of its area.

A cell is the cube between eight neighbouring voxel centres. Where they are not all inside or all outside, the surface
passes through it, cutting the edges between inside and outside in their middles; what it has there is one element, with
an area and a centre. Counting cells (or surface voxels) alike overstates slanting parts, and taking the cell's middle
for the surface makes distances too small: of a ball of radius 30 moved by two voxels, half the surface lies within one
voxel. Elements say 0.499; voxel counts 0.576, areas at the middles of cells 0.78 (both measured).

The cuts on each of the cube's faces are joined so that each inside corner of a doubtful face stands alone, which gives
closed polygons; corners of the smaller party (inside or outside) count as inside, so that a mask and its complement
have the same area. The area of a polygon that is not flat is the mean over its fans of triangles. Source of the idea:
Lorensen and Cline, Computer Graphics 21(4), 1987; its use for surface Dice: Nikolov et al., J Med Internet Res 23(7),
2021 (e26151).
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace

Corner = tuple[int, int, int]
Point = tuple[float, ...]
CORNERS: tuple[Corner, ...] = tuple((k, j, i) for k, j, i in product((0, 1), repeat=3))
FULL = 255


def surface_codes(mask: Any) -> Any:
    """Return which corners of each cell are inside: (K, J, I) bool → (K + 1, J + 1, I + 1) uint8.

    Bit 7 - n stands for the corner n of `CORNERS`; 0 and 255 are cells without surface. Beyond the array is outside.
    """
    xp = namespace(mask)
    codes = xp.zeros(tuple(size + 1 for size in mask.shape), dtype=xp.uint8)
    bits = mask.astype(xp.uint8)
    for place, corner in enumerate(CORNERS):
        # The voxel (k, j, i) is the corner (1, 1, 1) of the cell (k, j, i), the corner (0, 0, 0) of the one after.
        window = tuple(slice(1 - step, 1 - step + size) for step, size in zip(corner, mask.shape, strict=True))
        codes[window] |= bits << xp.uint8(7 - place)
    return codes


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The surface within one cell, for each of the 256 codes.

    Attributes
    ----------
    area_mm2 : ndarray of float64, shape (256,)
        0 for the codes 0 and 255.
    centre_mm : ndarray of float64, shape (256, 3)
        Centre of gravity of the surface, from the cell's corner (0, 0, 0) along k, j and i.
    """

    area_mm2: npt.NDArray[np.float64]
    centre_mm: npt.NDArray[np.float64]


@lru_cache(maxsize=64)
def pieces(spacing_mm: tuple[float, float, float]) -> Pieces:
    """Return area and centre of the surface in a cell of this size, by code.

    Examples
    --------
    One corner inside cuts off a triangle of sides √½; the four corners of a face, a square in the middle of the cell.

    >>> found = pieces((1.0, 1.0, 1.0))
    >>> [round(float(area), 6) for area in found.area_mm2[[0, 1, 15, 255]]]
    [0.0, 0.216506, 1.0, 0.0]
    >>> found.centre_mm[15].tolist()
    [0.5, 0.5, 0.5]
    """
    step = np.asarray(spacing_mm, dtype=np.float64)
    own = np.array([_moments(code, step) for code in range(FULL + 1)])
    few = np.array([code.bit_count() for code in range(FULL + 1)])[:, None]
    # Area, and centre times area: both may be averaged.
    moments = np.where(few < 4, own, np.where(few > 4, own[::-1], (own + own[::-1]) / 2))
    area, total = moments[:, 0], moments[:, 1:]
    centre = total / np.where(area > 0, area, 1.0)[:, None]
    area.setflags(write=False)
    centre.setflags(write=False)
    return Pieces(area, centre)


def _moments(code: int, step: npt.NDArray[np.float64]) -> list[float]:
    """Return the area of the surface in a cell, and its centre times that area."""
    total = np.zeros(4)
    for loop in _loops(code):
        points = np.array(loop) * step
        following = np.roll(points, -1, axis=0)
        for apex in points:
            area = np.linalg.norm(np.cross(points - apex, following - apex), axis=1) / (2 * len(points))
            total[0] += area.sum()
            total[1:] += (area[:, None] * (points + following + apex) / 3).sum(axis=0)
    return [float(value) for value in total]


def _loops(code: int) -> list[list[Point]]:
    """Return the closed polygons of one cell, as middles of the cube's edges."""
    inside = {corner: bool(code >> (7 - place) & 1) for place, corner in enumerate(CORNERS)}
    links: dict[Point, list[Point]] = {}
    for axis, side in product(range(3), (0, 1)):
        for one, other in _segments(_face(axis, side), inside):
            links.setdefault(one, []).append(other)
            links.setdefault(other, []).append(one)
    loops: list[list[Point]] = []
    left = set(links)
    while left:
        loop = [min(left)]
        while following := [point for point in links[loop[-1]] if point in left and point not in loop]:
            loop.append(following[0])
        left -= set(loop)
        loops.append(loop)
    return loops


def _face(axis: int, side: int) -> list[Corner]:
    """Return the four corners of a face of the cube, going around."""
    around = []
    for u, v in ((0, 0), (0, 1), (1, 1), (1, 0)):
        corner = [u, v]
        corner.insert(axis, side)
        around.append((corner[0], corner[1], corner[2]))
    return around


def _segments(face: list[Corner], inside: dict[Corner, bool]) -> list[tuple[Point, Point]]:
    """Return how the cuts on a face are joined."""

    def middle(place: int) -> Point:
        one, other = face[place % 4], face[(place + 1) % 4]
        return tuple((a + b) / 2 for a, b in zip(one, other, strict=True))

    cuts = [place for place in range(4) if inside[face[place]] != inside[face[(place + 1) % 4]]]
    if len(cuts) == 4:
        return [(middle(place + 3), middle(place)) for place in range(4) if inside[face[place]]]
    return [(middle(cuts[0]), middle(cuts[1]))] if cuts else []
