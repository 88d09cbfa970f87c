"""Score models on held-out cases, in the project's labels whatever theirs are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ai.types import ScoreCard, SegmentRequest, SegmentResult, TrainingCase
from annotations.assist.engines import engine_of
from annotations.assist.labels import match_by_name, relabel
from annotations.assist.models import ModelVersion

if TYPE_CHECKING:
    from ai.engines import Engine

OnProgress = Callable[[float], None]


@dataclass(slots=True)
class _InProjectLabels:
    """An engine whose labels are turned into classes of the project; labels of no class become background."""

    engine: "Engine"
    label_map: Mapping[str, int]
    count: int
    on_progress: OnProgress
    done: int = 0
    name: str = field(init=False)
    version: str = field(init=False)
    device: str = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.version, self.device = self.engine.name, self.engine.version, self.engine.device

    def segment(self, request: SegmentRequest) -> SegmentResult:
        """Segment and relabel, telling how far all cases are."""

        def tell(share: float) -> None:
            self.on_progress(min((self.done + share) / self.count, 1.0))

        result = self.engine.segment(SegmentRequest(image=request.image, geometry=request.geometry, on_progress=tell))
        self.done += 1
        return SegmentResult(
            labels=relabel(result.labels, self.label_map), geometry=result.geometry, provenance=result.provenance
        )


def score_version(
    version: ModelVersion, *, held_out: Sequence[TrainingCase], names: Mapping[int, str], on_progress: OnProgress
) -> ScoreCard:
    """Score a registered version; a class that it has no label for counts as never found.

    Raises
    ------
    UntrustedModelError, AiError
        It may not, or cannot, run.
    """
    label_map = match_by_name(version.labels, names)
    return _score(engine_of(version), label_map, held_out=held_out, names=names, on_progress=on_progress)


def score_folder(
    folder: Path, *, held_out: Sequence[TrainingCase], names: Mapping[int, str], on_progress: OnProgress
) -> ScoreCard:
    """Score a bundle that was packed here a moment ago; its labels are the classes themselves."""
    from ai.engines import load_engine

    same = {str(value): value for value in names}
    return _score(load_engine(folder), same, held_out=held_out, names=names, on_progress=on_progress)


def _score(
    engine: "Engine",
    label_map: Mapping[str, int],
    *,
    held_out: Sequence[TrainingCase],
    names: Mapping[int, str],
    on_progress: OnProgress,
) -> ScoreCard:
    from ai.training import score

    mapped = _InProjectLabels(engine=engine, label_map=label_map, count=len(held_out), on_progress=on_progress)
    return score(mapped, held_out, sorted(names))
