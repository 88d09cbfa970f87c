"""Every measurement drawn by mouse on real images: what the server holds equals NumPy on the files."""

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect
from skimage.measure import points_in_poly

from tests.browser.chromium import Person
from tests.browser.pages import Room, choose
from tests.flow import Flow
from tests.stack import Stack, wait_until

CT, PET = "ct/CRLM-CT-1006", "pet/STS_001_FDG/dicom"
PROJECTION, ULTRASOUND = "projection/GH133.dcm", "multiframe_colour/examples_ybr_color.dcm"
PEAK_RADIUS_MM = (3000 / (4 * math.pi)) ** (1 / 3)
PATHS: dict[str, list[list[tuple[float, float]]]] = {
    "length": [[(0.3, 0.3), (0.45, 0.36)]],
    "bidirectional": [[(0.55, 0.3), (0.68, 0.36)]],
    "angle": [[(0.3, 0.5), (0.38, 0.42)], [(0.46, 0.52)]],
    "cobb": [[(0.52, 0.6), (0.62, 0.58)], [(0.52, 0.72), (0.62, 0.75)]],
    "ellipse": [[(0.36, 0.44), (0.47, 0.53)]],
    "rectangle": [[(0.53, 0.42), (0.61, 0.5)]],
    "circle": [[(0.33, 0.62), (0.38, 0.65)]],
    "freehand": [[(0.66, 0.46), (0.72, 0.44), (0.75, 0.5), (0.7, 0.53), (0.66, 0.5), (0.65, 0.47)]],
    "spline": [[(0.42, 0.6)], [(0.47, 0.61)], [(0.48, 0.67)], [(0.43, 0.68)]],
    "probe": [[(0.5, 0.38)]],
    "arrow": [[(0.45, 0.22), (0.35, 0.18)]],
    "height": [[(0.26, 0.4), (0.29, 0.55)]],
    "ratio": [[(0.4, 0.78), (0.55, 0.78)], [(0.33, 0.83), (0.62, 0.83)]],
}
"""How each is drawn: strokes of the mouse, in shares of the pane; a stroke of one place is a click."""
KEYS = {
    "length": "l", "bidirectional": "Alt+b", "angle": "Alt+a", "cobb": "Alt+c", "ellipse": "Alt+e",
    "rectangle": "Alt+r", "circle": "Alt+o", "freehand": "Alt+f", "probe": "Alt+v", "height": "Alt+y",
}  # fmt: skip
"""The others are taken out of the menu."""
REGIONS = ("ellipse", "rectangle", "circle", "freehand", "spline")


class Images:
    """The files of one series, in the order of the server's volume."""

    def __init__(self, files: list[pydicom.Dataset]) -> None:
        first = files[0]
        normal = np.cross(first.ImageOrientationPatient[:3], first.ImageOrientationPatient[3:])
        self.files = sorted(files, key=lambda ds: float(np.dot(normal, ds.ImagePositionPatient)))
        self.place = {ds.SOPInstanceUID: k for k, ds in enumerate(self.files)}
        factor = suv_factor(first) if first.Modality == "PT" else 1.0
        self.values = np.stack(
            [
                (ds.pixel_array.astype(np.float64) * float(ds.RescaleSlope) + float(ds.RescaleIntercept)) * factor
                for ds in self.files
            ]
        )
        row_mm, column_mm = (float(mm) for mm in first.PixelSpacing)
        steps = [np.dot(normal, ds.ImagePositionPatient) for ds in self.files]
        self.spacing = np.array([(steps[-1] - steps[0]) / (len(steps) - 1), row_mm, column_mm])
        right, down = np.array(first.ImageOrientationPatient, float).reshape(2, 3)
        self.axes = np.column_stack([normal, down, right])
        self.origin = np.array(self.files[0].ImagePositionPatient, float)

    def kji(self, points: list[list[float]]) -> np.ndarray:
        """Return voxel coordinates (k, j, i) of points in the patient."""
        return (np.array(points) - self.origin) @ self.axes / self.spacing


def files_of(shared_data: Path, name: str) -> list[Path]:
    """Return the files of a series; of the PET a part is enough."""
    source = shared_data / name
    if source.is_file():
        return [source]
    files = sorted(source.iterdir())
    if name == PET:
        number = {path: pydicom.dcmread(path, specific_tags=["InstanceNumber"]).InstanceNumber for path in files}
        files = [path for path in files if 100 <= number[path] < 140]
    return files


