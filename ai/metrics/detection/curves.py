"""Free-response curves: sensitivity against false positives per case (FROC), and the weighted AFROC figure of merit.

Marks are few: they are taken from either array library and computed on the host.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, Estimate, Table, analytic, normal_quantile

FP_RATES = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""False positives per case at which sensitivity is averaged (LUNA16, CAMELYON16: some use other sets)."""


@dataclass(frozen=True, slots=True, eq=False)
class MarkedCase:
    """The scored marks of one reader or model on one case.

    Attributes
    ----------
    scores : array of float, shape (M,)
        Higher is surer; finite.
    hits : array of int, shape (M,)
        Which true lesion (0 … lesions - 1) each mark is on; -1 for none. Of several on a lesion the highest counts.
    lesions : int
        How many true lesions the case has.
    weights : tuple of float, optional
        What each lesion counts for the weighted AFROC, with sum 1; by default all alike.
    """

    scores: Any
    hits: Any
    lesions: int
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if self.lesions < 0:
            raise RequestError("A case has 0 lesions or more.")
        scores, hits = np.asarray(to_numpy(self.scores), dtype=float), np.asarray(to_numpy(self.hits))
        if scores.ndim != 1 or scores.shape != hits.shape or not np.isfinite(scores).all():
            raise RequestError("Each mark needs one finite score and the lesion that it is on.")
        if hits.size and not (hits.dtype.kind in "ui" and hits.min() >= -1 and hits.max() < self.lesions):
            raise RequestError(f"A mark is on lesion 0 to {self.lesions - 1}, or on none (-1).")
        weights = self.weights
        if weights is not None and (len(weights) != self.lesions or min(weights, default=1) < 0):
            raise RequestError("Each lesion needs a weight that is not negative.")
        if weights and abs(sum(weights) - 1) > 1e-9:
            raise RequestError("The weights of a case's lesions must have the sum 1.")

    def lesion_scores(self) -> Table:
        """Return the highest score of each lesion; minus infinity for those without a mark."""
        best = np.full(self.lesions, -np.inf)
        hits, scores = np.asarray(to_numpy(self.hits), dtype=int), np.asarray(to_numpy(self.scores), dtype=float)
        np.maximum.at(best, hits[hits >= 0], scores[hits >= 0])
        return best

    def false_scores(self) -> Table:
        """Return the scores of marks that are on no lesion."""
        scores: Table = np.asarray(to_numpy(self.scores), dtype=float)
        return scores[np.asarray(to_numpy(self.hits), dtype=int) < 0]


@dataclass(frozen=True, slots=True, eq=False)
class Froc:
    """A free-response curve: its points at falling thresholds, and its figure.

    Attributes
    ----------
    thresholds, false_positives, sensitivity : ndarray of float64, shape (P,)
        Marks with at least this score count; false positives are per case.
    mean_sensitivity : Estimate
        Mean of the sensitivities at the wanted rates of false positives, with a jackknife interval over cases.
    """

    thresholds: Table
    false_positives: Table
    sensitivity: Table
    mean_sensitivity: Estimate


def froc(cases: Sequence[MarkedCase], *, fp_rates: Sequence[float] = FP_RATES, level: float = LEVEL) -> Froc:
    """Return the FROC curve of a set of cases.

    Parameters
    ----------
    cases : sequence of MarkedCase
        With and without lesions.
    fp_rates : sequence of float
        False positives per case at which sensitivity is read off: the greatest that the curve reaches without more of
        them (no interpolation between points).
    level : float
        Of the jackknife interval (normal).

    Raises
    ------
    RequestError
        No case, no lesion in any, or no rate, or one that is no number of marks.

    Notes
    -----
    Chakraborty, Med Phys 16(4), 1989; mean over rates: van Ginneken et al., Med Image Anal 14(6), 2010. Leaving out the
    only case with lesions is skipped, for then the curve is not defined.

    Examples
    --------
    >>> cases = [MarkedCase([0.9, 0.6], [0, -1], 2), MarkedCase([0.7], [-1], 0)]
    >>> curve = froc(cases, fp_rates=(0.5, 1.0))
    >>> curve.false_positives.tolist(), curve.sensitivity.tolist(), curve.mean_sensitivity.value
    ([0.0, 0.5, 1.0], [0.5, 0.5, 0.5], 0.5)
    """
    if not cases or not sum(case.lesions for case in cases) or not fp_rates:
        raise RequestError("A FROC curve needs cases, a lesion and a rate of false positives.")
    if not all(0 <= rate < np.inf for rate in fp_rates):
        raise RequestError("A rate of false positives per case is a finite number that is not negative.")
    marks = [(case.lesion_scores(), case.false_scores(), case.lesions) for case in cases]
    thresholds, rates, sensitivity = _curve(marks)
    value = _read_off(rates, sensitivity, fp_rates)
    without = [marks[:place] + marks[place + 1 :] for place in range(len(marks))]
    left_out = [_read_off(*_curve(rest)[1:], fp_rates) for rest in without if sum(lesions for _, _, lesions in rest)]
    return Froc(thresholds, rates, sensitivity, jackknife_estimate(value, left_out, level))


