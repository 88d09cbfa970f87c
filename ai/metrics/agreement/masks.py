"""How far several readers' masks agree over a set of cases: Dice of each pair, and one figure over pairs and labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.estimate import LEVEL, RESAMPLES, Estimate, as_choice, bootstrap, mean_of
from ai.metrics.overlap import dice_of_counts

Counts = npt.NDArray[np.int64]


class LabelWeights(StrEnum):
    """What a label counts in the generalised Dice, by its mean volume v over readers."""

    UNIFORM = "uniform"
    """1: large labels decide."""
    INVERSE = "inverse"
    """1 / v: labels count alike."""
    INVERSE_SQUARE = "inverse_square"
    """1 / v²: small labels decide."""


@dataclass(frozen=True, slots=True)
class PairwiseDice:
    """Dice of the pairs of readers; each the mean over cases where it is defined.

    Attributes
    ----------
    pairs : mapping of (int, int) to Estimate
        By the places of two readers.
    mean : Estimate
        Over all pairs.
    """

    pairs: Mapping[tuple[int, int], Estimate]
    mean: Estimate


def pairwise_dice(
    cases: Sequence[Any], *, label: int = 1, level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> PairwiseDice:
    """Return the Dice coefficient of each pair of readers, and its mean over the pairs.

    Parameters
    ----------
    cases : sequence of array, shape (R, …)
        Per case the label values (or bool) of each reader on one grid; the same readers in each case, the grids may
        differ.
    label : int
        Which label is compared.
    level, resamples, seed
        Of the confidence intervals, a case bootstrap: none (NaN) with one case.

    Returns
    -------
    PairwiseDice
        A case where neither of a pair marked anything takes no part in it; NaN when that holds for all.

    Raises
    ------
    RequestError
        No case, fewer than two readers, another number of readers in some case, or readers of one case on different
        grids.

    Notes
    -----
    Dice, Ecology 26(3), 1945; interval: see `ai.metrics.estimate.bootstrap`.

    Examples
    --------
    >>> import numpy as np
    >>> case = np.array([[0, 1, 1, 0], [0, 1, 0, 0], [0, 1, 1, 0]], dtype=np.uint8)
    >>> found = pairwise_dice([case])
    >>> found.pairs[0, 2].value, round(found.mean.value, 4)
    (1.0, 0.7778)
    """
    counts = _counts(cases, [label])[:, 0]
    pairs = list(combinations(range(counts.shape[1]), 2))
    table = np.array([[dice_of_counts(*(int(case[p]) for p in _places(a, b))) for a, b in pairs] for case in counts])

    def over_cases(chosen: npt.NDArray[np.intp], columns: slice) -> float:
        return mean_of([mean_of(column) for column in table[chosen, columns].T.tolist()])

    def estimate(columns: slice) -> Estimate:
        return bootstrap(
            lambda chosen: over_cases(chosen, columns), len(table), level=level, resamples=resamples, seed=seed
        )

    return PairwiseDice(
        pairs={pair: estimate(slice(place, place + 1)) for place, pair in enumerate(pairs)},
        mean=estimate(slice(None)),
    )


def generalised_dice(
    cases: Sequence[Any],
    *,
    labels: Sequence[int],
    weights: LabelWeights = LabelWeights.INVERSE,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Return one Dice coefficient over all pairs of readers and all labels, as the mean over cases.

    Parameters
    ----------
    cases : sequence of array, shape (R, …)
        As `pairwise_dice`.
    labels : sequence of int
        Which labels take part.
    weights : LabelWeights
        Labels that nobody marked in a case take no part in it.
    level, resamples, seed
        Of the confidence interval, a case bootstrap: none (NaN) with one case.

    Returns
    -------
    Estimate
        0 to 1; NaN when nobody marked anything in any case.

    Raises
    ------
    RequestError
        As `pairwise_dice`.

    Notes
    -----
    Crum, Camara and Hill, IEEE TMI 25(11), 2006: overlaps and sizes are summed over pairs and labels before dividing.

    Examples
    --------
    >>> import numpy as np
    >>> case = np.array([[1, 1, 1, 1, 2, 0], [1, 1, 1, 1, 0, 2]], dtype=np.uint8)
    >>> [round(generalised_dice([case], labels=(1, 2), weights=one).value, 4) for one in LabelWeights]
    [0.8, 0.5, 0.2]
    """
    counts, kind = _counts(cases, labels), as_choice(LabelWeights, weights)
    values = [_generalised(case, kind) for case in counts]
    return bootstrap(
        lambda chosen: mean_of([values[place] for place in chosen]),
        len(values),
        level=level,
        resamples=resamples,
        seed=seed,
    )


def _places(a: int, b: int) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    return (a, a), (b, b), (a, b)


def _generalised(counts: Counts, weights: LabelWeights) -> float:
    above = below = 0.0
    for label in counts:
        sizes = np.diagonal(label)
        volume = float(sizes.mean())
        if volume:
            power = {LabelWeights.UNIFORM: 0, LabelWeights.INVERSE: 1, LabelWeights.INVERSE_SQUARE: 2}[weights]
            above += float(label.sum() - sizes.sum()) / volume**power
            below += float(sizes.sum()) * (len(sizes) - 1) / volume**power
    return above / below if below else float("nan")


def _counts(cases: Sequence[Any], labels: Sequence[int]) -> Counts:
    """Return voxels that each pair of readers both gave a label: (cases, labels, R, R), sizes on the diagonal."""
    readers = {len(case) for case in cases}
    if len(readers) != 1 or min(readers) < 2:
        raise RequestError("Agreement of masks needs the same readers, two or more, in every case.")
    (count,) = readers
    found = np.zeros((len(cases), len(labels), count, count), dtype=np.int64)
    for place, case in enumerate(cases):
        if len({case[reader].shape for reader in range(count)}) > 1:
            raise RequestError("All readers' masks of a case lie on one grid.")
        for row, label in enumerate(labels):
            masks = [case[reader] == label for reader in range(count)]
            for a in range(count):
                for b in range(a, count):
                    shared = int(namespace(masks[a]).count_nonzero(masks[a] & masks[b]))
                    found[place, row, a, b] = found[place, row, b, a] = shared
    return found
