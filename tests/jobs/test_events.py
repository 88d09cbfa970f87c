"""Events: who hears what. Blinding holds here as everywhere."""

import pytest
from django.contrib.auth.models import AnonymousUser

from jobs.models import Event
from jobs.selectors import newest_event_id, visible_events
from jobs.services import emit_event, enqueue_job
from tests import factories
from tests.jobs import kinds  # noqa: F401  (declares the kinds)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Return the people of two teams by name."""
    names = ("reader_1", "reader_2", "adjudicator", "manager", "engineer", "other")
    made = {name: factories.user(name) for name in names}
    made["team"] = factories.team(
        "A",
        reader=[made["reader_1"], made["reader_2"]],
        manager=[made["manager"]],
        engineer=[made["engineer"]],
        adjudicator=[made["adjudicator"]],
    )
    factories.team("B", manager=[made["other"]], reader=[made["other"]])
    made["admin"] = factories.user("admin", is_staff=True)
    made["gone"] = factories.user("gone", is_active=False, is_staff=True)
    return made


def hearers(people):
    return {name for name, actor in people.items() if name != "team" and visible_events(actor=actor).exists()}


def test_an_event_for_one_user_is_heard_by_that_user_alone(people):
    emit_event(kind="reading.changed", subject="reading:1", payload={}, user=people["reader_1"])
    assert hearers(people) == {"reader_1"}


def test_an_event_for_the_staff_is_not_heard_by_readers(people):
    emit_event(kind="reading.changed", subject="reading:1", payload={}, team=people["team"], staff_only=True)
    assert hearers(people) == {"manager", "engineer", "admin"}


def test_an_event_for_the_team_is_heard_by_the_team(people):
    emit_event(kind="case.changed", subject="case:1", payload={}, team=people["team"])
    assert hearers(people) == {"reader_1", "reader_2", "adjudicator", "manager", "engineer", "admin"}


def test_an_event_for_nobody_in_particular_is_heard_by_administrators(people):
    emit_event(kind="study.changed", subject="study:1", payload={})
    assert hearers(people) == {"admin"}
    assert not visible_events(actor=AnonymousUser()).exists()


def test_two_audiences_need_two_events(people):
    with pytest.raises(ValueError, match="two events"):
        emit_event(kind="x", subject="x:1", payload={}, team=people["team"], user=people["reader_1"])


def test_a_job_is_told_to_whoever_started_it_and_to_the_staff_once_each(people):
    enqueue_job(actor=people["reader_1"], kind="tests.add", arguments={"a": 1, "b": 1}, team=people["team"])
    assert hearers(people) == {"reader_1", "manager", "engineer", "admin"}
    assert all(visible_events(actor=people[name]).count() == 1 for name in ("reader_1", "manager"))
    Event.objects.all().delete()
    enqueue_job(actor=people["manager"], kind="tests.add", arguments={"a": 1, "b": 1}, team=people["team"])
    assert Event.objects.count() == 1


def test_the_newest_id():
    assert newest_event_id() == 0
    emit_event(kind="x", subject="x:1", payload={})
    assert newest_event_id() == Event.objects.get().pk
