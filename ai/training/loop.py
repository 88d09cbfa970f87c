"""The training loop. An epoch depends only on the weights before it, the settings and its number, so that a run that
was stopped and resumed ends with the very weights of one that was not (same machine, same number of threads)."""

import hashlib
import json
import os
import pickle
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from monai.inferers import sliding_window_inference

from ai.engines.weights import UNREADABLE, state_dict_of
from ai.errors import TrainingError
from ai.training.networks import build_network, carry_over, network_config
from ai.training.partial import PartialLoss
from ai.training.preparing import patch_sampler, prepare
from ai.training.settings import TrainingSettings
from ai.types import IGNORED, EpochReport, TrainingCase


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNetwork:
    """Weights with what is needed to run them.

    Parameters
    ----------
    config : dict
        The MONAI ``network_def``.
    weights : dict
        State dict on the CPU.
    settings : TrainingSettings
        What it was trained with.
    reports : tuple of EpochReport
        The whole curve, epochs before a resume included.
    carried_over : float
        Share of the parameters that came from the starting bundle.
    """

    config: dict[str, Any]
    weights: dict[str, torch.Tensor]
    settings: TrainingSettings
    reports: tuple[EpochReport, ...]
    carried_over: float

    @property
    def out_channels(self) -> int:
        """Number of classes, background included; channel n is label value n."""
        return int(self.config["out_channels"])


class _Run:
    """One training under way: network, optimiser and the data, with the epochs done so far."""

    def __init__(
        self, cases: Sequence[TrainingCase], held_out: Sequence[TrainingCase], settings: TrainingSettings, classes: int
    ) -> None:
        self.settings = settings
        self.classes = classes
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.config = network_config(settings.channels, classes)
        torch.manual_seed(settings.seed)
        self.network = build_network(self.config).to(self.device)
        self.optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.loss = PartialLoss()
        self.sampler = patch_sampler(settings, classes)
        self.cases = prepare(cases, settings, classes)
        self.held_out = prepare(held_out, settings, classes)
        self.reports: list[EpochReport] = []
        self.carried_over = 0.0

    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch (from 1): half a cosine from its full value towards zero."""
        done = (epoch - 1) / self.settings.epochs
        return self.settings.learning_rate * 0.5 * (1.0 + float(np.cos(np.pi * done)))

    def epoch(self, number: int) -> EpochReport:
        """Train one epoch and say how it went."""
        started = time.monotonic()
        settings = self.settings
        rng = np.random.default_rng([settings.seed, number])
        self.sampler.set_random_state(seed=int(rng.integers(2**31)))
        torch.manual_seed(int(rng.integers(2**31)))
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate(number)
        self.network.train()
        losses = [self._step(rng) for _ in range(settings.steps_per_epoch)]
        scored = number == settings.epochs or (settings.score_every > 0 and number % settings.score_every == 0)
        held_out = self.held_out_dice() if scored and self.held_out else {}
        elapsed = time.monotonic() - started
        return EpochReport(number, settings.epochs, float(np.mean(losses)), self.rate(number), elapsed, held_out)

    def _step(self, rng: np.random.Generator) -> float:
        chosen = rng.choice(len(self.cases), self.settings.batch, replace=len(self.cases) < self.settings.batch)
        patches = [self.sampler(self.cases[n])[0] for n in chosen]
        image, label = (
            torch.stack([patch[key].as_tensor() for patch in patches]).to(self.device) for key in ("image", "label")
        )
        self.optimiser.zero_grad(set_to_none=True)
        loss = self.loss(self.network(image), label)
        if not torch.isfinite(loss):
            raise TrainingError("The loss is no longer finite; try a smaller learning rate.")
        loss.backward()
        self.optimiser.step()
        return float(loss.detach())

    @torch.inference_mode()
    def held_out_dice(self) -> Mapping[int, float | None]:
        """Return mean Dice per label on the held-out cases, on the network's own grid (for the curve)."""
        self.network.eval()
        per_label: dict[int, list[float]] = {value: [] for value in range(1, self.classes)}
        for case in self.held_out:
            image = case["image"].as_tensor()[None].to(self.device)
            roi = self.settings.patch_kji[::-1]
            output = sliding_window_inference(image, roi, 2, self.network, overlap=0.25, mode="gaussian")
            predicted, truth = torch.as_tensor(output).argmax(1)[0].cpu(), case["label"].as_tensor()[0]
            for value, dices in per_label.items():
                ours, theirs = (predicted == value) & (truth != IGNORED), truth == value
                size = int(ours.sum()) + int(theirs.sum())
                if size:
                    dices.append(2.0 * int((ours & theirs).sum()) / size)
        return {value: float(np.mean(dices)) if dices else None for value, dices in per_label.items()}


