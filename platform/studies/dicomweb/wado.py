"""WADO-RS: whole instances and metadata."""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from common.errors import NotFoundError
from studies.dicomfile.spans import BIG_ENDIAN
from studies.dicomweb.accept import EXPLICIT_LITTLE, Unavailable, accepted_encoding, check_json, media_ranges
from studies.dicomweb.base import (
    CHUNK_BYTES,
    IMMUTABLE,
    REVALIDATE,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
    span_response,
    stream_response,
)
from studies.dicomweb.multipart import MultipartWriter
from studies.errors import PixelsError
from studies.models import Instance, Series
from studies.pixels import stored_file
from studies.renditions import kept
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series
from studies.services import index_while_waiting, refuse_waiting
from studies.transcoding import LOSSY, can_encode, encodings, transcoded

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
DEFAULT_SYNTAX = ""
AS_STORED = "*"


def available(rows: Iterable[Instance] = ()) -> list[str]:
    """Return the media types that whole instances can be had in, for a refusal."""
    common = [EXPLICIT_LITTLE, *encodings()]
    found = [one for one in common if all(can_send(row, one) for row in rows)]
    return [f"{DICOM}; transfer-syntax={one}" for one in (AS_STORED, *found)]


def wanted_syntax(request: Request, rows: list[Instance]) -> tuple[str, bool]:
    """Choose how instances leave.

    Returns
    -------
    str
        A transfer syntax, `*` for as stored, or empty for the default: explicit little endian, unless what is stored
        has lost something already (PS3.18 8.7.3.5.2).
    bool
        Whether one bare file is asked for.

    Raises
    ------
    Unavailable
        Nothing that is asked for can be had of every instance (406).
    """
    for one in media_ranges(request):
        if not one.takes(DICOM):
            continue
        syntax = one.transfer_syntax or (DEFAULT_SYNTAX if one.media_type == DICOM else AS_STORED)
        bare = one.media_type == DICOM and not one.multipart
        if all(can_send(row, syntax) for row in rows) and not (bare and len(rows) > 1):
            return syntax, bare
    raise Unavailable(available(rows))


def can_send(row: Instance, syntax: str) -> bool:
    """Say whether an instance can be had in a transfer syntax; implicit and big endian only as stored (8.7.3.5.2)."""
    if syntax in (DEFAULT_SYNTAX, AS_STORED, EXPLICIT_LITTLE) or can_encode(row, syntax):
        return True
    return syntax == row.transfer_syntax_uid and syntax not in (IMPLICIT_LITTLE, BIG_ENDIAN)


class RetrieveView(DicomwebView):
    """`GET /studies/{study}`, below a series, one instance: DICOM files, untouched unless asked otherwise."""

    def get(self, request: Request, study: str, series: str = "", instance: str = "") -> HttpResponseBase:
        """Return the files as multipart/related, or one bare file when `Accept: application/dicom` asks for it."""
        rows = visible_instances(actor=actor_of(request)).filter(series__study__study_uid=study).defer("frame_spans")
        if series:
            rows = rows.filter(series__series_uid=series)
        if instance:
            rows = rows.filter(sop_instance_uid=instance)
        found = list(rows.order_by("series_id", "number", "sop_instance_uid"))
        if not found:
            raise NotFoundError("There is no such image.", code="not_found")
        syntax, bare = wanted_syntax(request, found)
        if bare or len(found) == 1:
            return self._one(request, found[0], syntax, bare=bare)
        writer = MultipartWriter(DICOM)
        response = stream_response(request, _parts(writer, found, syntax), content_type=writer.content_type)
        response["Cache-Control"] = REVALIDATE
        return response

    def _one(self, request: Request, row: Instance, syntax: str, *, bare: bool) -> HttpResponseBase:
        """Return one instance: bare with its version and ranges, or as the only part of a multipart body."""
        sent, chunks = part10(row, syntax)
        if not bare:
            writer = MultipartWriter(DICOM)
            body = writer.stream([(f"{DICOM}; transfer-syntax={sent}", chunks)])
            response = stream_response(request, body, content_type=writer.content_type)
            response["Cache-Control"] = REVALIDATE
            return response
        etag = etag_of(row.sha256, sent, syntax == AS_STORED)
        unchanged = not_modified(request, etag, IMMUTABLE)
        if unchanged is not None:
            return unchanged
        content_type = f"{DICOM}; transfer-syntax={sent}"
        if sends_stored(row, syntax):
            with stored_file(row) as file:
                return span_response(file, 0, row.size_bytes, content_type=content_type, etag=etag, request=request)
        content = b"".join(chunks)
        return bytes_response(content, content_type=content_type, etag=etag, cache=IMMUTABLE, request=request)


