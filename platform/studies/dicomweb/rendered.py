"""WADO-RS rendered images and thumbnails."""

import io
import logging
from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from PIL import Image
from rest_framework.request import Request

from common.errors import InvalidError, NotFoundError
from studies.derived.content import PRESENTATION_STATES
from studies.derived.presented import presented_picture
from studies.dicomfile.metadata import numbers as numbers_in
from studies.dicomweb.accept import Unavailable
from studies.dicomweb.base import (
    IMMUTABLE,
    REVALIDATE,
    DicomwebView,
    bytes_response,
    etag_of,
    instance_for,
    not_modified,
    stream_response,
)
from studies.dicomweb.frames import frame_numbers
from studies.dicomweb.multipart import MultipartWriter
from studies.dicomweb.rendering_query import (
    View,
    check_colours,
    ignored,
    image_type,
    wanted_quality,
    wanted_view,
    wanted_window,
)
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import header_of
from studies.rendering import Picture, Window, encode, picture_of
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series
from studies.services import require_indexed

logger = logging.getLogger(__name__)
THUMBNAIL = View(192, 192)
MAX_LOOP_PIXELS = 256 << 20
"""How much an animated picture may hold, over all its frames."""
DEFAULT_FRAME_MS = 100.0


class Wish:
    """What a request wants rendered pictures to be like; reading it refuses what cannot be had."""

    def __init__(self, request: Request, *, view: View | None = None) -> None:
        self.media_type, self.multipart = image_type(request)
        self.window: Window | None = wanted_window(request.GET)
        self.view: View | None = wanted_view(request.GET) or view
        self.quality = wanted_quality(request.GET)
        self.state = _state(request)
        self.warning = ignored(request.GET)
        check_colours(request.GET)

    @property
    def key(self) -> tuple[object, ...]:
        """Everything that the bytes depend on, beside the frame."""
        state = self.state.sha256 if self.state is not None else ""
        return self.media_type, self.multipart, self.window, self.view, self.quality, state

    def pixels(self, row: Instance) -> int:
        """Return how many pixels a frame has at most, as it is stored or as it is shown."""
        stored = row.rows * row.columns
        return stored if self.view is None else max(stored, self.view.width * self.view.height)

    def picture(self, row: Instance, number: int) -> Picture:
        """Return a frame, windowed, cropped and turned, at its own size."""
        if self.state is not None:
            picture = presented_picture(row, number, state=self.state)
        else:
            picture = picture_of(row, number, window=self.window)
        return picture if self.view is None else self.view.shown(picture)

    def rendered(self, row: Instance, number: int) -> bytes:
        """Return one frame as a file."""
        if self.media_type == "image/gif":
            return self.loop(row, [number])
        return self.encoded(self.picture(row, number), self.media_type)

    def encoded(self, picture: Picture, media_type: str) -> bytes:
        """Return a picture as a JPEG or PNG file, scaled into the viewport."""
        viewport = self.view.viewport if self.view is not None else None
        return encode(picture, media_type=media_type, viewport=viewport, quality=self.quality)

    def loop(self, row: Instance, numbers: list[int]) -> bytes:
        """Return frames as one animated GIF, which goes round without end."""
        if self.pixels(row) * len(numbers) > MAX_LOOP_PIXELS:
            message = "These frames are too many, or too large, for one animated picture."
            raise InvalidError(message, code="too_many_frames")
        small = (self.encoded(self.picture(row, number), "image/png") for number in numbers)
        images = [Image.open(io.BytesIO(content)).quantize(256) for content in small]
        out = io.BytesIO()
        duration = int(frame_ms(row))
        images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=duration, loop=0, optimize=False)
        return out.getvalue()


def _state(request: Request) -> Instance | None:
    """Return the presentation state that `presentation={SOP Instance UID}` asks for (an extension of ours), or None.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    InvalidError
        A window is asked for as well: the state has its own.
    """
    uid = request.GET.get("presentation", "")
    if not uid:
        return None
    if "window" in request.GET:
        raise InvalidError("A presentation state has its own window; leave one of the two out.", code="two_windows")
    states = visible_instances(actor=actor_of(request)).filter(sop_class_uid__startswith=PRESENTATION_STATES)
    state = states.filter(sop_instance_uid=uid).first()
    if state is None:
        raise NotFoundError("There is no such presentation state.", code="state_not_found")
    return state


def frame_ms(row: Instance) -> float:
    """Return how long a frame is shown: Frame Time, else the rates of PS3.3 C.7.6.5.1, else a tenth of a second."""
    header = header_of(row)
    found = numbers_in(header, "00181063")
    if found and found[0] > 0:
        return min(max(found[0], 20.0), 10_000.0)
    for tag in ("00082144", "00180040"):
        rates = numbers_in(header, tag)
        if rates and rates[0] > 0:
            return min(max(1000.0 / rates[0], 20.0), 10_000.0)
    return DEFAULT_FRAME_MS


