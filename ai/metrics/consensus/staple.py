"""STAPLE: a hidden truth and every reader's reliability, found together; on disputed voxels only.

Run over a whole scan, STAPLE's estimate moves with the share of background: Warfield, Zou, Wells, IEEE TMI 23(7), 2004
warn of it, and it was measured.

On disputed voxels alone, however, plain STAPLE has too little to go by when readers are few: with three it mostly ends
by declaring one of them the truth. So the consensus expects readers to be reliable beforehand (Commowick and Warfield,
"a maximum a posteriori STAPLE", MICCAI 2010): on simulated readers that was never much worse than majority, and
better where some readers are bad (see the tests).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.metrics.consensus.voting import check_stack, disputed, values_of
from ai.metrics.estimate import Table

EXPECTED_RELIABILITY = 0.9
"""Sensitivity and specificity that the consensus expects of a reader before it has seen any mark."""

EXPECTATION_WEIGHT = 0.5
"""How much that counts: as much as this share of the disputed voxels."""

MOST_READERS = 62
"""Votes of one voxel are kept as the bits of one number."""

EVEN = 1e-4
"""A probability this near to one half is a tie."""

CERTAIN = 1.0 - 1e-7
"""Sensitivity and specificity are kept below this: a reader who was never wrong must not forbid all the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Staple:
    """What expectation-maximisation found for one binary question.

    Attributes
    ----------
    posterior : array of float64, shape (N,)
        Of the library of the votes. Probability that the voxel belongs to the structure.
    sensitivity, specificity : ndarray of float64, shape (R,)
        Of each reader, on the voxels given.
    prior : float
        Share of voxels that was assumed beforehand: the mean of all votes.
    iterations : int
    converged : bool
        False when `max_iterations` came first.
    """

    posterior: Any
    sensitivity: Table
    specificity: Table
    prior: float
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class StapleLabels:
    """A multi-label consensus and how each label was found; `per_label` holds the labels that were disputed."""

    labels: Any
    per_label: Mapping[int, Staple]


def staple(
    decisions: Any,
    *,
    expected: float = EXPECTED_RELIABILITY,
    weight: float = 0.0,
    max_iterations: int = 5000,
    tolerance: float = 1e-8,
) -> Staple:
    """Estimate a hidden binary truth and each reader's sensitivity and specificity (Warfield 2004).

    Parameters
    ----------
    decisions : array of bool or float, shape (R, N)
        Each reader's vote on each voxel, or (soft STAPLE) how sure the reader is of it, 0 to 1; every voxel given
        takes part, so give the disputed ones alone.
    expected, weight : float
        Sensitivity and specificity expected beforehand, and how much that counts, as a share of N. With weight 0 this
        is plain STAPLE (maximum likelihood).
    max_iterations : int
    tolerance : float
        Stop when no sensitivity or specificity moves further than this.

    Raises
    ------
    RequestError
        Not a table of 1 to 62 readers, a soft vote outside 0 to 1, or an expectation that is no chance.

    Notes
    -----
    Equal patterns of votes are counted once, so that a step costs min(N, 2**R) instead of N; soft votes all count.
    A soft vote d is taken as d votes for and 1 - d votes against; votes of 0 and 1 give the binary answer.

    Examples
    --------
    >>> import numpy as np
    >>> votes = np.array([[1, 1, 1, 0, 0, 1], [1, 1, 0, 0, 0, 1], [1, 1, 0, 0, 1, 1]], dtype=bool)
    >>> (staple(votes, weight=0.5).posterior > 0.5).tolist()
    [True, True, False, False, False, True]
    """
    check_expectation(expected, weight)
    xp = namespace(decisions)
    if decisions.ndim != 2 or decisions.dtype.kind not in "buif" or not 1 <= decisions.shape[0] <= MOST_READERS:
        raise RequestError(f"STAPLE needs votes of shape (readers, voxels) from 1 to {MOST_READERS} readers.")
    readers, voxels = decisions.shape
    if not voxels:
        full = np.full(readers, CERTAIN)
        return Staple(xp.zeros(0), full, full.copy(), float("nan"), 0, True)
    patterns, inverse, count = _patterns(decisions)
    prior, pseudo = float((patterns * count).sum()) / (readers * voxels), weight * voxels
    p = xp.full(readers, expected if weight else 0.99999)
    q = p.copy()
    posterior = _expect(patterns, p, q, prior)
    converged, iterations = False, 0
    while not converged and iterations < max_iterations:
        iterations += 1
        new_p = _maximise(patterns, posterior * count, pseudo, expected)
        new_q = _maximise(1.0 - patterns, (1.0 - posterior) * count, pseudo, expected)
        converged = bool(xp.maximum(xp.abs(new_p - p).max(), xp.abs(new_q - q).max()) < tolerance)
        p, q = new_p, new_q
        posterior = _expect(patterns, p, q, prior)
    found = posterior if inverse is None else posterior[inverse]
    return Staple(found, to_numpy(p), to_numpy(q), prior, iterations, converged)


def check_expectation(expected: float, weight: float) -> None:
    """Raise RequestError unless an expected reliability lies between 0 and 1 and its weight is 0 or more."""
    if not 0 < expected < 1 or not 0 <= weight < np.inf:
        raise RequestError("An expected reliability lies between 0 and 1, and its weight is not negative.")


