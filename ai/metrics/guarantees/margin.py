"""A margin around a mask that holds the truth of a new case with a stated chance.

Mossina and Friedrich, Conformal prediction for image segmentation using morphological prediction sets, MICCAI 2025.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import ndimage, to_numpy
from ai.errors import RequestError
from ai.metrics.guarantees.intervals import conformal_quantile
from ai.metrics.overlap import as_mask, as_masks, check_spacing


@dataclass(frozen=True, slots=True)
class ConformalMargin:
    """A calibrated margin.

    Attributes
    ----------
    margin_mm : float
        Infinite when there were too few cases, or too many where nothing was predicted.
    alpha : float
    share : float
        Of the truth that the mask with its margin holds.
    cases : int
    """

    margin_mm: float
    alpha: float
    share: float
    cases: int


def needed_margin_mm(
    predicted: Any, truth: Any, *, spacing_mm: tuple[float, float, float], share: float = 1.0
) -> float:
    """Return how far a mask must grow to hold a share of the truth.

    Parameters
    ----------
    predicted, truth : array, shape (K, J, I)
        What is not zero belongs to the mask.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.
    share : float
        Above 0, at most 1.

    Returns
    -------
    float
        In millimetres between voxel centres; 0 for an empty truth, infinity when the truth is not empty and nothing was
        predicted.

    Raises
    ------
    RequestError
        Shapes differ, the spacing is not positive, or the share is out of its range.

    Examples
    --------
    >>> predicted, truth = [[[0, 1, 0, 0, 0]]], [[[0, 1, 1, 1, 0]]]
    >>> needed_margin_mm(predicted, truth, spacing_mm=(1.0, 1.0, 0.5))
    1.0
    """
    mask, true = as_masks(predicted, truth)
    check_spacing(spacing_mm)
    _check_share(share)
    if not bool(true.any()):
        return 0.0
    if not bool(mask.any()):
        return math.inf
    far = np.sort(to_numpy(ndimage(mask).distance_transform_edt(~mask, sampling=spacing_mm)[true]))
    return float(far[math.ceil(share * len(far) - 1e-9) - 1])


def _check_share(share: float) -> None:
    if not 0 < share <= 1:
        raise RequestError("A share lies above 0 and at most at 1.")


def calibrate_margin(margins_mm: Sequence[float], *, alpha: float = 0.1, share: float = 1.0) -> ConformalMargin:
    """Return the margin with which the mask of a new case holds that share of its truth, with chance 1 - alpha.

    Parameters
    ----------
    margins_mm : sequence of float
        `needed_margin_mm` of each calibration case, all with this `share`.
    alpha : float
    share : float

    Raises
    ------
    RequestError
        As `conformal_quantile`; or the share is not above 0 and at most 1.

    Examples
    --------
    >>> calibrate_margin([0.5, 2.0, 1.0, 1.5], alpha=0.25).margin_mm
    2.0
    """
    _check_share(share)
    values = np.asarray(margins_mm, dtype=np.float64)
    return ConformalMargin(conformal_quantile(values, alpha=alpha), alpha, share, values.size)


def with_margin(mask: Any, *, margin_mm: float, spacing_mm: tuple[float, float, float]) -> Any:
    """Return a mask grown by a margin: all voxels whose centre lies that near to one of the mask.

    An empty mask stays empty; an infinite margin around any other gives the whole array. A spacing that is none, and a
    margin that is negative or missing, raise RequestError.

    Examples
    --------
    >>> with_margin([[[0, 0, 1, 0, 0]]], margin_mm=0.6, spacing_mm=(1.0, 1.0, 0.5)).astype(int).tolist()
    [[[0, 1, 1, 1, 0]]]
    """
    inside = as_mask(mask)
    check_spacing(spacing_mm)
    if not margin_mm >= 0:
        raise RequestError("A margin is not negative.")
    if not bool(inside.any()):
        return inside
    return ndimage(inside).distance_transform_edt(~inside, sampling=spacing_mm) <= margin_mm * (1 + 1e-9)
