"""The worklist and the life of one reading, through the API."""

import base64
import errno
import sqlite3
import zlib

import pytest
from django.db import connection
from django.db.utils import OperationalError

from annotations.marks.models import Revision
from annotations.reading.models import Reading
from annotations.reading.services.projects import close_project
from annotations.reading.types import ReadingState
from audit.models import AuditRecord
from jobs.models import Event, Job
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import draw, frame_body, revision, submit
from tests.annotations.reading.conftest import make_house


def sqlite_error(message: str, code: int) -> OperationalError:
    """Return the error as Django passes it on."""
    cause = sqlite3.OperationalError(message)
    cause.sqlite_errorcode = code
    error = OperationalError(message)
    error.__cause__ = cause
    return error


@pytest.fixture
def ann(house):
    """Return the first reader."""
    return house.readers["ann"]


@pytest.fixture
def url(house):
    """Return the address of Ann's reading of case 1."""
    return f"readings/{house.reading('ann').pk}"


def code_of(response):
    return response.status_code, response.json()["error"]["code"]


def test_the_worklist_shows_numbers_not_names(api, house, ann):
    body = api(ann, "get", "worklist").json()
    assert [row["case_number"] for row in body] == [1, 2]
    assert body[0] == {
        "reading": str(house.reading("ann").pk),
        "project": {"id": str(house.project.pk), "name": "north"},
        "case_number": 1,
        "state": "assigned",
        "modality": "CT",
        "study_description": "CT liver",
        "frame_count": 4,
        "return_reason": "",
        "submitted_at": None,
    }
    assert "Doe" not in str(body)
    assert api(ann, "get", f"worklist?project={house.project.pk}").json() == body
    assert api(ann, "get", "worklist?project=00000000-0000-0000-0000-000000000000").json() == []
    assert api(ann, "get", "worklist?project=nonsense").status_code == 400


def test_next_case_gives_sent_back_then_begun_then_new(api, db):
    house = make_house("north", cases=3)
    ann = house.readers["ann"]

    def next_number():
        reading = api(ann, "post", "worklist/next", {}).json()["reading"]
        return Reading.objects.get(pk=reading).case.number

    assert next_number() == 1
    api(ann, "post", f"readings/{house.reading('ann', 3).pk}/open")
    assert next_number() == 3
    submit(house.reading("ann", 2))
    api(house.manager, "post", f"readings/{house.reading('ann', 2).pk}/return", {"reason": "too small"})
    assert next_number() == 2
    for number in (1, 2, 3):
        submit(house.reading("ann", number))
    assert code_of(api(ann, "post", "worklist/next", {})) == (404, "worklist_empty")


def test_a_reading_says_all_that_a_room_needs(api, house, ann, url):
    body = api(ann, "get", url).json()
    assert (body["state"], body["head"], body["may_edit"]) == ("assigned", 0, True)
    assert body["case"]["number"] == 1
    assert [label["name"] for label in body["protocol"]["labels"]] == ["organ", "lesion"]
    assert [question["key"] for question in body["protocol"]["form"]["questions"]] == ["visible", "size"]
    (series,) = body["series"]
    assert series["volumes"][0]["geometry"]["shape_kji"] == [4, 6, 5]
    assert series["series_uid"] == house.cases[0].series.first().series_uid
    assert "Doe" not in str(body)


def test_a_stroke_is_saved_and_read_back(api, house, ann, url):
    labels = rows.plane(2, at=7)
    key = "00000000-0000-0000-0000-000000000007"
    length = {
        "type": "length",
        "sop_instance_uid": house.place()[0],
        "frame_number": 1,
        "points_lps": [[0, 0, 0], [0, 3, 4]],
        "value": 5,
        "unit": "mm",
    }
    body = revision(
        frames=[frame_body(house.place(), labels)],
        measurements=[{"key": key, "data": length}],
        answers=[{"question": "visible", "value": True}],
        drawn_at="2026-01-02T03:04:05Z",
    )
    answer = api(ann, "post", f"{url}/revisions", body)
    assert (answer.status_code, answer.json()) == (201, {"number": 1, "head": 1})
    again = api(ann, "post", f"{url}/revisions", {**body, "base_revision": 0, "frames": []})
    assert (again.status_code, again.json()) == (200, {"number": 1, "head": 1})

    found = api(ann, "get", f"{url}/frames").json()
    assert found["head"] == 1
    (frame,) = found["frames"]
    assert (frame["sop_instance_uid"], frame["rows"], frame["columns"], frame["number"]) == (house.place()[0], 6, 5, 1)
    assert zlib.decompress(base64.b64decode(frame["data"])) == labels.tobytes()
    assert api(ann, "get", f"{url}/frames?since=1").json()["frames"] == []
    assert api(ann, "get", f"{url}/frames?at=0").json()["frames"] == []
    assert api(ann, "get", f"{url}/frames?since=-1").status_code == 400

    reading = api(ann, "get", url).json()
    assert reading["measurements"] == [{"key": key, "data": length}]
    assert (reading["answers"], reading["state"]) == ({"visible": True}, "open")

    (step,) = api(ann, "get", f"{url}/revisions").json()
    assert (step["number"], step["kind"], step["tool"], step["frame_count"]) == (1, "edit", "brush", 1)
    assert (step["measurement_count"], step["answer_count"], step["drawn_at"]) == (1, 1, "2026-01-02T03:04:05Z")
    assert Revision.objects.get().protocol_version == 1
    actions = list(AuditRecord.objects.filter(subject=f"reading:{reading['id']}").values_list("action", flat=True))
    assert actions == ["reading.mark"]


