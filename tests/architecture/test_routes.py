"""Route × role: every route says who may use it, and a route that is not listed here fails the suite.

Letters: S stranger (not signed in) · O signed in, in no project · V manager of another project · R the reader whose
reading it is · Q another reader of the same case · J adjudicator · E AI engineer · C researcher · M project manager ·
A administrator. Refused means 401, 403 or 404; an invisible thing and a missing one look the same.
"""

import json
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

from tests.world import World, make_world

pytestmark = pytest.mark.django_db

LETTERS = {
    "S": None,
    "O": "outsider",
    "V": "rival",
    "R": "reader",
    "Q": "second_reader",
    "J": "adjudicator",
    "E": "engineer",
    "C": "researcher",
    "M": "manager",
    "A": "administrator",
}
ALL = "SOVRQJECMA"
SIGNED = "OVRQJECMA"
TEAM = "RQJECMA"
OVERSEERS = "JEMA"

MATRIX: dict[str, str] = {
    # accounts: lists show one's own, or what one may see
    "GET api/session": ALL,
    "POST api/session": ALL,
    "PATCH api/session": SIGNED,
    "DELETE api/session": SIGNED,
    "POST api/session/password": SIGNED,
    "GET api/users": "VMA",
    "POST api/users": "A",
    "PATCH api/users/<uuid:user_id>": "A",
    "POST api/users/<uuid:user_id>/reset-password": "A",
    "GET api/tokens": SIGNED,
    "POST api/tokens": SIGNED,
    "DELETE api/tokens/<uuid:token_id>": "M",
    "GET api/audit": SIGNED,
    # jobs: lists show what is visible; the job in question is the manager's, of the first team
    "GET api/jobs": SIGNED,
    "GET api/jobs/<uuid:job_id>": "EMA",
    "POST api/jobs/<uuid:job_id>/cancel": "EMA",
    "POST api/jobs/<uuid:job_id>/retry": "EMA",
    "GET api/jobs/<uuid:job_id>/log": "EMA",
    # studies: the administrator brought them in, the first project's team was granted the series
    "GET api/imports": SIGNED,
    "POST api/imports": "VMA",
    "GET api/imports/<uuid:import_id>": "A",
    "GET api/imports/<uuid:import_id>/files": "A",
    "POST api/imports/<uuid:import_id>/files": "A",
    "POST api/imports/<uuid:import_id>/known": "A",
    "POST api/imports/<uuid:import_id>/close": "A",
    "GET api/set-aside": SIGNED,
    "DELETE api/set-aside/<uuid:file_id>": "A",
    "POST api/set-aside/<uuid:file_id>/retry": "A",
    "POST api/set-aside/retry": SIGNED,
    "POST api/set-aside/repair": SIGNED,
    "POST api/set-aside/repair/preview": SIGNED,
    "POST api/set-aside/<uuid:file_id>/repair": "A",
    "GET api/set-aside/<uuid:file_id>/compare": "A",
    "POST api/set-aside/<uuid:file_id>/settle": "A",
    "GET api/set-aside/<uuid:file_id>/file": "A",
    "GET api/studies": SIGNED,
    "GET api/studies/<str:study_uid>": TEAM,
    "DELETE api/studies/<str:study_uid>": "A",
    "DELETE api/series/<str:series_uid>": "A",
    "GET api/storage": "A",
    "PATCH api/storage": "A",
    "GET api/storage/expired": "A",
    "GET api/dicom-nodes": "A",
    "POST api/dicom-nodes": "A",
    "PATCH api/dicom-nodes/<uuid:node_id>": "A",
    "DELETE api/dicom-nodes/<uuid:node_id>": "A",
    "GET api/series/<str:series_uid>/volumes": TEAM,
    "GET api/series/<str:series_uid>/derived": TEAM,
    "POST api/series/<str:series_uid>/convert": "MA",
    "GET api/series/<str:series_uid>/thumbnail": TEAM,
    "GET api/series/<str:series_uid>/overview": TEAM,
    # de-identification: of the first project's team; re-identifying is a permission of its own
    "GET api/deidentification/profiles": SIGNED,
    "POST api/deidentification/profiles": "MA",
    "GET api/deidentification/profiles/<uuid:profile_id>": "MA",
    "PATCH api/deidentification/profiles/<uuid:profile_id>": "MA",
    "POST api/deidentification/profiles/<uuid:profile_id>/runs": "MA",
    "POST api/deidentification/profiles/<uuid:profile_id>/reidentify": "A",
    "GET api/deidentification/runs": SIGNED,
    "GET api/deidentification/runs/<uuid:deidentification_run_id>": "MA",
    "GET api/deidentification/held": SIGNED,
    "GET api/deidentification/held/<uuid:held_id>/picture": "MA",
    "POST api/deidentification/held/<uuid:held_id>/release": "MA",
    "POST api/deidentification/held/<uuid:held_id>/blank": "MA",
    "POST api/deidentification/held/<uuid:held_id>/discard": "MA",
    # reading
    "GET api/structures": SIGNED,
    "GET api/projects": SIGNED,
    "POST api/projects": "VMA",
    "GET api/projects/<uuid:project_id>": TEAM,
    "PATCH api/projects/<uuid:project_id>": "MA",
    "GET api/projects/<uuid:project_id>/protocol": TEAM,
    "PUT api/projects/<uuid:project_id>/protocol": "MA",
    "GET api/projects/<uuid:project_id>/members": "JECMA",
    "PUT api/projects/<uuid:project_id>/members": "MA",
    "GET api/projects/<uuid:project_id>/cases": OVERSEERS,
    "POST api/projects/<uuid:project_id>/cases": "MA",
    "POST api/projects/<uuid:project_id>/go-live": "MA",
    "POST api/projects/<uuid:project_id>/close": "MA",
    "GET api/projects/<uuid:project_id>/progress": OVERSEERS,
    "GET api/projects/<uuid:project_id>/hanging": TEAM,
    "PUT api/projects/<uuid:project_id>/hanging": "MA",
    "PUT api/projects/<uuid:project_id>/hanging/own": TEAM,
    "GET api/worklist": SIGNED,
    "POST api/worklist/next": "RQ",
    "GET api/readings/<uuid:reading_id>": "RJMA",
    "POST api/readings/<uuid:reading_id>/open": "R",
    "GET api/readings/<uuid:reading_id>/frames": "RJMA",
    "GET api/readings/<uuid:reading_id>/revisions": "RJMA",
    "POST api/readings/<uuid:reading_id>/revisions": "R",
    "GET api/readings/<uuid:reading_id>/revisions/<int:number>": "RJMA",
    "POST api/readings/<uuid:reading_id>/desk": "R",
    "POST api/readings/<uuid:reading_id>/restore": "R",
    "GET api/readings/<uuid:reading_id>/export/<str:form>": "RJMA",
    "POST api/readings/<uuid:reading_id>/import/preview": "R",
    "POST api/readings/<uuid:reading_id>/import": "R",
    "POST api/readings/<uuid:reading_id>/submit": "R",
    "POST api/readings/<uuid:reading_id>/return": "MA",
    "GET api/cases/<uuid:case_id>": OVERSEERS,
    "POST api/cases/<uuid:case_id>/agreement": OVERSEERS,
    "POST api/cases/<uuid:case_id>/consensus": OVERSEERS,
    "GET api/mark-sets/<uuid:mark_set_id>/frames": "RJMA",
    # assist
    "GET api/models": SIGNED,
    "POST api/models": "A",
    "GET api/models/<uuid:model_id>": "EMA",
    "GET api/model-versions/<uuid:version_id>": "EMA",
    "POST api/model-versions/<uuid:version_id>/trust": "A",
    "GET api/model-versions/<uuid:version_id>/bundle": "EMA",
    "POST api/projects/<uuid:project_id>/prelabel": "EMA",
    "GET api/projects/<uuid:project_id>/drafts": "EMA",
    "GET api/readings/<uuid:reading_id>/drafts": "RMEA",
    "POST api/readings/<uuid:reading_id>/drafts/<uuid:draft_id>/decide": "R",
    "GET api/drafts/<uuid:draft_id>/frames": "RQEMA",
    "POST api/readings/<uuid:reading_id>/prompt": "R",
    "POST api/readings/<uuid:reading_id>/align": "R",
    # learning
    "GET api/projects/<uuid:project_id>/learning": "EMA",
    "PATCH api/projects/<uuid:project_id>/learning": "EMA",
    "PUT api/projects/<uuid:project_id>/learning/champion": "EMA",
    "POST api/projects/<uuid:project_id>/learning/train": "EMA",
    "POST api/projects/<uuid:project_id>/learning/rollback": "EMA",
    "GET api/training-runs/<uuid:run_id>": "EMA",
    # datasets
    "GET api/projects/<uuid:project_id>/releases": "CMA",
    "POST api/projects/<uuid:project_id>/releases": "CMA",
    "POST api/projects/<uuid:project_id>/releases/preview": "CMA",
    "GET api/releases/<uuid:release_id>": "CMA",
    "GET api/releases/<uuid:release_id>/manifest": "CMA",
    "GET api/releases/<uuid:release_id>/download/<str:archive_format>": "CMA",
    # DICOMweb: lists hold what is visible; everything below a study needs the grant
    "GET dicomweb/": SIGNED,
    "GET dicomweb/studies": SIGNED,
    "GET dicomweb/series": SIGNED,
    "GET dicomweb/instances": SIGNED,
    "POST dicomweb/studies": "VMA",
    "POST dicomweb/studies/<str:study>": "VMA",
    "GET dicomweb/studies/<str:study>": TEAM,
    "GET dicomweb/studies/<str:study>/bulkdata": TEAM,
    "GET dicomweb/studies/<str:study>/metadata": TEAM,
    "GET dicomweb/studies/<str:study>/pixeldata": TEAM,
    "GET dicomweb/studies/<str:study>/rendered": TEAM,
    "GET dicomweb/studies/<str:study>/thumbnail": TEAM,
    # a search inside an invisible study finds nothing, as in one that does not exist
    "GET dicomweb/studies/<str:study>/instances": SIGNED,
    "GET dicomweb/studies/<str:study>/series": SIGNED,
    "GET dicomweb/studies/<str:study>/series/<str:series>/instances": SIGNED,
    **dict.fromkeys(
        (
            f"GET dicomweb/studies/<str:study>/series/<str:series>{door}"
            for door in ("", "/bulkdata", "/metadata", "/pixeldata", "/rendered", "/thumbnail")
        ),
        TEAM,
    ),
    **dict.fromkeys(
        (
            f"GET dicomweb/studies/<str:study>/series/<str:series>/instances/<str:instance>{door}"
            for door in (
                "",
                "/bulkdata",
                "/metadata",
                "/pixeldata",
                "/rendered",
                "/thumbnail",
                "/bulkdata/<path:path>",
                "/frames/<str:frames>",
                "/frames/<str:frames>/rendered",
                "/frames/<str:frames>/thumbnail",
            )
        ),
        TEAM,
    ),
    # the front end is a page for everybody; what it shows comes from the routes above
    "GET api/schema": SIGNED,
}

