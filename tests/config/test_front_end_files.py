"""The built front end: what the first pages load, and how its files are sent. Read from the build, without a clock."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from config.views import CONTENT_SECURITY_POLICY

LIMIT_BYTES = 300_000
WORKLIST = "src/features/worklist/WorklistPage.tsx"
ROOM = "src/features/room/RoomPage.tsx"
Manifest = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    """Return what the build says of its chunks."""
    path = settings.FRONTEND_DIST / ".vite" / "manifest.json"
    if not path.is_file():
        pytest.skip("the front end is not built: make frontend")
    return json.loads(path.read_text(encoding="utf-8"))


def loaded_with(manifest: Manifest, *names: str) -> set[str]:
    """Return every file that a browser loads for some chunks: they, what they import, and all their style sheets."""
    files: set[str] = set()
    waiting, seen = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        chunk = manifest[name]
        files |= {chunk["file"], *chunk.get("css", []), *chunk.get("assets", [])}
        waiting += chunk.get("imports", [])
    return files


def sent_bytes(file: str) -> int:
    """Return how many bytes leave for a file, as gzip: the larger of the two forms that are kept."""
    path = settings.FRONTEND_DIST / file
    packed = path.with_name(f"{path.name}.gz")
    return (packed if packed.is_file() else path).stat().st_size


def test_the_worklist_is_small(manifest: Manifest) -> None:
    files = loaded_with(manifest, "index.html", WORKLIST)
    total = sum(map(sent_bytes, files))
    print(f"the worklist: {total} bytes in {len(files)} files")
    assert total < LIMIT_BYTES


def test_what_only_the_room_needs_waits_for_the_room(manifest: Manifest) -> None:
    first = loaded_with(manifest, "index.html", WORKLIST)
    assert manifest[ROOM]["isDynamicEntry"]
    assert manifest[ROOM]["file"] not in first
    assert not [file for file in first if file.endswith(".wasm") or "Worker" in file]


def test_decoders_are_files_of_their_own(manifest: Manifest) -> None:
    """The room's chunk names their addresses; they are fetched when the first image comes that needs one."""
    built = {path.name for path in (settings.FRONTEND_DIST / "assets").glob("*.wasm")}
    assert len(built) >= 5, built
    page = settings.FRONTEND_DIST / manifest[ROOM]["file"]
    assert b"data:application/wasm" not in page.read_bytes()


@pytest.mark.django_db  # a request's end asks the connection, if an earlier test has opened one
@pytest.mark.parametrize(("accepted", "coding"), [("br, gzip", "br"), ("gzip", "gzip"), ("", "")])
def test_files_leave_compressed_and_stay_for_good(manifest: Manifest, accepted: str, coding: str) -> None:
    answer = Client(headers={"accept-encoding": accepted}).get(f"/{manifest['index.html']['file']}")
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding", "") == coding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Type"].startswith("text/javascript")
    answer.close()


def test_the_page_fits_the_strict_policy(manifest: Manifest) -> None:
    """No script or style stands in the page itself, so that `script-src 'self'` holds for all of it."""
    page = (settings.FRONTEND_DIST / "index.html").read_text(encoding="utf-8")
    assert "script-src 'self' 'wasm-unsafe-eval';" in CONTENT_SECURITY_POLICY
    assert re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", page) == []
    assert {address for address in re.findall(r'(?:src|href)="([^"]+)"', page) if not address.startswith("/")} == set()
