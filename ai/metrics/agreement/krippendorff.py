"""Krippendorff's alpha: agreement of any number of readers, on any kind of scale, with gaps."""

from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, RESAMPLES, Estimate, Table, as_choice, as_table, bootstrap, check_level


class Scale(StrEnum):
    """What the distance of two values means."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


def krippendorff_alpha(
    ratings: Any, *, scale: Scale, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> Estimate:
    """Return Krippendorff's alpha.

    Parameters
    ----------
    ratings : array, shape (R, N)
        One row per reader, one column per case; NaN where a reader gave no value. Cases with fewer than two values
        take no part.
    scale : Scale
        For RATIO no value may be negative.
    level, resamples, seed
        Of the confidence interval, a bootstrap over the cases with two values or more.

    Returns
    -------
    Estimate
        1 is perfect, 0 is chance. NaN when no case has two values (also with one reader), or all values are the same.

    Raises
    ------
    RequestError
        Not a table of two axes; negative values on a ratio scale.

    Notes
    -----
    Krippendorff, Content Analysis, 4th ed. 2019, chapter 12: one minus observed over expected disagreement, from the
    coincidences of values within cases. Memory: the square of the number of distinct values.

    Examples
    --------
    >>> round(krippendorff_alpha([[1, 2, 3, 3], [1, 2, 3, 4]], scale=Scale.NOMINAL).value, 4)
    0.6957
    """
    check_level(level)
    kind, table = as_choice(Scale, scale), as_table(ratings)
    table = table[:, (~np.isnan(table)).sum(axis=0) >= 2]
    values = np.unique(table[~np.isnan(table)])
    if kind == Scale.RATIO and (values < 0).any():
        raise RequestError("On a ratio scale no value is negative.")
    if not values.size:
        return Estimate(float("nan"), float("nan"), float("nan"), level, "bootstrap")
    counts = np.stack([(table == value).sum(axis=0) for value in values], axis=1).astype(np.float64)

    def alpha(chosen: npt.NDArray[np.intp]) -> float:
        return _alpha(counts[chosen], values, kind)

    return bootstrap(alpha, len(counts), level=level, resamples=resamples, seed=seed)


def _alpha(counts: Table, values: Table, scale: Scale) -> float:
    """Return alpha of (cases, values) counts."""
    given = counts.sum(axis=1, keepdims=True)
    shared = counts / (given - 1)
    coincidence = shared.T @ counts - np.diag(shared.sum(axis=0))
    totals = coincidence.sum(axis=1)
    far = _squared_distance(values, totals, scale)
    observed = float((coincidence * far).sum())
    expected = float(totals @ far @ totals) / (float(totals.sum()) - 1)
    return 1 - observed / expected if expected > 0 else float("nan")


def _squared_distance(values: Table, totals: Table, scale: Scale) -> Table:
    apart = np.abs(np.subtract.outer(values, values))
    if scale == Scale.NOMINAL:
        return (apart > 0).astype(np.float64)
    if scale == Scale.ORDINAL:
        # Half of the two values themselves and all that lie between them, counted.
        middle = np.cumsum(totals) - totals / 2
        result: Table = np.subtract.outer(middle, middle) ** 2
        return result
    if scale == Scale.RATIO:
        both = np.add.outer(values, values)
        apart = np.divide(apart, both, out=np.zeros_like(apart), where=both > 0)
    squared: Table = apart**2
    return squared
