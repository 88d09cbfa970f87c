"""What a reader looks with: magnifier, key images, texts, windows, attributes, dragged series, hanging rules, cine."""

import io
import re
import shutil
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from highdicom import ko
from PIL import Image
from playwright.sync_api import expect
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.browser.chromium import Person
from tests.browser.pages import Room, choose
from tests.browser.test_linked_series import first_of
from tests.flow import Flow
from tests.stack import Stack, wait_until

ECHO = "multiframe_colour/US-PAL-8-10x-echo"
# Side, view, where columns go as they rise, and the lowest value. Those of one view are one series.
BREASTS = (("R", "CC", "P", 300), ("L", "CC", "P", 1300), ("R", "MLO", "P", 2300), ("L", "MLO", "A", 3000))
BREAST_SIZE = (200, 160)
DRAWN = (slice(90, 110), slice(60, 100))
PADDED = (slice(0, 40), slice(0, 60))


@pytest.fixture(scope="module")
def flow(tmp_path_factory, shared_data: Path) -> Flow:
    """Start an installation with a PET/CT and an ultrasound loop."""
    folder = tmp_path_factory.mktemp("seeing")
    images = shared_data / "petct" / "STS_002" / "dicom"
    echo = next(path for path in [shared_data / ECHO, *(shared_data / ECHO).rglob("*")] if path.is_file())
    (folder / "echo").mkdir()
    shutil.copy(echo, folder / "echo" / "echo.dcm")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(images))
        stack.manage("import_dicom", str(folder / "echo"))
        flow.breasts = write_mammography(folder / "breasts")
        stack.manage("import_dicom", str(folder / "breasts"))
        flow.given = write_key_images(images, folder / "given.dcm")
        stack.manage("import_dicom", str(folder / "given.dcm"))
        flow.loop = pydicom.dcmread(echo, stop_before_pixels=True, force=True)
        flow.studies = [str(first_of(images / "CT").StudyInstanceUID), str(flow.loop.StudyInstanceUID), flow.breasts]
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


@pytest.fixture
def room(browser, flow: Flow):
    """Return the reading room of a reader who has signed in."""
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.password)
    yield Room(person)
    person.close()


