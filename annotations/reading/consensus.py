"""One mask out of the submitted readings of a case: plain functions, nothing is written here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.metrics.consensus import StapleLabels, disputed, majority, staple_labels
from annotations.marks.frames import Labels, decode_labels, encode_labels
from annotations.marks.models import LabelSet
from annotations.marks.types import FrameKey, FrameLabels
from annotations.reading.agreement import submitted_frames
from annotations.reading.errors import ReadingStateError
from annotations.reading.models import Case, Reading
from annotations.reading.selectors.cases import inputs_of, submitted_readings
from annotations.reading.types import ConsensusRule

OnProgress = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class ConsensusFound:
    """A consensus that is not written yet.

    Attributes
    ----------
    label_set : LabelSet
        Of the readings.
    inputs : list
        [[reading id, revision], …] in the order of the readers' user names.
    frames : tuple of FrameLabels
        Frames with any label.
    detail : dict
        Voxels marked by anybody and disputed; for STAPLE, per label each reading's sensitivity and specificity
        (on the disputed voxels).
    """

    label_set: LabelSet
    inputs: list[list[Any]]
    frames: tuple[FrameLabels, ...]
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Marked:
    """The voxels of one frame that anybody marked: their places in the flat frame, and each reader's values."""

    key: FrameKey
    rows: int
    columns: int
    places: npt.NDArray[np.intp]
    values: Labels


def compute_consensus(
    *, case: Case, rule: ConsensusRule, on_progress: OnProgress = lambda _share, _message: None
) -> ConsensusFound:
    """Return the consensus of the submitted readings.

    Frame by frame only voxels that somebody marked are looked at; ties are background (see ai.metrics.consensus).

    Raises
    ------
    ReadingStateError
        No reading is submitted (code `too_few_submitted`).
    """
    readings = submitted_readings(case=case)
    if not readings:
        raise ReadingStateError("A consensus needs a submitted reading.", code="too_few_submitted")
    marked = _marked(readings, on_progress)
    stack = np.concatenate([np.zeros((len(readings), 0), dtype=np.uint8), *(frame.values for frame in marked)], axis=1)
    on_progress(0.6, f"Finding the consensus of {len(readings)} readings")
    labels, learned = _decide(stack, rule)
    return ConsensusFound(
        label_set=readings[0].mark_set.label_set,
        inputs=inputs_of(readings),
        frames=tuple(_scatter(marked, labels)),
        detail={
            "readers": len(readings),
            "marked_voxels": int(stack.shape[1]),
            "disputed_voxels": int(np.count_nonzero(disputed(stack))),
            **({"labels": _learned(readings, learned)} if learned else {}),
        },
    )


def _decide(stack: Labels, rule: ConsensusRule) -> tuple[Labels, StapleLabels | None]:
    if rule == ConsensusRule.STAPLE:
        found = staple_labels(stack)
        return found.labels, found
    return majority(stack), None


def _marked(readings: Sequence[Reading], on_progress: OnProgress) -> list[_Marked]:
    by_reading: list[Mapping[FrameKey, FrameLabels]] = [
        {frame.key: frame for frame in submitted_frames(reading)} for reading in readings
    ]
    keys = sorted({key for frames in by_reading for key in frames})
    marked = []
    for count, key in enumerate(keys):
        on_progress(0.6 * count / len(keys), f"Frame {count + 1} of {len(keys)}")
        found = [frames.get(key) for frames in by_reading]
        size = next((frame.rows, frame.columns) for frame in found if frame is not None)
        stack = np.stack(
            [decode_labels(frame.data if frame else b"", rows=size[0], columns=size[1]).ravel() for frame in found]
        )
        places = np.flatnonzero(stack.any(axis=0))
        marked.append(_Marked(key=key, rows=size[0], columns=size[1], places=places, values=stack[:, places]))
    return marked


def _scatter(marked: Sequence[_Marked], labels: Labels) -> list[FrameLabels]:
    frames, start = [], 0
    for frame in marked:
        flat = np.zeros(frame.rows * frame.columns, dtype=np.uint8)
        flat[frame.places] = labels[start : start + frame.places.size]
        start += frame.places.size
        data = encode_labels(flat.reshape(frame.rows, frame.columns))
        if data:
            frames.append(FrameLabels(key=frame.key, rows=frame.rows, columns=frame.columns, data=data))
    return frames


def _learned(readings: Sequence[Reading], found: StapleLabels) -> dict[str, Any]:
    return {
        str(value): {
            "sensitivity": {str(row.pk): float(p) for row, p in zip(readings, staple.sensitivity, strict=True)},
            "specificity": {str(row.pk): float(q) for row, q in zip(readings, staple.specificity, strict=True)},
            "iterations": staple.iterations,
            "converged": staple.converged,
        }
        for value, staple in found.per_label.items()
    }
