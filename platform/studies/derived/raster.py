"""Polygons as pixels, by the even-odd rule. Pure arrays.

A pixel belongs to a shape when its centre does; a centre exactly on an edge belongs to the side of growing row and
column (half-open intervals), so that two shapes that share an edge share no pixel. Several polygons of one plane are
combined by the same rule: one inside another is a hole, and a keyhole (a polygon that runs to its hole and back over
the same line) is a hole as well.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

SLIVER = 1e-9
"""Pixels by which a crossing may miss a centre through rounding and still count as on it."""

FAR = 1e7
"""Pixels beyond which corners are drawn in: whatever a file says, arithmetic stays exact."""


def filled(polygons: Iterable[NDArray[np.float64]], rows: int, columns: int) -> NDArray[np.bool_]:
    """Return the pixels (rows, columns) whose centres lie inside an odd number of polygons.

    Parameters
    ----------
    polygons : iterable of ndarray, (N, 2)
        Corners as (row, column) in pixels, fractional; centres of pixels are whole numbers. The last corner joins the
        first. Fewer than three corners enclose nothing.
    rows, columns : int
        Size of the grid.

    Notes
    -----
    Each edge that crosses a row of centres toggles all pixels from the crossing onwards: one cumulative sum gives the
    parity. Time and memory grow with the number of crossings inside the grid, not with the size of the polygons.
    """
    toggles = np.zeros((rows, columns + 1), dtype=np.int32)
    for polygon in polygons:
        if len(polygon) >= 3:
            _toggle(toggles, polygon, rows, columns)
    return (np.cumsum(toggles, axis=1)[:, :columns] & 1).astype(bool)


def _toggle(toggles: NDArray[np.int32], polygon: NDArray[np.float64], rows: int, columns: int) -> None:
    polygon = np.clip(np.nan_to_num(polygon), -FAR, FAR)
    here, there = polygon, np.roll(polygon, -1, axis=0)
    top, bottom = np.minimum(here[:, 0], there[:, 0]), np.maximum(here[:, 0], there[:, 0])
    first = np.clip(np.ceil(top - SLIVER), 0, rows).astype(np.int64)
    last = np.clip(np.ceil(bottom - SLIVER), 0, rows).astype(np.int64)  # one past the last row
    counts = last - first
    edges = np.repeat(np.arange(len(polygon)), counts)
    if not len(edges):
        return
    row = np.arange(len(edges)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edges]
    height = there[edges, 0] - here[edges, 0]
    share = np.divide(row - here[edges, 0], height, out=np.zeros(len(edges)), where=np.abs(height) > SLIVER)
    crossing = here[edges, 1] + share * (there[edges, 1] - here[edges, 1])
    column = np.clip(np.ceil(crossing - SLIVER), 0, columns).astype(np.int64)
    np.add.at(toggles, (row, column), 1)


def enclosed_area(polygon: NDArray[np.float64]) -> float:
    """Return the area of a simple polygon (N, 2) in the square of its unit (shoelace formula)."""
    if len(polygon) < 3:
        return 0.0
    y, x = polygon[:, 0], polygon[:, 1]
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2.0
