"""Taking candidates one after another: never twice the same voxel, never too many of one case, always the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError
from ai.selection.regions import Region

Table = npt.NDArray[np.float64]


class Picking:
    """What has been picked so far, and what may still be.

    Parameters
    ----------
    regions : sequence of Region
        The candidates.
    labelled : iterable of Region
        What is labelled already; candidates that overlap it are never picked.
    cap_per_case : int or None
        How many may be picked of one case; what is labelled already does not count.
    rng : numpy Generator
        Decides between equal scores, and draws where a strategy draws.

    Raises
    ------
    RequestError
        The cap is not positive.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        *,
        labelled: Iterable[Region],
        cap_per_case: int | None,
        rng: np.random.Generator,
    ) -> None:
        if cap_per_case is not None and cap_per_case < 1:
            raise RequestError("A cap per case is at least 1.")
        self.rng = rng
        self.places: list[int] = []
        self.reasons: list[str] = []
        self._regions = regions
        self._cap = cap_per_case
        self._of_case: Counter[str] = Counter()
        self._taken: defaultdict[str, list[Region]] = defaultdict(list)
        for region in labelled:
            self._taken[region.case].append(region)
        self._free = np.array(
            [not any(region.overlaps(other) for other in self._taken[region.case]) for region in regions], dtype=bool
        )
        self._places_of: defaultdict[str, list[int]] = defaultdict(list)
        for place, region in enumerate(regions):
            self._places_of[region.case].append(place)

    def free(self) -> npt.NDArray[np.intp]:
        """Return the places of candidates that may still be picked, ascending."""
        return np.flatnonzero(self._free)

    def is_free(self, place: int) -> bool:
        """Say whether a candidate may still be picked."""
        return bool(self._free[place])

    def pick(self, place: int, reason: str) -> None:
        """Pick a free candidate: itself, what overlaps it and, at the cap, the rest of its case are free no more."""
        region = self._regions[place]
        self.places.append(int(place))
        self.reasons.append(reason)
        self._of_case[region.case] += 1
        full = self._of_case[region.case] == self._cap
        for other in self._places_of[region.case]:
            if full or region.overlaps(self._regions[other]):
                self._free[other] = False

    def take_in_order(self, order: Iterable[int], count: int, reason: str) -> int:
        """Pick the first that are free, up to `count`, and return how many there were."""
        before = len(self.places)
        for place in order:
            if len(self.places) - before >= count:
                break
            if self._free[place]:
                self.pick(int(place), reason)
        return len(self.places) - before

    def take_highest(self, scores: Table, count: int, reason: str) -> int:
        """Pick by descending score, equal scores in an order that the seed draws; return how many there were."""
        draw = self.rng.permutation(len(scores))
        return self.take_in_order(draw[np.argsort(-scores[draw], kind="stable")], count, reason)

    def take_at_random(self, count: int, reason: str, among: npt.NDArray[np.bool_] | None = None) -> int:
        """Pick with equal chances, among some if told; return how many there were."""
        order = self.rng.permutation(len(self._regions))
        return self.take_in_order(order if among is None else order[among[order]], count, reason)
