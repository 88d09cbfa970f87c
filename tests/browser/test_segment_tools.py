"""Marking tools by mouse on a real CT: what they made is saved, equals NumPy and SciPy, and can be undone."""

import base64
import itertools
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect
from scipy import ndimage

from tests.browser.chromium import Person
from tests.browser.pages import Room, choose
from tests.flow import LABELS, Flow
from tests.stack import Stack, wait_until

SERIES = "ct/CRLM-CT-1006"
LOOSE = "projection/GH133.dcm"
ORGAN, LESION, VESSEL = 1, 2, 3
# Distances that are equal but for rounding count as equal.
SLACK = 1 + 1e-6
VESSELS = {"name": "vessel", "layer": 1, "type_scheme": "SCT", "type_code": "59820001", "type_meaning": "Blood vessel"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation."""
    with Stack(tmp_path_factory.mktemp("segment-tools") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def case(stack: Stack, shared_data: Path) -> "Case":
    """Return a case of the real CT, with a label that overlaps the others."""
    return Case(stack, shared_data / SERIES)


class Case:
    """A reading of one real CT, and what the server holds of it as one array (K, J, I)."""

    def __init__(self, stack: Stack, folder: Path, prefix: str = "mark") -> None:
        self.flow = Flow(stack, prefix)
        stack.manage("import_dicom", str(folder))
        files = [pydicom.dcmread(path) for path in sorted([folder, *folder.rglob("*")]) if path.is_file()]
        self.flow.studies = sorted({file.StudyInstanceUID for file in files})
        self.set_up([*LABELS, VESSELS])
        user = next(one for one in self.flow.admin.get(f"/api/users?q={prefix}-ann"))
        self.password = self.flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        self.ann = self.flow.readers[0]
        readings = [row["reading"] for row in self.ann.get("/api/worklist")]
        self.reading = next(uid for uid in readings if files[0].SeriesInstanceUID in self.series_of(uid))
        self.others = [uid for uid in readings if uid != self.reading]
        self.volumes = self.ann.get(f"/api/series/{files[0].SeriesInstanceUID}/volumes")
        volume = self.volumes[0]
        by_uid = {file.SOPInstanceUID: file for file in files}
        self.uids = [frame["sop_instance_uid"] for frame in volume["frames"]]
        self.hu = np.stack([self.values(by_uid[uid]) for uid in self.uids])
        self.affine = np.array(volume["geometry"]["affine_lps"]) if volume["geometry"] else np.eye(4)
        pixel = [1.0, *(float(mm) for mm in files[0].get("ImagerPixelSpacing", [1, 1]))]
        self.spacing = np.linalg.norm(self.affine[:3, :3], axis=0) if volume["geometry"] else np.array(pixel)

    def series_of(self, reading: str) -> list[str]:
        """Return the series that a reading is about."""
        return [series["series_uid"] for series in self.ann.get(f"/api/readings/{reading}")["series"]]

    def set_up(self, labels: list[dict]) -> None:
        """Make the project with these labels."""
        flow = self.flow
        name = f"{flow.prefix}-ann"
        user = flow.admin.post("/api/users", {"username": name, "display_name": "ann", "is_administrator": False})
        flow.readers.append(flow.stack.api(name))
        here = f"/api/projects/{flow.admin.post('/api/projects', {'name': flow.prefix, 'description': ''})['id']}"
        flow.admin.put(f"{here}/members", {"user": user["id"], "roles": ["reader"]})
        protocol = {"labels": labels, "form": {"questions": []}, "readers_per_case": 1, "blinded": True}
        flow.admin.put(f"{here}/protocol", {**protocol, "ai_drafts": False, "consensus_rule": "majority"})
        flow.admin.post(f"{here}/cases", {"study_uids": flow.studies})
        flow.admin.post(f"{here}/go-live")

    @staticmethod
    def values(file: pydicom.Dataset) -> np.ndarray:
        """Return the values that are shown."""
        slope, intercept = float(file.get("RescaleSlope", 1)), float(file.get("RescaleIntercept", 0))
        return file.pixel_array.astype(np.float64) * slope + intercept

    def saved(self, layer: int = 0, volume: int = 0) -> np.ndarray:
        """Return the labels of a layer of a volume as the server holds them."""
        place = {frame["sop_instance_uid"]: k for k, frame in enumerate(self.volumes[volume]["frames"])}
        labels = np.zeros(self.hu.shape, np.uint8)
        for frame in self.ann.get(f"/api/readings/{self.reading}/frames")["frames"]:
            if frame["data"] and frame["layer"] == layer and frame["sop_instance_uid"] in place:
                raw = np.frombuffer(zlib.decompress(base64.b64decode(frame["data"])), np.uint8)
                labels[place[frame["sop_instance_uid"]]] = raw.reshape(frame["rows"], frame["columns"])
        return labels

    def world(self, layers: slice) -> np.ndarray:
        """Return LPS mm of every voxel centre of some slices, (K, J, I, 3)."""
        ranges = [np.arange(*layers.indices(len(self.hu))), *(np.arange(n) for n in self.hu.shape[1:])]
        index = np.stack(np.meshgrid(*ranges, indexing="ij"), axis=-1)
        return index @ self.affine[:3, :3].T + self.affine[:3, 3]


class Desk:
    """A reader at the marking panel."""

    def __init__(self, person: Person, case: Case, picture: Callable) -> None:
        self.person, self.case, self.picture = person, case, picture
        self.room = Room(person)
        self.page = person.page

    def by(self, test_id: str):
        """Return the locator of a test id."""
        return self.person.by(test_id)

    def fill(self, test_id: str, value: float) -> None:
        """Type a number into a field and leave it."""
        field = self.by(test_id)
        (field if field.evaluate("node => node.tagName") == "INPUT" else field.locator("input").first).fill(str(value))
        self.page.keyboard.press("Escape")

    def pick(self, test_id: str, text: str) -> None:
        """Choose an entry of a drop-down list."""
        field = self.by(test_id)
        (field if field.evaluate("node => node.tagName") == "INPUT" else field.locator("input").first).click()
        self.page.get_by_role("option", name=text, exact=True).first.click()
        self.page.keyboard.press("Escape")

    def press(self, key: str) -> None:
        """Press a key over the axial pane."""
        self.page.keyboard.press(key)

    def settled(self) -> None:
        """Wait until no edit goes on and everything is saved."""
        wait_until(lambda: self.by("edit-state").get_attribute("data-busy") == "false", timeout_s=30, what="the edit")
        self.room.wait_saved()

    def head(self) -> int:
        """Return the head revision, once everything is saved."""
        return self.room.wait_saved()

    def does(self, act: Callable[[], None], layer: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Do something that is one step; return the server's labels before and after."""
        head, before = self.head(), self.case.saved(layer)  # what came before is with the server by then
        act()
        wait_until(lambda: self.room.probe("headRevision") > head, timeout_s=90, what="a new revision")
        self.settled()
        assert self.room.probe("headRevision") == head + 1, "one step is one revision"
        return before, self.case.saved(layer)

    def undone(self, before: np.ndarray, layer: int = 0) -> None:
        """Undo one step: exactly what was before is on the server."""
        head = self.head()
        self.press("Control+z")
        wait_until(lambda: self.room.probe("headRevision") > head, timeout_s=30, what="the undo")
        self.room.wait_saved()
        assert np.array_equal(self.case.saved(layer), before)

    def apply(self) -> None:
        """Press the button of the open operation."""
        self.by("operation-apply").click()

    def slice(self, steps: int) -> None:
        """Turn the wheel over the axial pane."""
        self.page.mouse.move(*self.room.point("axial", 0.5, 0.5))
        for _ in range(abs(steps)):
            self.page.mouse.wheel(0, 100 if steps > 0 else -100)
            self.page.wait_for_timeout(60)

    def index(self, x: float, y: float) -> tuple[int, int, int]:
        """Return the voxel (k, j, i) under a place of the axial pane."""
        box = self.room.box("axial")
        i, j, k = self.room.probe(f"indexAt('axial', {x * box['width']}, {y * box['height']})")
        return round(k), round(j), round(i)


def test_marking_tools(browser, stack: Stack, case: Case, picture) -> None:
    person = Person(browser, stack.url)
    person.sign_in("mark-ann", case.password)
    desk = Desk(person, case, picture)
    desk.room.open(case.reading)
    desk.by("segment-panel").wait_for()
    for step in STEPS:
        step(desk, case)
    assert person.errors == []
    person.close()


def test_a_label_is_copied_to_another_time_point(browser, stack: Stack, shared_data: Path, picture) -> None:
    """The time points of a sagittal breast MR lie in one space: the copy covers the same voxels."""
    case = Case(stack, shared_data / "mr/UCSF-BR-06_DCE/dicom", "copy")
    assert len(case.volumes) == 3
    person = Person(browser, stack.url)
    person.sign_in("copy-ann", case.password)
    desk = Desk(person, case, picture)
    desk.room.open(case.reading)
    desk.press("1")
    _, drawn = desk.does(lambda: desk.room.stroke("sagittal", [(0.4, 0.4), (0.5, 0.5)]))
    assert drawn.any()
    desk.by("time-slider").get_by_role("slider").press("ArrowRight")
    desk.page.locator('[data-testid="time-bar"][data-position="1"]').wait_for()
    desk.room.opened()
    assert not desk.room.voxels()
    desk.by("segment-copy").click()
    choose(person, "copy-volume", "1 of 3")
    desk.page.keyboard.press("Escape")
    desk.does(desk.apply)
    assert np.array_equal(case.saved(volume=1), drawn)
    assert np.array_equal(case.saved(volume=0), drawn)
    assert not case.saved(volume=2).any()
    assert person.errors == []
    person.close()


def with_prior(source: Path, folder: Path) -> np.ndarray:
    """Write a part of a CT as two studies: a year ago it lay elsewhere, in another frame of reference.

    Returns by how much (x, y, z) in mm a place of today lies further in the earlier study.
    """
    shift, dropped = np.array([31.0, -17.5, 240.0]), 3
    files = [pydicom.dcmread(path) for path in source.rglob("*") if path.is_file()]
    files = sorted(
        (file for file in files if "ImagePositionPatient" in file), key=lambda ds: ds.ImagePositionPatient[2]
    )
    for when, some in (("0-today", files[8:40]), ("1-earlier", files[8 + dropped : 40])):
        (folder / when).mkdir(parents=True)
        for number, file in enumerate(some):
            corner = (128, 128) if when == "0-today" else (136, 140)
            pixels = file.pixel_array[corner[0] : corner[0] + 256, corner[1] : corner[1] + 256]
            ds = pydicom.dcmread(file.filename)
            ds.PixelData, ds.Rows, ds.Columns = pixels.tobytes(), 256, 256
            row_mm, column_mm = ds.PixelSpacing
            place = np.array(ds.ImagePositionPatient, float)
            place[:2] += column_mm * corner[1], row_mm * corner[0]
            if when == "1-earlier":
                place += shift
                ds.StudyDate = f"{int(ds.StudyDate[:4]) - 1}{ds.StudyDate[4:]}"
                ds.FrameOfReferenceUID = pydicom.uid.generate_uid(entropy_srcs=["earlier"])
                ds.StudyInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["earlier", "study"])
                ds.SeriesInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["earlier", "series"])
                ds.SOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["earlier", str(number)])
            else:  # files of their own: the whole series may have been imported before
                ds.StudyInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["today", "study"])
                ds.SeriesInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["today", "series"])
                ds.SOPInstanceUID = pydicom.uid.generate_uid(entropy_srcs=["today", str(number)])
            ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
            ds.ImagePositionPatient = [f"{value:.4f}" for value in place]
            ds.save_as(folder / when / f"{number}.dcm")
    return shift


