"""Searches in the fast lane answer as Django answers: same status, headers and bytes, for the same people."""

import json
import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Token
from accounts.services import issue_token
from studies.dicomweb import searching
from studies.dicomweb.elements import (
    STUDY_COLUMNS,
    array_of,
    header_elements,
    instance_elements,
    series_elements,
    study_elements,
)
from studies.dicomweb.lane import FastLane
from studies.dicomweb.seen import DatabaseVersion
from studies.models import Series
from studies.services import grant_series, revoke_series
from tests import factories
from tests.studies.making import image, stack
from tests.studies.test_fast_lane import Door, Lanes, root_of, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def bearer(user: Any) -> dict[str, str]:
    """Return the header of a new token."""
    _, secret = issue_token(actor=None, user=user, name="t", lifetime=timedelta(days=1))
    return {"Authorization": f"Bearer {secret}"}


@pytest.fixture
def series(bring_in, administrator) -> Series:
    bring_in(administrator, stack(3, PatientName="Wang^XiaoDong=王^小東", StudyDescription='A "quoted"\\ one\t'))
    bring_in(administrator, [image(PatientName="Ähre^Öl", Modality="MR", StudyDate="20200101")])
    return Series.objects.get(modality="CT")


def doors_of(series: Series) -> list[str]:
    study = f"/dicomweb/studies/{series.study.study_uid}"
    return [
        "/dicomweb/studies", "/dicomweb/series", "/dicomweb/instances",
        f"{study}/series", f"{study}/instances", f"{root_of(series)}/instances",
    ]  # fmt: skip


def test_every_search(series, administrator) -> None:
    lanes, headers = Lanes(), bearer(administrator)
    for door in doors_of(series):
        for query in ("", "?limit=1", "?limit=1&offset=1", "?includefield=PatientAge", "?Nonsense=1", "?limit=0"):
            status, given, body = lanes.same(door + query, in_lane=True, **headers)
            assert status == (204 if query == "?limit=0" or not body else 200), door + query
        assert lanes.same(f"{door}?PatientName=nobody", in_lane=True, **headers)[0] == 204
        _, given, _ = lanes.same(door, in_lane=True, **headers)
        status, _, body = lanes.same(door, in_lane=True, **headers, If_None_Match=given["etag"])
        assert (status, body) == (304, b"")


@pytest.mark.parametrize("coding", ["gzip", "zstd", "br, identity"])
def test_compressed(series, administrator, coding) -> None:
    lanes, headers = Lanes(), bearer(administrator)
    _, given, body = lanes.same("/dicomweb/instances", in_lane=True, **headers, Accept_Encoding=coding)
    assert given.get("content-encoding", "") == (coding if coding in ("gzip", "zstd") else "")
    assert len(body) > 100


def test_what_searches_leave_to_django(series, administrator) -> None:
    lanes, headers = Lanes(), bearer(administrator)
    for query, status in (
        ("?limit=x", 400),
        ("?StudyDate=yesterday", 400),
        ("?accept=application/dicom%2Bxml", 406),
        ("?%00=1", 400),
        ("?after=nothing", 400),
        ("?after=" + "W1tb" * 2000, 400),
        ("?" + "&".join(["PatientID=1"] * 1100), 400),
    ):
        assert lanes.same("/dicomweb/studies" + query, in_lane=False, **headers)[0] == status, query
    assert lanes.same("/dicomweb/studies", in_lane=False, **headers, Accept="text/html")[0] == 406
    assert lanes.same("/dicomweb/studies/..%2f/series", in_lane=False, **headers)[0] in (400, 404)
    assert lanes.same("/dicomweb/studies", in_lane=False, method="HEAD", **headers)[0] == 200


def test_people_and_what_is_taken_away(series, administrator, client_of) -> None:
    lanes, member = Lanes(), factories.user("member")
    team = factories.team("T", reader=[member])
    ways = [bearer(member), session_of(client_of, member)]

    def all_are(status: int) -> None:
        for headers in ways:
            for door in doors_of(series):
                assert lanes.same(door, in_lane=True, **headers)[0] == status, door

    all_are(204)
    grant_series(actor=administrator, series=series, team=team)
    all_are(200)
    revoke_series(actor=administrator, series=series, team=team)
    all_are(204)
    grant_series(actor=administrator, series=series, team=team)
    Token.objects.filter(user=member).delete()
    assert lanes.same("/dicomweb/studies", in_lane=False, **ways[0])[0] == 401
    assert lanes.same("/dicomweb/studies", in_lane=True, **ways[1])[0] == 200
    member.is_active = False
    member.save()
    for headers in (*ways, {}, {"Authorization": "Bearer fid_wrong"}, {"Cookie": "sessionid=nothing"}):
        for door in doors_of(series):
            assert lanes.same(door, in_lane=False, **headers)[0] == 401, door


def test_written_text_is_json_of_the_same_values() -> None:
    n = 'a"b\\c\n\x01\u2028<ü王\U0001f600'  # would break JSON that is put together carelessly
    values = dict.fromkeys(STUDY_COLUMNS, n) | {"accession_number": "", "study_time": None, "patient_name": "=="}
    values["referring_physician"] = f"{n}=王^小東="
    study = study_elements(list(values.values()), root=f"http://{n}")
    assert study["00080050"] == '"00080050":{"vr":"SH"}'
    series = series_elements([n, n, n, "", 0, None, 3], address=n, study_uid=n)
    instance = instance_elements([n, n, n, -1, 0, 512, 0, 16], address=n)
    extra = header_elements({"00101010": {"vr": "AS", "Value": [n]}})
    first, second, third = json.loads(array_of([extra | study, series, instance]))
    assert first["00100020"] == {"vr": "LO", "Value": [n]}
    assert (first["00080030"], first["00100010"]) == ({"vr": "TM"}, {"vr": "PN", "Value": [{}]})
    assert first["00080090"] == {"vr": "PN", "Value": [{"Alphabetic": n, "Ideographic": "王^小東"}]}
    assert first["00101010"]["Value"] == [n]
    assert first["00081190"]["Value"] == [f"http://{n}/studies/{n}"]
    assert (second["00200011"], second["00200052"]) == ({"vr": "IS", "Value": [0]}, {"vr": "UI"})
    assert (third["00200013"], third["00280008"]) == ({"vr": "IS", "Value": [-1]}, {"vr": "IS"})
    assert (third["00280010"], third["00280100"]) == ({"vr": "US", "Value": [512]}, {"vr": "US", "Value": [16]})


def test_who_asks_is_remembered_only_until_somebody_commits(series, administrator, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(searching, "BELIEVED_S", 60.0)
    path = str(tmp_path / "versions.sqlite3")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("CREATE TABLE t (n)")
    lanes, headers = Lanes(), bearer(administrator)
    lane = FastLane(lanes.counting)
    lane.searches = searching.Searches(DatabaseVersion(path))  # which here tells of commits to another database
    door = Door(lane)
    for _ in range(2):  # the first answer is Django's
        assert door.get("/dicomweb/studies", **headers)[0] == 200
    Token.objects.all().delete()
    assert door.get("/dicomweb/studies", **headers)[0] == 200  # as of the last commit that it was told of
    writer.execute("INSERT INTO t VALUES (1)")
    assert door.get("/dicomweb/studies", **headers)[0] == 401

    headers = bearer(administrator)
    lane.searches = searching.Searches(DatabaseVersion(":memory:"))  # does not tell
    for _ in range(2):
        assert door.get("/dicomweb/studies", **headers)[0] == 200
    Token.objects.all().delete()
    assert door.get("/dicomweb/studies", **headers)[0] == 401
