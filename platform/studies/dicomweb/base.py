"""What every DICOMweb view shares: who asks, what is visible, how bytes leave."""

import gzip
import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, BinaryIO, cast

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import BasicTokenAuthentication, BearerTokenAuthentication, SessionAuthentication
from common.api import error_response
from common.errors import InvalidError, NotFoundError
from studies.dicomweb.accept import Unavailable, accepted_encoding
from studies.errors import PixelsError, TooLargeError
from studies.models import Instance
from studies.requests import actor_of
from studies.selectors import visible_instances

CHUNK_BYTES = 256 << 10
IMMUTABLE = "private, max-age=31536000, immutable"
REVALIDATE = "private, no-cache"


class AnyAccept(BaseContentNegotiation):
    """Leave `Accept` to the view: DICOMweb's media types carry parameters that DRF does not know."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the JSON renderer, which only errors use."""
        return JSONRenderer(), "application/json"


class DicomwebView(APIView):
    """A view that answers with bytes of its own; its errors have the shape of all others."""

    authentication_classes = (BearerTokenAuthentication, BasicTokenAuthentication, SessionAuthentication)
    content_negotiation_class = AnyAccept
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what cannot be a UID, or a text, before anybody asks the database about it."""
        super().initial(request, *args, **kwargs)
        for name in ("study", "series", "instance"):
            if name in kwargs and not UID.fullmatch(kwargs[name]):
                raise InvalidError(f"The {name} in the address is no UID.", code="bad_uid")
        said = [*request.GET, *(value for values in request.GET.lists() for value in values[1])]
        if any("\0" in one for one in [*said, *map(str, kwargs.values())]):
            raise InvalidError("A request cannot hold the character NUL.", code="bad_query")

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Say which methods the address takes. Other origins are not let in: see docs/dicomweb.md."""
        return HttpResponse(status=204)  # `Allow` is on every answer

    def handle_exception(self, exc: Exception) -> Response:
        """Give refusals that DICOMweb has a status of its own for that status, with what can be had instead."""
        if isinstance(exc, Unavailable):
            fields = {"available": exc.available}
            answer = error_response(code="not_acceptable", message=str(exc.detail), http_status=406, fields=fields)
        elif isinstance(exc, PixelsError):  # it is here, but cannot be had in this form
            answer = error_response(code=exc.code, message=exc.message, http_status=406, fields=exc.fields)
        elif isinstance(exc, TooLargeError):
            answer = error_response(code=exc.code, message=exc.message, http_status=413, fields=exc.fields)
        else:
            return super().handle_exception(exc)
        answer.exception = True
        return answer

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Compress JSON for clients that take it, and tell caches what the answer depends on."""
        done = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(done, ["Accept"])
        if done.status_code in (204, 304):  # without a body there is no type of one
            del done["Content-Type"]
        if done.get("Content-Type", "").startswith("application/dicom+json"):
            compress(request, cast(HttpResponse, done))  # what our views return is no DRF response
        return done


UID = re.compile(r"[0-9.]{1,64}")
COMPRESS_FROM_BYTES = 1024


def compress(request: Request, response: HttpResponse) -> None:
    """Compress a JSON body in place, unless it is small or compressed already."""
    patch_vary_headers(response, ["Accept-Encoding"])
    if response.has_header("Content-Encoding") or len(response.content) < COMPRESS_FROM_BYTES:
        return
    coding = accepted_encoding(request, CODINGS)
    if coding:
        response.content = CODINGS[coding](response.content)
        response["Content-Encoding"] = coding


def _zstd(content: bytes) -> bytes:
    import zstandard

    return zstandard.compress(content, 3)


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


CODINGS = {"zstd": _zstd, "gzip": _gzip}
"""Content codings of JSON that is made per request, the preferred first."""


def instance_for(request: Request, study: str, series: str, instance: str) -> Instance:
    """Return a visible instance by its three UIDs.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    found = (
        visible_instances(actor=actor_of(request))
        .filter(sop_instance_uid=instance, series__series_uid=series, series__study__study_uid=study)
        .first()
    )
    if found is None:
        raise NotFoundError("There is no such instance.", code="instance_not_found")
    return found


