"""SIMPLE: leave out readers who are far from the others, weigh the rest, and look again.

Langerak et al., IEEE TMI 29(12), 2010 (selective and iterative method for performance level estimation).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.consensus.voting import check_stack, disputed, values_of, weighted_vote
from ai.metrics.estimate import Table
from ai.metrics.overlap import dice_of_counts


@dataclass(frozen=True, slots=True, eq=False)
class Pruned:
    """A consensus of the readers that were kept.

    Attributes
    ----------
    labels : array of uint8, shape (…)
    kept : tuple of int
        Places of the readers who have a vote.
    performance : ndarray of float64, shape (R,)
        Mean Dice over labels of each reader with the consensus; what their votes weigh, 0 for those left out.
    rounds : int
    """

    labels: Any
    kept: tuple[int, ...]
    performance: Table
    rounds: int


def simple_consensus(stack: Any, *, spread: float = 1.0, gap: float = 0.02, least_readers: int = 3) -> Pruned:
    """Return the weighted vote of the readers who are not far from it.

    Parameters
    ----------
    stack : array of uint8, shape (R, …)
        One array of label values per reader; 0 is background.
    spread, gap : float
        A reader is left out whose Dice lies below the mean by more than `spread` standard deviations of the readers
        and by more than `gap`. (Two of five equal bad readers lie 1.22 standard deviations below.)
    least_readers : int
        Nobody is left out when fewer than that would remain.

    Raises
    ------
    RequestError
        No stack of readers, or a parameter is negative.

    Notes
    -----
    The first weights are equal. Dice is counted over labels that anybody marked.

    Examples
    --------
    >>> import numpy as np
    >>> readers = np.array([[1, 1, 1, 0, 0], [1, 1, 1, 0, 0], [1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], dtype=np.uint8)
    >>> found = simple_consensus(readers)
    >>> found.labels.tolist(), found.kept
    ([1, 1, 1, 0, 0], (0, 1, 2))
    """
    check_stack(stack)
    if not spread >= 0 or not gap >= 0 or least_readers < 1:
        raise RequestError("Spread and gap are not negative, and one reader must remain.")
    weights, kept = np.ones(stack.shape[0]), list(range(stack.shape[0]))
    counts = _Counts(stack)
    performance = weights
    for rounds in range(1, 2 * stack.shape[0] + 2):  # noqa: B007  # used below
        labels = weighted_vote(stack, weights)
        performance = counts.dice_with(labels)
        own = performance[kept]
        limit = float(own.mean()) - max(spread * float(own.std()), gap)
        good = [reader for reader in kept if performance[reader] >= limit]
        new = good if len(good) >= least_readers else kept
        fresh = np.zeros_like(weights)
        # Readers without anything in common with the others must not leave the vote without weight.
        fresh[new] = np.maximum(performance[new], 1e-6)
        done = new == kept and bool(np.abs(fresh - weights).max() < 1e-6)
        weights, kept = fresh, new
        if done:
            break
    return Pruned(labels, tuple(kept), weights, rounds)


class _Counts:
    """Dice of every reader with a consensus: what all agree on is counted once."""

    def __init__(self, stack: Any) -> None:
        self.where = disputed(stack)
        self.votes = stack[:, self.where]
        self.values = [value for value in values_of(stack.reshape(stack.shape[0], -1)) if value]
        agreed = stack[0][~self.where]
        self.agreed = [int(namespace(agreed).count_nonzero(agreed == value)) for value in self.values]

    def dice_with(self, labels: Any) -> Table:
        count = namespace(labels).count_nonzero
        chosen = labels[self.where]
        found = np.ones((len(self.votes), max(len(self.values), 1)))
        for place, (value, same) in enumerate(zip(self.values, self.agreed, strict=True)):
            mine = chosen == value
            size = int(count(mine)) + same
            for reader, row in enumerate(self.votes):
                theirs = row == value
                found[reader, place] = dice_of_counts(int(count(theirs)) + same, size, int(count(theirs & mine)) + same)
        # A label that neither has is no disagreement.
        mean: Table = np.where(np.isnan(found), 1.0, found).mean(axis=1)
        return mean