def suv_factor(ds: pydicom.Dataset) -> float:
    """Return g/Bq: body weight over the dose that is left when the scan begins."""
    drug = ds.RadiopharmaceuticalInformationSequence[0]
    times = [drug.RadiopharmaceuticalStartTime, ds.SeriesTime]
    injected, scanned = (int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(time[4:6]) for time in map(str, times))
    left = float(drug.RadionuclideTotalDose) * 2 ** (-(scanned - injected) / float(drug.RadionuclideHalfLife))
    return float(ds.PatientWeight) * 1000 / left


def inside(kind: str, points: np.ndarray, shape: tuple[int, ...], spacing: np.ndarray) -> np.ndarray:
    """Return the pixels whose centres lie in a region, given in pixels (row, column)."""
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij"), axis=-1).astype(float)
    if kind == "circle":
        return np.linalg.norm((grid - points[0]) * spacing, axis=-1) <= np.linalg.norm(
            (points[1] - points[0]) * spacing
        )
    if kind == "ellipse":
        half = np.column_stack([points[1] - points[0], points[3] - points[2]]) / 2
        share = (grid - points.mean(axis=0)) @ np.linalg.inv(half).T
        return (share**2).sum(axis=-1) <= 1
    return points_in_poly(grid.reshape(-1, 2), points).reshape(shape)


def peak(images: Images, k: int, pixels: np.ndarray) -> float:
    """Return the largest mean in a sphere of 1 mL around a pixel of a region."""
    best = -math.inf
    index = np.indices(images.values.shape).reshape(3, -1).T
    for j, i in np.argwhere(pixels):
        near = np.linalg.norm((index - [k, j, i]) * images.spacing, axis=1) <= PEAK_RADIUS_MM
        best = max(best, images.values.reshape(-1)[near].mean())
    return best


def angle(one: np.ndarray, other: np.ndarray) -> float:
    """Return degrees between two directions."""
    return math.degrees(math.acos(np.clip(one @ other / np.linalg.norm(one) / np.linalg.norm(other), -1, 1)))


def expected(data: dict[str, Any], images: Images) -> tuple[float, dict[str, float]]:
    """Return the value and the further values of a measurement out of its points and the files."""
    points, kind = np.array(data["points_lps"]), data["type"]
    sides = np.linalg.norm(np.diff(np.vstack([points, points[:1]]), axis=0), axis=1)
    lines = points[1::2] - points[0 : len(points) - 1 : 2]
    lengths = np.linalg.norm(lines, axis=1)
    if kind in ("length", "arrow"):
        return lengths[0], {}
    if kind == "bidirectional":
        return lengths[0], {"short": lengths[1]}
    if kind == "height":
        return abs((images.kji(data["points_lps"])[1] - images.kji(data["points_lps"])[0])[1]) * images.spacing[1], {}
    if kind == "angle":
        return angle(points[0] - points[1], points[2] - points[1]), {}
    if kind == "cobb":
        found = angle(*lines)
        return min(found, 180 - found), {}
    if kind == "ratio":
        return lengths[0] / lengths[1], {"first": lengths[0], "second": lengths[1]}
    voxels = images.kji(data["points_lps"])
    k = round(voxels[0, 0])
    assert k == images.place[data["sop_instance_uid"]], "it belongs to the frame that it was drawn on"
    assert np.abs(voxels[:, 0] - k).max() < 1e-3, "it lies in the plane of that frame"
    if kind == "probe":
        return images.values[(k, *np.floor(voxels[0, 1:] + 0.5).astype(int))], {}
    pixels = inside(kind, voxels[:, 1:], images.values.shape[1:], images.spacing[1:])
    values = images.values[k][pixels]
    assert values.size > 20
    found = {"mean": values.mean(), "sd": values.std(), "min": values.min(), "max": values.max()}
    if "SUVmax" in data["values"]:
        found |= {"SUVmax": values.max(), "SUVpeak": peak(images, k, pixels)}
    if kind == "circle":
        radius = lengths[0]
        return math.pi * radius**2, found | {"perimeter": 2 * math.pi * radius}
    if kind == "ellipse":
        turn = np.linspace(0, 2 * math.pi, 10_001)[:, None]
        path = np.cos(turn) * lines[0] / 2 + np.sin(turn) * lines[1] / 2
        around = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        return math.pi * lengths[0] * lengths[1] / 4, found | {"perimeter": around}
    corners = points - points[0]
    area = np.linalg.norm(np.cross(corners[:-1], corners[1:]).sum(axis=0)) / 2
    return area, found | {"perimeter": sides.sum()}


