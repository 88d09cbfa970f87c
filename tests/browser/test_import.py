"""Real series come in through the import page; a lost connection, a killed server or a reload loses nothing."""

import os
import shutil
import signal
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import NO_SERVER, Person
from tests.browser.installation import installation
from tests.browser.processes import web_pid
from tests.stack import Api, Stack, wait_until

Copy = Callable[[str], Path]
SLOW = 1_500_000  # bytes a second: slow enough to be interrupted in the middle


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation with one administrator, which takes files up to 8 MB."""
    with installation(tmp_path_factory.mktemp("import") / "data", MAX_UPLOAD_MB="8") as running:
        yield running


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


@pytest.fixture
def mira(mira: Person) -> Person:
    """Return her on the import page."""
    mira.go("/import")
    return mira


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
    mira.expects(*NO_SERVER)
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
    expect(mira.by("import-status")).to_contain_text("waiting")
    picture(mira.page, "import-offline")
    mira.by("import-try-now").click()  # in vain, for now
    mira.page.wait_for_selector('[data-testid="import-state"][data-offline="true"]')
    wire.set()  # the page sees by itself that it is back
    wait_done(mira)
    expect(mira.by("import-count-set-aside")).to_have_text("2")
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
    expect(mira.by("import-interrupted")).to_have_count(0)


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
    mira.by("import-drop").wait_for()
    wire.set(offline=True)
    mira.by("import-folder-input").set_input_files(folder)
    mira.by("import-pause").click()  # before there is anything to pause: the import is not even open
    mira.by("import-continue").wait_for()
    wire.set(bytes_per_s=SLOW)
    opened = lambda: any(row["name"] == folder.name for row in api.get("/api/imports"))  # noqa: E731
    wait_until(opened, timeout_s=30, what="an open import")
    mira.page.wait_for_selector('[data-testid="import-state"][data-offline="false"]')
    expect(mira.by("import-status")).to_contain_text("Paused")
    mira.page.wait_for_timeout(1_000)
    assert the_import(api, folder.name)["accepted"] == 0
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


VOLUMES = {
    "example_ct_sm.nii.gz": "image_label/TotalSegmentator_ct",
    "example_seg.nii.gz": "image_label/TotalSegmentator_ct",
    "brain1_image.nrrd": "image_label/pyradiomics",
    "brain1_label.nrrd": "image_label/pyradiomics",
}


@pytest.fixture
def mixture(shared_data: Path, tmp_path: Path) -> Path:
    """Return a folder with volumes and their label maps, a zip of DICOM files, and two files that are no images."""
    folder = tmp_path / "mixture"
    folder.mkdir()
    for name, place in VOLUMES.items():
        shutil.copy(shared_data / place / name, folder / name)
    with zipfile.ZipFile(folder / "cardiac.zip", "w") as packed:
        packed.write(shared_data / "multiframe_colour/emri_small.dcm", "one/emri_small.dcm")
    (folder / "readme.txt").write_text("Exported by the scanner")
    (folder / "huge.bin").write_bytes(bytes(9 << 20))
    return folder


def test_zips_and_research_volumes_come_in_and_open(mira: Person, api: Api, mixture: Path, picture) -> None:
    mira.by("import-folder-input").set_input_files(mixture)
    wait_done(mira)
    expect(mira.by("import-count-failed")).to_have_text("1")
    expect(mira.by("import-refused")).to_contain_text("huge.bin")
    expect(mira.by("import-refused")).to_contain_text("larger than the 8 MB")
    expect(mira.by("import-retry-failed")).to_have_count(1)
    row = the_import(api, "mixture")
    assert row["set_aside"] == 1
    mira.by("import-filter").get_by_text("With findings").click()
    mira.page.wait_for_selector('[data-testid="import-result"][data-state="findings"]')
    expect(mira.by("import-result").first).to_contain_text("that was assumed")
    picture(mira.page, "import-volumes")
    mira.by("import-show").click()
    mira.by("study-row").first.wait_for()
    series = [one for uid in row["studies"] for one in api.get(f"/api/studies/{uid}")["series"]]
    assert sorted(one["modality"] for one in series) == ["CT", "MR", "OT", "SEG", "SEG"]
    opened = 0
    for uid in row["studies"]:
        mira.go(f"/studies/{uid}")
        mira.by("series-row").first.wait_for()
        seen = mira.by("series-row").all_inner_texts()
        if any("example_ct_sm" in text for text in seen):
            assert "30 × 101 × 122" in seen[0]
            mira.by("derived-open").click()
            mira.by("derived-part").first.wait_for()
            expect(mira.by("derived-part")).to_have_count(41)
            opened += 1
        if any("brain1" in text for text in seen):
            expect(mira.by("derived-total")).to_have_text("16.41 mL")
            opened += 1
        mira.by("series-overview-open").first.click()
        wait_until(
            lambda: mira.by("series-overview").evaluate("node => node.complete && node.naturalWidth > 50"),
            timeout_s=30,
            what="the overview",
        )
        mira.page.keyboard.press("Escape")
    assert opened == 2


def test_a_full_archive_holds_the_upload_until_there_is_room(mira: Person, api: Api, copied: Copy, picture) -> None:
    folder = copied("petct/STS_002/dicom")
    files = sum(path.is_file() for path in folder.rglob("*"))
    used = api.get("/api/storage")
    api.patch("/api/storage", {"quota_bytes": used["images_bytes"] + used["set_aside_bytes"] + 500_000})
    mira.expects(r"status of 507 .*/api/imports/")
    mira.by("import-folder-input").set_input_files(folder)
    mira.by("import-held").wait_for()
    expect(mira.by("import-held")).to_contain_text("archive is full")
    expect(mira.by("import-status")).to_contain_text("Stopped by the server")
    done, every = progress(mira)
    assert done < every == files
    picture(mira.page, "import-held")
    mira.by("import-continue").click()  # there is no room yet: it is held again
    mira.by("import-held").wait_for()

    mira.by("import-storage").click()
    mira.by("storage-usage").wait_for()
    mira.by("upload-mark").filter(has_text="files wait").wait_for()
    mira.by("storage-quota").fill("")
    mira.by("storage-save").click()
    mira.page.get_by_text("Saved").first.wait_for()
    assert api.get("/api/storage")["quota_bytes"] is None
    mira.by("upload-mark").click()
    mira.by("import-continue").click()
    wait_done(mira)
    row = the_import(api, folder.name)
    assert (row["accepted"], row["set_aside"]) == (files, 0)
    assert instances(api, row["studies"]) == files
