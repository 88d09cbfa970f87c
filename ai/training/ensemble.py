"""Several networks of one kind: trained from different seeds, or kept from different epochs of one run."""

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from ai.engines.weights import state_dict_of_file
from ai.errors import SettingsError
from ai.training.loop import TrainedNetwork, train_network
from ai.training.settings import TrainingSettings
from ai.types import EpochReport, TrainingCase

MEMBERS = 5


def train_ensemble(
    cases: Sequence[TrainingCase],
    settings: TrainingSettings,
    *,
    folder: Path,
    on_epoch: Callable[[int, EpochReport], None],
    members: int = MEMBERS,
    start: Path | None = None,
    held_out: Sequence[TrainingCase] = (),
    classes: int | None = None,
) -> tuple[TrainedNetwork, ...]:
    """Train a deep ensemble: the same cases and settings, each member from its own seed.

    Parameters
    ----------
    cases, settings, start, held_out, classes
        See ``ai.training.train``. Member n (from 0) has the seed ``settings.seed + n``.
    folder : Path
        For one checkpoint per member. A run that was stopped goes on where it was, finished members are not trained
        again.
    on_epoch : callable
        Gets the member's number and each finished epoch. What it raises ends the run.
    members : int

    Raises
    ------
    SettingsError
        There are fewer than two members.
    TrainingError, BundleError
        As ``ai.training.train``.

    Notes
    -----
    Lakshminarayanan, Pritzel and Blundell, NeurIPS 2017.
    """
    if members < 2:
        raise SettingsError("An ensemble needs two members or more.")
    return tuple(
        train_network(
            cases,
            dataclasses.replace(settings, seed=settings.seed + number),
            start=start,
            checkpoint=folder / f"member-{number}.pt",
            on_epoch=partial(on_epoch, number),
            held_out=held_out,
            classes=classes,
        )
        for number in range(members)
    )


def kept_epochs(epochs: int, members: int = MEMBERS) -> tuple[int, ...]:
    """Return the epochs of a run whose checkpoints make an ensemble: evenly over its second half, the last one too.

    Examples
    --------
    >>> kept_epochs(40), kept_epochs(3, 2)
    ((24, 28, 32, 36, 40), (2, 3))

    Raises
    ------
    SettingsError
        The second half has fewer epochs than members are wanted.
    """
    first = epochs // 2
    chosen = tuple(first + (number + 1) * (epochs - first) // members for number in range(members))
    if members < 2 or chosen[0] <= first:
        raise SettingsError(f"{members} members cannot be kept of {epochs} epochs.")
    return chosen


class KeepCheckpoints:
    """Keeps the checkpoints of some epochs of a run; give it to ``ai.training.train`` as `on_epoch`.

    They cost no training beyond the one run, but resemble each other more than networks of different seeds do.

    Parameters
    ----------
    checkpoint : Path
        The run's own.
    epochs : sequence of int
        Which ones (from 1), see `kept_epochs`. The copies lie beside the checkpoint.
    on_epoch : callable
        Called after the copy is made.
    """

    def __init__(self, checkpoint: Path, epochs: Sequence[int], on_epoch: Callable[[EpochReport], None]) -> None:
        self.checkpoint = checkpoint
        self.epochs = tuple(epochs)
        self._on_epoch = on_epoch

    def _copy(self, epoch: int) -> Path:
        return self.checkpoint.with_name(f"{self.checkpoint.stem}-epoch-{epoch}{self.checkpoint.suffix}")

    def __call__(self, report: EpochReport) -> None:
        """Copy the checkpoint that this epoch has just written, if it is to be kept."""
        if report.epoch in self.epochs:
            partial = self.checkpoint.with_name(self.checkpoint.name + ".kept")
            shutil.copyfile(self.checkpoint, partial)
            partial.replace(self._copy(report.epoch))
        self._on_epoch(report)

    def members(self, network: TrainedNetwork) -> tuple[TrainedNetwork, ...]:
        """Return the finished run's network once for each kept epoch, with the weights of that epoch.

        Raises
        ------
        BundleError
            A copy is missing or unreadable.
        """
        return tuple(
            dataclasses.replace(network, weights=state_dict_of_file(self._copy(epoch))) for epoch in self.epochs
        )