class Case:
    """An installation with one reading for each kind of images."""

    def __init__(self, stack: Stack, shared_data: Path, folder: Path) -> None:
        self.flow = Flow(stack, "measure")
        for name in (CT, PET, PROJECTION, ULTRASOUND):
            place = folder / name.replace("/", "-")
            place.mkdir(parents=True)
            for path in files_of(shared_data, name):
                os.symlink(path, place / path.name)
        stack.manage("import_dicom", str(folder))
        self.flow.studies = [row["study_uid"] for row in self.flow.admin.get("/api/studies")["results"]]
        self.flow.set_up_project()
        user = self.flow.admin.get("/api/users?q=measure-ann")[0]
        self.password = self.flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        self.ann = self.flow.readers[0]
        self.readings = {}
        for row in self.ann.get("/api/worklist"):
            detail = self.ann.get(f"/api/readings/{row['reading']}")
            self.readings[detail["series"][0]["modality"]] = row["reading"]

    def saved(self, modality: str) -> list[dict[str, Any]]:
        """Return the measurements that the server holds, oldest first."""
        return [one["data"] for one in self.ann.get(f"/api/readings/{self.readings[modality]}")["measurements"]]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation."""
    with Stack(tmp_path_factory.mktemp("measure") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def case(stack: Stack, shared_data: Path, tmp_path_factory) -> Case:
    """Return the readings."""
    return Case(stack, shared_data, tmp_path_factory.mktemp("images"))


class Desk:
    """A reader who measures in one reading."""

    def __init__(self, person: Person, case: Case, modality: str, pane: str) -> None:
        self.person, self.case, self.modality, self.pane = person, case, modality, pane
        self.room = Room(person)
        self.page = person.page
        self.room.open(case.readings[modality])
        self.page.wait_for_timeout(500)

    def by(self, test_id: str):
        """Return the locator of a test id."""
        return self.person.by(test_id)

    def take(self, kind: str) -> None:
        """Take a tool, by its key or out of the menu."""
        if kind in KEYS:
            self.page.keyboard.press(KEYS[kind])
        else:
            self.by("measure-menu").click()
            self.by(f"measure-{kind}").click()
            self.by(f"measure-{kind}").wait_for(state="hidden")

    def draw(self, kind: str, strokes: list[list[tuple[float, float]]]) -> dict[str, Any]:
        """Draw one measurement; return what the server holds of it."""
        before = self.keys()
        self.take(kind)
        for stroke in strokes:
            self.page.mouse.move(*self.room.point(self.pane, *stroke[0]), steps=2)
            self.page.mouse.down()
            for step in stroke[1:]:
                self.page.mouse.move(*self.room.point(self.pane, *step), steps=4)
            self.page.mouse.up()
            self.page.wait_for_timeout(30)
        if kind == "spline":
            self.page.keyboard.press("Enter")
        wait_until(lambda: self.keys() != before, timeout_s=10, what=f"the {kind}")
        if kind == "arrow":
            self.page.keyboard.type("look here")
            self.page.keyboard.press("Enter")
        (key,) = self.keys() - before
        self.room.wait_saved()
        return self.held(key)

    def keys(self) -> set[str]:
        """Return the measurements on the screen."""
        return {one["key"] for one in self.room.probe("measurements()")}

    def held(self, key: str) -> dict[str, Any]:
        """Return what the server holds of a measurement."""
        rows = self.case.ann.get(f"/api/readings/{self.case.readings[self.modality]}")["measurements"]
        return next(row["data"] for row in rows if row["key"] == key)

    def row(self, kind: str):
        """Return the row of a type in the list."""
        return self.page.locator(f'[data-testid="measurement"][data-type="{kind}"]').first

    def does(self, act: Callable[[], None]) -> None:
        """Do something that is one step, and wait until it is saved."""
        head = self.room.wait_saved()
        act()
        wait_until(lambda: self.room.probe("headRevision") > head, timeout_s=10, what="a new revision")
        self.room.wait_saved()


def agrees(data: dict[str, Any], images: Images) -> None:
    """Check value, unit and statistics against the files."""
    value, values = expected(data, images)
    assert data["value"] == pytest.approx(value, rel=2e-5, abs=1e-6), data["type"]
    shown = {name: one["value"] for name, one in data["values"].items()}
    assert shown == pytest.approx(values, rel=4e-4 if data["type"] == "ellipse" else 2e-5, abs=1e-6), data["type"]


def test_every_measurement_on_a_ct(browser, stack: Stack, case: Case, shared_data: Path, picture) -> None:
    images = Images([pydicom.dcmread(path) for path in files_of(shared_data, CT)])
    person = Person(browser, stack.url)
    person.sign_in("measure-ann", case.password)
    desk = Desk(person, case, "CT", "axial")
    units = {"angle": "deg", "cobb": "deg", "ratio": "", "probe": "HU", **dict.fromkeys(REGIONS, "mm2")}
    for kind, strokes in PATHS.items():
        data = desk.draw(kind, strokes)
        assert (data["type"], data["unit"], data["label"]) == (kind, units.get(kind, "mm"), 1)
        assert all(one["unit"] == "HU" for name, one in data["values"].items() if name in ("mean", "sd", "min", "max"))
        agrees(data, images)
    assert case.saved("CT")[-3]["text"] == "look here"
    drawn = case.saved("CT")
    assert len(drawn) == len(PATHS)
    picture(desk.page, "measure-all")

    change_and_undo(desk, case, images)
    picture(desk.page, "measure-details")
    head = desk.room.wait_saved()
    after = case.saved("CT")
    desk.room.open(case.readings["CT"])
    assert {one["type"] for one in desk.room.probe("measurements()")} == set(PATHS) - {"circle"}
    assert desk.room.probe("headRevision") == head, "opening changes nothing"
    assert case.saved("CT") == after
    planes_and_jumps(desk, case, images, picture)
    in_3d(desk, picture)
    locked(desk, case)
    assert person.errors == []
    person.close()


def change_and_undo(desk: Desk, case: Case, images: Images) -> None:
    """Points and whole figures are dragged; label, text and deletion; each is one step back and forth."""
    desk.by("tool-window").click()
    before = case.saved("CT")

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        desk.page.mouse.move(*desk.room.point("axial", *start), steps=3)
        desk.page.mouse.down()
        desk.page.mouse.move(*desk.room.point("axial", *end), steps=5)
        desk.page.mouse.up()

    desk.does(lambda: drag(PATHS["length"][0][1], (0.47, 0.3)))
    moved = case.saved("CT")
    assert moved[0]["value"] != before[0]["value"]
    assert moved[0]["points_lps"][0] == before[0]["points_lps"][0]
    assert moved[1:] == before[1:]
    agrees(moved[0], images)
    desk.does(lambda: desk.page.keyboard.press("Control+z"))
    assert case.saved("CT") == before
    desk.does(lambda: desk.page.keyboard.press("Control+Shift+z"))
    assert case.saved("CT") == moved
    middle = (0.57, 0.42)  # on the upper side of the rectangle
    desk.does(lambda: drag(middle, (0.585, 0.45)))
    shifted = case.saved("CT")[5]
    agrees(shifted, images)
    offset = np.array(shifted["points_lps"]) - before[5]["points_lps"]
    assert np.allclose(offset, offset[0])
    assert np.linalg.norm(offset[0]) > 2
    desk.does(lambda: desk.row("circle").get_by_test_id("measurement-delete").click())
    assert "circle" not in {one["type"] for one in case.saved("CT")}
    desk.does(lambda: desk.page.keyboard.press("Control+z"))
    assert "circle" in {one["type"] for one in case.saved("CT")}
    desk.does(lambda: desk.page.keyboard.press("Control+Shift+z"))
    desk.row("ellipse").get_by_test_id("measurement-show").click()
    desk.does(lambda: choose(desk.person, "measurement-label", "lesion"))
    desk.by("measurement-text").fill("segment IVa")
    desk.does(lambda: desk.page.keyboard.press("Enter"))
    ellipse = next(one for one in case.saved("CT") if one["type"] == "ellipse")
    assert (ellipse["label"], ellipse["text"]) == (2, "segment IVa")
    agrees(ellipse, images)


def planes_and_jumps(desk: Desk, case: Case, images: Images, picture) -> None:
    """A click in the list brings the slice; a region in another plane has its own values; a sphere's circle too."""
    k = desk.room.probe("sliceIndex('axial')")
    desk.page.mouse.move(*desk.room.point("axial", 0.5, 0.5))
    for _ in range(4):
        desk.page.mouse.wheel(0, 100)
        desk.page.wait_for_timeout(40)
    assert desk.room.probe("sliceIndex('axial')") == k + 4
    picture(desk.page, "measure-other-slice")
    desk.row("ellipse").get_by_test_id("measurement-show").click()
    wait_until(lambda: desk.room.probe("sliceIndex('axial')") == k, timeout_s=5, what="the slice")
    desk.pane = "coronal"
    data = desk.draw("rectangle", [[(0.4, 0.4), (0.6, 0.6)]])
    voxels = images.kji(data["points_lps"])
    j = round(voxels[0, 1])
    assert np.abs(voxels[:, 1] - j).max() < 1e-3
    pixels = inside("rectangle", voxels[:, [0, 2]], images.values[:, j].shape, images.spacing[[0, 2]])
    values = images.values[:, j][pixels]
    found = [data["values"][name]["value"] for name in ("mean", "sd", "min", "max")]
    assert found == pytest.approx([values.mean(), values.std(), values.min(), values.max()], rel=2e-5)
    desk.room.wait_saved()
    assert desk.draw("circle", [[(0.25, 0.5), (0.3, 0.5)]])["type"] == "ellipse", "its plane is told by both axes"
    desk.pane = "axial"
    picture(desk.page, "measure-planes")


