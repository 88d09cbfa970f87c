"""The pictures of the reader's guide (docs/guides/reading.md), drawn on real data by `make screenshots`.

Not a test of its own: every step is checked elsewhere. Where no pictures are asked for, nothing is started.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.browser.test_layouts import choose_layout, line_of, solid
from tests.flow import Flow
from tests.stack import Stack

pytestmark = pytest.mark.skipif(
    not os.environ.get("FIDUCIAL_SCREENSHOTS"), reason="draws pictures alone: make screenshots"
)

CT = "ct/CRLM-CT-1006"
IMAGES = (
    "petct/STS_002/dicom",
    "mr/UCSF-BR-06_DCE/dicom",
    "multiframe_colour/examples_ybr_color.dcm",
    "projection/GH133.dcm",
)


@pytest.fixture(scope="module")
def flow(tmp_path_factory, shared_data: Path) -> Flow:
    """Start an installation with a CT and its prior, a PET/CT/MR, a time series, an ultrasound loop, a mammogram."""
    folder = tmp_path_factory.mktemp("reader-guide")
    write_prior(shared_data / CT, folder / "dicom")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage(
            "import_dicom", str(shared_data / CT), str(folder / "dicom"), *(str(shared_data / name) for name in IMAGES)
        )
        flow.studies = [row["study_uid"] for row in flow.admin.get("/api/studies")["results"]]
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


def write_prior(source: Path, folder: Path) -> None:
    """Write a part of a CT once more as a study of the year before: no real pair of studies is at hand."""
    folder.mkdir()
    for number, path in enumerate(sorted(path for path in source.rglob("*") if path.is_file())):
        ds = pydicom.dcmread(path)
        if "ImagePositionPatient" not in ds or number >= 45:
            continue
        ds.StudyDate = f"{int(ds.StudyDate[:4]) - 1}{ds.StudyDate[4:]}"
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(ds, name, pydicom.uid.generate_uid(entropy_srcs=["year before", ds[name].value]))
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        ds.save_as(folder / path.name)


def reading_of(flow: Flow, modality: str, *, priors: bool = False) -> str:
    """Return the reading whose first series is of a modality, and which has earlier studies or not."""
    reader = flow.readers[0]
    details = [reader.get(f"/api/readings/{row['reading']}") for row in reader.get("/api/worklist")]
    return next(
        row["id"] for row in details if row["series"][0]["modality"] == modality and bool(row["priors"]) == priors
    )


def test_pictures_of_the_reading_room(browser, flow: Flow, small_picture: Callable) -> None:
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.password)
    room = Room(person)

    def take(name: str, wait_ms: int = 500) -> None:
        room.page.wait_for_timeout(wait_ms)
        small_picture(room.page, f"guide-{name}")

    room.open(reading_of(flow, "CT", priors=True))
    planes(room, take)
    marks(room, take)
    looks(room, take)
    solids(room, take)
    choose_layout(room, "priors")
    take("prior", 1500)
    other_images(room, flow, take)
    assert person.errors == []
    person.close()


def planes(room: Room, take: Callable) -> None:
    """Three planes, turned planes, a slab."""
    page, person = room.page, room.person
    page.keyboard.press("x")
    page.mouse.click(*room.point("axial", 0.38, 0.42))
    take("planes")
    y = line_of(room, "coronal", "axial", 0.9)
    room.stroke("axial", [(0.9, y), (0.88, y + 0.08), (0.85, y + 0.14)])
    y = line_of(room, "axial", "coronal", 0.9)
    room.stroke("coronal", [(0.9, y), (0.88, y + 0.1), (0.86, y + 0.16)])
    take("oblique", 1200)
    page.keyboard.press("r")
    page.wait_for_timeout(600)
    person.by("pane-menu-coronal").click()
    slider = person.by("slab-mm-coronal").bounding_box()
    page.mouse.click(slider["x"] + slider["width"] / 3, slider["y"] + slider["height"] / 2)
    take("slab", 2500)
    page.mouse.click(slider["x"] + 1, slider["y"] + slider["height"] / 2)
    page.keyboard.press("Escape")
    page.wait_for_timeout(800)


def marks(room: Room, take: Callable) -> None:
    """Brush, click to mask, contour, measurements."""
    page, person = room.page, room.person
    page.keyboard.press("1")
    page.keyboard.press("b")
    room.stroke("axial", [(0.3, 0.38), (0.34, 0.4), (0.37, 0.44), (0.36, 0.5), (0.33, 0.55)])
    take("brush")
    page.keyboard.press("Control+z")
    page.keyboard.press("Shift+A")
    person.by("options-prompt").wait_for()
    page.mouse.click(*room.point("axial", 0.34, 0.4))
    shown = "document.querySelector('[data-testid=prompt-state]')?.innerText.includes('voxels')"
    room.until(shown, timeout_s=60)
    page.keyboard.down("Alt")
    page.mouse.click(*room.point("axial", 0.56, 0.52))
    page.keyboard.up("Alt")
    page.wait_for_timeout(3000)
    room.until(shown, timeout_s=60)
    take("click")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("d")
    while person.by("brush-radius-value").inner_text() != "25 mm":
        page.keyboard.press("]")
    page.mouse.click(*room.point("axial", 0.36, 0.4))
    room.wait_saved()
    page.keyboard.press("l")
    room.stroke("axial", [(0.3, 0.3), (0.5, 0.34)])
    page.keyboard.press("Alt+e")
    room.stroke("axial", [(0.6, 0.42), (0.66, 0.5)])
    page.keyboard.press("Alt+a")
    for at in ((0.45, 0.62), (0.5, 0.7), (0.58, 0.66)):
        page.mouse.click(*room.point("axial", *at))
        page.wait_for_timeout(100)
    page.keyboard.press("w")
    take("measure")


def looks(room: Room, take: Callable) -> None:
    """Windows, magnifier, key image and finding."""
    page, person = room.page, room.person
    person.by("window-menu").click()
    take("windows")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Z")
    page.mouse.move(*room.point("axial", 0.42, 0.45))
    page.mouse.down()
    person.by("lens").wait_for()
    take("magnifier", 1500)
    page.mouse.up()
    page.keyboard.press("w")
    page.mouse.move(*room.point("axial", 0.34, 0.4))
    page.keyboard.press("Alt+x")
    page.keyboard.press("Shift+N")
    take("finding", 800)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def solids(room: Room, take: Callable) -> None:
    """Planes beside 3-D, and 3-D alone."""
    for layout in ("mpr3d", "volume"):
        choose_layout(room, layout)
        solid(room)
        take(layout, 4000)
    choose_layout(room, "mpr")


def other_images(room: Room, flow: Flow, take: Callable) -> None:
    """PET over CT, four series, time points, a loop, a mammogram."""
    page, person = room.page, room.person
    room.open(reading_of(flow, "CT"))
    for layout in ("fusion", "four"):
        choose_layout(room, layout)
        take(layout, 2500)
    room.open(reading_of(flow, "MR"))
    take("time", 1500)
    room.open(reading_of(flow, "US"))
    page.mouse.move(*room.point("stack", 0.5, 0.5))
    page.keyboard.press("Shift+V")
    person.by("cine-rate").wait_for()
    take("loop", 800)
    page.keyboard.press("Shift+V")
    room.open(reading_of(flow, "MG"))
    page.keyboard.press("l")
    room.stroke("stack", [(0.55, 0.4), (0.66, 0.46)])
    page.keyboard.press("w")
    assert re.search("mm", person.by("measurement").first.inner_text())
    take("mammogram")
