"""The fast lane answers as Django answers: same status, headers and bytes, for the same people, and no longer."""

import asyncio
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application
from django.db import connection

from accounts.models import Membership, Token
from accounts.services import issue_token
from accounts.types import Role
from config.pooled import PooledHandler
from studies.dicomweb.lane import FastLane
from studies.dicomweb.seen import DatabaseVersion
from studies.models import Instance, Series, SeriesGrant
from studies.services import grant_series, revoke_series
from tests import factories
from tests.architecture.test_routes import LETTERS, MATRIX, filled
from tests.studies.making import encapsulated, image, stack
from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

OCTETS_PARTS = "multipart/related; type=application/octet-stream; transfer-syntax=*"
FILES = 'multipart/related; type="application/dicom"; transfer-syntax=*'
UNEVEN = {"date", "server"}


class Door:
    """An ASGI application, asked as a web server asks it."""

    def __init__(self, application: Any) -> None:
        self.application = application

    def get(self, path: str, *, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body; in header names _ stands for -."""
        path, _, query = path.partition("?")
        named = {"host": "127.0.0.1"} | {name.replace("_", "-").lower(): value for name, value in headers.items()}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin1")) for name, value in named.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 80),
        }
        return asyncio.run(self._talk(scope))

    async def _talk(self, scope: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        talk = ApplicationCommunicator(self.application, scope)
        await talk.send_input({"type": "http.request", "body": b"", "more_body": False})
        start = await talk.receive_output(timeout=30)
        body, more = b"", True
        while more:
            message = await talk.receive_output(timeout=30)
            body += bytes(message.get("body", b""))
            more = message.get("more_body", False)
        await talk.wait(timeout=30)
        return start["status"], {n.decode().lower(): v.decode("latin1") for n, v in start["headers"]}, body


class Counting:
    """Django's application, which counts what comes to it."""

    def __init__(self) -> None:
        self.django, self.count = get_asgi_application(), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Count and answer."""
        self.count += 1
        await self.django(scope, receive, send)


class Lanes:
    """Both ways to the same archive."""

    def __init__(self) -> None:
        self.counting = Counting()
        self.django = Door(get_asgi_application())
        self.pooled = Door(PooledHandler(self.counting, prefix="/dicomweb/"))
        self.fast = Door(FastLane(self.counting))

    def same(self, path: str, *, in_lane: bool, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Assert that all ways give one answer, and whether the lane gave it by itself; return it."""
        expected = without_chance(self.django.get(path, **headers))
        assert without_chance(self.pooled.get(path, **headers)) == expected
        assert without_chance(self.fast.get(path, **headers)) == expected  # the first of its kind is Django's
        before = self.counting.count
        answer = self.fast.get(path, **headers)
        assert without_chance(answer) == expected
        assert (self.counting.count == before) == in_lane, f"{path} {headers}"
        return answer


def without_chance(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], bytes]:
    """Put one boundary for all, order what has none, and leave out the length: Django streams files without it."""
    status, headers, body = answer
    kept = {name: value for name, value in headers.items() if name not in UNEVEN}
    found = re.search(r"boundary=(\w+)", headers.get("content-type", ""))
    length = kept.pop("content-length", None)
    assert length is None or status == 304 or not body or int(length) == len(body)
    if found:
        kept["content-type"] = kept["content-type"].replace(found.group(1), "B")
        body = body.replace(found.group(1).encode(), b"B")
    if "vary" in kept:
        kept["vary"] = ",".join(sorted(kept["vary"].replace(" ", "").split(",")))
    return status, kept, body


@pytest.fixture
def lanes() -> Lanes:
    return Lanes()


@pytest.fixture
def bearer(administrator) -> Callable[..., dict[str, str]]:
    def header(user=administrator) -> dict[str, str]:
        from datetime import timedelta

        _, secret = issue_token(actor=None, user=user, name="t", lifetime=timedelta(days=1))
        return {"Authorization": f"Bearer {secret}"}

    return header


@pytest.fixture
def series(bring_in, administrator) -> Series:
    bring_in(administrator, stack(3, PatientName="Wang^XiaoDong=王^小東"))
    return Series.objects.get()


def root_of(series: Series) -> str:
    return f"/dicomweb/studies/{series.study.study_uid}/series/{series.series_uid}"


def frame_of(series: Series, number: int = 1) -> str:
    return f"{root_of(series)}/instances/{series.instances.first().sop_instance_uid}/frames/{number}"


