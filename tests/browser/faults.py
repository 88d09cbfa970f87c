"""Strokes and faults at random: after every round the server's marks must be what was drawn.

    python -m tests.browser.faults --rounds 100 --seed 1

One installation with one small series, one browser. A round draws a few strokes with the mouse, gives an answer, and
lets one thing go wrong in between; then it is mended and everything must be saved. Three witnesses are compared voxel
for voxel or point for point: what the server holds, what the page shows, and what was drawn (every place where the
pointer was while it drew, asked of the geometry alone). A seed repeats its rounds.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

import numpy as np  # noqa: E402  (the roots must be on the path first)
from playwright.sync_api import Browser  # noqa: E402

from ai.types import Geometry  # noqa: E402
from config.demo.series import SeriesHeader, ct_series, uid_of  # noqa: E402
from tests.browser.breakage import FAULTS, Bench  # noqa: E402
from tests.browser.chromium import chromium  # noqa: E402
from tests.browser.drawing import Drawing  # noqa: E402
from tests.flow import Flow  # noqa: E402
from tests.stack import Stack  # noqa: E402

SHAPE_KJI = (6, 64, 64)


def write_series(flow: Flow, folder: Path) -> Path:
    """Write one small CT, so that opening it costs little."""
    header = SeriesHeader("faults-0", "Small^One", "Small CT")
    flow.studies.append(uid_of("study", header.patient_id, header.description, header.study_date))
    geometry = Geometry.axial(SHAPE_KJI, (3.0, 2.0, 2.0), (0.0, 0.0, 0.0))
    image = np.random.default_rng(1).normal(40, 20, SHAPE_KJI).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    for k, data in enumerate(ct_series(image, geometry, header)):
        (folder / f"{k:03}.dcm").write_bytes(data)
    return folder


def make_bench(stack: Stack, browser: Browser, folder: Path) -> Bench:
    """Set up a project with the small series, and open it as a reader."""
    flow = Flow(stack, "faults")
    stack.manage("import_dicom", str(write_series(flow, folder)))
    flow.set_up_project()
    user = next(one for one in flow.admin.get("/api/users?q=faults-ann"))
    password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
    return Bench(stack, browser, flow.readers[0], password)


def play(bench: Bench, *, rounds: range, seed: int, faults: list[str], until: float, say: Callable[[str], None]) -> int:
    """Play rounds until they or the time are over; return how many were played. A difference is an AssertionError."""
    for played, number in enumerate(rounds):
        if time.monotonic() > until:
            return played
        choice = random.Random(f"{seed}/{number}")  # noqa: S311  (no secret)
        fault = faults[played] if played < len(faults) else choice.choice(sorted(FAULTS))
        drawing = Drawing(bench, choice)
        began = time.monotonic()
        FAULTS[fault](bench, drawing, choice)
        told = bench.compare(drawing)
        say(f"{number:>4}  {fault:<28}{drawing.strokes:>8}{told['voxels']:>9}{told['points']:>8}"
            f"{told['head']:>6}{time.monotonic() - began:>8.1f} s")  # fmt: skip
    return len(rounds)


def main(arguments: list[str] | None = None) -> int:
    """Play from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--first", type=int, default=0, help="number of the first round (default 0)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long (default 60)")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS), help="the first rounds' faults")
    wanted = parser.parse_args(arguments)
    print(f"seed {wanted.seed}\n{'':>4}  {'fault':<28}{'strokes':>8}{'voxels':>9}{'points':>8}{'rev.':>6}{'time':>9}")
    with (
        tempfile.TemporaryDirectory(prefix="fiducial-faults-") as folder,
        Stack(Path(folder) / "data") as stack,
        chromium() as browser,
    ):
        if browser is None:
            print("no Chromium on this machine")
            return 2
        bench = make_bench(stack, browser, Path(folder) / "dicom")
        say: Callable[[str], Any] = lambda line: print(line, flush=True)  # noqa: E731
        try:
            until = time.monotonic() + 60 * wanted.minutes
            rounds = range(wanted.first, wanted.first + wanted.rounds)
            played = play(bench, rounds=rounds, seed=wanted.seed, faults=wanted.fault, until=until, say=say)
        except BaseException:
            bench.picture()
            raise
        finally:
            bench.close()
    print(f"{played} rounds, no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