def write_key_images(images: Path, path: Path) -> list[Dataset]:
    """Write a key object selection about two CT slices and one of the PET; return them in its order."""
    ct, pet = (
        sorted(
            (pydicom.dcmread(file) for file in (images / part / "image").glob("*.dcm")),
            key=lambda ds: float(ds.ImagePositionPatient[2]),
        )
        for part in ("CT", "PET")
    )
    chosen = [ct[len(ct) // 4], ct[-3], pet[2]]
    content = ko.KeyObjectSelection(
        document_title=Code("113002", "DCM", "For Referring Provider"),
        referenced_objects=chosen,
        description="The thigh, and where it is hot.",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the patient's name has one part
        document = ko.KeyObjectSelectionDocument(
            evidence=chosen,
            content=content,
            series_instance_uid=generate_uid(),
            series_number=90,
            sop_instance_uid=generate_uid(),
            instance_number=1,
            manufacturer="Another maker",
        )
    document.save_as(path)
    return chosen


def write_mammography(folder: Path) -> str:
    """Write four mammograms, brighter towards the chest wall, with padding and a drawn plane; return the study's UID.

    The left CC lies the other way round in its file, as its Patient Orientation says.
    """
    folder.mkdir()
    study = generate_uid()
    series = {view: generate_uid() for _, view, _, _ in BREASTS}
    rows, columns = BREAST_SIZE
    for number, (side, view, along, lowest) in enumerate(BREASTS):
        pixels = np.tile(lowest + 4 * np.arange(columns, dtype=np.uint16), (rows, 1))
        pixels[PADDED] = 0
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.2"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.PatientID = study, series[view], "breasts"
        ds.Modality, ds.InstanceNumber, ds.ImageLaterality, ds.ViewPosition = "MG", number + 1, side, view
        ds.PatientOrientation = [along, "L" if side == "R" else "R"]
        ds.ImagerPixelSpacing = [0.1, 0.1]
        ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = rows, columns, 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.PixelPaddingValue, ds.PixelData = 0, (pixels if along == "P" else pixels[:, ::-1]).tobytes()
        plane = np.zeros(BREAST_SIZE, np.uint8)
        plane[DRAWN] = 1
        # Its first pixel lies on row 3 and column 5 of the image, counted from 1.
        for element, vr, value in (
            (0x10, "US", rows),
            (0x11, "US", columns),
            (0x40, "CS", "G"),
            (0x50, "SS", [3, 5]),
            (0x100, "US", 1),
            (0x102, "US", 0),
            (0x3000, "OW", np.packbits(plane.ravel(), bitorder="little").tobytes()),
        ):
            ds.add_new((0x6000, element), vr, value)
        ds.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    return study


def reading_with(flow: Flow, modality: str) -> str:
    """Return the reading whose case has a series of a modality."""
    reader = flow.readers[0]
    details = [reader.get(f"/api/readings/{row['reading']}") for row in reader.get("/api/worklist")]
    return next(row["id"] for row in details if any(one["modality"] == modality for one in row["series"]))


def grey_at(room: Room, pane: str, x: float, y: float, *, reach: int) -> float:
    """Return the mean grey of a square of the screen around a place in a pane."""
    at = room.point(pane, x, y)
    clip = {"x": at[0] - reach, "y": at[1] - reach, "width": 2 * reach, "height": 2 * reach}
    return float(np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("L"), dtype=float).mean())


def test_key_images_that_came_with_the_study(room: Room, flow: Flow, picture) -> None:
    """Their title and what is said of them is there; a click, and a key, bring each into view."""
    page, person = room.page, room.person
    room.open(reading_with(flow, "PT"))
    first, second, hot = flow.given
    person.by("given-images").wait_for()
    expect(person.by("given-images")).to_contain_text("For Referring Provider")
    assert person.by("given-images").get_attribute("title") == "The thigh, and where it is hot."
    rows = person.by("given-image")
    expect(rows).to_have_count(3)
    for row, image in ((1, second), (0, first)):
        rows.nth(row).click()
        on_screen(room, image, row)
    picture(page, "see-given-key-images")
    page.mouse.move(*room.point("axial", 0.5, 0.5))
    for key, row, image in (("Alt+j", 1, second), ("Alt+j", 2, hot), ("Alt+j", 0, first), ("Alt+g", 2, hot)):
        page.keyboard.press(key)
        on_screen(room, image, row)
    assert person.errors == []


def on_screen(room: Room, image: Dataset, row: int) -> None:
    """Wait for a given key image: marked as such, and with the value that its file holds under the pointer."""
    room.person.by("given-axial").wait_for()
    room.page.locator(f'[data-active="true"]:nth-of-type({row + 1}) [data-testid="given-image"]').wait_for()
    room.until("window.fiducialProbe.ready", timeout_s=60)
    lowest = float(image.ImagePositionPatient[2])
    assert room.world_at("axial", 0.5, 0.5)[2] == pytest.approx(lowest, abs=0.01)
    x, y = room.point("axial", 0.5, 0.5)
    room.page.mouse.move(x - 5, y)
    room.page.mouse.move(round(x), round(y), steps=2)
    box = room.box("axial")
    i, j, _ = (round(at) for at in room.probe(f"indexAt('axial', {round(x) - box['x']}, {round(y) - box['y']})"))
    if image.Modality == "CT":
        wanted = image.pixel_array[j, i] * float(image.RescaleSlope) + float(image.RescaleIntercept)
        value = room.page.locator('[data-testid="viewport-axial"] [data-testid="pointer-value"]')
        wait_until(lambda: value.inner_text().startswith(f"{wanted:g} HU"), timeout_s=5, what=f"{wanted} HU")


def test_looking_at_a_pet_ct(room: Room, flow: Flow) -> None:
    page, person = room.page, room.person
    reading = reading_with(flow, "PT")
    room.open(reading)
    page.wait_for_timeout(500)
    windows_and_attributes(room)
    magnifier(room)
    key_images(room, flow, reading)
    texts(room, reading)
    dragged_series_and_rules(room, reading)
    assert person.errors == []


def test_mammograms_hang_with_their_chest_walls_together(room: Room, flow: Flow, picture) -> None:
    """Right beside left, CC above MLO; what the file draws is over the image, and padding stays dark."""
    page, person = room.page, room.person
    room.open(reading_with(flow, "MG"))
    columns, panes = BREAST_SIZE[1], ("stack", "second", "third", "fourth")
    for pane, (side, _, along, lowest) in zip(panes, BREASTS, strict=True):
        person.by(f"viewport-{pane}").wait_for()
        last = columns - 1 if along == "P" else 0
        shown = f"window.fiducialProbe.indexAt('{pane}', {{x}}, {room.box(pane)['height'] / 2})"
        edge = room.box(pane)["width"] - 2 if side == "R" else 2
        room.until(f"Math.abs(({shown.format(x=edge)} ?? [-99])[0] - {last}) < 3", timeout_s=20)
        page.mouse.move(*room.point(pane, 0.7 if side == "R" else 0.3, 0.5))
        value = page.locator(f'[data-testid="viewport-{pane}"] [data-testid="pointer-value"]')
        value.wait_for()
        assert lowest <= float(value.inner_text().split()[0]) <= lowest + 4 * columns, pane
    picture(page, "see-mammography")
    graphics_and_padding(room)
    assert person.errors == []


def colour_at(room: Room, pane: str, i: float, j: float) -> np.ndarray:
    """Return the colour of the screen on a pixel of the image in a pane."""
    box = room.box(pane)
    page = [room.probe(f"indexAt('{pane}', {at}, {at})") for at in (0, 100)]
    x, y = ((want - page[0][axis]) * 100 / (page[1][axis] - page[0][axis]) for axis, want in enumerate((i, j)))
    clip = {"x": box["x"] + x - 1, "y": box["y"] + y - 1, "width": 3, "height": 3}
    shot = Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("RGB")
    return np.asarray(shot, dtype=float).mean(axis=(0, 1))


def graphics_and_padding(room: Room) -> None:
    """Switch what the file draws off and on; turn the greys round."""
    page, person = room.page, room.person
    middle = [(part.start + part.stop) / 2 for part in DRAWN]
    drawn, padded = (middle[1] + 4, middle[0] + 2), (30, 20)
    yellow = lambda: float(np.ptp(colour_at(room, "stack", *drawn))) > 80  # noqa: E731
    page.mouse.move(*room.point("stack", 0.8, 0.9))
    wait_until(yellow, timeout_s=20, what="the graphics of the file")
    assert np.ptp(colour_at(room, "stack", DRAWN[1].start + 1, middle[0])) < 10, "drawn beside its place"
    page.keyboard.press("Shift+Y")
    page.keyboard.press("Shift+Y")
    wait_until(lambda: not yellow(), timeout_s=20, what="the graphics to be gone")
    page.keyboard.press("Shift+Y")
    wait_until(yellow, timeout_s=20, what="the graphics to be back")
    width, level = (float(text) for text in re.findall(r"-?[\d.]+", person.by("window-menu").inner_text()))
    assert 290 < level - width / 2 < 330, "padding was taken for image"
    low = lambda: float(colour_at(room, "stack", 30, 60).mean())  # noqa: E731
    assert low() < 60
    person.by("invert").click()
    page.mouse.move(*room.point("stack", 0.8, 0.9))
    wait_until(lambda: low() > 190, timeout_s=20, what="the greys to be turned round")
    wait_until(lambda: colour_at(room, "stack", *padded).mean() < 20, timeout_s=20, what="the padding to be dark")


def windows_and_attributes(room: Room) -> None:
    """Choose a window, keep one, and look an attribute up."""
    page, person = room.page, room.person
    page.mouse.move(*room.point("axial", 0.5, 0.5))
    person.by("window-menu").click()
    person.by("window-lung").click()
    expect(person.by("window-menu")).to_contain_text("W 1500 · L -600")
    person.by("window-menu").click()
    person.by("window-name").fill("mine")
    person.by("window-keep").click()
    page.keyboard.press("Escape")
    person.by("window-menu").click()
    person.by("window-softTissue").click()
    person.by("window-menu").click()
    page.get_by_role("menuitem", name=re.compile("^mine")).click()
    expect(person.by("window-menu")).to_contain_text("W 1500 · L -600")
    page.mouse.move(*room.point("axial", 0.5, 0.5))
    page.keyboard.press("Shift+T")
    person.by("tag-search").fill("rescale slope")
    expect(person.by("tag-row").first).to_contain_text("0028,1053")
    person.by("tag-search").fill("")
    rows = person.by("tag-row")
    assert rows.count() > 40
    expect(rows.filter(has_text=re.compile(r"^0010,")), "the patient's own attributes are shown").to_have_count(0)
    page.keyboard.press("Escape")
    person.by("tag-dialog").wait_for(state="hidden")


def magnifier(room: Room) -> None:
    """Hold the glass over a place: the same grey, larger, and gone when it is let go."""
    page, person = room.page, room.person
    page.keyboard.press("Shift+Z")
    places = [(0.45, 0.45), (0.55, 0.5), (0.5, 0.58)]
    plain = [grey_at(room, "axial", *place, reach=8) for place in places]
    page.mouse.move(*room.point("axial", *places[0]))
    page.mouse.down()
    person.by("lens").wait_for()
    expect(person.by("lens")).to_have_attribute("data-factor", "2")
    seen = []
    for place in places:
        page.mouse.move(*room.point("axial", *place), steps=3)
        page.wait_for_timeout(400)
        seen.append(grey_at(room, "axial", *place, reach=16))
    assert seen == pytest.approx(plain, abs=12), "the glass does not show what lies under it"
    before = room.probe("sliceIndex('axial')")
    page.mouse.wheel(0, -100)
    page.locator('[data-testid="lens"][data-factor="3"]').wait_for()
    assert room.probe("sliceIndex('axial')") == before
    page.mouse.up()
    expect(person.by("lens")).to_have_count(0)
    page.keyboard.press("w")


def key_images(room: Room, flow: Flow, reading: str) -> None:
    """Choose two slices, take one back and again, jump to the first, and save both as a file."""
    page, person = room.page, room.person
    page.mouse.move(*room.point("axial", 0.5, 0.5))
    first = room.probe("sliceIndex('axial')")
    page.keyboard.press("Alt+x")
    person.by("key-axial").wait_for()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    expect(person.by("key-axial")).to_have_count(0)
    page.keyboard.press("Alt+x")
    expect(person.by("key-image")).to_have_count(2)
    page.keyboard.press("Control+z")
    expect(person.by("key-image")).to_have_count(1)
    page.keyboard.press("Control+Shift+z")
    expect(person.by("key-image")).to_have_count(2)
    page.keyboard.press("Alt+g")  # onwards, those that came with the study follow
    page.wait_for_timeout(500)
    assert room.probe("sliceIndex('axial')") == first
    person.by("key-image-show").nth(1).click()
    page.wait_for_timeout(500)
    assert room.probe("sliceIndex('axial')") == first + 4
    room.wait_saved()
    page.keyboard.press("h")
    person.by("history-panel").get_by_text("Key image").first.wait_for()
    page.keyboard.press("Escape")
    answer = flow.readers[0].session.get(f"{flow.stack.url}/api/readings/{reading}/export/ko", timeout=60)
    document = pydicom.dcmread(io.BytesIO(answer.content))
    named = [item for item in document.ContentSequence if item.ValueType == "IMAGE"]
    assert (document.Modality, len(named)) == ("KO", 2)


def texts(room: Room, reading: str) -> None:
    """Choose what is written over the images: it is there at once, and the next time."""
    page, person = room.page, room.person
    letters = '[data-testid="viewport-axial"] [data-edge="left"]'
    person.by("pane-menu-axial").click()
    person.by("overlay-axial").click()
    person.by("overlay-text-window").check()
    person.by("overlay-text-letters").uncheck()
    page.keyboard.press("Escape")
    person.by("overlay-dialog").wait_for(state="hidden")
    room.open(reading)
    expect(person.by("viewport-axial").get_by_test_id("text-window")).to_contain_text("W 400 L 40")
    expect(page.locator(letters)).to_have_count(0)
    page.keyboard.press("Shift+Y")
    expect(page.locator(letters)).to_have_count(1)
    expect(person.by("header-axial")).to_contain_text("kV")
    page.keyboard.press("Shift+Y")
    expect(person.by("viewport-axial").get_by_test_id("text-window")).to_have_count(0)


def dragged_series_and_rules(room: Room, reading: str) -> None:
    """Drag the PET onto a pane; then let a rule of one's own open the case so."""
    page, person = room.page, room.person
    person.by("layout-menu").click()
    person.by("layout-sideBySide").click()
    page.wait_for_timeout(500)
    cards = page.locator('[data-testid^="series-"]')
    pet = next(card for card in cards.all() if card.inner_text().startswith("PT"))
    pet.drag_to(person.by("viewport-second"))
    page.wait_for_timeout(1500)
    expect(person.by("viewport-second")).to_contain_text("PT")
    person.by("layout-menu").click()
    person.by("hanging-open").click()
    person.by("hanging-add-own").click()
    choose(person, "hanging-layout-0", "Three planes in a row")
    person.by("hanging-save-own").click()
    page.get_by_test_id("hanging-dialog").get_by_text("Saved", exact=True).wait_for()
    room.open(reading)
    expect(person.by("layout-menu")).to_have_attribute("data-layout", "mprRow")


def test_a_loop_plays_at_its_own_rate(room: Room, flow: Flow) -> None:
    page, person = room.page, room.person
    room.open(reading_with(flow, "US"))
    page.mouse.move(*room.point("stack", 0.5, 0.5))
    page.keyboard.press("Shift+V")
    rate = 1000 / float(flow.loop.FrameTime)
    assert float(person.by("cine-rate").input_value()) == pytest.approx(rate, abs=0.5)
    seen = set()
    for _ in range(40):
        seen.add(room.probe("sliceIndex('stack')"))
        page.wait_for_timeout(60)
    assert len(seen) > 4, "the loop stands still"
    page.keyboard.press("Shift+V")
    page.wait_for_timeout(300)
    still = room.probe("sliceIndex('stack')")
    page.wait_for_timeout(400)
    assert room.probe("sliceIndex('stack')") == still
    expect(person.by("cine-stack")).to_have_count(0)
