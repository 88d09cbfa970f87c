"""Signing in and out, CSRF, passwords, profile."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from audit.models import AuditRecord
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_failures_yet():
    """Forget wrong passwords of other tests."""
    cache.clear()


@pytest.fixture
def ann():
    """Return a user."""
    return factories.user("ann")


def test_a_stranger_learns_that_nobody_is_signed_in_and_gets_the_csrf_cookie():
    answer = APIClient().get("/api/session")
    assert answer.status_code == 200
    assert answer.json()["user"] is None
    assert answer.json()["roles"] == {}
    assert answer.cookies["csrftoken"].value


def test_sign_in_and_out(ann):
    team = factories.team("A", reader=[ann], manager=[ann])
    api = APIClient()
    answer = api.post("/api/session", {"username": "ann", "password": factories.PASSWORD}, format="json")
    assert answer.status_code == 200
    assert answer.json()["user"] == {
        "id": str(ann.pk),
        "username": "ann",
        "display_name": "Ann",
        "is_administrator": False,
        "language": "en",
        "hotkeys": {},
        "overlay": {},
    }
    assert answer.json()["roles"] == {str(team.pk): ["manager", "reader"]}
    assert api.get("/api/tokens").status_code == 200
    assert api.delete("/api/session").status_code == 204
    assert api.get("/api/tokens").status_code == 401
    assert list(AuditRecord.objects.order_by("pk").values_list("action", flat=True)) == [
        "session.open",
        "session.close",
    ]


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_the_callers_mistake(ann, password):
    answer = APIClient().post("/api/session", {"username": "ann", "password": password}, format="json")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in ("wrong_credentials", "invalid")


def test_ten_wrong_passwords_close_the_door_for_this_name_alone(ann):
    factories.user("ben")
    api = APIClient()
    for _ in range(10):
        answer = api.post("/api/session", {"username": "ann", "password": "wrong"}, format="json")
        assert answer.status_code == 400
    answer = api.post("/api/session", {"username": "ann", "password": factories.PASSWORD}, format="json")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "too_many_attempts"
    assert (
        api.post("/api/session", {"username": "ben", "password": factories.PASSWORD}, format="json").status_code == 200
    )


def test_an_inactive_user_cannot_sign_in_and_an_open_session_ends(ann):
    api = APIClient()
    wish = {"username": "ann", "password": factories.PASSWORD}
    assert api.post("/api/session", wish, format="json").status_code == 200
    ann.is_active = False
    ann.save()
    assert api.get("/api/tokens").status_code == 401
    assert APIClient().post("/api/session", wish, format="json").status_code == 400


def test_csrf_is_enforced_for_sign_in_and_for_the_session(ann):
    api = APIClient(enforce_csrf_checks=True)
    wish = {"username": "ann", "password": factories.PASSWORD}
    refused = api.post("/api/session", wish, format="json")
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "csrf_failed"
    token = api.get("/api/session").cookies["csrftoken"].value
    signed_in = api.post("/api/session", wish, format="json", headers={"X-CSRFToken": token})
    assert signed_in.status_code == 200
    token = api.cookies["csrftoken"].value
    assert api.post("/api/tokens", {"name": "x"}, format="json").status_code == 403
    assert api.post("/api/tokens", {"name": "x"}, format="json", headers={"X-CSRFToken": token}).status_code == 201


def test_changing_the_password_ends_other_sessions_only(ann):
    wish = {"username": "ann", "password": factories.PASSWORD}
    here, there = APIClient(), APIClient()
    for api in (here, there):
        api.post("/api/session", wish, format="json")
    new = "a wholly other password"
    assert here.post("/api/session/password", {"old": "no", "new": new}, format="json").status_code == 400
    weak = here.post("/api/session/password", {"old": factories.PASSWORD, "new": "short"}, format="json")
    assert weak.status_code == 400
    assert weak.json()["error"]["code"] == "weak_password"
    changed = here.post("/api/session/password", {"old": factories.PASSWORD, "new": new}, format="json")
    assert changed.status_code == 204
    assert here.get("/api/session").json()["user"]["username"] == "ann"
    assert there.get("/api/session").json()["user"] is None
    assert APIClient().post("/api/session", {**wish, "password": new}, format="json").status_code == 200


def test_hotkeys_are_kept_per_person(ann, client_of):
    api = client_of(ann)
    wish = {"brush": ["Shift+B", "Ctrl+Alt+P"], "eraser": []}
    assert api.patch("/api/session", {"hotkeys": wish}, format="json").json()["user"]["hotkeys"] == wish
    assert api.patch("/api/session", {"language": "en"}, format="json").json()["user"]["hotkeys"] == wish
    assert client_of(factories.user("bob")).get("/api/session").json()["user"]["hotkeys"] == {}
    twice = api.patch("/api/session", {"hotkeys": {"brush": ["B"], "eraser": ["E", "B"]}}, format="json")
    assert twice.status_code == 400
    assert twice.json()["error"]["code"] == "hotkeys"
    assert set(twice.json()["error"]["fields"]) == {"brush", "eraser"}
    for wrong in ({"a b": ["X"]}, {"brush": ["x" * 41]}, {"brush": "B"}, {f"c{n}": [] for n in range(301)}, ["B"]):
        assert api.patch("/api/session", {"hotkeys": wrong}, format="json").status_code == 400
    assert api.get("/api/session").json()["user"]["hotkeys"] == wish
    assert api.patch("/api/session", {"hotkeys": {}}, format="json").json()["user"]["hotkeys"] == {}


def test_texts_over_images_are_kept_per_person(ann, client_of):
    api = client_of(ann)
    wish = {"window": True, "letters": False}
    assert api.patch("/api/session", {"overlay": wish}, format="json").json()["user"]["overlay"] == wish
    assert api.patch("/api/session", {"language": "en"}, format="json").json()["user"]["overlay"] == wish
    assert client_of(factories.user("bob")).get("/api/session").json()["user"]["overlay"] == {}
    for wrong in ({"a b": True}, {"window": "perhaps"}, {f"t{n}": True for n in range(301)}, ["window"]):
        assert api.patch("/api/session", {"overlay": wrong}, format="json").status_code == 400
    assert api.get("/api/session").json()["user"]["overlay"] == wish


def test_name_and_language_are_ones_own_affair(ann, client_of):
    api = client_of(ann)
    answer = api.patch("/api/session", {"display_name": "Dr Ann", "language": "zh-Hans"}, format="json")
    assert answer.status_code == 200
    assert answer.json()["user"]["display_name"] == "Dr Ann"
    assert answer.json()["user"]["language"] == "zh-hans"
    assert api.patch("/api/session", {"language": "tlh"}, format="json").json()["error"]["code"] == "language_unknown"
    assert APIClient().patch("/api/session", {"language": "en"}, format="json").status_code == 401