class RenderedView(DicomwebView):
    """`GET …/instances/{instance}/rendered` and `…/frames/{list}/rendered`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str = "") -> HttpResponse:
        """Return frames as JPEG, PNG or GIF: of an instance the middle one, or all as an animated GIF."""
        return rendered_response(request, instance_for(request, study, series, instance), frames, Wish(request))


class InstanceThumbnailView(DicomwebView):
    """`GET …/instances/{instance}/thumbnail` and `…/frames/{n}/thumbnail`."""

    def get(self, request: Request, study: str, series: str, instance: str, frames: str = "") -> HttpResponse:
        """Return a small picture of a frame."""
        row = instance_for(request, study, series, instance)
        wish = Wish(request, view=THUMBNAIL)
        return rendered_response(request, row, frames or str((row.frame_count + 1) // 2), wish)


def rendered_response(request: Request, row: Instance, frames: str, wish: Wish) -> HttpResponse:
    """Return a picture of frames with its version."""
    if not row.frame_count:
        raise NotFoundError("This instance is no image.", code="not_an_image")
    every = list(range(1, row.frame_count + 1))
    if frames:
        numbers = frame_numbers(frames, row)
    else:
        numbers = every if wish.multipart or wish.media_type == "image/gif" else [(row.frame_count + 1) // 2]
    if len(numbers) > 1 and not wish.multipart and wish.media_type != "image/gif":
        raise Unavailable([f'multipart/related; type="{wish.media_type}"', "image/gif"])
    etag = etag_of(row.sha256, ",".join(map(str, numbers)), *wish.key)
    unchanged = not_modified(request, etag, IMMUTABLE)
    if unchanged is not None:
        return unchanged
    content_type = wish.media_type
    if wish.multipart:
        writer = MultipartWriter(wish.media_type)
        content_type = writer.content_type
        if wish.pixels(row) * len(numbers) > MAX_LOOP_PIXELS:
            raise InvalidError("These frames are too many, or too large, for one answer.", code="too_many_frames")
        content = b"".join(writer.stream((wish.media_type, [wish.rendered(row, number)]) for number in numbers))
    elif len(numbers) > 1:
        content = wish.loop(row, numbers)
    else:
        content = wish.rendered(row, numbers[0])
    response = bytes_response(content, content_type=content_type, etag=etag, cache=IMMUTABLE)
    if wish.warning:
        response["Warning"] = wish.warning
    return response


class AllRenderedView(DicomwebView):
    """`GET …/rendered` of a study or a series: every frame of every image, as one multipart body."""

    def get(self, request: Request, study: str, series: str = "") -> HttpResponseBase:
        """Return the pictures in the order of instances; what cannot be decoded is left out."""
        wish = Wish(request)
        rows = visible_instances(actor=actor_of(request)).filter(series__study__study_uid=study, frame_count__gt=0)
        if series:
            rows = rows.filter(series__series_uid=series)
        found = list(rows.order_by("series_id", "number", "sop_instance_uid"))
        if not found:
            raise NotFoundError("There is no picture of this.", code="not_an_image")
        if not wish.multipart:
            if len(found) == 1 and (found[0].frame_count == 1 or wish.media_type == "image/gif"):
                return rendered_response(request, found[0], "", wish)
            if request.headers.get("Accept", "*/*") not in ("", "*/*") or request.GET.get("accept"):
                raise Unavailable([f'multipart/related; type="{wish.media_type}"'])
        writer = MultipartWriter(wish.media_type)
        response = stream_response(request, self._chunks(writer, found, wish), content_type=writer.content_type)
        response["Cache-Control"] = REVALIDATE
        if wish.warning:
            response["Warning"] = wish.warning
        return response

    def _chunks(self, writer: MultipartWriter, rows: list[Instance], wish: Wish) -> Iterator[bytes]:
        for row in rows:
            uids = row.series.study.study_uid, row.series.series_uid, row.sop_instance_uid
            root = "/dicomweb/studies/{}/series/{}/instances/{}".format(*uids)
            for number in range(1, row.frame_count + 1):
                try:
                    picture = wish.rendered(row, number)
                except (PixelsError, InvalidError) as error:  # the rest is shown; its own address says what is wrong
                    logger.warning("left out of a rendered series: %s", error.message)
                    continue
                yield writer.head(wish.media_type, f"{root}/frames/{number}/rendered")
                yield picture
        yield writer.end()


class SeriesThumbnailView(DicomwebView):
    """`GET /studies/{study}/thumbnail` and `…/series/{series}/thumbnail`: made when the series was indexed."""

    def get(self, request: Request, study: str, series: str = "") -> HttpResponse:
        """Return the middle frame of the series, or of the study's first series that has a picture."""
        wish = Wish(request, view=THUMBNAIL)
        rows = visible_series(actor=actor_of(request)).filter(study__study_uid=study)
        if series:
            rows = rows.filter(series_uid=series)
        for row in rows.order_by("number", "series_uid"):
            name = require_indexed(series=row).thumbnail_name
            if name:
                etag = etag_of(name, *wish.key)
                unchanged = not_modified(request, etag, REVALIDATE)
                if unchanged is not None:
                    return unchanged
                with default_storage.open(name) as file:
                    content = _resized(file.read(), wish)
                return bytes_response(content, content_type=wish.media_type, etag=etag, cache=REVALIDATE)
        raise NotFoundError("There is no picture of this.", code="no_thumbnail")


def _resized(thumbnail: bytes, wish: Wish) -> bytes:
    """Return the kept thumbnail in the wanted type, never larger than it is nor than the viewport."""
    image = Image.open(io.BytesIO(thumbnail))
    view = wish.view or THUMBNAIL
    if wish.media_type == "image/jpeg" and image.width <= view.width and image.height <= view.height:
        return thumbnail
    image.thumbnail((view.width, view.height))
    out = io.BytesIO()
    image.save(out, wish.media_type.removeprefix("image/").upper(), quality=wish.quality)
    return out.getvalue()