@pytest.mark.parametrize(
    ("accept", "in_lane"),
    [
        (None, True),
        ("*/*", True),
        ("application/octet-stream", True),
        ("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1", True),
        (OCTETS_PARTS, True),
        ('multipart/related; type="application/octet-stream"', True),
        ("image/jls, application/octet-stream;q=0.5", None),
        ("text/html", False),
        ("image/jpeg", False),
        (";;;", False),
        ("", True),
    ],
)
def test_a_frame(series, lanes, bearer, accept, in_lane) -> None:
    headers = bearer() | ({} if accept is None else {"Accept": accept})
    if in_lane is None:  # whether it is newly compressed depends on the codecs: the answers must be the same
        assert without_chance(lanes.django.get(frame_of(series), **headers))[0] == 200
        in_lane = "octet" in lanes.django.get(frame_of(series), **headers)[1]["content-type"]
    status, given, body = lanes.same(frame_of(series), in_lane=in_lane, **headers)
    assert status == (200 if in_lane or accept.startswith("image/jls") else 406)
    if in_lane:
        assert bytes((1, 0, 2, 0, 3, 0)) in body
        assert int(given["content-length"]) == len(body)


@pytest.mark.parametrize(
    "change",
    [
        {"Range": "bytes=4-9"},
        {"Range": "bytes=90-"},
        {"If-None-Match": "*"},
        {"If-None-Match": '"other"'},
        {"method": "HEAD"},
        {"method": "OPTIONS"},
        {"method": "POST"},
        {"host": "elsewhere.example.org"},
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_what_the_lane_leaves_to_django(series, lanes, bearer, change) -> None:
    method = change.pop("method", "GET")
    headers = bearer() | {name.replace("-", "_"): value for name, value in change.items()}
    lanes.fast.get(frame_of(series), **bearer())
    lanes.same(frame_of(series), in_lane=False, method=method, **headers)


def test_addresses_that_lead_nowhere(series, lanes, bearer) -> None:
    headers = bearer()
    lanes.same(frame_of(series), in_lane=True, **headers)
    root, frame = root_of(series), frame_of(series)
    for path, status in (
        (frame.removesuffix("1") + "2", 404),
        (frame.removesuffix("1") + "0", 404),
        (frame.removesuffix("1") + "1,1", 200),
        (frame.removesuffix("1") + "x", 400),
        (frame + "/", 404),
        (frame.replace("/frames/", "/frames/../frames/"), 404),
        (root + "/../../../../etc/passwd", 404),
        ("/dicomweb/studies/1.2.3/series/" + series.series_uid + "/metadata", 404),
        (root.replace(series.series_uid, "..") + "/metadata", 404),
        (root + "/metadata/../metadata", 404),
        (frame + "?accept=text/html", 406),
    ):
        given, _, _ = lanes.same(path, in_lane=False, **headers)
        assert given == status, path


@pytest.mark.parametrize("packed", [True, False])
def test_metadata(series, lanes, bearer, packed) -> None:
    headers = bearer() | ({"Accept_Encoding": "gzip"} if packed else {})
    status, given, _ = lanes.same(f"{root_of(series)}/metadata", in_lane=True, **headers)
    assert (status, "content-encoding" in given) == (200, packed)
    lanes.same(f"{root_of(series)}/metadata", in_lane=False, **headers, If_None_Match=given["etag"])
    lanes.same(f"{root_of(series)}/metadata", in_lane=False, **headers, Accept="application/dicom+xml")
    lanes.same(f"{root_of(series)}/metadata", in_lane=True, **headers, Accept_Language="zh-hans")


def test_metadata_and_files_follow_what_comes_later(series, lanes, bearer, bring_in, administrator) -> None:
    headers = bearer()
    _, before, _ = lanes.same(f"{root_of(series)}/metadata", in_lane=True, **headers)
    later = image(
        StudyInstanceUID=series.study.study_uid,
        SeriesInstanceUID=series.series_uid,
        InstanceNumber=9,
        ImagePositionPatient=[0, 0, 6],
    )
    bring_in(administrator, [later])
    _, after, body = lanes.same(f"{root_of(series)}/metadata", in_lane=True, **headers)
    assert before["etag"] != after["etag"]
    assert body.count(b'"00080018"') == 4
    _, _, files = lanes.same(root_of(series), in_lane=True, **headers, Accept=FILES)
    assert files.count(b"\r\nContent-Type: application/dicom") == 4


@pytest.mark.parametrize(
    ("accept", "in_lane"),
    [
        (FILES, True),
        ("*/*", True),
        ('multipart/related; type="application/dicom"', True),
        ('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1', True),
        ("application/dicom", False),
        ("application/json", False),
    ],
)
def test_a_whole_series(series, lanes, bearer, accept, in_lane) -> None:
    status, given, body = lanes.same(root_of(series), in_lane=in_lane, **bearer(), Accept=accept)
    assert status == (200 if in_lane else 406)
    if in_lane:
        assert int(given["content-length"]) == len(body) > sum(row.size_bytes for row in series.instances.all())


def pixels_of(series: Series, *rows: Instance) -> str:
    return f"{root_of(series)}/pixeldata?SOPInstanceUID={','.join(row.sop_instance_uid for row in rows)}"


PARTS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


@pytest.mark.parametrize(
    ("accept", "in_lane"),
    [
        (PARTS, True),
        (OCTETS_PARTS, True),
        ("*/*", True),
        ('multipart/related; type="image/jphc"', False),
        ("application/octet-stream", False),
    ],
)
def test_frames_of_chosen_instances(series, lanes, bearer, accept, in_lane) -> None:
    first, second, third = series.instances.order_by("number")
    path = pixels_of(series, third, first)
    status, _, body = lanes.same(path, in_lane=in_lane, **bearer(), Accept=accept)
    assert status == (406 if accept == "application/octet-stream" else 200)
    if in_lane:
        places = [body.index(row.sop_instance_uid.encode()) for row in (third, first)]
        assert places == sorted(places)
        assert second.sop_instance_uid.encode() not in body


def test_instances_that_cannot_be_chosen(series, lanes, bearer, bring_in, administrator) -> None:
    first, second, _ = series.instances.order_by("number")
    headers = {**bearer(), "Accept": PARTS}
    lanes.same(pixels_of(series, first), in_lane=True, **headers)
    bring_in(administrator, stack(1))
    stranger = Instance.objects.exclude(series=series).get()
    for path, status in {
        f"{root_of(series)}/pixeldata": 200,
        pixels_of(series, first) + ",": 400,
        pixels_of(series, first, first): 400,
        pixels_of(series, first) + ",one": 400,
        pixels_of(series, *[first] * 101): 400,
        pixels_of(series, first) + "&accept=video/mp4": 406,
        pixels_of(series, first) + "," + "1" * 64: 404,
        pixels_of(series, first, stranger): 404,
        pixels_of(stranger.series, first): 404,
    }.items():
        assert lanes.same(path, in_lane=False, **headers)[0] == status, path
    lanes.same(pixels_of(series, first, second), in_lane=False)


@pytest.mark.parametrize("door", ["/frames/1/rendered", "/rendered"])
def test_rendered(series, lanes, bearer, door) -> None:
    path = frame_of(series).removesuffix("/frames/1") + door
    for accept in ({}, {"Accept": "image/png"}, {"Accept": "image/jpeg"}):
        status, _, body = lanes.same(path, in_lane=True, **bearer(), **accept)
        assert (status, body[1:4] == b"PNG") == (200, accept == {"Accept": "image/png"})
    lanes.same(path, in_lane=False, **bearer(), Accept="video/mp4")
    lanes.same(path + "?window=40,400,linear", in_lane=False, **bearer())
    lanes.same(path.replace("/frames/1/", "/frames/9/"), in_lane=door == "/rendered", **bearer())
    lanes.same(path, in_lane=False)


def test_the_matrix_of_routes_and_roles_holds_at_this_door_too(client_of, lanes) -> None:
    world = make_world()
    series = "GET dicomweb/studies/<str:study>/series/<str:series>"
    frame = f"{series}/instances/<str:instance>/frames/<str:frames>"
    for call in (series, f"{series}/metadata", frame, f"{frame}/rendered"):
        path = "/" + filled(world, re.sub(r"<\w+:", "<", call.split(" ")[1]), "<", ">")
        for letter, person in LETTERS.items():
            headers = session_of(client_of, world.people[person]) if person else {}
            allowed = letter in MATRIX[call]
            status, _, _ = lanes.same(path, in_lane=allowed, **headers)
            assert (status == 200) == allowed, f"{call} as {person}: {status}"


def test_compressed_frames_and_files(lanes, bearer, bring_in, administrator) -> None:
    bring_in(administrator, [encapsulated(image(Rows=4, Columns=4), [b"\x00" * 64 + b"rle"])], close=False)
    series = Series.objects.get()
    lanes.same(frame_of(series), in_lane=True, **bearer())
    lanes.same(frame_of(series), in_lane=True, **bearer(), Accept="image/dicom-rle")
    lanes.same(root_of(series), in_lane=True, **bearer(), Accept=FILES)


def test_stored_bytes_that_are_gone_or_cut(series, lanes, bearer, settings) -> None:
    from pathlib import Path

    headers = bearer()
    lanes.same(frame_of(series), in_lane=True, **headers)
    path = Path(settings.STORAGES["default"]["OPTIONS"]["location"]) / series.instances.first().blob
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 10])
    assert lanes.fast.get(frame_of(series), **headers)[2] == lanes.django.get(frame_of(series), **headers)[2]
    path.unlink()
    status, _, body = lanes.same(frame_of(series), in_lane=False, **headers)
    assert (status, b"blob_missing" in body) == (404, True)


