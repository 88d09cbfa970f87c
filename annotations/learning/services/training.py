"""One training, from the recorded inputs of a run to a scored challenger; the body of the job `learning.train`."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from ai.errors import AiError
from ai.types import EpochReport, ScoreCard
from annotations.assist import bundles
from annotations.assist.errors import domain_error
from annotations.assist.models import ModelVersion
from annotations.assist.services.registry import PackedBundle, add_version, pack, project_model
from annotations.assist.types import VersionSource
from annotations.learning.models import LearningSetup, TrainingRun
from annotations.learning.services.cases import TrainingData, load_data
from annotations.learning.services.champions import crown, prelabel_unopened
from annotations.learning.services.runs import tell_training_changed
from annotations.learning.services.scoring import score_folder, score_version
from annotations.learning.services.setup import locked_setup
from annotations.learning.types import ChangeKind, TrainingState
from common.clock import now
from jobs.registry import JobContext

LOADED_AT, TRAINED_AT = 0.05, 0.85
"""Shares of the progress bar: cases read, network trained; scoring is the rest."""


class _ChampionMovedError(Exception):
    """The champion changed while the challenger was scored against its predecessor."""


@dataclass(frozen=True, slots=True)
class Challenger:
    """A trained network as a stored bundle, with its curve and its held-out score."""

    packed: PackedBundle
    curve: list[dict[str, Any]]
    score: ScoreCard


def run_training(context: JobContext, *, run_id: UUID) -> dict[str, Any]:
    """Train, score and settle one run.

    Killed and started again, it goes on at the last epoch that its checkpoint (DATA_DIR/`run.checkpoint`) holds, with
    the very inputs that were recorded when the run was asked for.

    Raises
    ------
    DomainError
        The cases cannot be read or learned from.
    CancelledError
        The job was cancelled; nothing was registered.
    """
    run = TrainingRun.objects.select_related("project__team", "base_version__model").get(pk=run_id)
    if run.state in (TrainingState.WON, TrainingState.LOST):  # an earlier attempt of this very job settled it
        return _result(run)
    _mark_training(run)
    folder = Path(settings.DATA_DIR) / run.checkpoint
    try:
        data = load_data(context, run=run, until=LOADED_AT)
        challenger = _train(context, run=run, data=data, folder=folder)
        _settle(context, run=run, data=data, challenger=challenger)
    except AiError as error:
        raise domain_error(error) from error
    shutil.rmtree(folder, ignore_errors=True)
    return context.result


def _mark_training(run: TrainingRun) -> None:
    with transaction.atomic():
        run.state = TrainingState.TRAINING
        run.save(update_fields=["state"])
        tell_training_changed(run)


def _train(context: JobContext, *, run: TrainingRun, data: TrainingData, folder: Path) -> Challenger:
    from ai.training import TrainingSettings, pack_bundle, train

    def on_epoch(report: EpochReport) -> None:
        _append_epoch(run, report)
        share = LOADED_AT + (TRAINED_AT - LOADED_AT) * report.epoch / report.epochs
        context.progress(share, f"Epoch {report.epoch} of {report.epochs}: loss {report.loss:.3f}")

    wanted = TrainingSettings.from_dict(run.settings)
    context.progress(LOADED_AT, f"Training on {len(data.train)} volumes")
    network = train(
        data.train,
        wanted,
        start=bundles.unpacked(run.base_version) if run.base_version and run.base_version.may_run else None,
        checkpoint=folder / "checkpoint.pt",
        on_epoch=on_epoch,
        held_out=data.held_out,
        classes=len(data.names) + 1,
    )
    with bundles.scratch("challenger") as scratch:
        packed_in = pack_bundle(network, wanted, data.names, scratch / "bundle", _metadata(run, network.carried_over))
        state_modality(packed_in, data.modalities)
        card = score_folder(
            packed_in, held_out=data.held_out, names=data.names, on_progress=_scoring(context, 0.0, "challenger")
        )
        return Challenger(packed=pack(packed_in), curve=[_point(report) for report in network.reports], score=card)


def _metadata(run: TrainingRun, carried_over: float) -> dict[str, Any]:
    base = str(run.base_version) if run.base_version else None
    return {
        "name": run.project.name,
        "description": f"Trained in the project {run.project.name} on its consensus",
        "fiducial": {
            "project": str(run.project_id),
            "training_run": str(run.pk),
            "split": run.split,
            "inputs": run.inputs,
            "started_from": base,
            "carried_over": carried_over,
        },
    }


def state_modality(folder: Path, modalities: frozenset[str]) -> None:
    """Write into a bundle's metadata which modality it learned on; several, or none known, are left unsaid."""
    path = folder / "configs" / "metadata.json"
    metadata = json.loads(path.read_text(encoding="utf-8"))
    image = metadata["network_data_format"]["inputs"]["image"]
    image["modality"] = next(iter(modalities)) if len(modalities) == 1 else "n/a"
    image["format"] = "hounsfield" if modalities == {"CT"} else "magnitude"
    path.write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def _append_epoch(run: TrainingRun, report: EpochReport) -> None:
    """Write one point of the curve at once; an epoch trained again after a crash replaces its point."""
    with transaction.atomic():
        row = TrainingRun.objects.select_for_update().get(pk=run.pk)
        row.curve = [point for point in row.curve if point["epoch"] < report.epoch] + [_point(report)]
        row.save(update_fields=["curve"])
        run.curve = row.curve
        tell_training_changed(run)