def _parts(writer: MultipartWriter, rows: list[Instance], syntax: str) -> Iterator[bytes]:
    """Yield a multipart body; an instance that turns out not to be decodable goes out as it is stored, and says so."""
    for row in rows:
        try:
            sent, chunks = part10(row, syntax)
        except PixelsError:
            sent, chunks = part10(row, AS_STORED)
        yield writer.head(f"{DICOM}; transfer-syntax={sent}")
        yield from chunks
    yield writer.end()


def sends_stored(row: Instance, syntax: str) -> bool:
    """Say whether the stored bytes answer a request for this transfer syntax (`*`, empty or a UID)."""
    if syntax == AS_STORED:
        return True
    stored = row.transfer_syntax_uid
    return syntax == stored or (syntax == DEFAULT_SYNTAX and (stored == EXPLICIT_LITTLE or stored in LOSSY))


def part10(row: Instance, syntax: str) -> tuple[str, Iterator[bytes]]:
    """Return the transfer syntax that an instance leaves in, and its DICOM file in pieces.

    Raises
    ------
    PixelsError
        It cannot be decoded or encoded. Only the default falls back to the stored bytes.
    """
    if sends_stored(row, syntax):
        return row.transfer_syntax_uid, stored_chunks(row)
    wanted = syntax or (row.transfer_syntax_uid if row.transfer_syntax_uid in LOSSY else EXPLICIT_LITTLE)
    try:
        return wanted, iter([rendition(row, wanted)])
    except PixelsError:
        if syntax != DEFAULT_SYNTAX:
            raise
        return row.transfer_syntax_uid, stored_chunks(row)


def stored_chunks(row: Instance) -> Iterator[bytes]:
    """Yield the stored bytes."""
    with stored_file(row) as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def rendition(row: Instance, syntax: str) -> bytes:
    """Return an instance in another transfer syntax, made once and kept for a while."""

    def make() -> bytes:
        with stored_file(row) as file:
            return transcoded(row, file, syntax)

    return kept(row.sha256, f"instance {syntax}", make)


class MetadataView(DicomwebView):
    """`GET …/metadata` of a study, a series or an instance: DICOM JSON made at intake."""

    def get(self, request: Request, study: str, series: str = "", instance: str = "") -> HttpResponse:
        """Return the metadata; a series leaves as the stored gzip blob when the client takes gzip."""
        check_json(request)
        if instance:
            row = instance_for(request, study, series, instance)
            packed = gzip.compress(b"[" + _header_bytes(row) + b"]", 1, mtime=0)
            return self._answer(request, packed, _weak(row.sha256, "metadata", hashlib.sha256(packed).hexdigest()))
        rows = visible_series(actor=actor_of(request)).filter(study__study_uid=study).select_related("study")
        if series:
            rows = rows.filter(series_uid=series)
        readiness = index_while_waiting(series=rows.order_by("number", "series_uid"))
        refuse_waiting(readiness)
        found = readiness.series
        if not found:
            raise NotFoundError("There is no such series or study.", code="not_found")
        etag = _weak(*(one.metadata_name for one in found))
        unchanged = not_modified(request, etag, REVALIDATE)
        if unchanged is not None:
            return unchanged
        blobs = [_blob(one) for one in found]
        packed = blobs[0] if len(blobs) == 1 else gzip.compress(_joined(blobs), 1, mtime=0)
        return self._answer(request, packed, etag)

    def _answer(self, request: Request, packed: bytes, etag: str) -> HttpResponse:
        unchanged = not_modified(request, etag, REVALIDATE)
        if unchanged is not None:
            return unchanged
        takes_gzip = bool(accepted_encoding(request, ["gzip"]))
        body = packed if takes_gzip else gzip.decompress(packed)
        response = bytes_response(body, content_type=DICOM_JSON, etag=etag, cache=REVALIDATE)
        if takes_gzip:
            response["Content-Encoding"] = "gzip"
        return response


def _weak(*parts: object) -> str:
    """Return a weak entity tag: the answer is the same data set, with and without gzip (RFC 9110 8.8.3.3)."""
    return "W/" + etag_of(*parts)


def _header_bytes(row: Instance) -> bytes:
    return zlib.decompress(row.header.packed)


def _blob(series: Series) -> bytes:
    with default_storage.open(series.metadata_name) as file:
        return bytes(file.read())


def _joined(blobs: list[bytes]) -> bytes:
    inner = (gzip.decompress(blob)[1:-1] for blob in blobs)
    return b"[" + b",".join(part for part in inner if part) + b"]"
