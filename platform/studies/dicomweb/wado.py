"""WADO-RS: whole instances and metadata."""

import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from common.errors import NotFoundError
from studies.dicomfile.spans import BIG_ENDIAN
from studies.dicomweb.accept import EXPLICIT_LITTLE, MediaRange, media_ranges
from studies.dicomweb.base import (
    CHUNK_BYTES,
    IMMUTABLE,
    REVALIDATE,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
    stream_response,
)
from studies.dicomweb.multipart import MultipartWriter
from studies.models import Instance, Series
from studies.pixels import stored_file
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series
from studies.services import ensure_indexed

DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"


def wanted_syntax(request: Request) -> tuple[str, bool]:
    """Return (transfer syntax or `*` for as stored, whether one bare file is asked for), or refuse with 406."""
    for one in media_ranges(request):
        if one.media_type in (DICOM, "*/*", "application/*"):
            return one.transfer_syntax or "*", one.media_type == DICOM and not one.multipart
    raise NotAcceptable


class RetrieveView(DicomwebView):
    """`GET /studies/{study}`, below a series, one instance: DICOM files, untouched unless asked otherwise."""

    def get(self, request: Request, study: str, series: str = "", instance: str = "") -> HttpResponseBase:
        """Return the files as multipart/related, or one bare file when `Accept: application/dicom` asks for it."""
        syntax, bare = wanted_syntax(request)
        rows = visible_instances(actor=actor_of(request)).filter(series__study__study_uid=study).defer("frame_spans")
        if series:
            rows = rows.filter(series__series_uid=series)
        if instance:
            rows = rows.filter(sop_instance_uid=instance)
        found = list(rows.order_by("series_id", "number", "sop_instance_uid"))
        if not found:
            raise NotFoundError("There is no such image.", code="not_found")
        for row in found:
            _check_syntax(row, syntax)
        if bare:
            if not instance:
                raise NotAcceptable
            return self._bare(request, found[0], syntax)
        writer = MultipartWriter(DICOM)
        parts = ((f"{DICOM}; transfer-syntax={_sent_syntax(row, syntax)}", part10_chunks(row, syntax)) for row in found)
        response = stream_response(request, writer.stream(parts), content_type=writer.content_type)
        response["Cache-Control"] = REVALIDATE
        return response

    def _bare(self, request: Request, row: Instance, syntax: str) -> HttpResponseBase:
        etag = etag_of(row.sha256, _sent_syntax(row, syntax))
        unchanged = not_modified(request, etag, IMMUTABLE)
        if unchanged is not None:
            return unchanged
        content = b"".join(part10_chunks(row, syntax))
        content_type = f"{DICOM}; transfer-syntax={_sent_syntax(row, syntax)}"
        return bytes_response(content, content_type=content_type, etag=etag, cache=IMMUTABLE, request=request)


def _sent_syntax(row: Instance, syntax: str) -> str:
    return row.transfer_syntax_uid if syntax == "*" else syntax


def _check_syntax(row: Instance, syntax: str) -> None:
    """Refuse what cannot be made: anything but the stored syntax or explicit little endian, and big endian turned."""
    if syntax in ("*", row.transfer_syntax_uid):
        return
    if syntax != EXPLICIT_LITTLE or row.transfer_syntax_uid == BIG_ENDIAN:
        raise NotAcceptable


def part10_chunks(row: Instance, syntax: str) -> Iterator[bytes]:
    """Yield a DICOM file in pieces: the stored bytes, or decompressed to explicit little endian."""
    with stored_file(row) as file:
        if syntax in ("*", row.transfer_syntax_uid):
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
        else:
            yield explicit_little(file)


def explicit_little(file: BinaryIO) -> bytes:
    """Return a file rewritten in explicit VR little endian, compressed pixel data decoded."""
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values are the sender's; they are passed on
        dataset = dcmread(file)
        if dataset.file_meta.TransferSyntaxUID.is_compressed:
            dataset.decompress(generate_instance_uid=False)
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.save_as(out, implicit_vr=False, little_endian=True, enforce_file_format=False)
    return out.getvalue()


class MetadataView(DicomwebView):
    """`GET …/metadata` of a study, a series or an instance: DICOM JSON made at intake."""

    def get(self, request: Request, study: str, series: str = "", instance: str = "") -> HttpResponse:
        """Return the metadata; a series leaves as the stored gzip blob when the client takes gzip."""
        _check_json(media_ranges(request))
        if instance:
            row = instance_for(request, study, series, instance)
            packed = gzip.compress(b"[" + _header_bytes(row) + b"]", 1, mtime=0)
            return self._answer(request, packed, etag_of(row.sha256, "metadata"))
        rows = visible_series(actor=actor_of(request)).filter(study__study_uid=study).select_related("study")
        if series:
            rows = rows.filter(series_uid=series)
        found = [ensure_indexed(series=one) for one in rows.order_by("number", "series_uid")]
        if not found:
            raise NotFoundError("There is no such series or study.", code="not_found")
        etag = etag_of(*(one.metadata_name for one in found))
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
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "").lower()
        body = packed if takes_gzip else gzip.decompress(packed)
        response = bytes_response(body, content_type=DICOM_JSON, etag=etag, cache=REVALIDATE)
        if takes_gzip:
            response["Content-Encoding"] = "gzip"
        response["Vary"] = "Accept-Encoding"
        return response


def _check_json(ranges: list[MediaRange]) -> None:
    kinds = {DICOM_JSON, "application/json", "*/*", "application/*"}
    if not any(one.media_type in kinds and not one.multipart for one in ranges):
        raise NotAcceptable


def _header_bytes(row: Instance) -> bytes:
    return zlib.decompress(row.header.packed)


def _blob(series: Series) -> bytes:
    with default_storage.open(series.metadata_name) as file:
        return bytes(file.read())


def _joined(blobs: list[bytes]) -> bytes:
    inner = (gzip.decompress(blob)[1:-1] for blob in blobs)
    return b"[" + b",".join(part for part in inner if part) + b"]"
