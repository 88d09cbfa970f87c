"""Every image of a folder in the reading room, checked against the files themselves.

    python -m tests.browser.every_image [FOLDER ...] [--only TEXT] [--pictures FOLDER] [--apart]

Imports the folders (default: ../shared/data) into an installation of its own, opens every series and compares, pane by
pane: the value under the pointer with the stored one (rescaled, SUV applied), the place under the pointer with the one
that position and direction cosines of the header give, the letters at the edges with those cosines, and the greys on
the screen with the stored values around them. Prints a table, then the files that show nothing, with the reason; ends
with 1 where anything differs. It takes some ten minutes, so it is no part of the test run.

`--apart` makes each file a study of its own first: test files that hold one image in many encodings share its UIDs, and
an archive takes only the first of them.
"""

import argparse
import contextlib
import gzip
import io
import math
import re
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.uid import (
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
    SecondaryCaptureImageStorage,
    generate_uid,
)
from scipy.stats import spearmanr

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]

from tests.browser.chromium import Person, chromium  # noqa: E402  (the roots must be on the path first)
from tests.browser.pages import Room  # noqa: E402
from tests.flow import Flow  # noqa: E402
from tests.stack import Api, Stack  # noqa: E402

DATA = ROOT.parent / "shared" / "data"
POINTS = ((0.5, 0.5), (0.42, 0.4), (0.57, 0.62), (0.35, 0.55), (0.62, 0.42))
PANES = "() => [...document.querySelectorAll('section[data-pane]')].map(e => e.dataset.pane)"
NO_FILE = "no file of this UID was found"
BY_DCMTK = {"1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55"}
LOSSY_JPEG = {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", *BY_DCMTK}
SHOWN_TO = 0.06
ROUNDED_BY_DECODERS = 1.0  # two decoders of one lossy JPEG may differ by this (ITU-T T.81, T.83)


@dataclass
class Row:
    """What was found of one volume of one series."""

    path: str = ""
    modality: str = ""
    kind: str = ""
    frames: int = 0
    panes: str = ""
    values: int = 0
    places: int = 0
    greys: float | None = None
    letters: str = ""
    note: str = ""
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return it as a line of the table."""
        greys = "-" if self.greys is None else f"{self.greys:.2f}"
        state = "WRONG" if self.wrong else "ok"
        counted = f"{self.values:3} {self.places:3} {greys:>5}"
        return f"{state:5} {counted} {self.modality:3} {self.frames:4} {self.panes:22} {self.letters:9} {self.path}"


@dataclass
class Files:
    """The files that were taken in, by SOP Instance UID."""

    paths: dict[str, Path]

    def dataset(self, uid: str) -> pydicom.Dataset | None:
        """Return the dataset of an instance, or None where its file was not found."""
        return dataset_at(self.paths[uid]) if uid in self.paths else None


@lru_cache(maxsize=400)
def dataset_at(path: Path) -> pydicom.Dataset:
    """Read a file, also one without a transfer syntax (of before 1993)."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    ds = pydicom.dcmread(io.BytesIO(data), force=True)
    if "TransferSyntaxUID" not in ds.file_meta:
        ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    if ds.file_meta.TransferSyntaxUID in BY_DCMTK:  # pydicom decodes neither spectral selection nor progression
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dcmdjpeg", path, f"{folder}/decoded.dcm"], check=True)
            ds.PixelData = pydicom.dcmread(f"{folder}/decoded.dcm").PixelData
        ds.file_meta = pydicom.dataset.FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return ds


def stored_at(ds: pydicom.Dataset, frame: int) -> np.ndarray:
    """Return the stored numbers of a frame."""
    count = int(re.sub(r"\D", "", str(ds.get("NumberOfFrames", 1) or 1)))
    if ds.file_meta.TransferSyntaxUID == JPEGExtended12Bit and ds.BitsStored > 8:  # pydicom has no decoder for it
        parts = list(generate_frames(ds.PixelData, number_of_frames=count))
        return imagecodecs.jpeg_decode(parts[frame - 1], bitspersample=12)
    short = ds.Rows * ds.Columns * ds.SamplesPerPixel * ds.BitsAllocated // 8 - len(ds.get("PixelData", b""))
    if not ds.file_meta.TransferSyntaxUID.is_compressed and 0 < short < 100:
        ds.PixelData += bytes(short)  # a truncated file
    return ds.pixel_array[frame - 1] if count > 1 else ds.pixel_array


@lru_cache(maxsize=400)
def pixels_at(path: Path, frame: int) -> np.ndarray:
    """Return the values of a frame as a reader should see them, before SUV: rescaled, or red, green and blue."""
    ds = dataset_at(path)
    pixels = stored_at(ds, frame)
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, ds)
        return pixels >> 8 if pixels.dtype == np.uint16 else pixels
    if ds.SamplesPerPixel > 1:
        return pixels
    part = functional(ds, frame, "PixelValueTransformationSequence")
    if "RescaleSlope" in part:
        return pixels * float(part.RescaleSlope) + float(part.RescaleIntercept)
    return apply_modality_lut(pixels, ds)