def test_nobody_and_strangers(series, lanes, bearer) -> None:
    lanes.same(frame_of(series), in_lane=True, **bearer())
    for headers in (
        {},
        {"Authorization": "Bearer fid_wrong"},
        {"Authorization": "Digest x"},
        {"Cookie": "sessionid=nothing"},
        bearer(factories.user("stranger")),
    ):
        for path in (frame_of(series), root_of(series), f"{root_of(series)}/metadata"):
            status, _, body = lanes.same(path, in_lane=False, **headers)
            assert status in (401, 404), headers
            assert b"error" in body


def session_of(client_of, user) -> dict[str, str]:
    """Return the cookie of a browser session."""
    return {"Cookie": f"sessionid={client_of(user).cookies['sessionid'].value}"}


def test_what_is_taken_away_ends_at_once(series, lanes, bearer, client_of, administrator) -> None:
    member = factories.user("member")
    team = factories.team("T", reader=[member])
    doors = (frame_of(series), root_of(series), f"{root_of(series)}/metadata")
    ways = [bearer(member), session_of(client_of, member)]

    def all_are(status: int) -> None:
        for headers in ways:
            for path in doors:
                assert lanes.same(path, in_lane=status == 200, **headers)[0] == status, path

    all_are(404)
    grant_series(actor=administrator, series=series, team=team)
    all_are(200)
    revoke_series(actor=administrator, series=series, team=team)
    all_are(404)
    grant_series(actor=administrator, series=series, team=team)
    all_are(200)
    Membership.objects.filter(user=member).delete()
    all_are(404)
    Membership.objects.create(user=member, team=team, role=Role.READER)
    all_are(200)
    type(member).objects.filter(pk=member.pk).update(is_active=False)
    all_are(401)
    type(member).objects.filter(pk=member.pk).update(is_active=True)
    all_are(200)
    Token.objects.filter(user=member).delete()
    ways.pop(0)
    assert lanes.same(doors[0], in_lane=False, **bearer(member) | {"Authorization": "Bearer fid_gone"})[0] == 401
    all_are(200)
    from django.contrib.sessions.models import Session

    Session.objects.all().delete()
    all_are(401)


