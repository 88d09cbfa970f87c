"""DICOM JSON straight from the bytes of a header: several times faster than making an object of every element.

Only what is ordinary is read here, and exactly as `read_header` and `dataset_json` would have read it (a test compares
both on every real file at hand). Whatever is unusual, damaged or ambiguous raises `UnusualError`, and the caller takes
the thorough way by pydicom.
"""

import math
import mmap
import struct
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydicom.charset import convert_encodings, decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR, private_dictionary_VR
from pydicom.valuerep import TEXT_VR_DELIMS
from pydicom.values import convert_PN

from studies.dicomfile.metadata import ALWAYS_INLINE, INLINE_BYTES
from studies.dicomfile.quiet import quietly
from studies.errors import SetAsideError
from studies.types import SetAsideReason

UNDEFINED = 0xFFFFFFFF
PIXEL_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
MAX_DEPTH = 16
MAX_TEXT_BYTES = 1 << 20
MAX_ITEMS = 1_000_000
SHORT_BYTES = 64
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_explicit_head = struct.Struct("<HH2sH").unpack_from
_implicit_head = struct.Struct("<HHL").unpack_from
_long = struct.Struct("<L").unpack_from
_LUT_DESCRIPTORS = frozenset({0x00281101, 0x00281102, 0x00281103, 0x00283002})
_DEFAULT = ("iso8859",)
_LONG_VRS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OW", b"OV", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"})
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the pixel data element's value begins and how long it claims to be (UNDEFINED when encapsulated)."""

    tag: int
    length: int
    value_offset: int


class UnusualError(Exception):
    """Something that is left to pydicom."""


def too_many_items() -> SetAsideError:
    """Return what is said of a header that would cost too much memory."""
    return SetAsideError(SetAsideReason.UNSUPPORTED, f"The header holds more than {MAX_ITEMS:,} sequence items.")


@dataclass(slots=True)
class QuickHeader:
    """What was found.

    Attributes
    ----------
    values : dict
        DICOM JSON before the pixel data; a BulkDataURI is only the path (`/TAG` or `/TAG/item/TAG`) so far.
    bulk : list of dict
        The elements of `values` that have one.
    pixels : PixelElement or None
        The pixel data, if there are any.
    """

    values: Json
    bulk: list[Json]
    pixels: PixelElement | None


def quick_header(data: bytes | mmap.mmap, start: int, *, implicit: bool) -> QuickHeader:
    """Read a little-endian data set that begins at `start`.

    Raises
    ------
    UnusualError
        Take the thorough way instead.
    SetAsideError
        `unsupported`: more than a million sequence items, each of which costs memory.
    """
    reader = _Reader(data, implicit)
    try:
        values, _ = reader.elements(start, len(data), _Context(_DEFAULT), "", 0)
    except (struct.error, ValueError, KeyError, TypeError, IndexError, OverflowError, LookupError) as error:
        raise UnusualError(repr(error)) from error
    return QuickHeader(values, reader.bulk, reader.pixels)


@dataclass(slots=True)
class _Context:
    """What an element's reading depends on."""

    charset: tuple[str, ...]
    signed: bool | None = None
    creators: dict[int, str] = field(default_factory=dict)


