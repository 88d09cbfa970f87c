"""The value under the pointer is the one in the file: grey, colour, palette, multi-frame and projection images."""

import io
import math
import re
import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until

FILES = (
    "multiframe_colour/US-PAL-8-10x-echo",
    "multiframe_colour/examples_ybr_color.dcm",
    "multiframe_colour/examples_palette.dcm",
    "multiframe_colour/NM-MONO2-16-13x-heart",
    "projection/CR-MONO1-10-chest",
    "projection/GH133.dcm",
)
WINDOWS = ((300, 200), (2000, 1000))
POINTS = ((0.5, 0.5), (0.42, 0.4), (0.57, 0.62))


def files_of(shared_data: Path) -> list[Path]:
    """Return the files, each of which may stand in a folder of its name."""
    found = []
    for name in FILES:
        place = shared_data / name
        found += [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return found


@pytest.fixture(scope="module")
def flow(tmp_path_factory, shared_data: Path) -> Flow:
    """Start an installation with one image of each kind."""
    folder = tmp_path_factory.mktemp("stored-values")
    (folder / "dicom").mkdir()
    for number, path in enumerate(files_of(shared_data)):
        shutil.copy(path, folder / "dicom" / f"{number}.dcm")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        flow.windowed = write_windowed(folder / "dicom")
        stack.manage("import_dicom", str(folder / "dicom"))
        flow.studies = [row["study_uid"] for row in flow.admin.get("/api/studies")["results"]]
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


def write_windowed(folder: Path) -> str:
    """Write a study of two radiographs, each a series with a window of its own around its values; return its UID."""
    study = generate_uid()
    for number, (level, width) in enumerate(WINDOWS, 1):
        pixels = np.tile(np.linspace(level - width / 2, level + width / 2, 160).astype(np.uint16), (120, 1))
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1"
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.SeriesNumber = study, generate_uid(), number
        ds.PatientID, ds.Modality, ds.InstanceNumber = "two windows", "CR", 1
        ds.WindowCenter, ds.WindowWidth = level, width
        ds.Rows, ds.Columns = pixels.shape
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.PixelData = pixels.tobytes()
        ds.save_as(folder / f"windowed-{number}.dcm", enforce_file_format=True)
    return study


def stored(ds: pydicom.Dataset, frame: int, i: int, j: int) -> str:
    """Return the value of a pixel as a reader should see it: rescaled, or as red, green and blue."""
    pixels = ds.pixel_array
    if int(ds.get("NumberOfFrames", 1) or 1) > 1:
        pixels = pixels[frame - 1]
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, ds)
        pixels = pixels >> 8 if pixels.dtype == np.uint16 else pixels
    elif ds.SamplesPerPixel == 1:
        pixels = apply_modality_lut(pixels, ds)
    return " ".join(f"{value:g}" for value in np.atleast_1d(pixels[j, i]))


def brightness(room: Room, ds: pydicom.Dataset, frame: int) -> float:
    """Return how well the grey on the screen follows the stored values: -1 where bright and dark are swapped."""
    box = room.box("stack")
    shares = [(x, y) for x in np.linspace(0.2, 0.8, 24) for y in np.linspace(0.15, 0.8, 24)]
    pixels = ds.pixel_array[frame - 1] if ds.pixel_array.ndim == 3 else ds.pixel_array
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    picture = np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("L"), dtype=float)
    places = [[x * box["width"], y * box["height"]] for x, y in shares]
    indices = room.page.evaluate(
        "places => places.map(([x, y]) => window.fiducialProbe.indexAt('stack', x, y))", places
    )
    seen, stored_values = [], []
    for at, index in zip(places, indices, strict=True):
        i, j = (round(value) for value in index[:2])
        if 0 <= i < pixels.shape[1] and 0 <= j < pixels.shape[0]:
            seen.append(picture[int(at[1]), int(at[0])])
            stored_values.append(float(pixels[j, i]))
    ranks = [np.argsort(np.argsort(values)) for values in (seen, stored_values)]
    sign = -1 if ds.PhotometricInterpretation == "MONOCHROME1" else 1
    return sign * float(np.corrcoef(*ranks)[0, 1])


def mm_per_pixel(room: Room, ds: pydicom.Dataset) -> float:
    """Return how many millimetres of the detector a pixel of the pane covers, by the header."""
    left, right = (room.probe(f"indexAt('stack', {x}, 300)")[0] for x in (200, 300))
    return (right - left) / 100 * float(ds.ImagerPixelSpacing[1])


