"""How far readers of a case, or members of an ensemble, are apart, as a score for who needs another look."""

from typing import Any

import numpy as np

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.estimate import mean_of
from ai.metrics.overlap import dice


def _checked_stack(stack: Any) -> Any:
    array = stack if hasattr(stack, "dtype") else np.asarray(stack)
    if array.ndim < 2 or array.shape[0] < 2 or 0 in array.shape or array.dtype.kind not in "bui":
        raise RequestError("Disagreement needs label values (integers) of shape (readers, …) from two readers or more.")
    return array


def vote_entropy(stack: Any) -> Any:
    """Return the entropy of the readers' votes in each voxel, in nats.

    Parameters
    ----------
    stack : array of integers or bool, shape (R, …)
        Label values of each reader on one grid, 0 is background. At least two readers.

    Returns
    -------
    array of float32, shape (…)
        0 (all say the same) to log R.

    Raises
    ------
    RequestError
        Fewer than two readers, no voxel, or values that are no integers.

    Notes
    -----
    Dagan and Engelson, Committee-Based Sampling, ICML 1995. Memory: one float32 volume and two masks.

    Examples
    --------
    >>> [round(value, 4) for value in vote_entropy([[1, 1, 2], [1, 2, 2], [1, 2, 0], [1, 1, 1]]).tolist()]
    [0.0, 0.6931, 1.0397]
    """
    votes = _checked_stack(stack)
    xp = namespace(votes)
    readers = votes.shape[0]
    found = xp.zeros(votes.shape[1:], dtype=xp.float32)
    for label in xp.unique(votes).tolist():
        share = (votes == label).sum(axis=0).astype(xp.float32) / readers
        found -= share * xp.log(xp.where(share > 0, share, 1))
    return xp.maximum(found, 0)


def case_disagreement(stack: Any) -> float:
    """Return 1 minus the mean Dice over all pairs and labels: 0 when all marked the same, 1 when nothing meets.

    Parameters
    ----------
    stack : array of integers or bool, shape (R, …)
        As `vote_entropy`; members of an ensemble serve as well as readers.

    Returns
    -------
    float
        Labels that neither of a pair marked take no part; 0 when nobody marked anything (they agree).

    Raises
    ------
    RequestError
        As `vote_entropy`.

    Notes
    -----
    Mean pairwise Dice of members is the best simple flag of failed cases in Zenk et al., Med Image Anal 101, 2025.

    Examples
    --------
    >>> case_disagreement([[1, 1, 0, 0], [1, 1, 0, 0]]), case_disagreement([[1, 1, 0, 0], [0, 1, 1, 0]])
    (0.0, 0.5)
    """
    votes = _checked_stack(stack)
    labels = [label for label in namespace(votes).unique(votes).tolist() if label]
    readers = range(votes.shape[0])
    mean = mean_of(
        [dice(votes[a] == label, votes[b] == label) for label in labels for a in readers for b in readers if a < b]
    )
    return 0.0 if mean != mean else 1.0 - mean
