"""WADO-RS rendered images and thumbnails."""

import math

from django.core.files.storage import default_storage
from django.http import HttpResponse
from rest_framework.exceptions import NotAcceptable
from rest_framework.request import Request

from common.errors import InvalidError, NotFoundError
from studies.dicomweb.accept import media_ranges
from studies.dicomweb.base import (
    IMMUTABLE,
    REVALIDATE,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
)
from studies.dicomweb.frames import frame_numbers
from studies.models import Instance
from studies.rendering import Viewport, Window, encode, picture_of
from studies.requests import actor_of
from studies.selectors import visible_series
from studies.services import ensure_indexed

MAX_SIDE = 8192
FUNCTIONS = frozenset({"linear", "linear-exact", "sigmoid"})


def image_type(request: Request) -> str:
    """Return image/jpeg or image/png, or refuse with 406."""
    for one in media_ranges(request):
        if one.media_type in ("image/jpeg", "image/png") and not one.multipart:
            return one.media_type
        if one.media_type in ("*/*", "image/*"):
            return "image/jpeg"
    raise NotAcceptable


def _numbers(text: str, name: str, counts: tuple[int, ...]) -> list[float]:
    parts = text.split(",")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) not in counts or not all(map(math.isfinite, values)):
        raise InvalidError(f"{name} is a list of numbers separated by commas.", code="bad_query", fields={name: text})
    return values


def wanted_window(request: Request) -> Window | None:
    """Read `window=centre,width[,function]` (PS3.18 8.3.5.1.4)."""
    text = request.GET.get("window", "")
    if not text:
        return None
    head, function = text, "linear"
    if text.count(",") == 2:
        head, _, function = text.rpartition(",")
    centre, width = _numbers(head, "window", (2,))
    if function not in FUNCTIONS or width <= 0:
        raise InvalidError(
            "window is centre,width[,linear|linear-exact|sigmoid] with a positive width.", code="bad_query"
        )
    return Window(centre, width, function)


def wanted_viewport(request: Request) -> Viewport | None:
    """Read `viewport=width,height[,left,top,width,height]` (PS3.18 8.3.5.1.3); pictures are not turned over."""
    text = request.GET.get("viewport", "")
    if not text:
        return None
    values = _numbers(text, "viewport", (2, 6))
    if not all(1 <= side <= MAX_SIDE for side in values[:2]):
        raise InvalidError(f"A viewport is 1 to {MAX_SIDE} pixels wide and high.", code="bad_query")
    source = None
    if len(values) == 6:
        left, top, width, height = values[2:]
        if width < 1 or height < 1 or max(map(abs, values[2:])) > 1 << 20:
            raise InvalidError("The part shown is at least one pixel wide and high.", code="bad_query")
        source = (left, top, width, height)
    return Viewport(int(values[0]), int(values[1]), source)


def wanted_quality(request: Request) -> int:
    """Read `quality`, 1 to 100."""
    text = request.GET.get("quality", "90")
    if not text.isdecimal() or not 1 <= int(text) <= 100:
        raise InvalidError("quality is a whole number from 1 to 100.", code="bad_query", fields={"quality": text})
    return int(text)


class RenderedView(DicomwebView):
    """`GET …/instances/{instance}/rendered` and `…/frames/{n}/rendered`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str = "") -> HttpResponse:
        """Return one frame (the middle one when none is named) as JPEG or PNG."""
        row = instance_for(request, study, series, instance)
        viewport = wanted_viewport(request)
        return rendered_response(request, row, frames, viewport)


class InstanceThumbnailView(DicomwebView):
    """`GET …/instances/{instance}/thumbnail` and `…/frames/{n}/thumbnail`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str = "") -> HttpResponse:
        """Return a small picture of a frame."""
        row = instance_for(request, study, series, instance)
        return rendered_response(request, row, frames, wanted_viewport(request) or Viewport(192, 192))


def rendered_response(request: Request, row: Instance, frames: str, viewport: Viewport | None) -> HttpResponse:
    """Return a picture of a frame with its version."""
    if not row.frame_count:
        raise NotFoundError("This instance is no image.", code="not_an_image")
    numbers = frame_numbers(frames, row) if frames else [(row.frame_count + 1) // 2]
    if len(numbers) != 1:
        raise NotAcceptable
    media_type, window, quality = image_type(request), wanted_window(request), wanted_quality(request)
    etag = etag_of(row.sha256, numbers[0], media_type, window, viewport, quality)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    picture = picture_of(row, numbers[0], window=window)
    content = encode(picture, media_type=media_type, viewport=viewport, quality=quality)
    return bytes_response(content, content_type=media_type, etag=etag, cache=IMMUTABLE)


class SeriesThumbnailView(DicomwebView):
    """`GET /studies/{study}/thumbnail` and `…/series/{series}/thumbnail`: made when the series was indexed."""

    def get(self, request: Request, study: str, series: str = "") -> HttpResponse:
        """Return a JPEG of the middle frame of the series, or of the study's first series that has a picture."""
        rows = visible_series(actor=actor_of(request)).filter(study__study_uid=study)
        if series:
            rows = rows.filter(series_uid=series)
        for row in rows.order_by("number", "series_uid"):
            name = ensure_indexed(series=row).thumbnail_name
            if name:
                etag = etag_of(name)
                unchanged = not_modified(request, etag, REVALIDATE)
                if unchanged is not None:
                    return unchanged
                with default_storage.open(name) as file:
                    return bytes_response(file.read(), content_type="image/jpeg", etag=etag, cache=REVALIDATE)
        raise NotFoundError("There is no picture of this.", code="no_thumbnail")
