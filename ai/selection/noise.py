"""Noise that keeps a batch from being the same thing many times: Gumbel noise on the logarithm of scores."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

FIRST_BETA = 1.0
LAST_BETA = 100.0


def power_scores(scores: Any, *, beta: float, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return log score plus Gumbel noise of scale 1 / beta.

    The highest k of them are a draw of k without replacement, with chances in proportion to score ** beta.

    Parameters
    ----------
    scores : array_like of float, shape (N,)
        At least 0; values below it by rounding count as 0. A score of 0 gives -inf: last of all.
    beta : float
        0 exclusive (nearly random) to infinity (no noise).
    rng : numpy Generator

    Returns
    -------
    ndarray of float64, shape (N,)

    Raises
    ------
    RequestError
        Beta is not positive, or a score is missing, infinite or clearly negative (below -1e-6).

    Notes
    -----
    Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron and Gal, Stochastic Batch Acquisition, TMLR 2023. The
    equivalence is the Gumbel-top-k trick: Kool, van Hoof and Welling, ICML 2019.

    Examples
    --------
    >>> power_scores([0.0, 1.0, 2.0], beta=1e9, rng=np.random.default_rng(0)).round(4).tolist()
    [-inf, 0.0, 0.6931]
    """
    values = np.asarray(scores, dtype=np.float64)
    if not beta > 0:
        raise RequestError(f"Beta must be positive, not {beta}.")
    if not np.isfinite(values).all() or (values < -1e-6).any():
        raise RequestError("A score is missing, infinite or negative.")
    noise = rng.gumbel(size=values.shape) / beta
    with np.errstate(divide="ignore"):
        noisy: npt.NDArray[np.float64] = np.log(np.maximum(values, 0.0)) + noise
    return noisy


def scheduled_beta(round_number: int, rounds: int, *, first: float = FIRST_BETA, last: float = LAST_BETA) -> float:
    """Return the beta of a round: from `first` (variety) to `last` (the highest scores) by equal factors.

    Parameters
    ----------
    round_number : int
        Counted from 0; later rounds than planned keep `last`.
    rounds : int
        How many are planned. With a single one it is `first`.
    first, last : float
        Positive.

    Raises
    ------
    RequestError
        A number is out of its range.

    Notes
    -----
    Lüth, Traub et al., TMLR 01/2026 (arXiv:2601.13677): 1 to 100.

    Examples
    --------
    >>> [round(scheduled_beta(number, 5), 2) for number in range(6)]
    [1.0, 3.16, 10.0, 31.62, 100.0, 100.0]
    """
    if round_number < 0 or rounds < 1 or not min(first, last) > 0:
        raise RequestError("Rounds count from 0, at least one is planned, and betas are positive.")
    share = min(round_number / (rounds - 1), 1.0) if rounds > 1 else 0.0
    return float(first * (last / first) ** share)
