"""WADO-RS frames: the hot path reads ranges of stored files and parses nothing."""

from typing import Any

import numpy as np
from django.http.response import HttpResponseBase
from pydicom import dcmread
from pydicom.encaps import get_frame
from rest_framework.request import Request

from common.errors import InvalidError, NotFoundError
from studies.dicomfile.metadata import first, numbers, text
from studies.dicomfile.spans import UNCOMPRESSED
from studies.dicomweb.accept import FrameFormat, Unavailable, frame_format, media_ranges
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
from studies.pixels import Samples, decode_frame, header_of, stored_file
from studies.renditions import kept
from studies.transcoding import can_encode, encode_frame, encodings

MAX_BODY_BYTES = 1 << 30


def browser_readable(instance: Instance) -> bool:
    """Say whether stored frames can go out as they are; big endian, deflated and uncompressed 4:2:2 cannot."""
    return bool(instance.frame_spans) or instance.transfer_syntax_uid not in UNCOMPRESSED


def format_for(request: Request, instance: Instance) -> FrameFormat:
    """Choose how the frames of an instance leave, or refuse with 406."""
    return frame_format(
        media_ranges(request),
        stored=instance.transfer_syntax_uid,
        browser_readable=browser_readable(instance),
        encodings=[one for one in encodings() if can_encode(instance, one)],
    )


def frame_bytes(instance: Instance, number: int, how: FrameFormat) -> bytes:
    """Return one frame as stored, decoded to little endian samples, or newly compressed.

    Raises
    ------
    PixelsError
        It cannot be decoded, encoded or assembled.
    """
    if how.decoded or how.encoded:
        name = f"frame {number} {how.transfer_syntax} {how.encoded}"
        return kept(instance.sha256, name, lambda: _made(instance, number, how))
    with stored_file(instance) as file:
        if instance.frame_spans:
            offset, length = instance.frame_spans[number - 1]
            file.seek(offset)
            return file.read(length)
        try:
            pixels = dcmread(
                file, specific_tags=["PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths"], force=True
            )
            return bytes(get_frame(pixels.PixelData, number - 1, number_of_frames=instance.frame_count))
        except (ValueError, AttributeError, EOFError) as error:
            raise PixelsError(f"Frame {number} of {instance.sop_instance_uid} cannot be put together.") from error


def _made(instance: Instance, number: int, how: FrameFormat) -> bytes:
    header = header_of(instance)
    samples = _described_samples(instance, number, header)
    if how.encoded:
        bits = int((numbers(header, "00280101") or [float(instance.bits_allocated)])[0])
        return encode_frame(samples, how.transfer_syntax, bits_stored=bits)
    if instance.bits_allocated == 1:
        return np.packbits(samples.ravel(), bitorder="little").tobytes()
    if samples.ndim == 3 and first(header, "00280006") == 1:
        samples = np.moveaxis(samples, -1, 0)  # metadata say that colours lie one plane after the other
    return samples.astype(samples.dtype.newbyteorder("<"), copy=False).tobytes()


def _described_samples(instance: Instance, number: int, header: dict[str, Any]) -> Samples:
    """Return a decoded frame in the colours that metadata speak of.

    YBR_FULL stays what it is. Kinds of colour that only exist compressed (YBR_FULL_422, YBR_RCT, YBR_ICT, …) are RGB
    once they are decoded (PS3.5 8.2), whatever the header says of the compressed form.
    """
    raw = instance.samples_per_pixel == 3 and text(header, "00280004") == "YBR_FULL"
    with stored_file(instance) as file:
        return decode_frame(instance, number, file=file, raw=raw, header=header)


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


def frames_etag(instance: Instance, numbers: list[int], how: FrameFormat) -> str:
    """Return the entity tag of frames in a format."""
    listed = ",".join(map(str, numbers))
    return etag_of(instance.sha256, listed, how.content_type, how.decoded, how.encoded, how.multipart)


def frames_response(request: Request, instance: Instance, numbers: list[int], how: FrameFormat) -> HttpResponseBase:
    """Return frames; single-part when one is wanted and Accept does not ask for multipart."""
    if len(numbers) > 1 and not how.multipart and not takes_multipart(request):
        raise Unavailable([f'multipart/related; type="{how.media_type}"; transfer-syntax={how.transfer_syntax}'])
    etag = frames_etag(instance, numbers, how)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    if len(numbers) == 1 and not how.multipart:
        if instance.frame_spans and not (how.decoded or how.encoded):
            offset, length = instance.frame_spans[numbers[0] - 1]
            with stored_file(instance) as file:
                return span_response(file, offset, length, content_type=how.content_type, etag=etag, request=request)
        content = frame_bytes(instance, numbers[0], how)
        return bytes_response(content, content_type=how.content_type, etag=etag, cache=IMMUTABLE, request=request)
    writer = MultipartWriter(how.media_type)
    parts = ((how.content_type, [frame_bytes(instance, number, how)]) for number in numbers)
    body = b"".join(writer.stream(parts))
    return bytes_response(body, content_type=writer.content_type, etag=etag, cache=IMMUTABLE)


def takes_multipart(request: Request) -> bool:
    """Say whether a request accepts several parts in one body."""
    return any(one.multipart or one.media_type == "*/*" for one in media_ranges(request))


class FramesView(DicomwebView):
    """`GET …/instances/{instance}/frames/{list}`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str) -> HttpResponseBase:
        """Return frames as stored, or decoded where the client or its browser cannot take them as stored."""
        row = instance_for(request, study, series, instance)
        numbers = frame_numbers(frames, row)
        bound(row, numbers)
        return frames_response(request, row, numbers, format_for(request, row))


def bound(instance: Instance, numbers: list[int]) -> None:
    """Refuse to build a body of more than 1 GiB in memory: such a list is better asked for in parts."""
    each = instance.rows * instance.columns * max(instance.samples_per_pixel, 1) * max(instance.bits_allocated, 8) // 8
    if len(numbers) > 1 and each * len(numbers) > MAX_BODY_BYTES:
        raise InvalidError("These frames are more than 1 GiB; ask for fewer at once.", code="too_many_frames")
