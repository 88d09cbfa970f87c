"""The second machine at a reading is told, and may take over."""

import uuid
from datetime import timedelta

import pytest

from annotations.reading.models import Reading
from annotations.reading.services.desks import GONE_AFTER
from jobs.models import Event

pytestmark = pytest.mark.django_db

HERE, THERE = str(uuid.uuid4()), str(uuid.uuid4())


@pytest.fixture
def ann(house):
    """Return the first reader."""
    return house.readers["ann"]


@pytest.fixture
def url(house):
    """Return the address of Ann's reading of case 1."""
    return f"readings/{house.reading('ann').pk}"


@pytest.fixture
def sit(api, ann, url):
    """Return a call that asks for the desk; it gives whether it was given."""

    def ask(machine: str, action: str = "sit") -> bool:
        answer = api(ann, "post", f"{url}/desk", {"machine": machine, "action": action})
        assert answer.status_code == 200, answer.json()
        return bool(answer.json()["held"])

    return ask


def taken() -> list[str]:
    """Return the machines that took over."""
    return [event.payload["machine"] for event in Event.objects.filter(kind="reading.taken").order_by("id")]


def test_the_second_machine_is_told_and_may_take_over(sit):
    assert sit(HERE)
    assert sit(HERE), "it may sit there as often as it likes"
    assert not sit(THERE)
    assert sit(THERE, "take")
    assert not sit(HERE)
    assert taken() == [THERE]


def test_a_desk_that_was_left_or_not_heard_of_for_long_is_free(sit, url):
    assert sit(HERE)
    sit(THERE, "leave")
    assert not sit(THERE), "nobody leaves for another"
    sit(HERE, "leave")
    assert sit(THERE)
    reading = Reading.objects.get(pk=url.split("/")[-1])
    Reading.objects.filter(pk=reading.pk).update(desk_at=reading.desk_at - GONE_AFTER - timedelta(seconds=1))
    assert sit(HERE)
    assert taken() == []


def test_only_the_reader_sits_down(api, house, url):
    assert api(house.readers["ben"], "post", f"{url}/desk", {"machine": HERE, "action": "sit"}).status_code == 404
