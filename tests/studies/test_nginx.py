"""Frames behind nginx with docker/nginx.conf: sent by X-Accel-Redirect, to those who may have them alone."""

import shutil
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import requests

from tests.bench.servers import front as proxy
from tests.stack import Stack
from tests.studies.making import file_of, stack

pytestmark = pytest.mark.processes
MAKE_PEOPLE = """
from accounts.services import create_user
for name in ("admin", "stranger"):
    create_user(actor=None, username=name, is_administrator=name == "admin")
"""


class Front(NamedTuple):
    """A stack behind nginx, the tokens of two people, and the address of a frame."""

    stack: Stack
    url: str
    tokens: dict[str, str]
    frame: str


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Front]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed (apt-get install nginx)")
    folder = tmp_path_factory.mktemp("nginx")
    (folder / "ct").mkdir()
    slices = stack(3)
    for number, one in enumerate(slices):
        (folder / "ct" / f"{number}.dcm").write_bytes(file_of(one).read())
    installation = Stack(folder / "data", ACCEL_REDIRECT="/protected-blobs/")
    installation.data.mkdir()
    installation.manage("migrate", "-v0")
    installation.manage("shell", "-v0", "-c", MAKE_PEOPLE)
    installation.manage("import_dicom", str(folder / "ct"))
    with installation, proxy(folder, installation.port, installation.data / "blobs") as port:
        one = slices[0]
        frame = (
            f"/dicomweb/studies/{one.StudyInstanceUID}/series/{one.SeriesInstanceUID}"
            f"/instances/{one.SOPInstanceUID}/frames/1"
        )
        tokens = {name: installation.manage("issue_token", name) for name in ("admin", "stranger")}
        made = Front(installation, f"http://127.0.0.1:{port}", tokens, frame)
        assert ask(made, frame, direct=True).content  # the first of its kind is sent by the web server itself
        yield made


def ask(front: Front, path: str, *, direct: bool = False, who: str = "admin", **headers: str) -> requests.Response:
    """GET through nginx, or from the web server itself."""
    named = {"Authorization": f"Bearer {front.tokens[who]}"} if who else {}
    url = (front.stack.url if direct else front.url) + path
    return requests.get(url, headers={**named, **headers}, timeout=30)


def test_a_frame_has_the_same_bytes_and_headers(front) -> None:
    # Through another kind of request, whose first answer is again the web server's own.
    learned = ask(front, front.frame, direct=True, **{"Accept-Language": "en-GB"})
    assert learned.content
    by_app = ask(front, front.frame, direct=True)
    assert by_app.headers["X-Accel-Redirect"].startswith("/protected-blobs/")
    assert by_app.content == b""
    by_nginx = ask(front, front.frame)
    assert by_nginx.status_code == 200
    assert by_nginx.content == learned.content
    assert by_nginx.headers["Server"] == "nginx"
    uneven = {"server", "date", "connection"}
    assert {n.lower(): v for n, v in by_nginx.headers.items() if n.lower() not in uneven} == {
        n.lower(): v for n, v in learned.headers.items() if n.lower() not in uneven
    }


def test_ranges_conditions_and_multipart_still_hold(front) -> None:
    whole = ask(front, front.frame)
    part = ask(front, front.frame, Range="bytes=4-9")
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    assert ask(front, front.frame, **{"If-None-Match": whole.headers["ETag"]}).status_code == 304
    parts = ask(front, front.frame, Accept='multipart/related; type="application/octet-stream"')
    assert whole.content in parts.content
    series = ask(front, front.frame.split("/instances/")[0], Accept='multipart/related; type="application/dicom"')
    assert series.content.count(b"Content-Type: application/dicom") == 3


def test_who_may_not_gets_nothing(front) -> None:
    pixels = ask(front, front.frame).content
    for who, status in (("", 401), ("stranger", 404)):
        refused = ask(front, front.frame, who=who)
        assert refused.status_code == status
        assert pixels not in refused.content
        assert "X-Accel-Redirect" not in refused.headers


def test_the_internal_location_is_refused(front) -> None:
    inside = ask(front, front.frame, direct=True).headers["X-Accel-Redirect"]
    hidden = inside.replace("/protected", "/%70rotected")
    for path in (inside, hidden, "/protected-blobs/0-99/secret_key"):
        for who in ("", "admin"):
            refused = ask(front, path, who=who)
            assert refused.status_code == 404, path
            assert b"DICM" not in refused.content
            assert len(refused.content) < 1000


def test_a_blob_that_is_gone_is_not_found(front) -> None:
    frame = front.frame
    assert ask(front, frame).status_code == 200
    inside = ask(front, frame, direct=True).headers["X-Accel-Redirect"]
    blob = front.stack.data / "blobs" / inside.split("/", 3)[3]
    kept = blob.read_bytes()
    blob.unlink()
    try:
        gone = ask(front, frame)
        assert (gone.status_code, gone.json()["error"]["code"]) == (404, "blob_missing")
    finally:
        blob.write_bytes(kept)


def test_what_is_revoked_stops_at_once(front) -> None:
    token = front.stack.manage("issue_token", "admin")
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(front.url + front.frame, headers=headers, timeout=30).status_code == 200
    mine = requests.get(f"{front.stack.url}/api/tokens", headers=headers, timeout=30).json()
    rows = mine["results"] if isinstance(mine, dict) else mine
    newest = max(rows, key=lambda row: row["created_at"])
    gone = requests.delete(f"{front.stack.url}/api/tokens/{newest['id']}", headers=headers, timeout=30)
    assert gone.status_code in (200, 204)
    for url in (front.url, front.stack.url):
        assert requests.get(url + front.frame, headers=headers, timeout=30).status_code == 401
