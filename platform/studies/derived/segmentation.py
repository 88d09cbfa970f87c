"""DICOM segmentations (PS3.3 A.51): their segments, and each frame's pixels.

BINARY frames are one bit per pixel packed across frame borders (PS3.5 8.1.1), FRACTIONAL ones shares of a maximum,
LABELMAP ones segment numbers (Supplement 243). Frames say in functional groups which segment they are of and where
they lie.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID

from studies.derived.content import (
    LABEL_MAP,
    Described,
    code_of,
    gather_references,
    integer,
    item,
    items,
    meaning,
    number,
    words,
)
from studies.dicomfile.metadata import numbers, text
from studies.dicomfile.spans import BIG_ENDIAN, UNCOMPRESSED
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import decode_frame, native_bits
from studies.planes import Plane, planes_of
from studies.types import Finding

MAX_SEGMENTS = 65_535
MAX_MEASURED_PIXELS = 4 << 30
ONE_PLACE_MM = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class SegmentFrame:
    """One frame of a segmentation.

    Attributes
    ----------
    number : int
        Counted from 1.
    segment : int
        Which segment it is of; 0 in a label map, where the pixels are segment numbers.
    plane : Plane
        Where it lies.
    sources : tuple of (str, int)
        Images it says it was drawn on: SOP Instance UID and frame number (0: it does not say).
    """

    number: int
    segment: int
    plane: Plane
    sources: tuple[tuple[str, int], ...]


def is_label_map(header: dict[str, Any]) -> bool:
    """Return whether pixels are segment numbers."""
    return text(header, "00620001") == "LABELMAP" or text(header, "00080016") == LABEL_MAP


def background_values(header: dict[str, Any]) -> set[int]:
    """Return the pixel values of a label map that stand for no segment: 0, and the padding value."""
    padding = integer(header, "00280120")
    return {0} if padding is None else {0, padding}


def full_value(header: dict[str, Any]) -> int:
    """Return the stored value of a whole pixel: 1 in binary segmentations (PS3.3 C.8.20.2.3)."""
    return max(1, integer(header, "0062000E") or 255) if text(header, "00620001") == "FRACTIONAL" else 1


def segment_frames(header: dict[str, Any], *, frame_count: int) -> list[SegmentFrame]:
    """Return what each frame is of and where it lies."""
    shared = item(header, "52009229")
    own = items(header, "52009230")
    label_map = is_label_map(header)
    found = []
    for plane in planes_of(header, frame_count=frame_count):
        here = own[plane.frame_number - 1] if len(own) >= plane.frame_number else {}
        group = item(here, "0062000A") or item(shared, "0062000A")
        segment = 0 if label_map else integer(group, "0062000B") or 0
        sources = tuple(
            (text(source, "00081155"), integer(source, "00081160") or 0)
            for derivation in items(here, "00089124")
            for source in items(derivation, "00082112")
            if text(source, "00081155")
        )
        found.append(SegmentFrame(plane.frame_number, segment, plane, sources))
    return found


def frame_pixels(instance: Instance, *, file: BinaryIO, header: dict[str, Any]) -> Iterator[NDArray[Any]]:
    """Yield the stored values of every frame, (rows, columns): uint8, or uint16 in large label maps.

    Decodes one frame at a time; an uncompressed file is read into memory whole.

    Raises
    ------
    PixelsError
        The pixels are damaged or no codec is here.
    """
    from pydicom import dcmread
    from pydicom.pixels import iter_pixels

    if instance.transfer_syntax_uid not in UNCOMPRESSED:
        for number in range(1, instance.frame_count + 1):
            yield decode_frame(instance, number, file=file, header=header)
        return
    file.seek(0)
    try:
        dataset = dcmread(file, force=True)
        if not getattr(getattr(dataset, "file_meta", None), "TransferSyntaxUID", None):
            dataset.file_meta = FileMetaDataset()
            dataset.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax_uid)
        if instance.bits_allocated == 1 and instance.transfer_syntax_uid != BIG_ENDIAN:
            data = bytes(dataset.PixelData)
            for number in range(1, instance.frame_count + 1):
                yield native_bits(instance, number, data)
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd but decodable headers are pydicom's to warn of, not the caller's
            yield from iter_pixels(dataset, raw=True)
    except Exception as error:  # codecs raise anything on damaged data
        said = " ".join(str(error).split())[:300]
        raise PixelsError(f"The pixels of {instance.sop_instance_uid} cannot be decoded: {said}") from error


def slice_step_mm(header: dict[str, Any], planes: list[Plane]) -> float | None:
    """Return the distance of neighbouring frames: as stated, else as measured, else the thickness; None: unknown.

    A segmentation leaves out empty slices. Where the smallest step is twice the thickness or more, slices are taken
    to be left out and the thickness counts.
    """
    measures = item(item(header, "52009229"), "00289110") or item(next(iter(items(header, "52009230")), {}), "00289110")
    stated, thick = number(measures, "00180088"), number(measures, "00180050")
    if stated is not None and stated > 0:
        return stated
    placed = [plane for plane in planes if plane.placed]
    measured = None
    if len(placed) > 1:
        normal = np.cross(np.array(placed[0].along_row), np.array(placed[0].along_column))
        steps = np.diff(np.unique(np.round(np.array([plane.position_lps for plane in placed]) @ normal, 3)))
        steps = steps[steps > ONE_PLACE_MM]
        measured = float(steps.min()) if len(steps) else None
    if measured is not None and not (thick and measured >= 1.9 * thick):
        return measured
    return thick if thick and thick > 0 else None


def describe_segmentation(instance: Instance, header: dict[str, Any], file: BinaryIO) -> Described:
    """Return the segments of a segmentation with their voxels and volumes.

    The summary is {type, frames, rows, columns, segments: [{number, label, category, type, site, algorithm_type,
    algorithm, tracking_id, colour_lab, frames, voxels, volume_ml}]}; voxels and volume are null where the pixels
    cannot be read or the frames do not say how large they are. In fractional segmentations every pixel of at least
    half the maximum is a voxel; where the values are occupancies, the volume is the sum of the shares.
    """
    described = Described(label=words(header, "00700080") or words(header, "0008103E"))
    gather_references(header, described)
    segments = _segments(header, described)
    frames = segment_frames(header, frame_count=instance.frame_count)
    _count(instance, header, frames, segments, described, file)
    described.summary = {
        "type": text(header, "00620001")[:16] or ("LABELMAP" if is_label_map(header) else ""),
        "frames": instance.frame_count,
        "rows": instance.rows,
        "columns": instance.columns,
        "segments": list(segments.values()),
    }
    names = [segment["label"] for segment in segments.values() if segment["label"]]
    described.label = ", ".join(names)[:200] or described.label[:200]
    return described


def _segments(header: dict[str, Any], described: Described) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for segment in items(header, "00620002")[:MAX_SEGMENTS]:
        value = integer(segment, "00620004")
        if value is None or value in found or not 0 <= value <= MAX_SEGMENTS:
            described.notes.add(Finding.BROKEN_CONTENT, "A segment has no number of its own and is left out.")
            continue
        if value == 0 and is_label_map(header):
            continue  # the background
        colour = numbers(segment, "0062000D")
        found[value] = {
            "number": value,
            "label": words(segment, "00620005", 64),
            "description": words(segment, "00620006", 400),
            "category": meaning(segment, "00620003"),
            "type": code_of(segment, "0062000F"),
            "site": meaning(segment, "00082218"),
            "algorithm_type": words(segment, "00620008", 16),
            "algorithm": words(segment, "00620009", 64) or words(item(segment, "00620007"), "00660036", 64),
            "tracking_id": words(segment, "00620020", 200),
            "tracking_uid": words(segment, "00620021", 64),
            "colour_lab": [int(part) for part in colour] if len(colour) == 3 else None,
            "frames": 0,
            "voxels": None,
            "volume_ml": None,
        }
    if not found:
        described.notes.add(Finding.BROKEN_CONTENT, "No segment is described.")
    return found


def _count(
    instance: Instance,
    header: dict[str, Any],
    frames: list[SegmentFrame],
    segments: dict[int, dict[str, Any]],
    described: Described,
    file: BinaryIO,
) -> None:
    """Count voxels per segment and put volumes into the segments."""
    if not instance.frame_count:
        described.notes.add(Finding.BROKEN_CONTENT, "It holds no pixels.")
        return
    if instance.frame_count * instance.rows * instance.columns > MAX_MEASURED_PIXELS:
        described.notes.add(Finding.NOT_MEASURED, "It is too large to be measured.")
        return
    tally = _Tally(full_value(header), background_values(header) if is_label_map(header) else None)
    try:
        for frame, pixels in zip(frames, frame_pixels(instance, file=file, header=header), strict=False):
            tally.add(frame.segment, pixels)
    except PixelsError as error:
        described.notes.add(Finding.UNDECODABLE, error.message)
        return
    strangers = sorted(set(tally.voxels) - set(segments))
    if strangers:
        named = ", ".join(str(value) for value in strangers[:10])
        described.notes.add(Finding.BROKEN_CONTENT, f"Frames are of segments that are not described: {named}.")
    step = slice_step_mm(header, [frame.plane for frame in frames])
    spacing = frames[0].plane.spacing_mm if frames else None
    if step is None or spacing is None:
        described.notes.add(Finding.NOT_MEASURED, "The frames do not say how large a voxel is.")
    occupancy = text(header, "00620010") == "OCCUPANCY"
    for value, segment in segments.items():
        segment["frames"] = tally.frames.get(value, 0)
        segment["voxels"] = tally.voxels.get(value, 0)
        if step is not None and spacing is not None:
            amount = tally.shares.get(value, 0.0) if occupancy else float(segment["voxels"])
            segment["volume_ml"] = round(amount * step * spacing[0] * spacing[1] / 1000.0, 4)


class _Tally:
    """Frames, voxels and summed shares per segment."""

    def __init__(self, full: int, background: set[int] | None) -> None:
        self._full, self._background = full, background  # a background: it is a label map
        self.frames: dict[int, int] = {}
        self.voxels: dict[int, int] = {}
        self.shares: dict[int, float] = {}

    def add(self, segment: int, pixels: NDArray[Any]) -> None:
        """Count one frame."""
        if self._background is not None:
            counts = np.bincount(pixels.ravel())
            for value in np.flatnonzero(counts):
                if int(value) not in self._background:
                    self._put(int(value), int(counts[value]), float(counts[value]))
            return
        whole = (
            int(np.count_nonzero(pixels >= (self._full + 1) // 2)) if self._full > 1 else int(np.count_nonzero(pixels))
        )
        share = float(np.sum(pixels, dtype=np.float64)) / self._full
        if whole or share:
            self._put(segment, whole, share)

    def _put(self, segment: int, voxels: int, share: float) -> None:
        self.frames[segment] = self.frames.get(segment, 0) + 1
        self.voxels[segment] = self.voxels.get(segment, 0) + voxels
        self.shares[segment] = self.shares.get(segment, 0.0) + share
