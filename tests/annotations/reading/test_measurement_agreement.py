"""Measurements of two readings side by side."""

import uuid

import pytest

from annotations.marks.types import Delta
from annotations.reading.measurement_agreement import compare_measurements
from annotations.reading.models import Agreement
from annotations.reading.services.readings import append_marks
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import submit
from tests.annotations.reading.conftest import make_house

SPACES = {("1.1", 1): "F", ("1.2", 1): "F", ("9.1", 1): "G"}


def length(value, x=0.0, **fields):
    """Return a length of so many mm from (x, 0, 0) along the first axis."""
    return {
        "type": "length",
        "sop_instance_uid": "1.1",
        "frame_number": 1,
        "points_lps": [[x, 0.0, 0.0], [x + value, 0.0, 0.0]],
        "value": value,
        "unit": "mm",
        "label": 1,
        **fields,
    }


def test_each_is_compared_with_the_one_of_the_same_place():
    a = [length(20.0), length(30.0, x=100.0), length(5.0, x=300.0)]
    b = [length(33.0, x=99.0, sop_instance_uid="1.2"), length(18.0, x=1.0)]
    (row,) = compare_measurements(a, b, SPACES)
    assert (row["type"], row["label"], row["name"], row["unit"]) == ("length", 1, "value", "mm")
    assert (row["compared"], row["only_a"], row["only_b"]) == (2, 1, 0)
    assert (row["mean_a"], row["mean_b"]) == (25.0, 25.5)
    assert row["difference"] == pytest.approx(0.5)
    assert row["absolute_difference"] == pytest.approx(2.5)
    assert row["greatest_difference"] == pytest.approx(3.0)


@pytest.mark.parametrize(
    "other",
    [
        length(20.0, label=2),
        length(20.0, label=None),
        length(20.0, unit="px"),
        length(20.0, scale="detector"),
        length(20.0, x=25.0),
        length(20.0, sop_instance_uid="9.1"),
        length(20.0, sop_instance_uid="7.7"),  # not in a volume: a place of its own
    ],
)
def test_another_thing_or_place_is_not_compared(other):
    found = compare_measurements([length(20.0)], [other], SPACES)
    assert sum(row["only_a"] for row in found) == sum(row["only_b"] for row in found) == 1
    assert all(row["compared"] == 0 and row["difference"] is None for row in found)


def test_the_nearest_are_partners_as_many_as_can_be():
    # b's first lies nearest to a's second, but then a's first would have none.
    a, b = [length(1.0, x=0.0), length(2.0, x=8.0)], [length(4.0, x=6.0), length(8.0, x=12.0)]
    (row,) = compare_measurements(a, b, SPACES)
    assert (row["compared"], row["difference"]) == (2, pytest.approx(4.5))


def test_further_figures_are_compared_where_both_have_them():
    region = {
        "type": "ellipse",
        "sop_instance_uid": "7.7",
        "frame_number": 3,
        "points_lps": [[0, 0, 0], [40, 0, 0], [20, -10, 0], [20, 10, 0]],
        "unit": "mm2",
        "label": None,
    }
    a = {
        **region,
        "value": 600.0,
        "values": {"mean": {"value": 40.0, "unit": "HU"}, "sd": {"value": 3.0, "unit": "HU"}},
    }
    b = {
        **region,
        "value": 630.0,
        "values": {"mean": {"value": 44.0, "unit": "HU"}, "sd": {"value": None, "unit": "HU"}},
    }
    found = compare_measurements([a], [b], {})
    assert [(row["name"], row["unit"], row["difference"]) for row in found] == [
        ("value", "mm2", 30.0),
        ("mean", "HU", 4.0),
    ]


def test_arrows_have_no_figure():
    assert compare_measurements([length(3.0, type="arrow")], [], SPACES) == []


def test_it_stands_in_the_agreement_of_a_case(db, api, run_jobs):
    house = make_house("north", readers=("ann", "ben"), readers_per_case=2)
    place = rows.places(house.cases[0].series.get())[0]
    for name, value in (("ann", 20.0), ("ben", 22.0)):
        reading = house.reading(name)
        data = length(value, sop_instance_uid=place[0], frame_number=place[1])
        append_marks(
            actor=reading.reader,
            reading=reading,
            base_revision=0,
            delta=Delta(measurements={uuid.uuid4(): data}),
            provenance=rows.provenance(),
        )
        reading.refresh_from_db()
        submit(reading)
    run_jobs()
    (pair,) = Agreement.objects.get().result["pairs"]
    assert [(row["compared"], row["difference"]) for row in pair["per_measurement"]] == [(1, 2.0)]
    body = api(house.manager, "get", f"cases/{house.cases[0].pk}").json()
    assert body["agreement"]["result"]["pairs"][0]["per_measurement"] == pair["per_measurement"]
