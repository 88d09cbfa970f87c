"""Series beside each other: PET over CT with the stored values of both, linked scroll, hanging rules. On real data."""

import re
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack

RULE = {
    "name": "PET/CT",
    "layout": "fusion",
    "modality": "CT",
    "priors": 0,
    "slots": [{"slot": "second", "modality": "PT"}],
}


@pytest.fixture(scope="module")
def flow(tmp_path_factory, shared_data: Path) -> Flow:
    """Start an installation with a PET/CT of a patient, opened by a rule of the reader's own."""
    folder = tmp_path_factory.mktemp("linked")
    images = shared_data / "petct" / "STS_002" / "dicom"
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(images))
        flow.studies = [str(first_of(images / "CT").StudyInstanceUID)]
        flow.set_up_project()
        flow.readers[0].put(f"/api/projects/{flow.project}/hanging/own", {"rules": [RULE]})
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        flow.images = images
        yield flow


def first_of(folder: Path) -> pydicom.Dataset:
    """Return the header of some image of a folder."""
    return next(
        ds
        for path in sorted(folder.rglob("*.dcm"))
        if "ImagePositionPatient" in (ds := pydicom.dcmread(path, stop_before_pixels=True))
    )


def stored_value(folder: Path, world: np.ndarray) -> float:
    """Return the rescaled value of the voxel in which a point lies, straight from the files."""
    slices = [ds for path in folder.rglob("*.dcm") if "ImagePositionPatient" in (ds := pydicom.dcmread(path))]
    ds = min(slices, key=lambda row: abs(float(row.ImagePositionPatient[2]) - world[2]))
    offset = world[:2] - np.array(ds.ImagePositionPatient[:2], dtype=float)
    row, column = round(offset[1] / float(ds.PixelSpacing[0])), round(offset[0] / float(ds.PixelSpacing[1]))
    return float(ds.pixel_array[row, column] * ds.RescaleSlope + ds.RescaleIntercept)


def test_pet_over_ct_and_linked_scroll(browser, flow: Flow) -> None:
    reader = flow.readers[0]
    reading = next(row["reading"] for row in reader.get("/api/worklist"))
    detail = reader.get(f"/api/readings/{reading}")
    (pet,) = (row for row in detail["series"] if row["modality"] == "PT")
    (volume,) = reader.get(f"/api/series/{pet['series_uid']}/volumes")
    person = Person(browser, flow.stack.url)
    try:
        person.sign_in("flow-ann", flow.password)
        room = Room(person)
        room.open(reading)
        expect(person.by("layout-menu"), "the rule was not applied").to_have_attribute("data-layout", "fusion")
        room.until("window.fiducialProbe.ready", timeout_s=60)
        person.by("viewport-fused").get_by_text("/ 48").wait_for()
        room.page.wait_for_timeout(1500)
        for x, y in ((0.5, 0.5), (0.4, 0.45), (0.6, 0.55)):
            world = np.array(room.world_at("fused", x, y))
            at = room.point("fused", x, y)
            room.page.mouse.move(at[0] - 3, at[1])
            room.page.mouse.move(*at, steps=2)
            text = person.by("viewport-fused").get_by_test_id("pointer-value").inner_text()
            hounsfield, suv = re.match(r"(-?[\d.]+) HU\s+([\d.]+) SUVbw", text).groups()
            assert float(hounsfield) == pytest.approx(stored_value(flow.images / "CT", world), abs=0.06)
            expected = stored_value(flow.images / "PET", world) * volume["suv_factor"]
            assert float(suv) == pytest.approx(expected, abs=0.006)
        room.page.mouse.move(*room.point("axial", 0.5, 0.5))
        for _ in range(6):
            room.page.keyboard.press("ArrowDown")
        room.page.wait_for_timeout(500)
        places = [room.world_at(pane, 0.5, 0.5)[2] for pane in ("axial", "fused", "second")]
        assert max(places) - min(places) < 1.7, "the panes do not stand at the same place"
    finally:
        person.close()


def test_submitting_tells_what_is_marked_on_other_series(browser, flow: Flow) -> None:
    """The dialog counts the whole reading, not only the series that happens to be open."""
    reading = next(row["reading"] for row in flow.readers[0].get("/api/worklist"))
    person = Person(browser, flow.stack.url)
    try:
        person.sign_in("flow-ann", flow.password)
        room = Room(person)
        room.open(reading)
        person.by("answer-quality-1").click()
        room.page.keyboard.press("Escape")
        room.page.mouse.move(*room.point("axial", 0.5, 0.5))
        room.page.keyboard.press("2")
        room.stroke("axial", [(0.5, 0.5), (0.55, 0.5)])
        room.page.keyboard.press("l")
        room.stroke("axial", [(0.4, 0.6), (0.5, 0.6)])
        room.wait_saved()
        room.page.keyboard.press("Alt+s")
        room.until("window.fiducialProbe.ready && !Object.keys(fiducialProbe.voxelsByLabel()).length", timeout_s=60)
        room.page.mouse.move(*room.point("axial", 0.5, 0.5))
        room.page.keyboard.press("s")
        expect(person.by("submit-amount-2")).to_have_text("on other images")
        expect(person.by("submit-amount-1")).to_have_text("not marked")
        person.page.get_by_text("1 measurement, 0 findings").wait_for()
        person.by("submit-cancel").click()
    finally:
        person.close()
