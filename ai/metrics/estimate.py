"""A figure with its confidence interval, and the case bootstrap that gives one where no formula is at hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ai.arrays import to_numpy
from ai.errors import RequestError

Table = npt.NDArray[np.float64]
Choice = TypeVar("Choice", bound=StrEnum)
LEVEL = 0.95
RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and what it may be.

    Attributes
    ----------
    value : float
        NaN where the figure is not defined for the data.
    low, high : float
        Ends of the confidence interval; NaN where there is none.
    level : float
        What the interval covers, for example 0.95.
    method : str
        "analytic" (a formula named by the function) or "bootstrap" (over cases, percentiles).
    """

    value: float
    low: float
    high: float
    level: float
    method: str


def check_level(level: float) -> None:
    """Raise RequestError when a confidence level is not between 0 and 1."""
    if not 0 < level < 1:
        raise RequestError(f"A confidence level lies between 0 and 1, not at {level}.")


def as_choice(kind: type[Choice], value: str) -> Choice:
    """Return the member of an enumeration that a value names; what it does not name raises RequestError."""
    try:
        return kind(value)
    except ValueError as error:
        raise RequestError(f"{value!r} is none of {', '.join(kind)}.") from error


def negligible(table: Table) -> float:
    """Return the mean square below which a spread of these values is rounding: .1 - .1 is not always 0 in sums."""
    return float((1e-12 * np.abs(table).max()) ** 2)


def as_table(values: Any, *, ndim: int = 2) -> Table:
    """Return a small table of ratings as float64 on the host; NaN stands for what is missing.

    Raises
    ------
    RequestError
        It has not that many axes, is empty, or holds infinities or what is no number.
    """
    try:
        table: Table = np.asarray(to_numpy(values), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise RequestError("Expected numbers; categories are given as numbers too.") from error
    if table.ndim != ndim or not table.size or np.isinf(table).any():
        raise RequestError(f"Expected a table of finite numbers with {ndim} axes, not of shape {table.shape}.")
    return table


def as_full_table(values: Any, *, ndim: int = 2) -> Table:
    """Return `as_table`, and refuse gaps.

    Raises
    ------
    RequestError
        As `as_table`; or a value is missing.
    """
    table = as_table(values, ndim=ndim)
    if np.isnan(table).any():
        raise RequestError("This figure needs a table without gaps.")
    return table


def bootstrap(
    statistic: Callable[[npt.NDArray[np.intp]], float],
    cases: int,
    *,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return a figure with the percentile interval of the case bootstrap.

    Parameters
    ----------
    statistic : callable
        Takes indices of cases (with repeats), gives the figure.
    cases : int
        How many there are. With one case there is no interval.
    level : float
    resamples : int
    seed : int
        The same seed gives the same interval.

    Notes
    -----
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13. Resamples for which the figure is not
    defined are left out; there is no interval when they are more than half. Below some 20 cases percentile intervals
    are too short.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.arange(101.0)
    >>> found = bootstrap(lambda chosen: float(values[chosen].mean()), 101)
    >>> found.value, 43 < found.low < 46, 54 < found.high < 57
    (50.0, True, True)
    """
    check_level(level)
    value = statistic(np.arange(cases))
    low = high = float("nan")
    if cases > 1:
        rng = np.random.default_rng(seed)
        drawn = np.array([statistic(rng.integers(0, cases, cases)) for _ in range(resamples)])
        known = drawn[~np.isnan(drawn)]
        if known.size * 2 > drawn.size:
            low, high = (float(end) for end in np.quantile(known, [(1 - level) / 2, (1 + level) / 2]))
    return Estimate(value, low, high, level, "bootstrap")


def analytic(value: float, low: float, high: float, level: float) -> Estimate:
    """Return an estimate whose interval comes from a formula."""
    return Estimate(float(value), float(low), float(high), level, "analytic")


def normal_quantile(level: float) -> float:
    """Return how many standard errors to each side a normal interval of this level reaches.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    from scipy.special import ndtri

    check_level(level)
    return float(ndtri((1 + level) / 2))


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of the values that are defined; NaN when none is."""
    known = [value for value in values if value == value]
    return sum(known) / len(known) if known else float("nan")
