"""What a DICOMweb client asks for (PS3.18 8.7), read tolerantly: OHIF leaves out quotation marks."""

import re
from dataclasses import dataclass, field

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
NATIVE_LITTLE = frozenset({"1.2.840.10008.1.2", EXPLICIT_LITTLE})
OCTETS = "application/octet-stream"

# PS3.18 8.7.3.3.2 with the HTJ2K types of Sup 235.
MEDIA_TYPES: dict[str, str] = {
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    **{f"1.2.840.10008.1.2.4.{number}": "image/jpeg" for number in (50, 51, 53, 55, 57, 70)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jls" for number in (80, 81)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jp2" for number in (90, 91)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jpx" for number in (92, 93)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jphc" for number in (201, 202, 203)},
}
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*("[^"]*"|[^;,]*)')
_RANGE = re.compile(r'\s*([^\s;,]+)((?:\s*;\s*[\w-]+\s*=\s*(?:"[^"]*"|[^;,]*))*)\s*(?:,|$)')


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One alternative of an Accept header.

    Attributes
    ----------
    media_type : str
        In lower case; inside multipart, the type of the parts.
    multipart : bool
        Whether it must come as multipart/related.
    transfer_syntax : str
        UID, `*`, or empty when not said.
    quality : float
        0 to 1.
    """

    media_type: str
    multipart: bool = False
    transfer_syntax: str = ""
    quality: float = field(default=1.0, compare=False)


def media_ranges(request: Request | HttpRequest) -> list[MediaRange]:
    """Return the alternatives that a request accepts, the best first; `?accept=` beats the header."""
    header = request.GET.get("accept", "") or request.headers.get("Accept", "") or "*/*"
    found = [_media_range(match.group(1).lower(), match.group(2)) for match in _RANGE.finditer(header)]
    ranges = sorted((one for one in found if one.quality > 0), key=lambda one: -one.quality)
    if not ranges:
        raise NotAcceptable
    return ranges


def _media_range(name: str, tail: str) -> MediaRange:
    values = {key.lower(): value.strip().strip('"') for key, value in _PARAMETER.findall(tail)}
    try:
        quality = float(values.get("q", "1"))
    except ValueError:
        quality = 1.0
    syntax = values.get("transfer-syntax", "")
    if name == "multipart/related":
        return MediaRange(values.get("type", "*/*").lower(), True, syntax, quality)
    return MediaRange(name, False, syntax, quality)


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """How frames leave: as stored or decoded to explicit little endian, and under which type."""

    decoded: bool
    multipart: bool
    media_type: str
    transfer_syntax: str

    @property
    def content_type(self) -> str:
        """Content-Type of one frame."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax}"


def frame_format(ranges: list[MediaRange], *, stored: str, browser_readable: bool) -> FrameFormat:
    """Choose the format of frames.

    Parameters
    ----------
    ranges : list of MediaRange
        From `media_ranges`.
    stored : str
        Transfer syntax of the stored instance.
    browser_readable : bool
        False when the stored frames must be decoded in any case (big endian, deflated, …).

    Raises
    ------
    NotAcceptable
        Nothing that is asked for can be had (406).
    """
    native = stored in NATIVE_LITTLE or not browser_readable
    own_type = OCTETS if native else MEDIA_TYPES.get(stored, OCTETS)
    own_syntax = EXPLICIT_LITTLE if native else stored
    for one in ranges:
        anything = one.media_type in ("*/*", "application/*" if own_type == OCTETS else "image/*")
        if anything and one.transfer_syntax in ("", "*", own_syntax):
            return FrameFormat(not browser_readable, one.multipart, own_type, own_syntax)
        if one.media_type == OCTETS and not native and one.transfer_syntax in ("", EXPLICIT_LITTLE):
            return FrameFormat(True, one.multipart, OCTETS, EXPLICIT_LITTLE)
        if one.media_type == OCTETS and one.transfer_syntax in ("", "*", own_syntax, stored):
            return FrameFormat(not browser_readable, one.multipart, OCTETS, own_syntax)
        alike = one.media_type in (own_type, own_type.replace("image/", "image/x-"))
        if alike and not native and one.transfer_syntax in ("", "*", stored):
            return FrameFormat(False, one.multipart, one.media_type, stored)
    raise NotAcceptable
