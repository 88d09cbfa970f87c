"""What a DICOMweb client asks for (PS3.18 8.7), read tolerantly: OHIF leaves out quotation marks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
NATIVE_LITTLE = frozenset({"1.2.840.10008.1.2", EXPLICIT_LITTLE})
OCTETS = "application/octet-stream"
JSON_TYPES = frozenset({"application/dicom+json", "application/json"})

# PS3.18 8.7.3.3.2 with the HTJ2K types of Sup 235.
MEDIA_TYPES: dict[str, str] = {
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    **{f"1.2.840.10008.1.2.4.{number}": "image/jpeg" for number in (50, 51, 53, 55, 57, 70)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jls" for number in (80, 81)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jp2" for number in (90, 91)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jpx" for number in (92, 93)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jphc" for number in (201, 202, 203)},
    **{f"1.2.840.10008.1.2.4.{number}": "image/jxl" for number in (110, 111, 112)},
}
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*("[^"]*"|[^;,]*)')
# Up to the next comma that no quotation marks hold. It cannot fail after its first character, and so never goes back.
_RANGE = re.compile(r'(?:"[^"]*"|"|[^",])+')


class Unavailable(NotAcceptable):
    """406: nothing that the request accepts can be had; the answer lists what can.

    Parameters
    ----------
    available : iterable of str
        Media types, with their transfer syntaxes where they have any, that the same address answers with.
    """

    def __init__(self, available: Iterable[str]) -> None:
        self.available = list(dict.fromkeys(available))
        super().__init__("Nothing that the request accepts can be had here. There is: " + ", ".join(self.available))


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

    def takes(self, media_type: str) -> bool:
        """Say whether a media type falls under this alternative; `image/x-jls` is another name for `image/jls`."""
        kind = media_type.split("/")[0]
        return self.media_type in (media_type, "*/*", f"{kind}/*", media_type.replace("image/", "image/x-"))


def media_ranges(request: Request | HttpRequest) -> list[MediaRange]:
    """Return the alternatives that a request accepts, the best first; `?accept=` beats the header.

    Empty when the header is there but names none that can be read: nothing is acceptable then.
    """
    header = ",".join(request.GET.getlist("accept")) or request.headers.get("Accept", "") or "*/*"
    parts = (one.partition(";") for one in _RANGE.findall(header))
    found = [_media_range(name.strip().lower(), mark + tail) for name, mark, tail in parts if name.strip()]
    return sorted((one for one in found if one.quality > 0), key=lambda one: -one.quality)


def _media_range(name: str, tail: str) -> MediaRange:
    values = {key.lower(): value.strip().strip('"') for key, value in _PARAMETER.findall(tail)}
    try:
        quality = float(values.get("q", "1"))
    except ValueError:
        quality = 1.0
    syntax = values.get("transfer-syntax", "")
    if name in ("multipart/related", "multipart/*"):
        return MediaRange(values.get("type", "*/*").lower(), True, syntax, quality)
    return MediaRange("*/*" if name == "*" else name, False, syntax, quality)


def accepted_encoding(request: Request | HttpRequest, known: Iterable[str]) -> str:
    """Return the first of `known` content codings that the client takes (RFC 9110 12.5.3), or empty for none."""
    weights: dict[str, bool] = {}
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, tail = part.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q\s*=\s*0(\.0*)?\s*", tail)
    return next((name for name in known if weights.get(name, weights.get("*", False))), "")


def check_json(request: Request | HttpRequest) -> None:
    """Refuse with 406 what is no DICOM JSON in UTF-8: the XML of PS3.19 is not made here."""
    single = any(one.takes(kind) for one in media_ranges(request) if not one.multipart for kind in JSON_TYPES)
    charset = request.GET.get("charset", "utf-8").lower()
    if not single or charset not in ("utf-8", "utf8", "*"):
        raise Unavailable(["application/dicom+json"])


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """How frames leave: as stored, decoded to explicit little endian, or newly compressed; and under which type."""

    decoded: bool
    multipart: bool
    media_type: str
    transfer_syntax: str
    encoded: bool = False

    @property
    def content_type(self) -> str:
        """Content-Type of one frame."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax}"


def frame_format(
    ranges: list[MediaRange], *, stored: str, browser_readable: bool, encodings: Iterable[str] = ()
) -> FrameFormat:
    """Choose the format of frames.

    Parameters
    ----------
    ranges : list of MediaRange
        From `media_ranges`.
    stored : str
        Transfer syntax of the stored instance.
    browser_readable : bool
        False when the stored frames must be decoded in any case (big endian, deflated, …).
    encodings : iterable of str
        Compressed transfer syntaxes that its frames can be made in.

    Raises
    ------
    Unavailable
        Nothing that is asked for can be had (406).
    """
    native = stored in NATIVE_LITTLE or not browser_readable
    own = _own_format(stored, native=native, decode=not browser_readable)
    offers = [own]
    if not native:
        offers.append(FrameFormat(True, False, OCTETS, EXPLICIT_LITTLE))
    offers += [FrameFormat(False, False, MEDIA_TYPES[one], one, True) for one in encodings if one != stored]
    for one in ranges:
        found = _offer(one, offers, own, native=native)
        if found is not None:
            return found
    raise Unavailable(offer.content_type for offer in offers)


def _own_format(stored: str, *, native: bool, decode: bool) -> FrameFormat:
    if native:
        return FrameFormat(decode, False, OCTETS, EXPLICIT_LITTLE)
    return FrameFormat(False, False, MEDIA_TYPES.get(stored, OCTETS), stored)


def _offer(one: MediaRange, offers: list[FrameFormat], own: FrameFormat, *, native: bool) -> FrameFormat | None:
    """Return the first offer that an alternative takes, the frames as stored before anything made from them."""
    bare = one.media_type == OCTETS and not native
    if bare and one.transfer_syntax in ("*", own.transfer_syntax):  # as OHIF asks: any bytes, as they are stored
        return FrameFormat(False, one.multipart, OCTETS, own.transfer_syntax)
    for offer in offers:
        if not one.takes(offer.media_type) or (bare and offer.transfer_syntax != EXPLICIT_LITTLE):
            continue
        if one.transfer_syntax in ("", "*", offer.transfer_syntax):
            named = one.media_type if one.media_type.startswith("image/x-") else offer.media_type
            return FrameFormat(offer.decoded, one.multipart, named, offer.transfer_syntax, offer.encoded)
    return None