# Bodies that get past the checks of shape, so that what refuses is the permission.
BODIES: dict[str, Any] = {
    "POST api/deidentification/profiles": {"team": "{team_id}", "name": "Another"},
    "PATCH api/deidentification/profiles/<uuid:profile_id>": {"name": "Changed"},
    "POST api/deidentification/profiles/<uuid:profile_id>/runs": {"series_uids": ["{series_uid}"]},
    "POST api/deidentification/profiles/<uuid:profile_id>/reidentify": {"pseudonym": "{pseudonym}"},
    "POST api/deidentification/held/<uuid:held_id>/release": {"reason": "Nothing to be read"},
    "POST api/deidentification/held/<uuid:held_id>/blank": {
        "regions": [{"x": 0, "y": 0, "width": 2, "height": 2}],
    },
    "POST api/session": {"username": "nobody", "password": "wrong"},
    "POST api/users": {"username": "new", "display_name": "New", "is_administrator": False},
    "POST api/projects": {"name": "Another"},
    "PUT api/projects/<uuid:project_id>/hanging": {"rules": []},
    "PUT api/projects/<uuid:project_id>/hanging/own": {"rules": []},
    "PUT api/projects/<uuid:project_id>/protocol": {"labels": [{"name": "organ"}], "form": {"questions": []}},
    "PUT api/projects/<uuid:project_id>/members": {"user": "{user_id}", "roles": ["reader"]},
    "POST api/projects/<uuid:project_id>/cases": {"all_studies": True},
    "POST api/readings/<uuid:reading_id>/revisions": {
        "client_id": "{unknown}",
        "base_revision": 0,
        "tool": "brush",
        "frames": [],
        "measurements": [],
        "answers": [],
    },
    "POST api/readings/<uuid:reading_id>/restore": {"number": 0, "base_revision": 0, "client_id": "{unknown}"},
    "POST api/readings/<uuid:reading_id>/desk": {"machine": "{unknown}", "action": "sit"},
    "POST api/readings/<uuid:reading_id>/submit": {"base_revision": 0},
    "POST api/readings/<uuid:reading_id>/return": {"reason": "Please look again"},
    "POST api/model-versions/<uuid:version_id>/trust": {"targets": ["some.target"]},
    "POST api/projects/<uuid:project_id>/prelabel": {"model_version": "{version_id}"},
    "POST api/readings/<uuid:reading_id>/drafts/<uuid:draft_id>/decide": {
        "action": "reject",
        "base_revision": 0,
        "client_id": "{unknown}",
    },
    "POST api/readings/<uuid:reading_id>/align": {
        "here": {"series_uid": "{series_uid}"},
        "there": {"series_uid": "{series_uid}"},
    },
    "POST api/readings/<uuid:reading_id>/prompt": {
        "series_uid": "{series_uid}",
        "volume_index": 0,
        "label": 1,
        "points": [{"lps": [0, 0, 0], "positive": True}],
    },
    "PUT api/projects/<uuid:project_id>/learning/champion": {"model_version": "{version_id}", "reason": "because"},
    "POST api/projects/<uuid:project_id>/releases": {
        "name": "Set",
        "label_source": "consensus",
        "formats": ["nnunet"],
        "shares": {"train": 0.8, "val": 0.1, "test": 0.1},
        "seed": 1,
    },
}
BODIES["POST api/projects/<uuid:project_id>/releases/preview"] = BODIES["POST api/projects/<uuid:project_id>/releases"]
# Refusals that the request itself earns (a wrong password, a release not frozen yet), not the role.
EARNED = {
    "POST api/session": {401, 400},
    "GET api/releases/<uuid:release_id>/download/<str:archive_format>": {404, 409},
    "GET api/releases/<uuid:release_id>/manifest": {404, 409},
}


