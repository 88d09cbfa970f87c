"""Choosing what is read next, by one strategy or by several that share a budget."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.errors import RequestError
from ai.metrics.estimate import as_choice
from ai.selection.picking import Picking
from ai.selection.regions import Region
from ai.selection.scoring import Candidates
from ai.selection.strategies import DEFAULT, NEEDS, TAKERS, Query, Strategy


@dataclass(frozen=True, slots=True)
class Selection:
    """What is read next.

    Attributes
    ----------
    places : tuple of int
        Among the candidates, in the order in which they were chosen.
    regions : tuple of Region
        The same.
    reasons : tuple of str
        Why each was chosen: "random", "entropy", "class 2" …
    asked : int
        The budget. There are fewer regions when candidates, freedom from overlap or the cap per case did not allow
        more; none for an empty pool.
    """

    places: tuple[int, ...]
    regions: tuple[Region, ...]
    reasons: tuple[str, ...]
    asked: int


def choose(
    candidates: Candidates,
    budget: int,
    *,
    strategy: Strategy | Mapping[Strategy, float] = DEFAULT,
    seed: int,
    round_number: int = 0,
    rounds: int = 1,
    labelled: Iterable[Region] = (),
    cap_per_case: int | None = None,
    known: Any = None,
) -> Selection:
    """Return which candidates are read next. The same arguments give the same answer.

    Parameters
    ----------
    candidates : Candidates
        With the columns that the strategy needs (`ai.selection.strategies.NEEDS`).
    budget : int
        How many regions, at least 1.
    strategy : Strategy, or mapping of Strategy to float
        Several share the budget in proportion, each taking what those before it left: a control arm, for example.
    seed : int
        Of all that is drawn, 0 or more; each round draws anew from it.
    round_number, rounds : int
        Which round this is, counted from 0, of how many: what `Strategy.CLASP` makes its noise fade by.
    labelled : iterable of Region
        What is labelled already; nothing that overlaps it is chosen, nor do those chosen overlap each other.
    cap_per_case : int, optional
        How many regions of one case at most; no cap by default.
    known : array of float, shape (L, D), optional
        Embeddings of what is labelled, for the strategies that need embeddings.

    Returns
    -------
    Selection
        Shorter than the budget only where no free candidate is left: what a strategy's own rule does not fill (no
        region shows a foreground class, the short list is used up) is filled at random, and says so.

    Raises
    ------
    RequestError
        A number is out of its range, there is no such strategy, or one needs a column that is not there.

    Notes
    -----
    Sources stand with `Strategy` and in docs/selecting.md. Order matters where scores are equal or chances are drawn:
    give the candidates in the same order to get the same answer.

    Examples
    --------
    >>> pool = Candidates(tuple(Region("a", (start,), (2,)) for start in (0, 1, 4)), entropy=np.array([0.1, 0.9, 0.8]))
    >>> choose(pool, 2, strategy=Strategy.ENTROPY, seed=1).places
    (1, 2)
    >>> choose(pool, 2, strategy=Strategy.ENTROPY, seed=1, labelled=[Region("a", (2,), (1,))]).places
    (2, 0)
    """
    if budget < 1 or not float(budget).is_integer() or round_number < 0 or rounds < 1 or seed < 0:
        raise RequestError("A budget is at least 1, rounds are counted from 0, seeds are not negative.")
    named = {strategy: 1.0} if isinstance(strategy, str) else strategy
    parts = {as_choice(Strategy, one): share for one, share in named.items()}
    if not parts or not all(0 < share < np.inf for share in parts.values()):
        raise RequestError("Strategies that share a budget have positive shares.")
    picking = Picking(
        candidates.regions,
        labelled=labelled,
        cap_per_case=cap_per_case,
        rng=np.random.default_rng([seed, round_number]),
    )
    query = Query(candidates, picking, round_number, rounds, known)
    for one, count in _shared_out(parts, budget).items():
        if len(candidates):
            for name in NEEDS[one]:
                candidates.column(name)
            TAKERS[one](query, count)
    picking.take_at_random(budget - len(picking.places), "random, for want of others")
    return Selection(
        places=tuple(picking.places),
        regions=tuple(candidates.regions[place] for place in picking.places),
        reasons=tuple(picking.reasons),
        asked=budget,
    )


def _shared_out(parts: Mapping[Strategy, float], budget: int) -> dict[Strategy, int]:
    """Return whole numbers in proportion that sum to the budget (largest remainder, the first of equal ones)."""
    exact = {one: budget * share / sum(parts.values()) for one, share in parts.items()}
    counts = {one: int(value) for one, value in exact.items()}
    for one in sorted(exact, key=lambda one: counts[one] - exact[one])[: budget - sum(counts.values())]:
        counts[one] += 1
    return counts
