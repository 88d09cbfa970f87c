"""The strategies: what each needs of a candidate, and how it takes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ai.selection.combining import mean_rank
from ai.selection.kcentre import take_farthest
from ai.selection.noise import power_scores, scheduled_beta
from ai.selection.picking import Picking
from ai.selection.scoring import Candidates

CLASP_FOREGROUND = 0.66
"""Share of a ClaSP PE query that is split over the foreground classes."""
SHORTLIST = 4
"""How many times the budget is short-listed by entropy before the farthest are chosen among them."""


class Strategy(StrEnum):
    """How the next regions are chosen; `NEEDS` says what of a candidate must be known."""

    RANDOM = "random"
    """With equal chances."""
    STRIDED = "strided"
    """Evenly along the list of candidates."""
    FOREGROUND_33 = "foreground_33"
    """A third by drawing a foreground class and a region where the model sees it, the rest at random."""
    FOREGROUND_66 = "foreground_66"
    """The same with two thirds: the control that published strategies rarely beat."""
    ENTROPY = "entropy"
    """The highest predictive entropy."""
    BALD = "bald"
    """The highest mutual information."""
    POWER_ENTROPY = "power_pe"
    """Drawn with chances in proportion to entropy."""
    POWER_BALD = "power_bald"
    """Drawn with chances in proportion to mutual information."""
    CLASP = "clasp_pe"
    """Two thirds split over foreground classes by their entropy, a third by entropy; noise fades with the rounds.
    The default."""
    K_CENTRE = "k_centre"
    """The farthest from all that is known: for a cold start, when no model has learnt yet."""
    DISAGREEMENT = "disagreement"
    """The greatest disagreement of readers or members."""
    ENTROPY_AND_DISAGREEMENT = "entropy_and_disagreement"
    """The highest mean rank of both."""
    ENTROPY_THEN_K_CENTRE = "entropy_then_k_centre"
    """Short-listed by entropy, the farthest from each other among them."""


DEFAULT = Strategy.CLASP

NEEDS: Mapping[Strategy, tuple[str, ...]] = {
    Strategy.RANDOM: (),
    Strategy.STRIDED: (),
    Strategy.FOREGROUND_33: ("class_share",),
    Strategy.FOREGROUND_66: ("class_share",),
    Strategy.ENTROPY: ("entropy",),
    Strategy.BALD: ("mutual_information",),
    Strategy.POWER_ENTROPY: ("entropy",),
    Strategy.POWER_BALD: ("mutual_information",),
    Strategy.CLASP: ("entropy", "class_entropy"),
    Strategy.K_CENTRE: ("embedding",),
    Strategy.DISAGREEMENT: ("disagreement",),
    Strategy.ENTROPY_AND_DISAGREEMENT: ("entropy", "disagreement"),
    Strategy.ENTROPY_THEN_K_CENTRE: ("entropy", "embedding"),
}
"""Columns of `Candidates` that each strategy reads."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What a strategy takes from, and where: see `ai.selection.choosing.choose`."""

    candidates: Candidates
    picking: Picking
    round_number: int
    rounds: int
    known: Any


def _random(query: Query, count: int) -> None:
    query.picking.take_at_random(count, "random")


def _strided(query: Query, count: int) -> None:
    """Pick the middle of each of `count` equal stretches; where that is not free, the next one that is."""
    free = query.picking.free()
    for stretch in range(count):
        middle = int((stretch + 0.5) * free.size / count)
        query.picking.take_in_order([*free[middle:], *free[:middle]], 1, "strided")


def _foreground(query: Query, count: int, *, share: float) -> None:
    shown = query.candidates.column("class_share") > 0
    picking = query.picking
    classes = list(range(1, shown.shape[1]))
    wanted = int(count * share)
    while wanted and classes:
        label = int(picking.rng.choice(classes))
        if picking.take_at_random(1, f"shows class {label}", among=shown[:, label]):
            wanted -= 1
        else:
            classes.remove(label)


def _highest(query: Query, count: int, *, column: str) -> None:
    query.picking.take_highest(query.candidates.column(column), count, column.replace("_", " "))


def _powered(query: Query, count: int, *, column: str) -> None:
    noisy = power_scores(query.candidates.column(column), beta=1.0, rng=query.picking.rng)
    query.picking.take_highest(noisy, count, f"drawn by {column.replace('_', ' ')}")


def _clasp(query: Query, count: int) -> None:
    picking, per_class = query.picking, query.candidates.column("class_entropy")
    entropy = query.candidates.column("entropy")
    beta, before = scheduled_beta(query.round_number, query.rounds), len(picking.places)
    classes = picking.rng.permutation(np.arange(1, per_class.shape[1]))
    each, left = divmod(int(count * CLASP_FOREGROUND), max(len(classes), 1))
    for place, label in enumerate(classes):
        noisy = power_scores(per_class[:, label], beta=beta, rng=picking.rng)
        picking.take_highest(noisy, each + (place < left), f"class {label}")
    missing = count - (len(picking.places) - before)
    picking.take_highest(power_scores(entropy, beta=beta, rng=picking.rng), missing, "entropy")


def _k_centre(query: Query, count: int) -> None:
    take_farthest(query.picking, query.candidates.column("embedding"), count, known=query.known)


def _ranked(query: Query, count: int) -> None:
    scores = mean_rank({name: query.candidates.column(name) for name in ("entropy", "disagreement")})
    query.picking.take_highest(scores, count, "entropy and disagreement")


def _short_listed(query: Query, count: int) -> None:
    entropy, free = query.candidates.column("entropy"), query.picking.free()
    among = np.zeros(len(entropy), dtype=bool)
    among[free[np.argsort(-entropy[free], kind="stable")[: SHORTLIST * count]]] = True
    take_farthest(query.picking, query.candidates.column("embedding"), count, known=query.known, among=among)


TAKERS: Mapping[Strategy, Callable[[Query, int], None]] = {
    Strategy.RANDOM: _random,
    Strategy.STRIDED: _strided,
    Strategy.FOREGROUND_33: lambda query, count: _foreground(query, count, share=0.33),
    Strategy.FOREGROUND_66: lambda query, count: _foreground(query, count, share=0.66),
    Strategy.ENTROPY: lambda query, count: _highest(query, count, column="entropy"),
    Strategy.BALD: lambda query, count: _highest(query, count, column="mutual_information"),
    Strategy.POWER_ENTROPY: lambda query, count: _powered(query, count, column="entropy"),
    Strategy.POWER_BALD: lambda query, count: _powered(query, count, column="mutual_information"),
    Strategy.CLASP: _clasp,
    Strategy.K_CENTRE: _k_centre,
    Strategy.DISAGREEMENT: lambda query, count: _highest(query, count, column="disagreement"),
    Strategy.ENTROPY_AND_DISAGREEMENT: _ranked,
    Strategy.ENTROPY_THEN_K_CENTRE: _short_listed,
}
