"""Where each frame's bytes lie in the stored file, so that serving a frame is reading a range."""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from studies.dicomfile.header import Header
from studies.dicomfile.quick import UNDEFINED
from studies.errors import SetAsideError
from studies.types import SetAsideReason

DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
UNCOMPRESSED = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", DEFLATED, BIG_ENDIAN})
MAX_FRAMES = 200_000
MAX_FRAGMENTS = 1_000_000
_ITEM, _DELIMITER = 0xFFFEE000, 0xFFFEE0DD


@dataclass(frozen=True, slots=True)
class FrameShape:
    """What the image pixel module says of one frame."""

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    photometric: str

    @property
    def bits(self) -> int:
        """Bits of one native frame; YBR_FULL_422 stores two samples per pixel (PS3.3 C.7.6.3.1.2)."""
        samples = 2 if self.photometric == "YBR_FULL_422" else self.samples_per_pixel
        return self.rows * self.columns * samples * self.bits_allocated


def frame_spans(header: Header, shape: FrameShape, frames: int) -> list[list[int]]:
    """Return [[offset, length], …] into the stored file, one per frame, or [] when frames need assembling or decoding.

    Empty for: big endian, deflated, uncompressed YBR_FULL_422, frames that do not begin on a byte, and frames
    of several fragments.

    Raises
    ------
    SetAsideError
        `truncated` when fewer bytes are there than the header says; `unsupported` beyond MAX_FRAMES.
    """
    if header.pixels is None or frames == 0:
        return []
    if frames > MAX_FRAMES:
        raise SetAsideError(SetAsideReason.UNSUPPORTED, f"More than {MAX_FRAMES:,} frames in one instance.")
    if header.transfer_syntax_uid in UNCOMPRESSED:
        return _native_spans(header, shape, frames)
    if header.pixels.length != UNDEFINED:
        raise SetAsideError(SetAsideReason.UNREADABLE, "Compressed pixel data that are not in fragments.")
    fragments = _fragments(header.body, header.pixels.value_offset, header.size)
    if len(fragments) < frames:
        raise SetAsideError(
            SetAsideReason.TRUNCATED, f"The header says {frames:,} frames, the file holds {len(fragments):,}."
        )
    if len(fragments) != frames or any(length == 0 for _, length in fragments):
        return []
    return fragments


def whole_frames(header: Header, shape: FrameShape) -> int:
    """Return how many frames the pixel data must be when the header does not say it; 0: that cannot be told."""
    pixels = header.pixels
    if pixels is None or pixels.length == UNDEFINED or header.transfer_syntax_uid not in UNCOMPRESSED or shape.bits % 8:
        return 0
    there, length = min(pixels.length, header.size - pixels.value_offset), shape.bits // 8
    padding = there % length
    return there // length if padding == 0 or (padding == 1 and length % 2) else 0


def _native_spans(header: Header, shape: FrameShape, frames: int) -> list[list[int]]:
    assert header.pixels is not None  # noqa: S101  # the caller has looked; this is for the type checker
    start, stated = header.pixels.value_offset, header.pixels.length
    if stated == UNDEFINED:
        raise SetAsideError(SetAsideReason.UNREADABLE, "Uncompressed pixel data without a length.")
    expected = (shape.bits * frames + 7) // 8
    there = min(stated, header.size - start)
    if there < expected:
        raise SetAsideError(
            SetAsideReason.TRUNCATED,
            f"The image needs {expected:,} bytes of pixel data, {there:,} are there.",
        )
    plain = header.transfer_syntax_uid not in (DEFLATED, BIG_ENDIAN) and shape.photometric != "YBR_FULL_422"
    if not plain or shape.bits % 8:
        return []
    length = shape.bits // 8
    return [[start + index * length, length] for index in range(frames)]


def _fragments(body: BinaryIO, start: int, size: int) -> list[list[int]]:
    """Walk the items of encapsulated pixel data (PS3.5 A.4), leaving out the basic offset table."""
    found: list[list[int]] = []
    position, first = start, True
    while position + 8 <= size:
        body.seek(position)
        group, element, length = struct.unpack("<HHL", body.read(8))
        tag = group << 16 | element
        if tag == _DELIMITER:
            break
        if tag != _ITEM:
            raise SetAsideError(SetAsideReason.UNREADABLE, "The fragments of the pixel data are damaged.")
        position += 8
        if position + length > size:
            raise SetAsideError(SetAsideReason.TRUNCATED, "The file ends inside a fragment of the pixel data.")
        if not first:
            found.append([position, length])
        if len(found) > MAX_FRAGMENTS:
            raise SetAsideError(SetAsideReason.UNSUPPORTED, f"More than {MAX_FRAGMENTS:,} fragments.")
        first = False
        position += length
    return found
