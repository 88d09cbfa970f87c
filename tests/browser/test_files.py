"""Marks saved to a file by one reader and loaded by another, with the mouse; what does not fit is refused."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def flow(tmp_path_factory) -> Flow:
    """Start an installation with two phantom cases and two readers."""
    folder = tmp_path_factory.mktemp("files")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(flow.write_phantoms(folder / "dicom", 2)))
        flow.set_up_project()
        yield flow


def reader(browser, flow: Flow, name: str) -> Person:
    """Return a signed-in reader."""
    user = flow.admin.get(f"/api/users?q={name}")[0]
    password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
    person = Person(browser, flow.stack.url)
    person.sign_in(name, password)
    return person


def look(person: Person, name: str) -> None:
    """Keep a picture of the page, where FIDUCIAL_LOOK names a folder."""
    if folder := os.environ.get("FIDUCIAL_LOOK"):
        person.page.wait_for_timeout(400)
        person.page.screenshot(path=Path(folder) / f"{name}.png")


def draw(room: Room) -> dict[str, int]:
    """Draw two labels in the axial pane and return their voxels."""
    room.page.keyboard.press("b")
    for key, row in (("1", 0.35), ("2", 0.6)):
        room.page.keyboard.press(key)
        room.stroke("axial", [(0.35, row), (0.5, row), (0.6, row + 0.05)])
    room.wait_saved()
    return room.voxels()


def save_file(person: Person, form: str, folder: Path) -> Path:
    """Save the marks in the panel, as a person does, and return the file."""
    person.by("files-format").click()
    person.page.get_by_role("option", name=form, exact=True).click()
    with person.page.expect_download() as download:
        person.by("files-save").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_marks_go_to_a_file_and_come_back_to_another_reader(browser, flow: Flow, tmp_path) -> None:
    rows = [api.get("/api/worklist") for api in flow.readers]
    ann = reader(browser, flow, "flow-ann")
    room = Room(ann)
    room.open(rows[0][0]["reading"])
    drawn = draw(room)
    assert set(drawn) == {"1", "2"}
    ann.page.keyboard.press("l")
    room.stroke("axial", [(0.3, 0.7), (0.45, 0.75), (0.6, 0.8)])
    wait_until(lambda: room.probe("headRevision") >= 3, timeout_s=20, what="the length to be saved")
    ann.page.keyboard.press("Shift+F")
    ann.by("files-save").wait_for()
    look(ann, "files-save")
    seg = save_file(ann, "DICOM SEG", tmp_path)
    structures = save_file(ann, "DICOM RT structure set", tmp_path)
    assert (seg.suffix, structures.suffix) == (".dcm", ".dcm")
    state = save_file(ann, "DICOM presentation state", tmp_path)
    report = save_file(ann, "DICOM SR: measurements", tmp_path)
    ann.close()

    ben = reader(browser, flow, "flow-ben")
    other = Room(ben)
    same_case = next(row["reading"] for row in rows[1] if row["case_number"] == rows[0][0]["case_number"])
    other.open(same_case)
    ben.by("files").click()
    for path in (seg, structures):
        ben.page.locator("input[type=file]").set_input_files(path)
        ben.by("load-plan").wait_for()
        for value in ("1", "2"):
            row = ben.by(f"load-segment-{value}")
            expect(row).to_have_attribute("data-label", value)
            assert int(row.get_attribute("data-placed")) == drawn[value]
        look(ben, f"files-load-{path.stem}")
        ben.by("load-button").click()
        ben.by("load-done").wait_for()
        wait_until(lambda: other.voxels() == drawn, timeout_s=30, what="the loaded marks on the screen")
        look(ben, f"files-loaded-{path.stem}")
        ben.by("load-undo").click()
        wait_until(lambda: other.voxels() == {}, timeout_s=30, what="the marks to be gone again")

    ben.page.locator("input[type=file]").set_input_files(state)
    ben.by("load-window").click()
    look(ben, "files-state")
    ben.page.locator("input[type=file]").set_input_files(report)
    ben.by("load-measurement").wait_for()
    expect(ben.by("load-measurement")).to_contain_text("length")
    ben.by("load-button").click()
    ben.by("load-done").wait_for()
    assert len(flow.readers[1].get(f"/api/readings/{same_case}")["measurements"]) == 1, [
        (one["number"], one["tool"], one["measurement_count"])
        for one in flow.readers[1].get(f"/api/readings/{same_case}/revisions")
    ]

    ben.page.locator("input[type=file]").set_input_files(seg)
    ben.by("load-plan").wait_for()
    ben.by("load-label-2").click()
    ben.page.get_by_role("option", name="Leave out").click()
    wait_until(lambda: ben.by("load-segment-2").get_attribute("data-label") == "", timeout_s=15, what="a new preview")
    wait_until(lambda: ben.by("load-button").is_enabled(), timeout_s=15, what="the new preview's answer")
    ben.by("load-button").click()
    wait_until(lambda: other.voxels() == {"1": drawn["1"]}, timeout_s=30, what="one label alone")

    wrong = next(row["reading"] for row in rows[1] if row["case_number"] != rows[0][0]["case_number"])
    other.open(wrong)
    ben.by("files").click()
    ben.page.locator("input[type=file]").set_input_files(seg)
    ben.page.get_by_text("lie on none of the images").wait_for()
    look(ben, "files-misfit")
    assert other.voxels() == {}
    ben.close()
