"""STAPLE with a table of confusion per reader: who takes which label for which other.

Warfield, Zou and Wells, IEEE TMI 23(7), 2004, section on multiple categories. For structures that readers confuse with
each other (lobes, vertebrae); labels that are only confused with background are better off with one binary estimate
each (`staple_labels`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.metrics.consensus.staple import EXPECTATION_WEIGHT, EXPECTED_RELIABILITY, check_expectation
from ai.metrics.consensus.voting import check_stack, disputed, values_of
from ai.metrics.estimate import Table

LEAST = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ConfusionConsensus:
    """A consensus and how readers confuse labels.

    Attributes
    ----------
    labels : array of uint8, shape (…)
        The most probable label; a tie is the smaller value.
    values : tuple of int
        Labels that occur on disputed voxels, background included.
    confusion : ndarray of float64, shape (R, L, L)
        Chance that a reader says the row's label where the column's is true, on disputed voxels, in the order of
        `values`.
    iterations : int
    converged : bool
    """

    labels: Any
    values: tuple[int, ...]
    confusion: Table
    iterations: int
    converged: bool


def staple_confusion(
    stack: Any,
    *,
    expected: float = EXPECTED_RELIABILITY,
    weight: float = EXPECTATION_WEIGHT,
    max_iterations: int = 500,
    tolerance: float = 1e-7,
) -> ConfusionConsensus:
    """Return the consensus of multi-label masks by one expectation-maximisation over all labels.

    Parameters
    ----------
    stack : array of uint8, shape (R, …)
        One array of label values per reader; 0 is background.
    expected, weight : float
        Chance, expected beforehand, that a reader is right (the rest is spread over the other labels), and how much
        that counts, as a share of the disputed voxels. Weight 0 is plain maximum likelihood.
    max_iterations : int
    tolerance : float
        Stop when no chance moves further than this.

    Raises
    ------
    RequestError
        No stack of readers, more patterns than can be told apart (labels to the power of readers above 2^62), or an
        expectation that is no chance.

    Examples
    --------
    >>> import numpy as np
    >>> found = staple_confusion(np.array([[1, 1, 2, 2, 0], [1, 1, 2, 1, 0], [1, 2, 2, 2, 0]], dtype=np.uint8))
    >>> found.labels.tolist(), found.values
    ([1, 1, 2, 2, 0], (1, 2))
    """
    check_stack(stack)
    check_expectation(expected, weight)
    xp = namespace(stack)
    labels, where = stack[0].copy(), disputed(stack)
    votes = stack[:, where]
    values = values_of(votes)
    readers, size = stack.shape[0], len(values)
    if not size:
        return ConfusionConsensus(labels, (), np.zeros((readers, 0, 0)), 0, True)
    if size**readers >= 2**62:
        raise RequestError("So many readers and labels cannot be told apart: use staple_labels.")
    place_of = xp.zeros(256, dtype=xp.int64)
    place_of[xp.asarray(values)] = xp.arange(size)
    codes = xp.zeros(votes.shape[1], dtype=xp.int64)
    for row in votes:
        codes = codes * size + place_of[row]
    found, inverse, count = xp.unique(codes, return_inverse=True, return_counts=True)
    said = xp.stack([found // size ** (readers - 1 - reader) % size for reader in range(readers)])
    told = (said[:, None] == xp.arange(size)[None, :, None]).astype(xp.float64)
    prior = (told * count).sum(axis=(0, 2)) / (readers * votes.shape[1])
    other = (1 - expected) / max(size - 1, 1)
    usual = other + xp.eye(size) * (expected - other)
    pseudo = weight * votes.shape[1] * prior
    confusion = xp.broadcast_to(usual, (readers, size, size))
    iterations, converged = 0, False
    belief = _belief(told, confusion, prior)
    while not converged and iterations < max_iterations:
        iterations += 1
        counted = belief * count
        share = (xp.einsum("rlp,sp->rls", told, counted) + usual * pseudo) / (counted.sum(axis=1) + pseudo + LEAST)
        share = xp.clip(share, LEAST, 1.0)
        converged = bool(xp.abs(share - confusion).max() < tolerance)
        confusion = share
        belief = _belief(told, confusion, prior)
    # Rounding must not decide a tie.
    chosen = xp.argmax(xp.round(belief, 6), axis=0)
    labels[where] = xp.asarray(values, dtype=xp.uint8)[chosen[inverse.reshape(-1)]]
    return ConfusionConsensus(labels, tuple(values), to_numpy(confusion), iterations, converged)


def _belief(told: Any, confusion: Any, prior: Any) -> Any:
    """Return the probability of each true label (L) for each pattern of votes (P)."""
    xp = namespace(told)
    logs = xp.einsum("rlp,rls->sp", told, xp.log(confusion)) + xp.log(xp.maximum(prior, LEAST))[:, None]
    odds = xp.exp(logs - logs.max(axis=0))
    return odds / odds.sum(axis=0)
