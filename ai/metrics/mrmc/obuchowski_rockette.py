"""The Obuchowski-Rockette analysis of a study in which every reader reads every case with every test.

Obuchowski and Rockette, Commun Stat Simul Comput 24(2), 1995; degrees of freedom: Hillis, Stat Med 26(3), 2007.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, Estimate, Table, analytic, as_choice, as_full_table, check_level
from ai.metrics.mrmc.kernels import CovarianceMethod, as_kernel, covariance_matrix


class Population(StrEnum):
    """Whom the conclusion is about."""

    READERS_AND_CASES = "readers_and_cases"
    CASES = "cases"
    """Other cases, these readers."""
    READERS = "readers"
    """Other readers, these cases."""


@dataclass(frozen=True, slots=True)
class Covariances:
    """Error variance and the three covariances of figures of merit over cases.

    Attributes
    ----------
    variance : float
        Of one test and reader.
    cov1, cov2, cov3 : float
        Same reader, other tests; same test, other readers; both others. Means over all such pairs.
    """

    variance: float
    cov1: float
    cov2: float
    cov3: float


@dataclass(frozen=True, slots=True, eq=False)
class StudyResult:
    """What a study says about its tests.

    Attributes
    ----------
    figures : ndarray of float64, shape (T, R)
        Figure of merit of each test and reader.
    covariances : Covariances
    ms_test, ms_reader, ms_test_reader : float
        Mean squares.
    f : float
        Of the hypothesis that all tests are equal.
    df1, df2 : float
        Its degrees of freedom (df2 infinite for the population CASES).
    p_value : float
    tests : tuple of Estimate
        Mean over readers of each test.
    differences : mapping of (int, int) to Estimate
        Of each pair of tests (a, b): a minus b.
    standard_error : float
        Of such a difference.
    """

    figures: Table
    covariances: Covariances
    ms_test: float
    ms_reader: float
    ms_test_reader: float
    f: float
    df1: float
    df2: float
    p_value: float
    tests: tuple[Estimate, ...]
    differences: Mapping[tuple[int, int], Estimate]
    standard_error: float


def analyse_study(
    kernel: Any,
    *,
    method: CovarianceMethod = CovarianceMethod.DELONG,
    population: Population = Population.READERS_AND_CASES,
    level: float = LEVEL,
) -> StudyResult:
    """Analyse a fully crossed study.

    Parameters
    ----------
    kernel : array of float, shape (T, R, N0, N1)
        See `kernels`; two tests and two readers at least.
    method : CovarianceMethod
    population : Population
    level : float
        Of the confidence intervals.

    Raises
    ------
    RequestError
        The kernel is none, there are fewer than two tests or readers, or no such method or population.

    Notes
    -----
    Sources: this module; `kernels` for the covariances.

    Examples
    --------
    Two readers, two tests, five cases; the second test is better for both readers.

    >>> from ai.metrics.mrmc.kernels import roc_kernel
    >>> scores = [[[1, 4, 2, 3, 5], [2, 5, 1, 4, 3]], [[1, 2, 3, 4, 5], [1, 3, 2, 4, 5]]]
    >>> found = analyse_study(roc_kernel(scores, [False, False, False, True, True]))
    >>> found.figures.round(3).tolist(), round(found.differences[0, 1].value, 3)
    ([[0.833, 0.667], [1.0, 1.0]], -0.25)
    """
    table = as_kernel(kernel)
    matrix = covariance_matrix(table, method)
    return analyse_figures(table.mean(axis=(2, 3)), average_covariances(matrix), matrix, population, level)


def average_covariances(matrix: Table) -> Covariances:
    """Return the mean variance and covariances of a matrix (T, R, T, R).

    Raises
    ------
    RequestError
        Fewer than two tests or readers.
    """
    tests, readers = matrix.shape[:2]
    if tests < 2 or readers < 2:
        raise RequestError("A study needs two tests and two readers.")
    whole = float(matrix.sum())
    variance = float(np.einsum("trtr->", matrix))
    same_reader, same_test = float(np.einsum("trsr->", matrix)), float(np.einsum("trts->", matrix))
    cells = tests * readers
    return Covariances(
        variance=variance / cells,
        cov1=(same_reader - variance) / (cells * (tests - 1)),
        cov2=(same_test - variance) / (cells * (readers - 1)),
        cov3=(whole - same_reader - same_test + variance) / (cells * (tests - 1) * (readers - 1)),
    )


def analyse_figures(
    figures: Any,
    covariances: Covariances,
    matrix: Table | None = None,
    population: Population = Population.READERS_AND_CASES,
    level: float = LEVEL,
) -> StudyResult:
    """Analyse figures of merit with known covariances, as published studies give them.

    Parameters
    ----------
    figures : array of float, shape (T, R)
    covariances : Covariances
    matrix : ndarray of float64, shape (T, R, T, R), optional
        For the intervals of single tests, each from its own covariances; without it from the common ones.
    population : Population
    level : float

    Raises
    ------
    RequestError
        Fewer than two tests or readers.

    Examples
    --------
    The study of Van Dyke et al. (1993): 5 readers, 2 tests, 114 cases; variance and Cov1 play no part.

    >>> found = analyse_figures([[0.91965, 0.85878, 0.90386, 0.97311, 0.82979],
    ...                          [0.94783, 0.90531, 0.92174, 0.99936, 0.92995]],
    ...                         Covariances(0.0008, 0.0003, 0.00033906, 0.00023561))
    >>> round(found.f, 2), round(found.df2, 2), round(found.p_value, 3)
    (4.49, 15.04, 0.051)
    """
    table = as_full_table(figures)
    t, r = table.shape
    if t < 2 or r < 2:
        raise RequestError("A study needs two tests and two readers.")
    check_level(level)
    population = as_choice(Population, population)
    of_test, of_reader, grand = table.mean(axis=1), table.mean(axis=0), float(table.mean())
    left = table - of_test[:, None] - of_reader[None] + grand
    ms_test = float(r * ((of_test - grand) ** 2).sum() / (t - 1))
    ms_reader = float(t * ((of_reader - grand) ** 2).sum() / (r - 1))
    ms_both = float((left**2).sum() / ((t - 1) * (r - 1)))
    spread, df2 = _denominator(ms_both, covariances, t, r, population)
    f = ms_test / spread if spread > 0 else float("nan")
    error = float(np.sqrt(2 * spread / r))
    quantile = _t_quantile(df2, level)
    pairs = [(a, b) for a in range(t) for b in range(a + 1, t)]
    return StudyResult(
        figures=table,
        covariances=covariances,
        ms_test=ms_test,
        ms_reader=ms_reader,
        ms_test_reader=ms_both,
        f=f,
        df1=t - 1,
        df2=df2,
        p_value=_p_value(f, t - 1, df2),
        tests=tuple(_single(table[n], covariances, matrix, n, population, level) for n in range(t)),
        differences={(a, b): _about(float(of_test[a] - of_test[b]), quantile * error, level) for a, b in pairs},
        standard_error=error,
    )


def _denominator(ms_both: float, c: Covariances, t: int, r: int, population: Population) -> tuple[float, float]:
    """Return what the mean square of tests is divided by, and its degrees of freedom."""
    apart = max(c.cov2 - c.cov3, 0.0)
    if population == Population.CASES:
        return max(c.variance - c.cov1 + (r - 1) * apart, 0.0), float("inf")
    free = (t - 1) * (r - 1)
    if population == Population.READERS or ms_both <= 0:
        return ms_both + (r * apart if population != Population.READERS else 0.0), float(free)
    return ms_both + r * apart, (ms_both + r * apart) ** 2 * free / ms_both**2


def _single(
    figures: Table, c: Covariances, matrix: Table | None, place: int, population: Population, level: float
) -> Estimate:
    """Return the mean of one test over readers (Hillis, Stat Med 33(2), 2014)."""
    r = len(figures)
    variance, cov2 = c.variance, c.cov2
    if matrix is not None:
        own = matrix[place, :, place, :]
        variance = float(np.trace(own)) / r
        cov2 = (float(own.sum()) - variance * r) / (r * (r - 1))
    ms = float(figures.var(ddof=1))
    if population == Population.CASES:
        spread, df = max(variance + (r - 1) * cov2, 0.0), float("inf")
    elif population == Population.READERS or ms <= 0:
        spread, df = ms, float(r - 1)
    else:
        spread = ms + r * max(cov2, 0.0)
        df = spread**2 * (r - 1) / ms**2
    return _about(float(figures.mean()), _t_quantile(df, level) * float(np.sqrt(spread / r)), level)


def _about(value: float, reach: float, level: float) -> Estimate:
    return analytic(value, value - reach, value + reach, level)


def _t_quantile(df: float, level: float) -> float:
    from scipy.special import ndtri, stdtrit

    tail = (1 + level) / 2
    return float(ndtri(tail)) if np.isinf(df) else float(stdtrit(df, tail))


def _p_value(f: float, df1: float, df2: float) -> float:
    from scipy.special import chdtrc, fdtrc

    if np.isnan(f):
        return float("nan")
    return float(chdtrc(df1, df1 * f)) if np.isinf(df2) else float(fdtrc(df1, df2, f))


@dataclass(frozen=True, slots=True)
class NonInferiority:
    """Whether a new test is not worse than the old one by a margin.

    Attributes
    ----------
    difference : Estimate
        New minus old; two-sided interval of twice the error that the one-sided test allows.
    p_value : float
        One-sided, of the hypothesis that new is worse than old by the margin or more.
    shown : bool
        The interval lies above minus the margin.
    """

    difference: Estimate
    p_value: float
    shown: bool


def non_inferiority(result: StudyResult, *, new: int, old: int, margin: float, alpha: float = 0.05) -> NonInferiority:
    """Test whether test `new` is not worse than test `old` by `margin` or more.

    Parameters
    ----------
    result : StudyResult
    new, old : int
        Places of the tests.
    margin : float
        In the unit of the figure of merit, above 0; to be chosen before the study. (0 tests superiority.)
    alpha : float
        One-sided error.

    Raises
    ------
    RequestError
        The margin is negative, alpha not between 0 and one half, or a test is none.

    Notes
    -----
    Chen, Petrick and Sahiner, Acad Radiol 19(9), 2012.

    Examples
    --------
    >>> pilot = analyse_figures([[0.90, 0.91, 0.92], [0.91, 0.91, 0.94]], Covariances(4e-4, 2e-4, 1e-4, 8e-5))
    >>> non_inferiority(pilot, new=1, old=0, margin=0.05).shown
    True
    """
    from scipy.special import ndtr, stdtr

    tests = len(result.figures)
    if not margin >= 0 or not 0 < alpha < 0.5 or new == old or not {new, old} <= set(range(tests)):
        raise RequestError("Two different tests, a margin that is not negative, and an error below one half, please.")
    difference = float(result.figures[new].mean() - result.figures[old].mean())
    reach = _t_quantile(result.df2, 1 - 2 * alpha) * result.standard_error
    t = (difference + margin) / result.standard_error if result.standard_error else float("nan")
    below = float(ndtr(-t)) if np.isinf(result.df2) else float(stdtr(result.df2, -t))
    return NonInferiority(_about(difference, reach, 1 - 2 * alpha), below, difference - reach > -margin)