def in_3d(desk: Desk, picture) -> None:
    """The 3-D pane shows all measurements where they lie; a hidden one is shown nowhere."""
    desk.by("layout-menu").click()
    desk.by("layout-mpr3d").click()
    drawn = {one["key"]: one for one in desk.room.probe("measurements()")}
    wait_until(lambda: len(desk.room.probe("solidFigures('volume')")) == len(drawn), timeout_s=60, what="the 3-D pane")
    seen = desk.room.probe("solidFigures('volume')")
    assert [one["type"] for one in seen] == [one["type"] for one in drawn.values()]
    pixels = np.concatenate([one["points"] for one in seen])
    points = np.concatenate([one["pointsLps"] for one in drawn.values()])
    for axis, across in ((0, 0), (2, 1)):  # seen from the front: x to the right, z upwards
        step, start = np.polyfit(points[:, axis], pixels[:, across], 1)
        assert np.abs(points[:, axis] * step + start - pixels[:, across]).max() < 0.01
        assert np.sign(step) == (1 if axis == 0 else -1)
    wait_until(lambda: desk.by("solid-volume").get_attribute("data-busy") == "false", timeout_s=60, what="the volume")
    picture(desk.page, "measure-3d")
    desk.by("measurements-visible").click()
    wait_until(lambda: desk.room.probe("solidFigures('volume')") == [], timeout_s=10, what="none to be shown")
    desk.by("measurements-visible").click()
    desk.by("layout-menu").click()
    desk.by("layout-mpr").click()
    desk.room.until("window.fiducialProbe.sliceIndex('axial') !== null", timeout_s=20)


