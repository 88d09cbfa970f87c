"""How far probabilities are from what happens: calibration errors, Brier score, negative log-likelihood."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace, ndimage, to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import Table
from ai.metrics.overlap import as_mask, check_spacing

BINS = 15
SMALLEST = 1e-7
"""Probabilities are kept this far from 0 and 1 in logarithms, so that one certain error does not make all infinite."""


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """A reliability diagram: per bin of equal width, what was said and what happened.

    Attributes
    ----------
    count : ndarray of float64, shape (B,)
    said, happened : ndarray of float64, shape (B,)
        Mean probability and share of events; NaN in empty bins.
    error : float
        Expected calibration error: mean of |said - happened| over all items.
    """

    count: Table
    said: Table
    happened: Table
    error: float


def _checked(probabilities: Any, outcomes: Any) -> tuple[Any, Any]:
    p = probabilities if hasattr(probabilities, "dtype") else np.asarray(probabilities, dtype=np.float64)
    y = outcomes if hasattr(outcomes, "dtype") else np.asarray(outcomes)
    xp = namespace(p, y)
    if p.shape != y.shape or not p.size or p.dtype.kind not in "buif":
        raise RequestError(f"Probabilities of shape {p.shape} do not fit outcomes of shape {y.shape}.")
    # NaN fails both comparisons.
    if not bool(((p >= 0) & (p <= 1)).all()):
        raise RequestError("Probabilities lie between 0 and 1.")
    return p.astype(xp.float64).ravel(), as_mask(y).ravel()


def reliability(probabilities: Any, outcomes: Any, *, bins: int = BINS) -> Reliability:
    """Return the reliability diagram and the expected calibration error of an event.

    Parameters
    ----------
    probabilities : array of float, any shape
        Of the event. For the "top label" error of a classifier: the highest probability of each item.
    outcomes : array of bool, the same shape
        Whether it happened (for the top label: whether that label was right).
    bins : int
        Of equal width over 0 to 1; the error depends on it and is never 0 for finite data.

    Raises
    ------
    RequestError
        Shapes differ, nothing given, a probability outside 0 to 1, or a missing outcome.

    Notes
    -----
    Naeini, Cooper and Hauskrecht, AAAI 2015; Guo et al., ICML 2017.

    Examples
    --------
    >>> found = reliability([0.1, 0.1, 0.9, 0.9], [False, False, True, False], bins=2)
    >>> round(found.error, 6), found.said.round(6).tolist(), found.happened.tolist()
    (0.25, [0.1, 0.9], [0.0, 0.5])
    """
    p, y = _checked(probabilities, outcomes)
    xp = namespace(p)
    if bins < 1:
        raise RequestError("A reliability diagram needs a bin.")
    place = xp.minimum((p * bins).astype(xp.int64), bins - 1)
    count, said, happened = (
        to_numpy(xp.bincount(place, weights=weights, minlength=bins)).astype(np.float64)
        for weights in (None, p, y.astype(xp.float64))
    )
    error = float(np.abs(said - happened).sum() / p.size)
    with np.errstate(invalid="ignore"):
        return Reliability(count, said / count, happened / count, error)


def expected_calibration_error(probabilities: Any, outcomes: Any, *, bins: int = BINS) -> float:
    """Return the expected calibration error of an event: parameters, errors and source as `reliability`.

    Examples
    --------
    >>> round(expected_calibration_error([0.1, 0.1, 0.9, 0.9], [False, False, True, False], bins=2), 6)
    0.25
    """
    return reliability(probabilities, outcomes, bins=bins).error


def classwise_calibration_error(probabilities: Any, labels: Any, *, bins: int = BINS) -> tuple[float, ...]:
    """Return the expected calibration error of each class by itself.

    Parameters
    ----------
    probabilities : array of float, shape (C, …)
    labels : array of integers, shape (…)
        True class of each item, 0 to C - 1.

    Returns
    -------
    tuple of float
        One per class; their mean is the classwise error of Nixon et al., CVPR Workshops 2019.

    Raises
    ------
    RequestError
        As `reliability`; or a label is none of the classes (leave out what nobody decided before).

    Examples
    --------
    >>> import numpy as np
    >>> p = np.array([[0.8, 0.8, 0.4], [0.2, 0.2, 0.6]])
    >>> [round(error, 4) for error in classwise_calibration_error(p, np.array([0, 0, 1]))]
    [0.2667, 0.2667]
    """
    if probabilities.shape[1:] != labels.shape or labels.dtype.kind not in "bui":
        raise RequestError("Classes need probabilities of shape (classes, …) and one whole label per item.")
    if labels.size and not 0 <= int(labels.min()) <= int(labels.max()) < len(probabilities):
        raise RequestError("A label is none of the classes.")
    return tuple(expected_calibration_error(p, labels == place, bins=bins) for place, p in enumerate(probabilities))


def boundary_calibration_error(
    probabilities: Any, truth: Any, *, spacing_mm: tuple[float, float, float], within_mm: float, bins: int = BINS
) -> float:
    """Return the expected calibration error of the voxels near a structure's boundary, where it matters.

    Parameters
    ----------
    probabilities : array of float, shape (K, J, I)
        Of the structure.
    truth : array of bool, shape (K, J, I)
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.
    within_mm : float
        A voxel takes part when one of the other kind (inside, outside) has its centre this near.

    Returns
    -------
    float
        NaN where the truth has no boundary within the array.

    Raises
    ------
    RequestError
        As `reliability`; or shapes differ, or the spacing or distance is not positive.

    Notes
    -----
    `reliability` of those voxels; distances are exact (Euclid, centre to centre).

    Examples
    --------
    >>> import numpy as np
    >>> truth = np.zeros((1, 1, 8), dtype=bool)
    >>> truth[..., 4:] = True
    >>> probabilities = np.array([[[0, 0, 0, 0.4, 0.6, 1, 1, 1]]])
    >>> round(boundary_calibration_error(probabilities, truth, spacing_mm=(1, 1, 1), within_mm=1), 6)
    0.4
    """
    check_spacing(spacing_mm)
    inside = as_mask(truth)
    namespace(probabilities, inside)
    if not within_mm > 0 or probabilities.shape != inside.shape:
        raise RequestError("The distance must be positive, and each voxel needs a probability and a truth.")
    if bool(inside.all()) or not bool(inside.any()):
        return float("nan")
    edt = ndimage(inside).distance_transform_edt
    near = edt(inside, sampling=spacing_mm) + edt(~inside, sampling=spacing_mm) <= within_mm * (1 + 1e-9)
    return (
        expected_calibration_error(probabilities[near], inside[near], bins=bins) if bool(near.any()) else float("nan")
    )


def brier_score(probabilities: Any, outcomes: Any) -> float:
    """Return the mean squared difference of probability and outcome, 0 to 1; parameters and errors as `reliability`.

    Source: Brier, Mon Weather Rev 78(1), 1950.

    Examples
    --------
    >>> brier_score([0.5, 1.0], [True, False])
    0.625
    """
    p, y = _checked(probabilities, outcomes)
    return float(((p - y) ** 2).mean())


def negative_log_likelihood(probabilities: Any, outcomes: Any) -> float:
    """Return the mean negative logarithm of the probability given to what happened, in nats.

    Probabilities are kept `SMALLEST` from 0 and 1; parameters and errors as `reliability`. Source: Good, J R Stat Soc B
    14(1), 1952 (the logarithmic score).

    Examples
    --------
    >>> round(negative_log_likelihood([0.5, 0.5], [True, False]), 6)
    0.693147
    """
    p, y = _checked(probabilities, outcomes)
    xp = namespace(p)
    given = xp.clip(xp.where(y, p, 1 - p), SMALLEST, 1 - SMALLEST)
    return float(-xp.log(given).mean())
