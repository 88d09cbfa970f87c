"""Click to mask: time and Dice on the touching phantom beside random walker and watershed; clicks on real images."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ai.imaging.phantoms import TouchingPhantom, make_touching_phantom
from ai.imaging.prompting import segment_prompts
from tests.ai.imaging.clicking import dice, dice_after_clicks, real_cases
from tests.bench.table import Table

CUBE = (1.0, 1.0, 1.0)
SEEDS = 10
Marker = Callable[[TouchingPhantom], np.ndarray]


def measure(_: Path) -> Table:
    """Let every method answer the same strokes (three inside, three in the distractor) on the same phantoms.

    The peers get what they need besides: a smoothed image, and seeds on the faces of the volume, for neither tells
    background by itself.
    """
    columns = ["what", "size", "CNR", "Dice mean", "Dice min", "CPU ms median", "wall ms median"]
    table = Table("Click to mask", columns)
    for size, cnr, seeds in ((64, 4.0, 3), (64, 2.0, SEEDS), (64, 1.0, 3), (128, 2.0, SEEDS)):
        table.add(*_row("geodesic (ours)", _ours, size, cnr, seeds))
    table.add(*_row("random walker, skimage cg_j", _random_walker, 64, 2.0, 2))  # a minute at 128^3
    for size in (64, 128):
        table.add(*_row("watershed, skimage", _watershed, size, 2.0, 3))
    data = Path(__file__).resolve().parents[3] / "shared" / "data"
    for name, load in real_cases(data) if data.is_dir() else ():
        image, truth, spacing_mm = load()
        started = time.process_time()
        scores = dice_after_clicks(image, truth, spacing_mm)
        per_click = 1000.0 * (time.process_time() - started) / len(scores)
        size = "x".join(str(n) for n in image.shape)
        table.add(
            f"{name}: 1, 3, 5 clicks", size, "", " ".join(f"{scores[n]:.3f}" for n in (0, 2, 4)), "", per_click, ""
        )
    table.remark = (
        "gates: ours at CNR 2 Dice >= .98, 128^3 under 300 ms; CPU ms of real images: a click, its simulation included"
    )
    return table


def _row(name: str, mark: Marker, size: int, cnr: float, seeds: int) -> list[str | float]:
    scores, cpu, wall = [], [], []
    mark(make_touching_phantom(99, size, cnr))  # warm
    for seed in range(seeds):
        phantom = make_touching_phantom(seed, size, cnr)
        times = time.process_time(), time.perf_counter()
        mask = mark(phantom)
        cpu.append(1000.0 * (time.process_time() - times[0]))
        wall.append(1000.0 * (time.perf_counter() - times[1]))
        scores.append(dice(mask, phantom.lesion))
    middle = statistics.median
    return [name, f"{size}^3", f"{cnr:g}", f"{np.mean(scores):.4f}", f"{min(scores):.4f}", middle(cpu), middle(wall)]


def _ours(phantom: TouchingPhantom) -> np.ndarray:
    return segment_prompts(phantom.image, phantom.inside, phantom.outside, CUBE)


def _markers(phantom: TouchingPhantom) -> np.ndarray:
    markers = np.zeros(phantom.image.shape, dtype=np.int32)
    for axis in range(3):
        for face in (0, -1):
            markers[(slice(None),) * axis + (face,)] = 2
    markers[phantom.outside] = 2
    markers[phantom.inside] = 1
    return markers


def _random_walker(phantom: TouchingPhantom) -> np.ndarray:
    from scipy import ndimage
    from skimage.segmentation import random_walker

    return (
        random_walker(ndimage.gaussian_filter(phantom.image, 1.0), _markers(phantom), beta=130, mode="cg_j", tol=1e-3)
        == 1
    )


def _watershed(phantom: TouchingPhantom) -> np.ndarray:
    from scipy import ndimage
    from skimage.segmentation import watershed

    smooth = ndimage.gaussian_filter(phantom.image, 1.0)
    return watershed(ndimage.gaussian_gradient_magnitude(smooth, 1.0), _markers(phantom)) == 1
