"""What compressed frames say beside their pixels: comments and application data of JPEG and JPEG 2000 (T.81, T.800)."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pydicom.encaps import generate_fragments, parse_basic_offsets

_UNDEFINED = 0xFFFFFFFF
_JPEG, _JPEG_2000 = b"\xff\xd8", b"\xff\x4f"
_COMMENT, _SCAN, _SPIFF = 0xFE, 0xDA, 0xE8
_COMMENT_2000, _TILE_2000 = 0x64, 0x90
_PLAIN = (b"JFIF\0", b"JFXX\0", b"LJIF\0", b"Adobe")
_ENCODER = re.compile(  # what software signs with; anything else may be a word of a person
    rb"(?:Created by )?(?:GDCM/)?OpenJPEG version [\d.]{1,12}|Kakadu-v?s?[\d.]{1,12}|OpenJPH Ver [\d.]{1,12}"
    rb"|Creator: (?:JasPer Version [\d.]{1,12}|AV-J2K \(c\) [\d,]{4,14} Algo Vision)"
    rb"|Kdu-Layer-Info: log_2\{Delta-D\([^()]{1,40}\)/Delta-L\(bytes\)\}, L\(bytes\)[\d\s.,e+-]*"
)


def says_more(dataset: Dataset) -> bool:
    """Say whether any JPEG or JPEG 2000 frame carries comments or application data beyond what encoders sign with.

    Only the heads of frames are read. Frames that cannot be told apart, and heads without an end, count as saying more.
    """
    raw: Any = dataset.get_item(0x7FE00010)
    value = getattr(raw, "value", None)
    if not isinstance(value, bytes) or getattr(raw, "length", _UNDEFINED) != _UNDEFINED:
        return False  # not compressed
    buffer = BytesIO(value)
    try:
        parse_basic_offsets(buffer)
        return any(map(_speaks, generate_fragments(buffer)))
    except (ValueError, EOFError):
        return True


def _speaks(part: bytes) -> bool:
    """Look at a frame's head; other codecs, and the further parts of a frame, say nothing."""
    if part.startswith(_JPEG):
        return any(
            marker == _COMMENT or (0xE0 <= marker <= 0xEF and marker != _SPIFF and not body.startswith(_PLAIN))
            for marker, body in _segments(part, last=_SCAN)
        )
    if part.startswith(_JPEG_2000):
        return any(
            marker == _COMMENT_2000 and _ENCODER.fullmatch(body[2:].strip(b"\0 \r\n")) is None
            for marker, body in _segments(part, last=_TILE_2000)
        )
    return False


def _segments(part: bytes, *, last: int) -> Iterator[tuple[int, bytes]]:
    """Yield the segments of a frame's head, up to the marker `last`.

    Raises
    ------
    EOFError
        The head does not end.
    """
    place = 2
    while place + 4 <= len(part) and part[place] == 0xFF:
        marker, length = part[place + 1], int.from_bytes(part[place + 2 : place + 4], "big")
        if marker == last:
            return
        if marker == 0xFF:  # fill bytes
            place += 1
            continue
        if length < 2:
            break
        yield marker, part[place + 4 : place + 2 + length]
        place += 2 + length
    raise EOFError
