"""What a presentation state says of how images are shown, and its drawings as measurements (PS3.3 A.33).

Drawings have no values: lengths and areas are computed from the images they were drawn on.
"""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np

from annotations.marks.dicom.places import FramePlace, Points
from annotations.marks.loading.reports import CLOSED_MM, Planes, frame_place
from annotations.marks.loading.types import FoundMeasurement
from studies.derived.content import integer, item, items, number, words
from studies.dicomfile.metadata import numbers, text

MAX_DRAWINGS = 1_000


def window_of(header: dict[str, Any]) -> tuple[float, float] | None:
    """Return the first window (centre, width) in rescaled values, or None where it holds none."""
    for voi in items(header, "00283110"):
        centre, width = number(voi, "00281050"), number(voi, "00281051")
        if centre is not None and width is not None and width > 0:
            return centre, width
    return None


def drawings_in(header: dict[str, Any], planes: Planes) -> list[FoundMeasurement]:
    """Return the drawings on these frames; what is not shown here says why."""
    root = text(header, "00080018")
    found: list[FoundMeasurement] = []
    for place, annotation in enumerate(items(header, "00700001")):
        said = words(item(annotation, "00700008"), "00700006", 1000)
        for number_, drawn in enumerate(items(annotation, "00700009")):
            if len(found) >= MAX_DRAWINGS:
                return found
            key = uuid5(NAMESPACE_OID, f"{root}:{place}:{number_}")
            frame = _frame(annotation, planes)
            if frame is None:
                found.append(FoundMeasurement(key, None, said, None, "other_images"))
                continue
            data = _data(drawn, frame, frame_place(planes[frame]), said)
            found.append(FoundMeasurement(key, data, "" if data else said, None, "" if data else "unknown_form"))
    return found


def _frame(annotation: dict[str, Any], planes: Planes) -> tuple[str, int] | None:
    """Return the first image frame that an annotation is on and that is here; without any it is on all images."""
    references = items(annotation, "00081140")
    for reference in references:
        frame = (text(reference, "00081155"), integer(reference, "00081160") or 1)
        if frame in planes:
            return frame
    return None


def _data(drawn: dict[str, Any], frame: tuple[str, int], where: FramePlace, said: str) -> dict[str, Any] | None:
    values = numbers(drawn, "00700022")
    if text(drawn, "00700005") not in ("PIXEL", "MATRIX") or len(values) < 2 or len(values) % 2:
        return None
    points = where.points_lps(np.array(values, dtype=np.float64).reshape(-1, 2)[:, ::-1] - 0.5)
    form = _form(text(drawn, "00700023"), points)
    if form is None:
        return None
    kind, points, value, unit = form
    data: dict[str, Any] = {
        "type": kind,
        "sop_instance_uid": frame[0],
        "frame_number": frame[1],
        "points_lps": [[float(part) for part in point] for point in points],
        "value": value,
        "unit": unit,
    }
    return {**data, "text": said} if said else data


def _form(graphic: str, points: Points) -> tuple[str, Points, float, str] | None:
    """Return type, points, value and unit of a drawing, or None where it is none of ours."""
    count = len(points)
    if graphic == "CIRCLE" and count == 2:
        return "circle", points, float(np.pi * np.sum((points[1] - points[0]) ** 2)), "mm2"
    if graphic == "ELLIPSE" and count == 4:
        axes = [float(np.linalg.norm(points[place + 1] - points[place])) for place in (0, 2)]
        return "ellipse", points, float(np.pi * axes[0] * axes[1] / 4), "mm2"
    if graphic in ("POLYLINE", "INTERPOLATED") and count == 2:
        return "length", points, float(np.linalg.norm(points[1] - points[0])), "mm"
    closed = count > 3 and float(np.linalg.norm(points[0] - points[-1])) <= CLOSED_MM
    if graphic in ("POLYLINE", "INTERPOLATED") and closed:
        around = points[:-1] - points[:-1].mean(axis=0)
        area = np.linalg.norm(np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0)) / 2
        return "freehand", points[:-1], float(area), "mm2"
    return None
