"""Score a model on held-out cases through the same engine that drafts for readers."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from ai.engines import Engine, load_engine
from ai.types import IGNORED, CaseScore, ScoreCard, SegmentRequest, TrainingCase


def score_engine(
    engine: Engine | Path,
    held_out: Sequence[TrainingCase],
    label_values: Sequence[int],
    on_progress: Callable[[float], None] | None = None,
) -> ScoreCard:
    """Return the Dice card of a model; see ``ai.training.score``."""
    if isinstance(engine, Path):
        engine = load_engine(engine)
    scores = []
    for number, case in enumerate(held_out):
        result = engine.segment(SegmentRequest(case.image, case.geometry))
        known = case.labels != IGNORED
        dices = {value: _dice((result.labels == value) & known, case.labels == value) for value in label_values}
        scores.append(CaseScore(case.name, dices))
        if on_progress is not None:
            on_progress((number + 1) / len(held_out))
    per_label = {value: _mean([case.per_label[value] for case in scores]) for value in label_values}
    return ScoreCard(per_label, _mean(list(per_label.values())), tuple(scores))


def _dice(ours: np.ndarray, theirs: np.ndarray) -> float | None:
    size = int(ours.sum()) + int(theirs.sum())
    return 2.0 * int((ours & theirs).sum()) / size if size else None


def _mean(values: Sequence[float | None]) -> float | None:
    defined = [value for value in values if value is not None]
    return float(np.mean(defined)) if defined else None
