"""Intraclass correlation: how much of the spread of numbers is that of the cases, in its six forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, Estimate, analytic, as_full_table, check_level, negligible

ROUNDING = 1e-9


class IccForm(StrEnum):
    """The forms of Shrout and Fleiss (1979)."""

    ONE_SINGLE = "ICC(1,1)"
    """Each case has other readers; how reliable is one reading."""
    TWO_SINGLE = "ICC(2,1)"
    """The readers are a sample of readers, and their levels matter (absolute agreement); one reading."""
    THREE_SINGLE = "ICC(3,1)"
    """These readers and no others, their levels do not matter (consistency); one reading."""
    ONE_MEAN = "ICC(1,k)"
    TWO_MEAN = "ICC(2,k)"
    THREE_MEAN = "ICC(3,k)"


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares of a two-way table of n cases and k readers."""

    n: int
    k: int
    cases: float
    within: float
    readers: float
    error: float


def intraclass_correlation(ratings: Any, *, level: float = LEVEL) -> dict[IccForm, Estimate]:
    """Return all six intraclass correlations of a table without gaps.

    Parameters
    ----------
    ratings : array, shape (N, R)
        One row per case, one column per reader.
    level : float
        Of the confidence intervals, which are analytic (F distributions; for ICC(2, ·) with Satterthwaite's degrees of
        freedom).

    Returns
    -------
    dict of IccForm to Estimate
        1 without an interval (NaN) where cases differ and readers do not (for ICC(3, ·): but for their levels); NaN
        where all values are the same, and for ICC(2, ·) where the estimated variances do not add up to more than 0.
        -inf for a mean of readers where the cases' means differ no more, or even less, than readers alone make them.

    Raises
    ------
    RequestError
        A gap; fewer than two cases or two readers.

    Notes
    -----
    Shrout and Fleiss, Psychol Bull 86(2), 1979; the bounds also in McGraw and Wong, Psychol Methods 1(1), 1996.

    Examples
    --------
    >>> found = intraclass_correlation([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
    ...                                 [6, 2, 4, 7]])
    >>> round(found[IccForm.TWO_SINGLE].value, 4)
    0.2898
    """
    check_level(level)
    s = _squares(ratings)
    one = _from_f(_ratio(s.cases, s.within), s.n - 1, s.n * (s.k - 1), level)
    three = _from_f(_ratio(s.cases, s.error), s.n - 1, (s.n - 1) * (s.k - 1), level)
    two = _two_way(s, level)
    return {
        IccForm.ONE_SINGLE: _single(one, s.k, level),
        IccForm.TWO_SINGLE: _estimate(two, level),
        IccForm.THREE_SINGLE: _single(three, s.k, level),
        IccForm.ONE_MEAN: _mean(one, level),
        IccForm.TWO_MEAN: _estimate([_stepped_up(icc, s.k) for icc in two], level),
        IccForm.THREE_MEAN: _mean(three, level),
    }


def _squares(ratings: Any) -> _Squares:
    table = as_full_table(ratings)
    n, k = table.shape
    if n < 2 or k < 2:
        raise RequestError("An intraclass correlation needs two cases and two readers.")
    grand, cases, readers = table.mean(), table.mean(axis=1), table.mean(axis=0)
    left = table - cases[:, None]
    squares = (
        k * ((cases - grand) ** 2).sum() / (n - 1),
        (left**2).sum() / (n * (k - 1)),
        n * ((readers - grand) ** 2).sum() / (k - 1),
        ((left - (readers - grand)) ** 2).sum() / ((n - 1) * (k - 1)),
    )
    least = negligible(table)
    return _Squares(n, k, *(float(value) if value > least else 0.0 for value in squares))


def _ratio(above: float, below: float) -> float:
    """Return F: infinite where nothing is left within, NaN where nothing varies."""
    if below > 0:
        return above / below
    return float("inf") if above > 0 else float("nan")


def _from_f(f: float, df_cases: int, df_rest: int, level: float) -> tuple[float, float, float]:
    """Return F, and F at the ends of its interval."""
    from scipy.special import fdtri

    if f == float("inf"):
        return f, float("nan"), float("nan")
    tail = (1 + level) / 2
    return f, f / float(fdtri(df_cases, df_rest, tail)), f * float(fdtri(df_rest, df_cases, tail))


def _estimate(ends: Sequence[float], level: float) -> Estimate:
    value, low, high = ends
    return analytic(value, low, high, level)


def _single(f: tuple[float, float, float], k: int, level: float) -> Estimate:
    return _estimate([1.0 if value == float("inf") else (value - 1) / (value + k - 1) for value in f], level)


def _mean(f: tuple[float, float, float], level: float) -> Estimate:
    return _estimate([1 - 1 / value if value else -float("inf") for value in f], level)


def _stepped_up(icc: float, k: int) -> float:
    """Return the reliability of the mean of k readers, each of reliability `icc` (Spearman and Brown)."""
    share = 1 + (k - 1) * icc
    if share <= ROUNDING:
        return -float("inf")
    return k * icc / share


def _two_way(s: _Squares, level: float) -> tuple[float, float, float]:
    """Return ICC(2,1) and its bounds."""
    from scipy.special import fdtri

    spread = s.cases + (s.k - 1) * s.error + s.k * (s.readers - s.error) / s.n
    if spread <= ROUNDING * (s.cases + s.error + s.readers):
        return (float("nan"),) * 3
    if s.error <= 0:
        return s.cases / spread, float("nan"), float("nan")
    icc, f_readers = (s.cases - s.error) / spread, s.readers / s.error
    a = s.k * icc * f_readers
    b = s.n * (1 + (s.k - 1) * icc) - s.k * icc
    df = (s.k - 1) * (s.n - 1) * (a + b) ** 2 / ((s.n - 1) * a**2 + b**2)
    tail = (1 + level) / 2
    down, up = float(fdtri(s.n - 1, df, tail)), float(fdtri(df, s.n - 1, tail))
    rest = s.k * s.readers + (s.k * s.n - s.k - s.n) * s.error
    low = s.n * (s.cases - down * s.error) / (down * rest + s.n * s.cases)
    high = s.n * (up * s.cases - s.error) / (rest + s.n * up * s.cases)
    return icc, low, high
