"""Blinding at the doors that stand beside the reading API: events, jobs, DICOMweb, downloads."""

import uuid

import pytest
from rest_framework.test import APIClient

from annotations.marks.models import MarkSet
from jobs.models import Event
from jobs.selectors.events import visible_events
from jobs.selectors.jobs import visible_jobs
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    """Return two tenants, and a case that two readers read."""
    return make_world()


def client(world: World, name: str) -> APIClient:
    """Return a signed-in client."""
    api = APIClient()
    api.force_login(world.people[name])
    return api


@pytest.fixture
def read(world: World) -> str:
    """Let the reader mark and submit; return the mark set's id."""
    api = client(world, "reader")
    here = f"/api/readings/{world.ids['reading_id']}"
    api.post(f"{here}/open")
    delta = {
        "client_id": str(uuid.uuid4()),
        "base_revision": 0,
        "tool": "length",
        "frames": [],
        "measurements": [],
        "answers": [],
    }
    assert api.post(f"{here}/revisions", delta, format="json").status_code == 201
    assert api.post(f"{here}/submit", {"base_revision": 1}, format="json").status_code == 200
    return world.ids["mark_set_id"]


def test_no_event_tells_one_reader_of_another(world: World, read: str) -> None:
    heard = visible_events(actor=world.people["second_reader"])
    secret = {world.ids["reading_id"], read}
    assert Event.objects.filter(subject=f"reading:{world.ids['reading_id']}").exists()
    for event in heard:
        assert not any(name in f"{event.subject} {event.payload}" for name in secret), event
        assert str(world.people["reader"].pk) not in f"{event.payload}"


def test_no_job_tells_one_reader_of_another(world: World, read: str) -> None:
    assert not visible_jobs(actor=world.people["second_reader"]).exists()


def test_dicomweb_holds_the_images_and_no_marks(world: World, read: str) -> None:
    api = client(world, "second_reader")
    series = api.get("/dicomweb/series").json()
    assert [one["00080060"]["Value"] for one in series] == [["CT"]]
    assert MarkSet.objects.filter(pk=read).exists()
    for address in (read, world.ids["reading_id"]):
        assert api.get(f"/dicomweb/studies/{address}").status_code == 400  # no UID at all
        assert api.get(f"/api/mark-sets/{address}/frames").status_code == 404


def test_a_foreign_tenant_finds_nothing_by_any_list(world: World, read: str) -> None:
    api = client(world, "rival")
    assert world.project
    texts = [
        api.get(path).content.decode()
        for path in (
            "/api/projects",
            "/api/studies",
            "/api/worklist",
            "/api/jobs",
            "/api/models",
            "/api/audit",
            "/dicomweb/studies",
            "/dicomweb/series",
            "/dicomweb/instances",
        )
    ]
    for secret in (str(world.project.pk), world.ids["study_uid"], world.ids["series_uid"], read, "Secret^Name1"):
        assert not any(secret in text for text in texts), secret


def test_names_of_patients_stay_from_readers_in_the_reading_api(world: World) -> None:
    api = client(world, "reader")
    for path in ("/api/worklist", f"/api/readings/{world.ids['reading_id']}"):
        text = api.get(path).content.decode()
        assert "Secret" not in text
        assert "PATIENT-1" not in text