def bar_mm_per_pixel(room: Room) -> float:
    """Return what the scale bar says of the same."""
    bar = room.person.by("scale-bar")
    length, unit = re.match(r"([\d.]+) (cm|mm)", bar.inner_text().strip()).groups()
    return float(length) * (10 if unit == "cm" else 1) / bar.locator("i").bounding_box()["width"]


def test_the_pointer_reads_what_the_file_holds(browser, flow: Flow, shared_data: Path) -> None:
    datasets = [pydicom.dcmread(path, force=True) for path in files_of(shared_data)]
    for ds in datasets:
        if "TransferSyntaxUID" not in ds.file_meta:
            ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian  # a file of before 1993 has no such header
    by_uid = {str(ds.SOPInstanceUID): ds for ds in datasets}
    reader = flow.readers[0]
    person = Person(browser, flow.stack.url)
    seen = set()
    try:
        person.sign_in("flow-ann", flow.password)
        room = Room(person)
        for row in reader.get("/api/worklist"):
            detail = reader.get(f"/api/readings/{row['reading']}")
            if detail["series"][0]["study_uid"] == flow.windowed:
                continue
            room.open(row["reading"])
            room.page.wait_for_timeout(600)
            (volume, *_) = reader.get(f"/api/series/{detail['series'][0]['series_uid']}/volumes")
            box = room.box("stack")
            frame = volume["frames"][room.probe("sliceIndex('stack')")]
            ds = by_uid.get(frame["sop_instance_uid"])
            assert ds is not None, frame
            for x, y in POINTS:
                at = [round(place) for place in room.point("stack", x, y)]  # a pointer stands on whole pixels
                room.page.mouse.move(at[0] - 3, at[1])
                room.page.mouse.move(*at, steps=2)
                index = room.probe(f"indexAt('stack', {at[0] - box['x']}, {at[1] - box['y']})")
                i, j = (math.floor(value + 0.5) for value in index[:2])
                shown = person.by("pointer-value").inner_text().split("\n")[0].strip()
                want = stored(ds, frame["frame_number"], i, j)
                assert shown.startswith(want), f"{ds.PhotometricInterpretation} at {i}, {j}: {shown}, not {want}"
            if ds.SamplesPerPixel == 1 and ds.PhotometricInterpretation != "PALETTE COLOR":
                assert brightness(room, ds, frame["frame_number"]) > 0.6, f"{ds.Modality}: the grey is not the file's"
            if "ImagerPixelSpacing" in ds:
                assert person.by("scale-bar").inner_text().endswith("at the detector")
                assert bar_mm_per_pixel(room) == pytest.approx(mm_per_pixel(room, ds), rel=0.03)
            seen.add(str(ds.PhotometricInterpretation))
    finally:
        person.close()
    assert {"PALETTE COLOR", "MONOCHROME1", "MONOCHROME2"} <= seen


def windowed(person: Person, width: int, level: int) -> bool:
    """Return whether the toolbar says this window."""
    said = [float(number) for number in re.findall(r"\d+", person.by("window-menu").inner_text())]
    return len(said) == 2 and abs(said[0] - width) <= 1 and abs(said[1] - level) <= 1


def spread(room: Room) -> bool:
    """Return whether the middle of the picture has middle greys that rise from left to right: its window fits it."""
    box = room.box("stack")
    clip = {"x": box["x"], "y": box["y"] + box["height"] / 2 + 20, "width": box["width"], "height": 4}
    seen = np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("L"), dtype=float).mean(axis=0)
    middle = seen[round(box["width"] * 0.4) : round(box["width"] * 0.6)]
    return bool(60 < middle.min() < middle.max() < 195 and middle[-1] - middle[0] > 30)


def test_each_series_has_the_window_of_its_own_file(browser, flow: Flow) -> None:
    reader = flow.readers[0]
    details = [reader.get(f"/api/readings/{row['reading']}") for row in reader.get("/api/worklist")]
    (reading,) = (one["id"] for one in details if one["series"][0]["study_uid"] == flow.windowed)
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.password)
    room = Room(person)
    room.open(reading)
    for number in (1, 2, 1, 2):
        level, width = WINDOWS[number - 1]
        person.by(f"series-{number}").click()
        assert wait_until(lambda: windowed(person, width, level), timeout_s=20, what=f"W {width} L {level}")  # noqa: B023
        assert wait_until(lambda: spread(room), timeout_s=20, what=f"greys around the middle of series {number}")
    person.close()