def locked(desk: Desk, case: Case) -> None:
    """After the reading is submitted nothing can be taken any more."""
    desk.by("answer-quality-1").click()
    desk.room.submit()
    desk.room.open(case.readings["CT"])
    before = case.saved("CT")
    desk.page.mouse.move(*desk.room.point("axial", *PATHS["angle"][0][0]), steps=3)
    desk.page.mouse.down()
    desk.page.mouse.move(*desk.room.point("axial", 0.2, 0.2), steps=5)
    desk.page.mouse.up()
    desk.page.wait_for_timeout(400)
    expect(desk.by("measure-menu")).to_be_disabled()
    expect(desk.row("angle").get_by_test_id("measurement-delete")).to_be_disabled()
    assert case.saved("CT") == before
    assert {one["key"] for one in desk.room.probe("measurements()")} == desk.keys()


def test_uptake_of_a_pet(browser, stack: Stack, case: Case, shared_data: Path, picture) -> None:
    """SUVmax, SUVpeak in a sphere of 1 mL, mean, SD: those of the files."""
    images = Images([pydicom.dcmread(path) for path in files_of(shared_data, PET)])
    person = Person(browser, stack.url)
    person.sign_in("measure-ann", case.password)
    desk = Desk(person, case, "PT", "axial")
    for kind in ("ellipse", "circle", "freehand"):
        strokes = {"ellipse": [[(0.42, 0.4), (0.56, 0.58)]], "circle": [[(0.5, 0.5), (0.56, 0.5)]]}
        data = desk.draw(kind, strokes.get(kind, PATHS[kind]))
        assert data["values"]["SUVmax"]["unit"] == "SUVbw"
        assert "SUVpeak" in data["values"]
        agrees(data, images)
    probe = desk.draw("probe", [[(0.4, 0.32)]])
    assert probe["unit"] == "SUVbw"
    agrees(probe, images)
    picture(desk.page, "measure-pet")
    assert person.errors == []
    person.close()


