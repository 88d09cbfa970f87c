"""Read a DICOM header without trusting it, and find where the pixel data lies."""

import io
import re
import struct
import zlib
from dataclasses import dataclass, field
from mmap import mmap
from typing import Any, BinaryIO

from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from studies.dicomfile.metadata import dataset_json
from studies.dicomfile.quick import PixelElement, UnusualError, quick_header
from studies.dicomfile.quiet import quietly
from studies.dicomfile.thorough import read_dataset, read_elements
from studies.errors import SetAsideError
from studies.types import SetAsideReason

FLOAT_PIXEL_DATA = 0x7FE00008
DOUBLE_PIXEL_DATA = 0x7FE00009
INFLATE_FLOOR_BYTES = 64 << 20
INFLATE_LIMIT_BYTES = 1 << 30
INFLATE_RATIO = 200
_UID = re.compile(r"[0-9.]{1,64}")
SYNTAX, MEDIA_CLASS, MEDIA_INSTANCE = 0x00020010, 0x00020002, 0x00020003


@dataclass(slots=True)
class Header:
    """A parsed header.

    Attributes
    ----------
    values : dict
        DICOM JSON of everything before the pixel data; a BulkDataURI is the path alone (`/TAG`, `/TAG/item/TAG`).
    bulk : list of dict
        The elements of `values` that have one.
    bad : list of str
        Tags whose values break their VR (kept as UN).
    meta : dict
        UIDs of the file meta information by tag, as far as there are any.
    start : int
        Where the data set begins in the file.
    transfer_syntax_uid : str
        As stated, or as found where the file does not state it.
    pixels : PixelElement or None
        None when there are no pixel data. Offsets count in `body`.
    body : BinaryIO
        The file itself, or its inflated data set.
    size : int
        Length of `body` in bytes.
    """

    values: dict[str, Any]
    meta: dict[int, str]
    start: int
    transfer_syntax_uid: str
    pixels: PixelElement | None
    body: BinaryIO
    size: int
    bulk: list[dict[str, Any]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    @property
    def syntax_stated(self) -> bool:
        """Whether the file says its transfer syntax."""
        return bool(self.meta.get(SYNTAX))


def read_header(stream: BinaryIO, size: int) -> Header:
    """Parse the header of a DICOM file, with or without preamble and file meta.

    Parameters
    ----------
    stream : BinaryIO
        A BytesIO or an mmap, which cost no copy; anything else is read into memory.
    size : int
        Its length in bytes.

    Raises
    ------
    SetAsideError
        `not_dicom`, `truncated`, `unsupported`. A damaged file may raise anything else from the parser.
    """
    data = _data_of(stream)
    _seek_dataset(stream, size)
    meta = _meta(stream, data, size)
    start = stream.tell()
    if not _UID.fullmatch(meta.get(SYNTAX, "")):  # it goes out in headers: what is no UID was not said
        meta.pop(SYNTAX, None)
    syntax = meta.get(SYNTAX, "")
    if syntax == DeflatedExplicitVRLittleEndian:
        data = _inflate(data[start:])
        stream, size = io.BytesIO(data), len(data)
    begin = stream.tell()
    implicit, little = _encoding(stream, syntax)
    header = Header({}, meta, start, syntax or _syntax_found(implicit=implicit, little=little), None, stream, size)
    if little:
        try:
            found = quick_header(data, begin, implicit=implicit)
        except UnusualError:
            stream.seek(begin)
        else:
            header.values, header.bulk, header.pixels = found.values, found.bulk, found.pixels
            return header
    with quietly():
        dataset, header.pixels = read_dataset(stream, data, implicit=implicit, little=little)
        header.values = dataset_json(dataset, bulk=header.bulk, bad=header.bad)
    return header


def _data_of(stream: BinaryIO | mmap) -> bytes | mmap:
    if isinstance(stream, mmap):
        return stream
    if isinstance(stream, io.BytesIO):
        return stream.getvalue()
    stream.seek(0)
    return stream.read()


def _meta(stream: BinaryIO, data: bytes | mmap, size: int) -> dict[int, str]:
    """Return the UIDs of the file meta information and leave the stream at the data set."""
    at, found = stream.tell(), {}
    while data[at : at + 2] == b"\x02\x00" and at + 12 <= size:
        element, vr, length = struct.unpack_from("<H2sH", data, at + 2)
        at += 8
        if vr == b"OB":
            (length,) = struct.unpack_from("<L", data, at)
            at += 4
        elif not (vr.isalpha() and vr.isupper()) or vr in (b"UN", b"OW", b"UT", b"SQ"):
            return _odd_meta(stream, size)
        if at + length > size:
            return _odd_meta(stream, size)
        if vr == b"UI":
            found[0x00020000 | element] = data[at : at + length].decode("ascii", "replace").strip("\0 ")
        at += length
    stream.seek(at)
    return found


def _odd_meta(stream: BinaryIO, size: int) -> dict[int, str]:
    """Read it by pydicom, which also says what is wrong with it."""
    with quietly():
        meta, _ = read_elements(stream, size, implicit=False, little=True, stop=lambda tag: tag >> 16 != 2)
        said = (tag for tag in (SYNTAX, MEDIA_CLASS, MEDIA_INSTANCE) if tag in meta)
        return {tag: str(meta[tag].value or "").strip("\0 ") for tag in said}


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


def _inflate(packed: bytes) -> bytes:
    """Return the inflated data set; bounded whatever the file does."""
    limit = min(INFLATE_LIMIT_BYTES, max(INFLATE_FLOOR_BYTES, INFLATE_RATIO * len(packed)))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = inflater.decompress(packed, limit)
    except zlib.error as error:
        raise SetAsideError(SetAsideReason.UNREADABLE, f"The deflated data set is damaged: {error}.") from error
    if inflater.unconsumed_tail:
        raise SetAsideError(SetAsideReason.UNSUPPORTED, f"The data set inflates to more than {limit >> 20} MB.")
    if not inflater.eof:
        raise SetAsideError(SetAsideReason.TRUNCATED, "The deflated data set ends too soon.")
    return body
