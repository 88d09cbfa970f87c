"""Split conformal prediction intervals, and what coverage may be expected of n calibration cases."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import Table, as_full_table


def _rank(n: int, alpha: float) -> int:
    """Return which smallest score is the conformal quantile; n + 1 when there is none."""
    if n < 1 or not 0 < alpha < 1:
        raise RequestError("A guarantee needs a calibration case and an error between 0 and 1.")
    # 1e-9: that 0.9 * 10 is 9.000000000000002 must not cost a rank.
    return math.ceil((n + 1) * (1 - alpha) - 1e-9)


def conformal_quantile(scores: Any, *, alpha: float) -> float:
    """Return the score that a new case stays at or below with a chance of at least 1 - alpha.

    Parameters
    ----------
    scores : array of float, shape (N,)
        Of calibration cases; infinite ones are allowed (a case that no bound held).
    alpha : float
        Between 0 and 1.

    Returns
    -------
    float
        The ceil((N + 1)(1 - alpha))-th smallest score; infinity when N is too small for any bound.

    Raises
    ------
    RequestError
        No score, a missing one, or alpha out of its range.

    Notes
    -----
    Vovk, Gammerman and Shafer 2005; Angelopoulos and Bates, Found Trends Mach Learn 16(4), 2023.

    Examples
    --------
    >>> conformal_quantile([5.0, 1.0, 4.0, 2.0, 3.0, 6.0, 9.0, 7.0, 8.0], alpha=0.1)
    9.0
    >>> conformal_quantile([1.0, 2.0], alpha=0.1)
    inf
    """
    values = np.sort(_scores(scores))
    rank = _rank(len(values), alpha)
    return float(values[rank - 1]) if rank <= len(values) else math.inf


def _scores(scores: Any) -> Table:
    values: Table = np.asarray(to_numpy(scores), dtype=np.float64)
    if values.ndim != 1 or not values.size or np.isnan(values).any() or np.isneginf(values).any():
        raise RequestError("Scores of calibration cases must be a row of numbers without gaps.")
    return values


@dataclass(frozen=True, slots=True)
class ConformalInterval:
    """A calibrated interval.

    Attributes
    ----------
    factor : float
        The interval reaches this many spreads to each side; infinite when there were too few cases.
    alpha : float
    cases : int
        Of the calibration.
    """

    factor: float
    alpha: float
    cases: int

    def around(
        self, predicted: Any, spread: Any, *, least: float = -math.inf, most: float = math.inf
    ) -> tuple[Table, Table]:
        """Return the lower and upper ends for new cases.

        Parameters
        ----------
        predicted, spread : array of float, shape (N,)
            As for the calibration.
        least, most : float
            What the quantity cannot leave, such as 0 for a volume; cutting there costs no coverage.

        Raises
        ------
        RequestError
            Lengths differ, a value is missing, or a spread is not positive.
        """
        middle, reach = as_full_table(predicted, ndim=1), as_full_table(spread, ndim=1)
        if middle.shape != reach.shape or not (reach > 0).all():
            raise RequestError("Each case needs a prediction and a spread above 0.")
        low, high = middle - self.factor * reach, middle + self.factor * reach
        return np.clip(low, least, most), np.clip(high, least, most)


def calibrate_interval(truth: Any, predicted: Any, spread: Any, *, alpha: float = 0.1) -> ConformalInterval:
    """Return an interval that holds the truth of a new case with a chance of at least 1 - alpha.

    Parameters
    ----------
    truth, predicted : array of float, shape (N,)
        Of calibration cases that the model was not trained on.
    spread : array of float, shape (N,)
        How doubtful each prediction is, in any unit, above 0 (for example the standard deviation of an ensemble):
        the interval is wide where it is large. A constant gives intervals of one width.
    alpha : float

    Raises
    ------
    RequestError
        Lengths differ, a value is missing, a spread is not positive, or alpha is not between 0 and 1.

    Notes
    -----
    Lei et al., J Am Stat Assoc 113(523), 2018 (locally weighted split conformal).

    Examples
    --------
    >>> interval = calibrate_interval([1.0, 4.0, 2.0], [2.0, 2.0, 2.0], [1.0, 1.0, 2.0], alpha=0.3)
    >>> interval.factor, [end.tolist() for end in interval.around([10.0], [0.5])]
    (2.0, [[9.0], [11.0]])
    """
    y, middle, wide = (as_full_table(values, ndim=1) for values in (truth, predicted, spread))
    if not y.shape == middle.shape == wide.shape or not (wide > 0).all():
        raise RequestError("Each calibration case needs a truth, a prediction and a spread above 0.")
    return ConformalInterval(conformal_quantile(np.abs(y - middle) / wide, alpha=alpha), alpha, len(y))


def coverage_band(
    cases: int, *, alpha: float = 0.1, level: float = 0.95, test_cases: int | None = None
) -> tuple[float, float]:
    """Return where the coverage of an interval calibrated on so many cases is expected.

    Parameters
    ----------
    cases : int
        Of the calibration.
    alpha : float
        Of the interval.
    level : float
        Chance that the coverage lies in the band.
    test_cases : int, optional
        For the share observed on so many new cases; by default the coverage over all that may come.

    Returns
    -------
    tuple of float
        Lower and upper end; (1, 1) when there are too few cases for any bound (the interval is infinite).

    Raises
    ------
    RequestError
        No case, no new case, or alpha or level not between 0 and 1.

    Notes
    -----
    Coverage given the calibration set is Beta(k, n + 1 - k) with k = ceil((n + 1)(1 - alpha)) (Vovk, ACML 2012); the
    share on m new cases is then beta-binomial. Exact for scores without ties.

    Examples
    --------
    >>> [round(end, 3) for end in coverage_band(100)]
    [0.836, 0.951]
    >>> [round(end, 3) for end in coverage_band(2000)]
    [0.887, 0.913]
    """
    if not 0 < level < 1:
        raise RequestError("A chance lies between 0 and 1.")
    if test_cases is not None and test_cases < 1:
        raise RequestError("A share needs a new case.")
    rank = _rank(cases, alpha)
    if rank > cases:
        return 1.0, 1.0
    tails = (1 - level) / 2, (1 + level) / 2
    if test_cases is None:
        from scipy.special import betaincinv

        low, high = (float(betaincinv(rank, cases + 1 - rank, tail)) for tail in tails)
        return low, high
    from scipy.stats import betabinom

    low, high = (float(betabinom.ppf(tail, test_cases, rank, cases + 1 - rank)) / test_cases for tail in tails)
    return low, high


def chance_of_coverage(cases: int, low: float, high: float, *, alpha: float = 0.1) -> float:
    """Return the chance that the coverage of an interval calibrated on so many cases lies between two bounds.

    Use it to choose n, and in tests: the bounds of a test must fit its n. Source and errors: `coverage_band`;
    bounds must ascend within 0 to 1.

    Examples
    --------
    >>> [round(chance_of_coverage(n, 0.88, 0.92), 2) for n in (100, 500, 1000, 2000)]
    [0.5, 0.87, 0.97, 1.0]
    """
    from scipy.special import betainc

    if not 0 <= low <= high <= 1:
        raise RequestError("Bounds of a coverage ascend within 0 to 1.")
    rank = _rank(cases, alpha)
    if rank > cases:
        return float(low <= 1 <= high)
    return float(betainc(rank, cases + 1 - rank, high) - betainc(rank, cases + 1 - rank, low))
