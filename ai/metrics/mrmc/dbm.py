"""The Dorfman-Berbaum-Metz analysis: an analysis of variance of jackknife pseudovalues.

With the corrections of Hillis, Berbaum and Metz (Acad Radiol 15(5), 2008) it is the Obuchowski-Rockette analysis with
jackknife covariances; it is here because protocols name it, and as a second way to the same numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.errors import RequestError
from ai.metrics.estimate import Table
from ai.metrics.mrmc.kernels import as_kernel


@dataclass(frozen=True, slots=True, eq=False)
class PseudovalueResult:
    """Analysis of variance of pseudovalues, readers and cases random.

    Attributes
    ----------
    pseudovalues : ndarray of float64, shape (T, R, N)
        Shifted so that their mean over cases is the figure of merit; negatives first, then positives.
    ms_test, ms_test_reader, ms_test_case, ms_test_reader_case : float
    f, df1, df2, p_value : float
    """

    pseudovalues: Table
    ms_test: float
    ms_test_reader: float
    ms_test_case: float
    ms_test_reader_case: float
    f: float
    df1: float
    df2: float
    p_value: float


def analyse_pseudovalues(kernel: Any) -> PseudovalueResult:
    """Analyse a fully crossed study by pseudovalues.

    Parameters
    ----------
    kernel : array of float, shape (T, R, N0, N1)
        See `kernels`.

    Raises
    ------
    RequestError
        The kernel is none, or there are fewer than two tests or readers.

    Notes
    -----
    Dorfman, Berbaum and Metz, Invest Radiol 27(9), 1992, as corrected by Hillis 2008 (this module).

    Examples
    --------
    >>> from ai.metrics.mrmc.kernels import roc_kernel
    >>> scores = [[[1, 4, 2, 3, 5], [2, 5, 1, 4, 3]], [[1, 2, 3, 4, 5], [1, 3, 2, 4, 5]]]
    >>> found = analyse_pseudovalues(roc_kernel(scores, [False, False, False, True, True]))
    >>> found.pseudovalues.mean(axis=2).round(3).tolist()
    [[0.833, 0.667], [1.0, 1.0]]
    """
    from scipy.special import fdtrc

    table = as_kernel(kernel)
    if min(table.shape[:2]) < 2:
        raise RequestError("A study needs two tests and two readers.")
    y = _pseudovalues(table)
    t, r, n = y.shape
    test, grand = y.mean(axis=(1, 2)), y.mean()
    reader, case = y.mean(axis=(0, 2)), y.mean(axis=(0, 1))
    test_reader, test_case, reader_case = y.mean(axis=2), y.mean(axis=1), y.mean(axis=0)
    left_tr = test_reader - test[:, None] - reader[None] + grand
    left_tc = test_case - test[:, None] - case[None] + grand
    left = (
        y - test_reader[:, :, None] - test_case[:, None] - reader_case[None]
        + test[:, None, None] + reader[None, :, None] + case[None, None] - grand
    )  # fmt: skip
    ms_test = float(r * n * ((test - grand) ** 2).sum() / (t - 1))
    ms_tr = float(n * (left_tr**2).sum() / ((t - 1) * (r - 1)))
    ms_tc = float(r * (left_tc**2).sum() / ((t - 1) * (n - 1)))
    ms_trc = float((left**2).sum() / ((t - 1) * (r - 1) * (n - 1)))
    below = ms_tr + max(ms_tc - ms_trc, 0.0)
    df2 = below**2 * (t - 1) * (r - 1) / ms_tr**2 if ms_tr > 0 else float((t - 1) * (r - 1))
    f = ms_test / below if below > 0 else float("nan")
    return PseudovalueResult(
        pseudovalues=y,
        ms_test=ms_test,
        ms_test_reader=ms_tr,
        ms_test_case=ms_tc,
        ms_test_reader_case=ms_trc,
        f=f,
        df1=t - 1,
        df2=df2,
        p_value=float(fdtrc(t - 1, df2, f)) if f == f else float("nan"),
    )


def _pseudovalues(kernel: Table) -> Table:
    n0, n1 = kernel.shape[2:]
    total, n = kernel.sum(axis=(2, 3))[..., None], n0 + n1
    left_out = np.concatenate(
        [(total - kernel.sum(axis=3)) / ((n0 - 1) * n1), (total - kernel.sum(axis=2)) / (n0 * (n1 - 1))], axis=2
    )
    whole = kernel.mean(axis=(2, 3))[..., None]
    raw = n * whole - (n - 1) * left_out
    result: Table = raw + whole - raw.mean(axis=2, keepdims=True)
    return result
