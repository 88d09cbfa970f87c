"""Every figure of overlap and boundary for each label of a pair of label maps, in one call."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.overlap import check_spacing, dice_of_counts, jaccard_of_counts
from ai.metrics.surface import bounding_box, surface_dice, surface_distances

Box = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class LabelComparison:
    """How far two masks of one label agree.

    Attributes
    ----------
    label : int
    voxels_a, voxels_b, voxels_both : int
    dice, jaccard : float
        0 to 1; NaN when both masks are empty, 0 when one is.
    volume_a_ml, volume_b_ml, volume_difference_ml : float
        In millilitres; the difference is b minus a.
    hausdorff_mm, hd95_mm, assd_mm : float
        In millimetres; NaN when either mask is empty.
    surface_dice : mapping of float to float
        By tolerance in millimetres; NaN when both masks are empty, 0 when one is.
    """

    label: int
    voxels_a: int
    voxels_b: int
    voxels_both: int
    dice: float
    jaccard: float
    volume_a_ml: float
    volume_b_ml: float
    volume_difference_ml: float
    hausdorff_mm: float
    hd95_mm: float
    assd_mm: float
    surface_dice: Mapping[float, float]


def compare_labels(
    a: Any,
    b: Any,
    *,
    spacing_mm: tuple[float, float, float],
    labels: Iterable[int] | None = None,
    tolerances_mm: Sequence[float] = (1.0,),
    workers: int = 1,
) -> tuple[LabelComparison, ...]:
    """Compare two label maps, label by label.

    Parameters
    ----------
    a, b : array of an integer type or bool, shape (K, J, I)
        Label values; 0 is background. A binary pair is a map with the one label 1.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i; the axes are taken to stand at right angles.
    labels : iterable of int, optional
        Which labels, in which order; by default all that either map holds, ascending. One that neither holds gets a
        row too (see `LabelComparison` for its answers).
    tolerances_mm : sequence of float
        For surface Dice.
    workers : int
        Threads; labels are shared out among them.

    Raises
    ------
    RequestError
        The shapes differ or are not three-dimensional, values are no labels (also 0 among those asked for, which is
        background), or spacing or tolerance are no lengths.

    Notes
    -----
    Each label is cut out of both maps by the box around both its masks, so that time and memory follow the size of the
    labels. Memory beside the maps: about 12 bytes per voxel of the largest box and 100 bytes per surface voxel, for
    each worker. Sources: `overlap`, `surface` and `elements`.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.zeros((2, 4, 6, 6), dtype=np.uint8)
    >>> a[1:3, 1:5, 1:4], b[1:3, 1:5, 2:5] = 7, 7
    >>> row, = compare_labels(a, b, spacing_mm=(1.0, 1.0, 2.0), tolerances_mm=(2.0,))
    >>> row.label, round(row.dice, 4), row.volume_a_ml, row.hausdorff_mm, row.surface_dice
    (7, 0.6667, 0.048, 2.0, {2.0: 1.0})
    """
    first, second = as_labels(a, b)
    if first.shape != second.shape or first.ndim != 3:
        raise RequestError(f"Label maps of shapes {first.shape} and {second.shape} cannot be compared.")
    check_spacing(spacing_mm)
    boxes = _boxes(first, second)
    wanted = sorted(boxes) if labels is None else [int(label) for label in labels]
    if min(wanted, default=1) < 1:
        raise RequestError("Labels are 1 or more; 0 is background.")
    nothing: Box = (slice(0, 0),) * 3

    def compare(label: int) -> LabelComparison:
        box = boxes.get(label, nothing)
        return _compare(label, first[box] == label, second[box] == label, spacing_mm, tolerances_mm)

    if workers <= 1:
        return tuple(compare(label) for label in wanted)
    # The largest first, so that no thread is left alone with it.
    order = sorted(wanted, key=lambda label: -_size(boxes.get(label, nothing)))
    with ThreadPoolExecutor(workers) as pool:
        rows = dict(zip(order, pool.map(compare, order), strict=True))
    return tuple(rows[label] for label in wanted)


def _compare(
    label: int, a: Any, b: Any, spacing_mm: tuple[float, float, float], tolerances_mm: Sequence[float]
) -> LabelComparison:
    count = namespace(a, b).count_nonzero
    found = int(count(a)), int(count(b)), int(count(a & b))
    distances = surface_distances(a, b, spacing_mm=spacing_mm)
    within = surface_dice(a, b, spacing_mm=spacing_mm, tolerances_mm=tolerances_mm)
    voxel_ml = float(np.prod(spacing_mm)) / 1000.0
    return LabelComparison(
        label,
        *found,
        dice=dice_of_counts(*found),
        jaccard=jaccard_of_counts(*found),
        volume_a_ml=found[0] * voxel_ml,
        volume_b_ml=found[1] * voxel_ml,
        volume_difference_ml=(found[1] - found[0]) * voxel_ml,
        hausdorff_mm=distances.hausdorff_mm,
        hd95_mm=distances.hd95_mm,
        assd_mm=distances.assd_mm,
        surface_dice=dict(zip(tolerances_mm, within, strict=True)),
    )


def as_labels(a: Any, b: Any) -> tuple[Any, Any]:
    """Return the label values of two arrays of one library as whole numbers.

    Raises
    ------
    RequestError
        Values are no whole numbers, or negative.
    ArrayMixError
        They are of two libraries.
    """
    first, second = (values if hasattr(values, "dtype") else np.asarray(values) for values in (a, b))
    namespace(first, second)
    return _as_labels(first), _as_labels(second)


def _as_labels(array: Any) -> Any:
    if array.dtype == np.bool_:
        return array.astype(np.uint8)
    if array.dtype.kind not in "ui":
        raise RequestError(f"Label values must be whole numbers, not {array.dtype}.")
    if array.dtype.kind == "i" and array.size and int(array.min()) < 0:
        raise RequestError("Label values must not be negative.")
    return array


def _boxes(a: Any, b: Any) -> dict[int, Box]:
    """Return the box around both masks of each label that either map holds."""
    found: dict[int, Box] = {}
    for labels in (a, b):
        for label, box in _boxes_of(labels):
            other = found.get(label, box)
            found[label] = tuple(
                slice(min(one.start, two.start), max(one.stop, two.stop)) for one, two in zip(box, other, strict=True)
            )
    return found


def _boxes_of(labels: Any) -> Iterable[tuple[int, Box]]:
    xp = namespace(labels)
    if not labels.size:
        return []
    if xp.__name__ == "numpy" and labels.dtype.itemsize <= 2:
        from scipy import ndimage

        return [(place, box) for place, box in enumerate(ndimage.find_objects(labels), start=1) if box is not None]
    values = [int(value) for value in xp.unique(labels) if value]
    return [(value, bounding_box(labels == value)) for value in values]


def _size(box: Box) -> int:
    return int(np.prod([side.stop - side.start for side in box]))
