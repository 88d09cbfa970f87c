"""Which source frames can lie in one DICOM SEG: those of one plane stack, each position once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydicom.dataset import Dataset

from annotations.marks.dicom.types import FrameId

_DIGITS = 4
"""Positions (mm) and direction cosines are told apart to four decimals."""


EVEN_MM = 1e-2
"""How far a slice may lie from its place in an even stack."""


@dataclass(slots=True)
class Part:
    """Source frames for one SEG.

    Attributes
    ----------
    frames : list of FrameId
    placed : bool
        The frames have a place in the patient; otherwise there is exactly one frame, told by its reference alone.
    step_mm : float or None
        Distance of neighbouring slices of the volume that the frames are of; None: it is not one and the same, or
        cannot be known from fewer than two frames. A SEG leaves out empty slices, and some readers take the slice
        thickness for their distance unless they are told.
    """

    placed: bool
    frames: list[FrameId] = field(default_factory=list)
    positions: set[tuple[float, ...]] = field(default_factory=set)
    step_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a frame lies: its position (LPS mm), and what it must share with the other frames of a SEG."""

    position: tuple[float, ...]
    stack: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """What an image says of a frame's place: LPS mm, direction cosines, mm between rows and columns; None: nothing."""

    position: Sequence[float] | None
    orientation: Sequence[float] | None
    spacing: Sequence[float] | None
    thickness: float | None


def plane_of(source: Dataset, frame_number: int) -> Plane | None:
    """Return where a frame lies, or None when the image says nothing of it."""
    where = placement(source, frame_number)
    if "FrameOfReferenceUID" not in source or not where.position or not where.orientation or not where.spacing:
        return None
    stack = (
        source.Rows,
        source.Columns,
        source.FrameOfReferenceUID,
        _rounded(where.orientation),
        _rounded(where.spacing),
    )
    return Plane(position=_rounded(where.position), stack=stack)


def placement(source: Dataset, frame_number: int) -> Placement:
    """Return what an image says of the place of one of its frames (from 1).

    Single-frame images say so in their own attributes, enhanced multi-frame ones in their functional groups
    (PS3.3 C.7.6.16.2); other multi-frame images, such as ultrasound loops, not at all.
    """
    groups = source.get("PerFrameFunctionalGroupsSequence")
    if groups is None and int(source.get("NumberOfFrames") or 1) > 1:
        return Placement(None, None, None, None)
    if groups is None:
        position, orientation, measures = source, source, source
    else:
        shared = (source.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
        position, orientation, measures = (
            (groups[frame_number - 1].get(name) or shared.get(name) or [Dataset()])[0]
            for name in ("PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence")
        )
    return Placement(
        position=position.get("ImagePositionPatient"),
        orientation=orientation.get("ImageOrientationPatient"),
        spacing=measures.get("PixelSpacing"),
        thickness=measures.get("SliceThickness"),
    )


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(float(value) + 0.0 for value in np.round(np.asarray(list(values), dtype=np.float64), _DIGITS))


def split_into_parts(
    frames: Iterable[FrameId], *, groups: Sequence[Sequence[FrameId]], sources: Mapping[str, Dataset]
) -> list[Part]:
    """Return the frames in parts that can each become one SEG.

    Frames of different groups (time points, echoes) never share a part; nor do frames that differ in size,
    orientation, pixel spacing or frame of reference, nor frames at the same position. A frame without a place in the
    patient makes a part of its own.

    Parameters
    ----------
    frames : iterable of FrameId
        The frames that hold labels.
    groups : sequence of sequences of FrameId
        The volumes of the series, in order; a frame in none of them counts to a last group.
    sources : mapping of SOP Instance UID to Dataset
    """
    group_of = {frame: (index, place) for index, group in enumerate(groups) for place, frame in enumerate(group)}
    last = len(groups)
    ordered = sorted(frames, key=lambda frame: (*group_of.get(frame, (last, 0)), frame))
    parts: list[Part] = []
    open_parts: dict[tuple[object, ...], list[Part]] = {}
    for frame in ordered:
        plane = plane_of(sources[frame[0]], frame[1])
        if plane is None:
            parts.append(Part(placed=False, frames=[frame]))
            continue
        key = (group_of.get(frame, (last, 0))[0], *plane.stack)
        fitting = next((part for part in open_parts.get(key, []) if plane.position not in part.positions), None)
        if fitting is None:
            fitting = Part(placed=True)
            parts.append(fitting)
            open_parts.setdefault(key, []).append(fitting)
        fitting.frames.append(frame)
        fitting.positions.add(plane.position)
    for part in parts:
        part.step_mm = _step_mm([(group_of.get(frame), frame) for frame in part.frames], sources)
    return parts


def _step_mm(frames: Sequence[tuple[tuple[int, int] | None, FrameId]], sources: Mapping[str, Dataset]) -> float | None:
    """Return the distance along the normal per step in the volume, where it is the same for all frames."""
    placed = [(at[1], placement(sources[frame[0]], frame[1])) for at, frame in frames if at is not None]
    if len(placed) < 2 or len(placed) < len(frames):
        return None
    first, normal = placed[0][1], None
    if first.orientation and first.position:
        cosines = np.array([float(value) for value in first.orientation])
        normal = np.cross(cosines[:3], cosines[3:])
    if normal is None or first.position is None:
        return None
    index = np.array([place for place, _ in placed], dtype=np.float64)
    positions = np.array([[float(value) for value in where.position or ()] for _, where in placed])
    along = (positions - positions[0]) @ normal
    step = float(along[-1] / (index[-1] - index[0])) if index[-1] != index[0] else 0.0
    even = np.abs(along - step * (index - index[0])).max() <= EVEN_MM
    return abs(step) if even and abs(step) > EVEN_MM else None
