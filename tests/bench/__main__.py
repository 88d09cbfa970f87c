"""Run the benchmarks that the arguments name, or all: `python -m tests.bench [path|draft|stroke]`."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from tests.bench.table import Table  # noqa: E402  (the roots must be on the path first)


def conditions() -> dict[str, object]:
    """Return what the figures were measured on."""
    import numpy
    import torch

    return {
        "at": time.strftime("%Y-%m-%d %H:%M:%S"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": numpy.__version__,
        "cuda": torch.cuda.is_available() and torch.cuda.get_device_name(),
    }


def main() -> None:
    """Measure, print, write."""
    from tests.bench import draft, path, stroke

    benches = {"path": path.measure, "draft": draft.measure, "stroke": stroke.measure}
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *benches], help="which (default: all)")
    names = parser.parse_args().names or list(benches)
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory(prefix="fiducial-bench-") as data:
            table: Table = benches[name](Path(data))
        print(f"\n{table}\n", flush=True)
        report = {"conditions": conditions(), **table.to_dict()}
        (folder / f"{name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
