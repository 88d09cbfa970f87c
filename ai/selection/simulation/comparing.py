"""Whether strategies differ: paired tests over seeds, corrected for how many are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, check_level
from ai.selection.strategies import Strategy


@dataclass(frozen=True, slots=True)
class Comparison:
    """One strategy against another, over the same seeds.

    Attributes
    ----------
    strategy, against : Strategy
    difference, low, high : float
        Mean of strategy minus against, with its confidence interval (not corrected for how many there are).
    p : float
        Two-sided paired t-test.
    p_holm : float
        Corrected for all comparisons made with it.
    """

    strategy: Strategy
    against: Strategy
    difference: float
    low: float
    high: float
    p: float
    p_holm: float


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p-values corrected by Holm's step-down procedure, in the given order; NaN stays and does not count.

    Raises
    ------
    RequestError
        One is no chance between 0 and 1.

    Notes
    -----
    Holm, Scand J Statist 6, 1979: the chance of any false finding stays below the level, whatever the dependence.

    Examples
    --------
    >>> [round(p, 3) for p in holm([0.04, 0.01, 0.03, 0.02])]
    [0.06, 0.04, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    if (p < 0).any() or (p > 1).any():
        raise RequestError("A p-value lies between 0 and 1.")
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    found = p.copy()
    found[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(len(order), 0, -1)), 1.0)
    return tuple(found.tolist())


def paired_t(differences: Any, *, level: float = LEVEL) -> tuple[float, float, float, float]:
    """Return mean, both ends of its confidence interval, and the two-sided p of Student's paired test.

    Parameters
    ----------
    differences : array_like of float, shape (S,)
        One per seed, two or more; without spread p is 0, or 1 where all are 0. NaN in, NaN out.
    level : float

    Raises
    ------
    RequestError
        Fewer than two, or a level out of its range.

    Examples
    --------
    >>> [round(value, 4) for value in paired_t([1.0, 2.0, 3.0, 4.0])]
    [2.5, 0.4457, 4.5543, 0.0305]
    """
    from scipy.special import stdtr, stdtrit

    check_level(level)
    d: npt.NDArray[np.float64] = np.asarray(differences, dtype=np.float64)
    if d.ndim != 1 or len(d) < 2:
        raise RequestError("A paired test needs two pairs or more.")
    mean, error = float(d.mean()), float(d.std(ddof=1) / np.sqrt(len(d)))
    if not error > 0:
        p = float("nan") if np.isnan(mean) else float(mean == 0)
        return mean, mean, mean, p
    reach = float(stdtrit(len(d) - 1, (1 + level) / 2)) * error
    return mean, mean - reach, mean + reach, float(2 * stdtr(len(d) - 1, -abs(mean) / error))


def compare(
    figures: Mapping[Strategy, Sequence[float]], *, against: Strategy, level: float = LEVEL
) -> tuple[Comparison, ...]:
    """Return every strategy against one of them, with Holm's correction over all these comparisons.

    Parameters
    ----------
    figures : mapping of Strategy to sequence of float, length S
        One figure (AUBC, final score, foreground efficiency) per seed, the same seeds in the same order.
    against : Strategy
        One of them: plain random, and foreground-aware random, which is the harder one.
    level : float
        Of the intervals.

    Raises
    ------
    RequestError
        The other one is missing, lengths differ, or fewer than two seeds.

    Notes
    -----
    Seeds of one pool are no sample of tasks: a small p says that the difference holds for this pool and model.
    """
    if against not in figures or len({len(values) for values in figures.values()}) != 1:
        raise RequestError("Strategies are compared over the same seeds, and with one of them.")
    base = np.asarray(figures[against], dtype=np.float64)
    others = [one for one in figures if one is not against]
    tests = [paired_t(np.asarray(figures[one], dtype=np.float64) - base, level=level) for one in others]
    corrected = holm([test[3] for test in tests])
    return tuple(
        Comparison(one, against, *test, p_holm=p) for one, test, p in zip(others, tests, corrected, strict=True)
    )
