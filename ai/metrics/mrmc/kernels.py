"""Kernels of a study and the covariances of its figures of merit."""

from enum import StrEnum
from typing import Any

import numpy as np

from ai.arrays import to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import Table, as_choice
from ai.metrics.overlap import as_mask


class CovarianceMethod(StrEnum):
    """How covariances over cases are estimated."""

    DELONG = "delong"
    """DeLong, DeLong and Clarke-Pearson 1988."""
    JACKKNIFE = "jackknife"
    """Leaving out each case in turn."""
    UNBIASED = "unbiased"
    """From the moments of the kernel (Gallas, Acad Radiol 13(3), 2006)."""


def roc_kernel(scores: Any, truth: Any) -> Table:
    """Return the kernel of the ROC area.

    Parameters
    ----------
    scores : array of float, shape (T, R, N)
        What each reader gave each case with each test; higher means more likely positive.
    truth : array of bool, shape (N,)

    Returns
    -------
    ndarray of float64, shape (T, R, N0, N1)
        1 where the positive case has the higher score, one half for ties. Memory: 8 T R N0 N1 bytes.

    Raises
    ------
    RequestError
        Shapes do not fit, a score or a truth is NaN, or fewer than two cases of a kind.

    Notes
    -----
    Bamber, J Math Psychol 12(4), 1975: its mean is the area.

    Examples
    --------
    >>> roc_kernel([[[0.1, 0.4, 0.35, 0.4]]], [False, False, True, True]).tolist()
    [[[[1.0, 1.0], [0.0, 0.5]]]]
    """
    values, positive = np.asarray(to_numpy(scores), dtype=np.float64), as_mask(to_numpy(truth))
    if values.ndim != 3 or positive.shape != values.shape[2:] or np.isnan(values).any():
        raise RequestError("Scores must be numbers of shape (tests, readers, cases), without gaps.")
    low, high = values[:, :, ~positive, None], values[:, :, None, positive]
    return as_kernel((low < high) + 0.5 * (low == high))


def as_kernel(kernel: Any) -> Table:
    """Return a kernel (T, R, N0, N1) as float64.

    Raises
    ------
    RequestError
        It has other axes, is not finite, or has fewer than two cases of a kind.
    """
    table: Table = np.asarray(to_numpy(kernel), dtype=np.float64)
    if table.ndim != 4 or min(table.shape[2:]) < 2 or not table.size or not np.isfinite(table).all():
        raise RequestError("A study needs a finite kernel (tests, readers, negatives, positives), two cases of each.")
    return table


def covariance_matrix(kernel: Any, method: CovarianceMethod = CovarianceMethod.DELONG) -> Table:
    """Return the covariance, over cases, of the figures of merit of all tests and readers.

    Parameters
    ----------
    kernel : array of float, shape (T, R, N0, N1)
    method : CovarianceMethod

    Returns
    -------
    ndarray of float64, shape (T, R, T, R)
        Positive semidefinite but for UNBIASED, which may leave that range by chance.

    Raises
    ------
    RequestError
        As `as_kernel`; or there is no such method.

    Notes
    -----
    Sources: see `CovarianceMethod`.

    Examples
    --------
    >>> kernel = roc_kernel([[[0.1, 0.4, 0.35, 0.8]]], [False, False, True, True])
    >>> covariance_matrix(kernel).tolist()
    [[[[0.125]]]]
    """
    table, method = as_kernel(kernel), as_choice(CovarianceMethod, method)
    tests, readers, n0, n1 = table.shape
    flat = table.reshape(tests * readers, n0, n1)
    by_negative, by_positive = flat.mean(axis=2), flat.mean(axis=1)
    if method == CovarianceMethod.UNBIASED:
        found = _unbiased(flat)
    elif method == CovarianceMethod.DELONG:
        found = _cross(by_negative) / (n0 * (n0 - 1)) + _cross(by_positive) / (n1 * (n1 - 1))
    else:
        total = flat.sum(axis=(1, 2))[:, None]
        left_out = np.concatenate(
            [(total - n1 * by_negative) / ((n0 - 1) * n1), (total - n0 * by_positive) / (n0 * (n1 - 1))], axis=1
        )
        found = _cross(left_out) * (n0 + n1 - 1) / (n0 + n1)
    return found.reshape(tests, readers, tests, readers)


def _cross(rows: Table) -> Table:
    """Return sums of products of centred rows."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    result: Table = centred @ centred.T
    return result


def moments(flat: Table) -> tuple[Table, Table, Table, Table]:
    """Return the unbiased second moments of the kernels of M cells: (M, N0, N1) → four of (M, M).

    Mean products over pairs of: the same two cases; another negative; another positive; both others.
    """
    cells, n0, n1 = flat.shape
    rows, columns, whole = flat.sum(axis=2), flat.sum(axis=1), flat.sum(axis=(1, 2))
    long = flat.reshape(cells, n0 * n1)
    same = long @ long.T
    same_negative, same_positive, all_pairs = rows @ rows.T, columns @ columns.T, np.outer(whole, whole)
    return (
        same / (n0 * n1),
        (same_positive - same) / (n0 * (n0 - 1) * n1),
        (same_negative - same) / (n0 * n1 * (n1 - 1)),
        (all_pairs - same_negative - same_positive + same) / (n0 * (n0 - 1) * n1 * (n1 - 1)),
    )


def _unbiased(flat: Table) -> Table:
    _, n0, n1 = flat.shape
    same, negative, positive, both = moments(flat)
    result: Table = (same + (n0 - 1) * negative + (n1 - 1) * positive + (1 - n0 - n1) * both) / (n0 * n1)
    return result
