"""Training: small networks from cases with truth, packed as MONAI bundles. torch comes in when a function is called."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ai.engines import Engine
from ai.training.settings import TrainingSettings
from ai.types import EpochReport, ScoreCard, TrainingCase

if TYPE_CHECKING:
    from ai.training.loop import TrainedNetwork

__all__ = ["TrainingSettings", "pack_bundle", "score", "train"]


def train(
    cases: Sequence[TrainingCase],
    settings: TrainingSettings,
    *,
    checkpoint: Path,
    on_epoch: Callable[[EpochReport], None],
    start: Path | None = None,
    held_out: Sequence[TrainingCase] = (),
    classes: int | None = None,
) -> "TrainedNetwork":
    """Train a small 3-D network, on CUDA when there is one; all cases are held in memory.

    Parameters
    ----------
    cases : sequence of TrainingCase
        What to learn from. Label value n becomes channel n; `ai.types.IGNORED` is not learnt from.
    settings : TrainingSettings
        How.
    checkpoint : Path
        File written after each epoch, at once or not at all. When it is there already and belongs to the very same
        cases, settings and start, the run goes on after its last epoch and ends with the weights of a run that was
        never stopped.
    on_epoch : callable
        Gets each finished epoch, after its checkpoint is written. What it raises ends the run: that is how to cancel.
    start : Path, optional
        A bundle whose weights to start from; those whose name and shape fit are taken (see ``carried_over``).
    held_out : sequence of TrainingCase
        Scored now and then for the curve; never learnt from.
    classes : int, optional
        Channels, background included; by default one more than the largest label in the cases.

    Raises
    ------
    TrainingError
        There is nothing to learn from, the loss diverges, or the checkpoint is another run's.
    BundleError
        The starting bundle has no readable ``models/model.pt``.
    """
    from ai.training.loop import train_network

    return train_network(
        cases, settings, start=start, checkpoint=checkpoint, on_epoch=on_epoch, held_out=held_out, classes=classes
    )


def pack_bundle(
    network: "TrainedNetwork",
    settings: TrainingSettings,
    labels: Mapping[int, str],
    into: Path,
    metadata: Mapping[str, Any] | None = None,
) -> Path:
    """Write a trained network as a MONAI bundle into an empty folder and return the folder.

    Parameters
    ----------
    network : TrainedNetwork
        What ``train`` returned.
    settings : TrainingSettings
        Its settings; grid, window and patch go into the inference config.
    labels : dict
        Label value (1 and up) to name.
    into : Path
        A folder that is empty or not there yet.
    metadata : dict, optional
        Entries for ``metadata.json``, such as name, version, authors, description, changelog.

    Raises
    ------
    TrainingError
        A label has no channel, or the folder is not empty.
    """
    from ai.training.pack import pack_network

    return pack_network(network, settings, labels, into, metadata or {})


def score(
    engine: Engine | Path,
    held_out: Sequence[TrainingCase],
    label_values: Sequence[int],
    on_progress: Callable[[float], None] | None = None,
) -> ScoreCard:
    """Return Dice per label of a model on held-out cases, through the engine that drafts for readers.

    Parameters
    ----------
    engine : Engine or Path
        A loaded model, or the folder of a bundle that needs no trust.
    held_out : sequence of TrainingCase
        Cases the model has not learnt from.
    label_values : sequence of int
        The labels to score.
    on_progress : callable, optional
        Called with the share of cases done; what it raises ends the run.
    """
    from ai.training.scoring import score_engine

    return score_engine(engine, held_out, label_values, on_progress)
