"""Times of a draft and of a training step, on the CPU and on CUDA."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

ROUNDS = 5
Row = tuple[str, Callable[[], list[str | float]]]


def _timed(work: Callable[[], Any], rounds: int) -> float:
    work()
    taken = []
    for _ in range(rounds):
        torch.cuda.synchronize()
        started = time.perf_counter()
        work()
        torch.cuda.synchronize()
        taken.append(1000.0 * (time.perf_counter() - started))
    return statistics.median(taken)


def _forward(precision: str) -> list[str | float]:
    """Time a sliding window over a CT of 256x256x150 with a U-Net of 16 to 128 features."""
    from monai.inferers import sliding_window_inference

    from ai.training.networks import build_network, network_config

    torch.manual_seed(0)
    network = build_network(network_config((16, 32, 64, 128), 3)).eval()
    image = torch.rand(1, 1, 256, 256, 150)
    torch.backends.cudnn.allow_tf32 = precision != "float32"
    answers, times = [], []
    for device, rounds in (("cpu", 1), ("cuda", ROUNDS)):
        placed, there = network.to(device), image.to(device)

        def work(placed: Any = placed, there: Any = there) -> Any:
            with torch.inference_mode():
                return sliding_window_inference(there, (96, 96, 96), 4, placed, overlap=0.25, mode="gaussian")

        answers.append(torch.as_tensor(work()).cpu().numpy())
        times.append(_timed(work, rounds))
    apart = float(np.abs(answers[0] - answers[1]).max() / np.ptp(answers[0]))
    return ["256x256x150", *times, times[0] / times[1], "", apart]


def _step() -> list[str | float]:
    """Time a training step of two patches of 96x96x96."""
    from monai.losses import DiceCELoss

    from ai.training.networks import build_network, network_config

    torch.backends.cudnn.allow_tf32 = False
    loss = DiceCELoss(to_onehot_y=True, softmax=True, batch=True)
    image, label = torch.rand(2, 1, 96, 96, 96), torch.randint(0, 3, (2, 1, 96, 96, 96)).float()
    losses, times = [], []
    for device, rounds in (("cpu", 1), ("cuda", ROUNDS)):
        torch.manual_seed(0)
        network = build_network(network_config((16, 32, 64, 128), 3)).to(device)
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
        there, truth = image.to(device), label.to(device)
        with torch.no_grad():
            losses.append(float(loss(network(there), truth)))

        def work(network: Any = network, optimiser: Any = optimiser, there: Any = there, truth: Any = truth) -> None:
            optimiser.zero_grad(set_to_none=True)
            loss(network(there), truth).backward()
            optimiser.step()

        times.append(_timed(work, rounds))
    return ["2x96x96x96", *times, times[0] / times[1], "", abs(losses[0] - losses[1])]


ROWS: tuple[Row, ...] = (
    ("draft by sliding window, float32", lambda: _forward("float32")),
    ("draft by sliding window, TF32", lambda: _forward("TF32")),
    ("training step", _step),
)
