"""Every strategy on the synthetic task with a rare class: what it is worth there, beside foreground-aware random."""

import time
from pathlib import Path

import numpy as np

from ai.selection.simulation.comparing import Comparison, compare
from ai.selection.simulation.running import simulate
from ai.selection.simulation.setup import Plan
from ai.selection.strategies import Strategy
from tests.ai.selection import synthetic
from tests.bench.table import Table

PLAN = Plan(size=(8, 8), budget=8, rounds=6, seeds=(0, 1, 2, 3, 4, 5))
CONTROLS = (Strategy.RANDOM, Strategy.FOREGROUND_66)


def measure(_: Path) -> Table:
    """Play all strategies and print their figures, the differences from both controls and Holm's p."""
    started = time.process_time()
    pool = synthetic.pool()
    runs = simulate(pool, synthetic.PixelEnsemble, PLAN, list(Strategy))
    full = np.mean([curve.full_score for curve in runs[Strategy.RANDOM]])
    table = Table(
        f"Selection: {PLAN.rounds} rounds of {PLAN.budget} patches of 8x8, {len(pool.images)} images of 48x48, "
        f"4 classes (the rare one {rare_share(pool):.1%} of the pixels), {len(PLAN.seeds)} seeds",
        ["strategy", "AUBC", "sd", "final Dice", "rare class", "foreground seen", "efficiency"]
        + [f"AUBC - {one.value} (Holm p)" for one in CONTROLS],
    )
    areas = {strategy: [curve.aubc for curve in curves] for strategy, curves in runs.items()}
    against = [{one.strategy: one for one in compare(areas, against=control)} for control in CONTROLS]
    for strategy, curves in runs.items():
        table.add(
            strategy.value,
            f"{np.mean(areas[strategy]):.3f}",
            f"{np.std(areas[strategy], ddof=1):.3f}",
            f"{np.mean([curve.final for curve in curves]):.3f}",
            f"{np.mean([curve.class_scores[-1, synthetic.RARE - 1] for curve in curves]):.3f}",
            f"{np.mean([curve.foreground_voxels[-1] / curve.all_foreground for curve in curves]):.1%}",
            f"{np.median([curve.foreground_efficiency for curve in curves]):.1f}",
            *(_told(one.get(strategy)) for one in against),
        )
    table.remark = (
        f"Dice with all labels {full:.3f}. {time.process_time() - started:.0f} s of CPU. Efficiency: median over seeds "
        "of the rate at which the gap to all labels closes per share of foreground. Disagreement is the members'. "
        "gate: AUBC of clasp_pe - random at least .030. A small, friendly task with a small model: it shows that the "
        "parts work together, not what a strategy is worth on patients."
    )
    return table


def rare_share(pool: synthetic.LabelledPool) -> float:
    """Return which share of the pool's pixels is of the rare class."""
    return float(np.mean([np.mean(truth == synthetic.RARE) for truth in pool.labels]))


def _told(found: Comparison | None) -> str:
    return f"{found.difference:+.3f} ({found.p_holm:.3f})" if found else ""
