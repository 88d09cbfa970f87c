"""Blank rectangles in every frame of a file, and look again whether they are blank."""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from common.errors import InvalidError
from studies.codecs import frames_of
from studies.deident.codes import CLEAN_PIXELS, method_code
from studies.deident.make import read_original, transfer_syntax, written
from studies.dicomfile.spans import BIG_ENDIAN
from studies.errors import PixelsError
from studies.transcoding import unbound

MAX_BYTES = 2 << 30
"""Larger results are refused: they are made in memory."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in pixels, from the upper left corner."""

    x: int
    y: int
    width: int
    height: int

    def as_json(self) -> dict[str, int]:
        """Return it as the API shows it."""
        return asdict(self)


def blank_regions(data: bytes, regions: Sequence[Region]) -> bytes:
    """Return the file with the regions of every frame filled with zeros, uncompressed explicit little endian.

    Pixels outside the regions keep the values that they decode to (YBR as RGB). Overlays were removed before.

    Raises
    ------
    InvalidError
        No region, or one that is not inside the image.
    PixelsError
        The pixels cannot be decoded, or would take more than 2 GiB.
    """
    dataset = read_original(data)
    _check(dataset, regions)
    samples = dataset.get("SamplesPerPixel", 1) or 1
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    size = int(dataset.Rows) * int(dataset.Columns) * int(samples) * max(int(dataset.BitsAllocated), 8) // 8
    if size * max(frames, 1) > MAX_BYTES:
        raise PixelsError("The blanked pixels would take more than 2 GiB; they are not made here.")
    out = bytearray()
    for frame in _frames(dataset):
        for region in regions:
            frame[region.y : region.y + region.height, region.x : region.x + region.width] = 0
        out += frame.tobytes()
    if transfer_syntax(dataset) == BIG_ENDIAN:
        dataset = unbound(dataset, turn=True)
    _replace(dataset, bytes(out) + b"\0" * (len(out) % 2), coloured=int(samples) > 1)
    blanked = written(dataset, ExplicitVRLittleEndian)
    _verify(blanked, regions)
    return blanked


def mark_reviewed(data: bytes, *, code: tuple[str, str] | None) -> bytes:
    """Return a de-identified file that says that nothing is burned in any more; `code` names what was done."""
    dataset = read_original(data)
    dataset.BurnedInAnnotation = "NO"
    if code is not None:
        done = list(dataset.get("DeidentificationMethodCodeSequence") or ())
        if not any(item.get("CodeValue") == CLEAN_PIXELS[0] for item in done):
            dataset.DeidentificationMethodCodeSequence = [*done, method_code(code)]
    return written(dataset, transfer_syntax(dataset))


def _check(dataset: Dataset, regions: Sequence[Region]) -> None:
    rows, columns = int(dataset.get("Rows", 0) or 0), int(dataset.get("Columns", 0) or 0)
    wrong = [
        region.as_json()
        for region in regions
        if min(region.x, region.y) < 0
        or min(region.width, region.height) < 1
        or region.x + region.width > columns
        or region.y + region.height > rows
    ]
    if wrong or not regions:
        raise InvalidError(
            f"Give at least one rectangle inside the image of {columns} × {rows} pixels.", fields={"regions": wrong}
        )


def _frames(dataset: Dataset) -> Any:
    """Yield frames as (rows, columns[, samples]) arrays that may be written to."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for frame in frames_of(dataset, raw=False):
                yield frame.astype(frame.dtype.newbyteorder("<"))  # a copy; it is written in little endian
    except Exception as error:  # codecs raise anything on damaged data
        raise PixelsError("The pixels of this image cannot be decoded, so no region can be blanked.") from error


def _replace(dataset: Dataset, pixels: bytes, *, coloured: bool) -> None:
    bits = int(dataset.BitsAllocated)
    if bits == 1:
        raise PixelsError("Images of one bit per pixel are not blanked here.")
    for tag in (0x7FE00001, 0x7FE00002, 0x7FE00003):
        if tag in dataset:
            del dataset[tag]
    if coloured:
        dataset.PlanarConfiguration = 0
        if str(dataset.PhotometricInterpretation).startswith("YBR"):
            dataset.PhotometricInterpretation = "RGB"
    dataset.PixelData = pixels
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
    dataset["PixelData"].is_undefined_length = False


def _verify(data: bytes, regions: Sequence[Region]) -> None:
    """Decode the result and look at every region of every frame.

    Raises
    ------
    PixelsError
        One of them is not blank: nothing is stored.
    """
    for frame in _frames(read_original(data)):
        for region in regions:
            part: NDArray[Any] = frame[region.y : region.y + region.height, region.x : region.x + region.width]
            if part.any():
                raise PixelsError("A region was not blank after blanking; nothing was stored.")