def walk(patterns: list[Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Return every route with its callback."""
    found: list[tuple[str, Any]] = []
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += walk(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            found.append((here, pattern.callback))
    return found


def routes() -> set[str]:
    """Return `METHOD route` of everything that can be called."""
    calls = set()
    for route, callback in walk(get_resolver().url_patterns):
        if route.startswith("^"):
            continue  # the front end's page
        view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
        assert view is not None, f"{route} is served by a function: its methods cannot be known"
        calls |= {
            f"{method.upper()} {route}" for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)
        }
    return calls


def test_every_route_is_listed() -> None:
    assert routes() - set(MATRIX) == set(), "routes that do not say who may use them"
    assert set(MATRIX) - routes() == set(), "listed routes that do not exist"


@pytest.fixture(scope="module")
def blob_folder(tmp_path_factory):
    """Return the blob folder of the world."""
    return tmp_path_factory.mktemp("blobs")


@pytest.fixture(autouse=True)
def own_blobs(blob_folder, settings) -> None:
    """Let every request see the world's blobs, instead of a folder per test."""
    settings.STORAGES = storages(blob_folder)


def storages(folder) -> dict[str, Any]:
    """Return the storage settings for a blob folder."""
    return {
        "default": {"BACKEND": "common.storage.DurableFileStorage", "OPTIONS": {"location": str(folder)}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, blob_folder):
    """Make the world once for the whole matrix; every request is rolled back."""
    with django_db_blocker.unblock(), override_settings(STORAGES=storages(blob_folder)), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def filled(world: World, text: str, opening: str = "{", closing: str = "}") -> str:
    """Put the world's ids into a text."""
    for name, value in world.ids.items():
        text = text.replace(f"{opening}{name}{closing}", value)
    return text


def ask(world: World, call: str, letter: str) -> int:
    """Send the call as this person, undo what it did, and return the status."""
    method, route = call.split(" ", 1)
    path = "/" + filled(world, re.sub(r"<\w+:", "<", route), "<", ">")
    assert "<" not in path, f"the world has no value for {path}"
    client = APIClient()
    person = LETTERS[letter]
    if person is not None:
        client.force_login(world.people[person])
    body = json.loads(filled(world, json.dumps(BODIES.get(call, {}))))
    with transaction.atomic():
        response = getattr(client, method.lower())(path, body if method != "GET" else None, format="json")
        if response.streaming:
            response.close()
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{call} as {person}: {response.status_code}"
    return int(response.status_code)


@pytest.mark.parametrize("call", sorted(MATRIX))
def test_who_may(world: World, call: str) -> None:
    answers = {letter: ask(world, call, letter) for letter in LETTERS}
    earned = EARNED.get(call, set())
    allowed = {
        letter
        for letter, status in answers.items()
        if status not in (401, 403, 404) or (letter in MATRIX[call] and status in earned)
    }
    listed = set(MATRIX[call])
    assert not allowed - listed, f"too many: {answers}"
    assert not listed - allowed, f"too few: {answers}"