def test_what_a_pixel_is_worth(browser, stack: Stack, case: Case, shared_data: Path, picture) -> None:
    """Millimetres at the detector say so; ultrasound counts by its region, outside of it in pixels."""
    person = Person(browser, stack.url)
    person.sign_in("measure-ann", case.password)
    desk = Desk(person, case, "MG", "stack")
    ds = pydicom.dcmread(shared_data / PROJECTION)
    step = np.array([float(mm) for mm in ds.ImagerPixelSpacing])[::-1]
    data = desk.draw("length", [[(0.45, 0.4), (0.55, 0.6)]])
    assert (data["unit"], data["scale"]) == ("mm", "detector")
    ends = [desk.room.probe(f"indexAt('stack', {', '.join(map(str, spot))})") for spot in spots(desk, data)]
    assert data["value"] == pytest.approx(np.linalg.norm((np.array(ends[1][:2]) - ends[0][:2]) * step), rel=0.01)
    points = np.array(data["points_lps"])
    assert data["value"] == pytest.approx(np.linalg.norm(points[1] - points[0]), rel=1e-6)
    expect(desk.row("length").get_by_test_id("measurement-value")).to_contain_text("det.")
    area = desk.draw("rectangle", [[(0.48, 0.45), (0.52, 0.5)]])
    columns, rows = np.ptp(np.array(area["points_lps"])[:, :2] / step, axis=0)
    pixels = inside("rectangle", np.array(area["points_lps"])[:, 1::-1] / step[::-1], ds.pixel_array.shape, step)
    values = ds.pixel_array[pixels] * float(ds.get("RescaleSlope", 1)) + float(ds.get("RescaleIntercept", 0))
    assert area["value"] == pytest.approx(columns * rows * step.prod(), rel=1e-6)
    assert area["values"]["mean"]["value"] == pytest.approx(values.mean(), rel=1e-6)
    assert area["values"]["sd"]["value"] == pytest.approx(values.std(), rel=1e-6)
    picture(desk.page, "measure-projection")

    desk = Desk(person, case, "US", "stack")
    ds = pydicom.dcmread(shared_data / ULTRASOUND)
    region = ds.SequenceOfUltrasoundRegions[0]
    data = desk.draw("length", [[(0.5, 0.4), (0.56, 0.6)]])
    points = np.array(data["points_lps"])
    assert (data["unit"], data["scale"]) == ("mm", "region")
    assert data["value"] == pytest.approx(np.linalg.norm(points[1] - points[0]) * region.PhysicalDeltaX * 10, rel=1e-6)
    box, corner = desk.room.box("stack"), None
    for x in np.linspace(0.02, 0.5, 60):
        i, _ = desk.room.probe(f"indexAt('stack', {x * box['width']}, {0.3 * box['height']})")[:2]
        if 4 < i < region.RegionLocationMinX0 - 4:
            corner = (float(x), 0.3)
            break
    assert corner is not None
    data = desk.draw("length", [[corner, (0.5, 0.5)]])
    points = np.array(data["points_lps"])
    assert (data["unit"], "scale" in data) == ("px", False)
    assert data["value"] == pytest.approx(np.linalg.norm(points[1] - points[0]), rel=1e-6)
    picture(desk.page, "measure-ultrasound")
    assert person.errors == []
    person.close()


def spots(desk: Desk, data: dict[str, Any]) -> list[tuple[float, float]]:
    """Return where the ends of the drawn length were pressed, in pixels of the pane."""
    box = desk.room.box("stack")
    return [(x * box["width"], y * box["height"]) for x, y in ((0.45, 0.4), (0.55, 0.6))]
