"""Other programs that read what we save, and what each saw: masks on the source frames, or places (LPS mm)."""

import base64
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import SimpleITK as sitk  # noqa: N813  (its own documentation's name)
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from skimage.draw import polygon2mask

from tests.conftest import ROOT
from tests.roundtrip.rooms import LABELS
from tests.roundtrip.scenes import Masks, Scene
from tests.studies.making import bytes_of

VALUES = {label.name: value for value, label in enumerate(LABELS, start=1)}
LAYERS = {value: label.layer or 0 for value, label in enumerate(LABELS, start=1)}
BIN = Path(sys.executable).parent
Points = NDArray[np.float64]


class OverlapError(Exception):
    """A program saw two labels of one layer on one pixel."""


def layered(found: dict[tuple[str, int, int], NDArray[np.bool_]]) -> Masks:
    """Return (SOP Instance UID, frame, value) → mask as masks of labels in layers."""
    masks: Masks = {}
    for (sop, number, value), mask in found.items():
        if mask.any():
            plane = masks.setdefault((sop, number, LAYERS[value]), np.zeros(mask.shape, np.uint8))
            if plane[mask].any():
                raise OverlapError("labels of one layer overlap")
            plane[mask] = value
    return masks


def by_highdicom(scene: Scene, files: dict[str, bytes]) -> Masks:
    """Return what highdicom reads from SEGs, by the frames that they name."""
    found: dict[tuple[str, int, int], NDArray[np.bool_]] = {}
    for data in files.values():
        seg = highdicom.seg.segread(io.BytesIO(data))
        values = [VALUES[seg.get_segment_description(number).segment_label] for number in seg.segment_numbers]
        options = {
            "ignore_spatial_locations": True,
            "assert_missing_frames_are_empty": True,
            "rescale_fractional": False,
        }
        for image in scene.images:
            frames = int(image.get("NumberOfFrames") or 1)
            uid = str(image.SOPInstanceUID)
            if uid not in {str(one[2]) for one in seg.get_source_image_uids()}:
                continue
            if frames == 1:
                pixels = seg.get_pixels_by_source_instance([uid], **options)
            else:
                pixels = seg.get_pixels_by_source_frame(uid, list(range(1, frames + 1)), **options)
            for k, n in np.ndindex(pixels.shape[0], len(values)):
                found.setdefault((uid, k + 1, values[n]), np.zeros(pixels.shape[1:3], bool))
                found[uid, k + 1, values[n]] |= pixels[k, ..., n] > 0
    return layered(found)


def places(scene: Scene, masks: Masks, *, decimals: int = 2) -> dict[int, Points]:
    """Return the centres (LPS mm) of each label's pixels, sorted, straight from the images' attributes."""
    images = {str(image.SOPInstanceUID): image for image in scene.images}
    found: dict[int, list[Points]] = {}
    for (sop, number, _), plane in masks.items():
        position, orientation, (down, across) = _where(images[sop], number)
        for row, column in np.argwhere(plane):
            at = position + orientation[:3] * across * column + orientation[3:] * down * row
            found.setdefault(int(plane[row, column]), []).append(at)
    return {value: ordered(np.array(points), decimals) for value, points in found.items()}


def ordered(points: Points, decimals: int = 2) -> Points:
    """Return places rounded and sorted: sets of places are compared."""
    rounded = np.round(points, decimals) + 0.0
    return rounded[np.lexsort(rounded.T)]


def agree(one: dict[int, Points], other: dict[int, Points]) -> bool:
    """Return whether two sets of places are one, to a fiftieth of a millimetre."""
    return one.keys() == other.keys() and all(
        one[value].shape == other[value].shape and _close(one[value], other[value]) for value in one
    )


def _close(one: Points, other: Points) -> bool:
    """Return whether each place of one set is near one of the other (rounding may change their order)."""
    apart = np.linalg.norm(one[:, None] - other[None], axis=2)
    return bool((apart.min(axis=0) < 0.02).all() and (apart.min(axis=1) < 0.02).all())


def _where(image: Dataset, number: int) -> tuple[Points, Points, tuple[float, float]]:
    spot = orientation = measures = image
    if "PerFrameFunctionalGroupsSequence" in image:
        shared = image.SharedFunctionalGroupsSequence[0]
        spot = image.PerFrameFunctionalGroupsSequence[number - 1].PlanePositionSequence[0]
        orientation, measures = shared.PlaneOrientationSequence[0], shared.PixelMeasuresSequence[0]
    cosines = np.array([float(value) for value in orientation.ImageOrientationPatient])
    position = np.array([float(value) for value in spot.ImagePositionPatient])
    return position, cosines, (float(measures.PixelSpacing[0]), float(measures.PixelSpacing[1]))