def test_own_marks_of_an_earlier_study_are_copied(browser, stack: Stack, shared_data: Path, tmp_path, picture) -> None:
    """In another frame of reference the server registers first: the mask lies on the same voxels of the body."""
    shift = with_prior(shared_data / SERIES, tmp_path / "two")
    case = Case(stack, tmp_path / "two", "prior")
    person = Person(browser, stack.url)
    person.sign_in("prior-ann", case.password)
    desk = Desk(person, case, picture)
    desk.room.open(case.others[0])
    desk.press("1")
    desk.room.stroke("axial", [(0.42, 0.42), (0.5, 0.45), (0.52, 0.5)])
    desk.head()
    desk.room.open(case.reading)
    desk.press("1")
    desk.by("segment-copy").click()
    desk.by("copy-volume").click()
    desk.page.get_by_role("option").first.click()
    desk.page.keyboard.press("Escape")
    desk.by("copy-place-position").click()
    desk.apply()
    refused = desk.by("edit-refused")
    wait_until(lambda: refused.get_attribute("data-code") == "otherSpace", timeout_s=20, what="the refusal")
    desk.by("copy-place-registered").click()
    desk.apply()
    desk.by("edit-cancel").click()
    desk.settled()
    assert not case.saved().any(), "cancelled: nothing comes later"
    before, copied = desk.does(desk.apply)
    assert not before.any()
    desk.picture(desk.page, "mark-copy-registered")
    assert float(desk.by("copy-alignment").get_attribute("data-shift")) == pytest.approx(np.linalg.norm(shift), abs=0.5)
    drawn = case.ann.get(f"/api/readings/{case.others[0]}/frames")["frames"]
    masks = [np.frombuffer(zlib.decompress(base64.b64decode(frame["data"])), np.uint8) for frame in drawn]
    (mask,) = [mask.reshape(256, 256) for mask in masks if mask.any()]
    # Exactly so many voxels further, where the server's motion is within half a voxel of the true one.
    (k,) = np.flatnonzero(copied.any(axis=(1, 2)))
    assert np.count_nonzero(copied[k]) == pytest.approx(np.count_nonzero(mask), rel=0.02)
    expected = np.roll(mask, (136 - 128, 140 - 128), axis=(0, 1))
    assert np.count_nonzero(copied[k] != expected) <= 0.02 * np.count_nonzero(mask)
    desk.undone(before)
    assert person.errors == []
    person.close()


