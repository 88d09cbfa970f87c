"""Is a delta right? Checked before any lock is taken, because inflating masks takes time."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from annotations.marks.errors import (
    MaskShapeError,
    MeasurementError,
    TooLargeError,
    UnknownFrameError,
    UnknownLabelError,
    WrongLayerError,
)
from annotations.marks.frames import decode_labels, values_in
from annotations.marks.measurements import measurement_problem
from annotations.marks.models import MarkSet
from annotations.marks.selectors import label_layers
from annotations.marks.types import CheckedDelta, Delta, FrameLabels
from studies.models import Instance

MAX_FRAMES = 10_000
MAX_MEASUREMENTS = 1_000
MAX_ANSWERS = 200
MAX_LAYER = 255


def check_delta(*, mark_set: MarkSet, delta: Delta, within: Collection[UUID] | None = None) -> CheckedDelta:
    """Return `delta` with its masks made canonical (an all-zero mask becomes empty bytes), or raise.

    Parameters
    ----------
    mark_set : MarkSet
    delta : Delta
    within : collection of UUID, optional
        Series that may be marked, narrower than those the mark set's team may see.

    Raises
    ------
    UnknownFrameError
        A frame is not in the archive, not granted to the mark set's team, outside `within`, or named twice.
    MaskShapeError
        Rows or columns are not the instance's, or the bytes are not zlib of exactly that many values.
    UnknownLabelError
        A value is no label of the mark set's label set.
    WrongLayerError
        A label lies in another layer than its own.
    MeasurementError
        A measurement has an unknown type or form, or lies on an unknown frame.
    TooLargeError
        More frames, measurements or answers than are taken at once.
    """
    for count, limit, what in (
        (len(delta.frames), MAX_FRAMES, "frames"),
        (len(delta.measurements), MAX_MEASUREMENTS, "measurements"),
        (len(delta.answers), MAX_ANSWERS, "answers"),
    ):
        if count > limit:
            raise TooLargeError(f"{count} {what} in one change; at most {limit} are taken.", fields={what: count})
    keys = [frame.key for frame in delta.frames]
    if len(set(keys)) != len(keys):
        raise UnknownFrameError("One change names the same frame twice.")
    measured = [str(data.get("sop_instance_uid")) for data in delta.measurements.values() if data is not None]
    instances = _instances({key.sop_instance_uid for key in keys} | set(measured), mark_set=mark_set, within=within)
    allowed = label_layers(label_set=mark_set.label_set)
    checked = [_check_frame(frame, instances, allowed) for frame in delta.frames]
    for key, data in delta.measurements.items():
        if data is not None:
            _check_measurement(key, data, instances)
    return CheckedDelta(
        delta=Delta(tuple(frame for frame, _ in checked), dict(delta.measurements), dict(delta.answers)),
        values=frozenset().union(*(values for _, values in checked)),
    )


def _instances(
    uids: Iterable[str], *, mark_set: MarkSet, within: Collection[UUID] | None
) -> dict[str, tuple[int, int, int]]:
    """Return uid → (rows, columns, frame count) of those instances that may be marked."""
    rows = Instance.objects.filter(sop_instance_uid__in=list(uids), series__grants__team=mark_set.team_id)
    if within is not None:
        rows = rows.filter(series__in=list(within))
    return {
        uid: (height, width, frames)
        for uid, height, width, frames in rows.values_list("sop_instance_uid", "rows", "columns", "frame_count")
    }


def _check_frame(
    frame: FrameLabels, instances: Mapping[str, tuple[int, int, int]], allowed: Mapping[int, int]
) -> tuple[FrameLabels, frozenset[int]]:
    key = frame.key
    known = instances.get(key.sop_instance_uid)
    where = {"sop_instance_uid": key.sop_instance_uid, "frame_number": key.frame_number, "layer": key.layer}
    if known is None or not 1 <= key.frame_number <= known[2] or not 0 <= key.layer <= MAX_LAYER:
        raise UnknownFrameError("A mask lies on a frame that is not part of this case.", fields=where)
    if (frame.rows, frame.columns) != known[:2]:
        raise MaskShapeError(
            f"A mask of {frame.rows} × {frame.columns} does not fit a frame of {known[0]} × {known[1]}.",
            fields={**where, "rows": known[0], "columns": known[1]},
        )
    values = values_in(decode_labels(frame.data, rows=frame.rows, columns=frame.columns)) if frame.data else frozenset()
    if unknown := sorted(values - allowed.keys()):
        raise UnknownLabelError(f"A mask holds the value {unknown[0]}, which is no label.", fields={"values": unknown})
    if astray := sorted(value for value in values if allowed[value] != key.layer):
        raise WrongLayerError(
            f"The label {astray[0]} lies in layer {key.layer} and belongs in layer {allowed[astray[0]]}.",
            fields={**where, "value": astray[0]},
        )
    data = frame.data if values else b""
    return FrameLabels(key=key, rows=frame.rows, columns=frame.columns, data=data), values


def _check_measurement(key: UUID, data: Mapping[str, Any], instances: Mapping[str, tuple[int, int, int]]) -> None:
    problem = measurement_problem(data)
    if problem:
        raise MeasurementError(f"A measurement {problem}.", fields={"key": str(key)})
    known = instances.get(data["sop_instance_uid"])
    if known is None or not 1 <= data["frame_number"] <= known[2]:
        raise UnknownFrameError(
            "A measurement lies on a frame that is not part of this case.", fields={"key": str(key)}
        )
