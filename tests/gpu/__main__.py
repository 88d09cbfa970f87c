"""Times of every case on CuPy beside NumPy, and of a draft and a training step on CUDA beside the CPU.

`python -m tests.gpu [WORDS]` (`make bench-gpu`): rows whose name holds a word, or all. JSON goes to var/bench/gpu.json.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from tests.bench.table import Table
from tests.gpu import models
from tests.gpu.cases import CASES, LARGE
from tests.gpu.compare import apart

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3
HEADS = ["what", "size", "CPU ms", "GPU ms", "ratio", "copy to GPU ms", "difference"]


def milliseconds(work: Callable[[], Any], synchronise: Callable[[], Any] = lambda: None) -> tuple[Any, float]:
    """Return the answer and wall milliseconds; the device is waited for before and after."""
    synchronise()
    started = time.perf_counter()
    answer = work()
    synchronise()
    return answer, 1000.0 * (time.perf_counter() - started)


def main() -> None:
    """Measure, print each row as it comes, write."""
    try:
        import cupy
    except ImportError:
        sys.exit("CuPy is not installed: nothing to measure.")
    if not cupy.cuda.is_available():
        sys.exit("There is no CUDA device: nothing to measure.")
    name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
    table = Table(f"CuPy beside NumPy on {name}, {os.cpu_count()} cores", HEADS)
    wanted = [word.lower() for word in sys.argv[1:]]
    for row in (*_array_rows(cupy), *models.ROWS):
        title, measure = row
        if wanted and not any(word in title.lower() for word in wanted):
            continue
        cells = measure()
        table.add(title, *cells)
        print(title, *[cell if isinstance(cell, str) else f"{cell:.4g}" for cell in cells], sep="\t", flush=True)
    table.remark = (
        f"CPU: one run, NumPy and SciPy on one core, torch on all. GPU: median of {ROUNDS} runs after one to warm up, "
        "the device waited for; copying the inputs there is not in it. Difference: share of the range."
    )
    print(f"\n{table}\n", flush=True)
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    conditions = {
        "at": time.strftime("%Y-%m-%d %H:%M:%S"),
        "device": name,
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "cupy": cupy.__version__,
        "torch": torch.__version__,
    }
    (folder / "gpu.json").write_text(json.dumps({"conditions": conditions, **table.to_dict()}, indent=1))


def _array_rows(cupy: Any) -> list[tuple[str, Callable[[], list[str | float]]]]:
    def measure(case: Any) -> list[str | float]:
        cupy.get_default_memory_pool().free_all_blocks()  # of the row before
        wait = cupy.cuda.get_current_stream().synchronize
        arrays = case.make(LARGE)
        size = " ".join("x".join(map(str, one.shape)) for one in arrays[:1])
        expected, on_cpu = milliseconds(lambda: case.run(*arrays))
        device, copied = milliseconds(lambda: [cupy.asarray(one) for one in arrays], wait)
        found, _ = milliseconds(lambda: case.run(*device), wait)
        on_gpu = statistics.median(milliseconds(lambda: case.run(*device), wait)[1] for _ in range(ROUNDS))
        worst, _ = apart(expected, found)
        return [size, on_cpu, on_gpu, on_cpu / on_gpu, copied, worst]

    return [(case.name, lambda case=case: measure(case)) for case in CASES if case.timed]


if __name__ == "__main__":
    main()