def test_tools_on_images_that_form_no_volume(browser, stack: Stack, shared_data: Path) -> None:
    """On a projection image tools work in the frame; edits that need a volume are not offered."""
    case = Case(stack, shared_data / LOOSE, "loose")
    person = Person(browser, stack.url)
    person.sign_in("loose-ann", case.password)
    desk = Desk(person, case, lambda *_: None)
    desk.room.open(case.reading)
    expect(desk.by("segment-margin")).to_be_disabled()
    desk.press("1")
    desk.press("c")
    desk.by("scissors-shape-circle").click()
    _, disc = desk.does(lambda: desk.room.stroke("stack", [(0.5, 0.5), (0.56, 0.5)]))
    box = desk.room.box("stack")
    ends = [desk.room.probe(f"indexAt('stack', {x * box['width']}, {0.5 * box['height']})") for x in (0.5, 0.56)]
    radius = abs(ends[1][0] - ends[0][0]) or abs(ends[1][1] - ends[0][1])
    assert (disc == ORGAN).sum() == pytest.approx(np.pi * radius**2, rel=0.03)
    j, i = ndimage.center_of_mass(disc[0] == ORGAN)
    assert (i, j) == pytest.approx(ends[0][:2], abs=1)
    desk.press("2")
    desk.press("k")
    desk.fill("fill-tolerance", 5)
    k, j, i = round(ends[0][2]), round(ends[0][1]), round(ends[0][0])
    before, flooded = desk.does(lambda: desk.page.mouse.click(*desk.room.point("stack", 0.5, 0.5)))
    # The mouse stands on whole points of the screen, several pixels of the image apart: the one it hit is near.
    near = itertools.product(range(j - 4, j + 5), range(i - 4, i + 5))
    assert any(flooded_from((k, *at), flooded == LESION, case) for at in near)
    desk.undone(before)
    assert person.errors == []
    person.close()