def test_a_stale_base_loses_neither_side(api, house, ann, url):
    api(ann, "post", f"{url}/revisions", revision(0, frames=[frame_body(house.place(k=0), rows.plane(1))]))
    stale = revision(0, frames=[frame_body(house.place(k=1), rows.plane(1))])
    refused = api(ann, "post", f"{url}/revisions", stale)
    assert code_of(refused) == (409, "stale_base")
    assert refused.json()["error"]["fields"] == {
        "head": 1,
        "changed_frames": [{"sop_instance_uid": house.place(k=0)[0], "frame_number": 1, "layer": 0}],
        "changed_measurements": [],
        "changed_answers": [],
    }
    rebased = api(ann, "post", f"{url}/revisions", {**stale, "base_revision": 1})
    assert (rebased.status_code, rebased.json()) == (201, {"number": 2, "head": 2})
    assert len(api(ann, "get", f"{url}/frames").json()["frames"]) == 2


def test_wrong_marks_are_refused_with_their_codes(api, house, ann, url):
    def post(**fields):
        return api(ann, "post", f"{url}/revisions", revision(**fields))

    place, good = house.place(), rows.plane(1)
    assert code_of(post(frames=[frame_body(place, rows.plane(1, rows=5, columns=6))])) == (400, "mask_shape")
    bomb = base64.b64encode(zlib.compress(bytes(1 << 20))).decode()
    assert code_of(post(frames=[{**frame_body(place, good), "data": bomb}])) == (400, "mask_shape")
    assert code_of(post(frames=[frame_body(("1.2.3", 1), good)])) == (400, "unknown_frame")
    assert code_of(post(frames=[frame_body(house.place(number=2), good)])) == (400, "unknown_frame")
    assert code_of(post(frames=[frame_body(place, rows.plane(9))])) == (400, "unknown_label")
    assert code_of(post(frames=[{**frame_body(place, good), "data": "%"}])) == (400, "invalid")
    assert code_of(post(frames=[{**frame_body(place, good), "rows": 10**9}])) == (400, "invalid")
    assert code_of(post(answers=[{"question": "visible", "value": "maybe"}])) == (400, "answer_invalid")
    assert code_of(post(answers=[{"question": "colour", "value": "red"}])) == (400, "answer_invalid")
    bad = [{"key": "00000000-0000-0000-0000-000000000007", "data": {"type": "volume"}}]
    assert code_of(post(measurements=bad)) == (400, "measurement_shape")
    assert code_of(api(ann, "post", f"{url}/revisions", {"client_id": "x"})) == (400, "invalid")
    assert not Revision.objects.exists()
    assert house.reading("ann").state == ReadingState.ASSIGNED