def _patterns(decisions: Any) -> tuple[Any, Any, Any]:
    """Return the patterns of votes (R, P) as float64, which one each voxel has (None: its own), and their counts."""
    xp = namespace(decisions)
    if decisions.dtype.kind == "f":
        if not bool(((decisions >= 0) & (decisions <= 1)).all()):
            raise RequestError("Soft votes lie between 0 and 1.")
        return decisions.astype(xp.float64), None, 1.0
    codes = xp.zeros(decisions.shape[1], dtype=xp.int64)
    for place, row in enumerate(decisions):
        codes |= (row != 0).astype(xp.int64) << place
    found, inverse, count = xp.unique(codes, return_inverse=True, return_counts=True)
    bits = xp.arange(decisions.shape[0], dtype=xp.int64)
    return (found[None] >> bits[:, None] & 1).astype(xp.float64), inverse.reshape(-1), count


def _maximise(right: Any, belief: Any, pseudo: float, expected: float) -> Any:
    """Return each reader's share of believed voxels that they got right, with `pseudo` expected ones mixed in."""
    xp = namespace(right)
    total = max(float(belief.sum()) + pseudo, 1e-300)
    return xp.clip(((right * belief).sum(axis=1) + pseudo * expected) / total, 1.0 - CERTAIN, CERTAIN)


def _expect(patterns: Any, p: Any, q: Any, prior: float) -> Any:
    """Return the probability of the structure for each pattern of votes (R, P), computed in logarithms."""
    xp = namespace(patterns)
    prior = min(max(prior, 1.0 - CERTAIN), CERTAIN)
    against = 1.0 - patterns
    yes = xp.log(p) @ patterns + xp.log1p(-p) @ against + float(np.log(prior))
    no = xp.log1p(-q) @ patterns + xp.log(q) @ against + float(np.log1p(-prior))
    return xp.exp(yes - xp.logaddexp(yes, no))


def staple_labels(stack: Any) -> StapleLabels:
    """Return the consensus of multi-label masks by one binary STAPLE per label, on its disputed voxels.

    Readers are expected to be right in 90 % beforehand, with half the weight of the disputed voxels.

    Parameters
    ----------
    stack : ndarray of uint8, shape (R, …)
        One array of label values per reader; 0 is background.

    Raises
    ------
    RequestError
        No stack of readers, or more than 62 of them.

    Returns
    -------
    StapleLabels
        A disputed voxel gets the label of the highest probability if that is above one half, else background; of
        equally probable labels the smaller value.

    Notes
    -----
    With two readers every disputed voxel has one vote of each kind, so that there is nothing to learn from who is
    right: all of them are ties, and the answer is that of majority. Source: see `staple`.

    Examples
    --------
    >>> import numpy as np
    >>> found = staple_labels(np.array([[1, 1, 2, 0], [1, 1, 2, 1], [1, 0, 2, 0]], dtype=np.uint8))
    >>> found.labels.tolist(), sorted(found.per_label)
    ([1, 1, 2, 0], [1])
    """
    check_stack(stack)
    xp = namespace(stack)
    labels = stack[0].copy()
    where = disputed(stack)
    votes = stack[:, where]
    best = xp.full(votes.shape[1], 0.5 + EVEN)
    chosen = xp.zeros(votes.shape[1], dtype=xp.uint8)
    found: dict[int, Staple] = {}
    for value in (value for value in values_of(votes) if value):
        decisions = votes == value
        own = disputed(decisions)
        found[value] = staple(decisions[:, own], weight=EXPECTATION_WEIGHT)
        probability = decisions[0].astype(xp.float64)
        probability[own] = found[value].posterior
        higher = probability > best
        best[higher], chosen[higher] = probability[higher], value
    labels[where] = chosen
    return StapleLabels(labels=labels, per_label=found)


def staple_soft(votes: Any) -> Staple:
    """Return the probability of a structure from readers' or models' soft masks, found on disputed voxels only.

    Parameters
    ----------
    votes : array of float, shape (R, …)
        How sure each reader is of each voxel, 0 to 1.

    Returns
    -------
    Staple
        `posterior` has the shape (…): where all say the same, what they say; elsewhere what was found, with readers
        expected to be right in 90 % beforehand, as `staple_labels` does. The other figures are of disputed voxels.

    Raises
    ------
    RequestError
        Not a stack of 1 to 62 readers, or a vote outside 0 to 1.

    Notes
    -----
    So space around the marks changes nothing. Source: see `staple`.

    Examples
    --------
    >>> import numpy as np
    >>> found = staple_soft(np.array([[1.0, 0.9, 0.2, 0.0], [1.0, 0.8, 0.1, 0.0], [1.0, 0.4, 0.6, 0.0]]))
    >>> found.posterior.shape, (found.posterior > 0.5).tolist()
    ((4,), [True, True, False, False])
    """
    xp = namespace(votes)
    if votes.ndim < 2 or votes.dtype.kind != "f" or not bool(((votes >= 0) & (votes <= 1)).all()):
        raise RequestError("Soft votes are numbers from 0 to 1 of shape (readers, …).")
    if not 1 <= votes.shape[0] <= MOST_READERS:
        raise RequestError(f"STAPLE needs votes from 1 to {MOST_READERS} readers.")
    where = disputed(votes)
    found = staple(votes[:, where], weight=EXPECTATION_WEIGHT)
    posterior = votes[0].astype(xp.float64)
    posterior[where] = found.posterior
    return replace(found, posterior=posterior)
