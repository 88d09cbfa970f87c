"""WADO-RS bulk data and pixel data: what metadata refer to by BulkDataURI, and all of it at every level."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
from django.http import QueryDict
from django.http.response import HttpResponseBase
from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from rest_framework.request import Request

from common.errors import InvalidError, NotFoundError
from studies.dicomfile.spans import BIG_ENDIAN, DEFLATED, UNCOMPRESSED
from studies.dicomweb.accept import OCTETS, FrameFormat, MediaRange, Unavailable, media_ranges
from studies.dicomweb.base import (
    CHUNK_BYTES,
    IMMUTABLE,
    REVALIDATE,
    UID,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
    span_response,
    stream_response,
)
from studies.dicomweb.frames import bound, format_for, frame_bytes, frames_response, takes_multipart
from studies.dicomweb.multipart import MultipartWriter
from studies.models import Instance
from studies.pixels import header_of, stored_file
from studies.requests import actor_of
from studies.selectors import visible_instances

UNDEFINED = 0xFFFFFFFF
PIXEL_TAGS = frozenset({"7FE00010", "7FE00008", "7FE00009"})
STREAM_FROM_BYTES = 1 << 20
"""Larger values are read from the file in place; a data set is never asked to hold them."""
MOST_CHOSEN = 100
"""Instances that one address can name: with UIDs of 64 characters it stays below what servers take (8 kB)."""


def octets_range(request: Request) -> MediaRange:
    """Return the first alternative that takes plain bytes, or refuse with 406."""
    for one in media_ranges(request):
        if one.takes(OCTETS) and one.transfer_syntax in ("", "*", "1.2.840.10008.1.2.1"):
            return one
    raise Unavailable([OCTETS, f'multipart/related; type="{OCTETS}"'])


class BulkdataView(DicomwebView):
    """`GET …/instances/{instance}/bulkdata/{path}`: what metadata refer to by BulkDataURI."""

    def get(self, request: Request, study: str, series: str, instance: str, path: str) -> HttpResponseBase:
        """Return pixel data (all frames), or the bytes of one element."""
        row = instance_for(request, study, series, instance)
        if path in PIXEL_TAGS and row.frame_count:
            return self._pixels(request, row, path)
        return element_response(request, row, path, content_type=OCTETS, multipart=octets_range(request).multipart)

    def _pixels(self, request: Request, row: Instance, path: str) -> HttpResponseBase:
        numbers = list(range(1, row.frame_count + 1))
        how = format_for(request, row)
        if how.encoded or row.transfer_syntax_uid not in UNCOMPRESSED:
            bound(row, numbers)
            return frames_response(request, row, numbers, how)
        if row.frame_spans and not how.multipart:
            return native_pixels_response(request, row, how)
        if _is_packed(row):
            return element_response(request, row, path, content_type=how.content_type, multipart=how.multipart)
        bound(row, numbers)
        etag = etag_of(row.sha256, "pixels", how.content_type, how.multipart)
        unchanged = not_modified(request, etag, IMMUTABLE)
        if unchanged is not None:
            return unchanged
        content = b"".join(frame_bytes(row, number, how) for number in numbers)
        if how.multipart:
            writer = MultipartWriter(how.media_type)
            content = b"".join(writer.stream([(how.content_type, [content])]))
            return bytes_response(content, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)
        return bytes_response(content, content_type=how.content_type, etag=etag, cache=IMMUTABLE, request=request)


def native_pixels_response(request: Request, row: Instance, how: FrameFormat) -> HttpResponseBase:
    """Return all frames of an uncompressed instance, which lie one after the other in its file."""
    etag = etag_of(row.sha256, "pixels", how.content_type, how.multipart)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    start, length = row.frame_spans[0][0], sum(length for _, length in row.frame_spans)
    with stored_file(row) as file:
        return span_response(file, start, length, content_type=how.content_type, etag=etag, request=request)


def _is_packed(row: Instance) -> bool:
    """Say whether frames begin inside bytes (1-bit masks whose size is no multiple of 8)."""
    bits = row.rows * row.columns * row.samples_per_pixel * row.bits_allocated
    return bits % 8 != 0 and row.transfer_syntax_uid in UNCOMPRESSED


def element_response(
    request: Request, row: Instance, path: str, *, content_type: str, multipart: bool
) -> HttpResponseBase:
    """Return the bytes of one element; large ones straight from the file, in the range that is asked for."""
    etag = etag_of(row.sha256, path, multipart)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    with stored_file(row) as file:
        found = find_element(row, file, path)
        if isinstance(found, tuple) and not multipart:
            return span_response(file, *found, content_type=content_type, etag=etag, request=request)
        content = _read(file, *found) if isinstance(found, tuple) else found
    if multipart:
        writer = MultipartWriter(content_type.split(";")[0])
        content = b"".join(writer.stream([(content_type, [content])]))
        return bytes_response(content, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)
    return bytes_response(content, content_type=content_type, etag=etag, cache=IMMUTABLE, request=request)


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def find_element(instance: Instance, file: BinaryIO, path: str) -> bytes | tuple[int, int]:
    """Return the value of a binary element by its path: `TAG`, or `TAG/item/TAG` inside sequences.

    Returns
    -------
    bytes or (int, int)
        The value, or where it lies in the file (offset, length) when it is large and needs no change.

    Raises
    ------
    NotFoundError
        There is no such element.
    """
    missing = NotFoundError("There is no such bulk value.", code="bulkdata_not_found")
    whole = path.upper() in PIXEL_TAGS
    value: Any = dcmread(file, force=True, stop_before_pixels=not whole, defer_size=STREAM_FROM_BYTES)
    swapped = False
    try:
        steps = path.split("/")
        raw = value.get_item(int(steps[0], 16), keep_deferred=True)
        big = isinstance(raw, RawDataElement) and raw.value is None and raw.length not in (0, UNDEFINED)
        if big and instance.transfer_syntax_uid not in (DEFLATED, BIG_ENDIAN) and len(steps) == 1:
            return raw.value_tell, min(raw.length, max(instance.size_bytes - raw.value_tell, 0))
        if big:  # inside a large sequence, or in another byte order: the data set has to hold it after all
            file.seek(0)
            value = dcmread(file, force=True, stop_before_pixels=not whole)
        for step in steps:
            if len(step) < 8:
                value = value[int(step)]
                continue
            element = _element(value, int(step, 16))
            value, swapped = element.value, instance.transfer_syntax_uid == BIG_ENDIAN and element.VR == "OW"
    except (KeyError, IndexError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise missing from error
    if not isinstance(value, bytes):
        raise missing
    if swapped:  # bulk values leave in little endian (PS3.18 8.7.3)
        return np.frombuffer(value[: len(value) // 2 * 2], ">u2").astype("<u2").tobytes()
    return value


def _element(dataset: Any, tag: int) -> Any:
    """Return an element; one whose value breaks its VR with its bytes."""
    raw = dataset.get_item(tag)
    try:
        return dataset[tag]
    except Exception:  # a value may break its VR in any way
        if isinstance(raw, RawDataElement):
            return raw
        raise


def chosen_instances(query: str) -> tuple[str, ...]:
    """Return the instances that a query asks for by `SOPInstanceUID=a,b,c`, in its order; none: all are asked for.

    Raises
    ------
    InvalidError
        It holds what is no UID, a UID twice, or more than `MOST_CHOSEN`.
    """
    texts = QueryDict(query).getlist("SOPInstanceUID")
    if not texts:
        return ()
    chosen = tuple(",".join(texts).split(","))
    if not all(UID.fullmatch(uid) for uid in chosen) or len(set(chosen)) < len(chosen):
        raise InvalidError("SOPInstanceUID lists UIDs, each once, separated by commas.", code="bad_instances")
    if len(chosen) > MOST_CHOSEN:
        raise InvalidError(f"At most {MOST_CHOSEN} instances can be chosen.", code="too_many_instances")
    return chosen


class AllBulkView(DicomwebView):
    """`GET …/bulkdata` and `…/pixeldata` of a study, a series or an instance, as one multipart body."""

    pixels_only = False

    def get(self, request: Request, study: str, series: str = "", instance: str = "") -> HttpResponseBase:
        """Return every bulk value, or the pixel data alone, of all instances; each part says where it came from.

        `?SOPInstanceUID=a,b,c`, an extension of ours, chooses instances and their order: a viewer that scrolls asks for
        what lies near the image in view, in few requests.
        """
        chosen = chosen_instances(request.META.get("QUERY_STRING", ""))
        wanted = {"series__study__study_uid": study, "series__series_uid": series, "sop_instance_uid": instance}
        rows = list(
            visible_instances(actor=actor_of(request))
            .filter(**{name: value for name, value in wanted.items() if value})
            .order_by("series_id", "number", "sop_instance_uid")
        )
        if chosen:
            places = {row.sop_instance_uid: row for row in rows}
            rows = [places[uid] for uid in chosen if uid in places]
        if not rows or len(rows) < len(chosen):
            raise NotFoundError("There is no such image.", code="not_found")
        if not takes_multipart(request):
            raise Unavailable([f'multipart/related; type="{OCTETS}"'])
        formats = [format_for(request, row) if row.frame_count else None for row in rows]
        if not any(formats) and (self.pixels_only or not any(_bulk_paths(row) for row in rows)):
            raise NotFoundError("There are no bulk values in this.", code="bulkdata_not_found")
        if not self.pixels_only:
            octets_range(request)
        kinds = {how.media_type for how in formats if how is not None} or {OCTETS}
        writer = MultipartWriter(kinds.pop() if len(kinds) == 1 else OCTETS)
        chunks = self._chunks(writer, list(zip(rows, formats, strict=True)))
        response = stream_response(request, chunks, content_type=writer.content_type)
        response["Cache-Control"] = REVALIDATE
        return response

    def _chunks(self, writer: MultipartWriter, rows: list[tuple[Instance, FrameFormat | None]]) -> Iterator[bytes]:
        for row, how in rows:
            for path, address in [] if self.pixels_only else _bulk_paths(row):
                yield writer.head(OCTETS, address)
                yield from _element_chunks(row, path)
            if how is not None:
                yield from _pixel_chunks(writer, row, how)
        yield writer.end()


class AllPixelsView(AllBulkView):
    """`GET …/pixeldata`."""

    pixels_only = True


def _element_chunks(row: Instance, path: str) -> Iterator[bytes]:
    with stored_file(row) as file:
        found = find_element(row, file, path)
        if isinstance(found, bytes):
            yield found
            return
        offset, left = found
        file.seek(offset)
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk


def _pixel_chunks(writer: MultipartWriter, row: Instance, how: FrameFormat) -> Iterator[bytes]:
    """Yield uncompressed frames as one part, compressed ones as a part each."""
    root = f"{_address(row)}/frames"
    if _is_packed(row) and not how.encoded:
        yield writer.head(how.content_type, f"{_address(row)}/bulkdata/7FE00010")
        yield from _element_chunks(row, "7FE00010")
        return
    together = row.transfer_syntax_uid in UNCOMPRESSED and not how.encoded
    if together:
        yield writer.head(how.content_type, f"{_address(row)}/bulkdata/7FE00010")
    for number in range(1, row.frame_count + 1):
        if not together:
            yield writer.head(how.content_type, f"{root}/{number}")
        yield frame_bytes(row, number, how)


def _address(row: Instance) -> str:
    return instance_address(row.series.study.study_uid, row.series.series_uid, row.sop_instance_uid)


def instance_address(study: str, series: str, instance: str) -> str:
    """Return the path of an instance."""
    return f"/dicomweb/studies/{study}/series/{series}/instances/{instance}"


def pixels_address(study: str, series: str, instance: str) -> str:
    """Return the path of an instance's pixel data alone."""
    return f"{instance_address(study, series, instance)}/bulkdata/7FE00010"


def _bulk_paths(row: Instance) -> list[tuple[str, str]]:
    """Return (path, address) of every bulk value in an instance's header, its pixels left out."""
    found: list[tuple[str, str]] = []

    def look(header: dict[str, Any]) -> None:
        for tag, element in header.items():
            address = element.get("BulkDataURI")
            if address and tag not in PIXEL_TAGS:
                found.append((address.partition("/bulkdata/")[2], address))
            for item in element.get("Value", []) if element.get("vr") == "SQ" else []:
                look(item)

    look(header_of(row))
    return found
