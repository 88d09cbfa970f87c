"""One mask out of several readers' masks: majority and STAPLE.

Both work voxel by voxel and on disputed voxels only: where all readers agree, their common value stands. So the answer
does not depend on how much background surrounds the marks. (Run over a whole scan, STAPLE's estimate moves with the
share of background: Warfield, Zou, Wells, IEEE TMI 23(7), 2004 warn of it, and it was measured.)

On disputed voxels alone, however, plain STAPLE has too little to go by when readers are few: with three it mostly ends
by declaring one of them the truth. So the consensus expects readers to be reliable beforehand (Commowick and Warfield,
"a maximum a posteriori STAPLE", MICCAI 2010): on simulated readers that was never much worse than majority, and
better where some readers are bad (see the tests).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

Labels = npt.NDArray[np.uint8]

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
    posterior : ndarray of float64, shape (N,)
        Probability that the voxel belongs to the structure.
    sensitivity, specificity : ndarray of float64, shape (R,)
        Of each reader, on the voxels given.
    prior : float
        Share of voxels that was assumed beforehand: the mean of all votes.
    iterations : int
    converged : bool
        False when `max_iterations` came first.
    """

    posterior: npt.NDArray[np.float64]
    sensitivity: npt.NDArray[np.float64]
    specificity: npt.NDArray[np.float64]
    prior: float
    iterations: int
    converged: bool


@dataclass(frozen=True, slots=True, eq=False)
class StapleLabels:
    """A multi-label consensus and how each label was found; `per_label` holds the labels that were disputed."""

    labels: Labels
    per_label: Mapping[int, Staple]


def disputed(stack: Labels) -> npt.NDArray[np.bool_]:
    """Return where readers differ: (R, …) → (…)."""
    difference: npt.NDArray[np.bool_] = (stack != stack[:1]).any(axis=0)
    return difference


def majority(stack: Labels) -> Labels:
    """Return the most frequent value of each voxel.

    Parameters
    ----------
    stack : ndarray of uint8, shape (R, …)
        One array of label values per reader; 0 is background.

    Returns
    -------
    ndarray of uint8, shape (…)
        Background counts as a value like any other. A tie is background: with two readers, only what both marked
        alike remains.

    Raises
    ------
    RequestError
        No reader at all.
    """
    _check(stack)
    result: Labels = stack[0].copy()
    where = disputed(stack)
    votes = stack[:, where]
    if votes.size:
        result[where] = _most_frequent(votes)
    return result


def _most_frequent(votes: Labels) -> Labels:
    """Return the most frequent value per column of (R, N); ties are 0."""
    best = np.zeros(votes.shape[1], dtype=np.uint8)
    best_count = np.zeros(votes.shape[1], dtype=np.int64)
    for value in np.unique(votes):
        count = (votes == value).sum(axis=0)
        best = np.where(count > best_count, value, np.where(count == best_count, 0, best)).astype(np.uint8)
        best_count = np.maximum(count, best_count)
    return best


def staple(
    decisions: npt.NDArray[np.bool_],
    *,
    expected: float = EXPECTED_RELIABILITY,
    weight: float = 0.0,
    max_iterations: int = 5000,
    tolerance: float = 1e-8,
) -> Staple:
    """Estimate a hidden binary truth and each reader's sensitivity and specificity (Warfield 2004).

    Parameters
    ----------
    decisions : ndarray of bool, shape (R, N)
        Each reader's vote on each voxel; every voxel given takes part, so give the disputed ones alone.
    expected, weight : float
        Sensitivity and specificity expected beforehand, and how much that counts, as a share of N. With weight 0 this
        is plain STAPLE (maximum likelihood).
    max_iterations : int
    tolerance : float
        Stop when no sensitivity or specificity moves further than this.

    Notes
    -----
    Equal patterns of votes are counted once, so that a step costs min(N, 2**R) instead of N.
    """
    votes = np.asarray(decisions, dtype=bool)
    if votes.ndim != 2 or not 1 <= votes.shape[0] <= MOST_READERS:
        raise RequestError(f"STAPLE needs votes of shape (readers, voxels) from 1 to {MOST_READERS} readers.")
    readers, voxels = votes.shape
    if not voxels:
        full = np.full(readers, CERTAIN)
        return Staple(np.empty(0), full, full.copy(), float("nan"), 0, True)
    bits = np.arange(readers, dtype=np.int64)
    codes, inverse, count = np.unique((1 << bits) @ votes.astype(np.int64), return_inverse=True, return_counts=True)
    patterns = (codes[None] >> bits[:, None] & 1).astype(np.bool_)
    prior, pseudo = float(votes.mean()), weight * voxels
    p = np.full(readers, expected if weight else 0.99999)
    q = p.copy()
    posterior = _expect(patterns, p, q, prior)
    converged, iterations = False, 0
    while not converged and iterations < max_iterations:
        iterations += 1
        new_p = _maximise(patterns, posterior * count, pseudo, expected)
        new_q = _maximise(~patterns, (1.0 - posterior) * count, pseudo, expected)
        converged = bool(max(np.abs(new_p - p).max(), np.abs(new_q - q).max()) < tolerance)
        p, q = new_p, new_q
        posterior = _expect(patterns, p, q, prior)
    return Staple(posterior[inverse.reshape(-1)], p, q, prior, iterations, converged)


