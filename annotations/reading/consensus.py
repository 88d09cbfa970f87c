"""One mask out of the submitted readings of a case: plain functions, nothing is written here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from annotations.reading.selectors.cases import inputs_of, not_readable_readings, submitted_readings
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


@dataclass(frozen=True, slots=True)
class _Layer:
    """What one layer came to: its frames, voxels marked by anybody and disputed, and what STAPLE learned by label."""

    frames: list[FrameLabels]
    marked: int
    disputed: int
    learned: Mapping[str, Any]


def compute_consensus(
    *, case: Case, rule: ConsensusRule, on_progress: OnProgress = lambda _share, _message: None
) -> ConsensusFound:
    """Return the consensus of the submitted readings.

    A reading whose reader could not read the case has no mask and so no vote; `detail` has the reasons.
    Frame by frame only voxels that somebody marked are looked at; ties are background (see ai.metrics.consensus).

    Raises
    ------
    ReadingStateError
        No reading is submitted (code `too_few_submitted`), or nobody could read the case (`none_readable`).
    """
    readings = submitted_readings(case=case)
    if not readings:
        raise ReadingStateError("A consensus needs a submitted reading.", code="too_few_submitted")
    unreadable = not_readable_readings(readings=readings)
    submitted, readings = readings, [reading for reading in readings if reading.pk not in unreadable]
    if not readings:
        raise ReadingStateError("No reader could read this case, so it has no consensus.", code="none_readable")
    marked = _marked(readings, on_progress)
    on_progress(0.6, f"Finding the consensus of {len(readings)} readings")
    layers = [
        _decide_layer([frame for frame in marked if frame.key.layer == layer], readings, rule)
        for layer in sorted({frame.key.layer for frame in marked})
    ]
    return ConsensusFound(
        label_set=readings[0].mark_set.label_set,
        inputs=inputs_of(submitted),
        frames=tuple(sorted((frame for layer in layers for frame in layer.frames), key=lambda frame: frame.key)),
        detail={
            "readers": len(readings),
            "marked_voxels": sum(layer.marked for layer in layers),
            "disputed_voxels": sum(layer.disputed for layer in layers),
            "not_readable": {str(pk): reason for pk, reason in unreadable.items()},
            **({"labels": learned} if (learned := _together(layer.learned for layer in layers)) else {}),
        },
    )


def _decide_layer(marked: Sequence[_Marked], readings: Sequence[Reading], rule: ConsensusRule) -> _Layer:
    """Return the consensus of one layer: labels of different layers may overlap, so each is decided by itself."""
    stack = np.concatenate([frame.values for frame in marked], axis=1)
    if rule == ConsensusRule.STAPLE:
        found = staple_labels(stack)
        labels, learned = found.labels, _learned(readings, found)
    else:
        labels, learned = majority(stack), {}
    return _Layer(
        frames=_scatter(marked, labels),
        marked=int(stack.shape[1]),
        disputed=int(np.count_nonzero(disputed(stack))),
        learned=learned,
    )


def _together(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {value: found for part in parts for value, found in part.items()}


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
