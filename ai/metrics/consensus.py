"""One mask out of several readers' masks: majority and STAPLE.

Both work voxel by voxel and on disputed voxels only: where all readers agree, their common value stands. So the answer
does not depend on how much background surrounds the marks. (Run over a whole scan, STAPLE's estimate moves with the
share of background: Warfield, Zou, Wells, IEEE TMI 23(7), 2004 warn of it, and it was measured.)
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

Labels = npt.NDArray[np.uint8]

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


def staple(decisions: npt.NDArray[np.bool_], *, max_iterations: int = 1000, tolerance: float = 1e-8) -> Staple:
    """Estimate a hidden binary truth and each reader's sensitivity and specificity (Warfield 2004).

    Parameters
    ----------
    decisions : ndarray of bool, shape (R, N)
        Each reader's vote on each voxel; every voxel given takes part, so give the disputed ones alone.
    max_iterations : int
    tolerance : float
        Stop when no sensitivity or specificity moves further than this.

    Notes
    -----
    Equal patterns of votes are counted once, so that a step costs min(N, 2**R) instead of N.
    """
    votes = np.asarray(decisions, dtype=bool)
    if votes.ndim != 2 or not votes.shape[0]:
        raise RequestError("STAPLE needs votes of shape (readers, voxels) from at least one reader.")
    readers, voxels = votes.shape
    if not voxels:
        full = np.full(readers, CERTAIN)
        return Staple(np.empty(0), full, full.copy(), float("nan"), 0, True)
    patterns, inverse, weight = np.unique(votes, axis=1, return_inverse=True, return_counts=True)
    prior = float(votes.mean())
    p, q = np.full(readers, 0.99999), np.full(readers, 0.99999)
    posterior = _expect(patterns, p, q, prior)
    converged, iterations = False, 0
    while not converged and iterations < max_iterations:
        iterations += 1
        belief, doubt = posterior * weight, (1.0 - posterior) * weight
        new_p = np.clip((patterns * belief).sum(axis=1) / max(belief.sum(), 1e-300), 1.0 - CERTAIN, CERTAIN)
        new_q = np.clip((~patterns * doubt).sum(axis=1) / max(doubt.sum(), 1e-300), 1.0 - CERTAIN, CERTAIN)
        converged = bool(max(np.abs(new_p - p).max(), np.abs(new_q - q).max()) < tolerance)
        p, q = new_p, new_q
        posterior = _expect(patterns, p, q, prior)
    return Staple(posterior[inverse.reshape(-1)], p, q, prior, iterations, converged)


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
    With two readers every disputed voxel has one vote of each kind, so there is nothing to learn who is right from:
    prefer majority.
    """
    _check(stack)
    labels = stack[0].copy()
    where = disputed(stack)
    votes = stack[:, where]
    best = np.full(votes.shape[1], 0.5)
    chosen = np.zeros(votes.shape[1], dtype=np.uint8)
    found: dict[int, Staple] = {}
    for value in (int(value) for value in np.unique(votes) if value):
        decisions = votes == value
        own = disputed(decisions.astype(np.uint8))
        found[value] = staple(decisions[:, own])
        probability = decisions[0].astype(np.float64)
        probability[own] = found[value].posterior
        higher = probability > best
        best[higher], chosen[higher] = probability[higher], value
    labels[where] = chosen
    return StapleLabels(labels=labels, per_label=found)


def _check(stack: Labels) -> None:
    if stack.dtype != np.uint8 or stack.ndim < 2 or not stack.shape[0]:
        raise RequestError("A consensus needs label values (uint8) of shape (readers, …) from at least one reader.")
