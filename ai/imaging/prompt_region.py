"""Where prompts lie on the grid: the neighbourhood that is worth looking at, and lines as voxels."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ai.errors import RequestError
from ai.types import PromptLine

Region = tuple[tuple[int, int, int], tuple[int, int, int]]

NEIGHBOURHOOD_VOXELS = 128**3
"""So many voxels around the prompts are looked at, as cubic in millimetres as the image allows."""

MOST_VOXELS = 256**3
"""Prompts so far apart that more voxels lie between them are refused: memory stays below about 700 MB."""


def drawn(lines: Iterable[PromptLine], region: Region, *, positive: bool) -> NDArray[np.bool_]:
    """Return the voxels of a region that the lines of one kind pass through: bool, of the region's shape."""
    low, high = np.array(region[0]), np.array(region[1])
    mask = np.zeros(tuple(high - low), dtype=bool)
    for line in lines:
        if line.positive == positive:
            voxels = _voxels(line) - low
            there = ((voxels >= 0) & (voxels < high - low)).all(axis=1)
            mask[tuple(voxels[there].T)] = True
    return mask


def _voxels(line: PromptLine) -> NDArray[np.int64]:
    """Return the voxels (N, 3) along a line, in steps of half a voxel."""
    places = np.asarray(line.places_kji, dtype=np.float64)
    pieces = [places[:1]]
    for a, b in pairwise(places):
        steps = 2 * int(np.ceil(np.abs(b - a).max())) + 1
        pieces.append(np.linspace(a, b, steps + 1)[1:])
    return np.rint(np.concatenate(pieces)).astype(np.int64)


def box_on_grid(corners: tuple[Iterable[float], Iterable[float]], shape: tuple[int, ...]) -> Region:
    """Return the voxels whose centres lie between two corners, at least one along each axis, kept on the grid."""
    both = np.asarray([list(corners[0]), list(corners[1])], dtype=np.float64)
    low = np.clip(np.ceil(both.min(axis=0) - 0.5), 0, np.array(shape) - 1).astype(int)
    high = np.clip(np.floor(both.max(axis=0) + 0.5), low, np.array(shape) - 1).astype(int) + 1
    return _region(low, high)


def neighbourhood(
    shape: tuple[int, ...],
    spacing_mm: tuple[float, float, float],
    lines: Iterable[PromptLine],
    box: Region | None,
    voxels: int = NEIGHBOURHOOD_VOXELS,
) -> Region:
    """Return the part of the image to look at: centred on the prompts, all of them in it.

    Raises
    ------
    RequestError
        The prompts lie so far apart that more than MOST_VOXELS are between them.
    """
    ends = [np.asarray(line.places_kji, dtype=np.float64) for line in lines]
    if box is not None:
        ends.append(np.array([box[0], [n - 1 for n in box[1]]], dtype=np.float64))
    places = np.rint(np.concatenate(ends)).astype(int)
    low, high = places.min(axis=0), places.max(axis=0) + 1
    if int(np.prod(high - low)) > MOST_VOXELS:
        raise RequestError("The prompts lie too far apart to be looked at together.")
    size = np.maximum(_size(shape, spacing_mm, voxels), high - low)
    room = np.maximum((high - low) // 4 + 2, 2)  # something around the outermost prompt is seen in any case
    size = np.minimum(np.maximum(size, high - low + 2 * room), shape)
    if int(np.prod(size)) > 2 * MOST_VOXELS:
        raise RequestError("The prompts lie too far apart to be looked at together.")
    start = np.clip((low + high - size + 1) // 2, 0, np.array(shape) - size)
    return _region(start, start + size)


def _size(shape: tuple[int, ...], spacing_mm: tuple[float, float, float], voxels: int) -> NDArray[np.int64]:
    """Return the largest cube (in mm) of at most so many voxels; where the image is thin, wider along the others."""
    limit, step = np.array(shape), np.array(spacing_mm)
    free = np.ones(3, dtype=bool)
    size = limit.copy()
    while free.any():
        rest = voxels / max(1, int(np.prod(size[~free])))
        side = (rest * float(np.prod(step[free]))) ** (1.0 / int(free.sum()))
        wanted = np.maximum(1, np.floor(side / step)).astype(int)
        thin = free & (limit <= wanted)
        if not thin.any():
            size[free] = wanted[free]
            break
        free &= ~thin
    return size


def _region(low: NDArray[np.int64], high: NDArray[np.int64]) -> Region:
    a, b = [int(n) for n in low], [int(n) for n in high]
    return (a[0], a[1], a[2]), (b[0], b[1], b[2])
