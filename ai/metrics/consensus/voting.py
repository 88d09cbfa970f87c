"""Votes of readers: where they differ, majority, and votes that weigh."""

from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError

PART = 1 << 22

MOST_VOTES = 255
"""How many readers say otherwise is kept in 8 bits."""


def check_stack(stack: Any) -> None:
    """Raise RequestError when a stack is none: label values (uint8) of shape (readers, …) from 1 to 255 readers."""
    if getattr(stack, "dtype", None) != np.uint8 or stack.ndim < 2 or not 1 <= stack.shape[0] <= MOST_VOTES:
        raise RequestError("A consensus needs label values (uint8) of shape (readers, …) from 1 to 255 readers.")


def disputed(stack: Any) -> Any:
    """Return where readers differ: (R, …) → (…). Memory: two bytes per voxel, whatever the number of readers.

    Examples
    --------
    >>> import numpy as np
    >>> disputed(np.array([[1, 1, 0], [1, 2, 0]], dtype=np.uint8)).tolist()
    [False, True, False]
    """
    difference = namespace(stack).zeros(stack.shape[1:], dtype=bool)
    for reader in stack[1:]:
        difference |= reader != stack[0]
    return difference


def majority(stack: Any) -> Any:
    """Return the most frequent value of each voxel.

    Parameters
    ----------
    stack : array of uint8, shape (R, …)
        One array of label values per reader; 0 is background.

    Returns
    -------
    array of uint8, shape (…)
        Background counts as a value like any other. A tie is background: with two readers, only what both marked
        alike remains.

    Raises
    ------
    RequestError
        No reader at all.

    Examples
    --------
    >>> import numpy as np
    >>> majority(np.array([[1, 1, 0, 2], [1, 2, 0, 2], [0, 3, 1, 1]], dtype=np.uint8)).tolist()
    [1, 0, 0, 2]
    """
    check_stack(stack)
    return weighted_vote(stack, [1.0] * stack.shape[0])


def weighted_vote(stack: Any, weights: Any) -> Any:
    """Return the value of each voxel whose readers weigh most together.

    Parameters
    ----------
    stack : array of uint8, shape (R, …)
    weights : array of float, shape (R,)
        What each reader's vote counts; not negative, not all 0. Equal weights are the majority.

    Returns
    -------
    array of uint8, shape (…)
        A tie is background.

    Raises
    ------
    RequestError
        No reader at all, or weights that are none.

    Examples
    --------
    >>> import numpy as np
    >>> weighted_vote(np.array([[1, 1], [2, 0], [2, 0]], dtype=np.uint8), [3.0, 1.0, 1.0]).tolist()
    [1, 1]
    """
    check_stack(stack)
    worth = np.asarray(to_numpy(weights), dtype=np.float64)
    if worth.shape != (stack.shape[0],) or not (worth >= 0).all() or not np.isfinite(worth).all() or not worth.any():
        raise RequestError("Each reader needs a finite weight that is not negative, and one must be above 0.")
    result = stack[0].copy()
    where = disputed(stack)
    votes = stack[:, where]
    if votes.size:
        result[where] = _heaviest(votes, worth)
    return result


def _heaviest(votes: Any, weights: Any) -> Any:
    """Return the value of most weight per column of (R, N); ties are 0."""
    xp = namespace(votes)
    best = xp.zeros(votes.shape[1], dtype=xp.uint8)
    most = xp.zeros(votes.shape[1])
    for value in (int(value) for value in values_of(votes)):
        weight = xp.zeros(votes.shape[1])
        for reader, worth in zip(votes, weights, strict=True):
            weight += worth * (reader == value)
        # Sums of the same weights in another order differ by rounding: that is a tie too.
        close = xp.abs(weight - most) <= 1e-9 * most
        best = xp.where(close, 0, xp.where(weight > most, value, best)).astype(xp.uint8)
        most = xp.maximum(weight, most)
    return best


def values_of(votes: Any) -> list[int]:
    """Return the label values that occur, ascending. In parts: counting takes eight bytes for each value at hand."""
    xp = namespace(votes)
    flat = votes.ravel()
    seen = xp.zeros(256, dtype=bool)
    for start in range(0, flat.size, PART):
        seen |= xp.bincount(flat[start : start + PART], minlength=256) > 0
    return [int(value) for value in xp.flatnonzero(seen)]
