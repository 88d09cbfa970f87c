"""What the fast lane answers with: stretches of stored files, and bytes that were made before."""

import gzip
from typing import cast

from django.core.files.storage import default_storage
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request

from common.reading import Stretch
from studies.dicomweb.accept import OCTETS, FrameFormat
from studies.dicomweb.bulkdata import pixels_address
from studies.dicomweb.frames import format_for, frames_etag, takes_multipart
from studies.dicomweb.multipart import MultipartWriter
from studies.dicomweb.rendered import Wish, rendered_response
from studies.dicomweb.seen import SeenSeries
from studies.dicomweb.wado import DICOM, sends_stored, wanted_syntax
from studies.models import Instance

Headers = dict[bytes, bytes]


class Asked(HttpRequest):
    """What the functions that choose a format read of a request: its headers alone."""

    def __init__(self, headers: Headers) -> None:
        super().__init__()
        self.GET = QueryDict("")
        self.META = {
            f"HTTP_{name.decode('latin1').upper().replace('-', '_')}": value.decode("latin1")
            for name, value in headers.items()
            if name.startswith(b"accept")
        }


class Answer:
    """A body of known length in pieces: bytes, or stretches of stored files; and the headers of this answer alone.

    `kind` names the answers that share all other headers. `blob` is set when the body is one stretch of that blob.
    """

    __slots__ = ("blob", "headers", "kind", "length", "pieces", "status")

    def __init__(
        self, kind: str, pieces: list[bytes | Stretch], headers: list[tuple[bytes, str]], status: int = 200
    ) -> None:
        self.status = status
        self.length = sum(map(len, pieces))
        self.kind, self.pieces, self.blob = kind, pieces, ""
        self.headers = [(name, value.encode("latin1")) for name, value in headers]
        self.headers.append((b"content-length", str(self.length).encode()))


def frame_answer(seen: SeenSeries, row: Instance, number: int, headers: Headers) -> Answer | None:
    """Return one frame as it is stored, alone or as the only part of a multipart body."""
    if not 1 <= number <= len(row.frame_spans):
        return None
    how = _format(seen, row, headers)
    if how.decoded or how.encoded:
        return None
    offset, length = row.frame_spans[number - 1]
    stretch = Stretch(seen.path_of(row), offset, length)
    etag = frames_etag(row, [number], how)
    if not how.multipart:
        answer = Answer("frame", [stretch], [(b"content-type", how.content_type), (b"etag", etag)])
        answer.blob = row.blob
        return answer
    writer = MultipartWriter(how.media_type)
    pieces: list[bytes | Stretch] = [writer.head(how.content_type), stretch, writer.end()]
    return Answer("framed frame", pieces, [(b"content-type", writer.content_type), (b"etag", etag)])


def rendered_answer(row: Instance, frames: str, headers: Headers) -> Answer | None:
    """Return a picture as the view makes it; runs on a thread."""
    asked = cast(Request, Asked(headers))
    response = rendered_response(asked, row, frames, Wish(asked))
    row._state.fields_cache.pop("header", None)  # headers of a whole series are too large to keep
    if response.status_code != 200 or "Warning" in response:
        return None
    return Answer(
        "rendered", [response.content], [(b"content-type", response["Content-Type"]), (b"etag", response["ETag"])]
    )


def files_answer(seen: SeenSeries, headers: Headers) -> Answer | None:
    """Return all files of a series, untouched, as multipart/related."""
    if not seen.complete or not seen.instances:
        return None
    rows = list(seen.instances.values())
    syntax, bare = wanted_syntax(cast(Request, Asked(headers)), rows)
    if bare or not all(sends_stored(row, syntax) for row in rows):
        return None
    writer = MultipartWriter(DICOM)
    pieces: list[bytes | Stretch] = []
    for row in rows:
        pieces.append(writer.head(f"{DICOM}; transfer-syntax={row.transfer_syntax_uid}"))
        pieces.append(Stretch(seen.path_of(row), 0, row.size_bytes))
    return Answer("files", [*pieces, writer.end()], [(b"content-type", writer.content_type)])


def pixels_answer(seen: SeenSeries, study: str, chosen: tuple[str, ...], headers: Headers) -> Answer | None:
    """Return the frames of chosen instances of one frame each, as they are stored, as the parts of one body."""
    if not takes_multipart(cast(Request, Asked(headers))):
        return None
    pieces: list[bytes | Stretch] = []
    writer = MultipartWriter(OCTETS)
    for uid in chosen:
        row = seen.instances.get(uid)
        if row is None or len(row.frame_spans) != 1 or row.frame_count != 1:
            return None
        how = _format(seen, row, headers)
        if how.decoded or how.encoded or how.media_type != OCTETS:
            return None
        address = pixels_address(study, seen.series.series_uid, uid)
        pieces.append(writer.head(how.content_type, address))
        pieces.append(Stretch(seen.path_of(row), *row.frame_spans[0]))
    return Answer("pixels", [*pieces, writer.end()], [(b"content-type", writer.content_type)])


def _format(seen: SeenSeries, row: Instance, headers: Headers) -> FrameFormat:
    """Return how the frames of an instance leave; the answer is kept, for it is the same for each of its frames."""
    key = (row.pk, headers.get(b"accept", b""))
    how = cast(FrameFormat | None, seen.formats.get(key))
    if how is None:
        how = seen.formats[key] = format_for(cast(Request, Asked(headers)), row)
    return how


def metadata_bytes(name: str, *, packed: bool) -> bytes:
    with default_storage.open(name) as file:
        content = bytes(file.read())
    return content if packed else gzip.decompress(content)
