"""Playing rounds of active learning on cases whose labels are known."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError
from ai.metrics.estimate import mean_of
from ai.metrics.overlap import dice
from ai.selection.choosing import choose
from ai.selection.regions import patches
from ai.selection.scoring import Candidates, join, score_case, with_columns
from ai.selection.simulation.curves import Curve
from ai.selection.simulation.setup import IGNORE, LabelledPool, Labels, Model, Plan
from ai.selection.strategies import NEEDS, Strategy


def simulate(
    pool: LabelledPool,
    make_model: Callable[[int], Model],
    plan: Plan,
    strategies: Sequence[Strategy],
    *,
    on_progress: Callable[[float], None] | None = None,
) -> Mapping[Strategy, tuple[Curve, ...]]:
    """Return the learning curves of strategies, one per seed of the plan.

    Parameters
    ----------
    pool : LabelledPool
    make_model : callable
        Takes a seed, returns an untrained `Model`. Trained anew in each round; the seed is the same for all
        strategies in the same round, so that curves of a seed are pairs.
    plan : Plan
    strategies : sequence of Strategy
        Different ones.
    on_progress : callable, optional
        Called with the share done, 0 to 1, after each training. What it raises ends the run and reaches the caller:
        that is how to cancel.

    Raises
    ------
    RequestError
        No strategy or one twice, one needs an embedding and the pool gives none, or the pool has fewer free regions
        than the rounds ask for.

    Notes
    -----
    Trainings: seeds × (2 + strategies × rounds). Nothing is kept of a round but its row of figures per region.
    """
    if not strategies or len(set(strategies)) != len(strategies):
        raise RequestError("A simulation compares different strategies.")
    if pool.embedding is None and any("embedding" in NEEDS[one] for one in strategies):
        raise RequestError("A strategy needs an embedding of regions, and the pool gives none.")
    steps = len(plan.seeds) * (2 + len(strategies) * plan.rounds)
    done = 0

    def trained() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done / steps)

    table = _Table(pool, plan)
    found: dict[Strategy, list[Curve]] = {one: [] for one in strategies}
    for seed in plan.seeds:
        start = table.start(seed)
        first = make_model(seed)
        first.fit(pool.images, table.visible(start))
        trained()
        everything = make_model(seed)
        everything.fit(pool.images, list(pool.labels))
        full = mean_of(_held_out_dice(pool, everything))
        trained()
        for strategy in strategies:
            found[strategy].append(_play(table, first, start, strategy, seed, full, make_model, trained))
    return {one: tuple(curves) for one, curves in found.items()}


class _Table:
    """The candidates of a pool, and what follows from which of them are labelled."""

    def __init__(self, pool: LabelledPool, plan: Plan) -> None:
        self.pool, self.plan = pool, plan
        self.by_case = [
            patches(str(place), truth.shape, plan.size, stride=plan.stride) for place, truth in enumerate(pool.labels)
        ]
        self.regions = tuple(region for regions in self.by_case for region in regions)
        self.all_foreground = sum(int(np.count_nonzero(truth)) for truth in pool.labels)
        self.embedding: npt.NDArray[np.float64] | None = None
        if pool.embedding is not None:
            cut = (pool.images[int(region.case)][(slice(None), *region.slices)] for region in self.regions)
            self.embedding = np.stack([np.asarray(pool.embedding(part), dtype=np.float64) for part in cut])

    def start(self, seed: int) -> list[int]:
        """Return the places of the start set."""
        shows = np.array(
            [
                np.bincount(self.pool.labels[int(region.case)][region.slices].ravel(), minlength=self.pool.classes) > 0
                for region in self.regions
            ]
        )
        chosen: list[int] = []
        for label in range(self.pool.classes):
            only = [place for place in np.flatnonzero(shows[:, label]) if place not in chosen]
            rows = Candidates(tuple(self.regions[place] for place in only))
            labelled = [self.regions[place] for place in chosen]
            missing = self.plan.start_per_class - int(shows[chosen, label].sum())
            if missing > 0 and only:
                picked = choose(
                    rows, missing, strategy=Strategy.RANDOM, seed=seed, round_number=label, labelled=labelled
                )
                chosen += [int(only[place]) for place in picked.places]
        return chosen

    def visible(self, places: Sequence[int]) -> list[Labels]:
        """Return the labels of the pool, `IGNORE` where none of these regions is."""
        seen = [np.full_like(truth, IGNORE) for truth in self.pool.labels]
        for place in places:
            region = self.regions[place]
            case = int(region.case)
            seen[case][region.slices] = self.pool.labels[case][region.slices]
        return seen

    def scored(self, model: Model, strategy: Strategy) -> Candidates:
        """Return the candidates with what the strategy needs."""
        if set(NEEDS[strategy]) - {"embedding"}:
            cases = zip(self.pool.images, self.by_case, strict=True)
            rows = join([score_case(model.predict(image), regions) for image, regions in cases])
        else:
            rows = Candidates(self.regions)
        return rows if self.embedding is None else with_columns(rows, embedding=self.embedding)


def _play(
    table: _Table,
    first: Model,
    start: Sequence[int],
    strategy: Strategy,
    seed: int,
    full: float,
    make_model: Callable[[int], Model],
    trained: Callable[[], None],
) -> Curve:
    pool, plan = table.pool, table.plan
    model, chosen = first, list(start)
    rows = [_row(table, chosen, model)]
    for number in range(plan.rounds):
        picked = choose(
            table.scored(model, strategy),
            plan.budget,
            strategy=strategy,
            seed=seed,
            round_number=number,
            rounds=plan.rounds,
            labelled=[table.regions[place] for place in chosen],
            cap_per_case=plan.cap_per_case,
            known=None if table.embedding is None else table.embedding[chosen],
        )
        if len(picked.places) < plan.budget:
            raise RequestError(f"The pool has no {plan.budget} free regions left in round {number + 1}.")
        chosen += picked.places
        model = make_model(seed + 1000 * (number + 1))
        model.fit(pool.images, table.visible(chosen))
        rows.append(_row(table, chosen, model))
        trained()
    voxels, foreground, scores = (np.array(column, dtype=np.float64) for column in list(zip(*rows, strict=True))[:3])
    return Curve(voxels, foreground, scores, np.array([row[3] for row in rows]), table.all_foreground, full)


def _row(table: _Table, chosen: Sequence[int], model: Model) -> tuple[int, int, float, list[float]]:
    """Return labelled voxels, those of foreground, the score, and the score of each class."""
    seen = table.visible(chosen)
    labelled = sum(int(np.count_nonzero(one != IGNORE)) for one in seen)
    foreground = sum(int(np.count_nonzero((one != IGNORE) & (one != 0))) for one in seen)
    scores = _held_out_dice(table.pool, model)
    return labelled, foreground, mean_of(scores), scores


def _held_out_dice(pool: LabelledPool, model: Model) -> list[float]:
    """Return Dice of each foreground class, over all held-out voxels together."""
    said = [np.asarray(model.predict(image)).mean(axis=0).argmax(axis=0).ravel() for image in pool.held_out_images]
    a, b = np.concatenate(said), np.concatenate([truth.ravel() for truth in pool.held_out_labels])
    return [dice(a == label, b == label) for label in range(1, pool.classes)]
