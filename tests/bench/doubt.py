"""Doubt of five networks over a whole scan: memory and time; an explanation of one window by each method."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from ai.engines.doubt import estimate_doubt
from ai.engines.explain import grad_cam, integrated_gradients, occlusion
from ai.engines.members import plain
from ai.training.networks import build_network, network_config
from tests.bench.metrics import peak_mb, timed
from tests.bench.table import Table

SHAPE = (512, 512, 300)
WINDOW = (64, 128, 128)
CHANNELS = (4, 8)
CLASSES = 3
MEMBERS = 5


def measure(_: Path) -> Table:
    """Run small networks with random weights: what is measured is the way there and back, not their quality."""
    table = Table(
        f"Doubt, {'x'.join(map(str, SHAPE))}, {CLASSES} labels, windows of {'x'.join(map(str, WINDOW))}",
        ["what", "wall s", "CPU s", "peak MB", "mean pairwise Dice"],
    )
    image = torch.rand(1, *SHAPE)
    networks = []
    for seed in range(MEMBERS):
        torch.manual_seed(seed)
        networks.append(build_network(network_config(CHANNELS, CLASSES)).eval())
    table.add("the image and the networks", "", "", peak_mb(), "")
    members = [plain(network) for network in networks]
    progress = _Progress()
    found, wall, cpu = timed(lambda: estimate_doubt(image, members, window=WINDOW, on_progress=progress))
    table.add(f"ensemble of {MEMBERS}", wall, cpu, peak_mb(), found.agreement.score)
    del found
    part = image[:, :64, :64, :64]
    methods: dict[str, Callable[[], Any]] = {
        "Grad-CAM, 64^3": lambda: grad_cam(networks[0], part, label=1, layer="model.0"),
        "occlusion, 64^3, patches of 16": lambda: occlusion(networks[0], part, label=1, patch=16),
        "integrated gradients, 64^3, 50 steps": lambda: integrated_gradients(networks[0], part, label=1),
    }
    for name, make in methods.items():
        _, wall, cpu = timed(make)
        table.add(name, wall, cpu, peak_mb(), "")
    table.remark = "gate: the ensemble under 6 GB. Peaks are of the process so far; all labels' probabilities are kept"
    return table


class _Progress:
    """Say on the terminal, every tenth of the way, how far it is and what it holds."""

    def __init__(self) -> None:
        self.said, self.started = 0, time.perf_counter()

    def __call__(self, share: float) -> None:
        if int(share * 10) > self.said:
            self.said = int(share * 10)
            taken = time.perf_counter() - self.started
            print(f"doubt: {share:.0%} after {taken:.0f} s, {peak_mb():.0f} MB", file=sys.stderr, flush=True)
