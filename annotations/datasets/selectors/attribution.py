"""Who or what made each voxel of a mark set.

A voxel belongs to the revision that gave it the value it has: the revision after which it did not change any more.
A restored revision gives a voxel back to whom it belonged at the revision that was restored.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from annotations.datasets.members import reader_name
from annotations.marks.frames import Labels, decode_labels
from annotations.marks.models import FrameMask, MarkSet, Revision
from annotations.marks.types import RevisionKind

Owners = npt.NDArray[np.int32]
"""Revision number of each pixel of a frame; 0 where nothing was ever marked."""


@dataclass(frozen=True, slots=True)
class Maker:
    """Who or what made voxels.

    Attributes
    ----------
    kind : str
        `reader`, `model` or `consensus`.
    name : str
        The reader's pseudonym (`reader_?` for somebody who reads nothing in the project), the model version
        (name/number), or the consensus rule.
    tool : str
        What was used; empty when it was not said.
    """

    kind: str
    name: str
    tool: str = ""


Attribution = Mapping[int, Mapping[Maker, int]]
"""label value → maker → number of voxels (pixels of frames; in each layer that has the label)"""


def attribution_of(*, mark_set: MarkSet, revision: int, readers: Mapping[UUID, int]) -> Attribution:
    """Return how many voxels of each label each maker made, as of `revision`.

    Holds the history of one frame in memory at a time.
    """
    revisions = {row.number: row for row in Revision.objects.filter(mark_set=mark_set, number__lte=revision)}
    counts: dict[int, Counter[Maker]] = {}
    for history in _histories(mark_set, revision):
        labels, owners = _settle(history, revisions)
        pairs = np.stack([labels[labels > 0].astype(np.int64), owners[labels > 0].astype(np.int64)])
        for (value, number), voxels in _count_pairs(pairs):
            maker = _maker(revisions[number], readers)
            counts.setdefault(value, Counter())[maker] += voxels
    return counts


def _histories(mark_set: MarkSet, revision: int) -> Iterator[list[FrameMask]]:
    """Yield the rows of each frame and layer, oldest first."""
    rows = FrameMask.objects.filter(mark_set=mark_set, number__lte=revision).order_by(
        "sop_instance_uid", "frame_number", "layer", "number"
    )
    found = rows.iterator(chunk_size=200)
    for _, history in groupby(found, key=lambda row: (row.sop_instance_uid, row.frame_number, row.layer)):
        yield list(history)


def _settle(history: list[FrameMask], revisions: Mapping[int, Revision]) -> tuple[Labels, Owners]:
    """Return the last labels of a frame and the revision each pixel belongs to."""
    shape = (history[0].rows, history[0].columns)
    labels: Labels = np.zeros(shape, dtype=np.uint8)
    owners: Owners = np.zeros(shape, dtype=np.int32)
    states: list[tuple[int, Owners]] = [(0, owners)]
    keep_all = any(revisions[row.number].kind == RevisionKind.RESTORE for row in history)
    for row in history:
        now = decode_labels(bytes(row.data), rows=row.rows, columns=row.columns)
        revision = revisions[row.number]
        if revision.kind == RevisionKind.RESTORE and revision.source_number is not None:
            owners = next(state for number, state in reversed(states) if number <= revision.source_number)
        else:
            owners = np.where(now != labels, np.int32(row.number), owners)
        labels = now
        if keep_all:
            states.append((row.number, owners))
    return labels, owners


def _count_pairs(pairs: npt.NDArray[np.int64]) -> Iterator[tuple[tuple[int, int], int]]:
    """Yield each distinct column of `pairs` (2, N) with how often it occurs."""
    found, counts = np.unique(pairs, axis=1, return_counts=True)
    yield from zip(((value, number) for value, number in found.T.tolist()), counts.tolist(), strict=True)


def _maker(revision: Revision, readers: Mapping[UUID, int]) -> Maker:
    if revision.kind == RevisionKind.CONSENSUS:
        return Maker("consensus", revision.tool)
    if revision.kind in (RevisionKind.TAKE_DRAFT, RevisionKind.RUN):
        return Maker("model", revision.model_version, revision.tool)
    number = readers.get(revision.author_id) if revision.author_id else None
    return Maker("reader", reader_name(number) if number else "reader_?", revision.tool)


def attribution_to_json(shares: Mapping[Maker, int]) -> list[dict[str, Any]]:
    """Return makers with their voxels, the most first."""
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0].kind, item[0].name, item[0].tool))
    return [{"by": maker.kind, "name": maker.name, "tool": maker.tool, "voxels": voxels} for maker, voxels in ordered]
