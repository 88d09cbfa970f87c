"""One score out of several that are not of one scale."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError


def mean_rank(scores: Mapping[str, Any], *, weights: Mapping[str, float] | None = None) -> npt.NDArray[np.float64]:
    """Return the weighted mean of the scores' ranks: what is high in all comes first, whatever their units.

    Parameters
    ----------
    scores : mapping of str to array_like of float, shape (N,)
        By name.
    weights : mapping of str to float, optional
        Not negative, one of them positive; 1 for what it does not name.

    Returns
    -------
    ndarray of float64, shape (N,)
        0 (the lowest in all) to 1 (the highest); equal scores share their mean rank. 0.5 for a single candidate.

    Raises
    ------
    RequestError
        No score, other lengths, a missing value, or weights out of their range or of unknown names.

    Notes
    -----
    The mean of ranks is Borda's count. Ranks are blind to how far apart values lie, which no two scores share.

    Examples
    --------
    >>> mean_rank({"entropy": [0.1, 0.2, 0.3], "disagreement": [10.0, 30.0, 20.0]}).tolist()
    [0.0, 0.75, 0.75]
    """
    given = dict.fromkeys(scores, 1.0) | dict(weights or {})
    if set(given) != set(scores) or not scores or min(given.values()) < 0 or not sum(given.values()) > 0:
        raise RequestError("Combining needs scores, and weights of them that are not negative.")
    table = [np.asarray(values, dtype=np.float64) for values in scores.values()]
    if len({values.shape for values in table}) > 1 or table[0].ndim != 1 or not np.isfinite(np.stack(table)).all():
        raise RequestError("Scores are combined candidate by candidate, none missing or infinite.")
    ranks = [given[name] * _ranks(values) for name, values in zip(scores, table, strict=True)]
    mean: npt.NDArray[np.float64] = np.sum(ranks, axis=0) / sum(given.values())
    return mean


def _ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return ranks from 0 to 1, equal values sharing their mean."""
    if len(values) < 2:
        return np.full(len(values), 0.5)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    ranks: npt.NDArray[np.float64] = middle[inverse] / (len(values) - 1)
    return ranks