def train_network(
    cases: Sequence[TrainingCase],
    settings: TrainingSettings,
    *,
    start: Path | None = None,
    checkpoint: Path,
    on_epoch: Callable[[EpochReport], None],
    held_out: Sequence[TrainingCase] = (),
    classes: int | None = None,
) -> TrainedNetwork:
    """Train a network on the cases; see ``ai.training.train``."""
    classes = _classes(cases, classes)
    fingerprint = _fingerprint(cases, settings, start, classes)
    with _threads(settings.threads):
        run = _Run(cases, held_out, settings, classes)
        if not _resume(run, checkpoint, fingerprint) and start is not None:
            run.carried_over = carry_over(run.network, state_dict_of(start))
        for number in range(len(run.reports) + 1, settings.epochs + 1):
            report = run.epoch(number)
            run.reports.append(report)
            _save(run, checkpoint, fingerprint)
            on_epoch(report)
        weights = {name: tensor.detach().cpu().clone() for name, tensor in run.network.state_dict().items()}
    return TrainedNetwork(run.config, weights, settings, tuple(run.reports), run.carried_over)


def _classes(cases: Sequence[TrainingCase], classes: int | None) -> int:
    if not cases:
        raise TrainingError("There are no cases to train on.")
    largest = max(int(case.labels.max(initial=0, where=case.labels != IGNORED)) for case in cases)
    if largest == 0:
        raise TrainingError("No case to train on has any label drawn.")
    if classes is not None and classes <= largest:
        raise TrainingError(f"A case has label {largest}, but only {classes - 1} labels are to be learnt.")
    if (classes or 0) > IGNORED:
        raise TrainingError(
            f"At most {IGNORED - 1} labels can be learnt: the value {IGNORED} stands for “not decided”."
        )
    return classes if classes is not None else largest + 1


@contextmanager
def _threads(count: int) -> Any:
    """Hold torch to a number of CPU threads and to deterministic operators while training."""
    threads, cudnn = torch.get_num_threads(), torch.backends.cudnn.deterministic
    torch.set_num_threads(count)
    torch.backends.cudnn.deterministic = True
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.backends.cudnn.deterministic = cudnn


def _fingerprint(cases: Sequence[TrainingCase], settings: TrainingSettings, start: Path | None, classes: int) -> str:
    """Return a hash of all that decides the result, so that a checkpoint of another run is never resumed."""
    digest = hashlib.sha256(json.dumps([settings.to_dict(), classes], sort_keys=True).encode())
    for case in cases:
        for array in (case.image, case.labels, case.geometry.affine_lps):
            digest.update(np.ascontiguousarray(array).tobytes())
    if start is not None:
        for name, tensor in sorted(state_dict_of(start).items()):
            digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _save(run: _Run, checkpoint: Path, fingerprint: str) -> None:
    """Write the checkpoint in one step: a crash leaves the old one or the new one, never half of one."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    partial = checkpoint.with_name(checkpoint.name + ".part")
    content = {
        "fingerprint": fingerprint,
        "network": run.network.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "reports": [report.to_dict() for report in run.reports],
        "carried_over": run.carried_over,
    }
    with partial.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(checkpoint)


def _resume(run: _Run, checkpoint: Path, fingerprint: str) -> bool:
    """Take up the run where its checkpoint left it; False when there is none."""
    if not checkpoint.exists():
        return False
    try:
        content = torch.load(checkpoint, map_location=run.device, weights_only=True)
    except (pickle.UnpicklingError, *UNREADABLE) as error:
        raise TrainingError("The checkpoint cannot be read; start the training anew.") from error
    if content.get("fingerprint") != fingerprint:
        raise TrainingError("The checkpoint belongs to other cases or settings; start the training anew.")
    run.network.load_state_dict(content["network"])
    run.optimiser.load_state_dict(content["optimiser"])
    run.carried_over = float(content["carried_over"])
    run.reports = [_report(values) for values in content["reports"]]
    return True


def _report(values: Mapping[str, Any]) -> EpochReport:
    return EpochReport(**{**values, "held_out": {int(value): dice for value, dice in values["held_out"].items()}})
