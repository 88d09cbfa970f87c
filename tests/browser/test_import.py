"""Real series come in through the import page; a lost connection, a killed server or a reload loses nothing."""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import Person
from tests.browser.processes import web_pid
from tests.stack import Api, Stack, wait_until

ADMINISTRATOR, PASSWORD = "mira", "a long enough password"
Copy = Callable[[str], Path]
SLOW = 1_500_000  # bytes a second: slow enough to be interrupted in the middle


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation with one administrator."""
    with Stack(tmp_path_factory.mktemp("import") / "data") as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        running.manage("createsuperuser", "--noinput", "--username", ADMINISTRATOR, "--email", "mira@example.org")
        yield running


@pytest.fixture(scope="module")
def api(stack: Stack) -> Api:
    """Return the interface behind the pages."""
    return stack.api(ADMINISTRATOR)


@pytest.fixture
def mira(browser, stack: Stack):
    """Return the administrator in a browser of her own."""
    person = Person(browser, stack.url)
    person.sign_in(ADMINISTRATOR, PASSWORD)
    person.go("/import")
    yield person
    person.close()


@pytest.fixture
def copied(shared_data: Path, tmp_path: Path) -> Copy:
    """Return a function that copies a folder of real images to where the browser may read it."""

    def copy(name: str) -> Path:
        folder = tmp_path / name.replace("/", "-")
        shutil.copytree(shared_data / name, folder)
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        return folder

    return copy


class Wire:
    """The page's network, which can be slow or away."""

    def __init__(self, person: Person) -> None:
        self.session = person.context.new_cdp_session(person.page)
        self.session.send("Network.enable")

    def set(self, *, offline: bool = False, bytes_per_s: int = -1) -> None:
        """Set how it is; without arguments it is there and not slowed."""
        limits = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
        self.session.send("Network.emulateNetworkConditions", limits)


@pytest.fixture
def wire(mira: Person) -> Wire:
    """Return a slow network of Mira's page."""
    wire = Wire(mira)
    wire.set(bytes_per_s=SLOW)
    return wire


def progress(person: Person) -> tuple[int, int]:
    """Return how many files are done, of how many."""
    done, _, every, *_ = person.by("import-progress").inner_text().split()
    return int(done), int(every)


def wait_for_middle(person: Person) -> None:
    """Wait until some files are on the server, and not all."""

    def middle() -> bool:
        done, every = progress(person)
        assert done < every, "all was sent before it could be interrupted"
        return done > 0

    wait_until(middle, timeout_s=40, what="some files sent", every_s=0.05)


def wait_done(person: Person) -> None:
    """Wait until the import has ended well."""
    person.page.wait_for_selector('[data-testid="import-state"][data-phase="done"]', timeout=90_000)


def the_import(api: Api, name: str) -> dict[str, Any]:
    """Return the one import of this name."""
    (row,) = [row for row in api.get("/api/imports") if row["name"] == name]
    return row


def outcomes(api: Api, import_id: str) -> dict[str, Counter[str]]:
    """Return what became of each path, from the server's own list."""
    found: dict[str, Counter[str]] = {}
    after: int | None = 0
    while after is not None:
        page = api.get(f"/api/imports/{import_id}/files?after={after}")
        for file in page["results"]:
            found.setdefault(file["path"], Counter())[file["outcome"]] += 1
        after = page["next"]
    return found


def instances(api: Api, studies: list[str]) -> int:
    """Return how many instances the studies hold."""
    return sum(api.get(f"/api/studies/{uid}")["instance_count"] for uid in studies)


