"""Masks as closed polygons along the edges of their pixels. Pure arrays.

Reading the polygons back by pixel centres and the even-odd rule gives the very mask: every edge runs half a pixel away
from every centre. Pixels that touch at a corner only are apart (4-connected). A hole is joined to the polygon around it
by a keyhole: the line runs to the hole along a border between pixels, round it, and back over the same line, as
CLOSED_PLANAR contours of structure sets have it (PS3.3 C.8.8.6.3).
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Corner = tuple[int, int]
"""(row, column) of a corner between pixels: corner (r, c) is the upper left one of pixel (r, c)."""
_Edges = dict[Corner, list[Corner]]

_RIGHT_OF = {(0, 1): (1, 0), (1, 0): (0, -1), (0, -1): (-1, 0), (-1, 0): (0, 1)}


def outlines(mask: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.float64]]:
    """Return the polygons of a mask (rows, columns), holes joined by keyholes.

    Returns
    -------
    list of ndarray of float64, (N, 2)
        Corners as (row, column) in pixels; centres of pixels are whole numbers. The last corner joins the first.
    """
    loops = list(_loops(_edges(mask)))
    outer = [loop for loop in loops if _is_outer(loop)]
    holes = sorted((_from_leftmost(loop) for loop in loops if not _is_outer(loop)), key=lambda loop: (loop[0][1], loop))
    home = {corner: number for number, loop in enumerate(outer) for corner in loop}
    for hole in holes:
        row, column = hole[0]
        met = column - 1
        while (row, met) not in home:  # a hole lies inside: some loop is met
            met -= 1
        number = home[row, met]
        outer[number] = _joined(outer[number], (row, met), hole)
        home |= dict.fromkeys(outer[number], number)
    return [np.array(_straightened(loop), dtype=np.float64) - 0.5 for loop in outer]


def _edges(mask: npt.NDArray[np.bool_]) -> _Edges:
    """Return the edges between mask and background, from corner to corner, with the mask on the right-hand side."""
    padded = np.pad(mask, 1)
    following: _Edges = {}
    down = np.diff(padded.astype(np.int8), axis=0)[:, 1:-1]
    for row, column in np.argwhere(down).tolist():
        left, right = (row, column), (row, column + 1)
        _add(following, *((left, right) if down[row, column] > 0 else (right, left)))
    across = np.diff(padded.astype(np.int8), axis=1)[1:-1]
    for row, column in np.argwhere(across).tolist():
        top, bottom = (row, column), (row + 1, column)
        _add(following, *((bottom, top) if across[row, column] > 0 else (top, bottom)))
    return following


def _add(following: _Edges, start: Corner, end: Corner) -> None:
    following.setdefault(start, []).append(end)


def _loops(following: _Edges) -> Iterator[list[Corner]]:
    """Yield the closed loops; where two meet in a corner, each turns right and stays with its own pixel."""
    while following:
        start, ends = next(iter(following.items()))
        loop, here, there = [start], start, ends[0]
        while True:
            _take(following, here, there)
            if there == start and not _goes_on(loop, here, there, following):
                break
            loop.append(there)
            here, there = there, _next(here, there, following)
        yield loop


def _goes_on(loop: list[Corner], here: Corner, start: Corner, following: _Edges) -> bool:
    """Return whether the loop passes through its start instead of ending there: its right turn is still to be drawn."""
    if start not in following:
        return False
    return _next(here, start, following) == _turned(here, start) and _turned(here, start) != loop[1]


def _take(following: _Edges, here: Corner, there: Corner) -> None:
    following[here].remove(there)
    if not following[here]:
        del following[here]


def _turned(here: Corner, there: Corner) -> Corner:
    row, column = _RIGHT_OF[there[0] - here[0], there[1] - here[1]]
    return there[0] + row, there[1] + column


def _next(here: Corner, there: Corner, following: _Edges) -> Corner:
    ends = following[there]
    right = _turned(here, there)
    return right if right in ends else ends[0]


def _is_outer(loop: list[Corner]) -> bool:
    """Return whether a loop runs clockwise on the screen: with the mask on its right it goes round the outside."""
    corners = np.array(loop)
    row, column = corners[:, 0], corners[:, 1]
    return float(np.dot(column, np.roll(row, -1)) - np.dot(row, np.roll(column, -1))) > 0


def _from_leftmost(loop: list[Corner]) -> list[Corner]:
    first = min(range(len(loop)), key=lambda place: (loop[place][1], loop[place][0]))
    return loop[first:] + loop[:first]


def _joined(loop: list[Corner], at: Corner, hole: list[Corner]) -> list[Corner]:
    """Return the loop with a way from `at` along the row to the hole, round it and back."""
    place = loop.index(at)
    row, column = hole[0]
    way = [(row, between) for between in range(at[1] + 1, column)]
    return [*loop[: place + 1], *way, *hole, hole[0], *reversed(way), *loop[place:]]


def _straightened(loop: list[Corner]) -> list[Corner]:
    """Return a loop without the corners in the midst of straight runs."""
    kept = []
    for before, here, after in zip([loop[-1], *loop[:-1]], loop, [*loop[1:], loop[0]], strict=True):
        come = (here[0] - before[0], here[1] - before[1])
        go = (after[0] - here[0], after[1] - here[1])
        if come != go:
            kept.append(here)
    return kept
