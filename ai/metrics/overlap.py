"""Overlap and volume of binary masks.

Empty sets: overlap of two empty masks is not defined and given as NaN (neither agreement nor disagreement was seen);
of one empty and one non-empty mask it is 0.
"""

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

Mask = npt.NDArray[np.bool_]


def as_mask(mask: npt.ArrayLike) -> Mask:
    """Return a boolean array: everything that is not zero belongs to the mask."""
    array = np.asarray(mask)
    return array if array.dtype == np.bool_ else array != 0


def as_masks(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[Mask, Mask]:
    """Return both as boolean arrays of one shape.

    Raises
    ------
    RequestError
        The shapes differ.
    """
    first, second = as_mask(a), as_mask(b)
    if first.shape != second.shape:
        raise RequestError(f"Masks of shapes {first.shape} and {second.shape} cannot be compared.")
    return first, second


def counts(a: npt.ArrayLike, b: npt.ArrayLike) -> tuple[int, int, int]:
    """Return the number of voxels of `a`, of `b`, and of both; such counts may be added up over parts of a whole."""
    first, second = as_masks(a, b)
    return int(np.count_nonzero(first)), int(np.count_nonzero(second)), int(np.count_nonzero(first & second))


def dice_of_counts(count_a: int, count_b: int, count_both: int) -> float:
    """Return 2 |A ∩ B| / (|A| + |B|) (Dice 1945); NaN when both are empty."""
    return 2.0 * count_both / (count_a + count_b) if count_a + count_b else float("nan")


def dice(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return the Dice coefficient of two masks of one shape, 0 to 1; NaN when both are empty."""
    return dice_of_counts(*counts(a, b))


def jaccard(a: npt.ArrayLike, b: npt.ArrayLike) -> float:
    """Return |A ∩ B| / |A ∪ B| of two masks of one shape, 0 to 1; NaN when both are empty."""
    count_a, count_b, both = counts(a, b)
    union = count_a + count_b - both
    return both / union if union else float("nan")


def volume_ml(mask: npt.ArrayLike, *, spacing_mm: tuple[float, float, float]) -> float:
    """Return the volume of a mask (K, J, I) in millilitres, for axes at right angles; 0 when empty.

    Parameters
    ----------
    mask : array_like
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.
    """
    return int(np.count_nonzero(as_mask(mask))) * float(np.prod(spacing_mm)) / 1000.0


def volume_difference_ml(a: npt.ArrayLike, b: npt.ArrayLike, *, spacing_mm: tuple[float, float, float]) -> float:
    """Return volume of `b` minus volume of `a` in millilitres (signed)."""
    first, second = as_masks(a, b)
    return volume_ml(second, spacing_mm=spacing_mm) - volume_ml(first, spacing_mm=spacing_mm)
