"""Read a DICOM header without trusting it, and find where the pixel data lies.

`pydicom.dcmread` is not used as it stands: it swallows a data set that ends too soon, and inflates a deflated one
without bound. Its element reader is.
"""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset
from pydicom.filereader import data_element_generator
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from studies.errors import SetAsideError
from studies.types import SetAsideReason

PIXEL_DATA = 0x7FE00010
FLOAT_PIXEL_DATA = 0x7FE00008
DOUBLE_PIXEL_DATA = 0x7FE00009
UNDEFINED = 0xFFFFFFFF
HEADER_LIMIT_BYTES = 256 << 20
INFLATE_FLOOR_BYTES = 64 << 20
INFLATE_LIMIT_BYTES = 1 << 30
INFLATE_RATIO = 200


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixel data element's value begins and how long it claims to be (UNDEFINED when encapsulated)."""

    tag: int
    length: int
    value_offset: int


@dataclass(frozen=True, slots=True)
class Header:
    """A parsed header.

    Attributes
    ----------
    dataset : Dataset
        Everything before the pixel data.
    transfer_syntax_uid : str
        As stated, or as found where the file does not state it.
    pixels : PixelElement or None
        None when there are no pixel data. Offsets count in `body`.
    body : BinaryIO
        The file itself, or its inflated data set.
    size : int
        Length of `body` in bytes.
    """

    dataset: Dataset
    transfer_syntax_uid: str
    pixels: PixelElement | None
    body: BinaryIO
    size: int


def read_header(stream: BinaryIO, size: int) -> Header:
    """Parse the header of a DICOM file, with or without preamble and file meta.

    Raises
    ------
    SetAsideError
        `not_dicom`, `truncated`, `unsupported`. A damaged file may raise anything else from the parser.
    """
    _seek_dataset(stream, size)
    meta = _read_elements(stream, size, implicit=False, little=True, stop=lambda tag: tag >> 16 != 2)[0]
    syntax = str(meta.get("TransferSyntaxUID", "") or "").strip("\0 ")
    if syntax == DeflatedExplicitVRLittleEndian:
        stream, size = _inflate(stream, size)
    implicit, little = _encoding(stream, syntax)
    if not syntax:
        syntax = _syntax_found(implicit=implicit, little=little)
    dataset, pixels = _read_elements(
        stream,
        size,
        implicit=implicit,
        little=little,
        stop=lambda tag: tag in (PIXEL_DATA, FLOAT_PIXEL_DATA, DOUBLE_PIXEL_DATA),
    )
    charsets = convert_encodings(dataset.get("SpecificCharacterSet") or "ISO_IR 6")
    dataset.set_original_encoding(implicit, little, charsets)
    return Header(dataset, syntax, pixels, stream, size)


def _seek_dataset(stream: BinaryIO, size: int) -> None:
    """Leave the stream at the first element; refuse what is clearly not DICOM."""
    stream.seek(0)
    start = stream.read(132)
    if start[128:132] == b"DICM":
        return
    stream.seek(0)
    if len(start) >= 8 and _looks_like_element(start[:8], size):
        return
    hint = next((name for magic, name in _OTHER_FORMATS if start.startswith(magic)), "")
    if size == 0:
        detail = "The file is empty."
    elif hint:
        detail = f"This is {hint}, not a DICOM file."
    else:
        detail = "The file does not begin as DICOM files do."
    raise SetAsideError(SetAsideReason.NOT_DICOM, detail)


_OTHER_FORMATS = (
    (b"\x1f\x8b", "a gzip file (unpack it first)"),
    (b"PK", "a zip file that cannot be opened"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%PDF", "a PDF document"),
    (b"NRRD", "an NRRD volume"),
    (b"\x5c\x01\x00\x00", "a NIfTI volume"),
    (b"{", "a JSON text"),
)


def _looks_like_element(start: bytes, size: int) -> bool:
    """Say whether 8 bytes can be the first element of a bare data set (group 0002 or 0008)."""
    if start[:2] in (b"\x02\x00", b"\x08\x00"):
        explicit = start[4:6].isalpha() and start[4:6].isupper()
        element, length = struct.unpack("<2xHL", start)
        return bool(element < 0x0200 and (explicit or length < size))
    return start[:2] == b"\x00\x08" and start[4:6].isalpha() and start[4:6].isupper()


def _encoding(stream: BinaryIO, syntax: str) -> tuple[bool, bool]:
    """Return (implicit VR, little endian): what the first element shows beats what the file states."""
    here = stream.tell()
    start = stream.read(6)
    stream.seek(here)
    implicit = not (start[4:6].isalpha() and start[4:6].isupper())
    if syntax:
        return implicit, syntax != ExplicitVRBigEndian
    return implicit, implicit or start[:1] != b"\x00"


def _syntax_found(*, implicit: bool, little: bool) -> str:
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRLittleEndian if little else ExplicitVRBigEndian)


_CUT_HEADER = "The file ends in the middle of its header."


def _read_elements(
    stream: BinaryIO, size: int, *, implicit: bool, little: bool, stop: Callable[[int], bool]
) -> tuple[Dataset, PixelElement | None]:
    """Read elements up to the first for which `stop` is true; that one is described if it holds pixels."""
    stopped: list[PixelElement] = []
    begin = stream.tell()

    def watch(tag: Any, vr: str | None, length: int) -> bool:
        here = stream.tell()
        if stop(tag):
            stopped.append(PixelElement(int(tag), length, here))
            return True
        if length != UNDEFINED and here + length > size:
            raise SetAsideError(
                SetAsideReason.TRUNCATED,
                f"The file ends inside element {tag}, which should have {length:,} bytes but {size - here:,} are left.",
            )
        if here + (0 if length == UNDEFINED else length) - begin > HEADER_LIMIT_BYTES:
            raise SetAsideError(SetAsideReason.UNSUPPORTED, "The header alone is larger than 256 MB.")
        return False

    try:
        elements, end = {}, begin
        for element in data_element_generator(stream, implicit, little, stop_when=watch):
            elements[element.tag], end = element, stream.tell()
    except (EOFError, struct.error) as error:
        raise SetAsideError(SetAsideReason.TRUNCATED, _CUT_HEADER) from error
    if not stopped and 0 < size - end < 8:  # not even the head of another element
        raise SetAsideError(SetAsideReason.TRUNCATED, _CUT_HEADER)
    return Dataset(elements), stopped[0] if stopped else None


def _inflate(stream: BinaryIO, size: int) -> tuple[BinaryIO, int]:
    """Return the inflated data set and its length; bounded whatever the file does."""
    limit = min(INFLATE_LIMIT_BYTES, max(INFLATE_FLOOR_BYTES, INFLATE_RATIO * size))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = inflater.decompress(stream.read(size), limit)
    except zlib.error as error:
        raise SetAsideError(SetAsideReason.UNREADABLE, f"The deflated data set is damaged: {error}.") from error
    if inflater.unconsumed_tail:
        raise SetAsideError(SetAsideReason.UNSUPPORTED, f"The data set inflates to more than {limit >> 20} MB.")
    if not inflater.eof:
        raise SetAsideError(SetAsideReason.TRUNCATED, "The deflated data set ends too soon.")
    return io.BytesIO(body), len(body)
