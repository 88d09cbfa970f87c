"""Conformal risk control: choosing how generous a mask must be so that a loss stays below a bound on average."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import Table, as_full_table
from ai.metrics.overlap import as_mask


@dataclass(frozen=True, slots=True)
class RiskControl:
    """A chosen threshold.

    Attributes
    ----------
    threshold : float
        A voxel belongs to the mask when its probability is at least this; 0 (everything) when no threshold holds the
        bound, which is also the answer for too few cases.
    alpha : float
        Bound of the mean loss of new cases.
    mean_loss : float
        At the threshold, on the calibration cases.
    cases : int
    """

    threshold: float
    alpha: float
    mean_loss: float
    cases: int


def false_negative_rates(probabilities: Any, truth: Any, thresholds: Sequence[float]) -> Table:
    """Return which share of a structure's voxels a mask misses, for each threshold.

    Parameters
    ----------
    probabilities : array of float, any shape
        Of one case.
    truth : array of bool, the same shape
    thresholds : sequence of float, length L
        A voxel belongs to the mask when its probability is at least the threshold.

    Returns
    -------
    ndarray of float64, shape (L,)
        0 to 1, not falling with the threshold; 0 for an empty truth.

    Raises
    ------
    RequestError
        The shapes differ, or a probability, a truth or a threshold is missing.

    Examples
    --------
    >>> import numpy as np
    >>> false_negative_rates(np.array([0.9, 0.4, 0.7]), np.array([1, 1, 0]), (0.3, 0.5, 0.95)).tolist()
    [0.0, 0.5, 1.0]
    """
    xp = namespace(probabilities, truth)
    if probabilities.shape != truth.shape or bool(xp.isnan(probabilities).any()) or bool(np.isnan(thresholds).any()):
        raise RequestError("Each voxel needs a probability and a truth, and a threshold is a number.")
    # As floats: thresholds are compared in the type of the probabilities.
    known = probabilities if probabilities.dtype.kind == "f" else probabilities.astype(xp.float64)
    inside = xp.sort(known[as_mask(truth)])
    if not inside.shape[0]:
        return np.zeros(len(thresholds))
    below: Table = to_numpy(xp.searchsorted(inside, xp.asarray(thresholds, dtype=inside.dtype), side="left"))
    shares: Table = below / inside.shape[0]
    return shares


def control_risk(losses: Any, thresholds: Sequence[float], *, alpha: float, greatest_loss: float = 1.0) -> RiskControl:
    """Return the highest threshold whose mean loss on new cases is at most alpha.

    Parameters
    ----------
    losses : array of float, shape (N, L)
        Of each calibration case at each threshold, 0 to `greatest_loss`, not falling with the threshold, as
        `false_negative_rates` gives.
    thresholds : sequence of float, length L
        Ascending.
    alpha : float
        Below `greatest_loss`.
    greatest_loss : float

    Raises
    ------
    RequestError
        Shapes do not fit, losses fall with the threshold or leave their range, or alpha is out of its own.

    Notes
    -----
    Angelopoulos, Bates, Fisch, Lei and Schuster, Conformal Risk Control, ICLR 2024: the expected loss of a new case
    is at most alpha, and at least alpha - 2 greatest_loss / (N + 1) where losses have no jumps.

    Examples
    --------
    >>> control_risk([[0.0, 0.0, 0.5]] * 19, (0.1, 0.3, 0.5), alpha=0.1).threshold
    0.3
    """
    table, steps = as_full_table(losses), np.asarray(thresholds, dtype=np.float64)
    if table.shape[1:] != steps.shape or (np.diff(steps) <= 0).any() or not 0 < alpha < greatest_loss:
        raise RequestError("Losses must be of shape (cases, thresholds), thresholds ascending, alpha below the bound.")
    if (np.diff(table, axis=1) < -1e-12).any() or table.min() < 0 or table.max() > greatest_loss:
        raise RequestError("Losses must not fall with the threshold, nor leave 0 to the greatest loss.")
    n, mean = len(table), table.mean(axis=0)
    held = np.flatnonzero((n * mean + greatest_loss) / (n + 1) <= alpha)
    if not held.size:
        return RiskControl(0.0, alpha, 0.0, n)
    return RiskControl(float(steps[held[-1]]), alpha, float(mean[held[-1]]), n)
