"""Run the benchmarks that the arguments name, or all.

`python -m tests.bench [path|draft|stroke|deident|consensus|metrics|doubt|selection|prompt|roundtrip|…]`, and
`[archive|scale|room]`.

What `archive`, `scale` and `room` take besides: `python -m tests.bench scale --help`.
"""

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
    from tests.bench import (
        archive,
        consensus,
        deident,
        doubt,
        draft,
        metrics,
        path,
        prompt,
        room,
        roundtrip,
        scale,
        selection,
        stroke,
    )

    plain = {
        "path": path.measure,
        "draft": draft.measure,
        "stroke": stroke.measure,
        "deident": deident.measure,
        "consensus": consensus.measure,
        "metrics": metrics.measure,
        "doubt": doubt.measure,
        "selection": selection.measure,
        "prompt": prompt.measure,
        "roundtrip": roundtrip.measure,
    }
    with_options = {"archive": archive.measure, "scale": scale.measure, "room": room.measure}
    parser = argparse.ArgumentParser(description=__doc__, add_help=len(sys.argv) < 2 or sys.argv[1] not in with_options)
    parser.add_argument("names", nargs="*", choices=[[], *plain, *with_options], help="which (default: all)")
    arguments, options = parser.parse_known_args()
    names = arguments.names or [*plain, *with_options]
    if options and not set(names) <= set(with_options):
        parser.error(f"only {' and '.join(with_options)} take {' '.join(options)}")
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory(prefix="fiducial-bench-", ignore_cleanup_errors=True) as data:
            table: Table = plain[name](Path(data)) if name in plain else with_options[name](Path(data), options)
        print(f"\n{table}\n", flush=True)
        report = {"conditions": conditions(), **table.to_dict()}
        (folder / f"{name}.json").write_text(json.dumps(report, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