def _maximise(
    right: npt.NDArray[np.bool_], belief: npt.NDArray[np.float64], pseudo: float, expected: float
) -> npt.NDArray[np.float64]:
    """Return each reader's share of believed voxels that they got right, with `pseudo` expected ones mixed in."""
    total = max(float(belief.sum()) + pseudo, 1e-300)
    share: npt.NDArray[np.float64] = ((right * belief).sum(axis=1) + pseudo * expected) / total
    return np.clip(share, 1.0 - CERTAIN, CERTAIN)


def _expect(
    patterns: npt.NDArray[np.bool_], p: npt.NDArray[np.float64], q: npt.NDArray[np.float64], prior: float
) -> npt.NDArray[np.float64]:
    """Return the probability of the structure for each pattern of votes (R, P), computed in logarithms."""
    prior = min(max(prior, 1.0 - CERTAIN), CERTAIN)
    yes = np.where(patterns, np.log(p)[:, None], np.log1p(-p)[:, None]).sum(axis=0) + np.log(prior)
    no = np.where(patterns, np.log1p(-q)[:, None], np.log(q)[:, None]).sum(axis=0) + np.log1p(-prior)
    result: npt.NDArray[np.float64] = np.exp(yes - np.logaddexp(yes, no))
    return result


def staple_labels(stack: Labels) -> StapleLabels:
    """Return the consensus of multi-label masks by one binary STAPLE per label, on its disputed voxels.

    Readers are expected to be right in 90 % beforehand, with half the weight of the disputed voxels.

    Parameters
    ----------
    stack : ndarray of uint8, shape (R, …)
        One array of label values per reader; 0 is background.

    Returns
    -------
    StapleLabels
        A disputed voxel gets the label of the highest probability if that is above one half, else background; of
        equally probable labels the smaller value.

    Notes
    -----
    With two readers every disputed voxel has one vote of each kind, so that there is nothing to learn from who is
    right: all of them are ties, and the answer is that of majority.
    """
    _check(stack)
    labels = stack[0].copy()
    where = disputed(stack)
    votes = stack[:, where]
    best = np.full(votes.shape[1], 0.5 + EVEN)
    chosen = np.zeros(votes.shape[1], dtype=np.uint8)
    found: dict[int, Staple] = {}
    for value in (int(value) for value in np.unique(votes) if value):
        decisions = votes == value
        own = disputed(decisions.astype(np.uint8))
        found[value] = staple(decisions[:, own], weight=EXPECTATION_WEIGHT)
        probability = decisions[0].astype(np.float64)
        probability[own] = found[value].posterior
        higher = probability > best
        best[higher], chosen[higher] = probability[higher], value
    labels[where] = chosen
    return StapleLabels(labels=labels, per_label=found)


def _check(stack: Labels) -> None:
    if stack.dtype != np.uint8 or stack.ndim < 2 or not stack.shape[0]:
        raise RequestError("A consensus needs label values (uint8) of shape (readers, …) from at least one reader.")