def _voxels(image: sitk.Image, value: int | None = None) -> Points:
    array = sitk.GetArrayFromImage(image)
    marked = array == value if value is not None else array > 0
    return np.array(
        [image.TransformIndexToPhysicalPoint([int(part) for part in at[::-1]]) for at in np.argwhere(marked)]
    )


def errors_by_dciodvfy(files: dict[str, bytes], path: Path) -> list[str]:
    """Return what dicom3tools finds wrong with files; nothing where it is not installed."""
    if shutil.which("dciodvfy") is None:
        return []
    found: list[str] = []
    for data in files.values():
        path.write_bytes(data)
        done = subprocess.run(["dciodvfy", path], capture_output=True, text=True, check=False)
        found += [line for line in done.stderr.splitlines() if line.startswith("Error")]
    return found


def by_dcmqi(files: dict[str, bytes], folder: Path) -> dict[int, Points]:
    """Return the places that dcmqi and SimpleITK find in SEGs."""
    found: dict[int, list[Points]] = {}
    for number, data in enumerate(files.values()):
        into = segments_by_dcmqi(data, folder / str(number))
        for segment in pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True).SegmentSequence:
            points = _voxels(sitk.ReadImage(str(into / f"{segment.SegmentNumber}.nrrd")))
            found.setdefault(VALUES[segment.SegmentLabel], []).append(points)
    return {value: ordered(np.concatenate(parts)) for value, parts in found.items()}


def segments_by_dcmqi(data: bytes, folder: Path) -> Path:
    """Unpack a SEG by dcmqi and return the folder with one volume per segment and meta.json."""
    folder.mkdir(parents=True)
    (folder / "seg.dcm").write_bytes(data)
    _run("segimage2itkimage", "--inputDICOM", folder / "seg.dcm", "--outputDirectory", folder, "--outputType", "nrrd")
    return folder


def rewritten_by_dcmqi(scene: Scene, data: bytes, folder: Path) -> bytes:
    """Return a SEG that dcmqi made out of ours: read into volumes, written anew on the source images."""
    into = segments_by_dcmqi(data, folder)
    images = folder / "images"
    images.mkdir()
    for number, image in enumerate(scene.images):
        (images / f"{number}.dcm").write_bytes(bytes_of(image))
    segments = pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True).SegmentSequence
    volumes = ",".join(str(into / f"{segment.SegmentNumber}.nrrd") for segment in segments)
    meta = json.loads((into / "meta.json").read_text())
    groups = meta["segmentAttributes"]
    meta["segmentAttributes"] = [[one] for group in groups for one in group]
    (into / "again.json").write_text(json.dumps(meta))
    _run(
        *("itkimage2segimage", "--inputImageList", volumes, "--inputDICOMDirectory", images),
        *("--inputMetadata", into / "again.json", "--outputDICOM", into / "again.dcm", "--skip"),
    )
    return (into / "again.dcm").read_bytes()


