"""How far two series of numbers are the same: concordance correlation and limits of agreement."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.errors import RequestError
from ai.metrics.estimate import (
    LEVEL,
    Estimate,
    Table,
    analytic,
    as_table,
    check_level,
    negligible,
    normal_quantile,
)


def _pair(a: Any, b: Any) -> tuple[Table, Table]:
    first, second = as_table(a, ndim=1), as_table(b, ndim=1)
    if first.shape != second.shape:
        raise RequestError("Two series must be of the same cases.")
    known = ~(np.isnan(first) | np.isnan(second))
    if np.count_nonzero(known) < 3:
        raise RequestError("At least three cases with both values are needed.")
    return first[known], second[known]


def concordance_correlation(a: Any, b: Any, *, level: float = LEVEL) -> Estimate:
    """Return Lin's concordance correlation: correlation times closeness to the line of equal values.

    Parameters
    ----------
    a, b : array, shape (N,)
        Both values of each case, in one unit; cases where either is NaN are left out.
    level : float
        Of the confidence interval, which is analytic, on Fisher's z.

    Returns
    -------
    Estimate
        -1 to 1; NaN when nothing varies; without an interval (NaN) where the correlation is 0 or exactly 1.

    Raises
    ------
    RequestError
        The lengths differ, or fewer than three cases have both values.

    Notes
    -----
    Lin, Biometrics 45(1), 1989; variance as corrected in Biometrics 56(1), 2000. Variances divide by N.

    Examples
    --------
    >>> round(concordance_correlation([1, 2, 3, 4], [2, 3, 4, 5]).value, 6)
    0.714286
    """
    first, second = _pair(a, b)
    spread = float(first.var()), float(second.var())
    shift = float(first.mean() - second.mean())
    below = spread[0] + spread[1] + shift**2
    if below <= negligible(np.stack([first, second])):
        return analytic(float("nan"), float("nan"), float("nan"), level)
    together = float(((first - first.mean()) * (second - second.mean())).mean())
    value = 2 * together / below
    scale = float(np.sqrt(spread[0] * spread[1]))
    if scale == 0 or together == 0 or abs(value) >= 1 - 1e-12:
        check_level(level)
        return analytic(value, float("nan"), float("nan"), level)
    r, u2, rest = together / scale, shift**2 / scale, 1 - value**2
    variance = (
        (1 - r**2) * value**2 / (rest * r**2)
        + 2 * value**3 * (1 - value) * u2 / (r * rest**2)
        - value**4 * u2**2 / (2 * r**2 * rest**2)
    ) / (len(first) - 2)
    reach = normal_quantile(level) * float(np.sqrt(max(variance, 0.0)))
    z = float(np.arctanh(value))
    return analytic(value, float(np.tanh(z - reach)), float(np.tanh(z + reach)), level)


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Differences b minus a: their mean, and the limits within which 95 % of them are expected, in the data's unit.

    Attributes
    ----------
    bias, lower_limit, upper_limit : Estimate
    deviation : float
        Standard deviation of the differences (N - 1).
    slope : float
        Of the differences over the means of both: far from 0, the limits do not hold over the whole range.
    """

    bias: Estimate
    lower_limit: Estimate
    upper_limit: Estimate
    deviation: float
    slope: float


def bland_altman(a: Any, b: Any, *, level: float = LEVEL, share: float = 0.95) -> BlandAltman:
    """Return bias and limits of agreement of two series.

    Parameters
    ----------
    a, b : array, shape (N,)
        Both values of each case, in one unit; cases where either is NaN are left out.
    level : float
        Of the confidence intervals, which are analytic (Student's t).
    share : float
        Of the differences that lie between the limits, if they are normal.

    Raises
    ------
    RequestError
        The lengths differ, or fewer than three cases have both values.

    Notes
    -----
    Bland and Altman, Lancet 327, 1986; the standard error of a limit as in Stat Methods Med Res 8(2), 1999.

    Examples
    --------
    >>> found = bland_altman([10.0, 20.0, 30.0], [11.0, 21.0, 34.0])
    >>> found.bias.value, round(found.deviation, 4)
    (2.0, 1.7321)
    """
    from scipy.special import stdtrit

    check_level(level)
    first, second = _pair(a, b)
    apart, middle = second - first, (first + second) / 2
    n, deviation, bias = len(apart), float(apart.std(ddof=1)), float(apart.mean())
    t, z = float(stdtrit(n - 1, (1 + level) / 2)), normal_quantile(share)
    about_bias = t * deviation / n**0.5
    about_limit = t * deviation * (1 / n + z**2 / (2 * (n - 1))) ** 0.5

    def between(value: float, reach: float) -> Estimate:
        return analytic(value, value - reach, value + reach, level)

    varies = float(middle.var())
    return BlandAltman(
        bias=between(bias, about_bias),
        lower_limit=between(bias - z * deviation, about_limit),
        upper_limit=between(bias + z * deviation, about_limit),
        deviation=deviation,
        slope=float(((middle - middle.mean()) * (apart - bias)).mean()) / varies if varies else float("nan"),
    )