def functional(ds: pydicom.Dataset, frame: int, name: str) -> pydicom.Dataset:
    """Return a functional group of a frame of an enhanced image, else the dataset itself."""
    own = ds.get("PerFrameFunctionalGroupsSequence") or []
    for group in ([own[frame - 1]] if frame <= len(own) else []) + list(ds.get("SharedFunctionalGroupsSequence") or []):
        if group.get(name):
            return group[name][0]
    return ds


def place_of(ds: pydicom.Dataset, frame: int, i: float, j: float) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the LPS point of a pixel and the directions along columns and rows, by the header; None without them."""
    position = functional(ds, frame, "PlanePositionSequence").get("ImagePositionPatient")
    cosines = functional(ds, frame, "PlaneOrientationSequence").get("ImageOrientationPatient")
    spacing = functional(ds, frame, "PixelMeasuresSequence").get("PixelSpacing")
    if not position or not cosines or not spacing:
        return None
    right, down = np.array(cosines[:3], float), np.array(cosines[3:], float)
    at = np.array(position, float) + right * float(spacing[1]) * i + down * float(spacing[0]) * j
    return at, right, down


def letter(direction: np.ndarray) -> str:
    """Return the letter of the patient's side that a direction points to most."""
    axis = int(np.argmax(np.abs(direction)))
    return "RAI"[axis] if direction[axis] < 0 else "LPS"[axis]


