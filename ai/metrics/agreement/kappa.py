"""Agreement on categories beyond chance: Cohen's kappa of two readers, Fleiss' kappa of many."""

from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError
from ai.metrics.estimate import (
    LEVEL,
    RESAMPLES,
    Estimate,
    Table,
    analytic,
    as_choice,
    as_full_table,
    as_table,
    bootstrap,
    check_level,
    normal_quantile,
)


class Weights(StrEnum):
    """How much a disagreement by several steps of a scale counts."""

    NONE = "none"
    LINEAR = "linear"
    QUADRATIC = "quadratic"


def cohen_kappa(
    a: Any, b: Any, *, weights: Weights = Weights.NONE, categories: Any = None, level: float = LEVEL
) -> Estimate:
    """Return Cohen's kappa of two readers.

    Parameters
    ----------
    a, b : array, shape (N,)
        Each reader's category per case, as numbers; cases where either is NaN are left out.
    weights : Weights
        Linear and quadratic count a disagreement by the distance of its steps: give `categories` when some step of the
        scale may be missing from the data.
    categories : array, shape (C,), optional
        All categories in their order; by default those that occur, ascending.
    level : float
        Of the confidence interval, which is analytic: Fleiss, Cohen and Everitt, Psychol Bull 72(5), 1969.

    Returns
    -------
    Estimate
        NaN when no case is left, or both readers use one and the same category throughout (chance alone explains
        everything). Without an interval (NaN) where the formula gives none: one case, agreement in every case, or a
        reader who uses a single category.

    Raises
    ------
    RequestError
        The lengths differ, a value is no category, or a category is named twice.

    Notes
    -----
    Cohen, Educ Psychol Meas 20, 1960; weighted: Psychol Bull 70(4), 1968.

    Examples
    --------
    >>> round(cohen_kappa([1, 1, 2, 2], [1, 2, 2, 2]).value, 6)
    0.5
    """
    first, second = as_table(a, ndim=1), as_table(b, ndim=1)
    if first.shape != second.shape:
        raise RequestError("Two readers must have answered the same cases.")
    known = ~(np.isnan(first) | np.isnan(second))
    first, second = first[known], second[known]
    steps = np.unique(np.concatenate([first, second])) if categories is None else as_full_table(categories, ndim=1)
    if len(np.unique(steps)) != len(steps):
        raise RequestError("Each category is named once.")
    kind = as_choice(Weights, weights)
    return kappa_of_table(_crossed(first, second, steps), weights=_weights(len(steps), kind), level=level)


def kappa_of_table(table: Any, *, weights: Any, level: float = LEVEL) -> Estimate:
    """Return Cohen's kappa of a table of counts.

    Parameters
    ----------
    table : array, shape (C, C)
        How many cases the first reader put into the row's and the second into the column's category.
    weights : array, shape (C, C)
        How much of an agreement each cell is: 1 on the diagonal.
    level : float

    Returns
    -------
    Estimate
        As `cohen_kappa`, which has the sources.

    Raises
    ------
    RequestError
        Table and weights are not square and of one size, a count is negative or missing, or a weight is missing.

    Examples
    --------
    >>> round(kappa_of_table([[20, 5], [10, 15]], weights=[[1, 0], [0, 1]]).value, 6)
    0.4
    """
    check_level(level)
    counts, w = np.asarray(table, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or w.shape != counts.shape:
        raise RequestError("Counts and weights are square tables of one size.")
    if not (np.isfinite(counts) & (counts >= 0)).all() or not np.isfinite(w).all():
        raise RequestError("A count is negative or missing, or a weight is missing.")
    cases, nowhere = counts.sum(), float("nan")
    if not cases:
        return analytic(nowhere, nowhere, nowhere, level)
    p = counts / cases
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float((w * p).sum()), float(rows @ w @ columns)
    if chance >= 1.0 - 1e-12:
        return analytic(nowhere, nowhere, nowhere, level)
    kappa = (seen - chance) / (1 - chance)
    expected = (w @ columns)[:, None] + (rows @ w)[None, :]
    inner = float((p * (w * (1 - chance) - expected * (1 - seen)) ** 2).sum())
    variance = max(inner - (seen * chance - 2 * chance + seen) ** 2, 0.0) / (cases * (1 - chance) ** 4)
    reach = normal_quantile(level) * float(np.sqrt(variance)) if variance > 1e-15 else nowhere
    return analytic(kappa, float(np.maximum(kappa - reach, -1.0)), float(np.minimum(kappa + reach, 1.0)), level)


def fleiss_kappa(counts: Any, *, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0) -> Estimate:
    """Return Fleiss' kappa of many readers.

    Parameters
    ----------
    counts : array, shape (N, C)
        How many readers put each case into each category; the same number of readers, at least two, in each row.
    level, resamples, seed
        Of the confidence interval, a case bootstrap.

    Returns
    -------
    Estimate
        NaN when only one category was ever used.

    Raises
    ------
    RequestError
        Rows have different sums, or fewer than two readers, or what is no count. For data with gaps use Krippendorff's
        alpha.

    Notes
    -----
    Fleiss, Psychol Bull 76(5), 1971.

    Examples
    --------
    >>> round(fleiss_kappa([[3, 0], [0, 3], [2, 1], [1, 2]]).value, 6)
    0.333333
    """
    table = as_full_table(counts)
    readers = table[0].sum()
    if readers < 2 or (table < 0).any() or (table % 1 != 0).any() or (table.sum(axis=1) != readers).any():
        raise RequestError("Fleiss' kappa needs the same number of readers, two or more, for every case.")
    agreeing = ((table**2).sum(axis=1) - readers) / (readers * (readers - 1))

    def kappa(chosen: npt.NDArray[np.intp]) -> float:
        chance = float(((table[chosen].mean(axis=0) / readers) ** 2).sum())
        return (float(agreeing[chosen].mean()) - chance) / (1 - chance) if chance < 1 - 1e-12 else float("nan")

    return bootstrap(kappa, len(table), level=level, resamples=resamples, seed=seed)


def counts_of(ratings: Any) -> Table:
    """Return how many readers chose each category: (R, N) without gaps → (N, C), categories ascending.

    Examples
    --------
    >>> counts_of([[1, 2, 2], [1, 2, 3]]).tolist()
    [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 1.0, 1.0]]
    """
    table = as_full_table(ratings)
    return np.stack([(table == value).sum(axis=0) for value in np.unique(table)], axis=1).astype(np.float64)


def _crossed(a: Table, b: Table, steps: Table) -> Table:
    table = np.zeros((len(steps), len(steps)))
    order = {float(step): place for place, step in enumerate(steps)}
    for one, other in zip(a, b, strict=True):
        if float(one) not in order or float(other) not in order:
            raise RequestError(f"{one if float(one) not in order else other} is none of the categories.")
        table[order[float(one)], order[float(other)]] += 1
    return table


def _weights(size: int, weights: Weights) -> Table:
    if weights == Weights.NONE or size < 2:
        return np.eye(size)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))) / (size - 1)
    result: Table = 1 - (apart if weights == Weights.LINEAR else apart**2)
    return result
