"""How many readers and cases a study needs, from a pilot study's variances.

Hillis, Obuchowski and Berbaum, Acad Radiol 18(2), 2011.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from ai.errors import RequestError
from ai.metrics.mrmc.obuchowski_rockette import Covariances, StudyResult

MOST_CASES = 100_000
MOST_READERS = 1_000


@dataclass(frozen=True, slots=True)
class Pilot:
    """What planning takes from a pilot study of two tests or more.

    Attributes
    ----------
    test_reader : float
        Variance component of test by reader, beyond what cases explain.
    covariances : Covariances
        Of figures of merit with `cases` cases.
    cases : int
        Positive and negative together; planned studies are taken to have the same share of each.
    """

    test_reader: float
    covariances: Covariances
    cases: int


def pilot_of(result: StudyResult, *, cases: int) -> Pilot:
    """Return the variances of a pilot study of so many cases; a component that comes out negative is taken as 0."""
    c = result.covariances
    explained = c.variance - c.cov1 - max(c.cov2 - c.cov3, 0.0)
    return Pilot(max(result.ms_test_reader - explained, 0.0), c, cases)


def power(pilot: Pilot, *, readers: int, cases: int, difference: float, alpha: float = 0.05) -> float:
    """Return the chance that a study finds a difference of two tests, readers and cases random.

    Parameters
    ----------
    pilot : Pilot
    readers, cases : int
        Of the study that is planned; every reader reads every case with both tests.
    difference : float
        True difference of the figures of merit.
    alpha : float
        Two-sided error.

    Raises
    ------
    RequestError
        Fewer than two readers or four cases, a difference that is no number, or alpha not between 0 and 1.

    Notes
    -----
    Source: this module.

    Examples
    --------
    >>> from ai.metrics.mrmc.obuchowski_rockette import Covariances
    >>> pilot = Pilot(0.0005, Covariances(0.0008, 0.0004, 0.0003, 0.0002), cases=100)
    >>> [round(power(pilot, readers=readers, cases=200, difference=0.04), 2) for readers in (4, 8)]
    [0.35, 0.65]
    """
    from scipy.special import fdtri, ncfdtr

    if readers < 2 or cases < 4 or not 0 < alpha < 1 or pilot.cases < 1 or not math.isfinite(difference):
        raise RequestError("A study needs two readers and four cases, and an error between 0 and 1.")
    c, scale = pilot.covariances, pilot.cases / cases
    apart = max(c.cov2 - c.cov3, 0.0)
    unique = max(c.variance - c.cov1 - apart, 0.0)
    own = pilot.test_reader + scale * unique
    below = own + scale * readers * apart
    if below <= 0:
        return 1.0 if difference else alpha
    df2 = below**2 * (readers - 1) / own**2 if own > 0 else 1e6
    noncentrality = readers * difference**2 / 2 / below
    # ncfdtr is not defined for a noncentrality of exactly 0, where the answer is alpha.
    return 1 - float(ncfdtr(1, df2, noncentrality, fdtri(1, df2, 1 - alpha))) if noncentrality else alpha


def cases_needed(
    pilot: Pilot, *, readers: int, difference: float, wanted: float = 0.8, alpha: float = 0.05
) -> int | None:
    """Return the least number of cases with which a study reaches a power; None when no number does.

    Parameters
    ----------
    pilot, readers, difference, alpha
        See `power`.
    wanted : float
        Power.

    Raises
    ------
    RequestError
        As `power`; or the power wanted is not between 0 and 1.

    Notes
    -----
    More cases cannot make up for too few readers: what readers differ by remains. Searched up to 100 000 cases. Source:
    this module.

    Examples
    --------
    >>> from ai.metrics.mrmc.obuchowski_rockette import Covariances
    >>> pilot = Pilot(0.0005, Covariances(0.0008, 0.0004, 0.0003, 0.0002), cases=100)
    >>> cases_needed(pilot, readers=8, difference=0.04), cases_needed(pilot, readers=3, difference=0.02)
    (652, None)
    """
    _check_wanted(wanted)
    return _least(
        lambda cases: power(pilot, readers=readers, cases=cases, difference=difference, alpha=alpha) >= wanted,
        4,
        MOST_CASES,
    )


def readers_needed(
    pilot: Pilot, *, cases: int, difference: float, wanted: float = 0.8, alpha: float = 0.05
) -> int | None:
    """Return the least number of readers with which a study reaches a power; None when no number does.

    Parameters
    ----------
    pilot, cases, difference, alpha
        See `power`.
    wanted : float
        Power.

    Raises
    ------
    RequestError
        As `power`; or the power wanted is not between 0 and 1.

    Notes
    -----
    More readers cannot make up for too few cases: what all readers of a test share on these cases remains. Searched up
    to 1 000 readers. Source: this module.

    Examples
    --------
    >>> from ai.metrics.mrmc.obuchowski_rockette import Covariances
    >>> pilot = Pilot(0.0005, Covariances(0.0008, 0.0004, 0.0003, 0.0002), cases=100)
    >>> readers_needed(pilot, cases=652, difference=0.04), readers_needed(pilot, cases=20, difference=0.02)
    (8, None)
    """
    _check_wanted(wanted)
    return _least(
        lambda readers: power(pilot, readers=readers, cases=cases, difference=difference, alpha=alpha) >= wanted,
        2,
        MOST_READERS,
    )


def _check_wanted(wanted: float) -> None:
    if not 0 < wanted < 1:
        raise RequestError("A power lies between 0 and 1.")


def _least(reaches: Callable[[int], bool], low: int, high: int) -> int | None:
    """Return the least number for which a rising condition holds; None when it does not hold for the highest."""
    if not reaches(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle + 1, high)
    return low
