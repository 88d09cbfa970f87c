"""Every type of measurement, and what is no measurement."""

import pytest

from annotations.marks.dicom.measured import FORMS as WRITTEN
from annotations.marks.measurements import FORMS, measurement_problem


def one(kind, **changes):
    """Return a measurement of a type."""
    form = FORMS[kind]
    return {
        "type": kind,
        "sop_instance_uid": "1.2",
        "frame_number": 1,
        "points_lps": [[0.0, 1.0, 2.5]] * form.points,
        "value": 1.5,
        "unit": form.units[0] if form.units else "HU",
        "label": 1,
        "values": {"mean": {"value": -3.5, "unit": "HU"}, "SUVmax": {"value": None, "unit": "g/ml{SUVbw}"}},
        "text": "here",
        "scale": "detector",
        **changes,
    }


@pytest.mark.parametrize("kind", FORMS)
def test_every_type_is_taken_and_written_to_reports(kind):
    assert measurement_problem(one(kind)) == ""
    bare = {key: value for key, value in one(kind).items() if key not in ("values", "text", "label", "scale")}
    assert measurement_problem(bare) == ""  # as old rows are
    assert kind in WRITTEN


def test_curves_have_many_points_and_grey_values_may_be_negative():
    assert measurement_problem(one("freehand", points_lps=[[0, 0, 0]] * 500)) == ""
    assert measurement_problem(one("probe", value=-1000.0)) == ""


def test_images_without_a_scale_are_measured_in_pixels():
    assert measurement_problem(one("length", unit="px")) == ""
    assert measurement_problem(one("ellipse", unit="px2")) == ""
    assert measurement_problem(one("length", unit="cm"))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("length", {"points_lps": [[0, 0, 0]] * 3}),
        ("freehand", {"points_lps": [[0, 0, 0]] * 2}),
        ("spline", {"points_lps": [[0, 0, 0]] * 3000}),
        ("angle", {"unit": "mm"}),
        ("circle", {"value": -1.0}),
        ("probe", {"value": float("nan")}),
        ("length", {"values": {"mean": 3}}),
        ("length", {"values": {"mean": {"value": "x", "unit": "HU"}}}),
        ("length", {"values": []}),
        ("length", {"text": "x" * 1001}),
        ("length", {"text": None}),
        ("length", {"more": 1}),
        ("length", {"label": [1]}),
        ("length", {"scale": "moon"}),
    ],
)
def test_what_is_none_is_told_why(kind, changes):
    assert measurement_problem(one(kind, **changes))