def flooded_from(seed: tuple[int, int, int], found: np.ndarray, case: Case) -> bool:
    """Return whether a flat fill of ± 5 that began here, reaching 60 mm at most, is what was found."""
    if not found[seed]:
        return False
    layer = (slice(seed[0], seed[0] + 1), *reach_box(seed, 60, case)[1:])
    expected = np.zeros(found.shape, bool)
    expected[layer] = component(np.abs(case.hu[layer] - case.hu[seed]) <= 5, seed, layer)
    return np.array_equal(expected, found)


def around(mask: np.ndarray) -> tuple[slice, ...]:
    """Return the box around a mask, 30 voxels wider: references need no more."""
    return tuple(
        slice(max(0, (n := np.flatnonzero(mask.any(axis=tuple({0, 1, 2} - {axis}))))[0] - 30), n[-1] + 31)
        for axis in range(3)
    )


def distance_to(mask: np.ndarray, case: Case) -> np.ndarray:
    """Return mm from each voxel centre to the nearest one of the mask (far away: endless)."""
    result = np.full(mask.shape, np.inf)
    box = around(mask)
    result[box] = ndimage.distance_transform_edt(~mask[box], sampling=case.spacing)
    return result


def depth_in(mask: np.ndarray, case: Case) -> np.ndarray:
    """Return mm from each voxel centre of the mask to the nearest one outside of it."""
    result = np.zeros(mask.shape)
    box = around(mask)
    result[box] = ndimage.distance_transform_edt(mask[box], sampling=case.spacing)
    return result


def brush_and_margin(desk: Desk, case: Case) -> None:
    """Margins are exact distances in mm; undo and redo are exact too."""
    desk.press("1")
    before, drawn = desk.does(lambda: desk.room.stroke("axial", [(0.42, 0.42), (0.5, 0.45), (0.52, 0.5)]))
    assert not before.any()
    assert drawn.any()
    desk.by("segment-margin").click()
    desk.fill("margin-mm", 4)
    before, grown = desk.does(desk.apply)
    reach = distance_to(before == ORGAN, case)
    assert np.array_equal(grown == ORGAN, reach <= 4 * SLACK)
    desk.undone(before)
    _, again = desk.does(lambda: desk.press("Control+Shift+z"))
    assert np.array_equal(again, grown)
    desk.by("margin-way-shrink").click()
    desk.fill("margin-mm", 2)
    before, shrunk = desk.does(desk.apply)
    depth = depth_in(before == ORGAN, case)
    assert np.array_equal(shrunk == ORGAN, depth > 2 * SLACK)
    desk.undone(before)


def smooth_and_hollow(desk: Desk, case: Case) -> None:
    """Median and shell of the grown stroke."""
    desk.by("segment-smooth").click()
    desk.fill("smooth-mm", 4)
    before, smooth = desk.does(desk.apply)
    size = [2 * max(0, int(np.floor((4 / mm - 1) / 2 + 0.5))) + 1 for mm in case.spacing]
    box = around(before == ORGAN)
    expected = ndimage.median_filter((before == ORGAN)[box].astype(np.uint8), size=size, mode="constant")
    assert np.array_equal((smooth == ORGAN)[box], expected == 1)
    assert (smooth == ORGAN).sum() == expected.sum()
    desk.undone(before)
    desk.by("segment-hollow").click()
    desk.fill("hollow-mm", 2)
    before, shell = desk.does(desk.apply)
    depth = depth_in(before == ORGAN, case)
    assert np.array_equal(shell == ORGAN, (depth > 0) & (depth <= 2 * SLACK))
    desk.undone(before)


def islands(desk: Desk, case: Case) -> None:
    """Keep the largest, remove the small, keep and remove what is clicked."""
    desk.press("b")
    desk.does(lambda: desk.room.stroke("axial", [(0.3, 0.5), (0.31, 0.5)]))
    desk.by("segment-islands").click()
    before, kept = desk.does(desk.apply)
    parts, count = ndimage.label(before == ORGAN)
    sizes = np.bincount(parts.ravel())[1:]
    assert count == 2
    assert np.array_equal(kept == ORGAN, parts == 1 + sizes.argmax())
    desk.undone(before)
    desk.by("islands-keep-small").click()
    desk.fill("islands-mm3", float(np.floor(sizes.max() * case.spacing.prod())))
    before, kept = desk.does(desk.apply)
    assert np.array_equal(kept == ORGAN, parts == 1 + sizes.argmax())
    desk.undone(before)
    desk.by("segment-island").click()
    before, kept = desk.does(lambda: desk.page.mouse.click(*desk.room.point("axial", 0.3, 0.5)))
    assert np.array_equal(kept == ORGAN, parts == 1 + sizes.argmin())
    desk.undone(before)
    desk.by("island-keep-others").click()
    before, kept = desk.does(lambda: desk.page.mouse.click(*desk.room.point("axial", 0.3, 0.5)))
    assert np.array_equal(kept == ORGAN, parts == 1 + sizes.argmax())


