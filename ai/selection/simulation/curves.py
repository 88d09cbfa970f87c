"""Figures of one learning curve."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """How one strategy did with one seed: T = rounds + 1 points, the first before any choice.

    Attributes
    ----------
    voxels, foreground_voxels : ndarray of float64, shape (T,)
        Labelled so far, and how many of them are no background.
    scores : ndarray of float64, shape (T,)
        Mean Dice over foreground classes on the held-out cases.
    class_scores : ndarray of float64, shape (T, C - 1)
        Dice of each; NaN for a class that the held-out cases lack.
    all_foreground : int
        Foreground voxels of the whole pool.
    full_score : float
        Score of the same model with the whole pool labelled.
    """

    voxels: Table
    foreground_voxels: Table
    scores: Table
    class_scores: Table
    all_foreground: int
    full_score: float

    @property
    def aubc(self) -> float:
        """Return the area under scores against labelled voxels (see `area_under_budget_curve`)."""
        return area_under_budget_curve(self.voxels, self.scores)

    @property
    def final(self) -> float:
        """Return the last score."""
        return float(self.scores[-1])

    @property
    def foreground_efficiency(self) -> float:
        """Return how fast the gap to full labels closes per share of foreground (see `foreground_efficiency`)."""
        return foreground_efficiency(self.foreground_voxels / self.all_foreground, self.scores, full=self.full_score)


def area_under_budget_curve(budgets: Table, scores: Table) -> float:
    """Return the mean height of a learning curve: its area by trapezoids, over the range of budgets.

    Parameters
    ----------
    budgets : ndarray of float, shape (T,)
        Ascending, in any unit.
    scores : ndarray of float, shape (T,)

    Returns
    -------
    float
        In the unit of the scores.

    Raises
    ------
    RequestError
        Fewer than two points, or budgets do not ascend.

    Notes
    -----
    Zhan, Liu, Li and Chan, A Comparative Survey, IJCAI 2021.

    Examples
    --------
    >>> area_under_budget_curve(np.array([10.0, 20.0, 40.0]), np.array([0.25, 0.5, 1.0]))
    0.625
    """
    steps = np.diff(np.asarray(budgets, dtype=np.float64))
    heights = np.asarray(scores, dtype=np.float64)
    if len(heights) != len(steps) + 1 or len(heights) < 2 or not (steps > 0).all():
        raise RequestError("A learning curve needs two points or more, and budgets that ascend.")
    return float((steps * (heights[1:] + heights[:-1]) / 2).sum() / steps.sum())


def foreground_efficiency(shares: Table, scores: Table, *, full: float) -> float:
    """Return the rate g of scores = full - (full - first) exp(-g (share - first share)), fitted by least squares.

    Parameters
    ----------
    shares : ndarray of float, shape (T,)
        Share of the pool's foreground that is labelled, 0 to 1: labelling background costs next to nothing.
    scores : ndarray of float, shape (T,)
    full : float
        Score with everything labelled.

    Returns
    -------
    float
        Higher is better; below 0 when scores fall. NaN where nothing can be fitted: the first score is not below
        `full`, no foreground was added, or the fit does not end.

    Raises
    ------
    RequestError
        Other lengths, or fewer than two points.

    Notes
    -----
    Lüth, Traub et al., nnActive, TMLR 08/2025 (arXiv:2511.19183). A proxy of effort: it knows neither clicks nor time.

    Examples
    --------
    >>> shares = np.array([0.0, 0.1, 0.2, 0.4])
    >>> round(foreground_efficiency(shares, 0.9 - 0.5 * np.exp(-7 * shares), full=0.9), 6)
    7.0
    """
    from scipy.optimize import curve_fit

    x, y = np.asarray(shares, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    if x.shape != y.shape or x.ndim != 1 or len(x) < 2:
        raise RequestError("A learning curve needs two points or more, each with its share of foreground.")
    added, gap = x - x[0], full - y[0]
    if not gap > 0 or not added[-1] > 0:
        return float("nan")
    try:
        (rate,), _ = curve_fit(
            lambda share, rate: full - gap * np.exp(np.minimum(-rate * share, 50.0)), added, y, p0=[1 / added[-1]]
        )
    except RuntimeError:  # what curve_fit raises when it has not converged
        return float("nan")
    return float(rate)
