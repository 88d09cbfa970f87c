"""Which found lesion is which true one, and what that makes of precision, recall and panoptic quality.

Maps may be of NumPy or CuPy; what is left of them, a small table of lesions, is matched on the host.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace, ndimage, spatial, to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import as_choice
from ai.metrics.overlap import as_mask, check_spacing
from ai.metrics.table import as_labels


class MatchRule(StrEnum):
    """When a found lesion is a true one."""

    OVERLAP = "overlap"
    """Intersection over union at least `min_iou`; one to one, so that the sum of them is greatest."""
    CENTRE = "centre"
    """The found one's centre of gravity lies in the true one, or within `tolerance_mm` of it."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What became of the lesions of one case.

    Attributes
    ----------
    pairs : tuple of (int, int, float)
        Value of the true lesion, value of the found one, intersection over union.
    missed : tuple of int
        True lesions that nothing found.
    extra : tuple of int
        Found lesions that are none (false positives).
    repeated : tuple of int
        Found lesions whose centre hits a true one that another has found with more overlap: neither hits nor false
        positives. Always empty for OVERLAP.
    """

    pairs: tuple[tuple[int, int, float], ...]
    missed: tuple[int, ...]
    extra: tuple[int, ...]
    repeated: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DetectionScores:
    """Figures of one or several cases.

    Attributes
    ----------
    hits, missed, extra : int
    precision, recall, f1 : float
        hits / (hits + extra), hits / (hits + missed), their harmonic mean; NaN where there is nothing to divide by:
        nothing found, nothing to find, neither.
    panoptic_quality : float
        Sum of intersection over union of hits / (hits + (missed + extra) / 2) (Kirillov et al., CVPR 2019); NaN when
        there was nothing to find and nothing found.
    """

    hits: int
    missed: int
    extra: int
    precision: float
    recall: float
    f1: float
    panoptic_quality: float


def lesions_of(mask: Any) -> Any:
    """Return the connected parts of a mask (K, J, I) as values 1, 2, …; voxels that share a corner are connected.

    Examples
    --------
    >>> lesions_of([[[1, 1, 0, 0, 1]]]).tolist()
    [[[1, 1, 0, 0, 2]]]
    """
    found = as_mask(mask)
    filters = ndimage(found)
    return filters.label(found, structure=namespace(found).ones((3,) * found.ndim))[0]


def match_lesions(
    truth: Any,
    found: Any,
    *,
    spacing_mm: tuple[float, float, float],
    rule: MatchRule = MatchRule.OVERLAP,
    min_iou: float = 0.5,
    tolerance_mm: float = 0.0,
) -> Matching:
    """Match found lesions to true ones.

    Parameters
    ----------
    truth, found : array of integers, shape (K, J, I)
        Each lesion with its own value, 0 is background (`lesions_of` makes such maps from masks).
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.
    rule : MatchRule
    min_iou : float
        For OVERLAP; above 0. Above 0.5 a match is unique whatever the order (Kirillov 2019).
    tolerance_mm : float
        For CENTRE.

    Raises
    ------
    RequestError
        Shapes differ or are not three-dimensional, or a parameter is out of its range.

    Examples
    --------
    >>> import numpy as np
    >>> truth, found = np.zeros((2, 1, 4, 8), dtype=int)
    >>> truth[0, :, :2], truth[0, :, 6:], found[0, 1:, :2] = 1, 2, 5
    >>> match_lesions(truth, found, spacing_mm=(1.0, 1.0, 1.0))
    Matching(pairs=((1, 5, 0.75),), missed=(2,), extra=(), repeated=())
    """
    first, second = as_labels(truth, found)
    check_spacing(spacing_mm)
    if first.shape != second.shape or first.ndim != 3:
        raise RequestError("Lesions are matched between maps of one shape with three axes.")
    if not 0 < min_iou <= 1 or not 0 <= tolerance_mm < np.inf:
        raise RequestError("The least overlap lies in (0, 1], the tolerance is not negative.")
    sizes, others = _sizes(first), _sizes(second)
    iou = _overlaps(first, second, sizes, others)
    if as_choice(MatchRule, rule) == MatchRule.OVERLAP:
        pairs, repeated = _by_overlap(iou, min_iou), list[int]()
    else:
        pairs, repeated = _by_centre(_centres_in(first, second, spacing_mm, tolerance_mm), iou, sizes, others)
    names, other_names = list(sizes), list(others)
    hit, used = {a for a, _ in pairs}, {b for _, b in pairs} | set(repeated)
    return Matching(
        pairs=tuple((names[a], other_names[b], float(iou[a, b])) for a, b in pairs),
        missed=tuple(name for place, name in enumerate(names) if place not in hit),
        extra=tuple(name for place, name in enumerate(other_names) if place not in used),
        repeated=tuple(other_names[place] for place in repeated),
    )


def score_matches(matchings: list[Matching]) -> DetectionScores:
    """Return the figures of all cases together: lesions are counted over cases before dividing.

    Without any case all shares are NaN. Sources: see `DetectionScores`.

    Examples
    --------
    >>> found = score_matches([Matching(((1, 1, 0.8),), (2,), (), ()), Matching((), (), (4,), ())])
    >>> found.precision, found.recall, found.f1, found.panoptic_quality
    (0.5, 0.5, 0.5, 0.4)
    """
    hits = sum(len(one.pairs) for one in matchings)
    missed = sum(len(one.missed) for one in matchings)
    extra = sum(len(one.extra) for one in matchings)
    overlap = sum(iou for one in matchings for _, _, iou in one.pairs)

    def share(above: float, below: float) -> float:
        return above / below if below else float("nan")

    return DetectionScores(
        hits=hits,
        missed=missed,
        extra=extra,
        precision=share(hits, hits + extra),
        recall=share(hits, hits + missed),
        f1=share(2 * hits, 2 * hits + missed + extra),
        panoptic_quality=share(overlap, hits + (missed + extra) / 2),
    )


def _sizes(labels: Any) -> dict[int, int]:
    values, counts = namespace(labels).unique(labels[labels != 0], return_counts=True)
    return {int(value): int(count) for value, count in zip(to_numpy(values), to_numpy(counts), strict=True)}


def _overlaps(a: Any, b: Any, sizes: dict[int, int], others: dict[int, int]) -> npt.NDArray[np.float64]:
    """Return intersection over union of each pair of lesions."""
    table = np.zeros((len(sizes), len(others)))
    both = (a != 0) & (b != 0)
    if sizes and others and bool(both.any()):
        step = max(others) + 1
        codes = a[both].astype(np.int64) * step + b[both].astype(np.int64)
        values, counts = namespace(codes).unique(codes, return_counts=True)
        rows, columns = ({name: place for place, name in enumerate(names)} for names in (sizes, others))
        for value, count in zip(to_numpy(values).tolist(), to_numpy(counts).tolist(), strict=True):
            one, other = divmod(value, step)
            table[rows[one], columns[other]] = count / (sizes[one] + others[other] - count)
    return table


def _by_overlap(iou: npt.NDArray[np.float64], min_iou: float) -> list[tuple[int, int]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(np.where(iou >= min_iou, iou, 0.0), maximize=True)
    return [(int(a), int(b)) for a, b in zip(rows, columns, strict=True) if iou[a, b] >= min_iou]


def _centres_in(truth: Any, found: Any, spacing_mm: tuple[float, float, float], tolerance_mm: float) -> dict[int, int]:
    """Return, by value, the true lesion that each found one's centre hits."""
    xp, step = namespace(truth), np.asarray(spacing_mm)
    inside = xp.argwhere(truth != 0)
    if not inside.shape[0]:
        return {}
    names = to_numpy(truth[truth != 0])
    tree = spatial(truth).KDTree(inside * xp.asarray(step))
    hits = {}
    for value in _sizes(found):
        centre = to_numpy(xp.argwhere(found == value)).mean(axis=0)
        at = int(truth[tuple(int(place) for place in np.rint(centre))])
        if not at and tolerance_mm:
            distance, nearest = (to_numpy(one) for one in tree.query(xp.asarray(centre * step).reshape(1, 3)))
            at = int(names[int(nearest[0])]) if float(distance[0]) <= tolerance_mm else 0
        if at:
            hits[value] = at
    return hits


def _by_centre(
    hits: dict[int, int], iou: npt.NDArray[np.float64], sizes: dict[int, int], others: dict[int, int]
) -> tuple[list[tuple[int, int]], list[int]]:
    rows, columns = ({name: place for place, name in enumerate(names)} for names in (sizes, others))
    chosen: dict[int, list[int]] = {}
    for value, at in hits.items():
        chosen.setdefault(rows[at], []).append(columns[value])
    ordered = {row: sorted(places, key=lambda place: -iou[row, place]) for row, places in chosen.items()}
    pairs = sorted((row, places[0]) for row, places in ordered.items())
    return pairs, sorted(place for places in ordered.values() for place in places[1:])