class _Reader:
    def __init__(self, data: bytes | mmap.mmap, implicit: bool) -> None:
        self.data = data
        self.implicit = implicit
        self.items = 0
        self.bulk: list[Json] = []
        self.pixels: PixelElement | None = None

    def elements(
        self, at: int, end: int, context: _Context, path: str, depth: int, *, delimited: bool = False
    ) -> tuple[Json, int]:
        """Return the elements of a data set and where it ended."""
        data, implicit = self.data, self.implicit
        values: Json = {}
        before = -1
        while at < end:
            if implicit:
                group, element, length = _implicit_head(data, at)
                code = b""
                at += 8
            else:
                group, element, code, length = _explicit_head(data, at)
                at += 8
                if code in _LONG_VRS:
                    (length,) = _long(data, at)
                    at += 4
            tag = group << 16 | element
            if tag == _ITEM_END and delimited:
                return values, at
            if tag <= before:
                raise UnusualError("not in order")
            before = tag
            if depth == 0 and tag in PIXEL_TAGS:
                self.pixels = PixelElement(tag, length, at)
                return values, at
            vr = code.decode("ascii") if code else ""
            if not vr or vr == "UN":
                vr = self._vr(tag, length, vr, context)
            name = f"{tag:08X}"
            if vr == "SQ":
                if code == b"UN":
                    raise UnusualError("a sequence as UN")
                items, at = self._items(at, length, end, context, f"{path}/{name}", depth)
                values[name] = {"vr": "SQ", "Value": items}
                continue
            if length > end - at:
                raise UnusualError("cut, or of undefined length")
            if element == 0 or group in (0, 2, 0xFFFC):
                at += length
                continue
            values[name] = found = self._value(tag, vr, at, length, context, values, f"{path}/{name}")
            at += length
            if tag == 0x00080005:
                context.charset = _charset(tuple(found.get("Value", ())))
            elif tag == 0x00280103:
                context.signed = bool(found.get("Value", [0])[0])
            elif group & 1 and 0x10 <= element < 0x100:
                context.creators[group << 16 | element] = found.get("Value", [""])[0]
        if delimited or at != end:
            raise UnusualError("no end")
        return values, at

    def _vr(self, tag: int, length: int, vr: str, context: _Context) -> str:
        """Return the VR of an element that does not say it."""
        if tag >> 16 & 1:
            if 0x10 <= tag & 0xFFFF < 0x100:
                return "LO"
            creator = context.creators.get(tag >> 16 << 16 | (tag & 0xFFFF) >> 8, "") if tag & 0xFF00 else ""
            return _private_vr(tag, creator) if creator else "UN"
        if vr == "UN" and length >= 0xFFFF:
            return vr
        return _public_vr(tag)

    def _items(
        self, at: int, length: int, end: int, context: _Context, path: str, depth: int
    ) -> tuple[list[Json], int]:
        if depth >= MAX_DEPTH:
            raise UnusualError("too deep")
        open_end = length == UNDEFINED
        stop = end if open_end else at + length
        if stop > end:
            raise UnusualError("cut")
        items: list[Json] = []
        while at < stop:
            group, element, size = _implicit_head(self.data, at)
            at += 8
            tag = group << 16 | element
            if tag == _SEQUENCE_END and open_end:
                return items, at
            if tag != _ITEM:
                raise UnusualError("no item")
            self.items += 1
            if self.items > MAX_ITEMS:
                raise too_many_items()
            here = f"{path}/{len(items)}"
            inner = _Context(context.charset, context.signed)
            if size == UNDEFINED:
                item, at = self.elements(at, stop, inner, here, depth + 1, delimited=True)
            else:
                if size > stop - at:
                    raise UnusualError("cut")
                item, at = self.elements(at, at + size, inner, here, depth + 1)
            items.append(item)
        if open_end:
            raise UnusualError("no end")
        return items, at

    def _value(self, tag: int, vr: str, at: int, length: int, context: _Context, values: Json, path: str) -> Json:
        if " " in vr:
            vr = _settled(tag, vr, context, values)
        if length == 0:
            return {"vr": vr}
        if vr in _BINARY:
            found: Json = {"vr": vr}
            if length > INLINE_BYTES and tag not in ALWAYS_INLINE:
                found["BulkDataURI"] = path
                self.bulk.append(found)
            else:
                if length > MAX_TEXT_BYTES:
                    raise UnusualError("large")
                found["InlineBinary"] = b64encode(self.data[at : at + length]).decode("ascii")
            return found
        if length > MAX_TEXT_BYTES:
            raise UnusualError("large")
        raw = self.data[at : at + length]
        if tag in _LUT_DESCRIPTORS:
            value = _PLAIN[vr](raw)
            if isinstance(value[0], int) and value[0] < 0 and len(value) > 1:
                value[0] += 65536
            return {"vr": vr, "Value": value}
        return _remembered(vr, raw, context.charset) if length <= SHORT_BYTES else _read(vr, raw, context.charset)


def _read(vr: str, raw: bytes, charset: tuple[str, ...]) -> Json:
    text = _TEXT.get(vr)
    value = text(raw, charset) if text is not None else _PLAIN[vr](raw)
    return {"vr": vr, "Value": value} if value else {"vr": vr}


_remembered = lru_cache(maxsize=8192)(_read)
"""Most elements of a series say the same in every instance. What it returns is shared: nobody changes it in place."""


@lru_cache(maxsize=8192)
def _public_vr(tag: int) -> str:
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return "UN"


@lru_cache(maxsize=8192)
def _private_vr(tag: int, creator: str) -> str:
    try:
        return str(private_dictionary_VR(tag, creator))
    except KeyError:
        return "UN"


@lru_cache(maxsize=256)
def _charset(terms: tuple[str, ...]) -> tuple[str, ...]:
    if not all(term in python_encoding for term in terms):
        raise UnusualError("an unknown character set")
    with quietly():
        return tuple(convert_encodings(list(terms) or "ISO_IR 6"))


