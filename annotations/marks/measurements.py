"""Is a measurement of a known form? Pure: knows nothing of the database."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_POINTS = 2_000
MAX_TEXT = 1_000
MAX_VALUES = 32
SCALES = ("detector", "region")
"""What its millimetres are where they are none of the patient: those at the detector of a projection whose
magnification nobody corrected, or those of an ultrasound region's calibration."""
_KEYS = {"type", "sop_instance_uid", "frame_number", "points_lps", "value", "unit", "label", "values", "text", "scale"}


@dataclass(frozen=True, slots=True)
class Form:
    """What one type of measurement looks like.

    Attributes
    ----------
    points, most : int
        How many points at least and at most; `most` 0: exactly `points`.
    units : tuple of str
        Units that its value may have; empty: any.
    signed : bool
        Its value may be below 0 (a grey value).
    """

    points: int
    units: tuple[str, ...]
    most: int = 0
    signed: bool = False


_LENGTHS, _AREAS = ("mm", "px"), ("mm2", "px2")  # px: the image does not say how large a pixel is

FORMS: Mapping[str, Form] = {
    "length": Form(2, _LENGTHS),
    "bidirectional": Form(4, _LENGTHS),
    "angle": Form(3, ("deg",)),
    "cobb": Form(4, ("deg",)),
    "ellipse": Form(4, _AREAS),
    "rectangle": Form(4, _AREAS),
    "circle": Form(2, _AREAS),
    "freehand": Form(3, _AREAS, most=MOST_POINTS),
    "spline": Form(3, _AREAS, most=MOST_POINTS),
    "probe": Form(1, (), signed=True),
    "arrow": Form(2, ("", "1", *_LENGTHS)),
    "height": Form(2, _LENGTHS),
    "ratio": Form(4, ("", "1")),
}
"""Types of measurement. Points: the long axis before the short one, an angle's vertex in the middle, ends of both axes
of an ellipse, corners, centre and edge of a circle, an arrow's tip first, one line of a ratio after the other."""


def measurement_problem(data: Mapping[str, Any]) -> str:
    """Return what is wrong with a measurement's form, as the end of a sentence; empty when nothing is."""
    if unknown := sorted(set(data) - _KEYS):
        return f"has the unknown field {unknown[0]!r}"
    form = FORMS.get(data["type"]) if isinstance(data.get("type"), str) else None
    if form is None:
        return f"needs a type out of {', '.join(FORMS)}"
    if not isinstance(data.get("sop_instance_uid"), str) or not _is_whole(data.get("frame_number")):
        return "needs the frame it lies on"
    return _points_problem(data, form) or _value_problem(data, form) or _words_problem(data)


def _points_problem(data: Mapping[str, Any], form: Form) -> str:
    points, most = data.get("points_lps"), form.most or form.points
    if isinstance(points, list) and form.points <= len(points) <= most and all(_is_point(point) for point in points):
        return ""
    wanted = f"{form.points}" if most == form.points else f"{form.points} to {most}"
    return f"of type {data['type']} needs {wanted} points of three finite numbers"


def _value_problem(data: Mapping[str, Any], form: Form) -> str:
    if not _is_number(data.get("value")) or (data["value"] < 0 and not form.signed):
        return "needs a value" + ("" if form.signed else " of at least 0")
    unit = data.get("unit")
    if not isinstance(unit, str) or len(unit) > 32 or (form.units and unit not in form.units):
        return f"of type {data['type']} has the unit {form.units[0] if form.units else 'as text'}"
    values = data.get("values", {})
    if not isinstance(values, dict) or len(values) > MAX_VALUES or not all(map(_is_statistic, values.items())):
        return 'has further values that are not of the form {"mean": {"value": 1.5, "unit": "HU"}}'
    return ""


def _is_statistic(item: tuple[object, object]) -> bool:
    name, found = item
    if not isinstance(name, str) or len(name) > 40 or not isinstance(found, dict) or set(found) != {"value", "unit"}:
        return False
    unit, value = found["unit"], found["value"]
    return isinstance(unit, str) and len(unit) <= 32 and (value is None or _is_number(value))


def _words_problem(data: Mapping[str, Any]) -> str:
    text, label = data.get("text", ""), data.get("label")
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        return f"has a text that is longer than {MAX_TEXT} characters, or none"
    if "scale" in data and data["scale"] not in SCALES:
        return f"has a scale other than {' or '.join(SCALES)}"
    if label is not None and not _is_whole(label) and not (isinstance(label, str) and len(label) <= 200):
        return "has a label that is neither text of at most 200 characters nor a number"
    return ""


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_point(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(_is_number(part) for part in value)
