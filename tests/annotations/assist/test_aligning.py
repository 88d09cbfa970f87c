"""Bringing an earlier study onto a case, and copying from one's own earlier reading, through the API."""

import numpy as np
import pytest

from annotations.assist.pixel_cache import FRAMES
from studies.models import Study
from tests.annotations.assist.world import make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """Return a world where the second case is the first one's phantom a month later."""
    FRAMES.clear()
    world = make_world({"A": 4, "B": 4, "C": 7})
    first, second, _ = world.cases
    world.project.cases.filter(pk__in=[first.pk, second.pk]).update(patient_key="same")
    for case, day in ((first, "20200101"), (second, "20200131")):
        Study.objects.filter(series__cases=case).update(study_date=day)
    yield world
    FRAMES.clear()


@pytest.fixture
def align(world, client_of):
    """Return a function that asks as a reader of the second case."""

    def post(there, *, case=None, reader=0, user=None, **changes):
        case = case or world.cases[1]
        reading = world.reading(case, world.readers[reader])
        uids = {"here": world.volume(case).series.series_uid, "there": world.volume(there).series.series_uid}
        body = {name: {"series_uid": uid} for name, uid in uids.items()} | changes
        return client_of(user or world.readers[reader]).post(f"/api/readings/{reading.pk}/align", body, format="json")

    return post


def test_the_same_body_is_found_where_it_was(world, align):
    answer = align(world.cases[0])
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert np.allclose(found["matrix"], np.eye(4), atol=0.05)
    assert found["shift_mm"] < 0.5
    assert found["overlap"] > 0.9
    assert found["information"] >= found["before"]


def test_only_what_the_reading_shows_is_aligned(world, align):
    assert align(world.cases[2]).status_code == 404, "another patient's series is not shown"
    assert align(world.cases[1], case=world.cases[0]).status_code == 404, "a later study is no prior"
    assert align(world.cases[0], user=world.readers[1]).status_code == 404, "another person's reading"
    assert align(world.cases[0], here={"series_uid": "1.2.3"}).status_code == 404
    assert align(world.cases[0], here={}).status_code == 400


def test_series_of_two_modalities_are_refused(world, align):
    world.cases[0].series.update(modality="MR")
    answer = align(world.cases[0])
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "align_modality"


def test_a_reader_is_told_of_their_own_marks_of_the_earlier_study_alone(world, client_of):
    first, second, _ = world.cases
    ann, ben = world.readers

    def own(person):
        reading = world.reading(second, person)
        return client_of(person).get(f"/api/readings/{reading.pk}").json()["priors"][0]["own_reading"]

    assert own(ann) is None, "no marks yet"
    world.draw(first, ann, world.phantom(first).labels)
    assert own(ann) == str(world.reading(first, ann).pk)
    assert own(ben) is None
    # A manager who looks on hears of nobody's reading.
    reading = world.reading(second, ann)
    assert client_of(world.manager).get(f"/api/readings/{reading.pk}").json()["priors"][0]["own_reading"] is None
