"""Measurements of structured reports (template TID 1500 and the measurement groups of others).

A group comes back as what it was when it is one of ours; of others the type follows from what was drawn: two points
with millimetres are a length, three with degrees an angle, an ellipse an ellipse, a closed line a free-hand region.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np
import numpy.typing as npt

from annotations.marks.dicom.measured import (
    COMMENT_CONCEPT,
    FORMS,
    LABEL_CONCEPT,
    LONG_AXIS,
    SCALE_CONCEPT,
    SHORT_AXIS,
    STATISTICS,
    TYPE_CONCEPT,
    unit_text,
)
from annotations.marks.dicom.places import FramePlace
from annotations.marks.dicom.types import Code
from annotations.marks.loading.types import FoundMeasurement
from annotations.marks.measurements import SCALES
from studies.derived.content import code_of, integer, item, items, number, words
from studies.derived.reports import FINDING, MEASUREMENT_GROUP, TRACKING_ID, TRACKING_UID
from studies.dicomfile.metadata import numbers, text
from studies.planes import Plane

MAX_GROUPS = 1_000
MAX_DEPTH = 12
CLOSED_MM = 1e-2
NEAR_PLANE_SHARE = 0.5
"""A line lies on the nearest image within this share of the slice thickness, at least half a millimetre."""

Points = npt.NDArray[np.float64]
Planes = Mapping[tuple[str, int], Plane]


@dataclass(slots=True)
class _Line:
    """Something drawn: its points (LPS mm), the graphic type, and the frame it names."""

    kind: str
    points: Points
    frame: tuple[str, int] | None


@dataclass(slots=True)
class _Value:
    concept: Code
    value: float
    unit: str
    lines: list[_Line] = field(default_factory=list)


@dataclass(slots=True)
class _Group:
    kind: str = ""
    label: str = ""
    text: str = ""
    scale: str = ""
    name: str = ""
    uid: str = ""
    code: Code | None = None
    values: list[_Value] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    missing: bool = False


@dataclass(frozen=True, slots=True)
class _Here:
    """The frames that are here, and their frames of reference."""

    planes: Planes
    references: frozenset[str]


def measurements_in(header: dict[str, Any], planes: Planes, references: frozenset[str]) -> list[FoundMeasurement]:
    """Return the measurements of a report, at most a thousand; what cannot be shown here says why.

    Parameters
    ----------
    header : dict
        The report as DICOM JSON.
    planes : mapping of (sop_instance_uid, frame_number) to Plane
        The frames that it may be about.
    references : frozenset of str
        Their frames of reference: lines in another patient's space are not shown.
    """
    here = _Here(planes, references)
    root = text(header, "00080018")
    found = []
    for place, container in enumerate(_groups(header)):
        if place >= MAX_GROUPS:
            break
        group = _read(container, here)
        if group.values or group.lines:
            found.append(_measurement(group, f"{root}:{group.uid or place}", planes))
    return found


def _groups(root: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    for child in items(root, "0040A730"):
        concept = code_of(child, "0040A043")
        if concept and concept["value"] in MEASUREMENT_GROUP:
            yield child
        elif depth < MAX_DEPTH:
            yield from _groups(child, depth + 1)


def _read(container: dict[str, Any], here: _Here) -> _Group:
    group = _Group()
    for child in items(container, "0040A730"):
        named = code_of(child, "0040A043") or {"value": "", "scheme": "", "meaning": ""}
        kind, value = text(child, "0040A040"), named["value"]
        said = code_of(child, "0040A168")
        if kind == "NUM":
            group.values.append(_number(child, named, here, group))
        elif kind in ("SCOORD", "SCOORD3D"):
            group.lines += _lines(child, here, group)
        elif value == TYPE_CONCEPT.value and said:
            group.kind = said["value"]
        elif value in FINDING and said:
            group.code = Code(said["scheme"], said["value"], said["meaning"])
        elif value == LABEL_CONCEPT.value:
            group.label = words(child, "0040A160", 64)
        elif value == COMMENT_CONCEPT.value:
            group.text = words(child, "0040A160", 1000)
        elif value == SCALE_CONCEPT.value:
            group.scale = words(child, "0040A160", 16)
        elif value in TRACKING_ID:
            group.name = words(child, "0040A160", 200)
        elif value in TRACKING_UID:
            group.uid = text(child, "0040A124")[:64]
    group.values = [value for value in group.values if np.isfinite(value.value)]
    return group


def _number(child: dict[str, Any], named: Mapping[str, str], here: _Here, group: _Group) -> _Value:
    measured = item(child, "0040A300")
    exact, rounded = number(measured, "0040A161"), number(measured, "0040A30A")
    value = exact if exact is not None else rounded
    unit = code_of(measured, "004008EA")
    lines = [line for one in items(child, "0040A730") for line in _lines(one, here, group)]
    concept = Code(named["scheme"], named["value"], named["meaning"])
    return _Value(concept, float("nan") if value is None else value, unit["value"] if unit else "", lines)


def _lines(content: dict[str, Any], here: _Here, group: _Group) -> list[_Line]:
    """Return what a content item draws; `group.missing` tells that it is on an image that is not here."""
    kind, graphic = text(content, "0040A040"), text(content, "00700023")
    values = numbers(content, "00700022")
    if kind == "SCOORD3D" and text(content, "30060024") not in here.references:
        group.missing = True
        return []
    if kind == "SCOORD3D" and len(values) >= 3 and len(values) % 3 == 0:
        return [_Line(graphic, np.array(values, dtype=np.float64).reshape(-1, 3), None)]
    if kind != "SCOORD" or len(values) < 2 or len(values) % 2:
        return []
    reference = next(
        (item(one, "00081199") for one in items(content, "0040A730") if text(one, "0040A040") == "IMAGE"), {}
    )
    frame = (text(reference, "00081155"), integer(reference, "00081160") or 1)
    plane = here.planes.get(frame)
    if plane is None:
        group.missing = True
        return []
    pixels = np.array(values, dtype=np.float64).reshape(-1, 2)[:, ::-1] - 0.5
    return [_Line(graphic, frame_place(plane).points_lps(pixels), frame)]


def frame_place(plane: Plane) -> FramePlace:
    """Return where a frame lies; one without a place in the patient as viewers have it."""
    rows_mm, columns_mm = plane.spacing_mm or (1.0, 1.0)
    down, across = (
        (plane.along_column, plane.along_row)
        if plane.placed and plane.along_column and plane.along_row
        else ((0.0, 1.0, 0.0), (1.0, 0.0, 0.0))
    )
    origin = plane.position_lps if plane.placed and plane.position_lps else (0.0, 0.0, 0.0)
    steps = np.column_stack([np.array(down) * rows_mm, np.array(across) * columns_mm])
    return FramePlace(plane.placed, np.array(origin, dtype=np.float64), steps)


def _measurement(group: _Group, identity: str, planes: Planes) -> FoundMeasurement:
    key = uuid5(NAMESPACE_OID, identity)
    label, code = group.label, group.code
    drawn = [line for value in group.values for line in value.lines] + group.lines
    if not drawn:
        reason = "other_images" if group.missing else "not_drawn"
        return FoundMeasurement(key, None, label or group.name, code, reason)
    kind = group.kind if group.kind in FORMS else _inferred(group, drawn)
    points = _points(kind, drawn) if kind else None
    frame = drawn[0].frame or _nearest(drawn[0].points, planes)
    if not kind or points is None:
        return FoundMeasurement(key, None, label or group.name, code, "unknown_form")
    if frame is None:
        return FoundMeasurement(key, None, label or group.name, code, "other_images")
    return FoundMeasurement(key, _data(kind, points, frame, group), label, code)


def _inferred(group: _Group, drawn: list[_Line]) -> str:
    """Return the type of a group of another program, from what it drew; empty: none of ours."""
    codes = {value.concept.value for value in group.values}
    line, unit = drawn[0], (group.values[0].unit if group.values else "")
    if {LONG_AXIS.value, SHORT_AXIS.value} <= codes and len(drawn) == 2:
        return "bidirectional"
    if line.kind in ("CIRCLE", "ELLIPSE", "POINT", "POLYGON"):
        return {"CIRCLE": "circle", "ELLIPSE": "ellipse", "POINT": "probe", "POLYGON": "freehand"}[line.kind]
    if line.kind != "POLYLINE":
        return ""
    count = len(line.points)
    if len(drawn) == 2 and count == 2 and unit == "deg":
        return "cobb"
    if count == 2 and unit == "mm":
        return "length"
    if count == 3 and unit == "deg":
        return "angle"
    closed = count > 3 and float(np.linalg.norm(line.points[0] - line.points[-1])) <= CLOSED_MM
    return "freehand" if closed else ""


def _points(kind: str, drawn: list[_Line]) -> Points | None:
    """Return the points of a measurement out of its lines, or None where they are too few or too many."""
    form, first = FORMS[kind], drawn[0]
    if form.shape == "circle" and first.kind == "ELLIPSE" and len(first.points) == 4:
        return np.vstack([first.points[:2].mean(axis=0), first.points[0]])
    if form.shape == "closed":
        points = first.points
        closed = len(points) > 3 and float(np.linalg.norm(points[0] - points[-1])) <= CLOSED_MM
        points = points[:-1] if closed else points
        return points if len(points) >= (4 if kind == "rectangle" else 3) else None
    wanted = {"circle": 2, "ellipse": 4, "point": 1}.get(form.shape)
    if wanted is not None:
        return first.points if len(first.points) == wanted else None
    if form.lines:
        pieces = drawn[: len(form.lines)]
        fits = len(pieces) == len(form.lines) and all(len(one.points) == 2 for one in pieces)
        return np.vstack([one.points for one in pieces]) if fits else None
    return first.points if len(first.points) == (3 if kind == "angle" else 2) else None


def _nearest(points: Points, planes: Planes) -> tuple[str, int] | None:
    """Return the frame that a line in the patient lies on or nearest to, or None where images are far."""
    best, near = None, float("inf")
    for key, plane in planes.items():
        if not plane.placed:
            continue
        where = frame_place(plane)
        middle = points.mean(axis=0, keepdims=True)
        row, column = where.pixels(middle)[0]
        apart = where.off_plane_mm(middle)
        if -1 <= row <= plane.rows and -1 <= column <= plane.columns and apart < near:
            best, near = key, apart
    return best if near <= _reach(planes) else None


def _reach(planes: Planes) -> float:
    """Return how far a line may lie from the nearest image: half a step of the images, or half a millimetre."""
    placed = [plane for plane in planes.values() if plane.placed and plane.position_lps]
    if len(placed) < 2:
        return NEAR_PLANE_SHARE
    normal = np.cross(np.array(placed[0].along_row), np.array(placed[0].along_column))
    steps = np.diff(np.unique(np.round(np.array([plane.position_lps for plane in placed]) @ normal, 3)))
    return float(max(NEAR_PLANE_SHARE, NEAR_PLANE_SHARE * steps.max())) if len(steps) else NEAR_PLANE_SHARE


def _data(kind: str, points: Points, frame: tuple[str, int], group: _Group) -> dict[str, Any]:
    form = FORMS[kind]
    main = next((value for value in group.values if value.lines), group.values[0] if group.values else None)
    data: dict[str, Any] = {
        "type": kind,
        "sop_instance_uid": frame[0],
        "frame_number": frame[1],
        "points_lps": [[float(part) for part in point] for point in points],
        "value": main.value if main else 0.0,
        "unit": unit_text(main.unit) if main else "",
    }
    names = {concept.value: name for name, concept in STATISTICS.items()}
    others = {
        names[value.concept.value]: {"value": value.value, "unit": unit_text(value.unit)}
        for value in group.values
        if value is not main and value.concept.value in names and value.concept.value != form.concept.value
    }
    if others:
        data["values"] = others
    if group.text:
        data["text"] = group.text
    if group.scale in SCALES:
        data["scale"] = group.scale
    return data