def between_slices(desk: Desk, case: Case) -> None:
    """Slices between two drawn ones are filled by shape."""
    desk.by("segment-combine").click()
    desk.pick("combine-how", "Clear")
    desk.does(desk.apply)
    desk.press("b")
    desk.does(lambda: desk.room.stroke("axial", [(0.42, 0.42), (0.5, 0.45)]))
    desk.slice(4)
    desk.does(lambda: desk.room.stroke("axial", [(0.44, 0.46), (0.55, 0.46), (0.55, 0.5)]))
    desk.by("segment-interpolate").click()
    before, filled = desk.does(desk.apply)
    drawn = np.flatnonzero((before == ORGAN).any(axis=(1, 2)))
    assert list(np.diff(drawn)) == [4]
    box = around(before == ORGAN)
    expected = np.zeros(before.shape, bool)
    expected[box] = by_shape((before == ORGAN)[box], case.spacing)
    assert np.count_nonzero(expected != (filled == ORGAN)) <= 0.005 * expected.sum()
    assert (filled == ORGAN)[drawn[0] : drawn[1]].any(axis=(1, 2)).all()
    desk.undone(before)
    desk.slice(-4)


def by_shape(mask: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Blend signed distances of neighbouring drawn slices, each moved to the centre in between."""
    result = mask.copy()
    drawn = np.flatnonzero(mask.any(axis=(1, 2)))
    for first, second in itertools.pairwise(drawn):
        ends = [mask[first], mask[second]]
        distances = [
            ndimage.distance_transform_edt(~end, sampling=spacing[1:])
            - ndimage.distance_transform_edt(end, sampling=spacing[1:])
            for end in ends
        ]
        shift = np.subtract(*(ndimage.center_of_mass(end) for end in ends[::-1]))
        for k in range(first + 1, second):
            t = (k - first) / (second - first)
            one = ndimage.shift(distances[0], t * shift, order=1, mode="nearest")
            two = ndimage.shift(distances[1], -(1 - t) * shift, order=1, mode="nearest")
            result[k] = (1 - t) * one + t * two < 0
    return result


def fill_and_grow(desk: Desk, case: Case) -> None:
    """Flood fill in 3-D within a tolerance, and region growing, in a box around the click."""
    desk.press("2")
    desk.press("k")
    desk.by("fill-depth-volume").click()
    desk.fill("fill-tolerance", 20)
    desk.fill("fill-reach", 30)
    place = (0.35, 0.38)
    seed = desk.index(*place)
    box = reach_box(seed, 30, case)
    own = case.hu[seed]
    before, flooded = desk.does(lambda: desk.page.mouse.click(*desk.room.point("axial", *place)))
    expected = np.zeros(before.shape, bool)
    expected[box] = component(np.abs(case.hu[box] - own) <= 20, seed, box)
    assert expected.sum() > 1000
    assert np.array_equal(flooded == LESION, expected)
    desk.undone(before)
    desk.by("fill-depth-flat").click()
    before, flat = desk.does(lambda: desk.page.mouse.click(*desk.room.point("axial", *place)))
    layer = (slice(seed[0], seed[0] + 1), *box[1:])
    expected[:] = False
    expected[layer] = component(np.abs(case.hu[layer] - own) <= 20, seed, layer)
    assert np.array_equal(flat == LESION, expected)
    desk.undone(before)
    desk.by("fill-method-grow").click()
    desk.by("fill-depth-volume").click()
    before, grown = desk.does(lambda: desk.page.mouse.click(*desk.room.point("axial", *place)))
    expected[:] = False
    expected[box] = confidence_connected(case.hu[box], tuple(s - b.start for s, b in zip(seed, box, strict=True)), 2.5)
    assert np.array_equal(grown == LESION, expected)
    desk.undone(before)


def reach_box(seed: tuple[int, int, int], mm: float, case: Case) -> tuple[slice, ...]:
    """Return the box of voxels that reaches so far around a seed."""
    by = np.ceil(mm / case.spacing).astype(int)
    return tuple(slice(max(0, s - b), min(n, s + b + 1)) for s, b, n in zip(seed, by, case.hu.shape, strict=True))


def component(mask: np.ndarray, seed: tuple[int, ...], box: tuple[slice, ...]) -> np.ndarray:
    """Return the part of a mask that hangs together with a seed."""
    parts, _ = ndimage.label(mask)
    return parts == parts[tuple(s - b.start for s, b in zip(seed, box, strict=True))]


def confidence_connected(hu: np.ndarray, seed: tuple[int, ...], factor: float) -> np.ndarray:
    """Grow within mean ± factor × SD, four times."""
    found = np.zeros(hu.shape, bool)
    found[tuple(slice(max(0, s - 1), s + 2) for s in seed)] = True
    for _ in range(4):
        mean, reach = hu[found].mean(), factor * max(1, hu[found].std())
        inside = (hu >= min(hu[seed], mean - reach)) & (hu <= max(hu[seed], mean + reach))
        parts, _ = ndimage.label(inside)
        found = parts == parts[seed]
    return found


def threshold_and_rules(desk: Desk, case: Case) -> None:
    """A threshold brush paints what a brush paints, in its range alone; the rules bind every tool."""
    path = [(0.3, 0.42), (0.36, 0.4), (0.4, 0.46)]
    desk.press("2")
    desk.press("b")
    _, plain = desk.does(lambda: desk.room.stroke("axial", path))
    desk.press("Control+z")
    desk.press("a")
    desk.by("threshold-kind-fixed").click()
    desk.fill("threshold-lower", 90)
    desk.fill("threshold-upper", 130)
    in_range = (case.hu >= 90) & (case.hu <= 130)
    before, painted = desk.does(lambda: desk.room.stroke("axial", path))
    assert np.array_equal(painted == LESION, (plain == LESION) & in_range | (before == LESION))
    assert 0 < (painted == LESION).sum() < (plain == LESION).sum()
    desk.undone(before)
    desk.by("threshold-kind-dynamic").click()
    desk.fill("threshold-tolerance", 15)
    own = case.hu[desk.index(*path[0])]
    before, painted = desk.does(lambda: desk.room.stroke("axial", path))
    assert np.array_equal(painted == LESION, (plain == LESION) & (np.abs(case.hu - own) <= 15))
    desk.undone(before)
    desk.by("rules-toggle").click()
    desk.by("rules-range").click(force=True)
    desk.fill("rules-lower", 90)
    desk.fill("rules-upper", 130)
    desk.pick("rules-area", "outside organ")
    desk.press("b")
    wide = [(0.3, 0.42), (0.52, 0.44)]
    before, ruled = desk.does(lambda: desk.room.stroke("axial", wide))
    painted = (ruled == LESION) & (before != LESION)
    assert painted.any()
    assert in_range[painted].all()
    assert np.array_equal(ruled == ORGAN, before == ORGAN)
    desk.undone(before)
    desk.by("rules-range").click(force=True)
    desk.pick("rules-area", "outside organ")  # choosing it again takes it away
    expect(desk.by("rules-now")).to_have_text("anywhere")
    desk.by("rules-toggle").click()


def scissors(desk: Desk, case: Case) -> None:
    """Scissors take points in the patient: a turned and flipped pane cuts the same voxels."""
    desk.press("1")
    desk.press("c")
    desk.by("scissors-shape-rectangle").click()
    desk.by("scissors-depth-slab").click()
    desk.fill("scissors-slab", 20)
    desk.press("t")
    desk.press("y")
    desk.page.wait_for_timeout(300)
    k = desk.index(0.5, 0.5)[0]
    slab = slice(k - 4, k + 5)  # 20 mm and more
    world = case.world(slab)
    for mode in ("fill", "eraseInside", "eraseOutside"):
        desk.by(f"scissors-mode-{mode}").click()
        ends = ((0.4, 0.4), (0.6, 0.52)) if mode == "fill" else ((0.45, 0.43), (0.55, 0.47))
        inside, band = np.zeros((2, *case.hu.shape), bool)
        inside[slab] = in_rectangle(desk, world, *ends, slab=20)
        band[slab] = in_rectangle(desk, world, (-9, -9), (9, 9), slab=20)
        before, cut = desk.does(lambda ends=ends: desk.room.stroke("axial", [ends[0], ends[1]]))
        organ = before == ORGAN
        expected = {
            "fill": organ | inside,
            "eraseInside": organ & ~inside,
            "eraseOutside": organ & ~(band & ~inside),
        }[mode]
        assert inside.sum() > 500
        assert np.array_equal(cut == ORGAN, expected), mode
        if mode == "fill":
            desk.picture(desk.page, "mark-scissors")
        else:
            desk.undone(before)
    desk.press("y")
    for _ in range(3):
        desk.press("t")


def in_rectangle(
    desk: Desk, world: np.ndarray, start: tuple[float, float], end: tuple[float, float], *, slab: float
) -> np.ndarray:
    """Return the voxels whose centres lie in a rectangle of the axial pane, half a slab before and behind it."""
    corner, right, down = (np.array(desk.room.world_at("axial", *at)) for at in ((0, 0), (1, 0), (0, 1)))
    u, v = (axis / np.linalg.norm(axis) for axis in (right - corner, down - corner))
    offset = world - corner
    a, b, c = offset @ u, offset @ v, offset @ np.cross(u, v)
    (a0, b0), (a1, b1) = (
        (
            (np.array(desk.room.world_at("axial", *at)) - corner) @ u,
            (np.array(desk.room.world_at("axial", *at)) - corner) @ v,
        )
        for at in (start, end)
    )
    within = (a > min(a0, a1)) & (a < max(a0, a1)) & (b > min(b0, b1)) & (b < max(b0, b1))
    return within & (np.abs(c) <= slab / 2 + 1e-4)


def contours(desk: Desk, case: Case) -> None:
    """Points that are dragged become a spline and then a mask; a livewire follows edges."""
    desk.press("2")
    desk.press("o")
    points = [(0.3, 0.36), (0.36, 0.33), (0.41, 0.4), (0.33, 0.44)]
    for at in points:
        desk.page.mouse.click(*desk.room.point("axial", *at))
        desk.page.wait_for_timeout(50)
    out_of_sight(desk)
    desk.press("Enter")
    desk.room.stroke("axial", [points[1], (0.37, 0.31)])
    desk.picture(desk.page, "mark-contour")
    dragged = [points[0], (0.37, 0.31), *points[2:]]
    world = [np.array(desk.room.world_at("axial", *at)) for at in dragged]
    before, drawn = desk.does(lambda: desk.press("Enter"))
    k = desk.index(0.5, 0.5)[0]
    expected = before == LESION
    expected[k] |= in_spline(world, case, k)
    assert np.count_nonzero(expected != (drawn == LESION)) <= 2  # a centre on the line itself
    assert expected.sum() > 200
    desk.undone(before)
    desk.by("segment-livewire").click()
    for at in ((0.62, 0.47), (0.69, 0.53), (0.62, 0.6), (0.6, 0.5)):
        desk.page.mouse.click(*desk.room.point("axial", *at))
        desk.page.wait_for_timeout(50)
    desk.press("Enter")
    before, drawn = desk.does(lambda: desk.press("Enter"))
    assert ((drawn == LESION) & (before != LESION)).sum() > 200
    desk.undone(before)


def out_of_sight(desk: Desk) -> None:
    """What is begun stays with its slice through layouts; Enter shows it before it makes anything of it."""
    here, seen = desk.room.probe("sliceIndex('axial')"), desk.room.voxels()
    for _ in range(2):
        desk.press("v")
        desk.page.wait_for_timeout(700)
    desk.slice(2)
    assert desk.room.probe("sliceIndex('axial')") == here + 2
    desk.press("Enter")
    desk.room.until(f"fiducialProbe.sliceIndex('axial') === {here}", timeout_s=10)
    expect(desk.by("contour-next")).to_contain_text("Close")
    assert desk.room.voxels() == seen


def contour_on_a_turned_plane(desk: Desk, case: Case) -> None:
    """A polygon on an oblique plane takes the voxels whose centres lie in it and that the plane goes through."""
    desk.press("2")
    desk.press("x")
    desk.room.stroke("axial", [(0.9, 0.5), (0.88, 0.62), (0.84, 0.7)])
    desk.page.wait_for_timeout(600)
    expect(desk.by("viewport-coronal").get_by_text("oblique")).to_have_count(1)
    desk.press("o")
    desk.by("contour-curve-polygon").click()
    corners = [(0.4, 0.42), (0.58, 0.45), (0.47, 0.6)]
    for at in corners:
        desk.page.mouse.click(*desk.room.point("coronal", *at))
        desk.page.wait_for_timeout(50)
    origin, right, down = (np.array(desk.room.world_at("coronal", *at)) for at in ((0, 0), (1, 0), (0, 1)))
    u, v = (axis / np.linalg.norm(axis) for axis in (right - origin, down - origin))
    normal = np.cross(u, v)
    polygon = [(np.array(desk.room.world_at("coronal", *at)) - origin) @ np.stack([u, v]).T for at in corners]
    desk.press("Enter")
    before, drawn = desk.does(lambda: desk.press("Enter"))
    offset = case.world(slice(None)) - origin
    half = np.abs(normal @ case.affine[:3, :3]).sum() / 2
    a, b = offset @ u, offset @ v
    inside = np.abs(offset @ normal) <= half + 1e-4
    edges = [(polygon[n], polygon[(n + 1) % 3]) for n in range(3)]
    sides = [(q[0] - p[0]) * (b - p[1]) - (q[1] - p[1]) * (a - p[0]) for p, q in edges]
    inside &= np.all([side > 0 for side in sides], axis=0) | np.all([side < 0 for side in sides], axis=0)
    assert inside.sum() > 500
    assert np.count_nonzero((drawn == LESION) != (inside | (before == LESION))) <= 0.002 * inside.sum()
    desk.picture(desk.page, "mark-oblique-contour")
    desk.undone(before)
    desk.by("contour-curve-spline").click()
    desk.press("r")
    desk.page.wait_for_timeout(300)


def in_spline(anchors: list[np.ndarray], case: Case, k: int) -> np.ndarray:
    """Return the voxels of a slice inside the closed Catmull-Rom spline through points, by the even-odd rule."""
    corners = []
    for at in range(len(anchors)):
        p = [anchors[(at + step) % len(anchors)] for step in (-1, 0, 1, 2)]
        for t in np.arange(12) / 12:
            weights = (
                -t / 2 + t**2 - t**3 / 2,
                1 - 2.5 * t**2 + 1.5 * t**3,
                t / 2 + 2 * t**2 - 1.5 * t**3,
                (t**3 - t**2) / 2,
            )
            corners.append(sum(w * point for w, point in zip(weights, p, strict=True)))
    index = (np.array(corners) - case.affine[:3, 3]) @ np.linalg.inv(case.affine[:3, :3]).T
    jj, ii = np.meshgrid(*(np.arange(n) for n in case.hu.shape[1:]), indexing="ij")
    inside = np.zeros(jj.shape, bool)
    for (_, j0, i0), (_, j1, i1) in zip(index, np.roll(index, -1, axis=0), strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            crosses = ((j0 <= jj) != (j1 <= jj)) & (ii < i0 + (jj - j0) / (j1 - j0) * (i1 - i0))
        inside ^= crosses
    return inside


def combine_overlap_and_lock(desk: Desk, case: Case) -> None:
    """Labels of another layer overlap; locked ones stay; labels are combined."""
    desk.press("3")
    desk.press("b")
    beneath = case.saved()
    before, vessel = desk.does(lambda: desk.room.stroke("axial", [(0.45, 0.43), (0.56, 0.47)]), layer=1)
    assert not before.any()
    overlap = (vessel == VESSEL) & (beneath == ORGAN)
    assert overlap.any()
    assert np.array_equal(case.saved(), beneath)
    desk.by("segment-combine").click()
    desk.press("1")
    desk.pick("combine-how", "Take another label away")
    desk.pick("combine-other", "vessel")
    before, less = desk.does(desk.apply)
    assert np.array_equal(less == ORGAN, (before == ORGAN) & (vessel != VESSEL))
    assert np.array_equal(case.saved(1), vessel)
    desk.undone(before)
    desk.by("label-lock-1").click()
    desk.press("2")
    desk.press("b")
    before, drawn = desk.does(lambda: desk.room.stroke("axial", [(0.38, 0.43), (0.56, 0.47)]))
    assert np.array_equal(drawn == ORGAN, before == ORGAN)
    assert (drawn == LESION).sum() > (before == LESION).sum()
    desk.undone(before)
    desk.by("label-lock-1").click()
    desk.by("label-more-1").click()
    values = case.hu[beneath == ORGAN]
    desk.page.wait_for_selector(f'[data-testid="label-statistics-1"][data-voxels="{values.size}"]')
    shown = {
        name: float(desk.by(f"label-{name}-1").get_attribute("data-value"))
        for name in ("mean", "sd", "minimum", "maximum")
    }
    expected = {"mean": values.mean(), "sd": values.std(), "minimum": values.min(), "maximum": values.max()}
    assert shown == pytest.approx(expected, rel=1e-9)
    desk.picture(desk.page, "mark-statistics")
    desk.by("label-more-1").click()


def seeds(desk: Desk, case: Case) -> None:
    """Growing from seeds proposes; nothing is saved until it is taken, and what was drawn stays."""
    desk.press("1")
    desk.by("segment-combine").click()
    desk.pick("combine-how", "Clear")
    desk.does(desk.apply)
    desk.press("b")
    desk.does(lambda: desk.room.stroke("axial", [(0.3, 0.4), (0.38, 0.38)]))
    desk.press("2")
    desk.does(lambda: desk.room.stroke("axial", [(0.63, 0.53), (0.65, 0.54)]))
    head, before = desk.head(), case.saved()
    desk.by("segment-seeds").click()
    desk.fill("seeds-margin", 15)
    desk.apply()
    desk.by("edit-accept").wait_for(timeout=60_000)
    desk.picture(desk.page, "mark-seeds")
    assert desk.room.probe("headRevision") == head
    desk.by("edit-drop").click()
    assert np.array_equal(case.saved(), before)
    desk.apply()
    desk.by("edit-accept").wait_for(timeout=60_000)
    before, grown = desk.does(lambda: desk.by("edit-accept").click())
    drawn = before > 0
    assert np.array_equal(grown[drawn], before[drawn])
    for label in (ORGAN, LESION):
        assert (grown == label).sum() > 3 * (before == label).sum()
        assert ndimage.label(grown == label)[1] == 1
    quick = desk.page.evaluate(
        """() => { const button = document.querySelector('[data-testid="undo"]');
                   const start = performance.now(); button.click(); return performance.now() - start; }"""
    )
    print(f"undo of {np.count_nonzero(grown != before)} voxels: {quick:.1f} ms")
    desk.settled()
    assert np.array_equal(case.saved(), before)


def everything_undone(desk: Desk, case: Case) -> None:
    """Fifty steps and more lead back to the beginning."""
    for _ in range(120):
        if desk.by("undo").is_disabled():
            break
        desk.press("Control+z")
        desk.page.wait_for_timeout(40)
    desk.settled()
    assert not case.saved().any()
    assert not case.saved(1).any()


STEPS = [
    brush_and_margin,
    smooth_and_hollow,
    islands,
    between_slices,
    fill_and_grow,
    threshold_and_rules,
    scissors,
    contours,
    contour_on_a_turned_plane,
    combine_overlap_and_lock,
    seeds,
    everything_undone,
]
