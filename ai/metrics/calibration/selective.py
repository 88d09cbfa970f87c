"""What it is worth to leave the doubtful cases to a person: risk against coverage."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.errors import RequestError
from ai.metrics.estimate import Table, as_full_table


@dataclass(frozen=True, slots=True, eq=False)
class RiskCoverage:
    """Mean risk of the surest cases, for every share of cases kept.

    Attributes
    ----------
    coverage, risk : ndarray of float64, shape (N,)
    area : float
        Under the curve (AURC): mean of `risk`.
    best_area : float
        The least that any order of these cases gives.
    """

    coverage: Table
    risk: Table
    area: float
    best_area: float


def risk_coverage(risks: Any, confidence: Any) -> RiskCoverage:
    """Return the risk-coverage curve.

    Parameters
    ----------
    risks : array of float, shape (N,)
        Of each case, for example 1 - Dice, or 1 for a wrong answer.
    confidence : array of float, shape (N,)
        Higher is surer. Cases of one confidence are kept together: each counts with their mean risk, which is what
        random order among them gives on average.

    Raises
    ------
    RequestError
        Lengths differ, nothing given, or a value is missing.

    Notes
    -----
    Geifman and El-Yaniv, NeurIPS 2017; `area` less `best_area` is their excess (E-AURC, ICLR 2019).

    Examples
    --------
    >>> found = risk_coverage([0.0, 0.4, 0.2], [0.9, 0.1, 0.5])
    >>> found.risk.round(4).tolist(), round(found.area, 4), found.area == found.best_area
    ([0.0, 0.1, 0.2], 0.1, True)
    """
    risk, sure = as_full_table(risks, ndim=1), as_full_table(confidence, ndim=1)
    if risk.shape != sure.shape:
        raise RequestError("Each case needs a risk and a confidence.")
    _, group, size = np.unique(-sure, return_inverse=True, return_counts=True)
    shared = (np.bincount(group, weights=risk) / size)[group]
    kept = np.arange(1, len(risk) + 1)
    curve = np.cumsum(shared[np.argsort(group, kind="stable")]) / kept
    best = np.cumsum(np.sort(risk)) / kept
    return RiskCoverage(kept / len(risk), curve, float(curve.mean()), float(best.mean()))