def etag_of(*parts: object) -> str:
    """Return a strong entity tag of what the bytes depend on."""
    return '"' + hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:32] + '"'


def not_modified(request: Request, etag: str, cache: str) -> HttpResponse | None:
    """Return 304 when the client holds this very version, else None."""
    held = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    if "*" in held or etag.removeprefix("W/") in held:
        return _tagged(HttpResponse(status=304), etag, cache)
    return None


def _tagged(response: HttpResponse, etag: str, cache: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = cache
    return response


def bytes_response(
    content: bytes, *, content_type: str, etag: str, cache: str, request: Request | None = None
) -> HttpResponse:
    """Return bytes with their version; with a request, its Range header is honoured."""
    whole = len(content)
    span = wanted_range(request, whole, etag) if request is not None else None
    if span is not None and not span:
        return _unsatisfiable(whole)
    if span:
        response = HttpResponse(content[span[0] : span[1]], content_type=content_type, status=206)
        response["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{whole}"
    else:
        response = HttpResponse(content, content_type=content_type)
    if request is not None:
        response["Accept-Ranges"] = "bytes"
    return _tagged(response, etag, cache)


def span_response(
    file: BinaryIO, offset: int, length: int, *, content_type: str, etag: str, request: Request
) -> HttpResponse:
    """Return a stretch of a stored file, or the part of it that a Range header asks for, read and no more."""
    span = wanted_range(request, length, etag)
    if span is not None and not span:
        return _unsatisfiable(length)
    begin, end = span or (0, length)
    file.seek(offset + begin)
    response = HttpResponse(file.read(end - begin), content_type=content_type, status=206 if span else 200)
    if span:
        response["Content-Range"] = f"bytes {begin}-{end - 1}/{length}"
    response["Accept-Ranges"] = "bytes"
    return _tagged(response, etag, IMMUTABLE)


def _unsatisfiable(whole: int) -> HttpResponse:
    message = f"The range begins beyond the end: there are {whole:,} bytes."
    response = error_response(code="bad_range", message=message, http_status=416)
    response["Content-Range"] = f"bytes */{whole}"
    return response


_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def wanted_range(request: Request, whole: int, etag: str) -> tuple[int, int] | tuple[()] | None:
    """Return [begin, end) of a single byte range (RFC 9110 14); None for all, () when it cannot be met."""
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip().lower())
    condition = request.headers.get("If-Range")
    if match is None or request.method != "GET" or (condition is not None and condition != etag):
        return None
    first, last = match.groups()
    if (not first and not last) or (first and last and int(last) < int(first)):
        return None  # no range by its own grammar: as if it were not there
    if not first:
        begin, end = max(whole - int(last), 0), whole
    else:
        begin, end = int(first), min(int(last) + 1 if last else whole, whole)
    return (begin, end) if begin < end else ()


def json_response(results: list[dict[str, Any]], *, status: int = 200) -> HttpResponse:
    """Return DICOM JSON; an empty search result is 204 without a body (PS3.18 10.6.3)."""
    if not results and status == 200:
        return HttpResponse(status=204)
    body = json.dumps(results, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(body.encode(), content_type="application/dicom+json", status=status)
    response["Cache-Control"] = REVALIDATE
    return response


def stream_response(request: Request, chunks: Iterator[bytes], *, content_type: str) -> HttpResponseBase:
    """Return a streamed body that is never whole in memory, under ASGI and WSGI alike."""
    if request.method == "HEAD":  # nothing is read for a body that nobody gets
        chunks = iter(())
    asynchronous = isinstance(request._request, ASGIRequest)
    return StreamingHttpResponse(_in_threads(chunks) if asynchronous else chunks, content_type=content_type)


async def _in_threads(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    def step() -> bytes | None:
        return next(chunks, None)

    advance = sync_to_async(step, thread_sensitive=False)
    while (chunk := await advance()) is not None:
        yield chunk
