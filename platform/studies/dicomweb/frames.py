"""WADO-RS frames and bulk data: the hot path reads ranges of stored files and parses nothing."""

import numpy as np
from django.http.response import HttpResponseBase
from pydicom import dcmread
from pydicom.encaps import get_frame
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from common.errors import InvalidError, NotFoundError
from studies.dicomfile.spans import BIG_ENDIAN, UNCOMPRESSED
from studies.dicomweb.accept import OCTETS, FrameFormat, frame_format, media_ranges
from studies.dicomweb.base import (
    IMMUTABLE,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
    span_response,
)
from studies.dicomweb.multipart import MultipartWriter
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import decode_frame, stored_file

PIXEL_TAGS = frozenset({"7FE00010", "7FE00008", "7FE00009"})
MAX_BODY_BYTES = 1 << 30


def browser_readable(instance: Instance) -> bool:
    """Say whether stored frames can go out as they are; big endian, deflated and uncompressed 4:2:2 cannot."""
    return bool(instance.frame_spans) or instance.transfer_syntax_uid not in UNCOMPRESSED


def format_for(request: Request, instance: Instance) -> FrameFormat:
    """Choose how the frames of an instance leave, or refuse with 406."""
    return frame_format(
        media_ranges(request), stored=instance.transfer_syntax_uid, browser_readable=browser_readable(instance)
    )


def frame_bytes(instance: Instance, number: int, *, decoded: bool) -> bytes:
    """Return one frame as stored, or decoded to little endian samples, interleaved, colour as RGB.

    Raises
    ------
    PixelsError
        It cannot be decoded or assembled.
    """
    with stored_file(instance) as file:
        if not decoded and instance.frame_spans:
            offset, length = instance.frame_spans[number - 1]
            file.seek(offset)
            return file.read(length)
        if decoded:
            samples = decode_frame(instance, number, file=file, raw=False)
            if instance.bits_allocated == 1:
                return np.packbits(samples.ravel(), bitorder="little").tobytes()
            return samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()
        try:
            pixels = dcmread(file, specific_tags=["PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths"])
            return bytes(get_frame(pixels.PixelData, number - 1, number_of_frames=instance.frame_count))
        except (ValueError, AttributeError, EOFError) as error:
            raise PixelsError(f"Frame {number} of {instance.sop_instance_uid} cannot be put together.") from error


def frame_numbers(text: str, instance: Instance) -> list[int]:
    """Return the frames of a list such as `1,3`.

    Raises
    ------
    InvalidError
        It is no list of numbers.
    NotFoundError
        The instance has no such frame.
    """
    parts = text.split(",")
    if not all(part.isdecimal() and len(part) < 9 for part in parts):
        raise InvalidError("Frames are numbers counted from 1, separated by commas.", code="bad_frames")
    numbers = [int(part) for part in parts]
    if any(not 1 <= number <= instance.frame_count for number in numbers):
        raise NotFoundError(f"The instance has {instance.frame_count} frames.", code="frame_not_found")
    return numbers


def frames_response(request: Request, instance: Instance, numbers: list[int], how: FrameFormat) -> HttpResponseBase:
    """Return frames; single-part when one is wanted and Accept does not ask for multipart."""
    if len(numbers) > 1 and not how.multipart and not _takes_multipart(request):
        raise NotAcceptable
    listed = ",".join(map(str, numbers))
    etag = etag_of(instance.sha256, listed, how.content_type, how.decoded, how.multipart)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    if len(numbers) == 1 and not how.multipart:
        if instance.frame_spans and not how.decoded:
            offset, length = instance.frame_spans[numbers[0] - 1]
            with stored_file(instance) as file:
                return span_response(file, offset, length, content_type=how.content_type, etag=etag, request=request)
        content = frame_bytes(instance, numbers[0], decoded=how.decoded)
        return bytes_response(content, content_type=how.content_type, etag=etag, cache=IMMUTABLE, request=request)
    writer = MultipartWriter(how.media_type)
    parts = ((how.content_type, [frame_bytes(instance, number, decoded=how.decoded)]) for number in numbers)
    body = b"".join(writer.stream(parts))
    return bytes_response(body, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)