def test_a_request_beyond_the_limit_is_refused_unread(api, house, ann, url, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = revision(frames=[frame_body(house.place(), rows.plane(1))])
    assert code_of(api(ann, "post", f"{url}/revisions", body)) == (400, "too_large")


def test_restoring_through_the_api(api, house, ann, url):
    api(ann, "post", f"{url}/revisions", revision(0, frames=[frame_body(house.place(), rows.plane(1))]))
    api(ann, "post", f"{url}/revisions", revision(1, frames=[frame_body(house.place(), rows.plane(2))]))
    body = {"number": 1, "base_revision": 2, "client_id": revision()["client_id"]}
    assert api(ann, "post", f"{url}/restore", body).json() == {"number": 3, "head": 3}
    again = api(ann, "post", f"{url}/restore", body)
    assert (again.status_code, again.json()) == (200, {"number": 3, "head": 3})
    before = api(ann, "get", f"{url}/frames?at=1").json()["frames"][0]["data"]
    assert api(ann, "get", f"{url}/frames").json()["frames"][0]["data"] == before
    body = {"number": 8, "base_revision": 3, "client_id": revision()["client_id"]}
    assert code_of(api(ann, "post", f"{url}/restore", body)) == (404, "unknown_revision")
    assert api(ann, "get", f"{url}/revisions").json()[0]["kind"] == "restore"


def test_submitting_locks_and_sending_back_unlocks(api, house, ann, url):
    assert code_of(api(ann, "post", f"{url}/submit", {"base_revision": 0})) == (400, "answers_missing")
    draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(1)),), visible=True)
    assert code_of(api(ann, "post", f"{url}/submit", {"base_revision": 0})) == (409, "stale_base")
    done = api(ann, "post", f"{url}/submit", {"base_revision": 1})
    assert (done.status_code, done.json()["state"]) == (200, "submitted")
    assert api(ann, "post", f"{url}/submit", {"base_revision": 1}).status_code == 200
    assert code_of(api(ann, "post", f"{url}/submit", {"base_revision": 0})) == (409, "already_submitted")
    change = revision(1, frames=[frame_body(house.place(), rows.plane(2))])
    assert code_of(api(ann, "post", f"{url}/revisions", change)) == (409, "locked")
    restore = {"number": 0, "base_revision": 1, "client_id": change["client_id"]}
    assert code_of(api(ann, "post", f"{url}/restore", restore)) == (409, "locked")
    assert api(ann, "get", url).json()["may_edit"] is False

    assert api(ann, "post", f"{url}/return", {"reason": "I want"}).status_code == 403
    assert code_of(api(house.manager, "post", f"{url}/return", {"reason": ""})) == (400, "invalid")
    back = api(house.manager, "post", f"{url}/return", {"reason": "Look at slice 3"})
    assert (back.status_code, back.json()["state"]) == (200, "returned")
    assert code_of(api(house.manager, "post", f"{url}/return", {"reason": "twice"})) == (409, "reading_state")
    reading = api(ann, "get", url).json()
    assert (reading["state"], reading["return_reason"], reading["may_edit"]) == ("returned", "Look at slice 3", True)
    assert house.reading("ann").submitted_number == 1
    assert api(ann, "post", f"{url}/revisions", change).status_code == 201
    assert api(ann, "post", f"{url}/submit", {"base_revision": 2}).json()["return_reason"] == ""
    assert house.reading("ann").submitted_number == 2
    actions = AuditRecord.objects.filter(subject=f"reading:{house.reading('ann').pk}").order_by("id")
    assert [row.action for row in actions] == [
        "reading.mark",
        "reading.submit",
        "reading.return",
        "reading.mark",
        "reading.submit",
    ]


def test_opening_twice_is_one_opening(api, house, ann, url):
    assert api(ann, "post", f"{url}/open").json()["state"] == "open"
    opened = house.reading("ann").opened_at
    assert api(ann, "post", f"{url}/open").json()["state"] == "open"
    assert house.reading("ann").opened_at == opened


def test_a_closed_project_is_no_longer_read(api, house, ann, url):
    close_project(actor=house.manager, project=house.project)
    assert api(ann, "get", url).status_code == 404
    assert api(ann, "post", f"{url}/revisions", revision()).status_code == 404
    assert api(house.manager, "get", url).status_code == 200


def test_events_go_to_the_reader_and_to_those_who_oversee(house, ann):
    Event.objects.all().delete()
    submit(house.reading("ann"))
    events = list(Event.objects.filter(kind="reading.changed"))
    assert {event.user for event in events if event.team is None} == {ann}
    assert all(event.staff_only for event in events if event.team is not None)
    assert not Job.objects.exists()


def test_a_revision_can_be_asked_for_as_it_was(api, house, ann, url):
    draw(house.reading("ann"), size=4)
    draw(house.reading("ann"), size=7)
    draw(house.reading("ann"), size=None)
    answers = [api(ann, "get", f"{url}/revisions/{number}").json()["answers"] for number in range(4)]
    assert answers == [{}, {"size": 4}, {"size": 7}, {}]
    assert code_of(api(ann, "get", f"{url}/revisions/4")) == (404, "unknown_revision")


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (sqlite_error("database or disk is full", sqlite3.SQLITE_FULL), 507, "storage_full"),
        (sqlite_error("disk I/O error", sqlite3.SQLITE_IOERR_WRITE), 507, "storage_full"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "storage_full"),
        (sqlite_error("database is locked", sqlite3.SQLITE_BUSY), 503, "unavailable"),
    ],
)
def test_a_full_disk_is_said_and_writes_nothing(api, house, ann, url, failure, status, code):
    change = revision(0, frames=[frame_body(house.place(k=0), rows.plane(1))])

    def fail(execute, sql, params, many, context):
        if sql.startswith("INSERT") and "framemask" in sql:
            raise failure
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        refused = api(ann, "post", f"{url}/revisions", change)
    assert code_of(refused) == (status, code)
    assert int(refused["Retry-After"]) > 0
    assert api(ann, "get", f"{url}/frames").json() == {"head": 0, "frames": []}
    assert api(ann, "post", f"{url}/revisions", change).json() == {"number": 1, "head": 1}
