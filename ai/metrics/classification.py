"""How well scores tell positive from negative cases: area under the ROC curve with DeLong's covariance.

Scores stay in their array library; only the figures come to the host.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, Estimate, Table, analytic, normal_quantile
from ai.metrics.overlap import as_mask


@dataclass(frozen=True, slots=True, eq=False)
class Placements:
    """How each case stands among the cases of the other kind.

    Attributes
    ----------
    auc : ndarray of float64, shape (T,)
    of_negatives : ndarray of float64, shape (T, N0)
        Share of positives that score above each negative, ties as one half.
    of_positives : ndarray of float64, shape (T, N1)
        Share of negatives that score below each positive, ties as one half.
    """

    auc: Table
    of_negatives: Table
    of_positives: Table


@dataclass(frozen=True, slots=True)
class AucDifference:
    """The second score's area minus the first's, and the two-sided p value of there being none."""

    difference: Estimate
    p_value: float


def placements(scores: Any, truth: Any) -> Placements:
    """Return the placement values of one or several scores on the same cases.

    Parameters
    ----------
    scores : array of float, shape (T, N)
        Higher means more likely positive; infinities are allowed, NaN is not.
    truth : array of bool, shape (N,)
        Whether each case is positive.

    Raises
    ------
    RequestError
        The shapes do not fit, a score or a truth is NaN, or one kind of case is missing.
    ArrayMixError
        Scores and truth are of two libraries.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson, Biometrics 44(3), 1988. By sorting: N log N.

    Examples
    --------
    >>> found = placements([[0.1, 0.4, 0.35, 0.8]], [False, False, True, True])
    >>> found.auc.tolist(), found.of_negatives.tolist(), found.of_positives.tolist()
    ([0.75], [[1.0, 0.5]], [[0.5, 1.0]])
    """
    values = scores if hasattr(scores, "dtype") else np.asarray(scores, dtype=np.float64)
    known = truth if hasattr(truth, "dtype") else np.asarray(truth)
    xp = namespace(values, known)
    positive = as_mask(known)
    if values.ndim != 2 or positive.shape != values.shape[1:] or bool(xp.isnan(values).any()):
        raise RequestError("Scores must be numbers of shape (scores, cases), with one truth per case.")
    if not bool(positive.any()) or bool(positive.all()):
        raise RequestError("An area under the ROC curve needs positive and negative cases.")
    of_negatives, of_positives = [], []
    for row in values:
        high, low = xp.sort(row[positive]), xp.sort(row[~positive])
        of_positives.append(to_numpy(_share_below(low, row[positive])))
        of_negatives.append(1.0 - to_numpy(_share_below(high, row[~positive])))
    up = np.stack(of_positives)
    return Placements(up.mean(axis=1), np.stack(of_negatives), up)


def _share_below(ordered: Any, values: Any) -> Any:
    xp = namespace(ordered)
    both = xp.searchsorted(ordered, values, side="left") + xp.searchsorted(ordered, values, side="right")
    return both / (2.0 * ordered.shape[0])


def delong_covariance(found: Placements) -> Table:
    """Return the covariance of the areas of several scores on the same cases, shape (T, T).

    NaN where there is only one case of either kind. Source: see `placements`.

    Examples
    --------
    >>> delong_covariance(placements([[0.1, 0.4, 0.35, 0.8]], [False, False, True, True])).tolist()
    [[0.125]]
    """
    total = np.zeros((len(found.auc), len(found.auc)))
    for part in (found.of_negatives, found.of_positives):
        cases = part.shape[1]
        if cases < 2:
            return np.full_like(total, np.nan)
        centred = part - part.mean(axis=1, keepdims=True)
        total += centred @ centred.T / (cases * (cases - 1))
    return total


def roc_auc(scores: Any, truth: Any, *, level: float = LEVEL) -> Estimate:
    """Return the area under the ROC curve: how often a positive scores above a negative, ties as one half.

    Parameters
    ----------
    scores : array of float, shape (N,)
    truth : array of bool, shape (N,)
    level : float
        Of the interval: DeLong's standard error, on the logit, so that it stays within 0 and 1. NaN for an area of
        exactly 0 or 1, where the standard error is 0.

    Returns
    -------
    Estimate
        Equal to the Mann-Whitney statistic over N0 N1.

    Raises
    ------
    RequestError
        As `placements`.

    Notes
    -----
    Bamber, J Math Psychol 12(4), 1975; standard error as `placements`.

    Examples
    --------
    >>> round(roc_auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True]).value, 6)
    0.75
    """
    row = scores if hasattr(scores, "dtype") else np.asarray(scores, dtype=np.float64)
    found = placements(row.reshape(1, -1), truth)
    area = float(found.auc[0])
    z, error = normal_quantile(level), float(np.sqrt(delong_covariance(found)[0, 0]))
    if not 0 < area < 1 or np.isnan(error):
        return analytic(area, float("nan"), float("nan"), level)
    middle, reach = np.log(area / (1 - area)), z * error / (area * (1 - area))
    low, high = (1 / (1 + np.exp(-end)) for end in (middle - reach, middle + reach))
    return analytic(area, low, high, level)


def compare_auc(first: Any, second: Any, truth: Any, *, level: float = LEVEL) -> AucDifference:
    """Compare two scores of the same cases by DeLong's test.

    Parameters
    ----------
    first, second : array of float, shape (N,)
    truth : array of bool, shape (N,)
    level : float
        Of the confidence interval of the difference.

    Raises
    ------
    RequestError
        As `placements`.

    Notes
    -----
    p is NaN when the difference has no spread: both scores order the cases alike. Source: see `placements`.

    Examples
    --------
    >>> truth = [False, False, False, True, True, True]
    >>> found = compare_auc([1, 3, 5, 2, 4, 6], [1, 2, 4, 3, 5, 6], truth)
    >>> round(found.difference.value, 4), round(found.p_value, 4)
    (0.2222, 0.1573)
    """
    from scipy.special import ndtr

    rows = [row if hasattr(row, "dtype") else np.asarray(row, dtype=np.float64) for row in (first, second)]
    found = placements(namespace(*rows).stack(rows), truth)
    covariance = delong_covariance(found)
    difference = float(found.auc[1] - found.auc[0])
    error = float(np.sqrt(max(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], 0.0)))
    reach = normal_quantile(level) * error
    p_value = 2 * float(ndtr(-abs(difference) / error)) if error > 1e-15 else float("nan")
    return AucDifference(analytic(difference, difference - reach, difference + reach, level), p_value)