def _point(report: EpochReport) -> dict[str, Any]:
    dices = [dice for dice in report.held_out.values() if dice is not None]
    return {
        "epoch": report.epoch,
        "loss": report.loss,
        "held_out_dice": sum(dices) / len(dices) if dices else None,
        "per_label": {str(value): dice for value, dice in report.held_out.items()},
        "seconds": report.elapsed_s,
    }


def _settle(context: JobContext, *, run: TrainingRun, data: TrainingData, challenger: Challenger) -> None:
    """Score the present champion on the same held-out cases, and write the outcome.

    When the champion changes in between (chosen by hand, rolled back), the new one is scored: a challenger never wins
    against somebody who is not the champion any more.
    """
    while True:
        champion = _champion_now(run)
        card = _score_champion(context, champion=champion, data=data)
        try:
            with context.finishing():
                _write_outcome(run=run, challenger=challenger, champion=champion, card=card)
                context.result = _result(run)
        except _ChampionMovedError:
            context.log("The champion changed while it was scored; scoring the new one.")
        else:
            return


def _champion_now(run: TrainingRun) -> ModelVersion | None:
    """Return the present champion, read without a lock: `_write_outcome` looks again under it."""
    setup = LearningSetup.objects.select_related("champion__model").get(project=run.project_id)
    return setup.champion


def _score_champion(context: JobContext, *, champion: ModelVersion | None, data: TrainingData) -> ScoreCard | None:
    if champion is None:
        return None
    return score_version(
        champion, held_out=data.held_out, names=data.names, on_progress=_scoring(context, 0.5, "champion")
    )


def _scoring(context: JobContext, offset: float, who: str) -> Any:
    def on_progress(done: float) -> None:
        share = TRAINED_AT + (0.99 - TRAINED_AT) * (offset + done / 2)
        context.progress(share, f"Scoring the {who} on the held-out cases: {done:.0%}")

    return on_progress


def _write_outcome(
    *, run: TrainingRun, challenger: Challenger, champion: ModelVersion | None, card: ScoreCard | None
) -> None:
    """Register the challenger, and crown it when it is strictly better; in the job's finishing transaction."""
    setup = locked_setup(project=run.project)
    if setup.champion_id != (champion.pk if champion else None):
        raise _ChampionMovedError
    model = project_model(project=run.project)
    version = add_version(
        model=model,
        packed=challenger.packed,
        source=VersionSource.TRAINED,
        actor=run.job.created_by if run.job else None,
    )
    if setup.model_id != model.pk:
        setup.model = model
        setup.save(update_fields=["model"])
    won = beats(challenger.score, card)
    run.result_version = version
    run.state = TrainingState.WON if won else TrainingState.LOST
    run.curve = challenger.curve
    run.scores = {
        "challenger": challenger.score.to_dict() | {"version": str(version.pk)},
        "champion": card.to_dict() | {"version": str(champion.pk)} if card and champion else None,
    }
    run.finished_at = now()
    run.save(update_fields=["result_version", "state", "curve", "scores", "finished_at"])
    if won:
        crown(
            setup=setup,
            version=version,
            kind=ChangeKind.WON,
            actor=None,
            reason=_reason(challenger.score, card),
            run=run,
        )
        prelabel_unopened(setup=setup)
    tell_training_changed(run)


def beats(challenger: ScoreCard, champion: ScoreCard | None) -> bool:
    """Say whether the challenger's mean held-out Dice is strictly higher; without a champion it must be above 0.

    A mean that is undefined (truth and prediction empty everywhere) beats nothing, and counts as 0 for a champion.
    """
    bar = (champion.mean or 0.0) if champion is not None else 0.0
    return challenger.mean is not None and challenger.mean > bar


def _reason(challenger: ScoreCard, champion: ScoreCard | None) -> str:
    before = "no champion" if champion is None else f"{champion.mean or 0.0:.3f}"
    return f"Held-out Dice {challenger.mean or 0.0:.3f} against {before}"


def _result(run: TrainingRun) -> dict[str, Any]:
    return {
        "run": str(run.pk),
        "won": run.state == TrainingState.WON,
        "version": str(run.result_version_id) if run.result_version_id else None,
    }
