"""Variance of a reader-averaged figure of merit from the moments of its kernel, without bias.

Gallas, Acad Radiol 13(3), 2006; Gallas, Bandos, Samuelson and Wagner, Commun Stat Theory Methods 38(15), 2009.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, Estimate, Table, analytic, normal_quantile
from ai.metrics.mrmc.kernels import as_kernel, moments


@dataclass(frozen=True, slots=True)
class UStatistic:
    """A mean over readers and cases, and where its variance comes from.

    Attributes
    ----------
    value : Estimate
        With a normal interval; NaN ends where the variance, being unbiased, came out negative.
    variance : float
        For other readers and other cases.
    moments : tuple of float
        The eight second moments: mean products of two kernels that share reader, negative and positive; all but the
        negative; all but the positive; the reader alone; then the same four with different readers.
    coefficients : tuple of float
        variance = sum of coefficient times moment.
    """

    value: Estimate
    variance: float
    moments: tuple[float, ...]
    coefficients: tuple[float, ...]


def u_statistic(kernel: Any, *, level: float = LEVEL) -> UStatistic:
    """Return mean and variance of one test.

    Parameters
    ----------
    kernel : array of float, shape (R, N0, N1)
        Of the readers of one test, two at least. The difference of two tests' kernels gives their difference.
    level : float

    Raises
    ------
    RequestError
        The kernel is none, or there is one reader.

    Notes
    -----
    Sources: this module.

    Examples
    --------
    >>> from ai.metrics.mrmc.kernels import roc_kernel
    >>> kernel = roc_kernel([[[1, 4, 2, 3, 5], [2, 5, 1, 4, 3]]], [False, False, False, True, True])
    >>> found = u_statistic(kernel[0])
    >>> found.value.value, len(found.moments)
    (0.75, 8)
    """
    table = np.asarray(to_numpy(kernel), dtype=np.float64)
    if table.ndim != 3 or len(table) < 2:
        raise RequestError("A U-statistic needs the kernels of two readers or more.")
    table = as_kernel(table[None])[0]
    r, n0, n1 = table.shape
    found: list[float] = []
    parts = moments(table)
    for part in parts:
        found.append(float(np.trace(part)) / r)
    for part in parts:
        found.append((float(part.sum()) - float(np.trace(part))) / (r * (r - 1)))
    weights = [1.0, n0 - 1.0, n1 - 1.0, (n0 - 1.0) * (n1 - 1.0)]
    coefficients = [w / (r * n0 * n1) for w in weights] + [w * (r - 1) / (r * n0 * n1) for w in weights]
    coefficients[-1] -= 1.0
    variance = sum(c * m for c, m in zip(coefficients, found, strict=True))
    value = float(table.mean())
    reach = normal_quantile(level) * float(np.sqrt(variance)) if variance >= 0 else float("nan")
    return UStatistic(analytic(value, value - reach, value + reach, level), variance, tuple(found), tuple(coefficients))


def u_difference(kernel: Any, *, first: int, second: int, level: float = LEVEL) -> UStatistic:
    """Return the difference, first minus second, of two tests of a fully crossed study (T, R, N0, N1).

    Raises
    ------
    RequestError
        As `u_statistic`; or a test is none.

    Examples
    --------
    >>> from ai.metrics.mrmc.kernels import roc_kernel
    >>> scores = [[[1, 4, 2, 3, 5], [2, 5, 1, 4, 3]], [[1, 2, 3, 4, 5], [1, 3, 2, 4, 5]]]
    >>> u_difference(roc_kernel(scores, [False, False, False, True, True]), first=0, second=1).value.value
    -0.25
    """
    table: Table = as_kernel(kernel)
    if not {first, second} <= set(range(len(table))):
        raise RequestError("A difference is of two tests of the study.")
    return u_statistic(table[first] - table[second], level=level)