def _settled(tag: int, vr: str, context: _Context, values: Json) -> str:
    """Return the VR where the dictionary leaves a choice (PS3.6 and PS3.5 annex A)."""
    if vr == "US or SS":
        if context.signed is None:
            raise UnusualError("signed or not")
        return "SS" if context.signed else "US"
    if tag == 0x00283006 and values.get("00283002", {}).get("Value", [1])[0] != 1:
        return "OW"
    if tag & 0xFF00FFFF == 0x60003000:
        return "OW"
    raise UnusualError("an ambiguous VR")


def _decoded(raw: bytes, charset: tuple[str, ...]) -> str:
    if raw.isascii() and b"\x1b" not in raw:
        return raw.decode("ascii")
    with quietly():
        return str(decode_bytes(raw, charset, TEXT_VR_DELIMS))


def _string(raw: bytes) -> list[str]:
    items = raw.decode("iso8859").rstrip(" \0").split("\\")
    return items if len(items) > 1 or items[0] else []


def _uid(raw: bytes) -> list[str]:
    return [item.strip() for item in _string(raw)]


def _entity(raw: bytes) -> list[str]:
    items = [item.strip() for item in raw.decode("iso8859").split("\\")]
    return items if len(items) > 1 or items[0] else []


def _address(raw: bytes) -> list[str]:
    value = raw.decode("iso8859").rstrip()
    return [value] if value else []


def _decimal(raw: bytes) -> list[float]:
    items = raw.decode("iso8859").strip().rstrip(" \0").split("\\")
    if items == [""]:
        return []
    found = [float(item) for item in items]
    if not all(map(math.isfinite, found)):
        raise UnusualError("no number")
    return found


def _integer(raw: bytes) -> list[int]:
    items = raw.decode("iso8859").rstrip(" \0").split("\\")
    return [] if items == [""] else [int(item) for item in items]


def _attribute(raw: bytes) -> list[str]:
    words = struct.unpack(f"<{len(raw) // 4 * 2}H", raw)
    return [f"{group:04X}{element:04X}" for group, element in zip(words[::2], words[1::2], strict=True)]


def _numbers(kind: str) -> Callable[[bytes], list[Any]]:
    size = struct.calcsize("=" + kind)

    def convert(raw: bytes) -> list[Any]:
        return list(struct.unpack(f"<{len(raw) // size}{kind}", raw))

    return convert


def _reals(kind: str) -> Callable[[bytes], list[Any]]:
    convert = _numbers(kind)

    def finite(raw: bytes) -> list[Any]:
        found = convert(raw)
        if not all(map(math.isfinite, found)):
            raise UnusualError("no number")
        return found

    return finite


def _words(raw: bytes, charset: tuple[str, ...]) -> list[str]:
    items = [item.rstrip("\0 ") for item in _decoded(raw, charset).split("\\")]
    return items if len(items) > 1 or items[0] else []


def _paragraph(raw: bytes, charset: tuple[str, ...]) -> list[str]:
    value = _decoded(raw, charset).rstrip("\0 ")
    return [value] if value else []


def _name(raw: bytes, charset: tuple[str, ...]) -> list[Json]:
    if raw.isascii() and b"\x1b" not in raw and b"\\" not in raw and b"=" not in raw:
        value = raw.decode("ascii").rstrip("\0 ")
        return [{"Alphabetic": value}] if value else []
    with quietly():
        people = convert_PN(raw, list(charset))
    found = []
    for person in [people] if isinstance(people, str) or hasattr(people, "components") else people:
        parts = zip(("Alphabetic", "Ideographic", "Phonetic"), person.components, strict=False)
        found.append(dict(parts))
    if not all(found):
        raise UnusualError("an empty name among several")
    return found


_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_TEXT: dict[str, Callable[[bytes, tuple[str, ...]], list[Any]]] = {
    "LO": _words, "SH": _words, "UC": _words, "LT": _paragraph, "ST": _paragraph, "UT": _paragraph, "PN": _name,
}  # fmt: skip
_PLAIN: dict[str, Callable[[bytes], list[Any]]] = {
    "AE": _entity, "AS": _string, "AT": _attribute, "CS": _string, "DA": _string, "DS": _decimal, "DT": _string,
    "FD": _reals("d"), "FL": _reals("f"), "IS": _integer, "SL": _numbers("l"), "SS": _numbers("h"), "SV": _numbers("q"),
    "TM": _string, "UI": _uid, "UL": _numbers("L"), "UR": _address, "US": _numbers("H"), "UV": _numbers("Q"),
}  # fmt: skip