def test_an_expired_token_ends(series, lanes, bearer) -> None:
    headers = bearer()
    lanes.same(frame_of(series), in_lane=True, **headers)
    Token.objects.update(expires_at="2020-01-01T00:00:00Z")
    status, _, body = lanes.same(frame_of(series), in_lane=False, **headers)
    assert (status, b"token_expired" in body) == (401, True)


def test_a_replaced_or_deleted_instance_is_not_served(series, lanes, bearer) -> None:
    headers = bearer()
    path = frame_of(series)
    lanes.same(path, in_lane=True, **headers)
    series.instances.get(pk=series.instances.first().pk).delete()
    Series.objects.filter(pk=series.pk).update(instance_count=2)
    assert lanes.same(path, in_lane=False, **headers)[0] == 404


def test_a_series_of_many_instances_is_held_one_by_one(series, lanes, bearer) -> None:
    Series.objects.filter(pk=series.pk).update(instance_count=5_000)
    headers = bearer()
    for row in Instance.objects.all():
        lanes.same(f"{root_of(series)}/instances/{row.sop_instance_uid}/frames/1", in_lane=True, **headers)
    lanes.same(pixels_of(series, *series.instances.all()), in_lane=True, **headers, Accept=PARTS)
    lanes.same(root_of(series), in_lane=False, **headers, Accept=FILES)


def test_grants_of_another_series_open_nothing(series, lanes, bearer, bring_in, administrator) -> None:
    bring_in(administrator, stack(2))
    other = Series.objects.exclude(pk=series.pk).get()
    member = factories.user("member")
    SeriesGrant.objects.give(series=other, team=factories.team("T", reader=[member]))
    headers = bearer(member)
    lanes.same(frame_of(other), in_lane=True, **headers)
    mixed = f"{root_of(other)}/instances/{series.instances.first().sop_instance_uid}/frames/1"
    for path in (frame_of(series), mixed, root_of(series), f"{root_of(series)}/metadata"):
        assert lanes.same(path, in_lane=False, **headers)[0] == 404


def test_sqlite_says_when_somebody_committed(tmp_path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("how SQLite counts commits is of no use on another database")
    version = DatabaseVersion(str(tmp_path / "d.sqlite3"))
    with sqlite3.connect(tmp_path / "d.sqlite3", isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (x)")
        first = version.now()
        assert version.now() == first
        other.execute("BEGIN")
        other.execute("INSERT INTO t VALUES (1)")
        assert version.now() == first
        other.execute("COMMIT")
        assert version.now() != first
    assert version.believed_s == 1.0
    assert DatabaseVersion("file:memorydb_default?mode=memory&cache=shared").believed_s == 0.0