@dataclass
class Check:
    """One volume of a series on the screen, and the files that it came from."""

    room: Room
    files: Files
    volume: dict[str, Any]
    row: Row

    def pane(self, pane: str) -> None:
        """Check a pane: values and places under the pointer, letters, and the grey of the picture."""
        box = self.room.box(pane)
        found: list[tuple[np.ndarray, np.ndarray]] = []
        for x, y in POINTS:
            at = [round(value) for value in self.room.point(pane, x, y)]  # a pointer stands on whole pixels
            self.room.page.mouse.move(at[0] - 3, at[1])
            self.room.page.mouse.move(*at, steps=2)
            self.point(pane, (at[0] - box["x"], at[1] - box["y"]), found)
        if len(found) > 2:
            self.letters(pane, found)
        self.picture(pane, box)

    def at(self, index: list[float]) -> tuple[str, int, int, int] | None:
        """Return UID, frame, column and row of the voxel at an index of the room; None outside."""
        i, j, k = (math.floor(value + 0.5) for value in index)
        frames = self.volume["frames"]
        if not 0 <= k < len(frames):
            return None
        uid = frames[k]["sop_instance_uid"]
        ds = self.files.dataset(uid)
        if ds is None:
            self.row.wrong.append(f"{NO_FILE}: {uid}")
            return None
        inside = 0 <= i < ds.Columns and 0 <= j < ds.Rows
        return (uid, int(frames[k]["frame_number"]), i, j) if inside else None

    def index_of(self, pane: str, x: float, y: float) -> list[float] | None:
        """Return where the room says that a point of a pane lies."""
        index = self.room.probe(f"indexAt('{pane}', {x}, {y})")
        if index and self.volume["geometry"] is None:
            index[2] = self.room.probe(f"sliceIndex('{pane}')")
        return index

    def point(self, pane: str, at: tuple[float, float], found: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Compare value and place under the pointer with the file's."""
        index = self.index_of(pane, *at)
        voxel = self.at(index) if index else None
        if voxel is None or index is None:
            return
        uid, frame, i, j = voxel
        ds = self.files.dataset(uid)
        assert ds is not None
        self.row.path = str(self.files.paths[uid])
        text = self.room.page.locator(f'[data-testid="viewport-{pane}"] [data-testid="pointer-value"]')
        shown = text.inner_text().split("\n")[0].strip() if text.count() else "(nothing)"
        factor = self.factor(uid)
        wanted = [float(value) * factor for value in np.atleast_1d(pixels_at(self.files.paths[uid], frame)[j, i])]
        numbers = [float(part) for part in re.findall(r"(?<!\S)-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", shown)]
        lossy = ds.file_meta.TransferSyntaxUID in LOSSY_JPEG and len(wanted) > 1
        slack = SHOWN_TO + (ROUNDED_BY_DECODERS if lossy else 0)
        alike = len(numbers) >= len(wanted) and all(
            math.isclose(a, b, abs_tol=slack) for a, b in zip(numbers, wanted, strict=False)
        )
        self.row.values += 1
        if not alike:
            self.row.wrong.append(f"{pane} ({i}, {j}) of {uid} frame {frame}: {shown!r}, in the file {wanted}")
        world = np.array(self.room.probe(f"worldAt('{pane}', {at[0]}, {at[1]})"), float)
        header = place_of(ds, frame, index[0], index[1])
        if header:
            here = np.array(header[0], float)
            self.row.places += 1
            if np.abs(world - here).max() > 0.05 + self.slack():
                self.row.wrong.append(f"{pane} ({i}, {j}): at {world.round(2)}, by the header {here.round(2)}")
            found.append((np.array(at), here))

    def factor(self, uid: str) -> float:
        """Return what makes SUV of the rescaled values of an instance; 1 where there is none."""
        return self.volume["suv_factors"].get(uid) or self.volume["suv_factor"] or 1.0

    def window(self) -> tuple[float, float]:
        """Return the values that are black and white on the screen, by the window that the room names."""
        numbers = [float(text) for text in re.findall(r"-?[\d.]+", self.room.person.by("window-menu").inner_text())]
        if len(numbers) != 2:
            return -math.inf, math.inf
        width, level = numbers
        return level - width / 2, level + width / 2

    def slack(self) -> float:
        """Return how many mm the middle of a voxel of a volume may lie away: half a slice."""
        geometry = self.volume["geometry"]
        return float(np.linalg.norm(np.array(geometry["affine_lps"])[:3, :3], axis=0).max()) / 2 if geometry else 0.0

    def letters(self, pane: str, found: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Compare the letters at the edges with the way in which the header's places run over the screen."""
        points = np.array([np.append(at, 1) for at, _ in found])
        slopes = np.linalg.lstsq(points, np.array([here for _, here in found]), rcond=None)[0]
        texts = self.room.page.evaluate(
            """pane => Object.fromEntries([...document.querySelectorAll(
              `[data-testid="viewport-${pane}"] [data-edge]`)].map(e => [e.dataset.edge, e.textContent]))""",
            pane,
        )
        right, down = slopes[0], slopes[1]
        for edge, way in {"left": -right, "right": right, "top": -down, "bottom": down}.items():
            share = np.sort(np.abs(way) / np.linalg.norm(way))
            shown = texts.get(edge, "")
            if share[2] - share[1] > 0.1 and not shown.startswith(letter(way)):
                self.row.wrong.append(f"{pane}: {shown!r} at the {edge}, by the header {letter(way)}")
        if not self.row.letters:
            self.row.letters = " ".join(texts.get(edge, "") for edge in ("left", "right", "top", "bottom"))

    def picture(self, pane: str, box: dict[str, float]) -> None:
        """Compare what is bright and dark on the screen with the stored values there."""
        clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
        self.room.page.mouse.move(2, 400)  # the text under the pointer is no part of the image
        picture = np.asarray(Image.open(io.BytesIO(self.room.page.screenshot(clip=clip))).convert("L"), dtype=float)
        seen, stored, sign = [], [], 1
        grid = [(x, y) for x in np.linspace(0.15, 0.8, 18) for y in np.linspace(0.15, 0.8, 18)]
        asked = [[float(x * box["width"]), float(y * box["height"])] for x, y in grid]
        indices = self.room.page.evaluate(
            "([pane, points]) => points.map(([x, y]) => window.fiducialProbe.indexAt(pane, x, y))", [pane, asked]
        )
        slice_index = self.room.probe(f"sliceIndex('{pane}')")
        window = self.window()
        for (x, y), index in zip(grid, indices, strict=True):
            if index and self.volume["geometry"] is None:
                index[2] = slice_index
            voxel = self.at(index) if index else None
            if voxel is None:
                continue
            uid, frame, i, j = voxel
            ds = self.files.dataset(uid)
            assert ds is not None
            value = np.atleast_1d(pixels_at(self.files.paths[uid], frame)[j, i]).astype(float)
            grey = np.clip(value[0] * self.factor(uid), *window) if len(value) == 1 else value @ (0.299, 0.587, 0.114)
            stored.append(float(grey))
            seen.append(picture[int(y * box["height"]), int(x * box["width"])])
            sign = -1 if darkens(ds) else 1
        if seen and set(stored) in ({window[0]}, {window[1]}):  # all beyond the window: black or white alone is right
            bright = (stored[0] == window[1]) == (sign > 0)
            if np.ptp(seen) > 8 or (min(seen) < 200 if bright else max(seen) > 55):
                self.row.wrong.append(f"{pane}: {stored[0]:g} is an end of the window, drawn as {seen[0]:g}")
            return
        few = len(self.volume["frames"]) < 8 and pane not in (self.row.panes.split()[0], "stack")  # drawn in between
        if few or len(seen) < 40 or len(set(stored)) < 6 or np.std(stored) == 0:
            return
        if np.std(seen) == 0:
            self.row.wrong.append(f"{pane}: nothing is drawn, all is {seen[0]:g}")
            return
        greys = sign * float(spearmanr(seen, stored).statistic)
        self.row.greys = greys if self.row.greys is None else min(greys, self.row.greys)
        if greys < 0.5:
            self.row.wrong.append(f"{pane}: the greys do not follow the values ({greys:.2f})")


def darkens(ds: pydicom.Dataset) -> bool:
    """Return whether high values are dark."""
    shape = ds.get("PresentationLUTShape")
    return shape == "INVERSE" if shape else ds.PhotometricInterpretation == "MONOCHROME1"


def look_at(room: Room, reader: Api, files: Files, series: dict[str, Any], number: int, many: bool) -> list[Row]:
    """Open a series of the reading on the screen and check each of its volumes that can be chosen."""
    uid = series["series_uid"]
    volumes = reader.get(f"/api/series/{uid}/volumes")
    if many:
        room.person.by(f"series-{number}").click(timeout=10_000)
        room.page.wait_for_timeout(500)
        room.until("window.fiducialProbe.ready", timeout_s=60)
    rows = []
    for at, volume in enumerate(volumes):
        if at and at < len(volumes) - 1:
            continue  # of many time points the first and the last
        row = Row(modality=series["modality"], frames=len(volume["frames"]), path=uid)
        row.note = ", ".join(volume["reasons"])
        rows.append(row)
        if at:
            room.person.by("time-slider").get_by_role("slider").press("End")
            room.page.wait_for_timeout(500)
            room.until("window.fiducialProbe.ready", timeout_s=60)
        room.page.wait_for_timeout(600)
        if room.person.by("image-error").count():
            row.wrong.append(room.person.by("image-error").inner_text())
        panes = room.page.evaluate(
            "() => [...document.querySelectorAll('section[data-pane]')].map(e => e.dataset.pane)"
        )
        row.panes = " ".join(panes)
        check = Check(room, files, volume, row)
        for pane in panes:
            check.pane(pane)
        if row.values == 0:
            row.wrong.append("no value was shown anywhere")
    return rows


def walk(browser: Any, flow: Flow, files: Files, only: str, pictures: Path | None) -> list[Row]:
    """Open all series of all cases."""
    reader = flow.readers[0]
    user = flow.admin.get("/api/users?q=flow-ann")[0]
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"])
    room, rows = Room(person), []
    for line in reader.get("/api/worklist"):
        detail = reader.get(f"/api/readings/{line['reading']}")
        wanted = [one for one in detail["series"] if names(reader, files, one["series_uid"], only)]
        if wanted:
            with contextlib.suppress(AssertionError):  # the room says why; the check of the series below finds it
                room.open(line["reading"])
        for number, series in enumerate(detail["series"], 1):
            if series not in wanted:
                continue
            try:
                found = look_at(room, reader, files, series, number, len(detail["series"]) > 1)
            except Exception as error:  # noqa: BLE001 - one series that fails must not hide the others
                name = names(reader, files, series["series_uid"], "")
                found = [Row(path=name, modality=series["modality"], wrong=[f"{type(error).__name__}: {error}"[:300]])]
            found[-1].wrong += person.errors
            person.errors.clear()
            rows += found
            for row in found:
                print(row.line(), *(f"\n      {text}" for text in row.wrong[:4]), flush=True)
            if pictures:
                pictures.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"\W+", "_", found[-1].path.removeprefix(str(DATA)))[-90:]
                room.page.screenshot(path=pictures / f"{name}.png")
    person.close()
    return rows


def names(reader: Api, files: Files, uid: str, only: str) -> str:
    """Return the path of the first file of a series where it holds a text, else nothing."""
    volumes = reader.get(f"/api/series/{uid}/volumes")
    first = volumes[0]["frames"][0]["sop_instance_uid"] if volumes else ""
    path = str(files.paths.get(first, uid))
    return path if only in path else ""


def bring_in(flow: Flow, folders: list[Path]) -> Files:
    """Import the folders; return the files that were taken in."""
    taken: dict[str, Path] = {}
    for folder in folders:
        for line in flow.stack.manage("import_dicom", "--each", str(folder)).splitlines():
            outcome, _, rest = line.partition("\t")
            uid, _, path = rest.partition("\t")
            if outcome == "accepted":
                taken[uid] = folder / path
    while True:
        page = flow.admin.get(f"/api/studies?limit=100&offset={len(flow.studies)}")
        flow.studies += [row["study_uid"] for row in page["results"]]
        if len(flow.studies) >= page["count"] or not page["results"]:
            return Files(taken)


def set_apart(folder: Path, into: Path) -> Path:
    """Write every image file below a folder with UIDs of its own, and all else as it is; return the place."""
    for number, path in enumerate(sorted(path for path in folder.rglob("*") if path.is_file())):
        try:
            ds = pydicom.dcmread(path, force=True)
            if "PixelData" not in ds:
                continue
            if "TransferSyntaxUID" not in ds.file_meta:
                ds.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
            kind = ds.get("SOPClassUID") or SecondaryCaptureImageStorage
            ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = kind
            ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.PatientID = generate_uid(), generate_uid(), f"file {number}"
            ds.save_as(into / f"{number:03}-{path.name}", enforce_file_format=True)
        except Exception as error:  # noqa: BLE001 - what cannot be written again is told, and the others go on
            print(f"not set apart: {path}: {type(error).__name__}: {error}")
    return into


def shown_uids(reader: Api) -> set[str]:
    """Return the UIDs of all frames that a reader can open."""
    readings = [reader.get(f"/api/readings/{row['reading']}") for row in reader.get("/api/worklist")]
    series = [one["series_uid"] for reading in readings for one in reading["series"]]
    volumes = [volume for uid in series for volume in reader.get(f"/api/series/{uid}/volumes")]
    return {frame["sop_instance_uid"] for volume in volumes for frame in volume["frames"]}


def unseen(flow: Flow, files: Files, shown: set[str]) -> list[str]:
    """Return what shows nothing, and why: objects that are no images by their kind, and files that were set aside."""
    kinds: dict[str, list[str]] = {}
    for uid in sorted(files.paths.keys() - shown):
        ds = files.dataset(uid)
        kind = ds.get("SOPClassUID") if ds is not None else None
        kinds.setdefault(getattr(kind, "name", "of no known kind"), []).append(str(files.paths[uid]))
    lines = [f"no picture of its own: {kind}: {len(paths)} ({paths[0]})" for kind, paths in sorted(kinds.items())]
    aside: dict[str, list[str]] = {}
    for row in flow.admin.get("/api/set-aside?limit=1000"):
        aside.setdefault(f"{row['reason']}: {row['detail']}", []).append(row["path"])
    return lines + [f"set aside: {why} {len(paths)}: {', '.join(paths[:3])}" for why, paths in sorted(aside.items())]


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, default=[DATA])
    parser.add_argument("--only", default="", help="only series whose path holds this text")
    parser.add_argument("--apart", action="store_true", help="make each file a study of its own first")
    parser.add_argument("--pictures", type=Path, help="keep a picture of each series here")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    folders = [
        place for folder in options.folders for place in (sorted(folder.iterdir()) if folder == DATA else [folder])
    ]
    folders = [folder for folder in folders if folder.is_dir() and folder.name != "LICENSES"]
    with (
        tempfile.TemporaryDirectory() as place,
        tempfile.TemporaryDirectory() as copies,
        Stack(Path(place)) as stack,
        chromium() as browser,
    ):
        flow = Flow(stack)
        if options.apart:
            places = [Path(copies) / str(number) for number in range(len(folders))]
            for copy in places:
                copy.mkdir()
            folders = [set_apart(folder, copy) for folder, copy in zip(folders, places, strict=True)]
        files = bring_in(flow, folders)
        print(f"{len(files.paths)} files in {len(flow.studies)} studies were taken in", flush=True)
        flow.set_up_project()
        rows = walk(browser, flow, files, options.only, options.pictures)
        wrong = [row for row in rows if row.wrong]
        values, places = sum(row.values for row in rows), sum(row.places for row in rows)
        print(f"\n{len(rows)} volumes, {values} values, {places} places compared; {len(wrong)} volumes are wrong")
        for row in rows:
            if row.note:
                print(f"stack only: {row.note:40} {row.path}")
        print(*unseen(flow, files, shown_uids(flow.readers[0])), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