def jackknife_estimate(value: float, left_out: Sequence[float], level: float) -> Estimate:
    """Return an estimate with the normal interval of the jackknife; NaN ends with fewer than two cases."""
    z, n = normal_quantile(level), len(left_out)
    if n < 2:
        return analytic(value, float("nan"), float("nan"), level)
    error = float(np.sqrt((n - 1) * np.var(left_out)))
    return Estimate(value, value - z * error, value + z * error, level, "jackknife")


def _curve(marks: Sequence[tuple[Table, Table, int]]) -> tuple[Table, Table, Table]:
    hits = np.sort(np.concatenate([found for found, _, _ in marks]))
    false = np.sort(np.concatenate([wrong for _, wrong, _ in marks]))
    thresholds = np.unique(np.concatenate([hits[np.isfinite(hits)], false]))[::-1]
    rates = (len(false) - np.searchsorted(false, thresholds, side="left")) / len(marks)
    return thresholds, rates, (len(hits) - np.searchsorted(hits, thresholds, side="left")) / len(hits)


def _read_off(rates: Table, sensitivity: Table, fp_rates: Sequence[float]) -> float:
    """Return the mean over rates of the sensitivity at the last point that is not beyond."""
    place = np.searchsorted(rates, np.asarray(fp_rates) * (1 + 1e-12), side="right")
    return float(np.concatenate([[0.0], sensitivity])[place].mean())


def wafroc_kernel(cases: Sequence[MarkedCase]) -> Table:
    """Return how each case without lesions stands against each with lesions, shape (N0, N1).

    The weighted share of a diseased case's lesions that score above the highest mark of a case without any, ties (also
    two without marks) as one half. Its mean is the weighted AFROC area; `ai.metrics.mrmc` takes one for each reader and
    test.

    Raises
    ------
    RequestError
        There are no cases of one of the two kinds.
    """
    normal = [case for case in cases if not case.lesions]
    diseased = [case for case in cases if case.lesions]
    if not normal or not diseased:
        raise RequestError("The weighted AFROC needs cases with and cases without lesions.")
    highest = np.array([max(case.false_scores(), default=-np.inf) for case in normal])[:, None]
    columns = []
    for case in diseased:
        scores = case.lesion_scores()[None]
        weights = np.asarray(case.weights or [1 / case.lesions] * case.lesions)
        columns.append(((highest < scores) + 0.5 * (highest == scores)) @ weights)
    return np.stack(columns, axis=1)


def wafroc(cases: Sequence[MarkedCase], *, level: float = LEVEL) -> Estimate:
    """Return the weighted AFROC figure of merit with a jackknife interval over cases.

    Parameters
    ----------
    cases : sequence of MarkedCase
        False positives of cases with lesions take no part.
    level : float

    Returns
    -------
    Estimate
        0.5 is a reader who marks nothing; 1 marks every lesion above everything in cases without any. No interval (NaN)
        with a single case of either kind.

    Raises
    ------
    RequestError
        As `wafroc_kernel`.

    Notes
    -----
    Chakraborty and Berbaum, Med Phys 31(8), 2004; Chakraborty and Zhai, Med Phys 43(5), 2016.

    Examples
    --------
    >>> cases = [MarkedCase([0.9, 0.2], [0, -1], 2), MarkedCase([0.5], [0], 1), MarkedCase([0.7], [-1], 0)]
    >>> wafroc(cases).value
    0.25
    """
    kernel = wafroc_kernel(cases)
    n0, n1 = kernel.shape
    total, left_out = kernel.sum(), list[float]()
    if min(n0, n1) > 1:
        left_out = [*((total - kernel.sum(axis=1)) / ((n0 - 1) * n1))]
        left_out += [*((total - kernel.sum(axis=0)) / (n0 * (n1 - 1)))]
    return jackknife_estimate(float(kernel.mean()), left_out, level)