def test_a_dropped_connection_is_waited_for(mira: Person, wire: Wire, api: Api, copied: Copy, picture) -> None:
    folder = copied("pet/STS_001_FDG/dicom")
    first = min(path for path in folder.iterdir() if path.is_file())
    (folder / "readme.txt").write_text("Exported by the scanner")
    (folder / "cut-off.dcm").write_bytes(first.read_bytes()[:20_000])
    files = sum(path.is_file() for path in folder.rglob("*"))
    mira.by("import-folder-input").set_input_files(folder)
    wait_for_middle(mira)
    wire.set(offline=True)
    mira.page.wait_for_selector('[data-testid="import-state"][data-offline="true"]')
    assert "waiting" in mira.by("import-status").inner_text()
    picture(mira.page, "import-offline")
    wire.set()
    mira.by("import-try-now").click()
    wait_done(mira)
    assert mira.by("import-count-set-aside").inner_text() == "2"
    row = the_import(api, folder.name)
    assert row["accepted"] == files - 2
    assert instances(api, row["studies"]) == files - 2
    assert set(outcomes(api, row["id"])) == {
        f"{folder.name}/{path.relative_to(folder)}" for path in folder.rglob("*") if path.is_file()
    }
    mira.by("import-filter").get_by_text("Set aside").click()
    mira.page.wait_for_selector('[data-testid="import-result"][data-outcome="set_aside"]')
    reasons = sorted(row.inner_text() for row in mira.by("import-result").all())
    assert "Cut off before its end" in reasons[0]
    assert "Not a DICOM file" in reasons[1]
    picture(mira.page, "import-done")
    mira.by("import-show").click()
    mira.by("series-row").first.wait_for()


def test_a_killed_server_is_waited_for(mira: Person, wire: Wire, api: Api, stack: Stack, copied: Copy) -> None:
    folder = copied("ct/CRLM-CT-1006")
    files = sum(path.is_file() for path in folder.rglob("*"))
    mira.by("import-folder-input").set_input_files(folder)
    wait_for_middle(mira)
    os.kill(web_pid(stack), signal.SIGKILL)
    wait_done(mira)
    row = the_import(api, folder.name)
    assert row["accepted"] == files
    assert row["set_aside"] == 0
    assert instances(api, row["studies"]) == files
    assert all(counts["accepted"] == 1 for counts in outcomes(api, row["id"]).values())


def test_after_a_reload_the_same_folder_goes_on_where_it_stopped(
    mira: Person, wire: Wire, api: Api, copied: Copy, picture
) -> None:
    folder = copied("mr/UCSF-BR-06_DCE/dicom")
    files = sum(path.is_file() for path in folder.rglob("*"))
    mira.by("import-folder-input").set_input_files(folder)
    wait_for_middle(mira)
    mira.page.reload()
    mira.by("import-interrupted").wait_for()
    picture(mira.page, "import-interrupted")
    wire.set()
    before = the_import(api, folder.name)
    drop(mira, folder)
    wait_done(mira)
    row = the_import(api, folder.name)
    assert row["id"] == before["id"]
    assert row["accepted"] == files
    assert instances(api, row["studies"]) == files
    assert all(sum(counts.values()) == 1 for counts in outcomes(api, row["id"]).values())
    assert progress(mira) == (files, files)
    mira.go("/import")
    assert mira.by("import-interrupted").count() == 0


def drop(person: Person, folder: Path) -> None:
    """Drop a folder on the page as the mouse does."""
    box = person.by("import-drop").bounding_box()
    assert box is not None
    session = person.context.new_cdp_session(person.page)
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + 40}
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})


def test_pause_and_stop_keep_what_was_sent(mira: Person, wire: Wire, api: Api, copied: Copy) -> None:
    folder = copied("mr/STS_001_T2FS/dicom")
    files = sum(path.is_file() for path in folder.rglob("*"))
    mira.by("import-folder-input").set_input_files(folder)
    mira.by("import-pause").click()
    mira.by("import-continue").wait_for()
    assert "Paused" in mira.by("import-status").inner_text()
    mira.by("import-continue").click()
    mira.by("import-stop").click()
    mira.by("import-stop-confirm").click()
    mira.page.wait_for_selector('[data-testid="import-state"][data-phase="stopped"]', timeout=60_000)
    row = the_import(api, folder.name)
    assert row["state"] == "closed"
    assert row["accepted"] < files
    mira.by("import-again").click()
    wire.set()
    mira.by("import-folder-input").set_input_files(folder)
    wait_done(mira)
    again = max(
        (one for one in api.get("/api/imports") if one["name"] == folder.name), key=lambda one: one["created_at"]
    )
    assert again["accepted"] + again["duplicates"] == files
    assert again["duplicates"] == row["accepted"]
    assert instances(api, again["studies"]) == files
