"""Consensus of five readers over a whole scan of ten labels, by each rule, beside SimpleITK."""

from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813  # the name that its own documentation uses

from ai.metrics.consensus.result import Rule, find_consensus
from tests.bench.metrics import PEER_LABELS, label_pair, peak_mb, timed
from tests.bench.table import Table

SHAPE = (300, 512, 512)
READERS = 5
LABELS = 10


def measure(_: Path) -> Table:
    """Time every rule on the same masks: those of two readers, and three more by shifting them."""
    table = Table(
        f"Consensus, {READERS} readers, {SHAPE[2]}x{SHAPE[1]}x{SHAPE[0]}, {LABELS} labels",
        ["rule", "labels", "wall s", "CPU s", "wall s for all", "peak MB", "disputed voxels"],
    )
    pair = [np.where(one > LABELS, 0, one) for one in label_pair(SHAPE)]
    moved = [np.roll(pair[place % 2], shift, axis=1) for place, shift in enumerate((2, -2, 3))]
    stack = np.stack([*pair, *moved])
    for rule in (Rule.MAJORITY, Rule.STAPLE, Rule.STAPLE_CONFUSION, Rule.SIMPLE):
        found, wall, cpu = timed(lambda rule=rule: find_consensus(stack, rule))
        table.add(rule.value, str(LABELS), wall, cpu, wall, peak_mb(), str(np.count_nonzero(found.dissent)))
    readers = [sitk.GetImageFromArray(one) for one in stack]
    _, wall, cpu = timed(lambda: sitk.LabelVoting(readers, 0))
    table.add("SimpleITK LabelVoting", str(LABELS), wall, cpu, wall, peak_mb(), "")
    _, wall, cpu = timed(lambda: [sitk.STAPLE(readers, float(label)) for label in PEER_LABELS])
    share = LABELS / len(PEER_LABELS)
    table.add("SimpleITK STAPLE", str(len(PEER_LABELS)), wall, cpu, wall * share, peak_mb(), "")
    table.remark = (
        "gates: under 30 s and 4 GB on two cores. Ours tells readers' sensitivity, specificity and dissent "
        "besides. Peaks are of the process so far, the masks included, from SimpleITK on its copies too."
    )
    return table
