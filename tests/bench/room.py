"""The reading room in Chromium, beside OHIF on the same server (`python -m tests.bench room`)."""

import argparse
import statistics
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser

from tests.bench import room_memory, room_open, room_work
from tests.bench.room_data import Cases
from tests.bench.table import Table
from tests.browser.chromium import chromium
from tests.stack import Stack

# As in the bench of a stroke: people's browsers do not compose pages through emulated OpenGL.
PLAIN_COMPOSITING = "--disable-gpu-compositing"


@dataclass
class Figures:
    """Samples by what they are of."""

    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        """Keep one sample."""
        self.samples[name].append(value)
        print(f"  {name}: {value:.4g}", flush=True)

    def median(self, name: str) -> float | None:
        """Return the median, or None where nothing was measured."""
        return statistics.median(self.samples[name]) if self.samples[name] else None


Section = Callable[[Browser, Cases, Figures, int], None]
SECTIONS: dict[str, Section] = {
    "open": room_open.measure_opening,
    "next": room_open.measure_next,
    "slow": room_open.measure_slow,
    "scroll": room_work.measure_scrolling,
    "brush": room_work.measure_brush,
    "many": room_memory.measure_many_slices,
    "row": room_memory.measure_cases_in_a_row,
}

# Figure, what it is, what it may be at most (a number, or a share of another figure).
ROWS: tuple[tuple[str, str, float | tuple[float, str] | None], ...] = (
    ("open image", "click → first image, ms", (0.5, "ohif image")),
    ("ohif image", "the same in OHIF, ms", None),
    ("open all", "click → 200 slices scrollable, ms", (0.5, "ohif all")),
    ("ohif all", "the same in OHIF, ms", None),
    ("next image", "submit and next → image, ms", 200.0),
    ("slow image", "30 Mbit/s, 40 ms: first image, ms", 1000.0),
    ("slow all", "30 Mbit/s: all 200 slices, s", (0.5, "slow raw")),
    ("slow raw", "the same, frames uncompressed, s", None),
    ("scroll gap", "longest gap between frames, 200 slices, ms", 100.0),
    ("scroll task", "longest main-thread task meanwhile, ms", 100.0),
    ("brush work", "brush: main thread per pointer move, p95, ms", 16.0),
    ("undo work", "undo of a 3-D operation, ms", 100.0),
    ("many task", "1,000 slices: longest main-thread task, ms", None),
    ("large heap", "1,500 slices: JS heap, MB", None),
    ("large buffers", "1,500 slices: ArrayBuffers, MB", None),
    ("large rss", "1,500 slices: renderer process, MB", None),
    ("row growth", "20 cases: growth of heap and buffers, MB", 60.0),
)


def measure(data: Path, options: list[str]) -> Table:
    """Run the sections asked for and return the table of medians."""
    parser = argparse.ArgumentParser(prog="tests.bench room", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=list(SECTIONS), default=list(SECTIONS))
    arguments = parser.parse_args(options)
    figures = Figures()
    with Stack(data / "data") as stack, chromium(PLAIN_COMPOSITING) as browser:
        if browser is None:
            raise SystemExit("No Chromium on this machine: apt-get install chromium")
        cases = Cases(stack, data / "dicom")
        for name in arguments.only:
            print(name, flush=True)
            SECTIONS[name](browser, cases, figures, arguments.rounds)
    return table_of(figures, arguments.rounds)


def table_of(figures: Figures, rounds: int) -> Table:
    """Return what was measured, with the gates."""
    table = Table("The reading room in Chromium", ["figure", "median", "gate", "reached"])
    for name, words, gate in ROWS:
        value = figures.median(name)
        if value is None:
            continue
        limit = figures.median(gate[1]) if isinstance(gate, tuple) else gate
        if limit is not None and isinstance(gate, tuple):
            limit *= gate[0]
        reached = "" if limit is None else "yes" if value <= limit else "NO"
        table.add(words, value, "" if limit is None else f"{limit:.4g}", reached)
    table.remark = f"{rounds} interleaved rounds; medians"
    return table