def _takes_multipart(request: Request) -> bool:
    return any(one.multipart or one.media_type == "*/*" for one in media_ranges(request))


class FramesView(DicomwebView):
    """`GET …/instances/{instance}/frames/{list}`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str) -> HttpResponseBase:
        """Return frames as stored, or decoded where the client or its browser cannot take them as stored."""
        row = instance_for(request, study, series, instance)
        numbers = frame_numbers(frames, row)
        _bound(row, numbers)
        return frames_response(request, row, numbers, format_for(request, row))


def _bound(instance: Instance, numbers: list[int]) -> None:
    """Refuse to build a body of more than 1 GiB in memory: such a list is better asked for in parts."""
    each = instance.rows * instance.columns * max(instance.samples_per_pixel, 1) * max(instance.bits_allocated, 8) // 8
    if len(numbers) > 1 and each * len(numbers) > MAX_BODY_BYTES:
        raise InvalidError("These frames are more than 1 GiB; ask for fewer at once.", code="too_many_frames")


class BulkdataView(DicomwebView):
    """`GET …/instances/{instance}/bulkdata/{path}`: what metadata refers to by BulkDataURI."""

    def get(self, request: Request, study: str, series: str, instance: str, path: str) -> HttpResponseBase:
        """Return pixel data (all frames), or the bytes of one element."""
        row = instance_for(request, study, series, instance)
        if path in PIXEL_TAGS and row.frame_count:
            return self._pixels(request, row)
        etag = etag_of(row.sha256, path)
        unchanged = not_modified(request, etag, IMMUTABLE)
        if unchanged is not None:
            return unchanged
        content = element_bytes(row, path)
        ranges = media_ranges(request)
        if ranges[0].multipart:
            writer = MultipartWriter(OCTETS)
            content = b"".join(writer.stream([(OCTETS, [content])]))
            return bytes_response(content, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)
        return bytes_response(content, content_type=OCTETS, etag=etag, cache=IMMUTABLE, request=request)

    def _pixels(self, request: Request, row: Instance) -> HttpResponseBase:
        numbers = list(range(1, row.frame_count + 1))
        _bound(row, numbers)
        how = format_for(request, row)
        plain = row.transfer_syntax_uid in UNCOMPRESSED
        if not plain or len(numbers) == 1:
            return frames_response(request, row, numbers, how)
        etag = etag_of(row.sha256, "pixels", how.content_type, how.multipart)
        unchanged = not_modified(request, etag, IMMUTABLE)
        if unchanged is not None:
            return unchanged
        content = b"".join(frame_bytes(row, number, decoded=how.decoded) for number in numbers)
        if how.multipart:
            writer = MultipartWriter(how.media_type)
            content = b"".join(writer.stream([(how.content_type, [content])]))
            return bytes_response(content, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)
        return bytes_response(content, content_type=how.content_type, etag=etag, cache=IMMUTABLE, request=request)


def element_bytes(instance: Instance, path: str) -> bytes:
    """Return the value of a binary element by its path: `TAG`, or `TAG/item/TAG` inside sequences.

    Raises
    ------
    NotFoundError
        There is no such element.
    """
    missing = NotFoundError("There is no such bulk value.", code="bulkdata_not_found")
    swapped = False
    with stored_file(instance) as file:
        value: object = dcmread(file, force=True, stop_before_pixels=True)
    try:
        for step in path.split("/"):
            if len(step) < 8:
                value = value[int(step)]  # type: ignore[index]
                continue
            element = value[int(step, 16)]  # type: ignore[index]
            value, swapped = element.value, instance.transfer_syntax_uid == BIG_ENDIAN and element.VR == "OW"
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise missing from error
    if not isinstance(value, bytes):
        raise missing
    if swapped:  # bulk values leave in little endian (PS3.18 8.7.3)
        return np.frombuffer(value[: len(value) // 2 * 2], ">u2").astype("<u2").tobytes()
    return value