def _run(tool: str, *arguments: object) -> None:
    done = subprocess.run(
        [str(BIN / tool), *map(str, arguments)], capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise RuntimeError(f"{tool}: {(done.stderr or done.stdout)[-300:]}")


def by_simpleitk(files: dict[str, bytes], folder: Path) -> dict[int, Points]:
    """Return the places that SimpleITK finds in NIfTI label maps."""
    folder.mkdir(parents=True)
    found: dict[int, list[Points]] = {}
    for name, data in files.items():
        path = folder / name.replace("/", "_")
        path.write_bytes(data)
        image = sitk.ReadImage(str(path))
        for value in np.unique(sitk.GetArrayViewFromImage(image)).tolist():
            if value:
                found.setdefault(int(value), []).append(_voxels(image, value))
    return {value: ordered(np.concatenate(parts)) for value, parts in found.items()}


def turned_by_simpleitk(data: bytes, folder: Path) -> bytes:
    """Return a label map that SimpleITK wrote out of ours as NRRD, with its axes in another order and mirrored."""
    folder.mkdir(parents=True)
    (folder / "in.nii.gz").write_bytes(data)
    image = sitk.ReadImage(str(folder / "in.nii.gz"))
    turned = sitk.Flip(sitk.PermuteAxes(image, [2, 0, 1]), [True, False, True])
    sitk.WriteImage(turned, str(folder / "out.nrrd"))
    return (folder / "out.nrrd").read_bytes()


def by_skimage(scene: Scene, files: dict[str, bytes]) -> Masks:
    """Return what scikit-image fills of the contours of structure sets, frame by frame, even-odd."""
    images = {str(image.SOPInstanceUID): image for image in scene.images}
    found: dict[tuple[str, int, int], NDArray[np.bool_]] = {}
    for data in files.values():
        structures = pydicom.dcmread(io.BytesIO(data))
        names = {roi.ROINumber: roi.ROIName for roi in structures.StructureSetROISequence}
        for drawn in structures.ROIContourSequence:
            for contour in drawn.ContourSequence:
                reference = contour.ContourImageSequence[0]
                uid, number = str(reference.ReferencedSOPInstanceUID), int(reference.get("ReferencedFrameNumber") or 1)
                position, cosines, (down, across) = _where(images[uid], number)
                away = np.array(contour.ContourData, dtype=float).reshape(-1, 3) - position
                corners = np.column_stack([away @ cosines[3:] / down, away @ cosines[:3] / across])
                size = (images[uid].Rows, images[uid].Columns)
                mask = found.setdefault((uid, number, VALUES[names[drawn.ReferencedROINumber]]), np.zeros(size, bool))
                mask ^= polygon2mask(size, corners)
    return layered(found)


def by_adapter(jobs: dict[str, tuple[Scene, dict[str, bytes]]], folder: Path) -> dict[str, Masks | str]:
    """Return what Cornerstone's own adapter reads from SEGs, by scene; text where it refuses a file."""
    folder.mkdir(parents=True)
    orders = []
    for place, (name, (scene, files)) in enumerate(jobs.items()):
        for number, data in enumerate(files.values()):
            path = folder / f"{place}_{number}.dcm"
            path.write_bytes(data)
            orders.append({"scene": name, "seg": str(path), "frames": _frames(scene)})
    (folder / "jobs.json").write_text(json.dumps(orders))
    command = ["npx", "vitest", "run", "--config", "roundtrip/vitest.config.ts"]
    done = subprocess.run(
        command,
        cwd=ROOT / "frontend",
        env={**os.environ, "ROUNDTRIP_JOBS": str(folder / "jobs.json")},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    answers = json.loads((folder / "jobs.json.out").read_text())
    found: dict[str, Masks | str] = {}
    for name, (scene, _) in jobs.items():
        own = [answer for answer in answers if answer["scene"] == name]
        refused = [answer["error"] for answer in own if answer.get("error")]
        try:
            found[name] = refused[0] if refused else _adapter_masks(scene, own)
        except OverlapError as error:
            found[name] = str(error)
    return found


def _adapter_masks(scene: Scene, answers: list[dict]) -> Masks:
    sizes = {str(image.SOPInstanceUID): (image.Rows, image.Columns) for image in scene.images}
    found: dict[tuple[str, int, int], NDArray[np.bool_]] = {}
    for answer in answers:
        for plane in answer["planes"]:
            size = sizes[plane["sop"]]
            numbers = np.frombuffer(base64.b64decode(plane["data"]), np.uint8).reshape(size)
            for number in np.unique(numbers).tolist():
                if number:
                    key = (plane["sop"], plane["frame"], VALUES[answer["names"][str(number)]])
                    found[key] = found.get(key, np.zeros(size, bool)) | (numbers == number)
    return layered(found)


def _frames(scene: Scene) -> list[dict]:
    """Return what a viewer knows of each frame."""
    frames = []
    for image in scene.images:
        for number in range(1, int(image.get("NumberOfFrames") or 1) + 1):
            position, cosines, spacing = (
                _where(image, number) if scene.placed else (np.zeros(3), np.array([1.0, 0, 0, 0, 1, 0]), (1.0, 1.0))
            )
            frames.append(
                {
                    "sop": str(image.SOPInstanceUID),
                    "frame": number,
                    "several": int(image.get("NumberOfFrames") or 1) > 1,
                    "series": str(image.SeriesInstanceUID),
                    "study": str(image.StudyInstanceUID),
                    "reference": str(image.get("FrameOfReferenceUID", "")),
                    "rows": int(image.Rows),
                    "columns": int(image.Columns),
                    "position": position.tolist(),
                    "cosines": cosines.tolist(),
                    "spacing": list(spacing),
                }
            )
    return frames
