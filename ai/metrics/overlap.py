"""Overlap and volume of binary masks, on NumPy or CuPy.

Empty sets: overlap of two empty masks is not defined and given as NaN (neither agreement nor disagreement was seen);
of one empty and one non-empty mask it is 0. Overlap is a ratio of counts, so that spacing plays no part in it.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace
from ai.errors import RequestError

Mask = npt.NDArray[np.bool_]


def check_spacing(spacing_mm: Sequence[float]) -> None:
    """Raise RequestError unless these are three finite lengths above 0: distances of voxel centres along k, j and i."""
    if len(spacing_mm) != 3 or not all(math.isfinite(step) and step > 0 for step in spacing_mm):
        raise RequestError(f"Spacing is three finite lengths above 0 in millimetres, not {tuple(spacing_mm)}.")


def as_mask(mask: Any) -> Any:
    """Return a boolean array of the same library: everything that is not zero belongs to the mask.

    Raises
    ------
    RequestError
        It has no axis, holds what is no number, or NaN, which is neither inside nor outside.
    """
    array = mask if hasattr(mask, "dtype") else np.asarray(mask)
    if array.dtype == np.bool_:
        return _with_axes(array)
    kind = getattr(array.dtype, "kind", "f")
    if kind not in "uif" or (kind == "f" and bool(namespace(array).isnan(array).any())):
        raise RequestError(f"A mask holds numbers or truth values and no NaN; this is of {array.dtype}.")
    return _with_axes(array != 0)


def _with_axes(array: Any) -> Any:
    if not array.ndim:
        raise RequestError("A mask has at least one axis.")
    return array


def as_masks(a: Any, b: Any) -> tuple[Any, Any]:
    """Return both as boolean arrays of one shape and one library.

    Raises
    ------
    RequestError
        The shapes differ, or one is no mask (`as_mask`).
    ArrayMixError
        They are of two libraries.
    """
    first, second = as_mask(a), as_mask(b)
    namespace(first, second)
    if first.shape != second.shape:
        raise RequestError(f"Masks of shapes {first.shape} and {second.shape} cannot be compared.")
    return first, second


def counts(a: Any, b: Any) -> tuple[int, int, int]:
    """Return the number of voxels of `a`, of `b`, and of both; such counts may be added up over parts of a whole."""
    first, second = as_masks(a, b)
    count = namespace(first).count_nonzero
    return int(count(first)), int(count(second)), int(count(first & second))


def dice_of_counts(count_a: int, count_b: int, count_both: int) -> float:
    """Return 2 |A ∩ B| / (|A| + |B|) (Dice 1945); NaN when both are empty.

    Examples
    --------
    >>> dice_of_counts(4, 6, 3)
    0.6
    """
    return 2.0 * count_both / (count_a + count_b) if count_a + count_b else float("nan")


def jaccard_of_counts(count_a: int, count_b: int, count_both: int) -> float:
    """Return |A ∩ B| / |A ∪ B| (Jaccard 1901); NaN when both are empty.

    Examples
    --------
    >>> jaccard_of_counts(4, 4, 2) == 1 / 3
    True
    """
    union = count_a + count_b - count_both
    return count_both / union if union else float("nan")


def dice(a: Any, b: Any) -> float:
    """Return the Dice coefficient of two masks of one shape, 0 to 1; NaN when both are empty, 0 when one is.

    Parameters
    ----------
    a, b : array of bool or numbers, any shape
        What is not zero belongs to the mask.

    Raises
    ------
    RequestError
        As `as_masks`.

    Notes
    -----
    Dice, Ecology 26(3), 1945.

    Examples
    --------
    >>> dice([1, 1, 1, 0], [0, 1, 1, 0]), dice([0, 0], [0, 0]), dice([1, 0], [0, 0])
    (0.8, nan, 0.0)
    """
    return dice_of_counts(*counts(a, b))


def jaccard(a: Any, b: Any) -> float:
    """Return |A ∩ B| / |A ∪ B| of two masks of one shape, 0 to 1; NaN when both are empty, 0 when one is.

    Parameters and errors as `dice`. Source: Jaccard, Bull Soc Vaud Sci Nat 37, 1901.

    Examples
    --------
    >>> jaccard([1, 1, 0, 0], [0, 1, 1, 1])
    0.25
    """
    return jaccard_of_counts(*counts(a, b))


def volume_ml(mask: Any, *, spacing_mm: tuple[float, float, float]) -> float:
    """Return the volume of a mask (K, J, I) in millilitres, for axes at right angles; 0 when empty.

    Parameters
    ----------
    mask : array
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.

    Raises
    ------
    RequestError
        It is no mask, or the spacing is none.

    Examples
    --------
    >>> volume_ml([[[1, 1, 0], [1, 1, 0]]], spacing_mm=(5.0, 10.0, 10.0))
    2.0
    """
    found = as_mask(mask)
    check_spacing(spacing_mm)
    return int(namespace(found).count_nonzero(found)) * float(np.prod(spacing_mm)) / 1000.0


def volume_difference_ml(a: Any, b: Any, *, spacing_mm: tuple[float, float, float]) -> float:
    """Return volume of `b` minus volume of `a` in millilitres (signed); errors as `as_masks` and `volume_ml`.

    Examples
    --------
    >>> volume_difference_ml([[[1, 1, 1]]], [[[0, 0, 1]]], spacing_mm=(10.0, 10.0, 10.0))
    -2.0
    """
    first, second = as_masks(a, b)
    return volume_ml(second, spacing_mm=spacing_mm) - volume_ml(first, spacing_mm=spacing_mm)
