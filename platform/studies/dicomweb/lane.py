"""The fast lane: frames, whole series and series metadata that leave as they are stored, without Django's machinery.

An ASGI application before Django's. It takes a request only when it understands all of it: GET of one frame, of a
series as files, or of a series' metadata, with an Accept header that the stored bytes answer, no query, no range, no
condition; and rendered frames without a query, which the view's own function draws. Everything else, every refusal
and every error is Django's.

Who may see what is asked of the very same authentication classes and selectors as in the views. Their answer is kept
per credential and series for at most one second, and on SQLite only until anybody commits anything; with a database
in memory (tests) it is not kept at all. Headers are those that Django gave for the first request of the same kind.
"""

import asyncio
import contextlib
import gzip
import os
import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.http import HttpRequest, QueryDict, parse_cookie
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from common.errors import DomainError
from common.reading import Stretch, read_now
from studies.dicomweb.accept import FrameFormat, accepted_encoding, check_json
from studies.dicomweb.base import etag_of
from studies.dicomweb.frames import format_for, frames_etag
from studies.dicomweb.multipart import MultipartWriter
from studies.dicomweb.rendered import Wish, rendered_response
from studies.dicomweb.seen import Need, SeenSeries, SeriesAccess
from studies.dicomweb.wado import DICOM, DICOM_JSON, sends_stored, wanted_syntax
from studies.models import Instance

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
Headers = dict[bytes, bytes]

_UID = r"([0-9.]{1,64})"
_SERIES = re.compile(
    rf"/dicomweb/studies/{_UID}/series/{_UID}"
    rf"(?:(/metadata)|/instances/{_UID}(?:/frames/([0-9]{{1,6}}))?(/rendered)?)?"
)
_CONDITIONS = (b"range", b"if-range", b"if-none-match", b"if-match", b"if-modified-since", b"transfer-encoding")
_OF_EACH_ANSWER = frozenset({b"content-type", b"content-length", b"content-encoding", b"etag"})
_OF_A_KIND = frozenset(
    {
        *(b"allow", b"vary", b"cache-control", b"accept-ranges", b"content-language", b"strict-transport-security"),
        *(b"x-frame-options", b"x-content-type-options", b"referrer-policy", b"cross-origin-opener-policy"),
    }
)
CHUNK_BYTES = 1 << 20
FEW_PIECES = 3  # a body of more pieces looks after each whether the client is still there
METADATA_BYTES = 32 << 20


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

    __slots__ = ("blob", "headers", "kind", "length", "pieces")

    def __init__(self, kind: str, pieces: list[bytes | Stretch], headers: list[tuple[bytes, str]]) -> None:
        self.length = sum(len(piece) if isinstance(piece, bytes) else piece.length for piece in pieces)
        self.kind, self.pieces, self.blob = kind, pieces, ""
        self.headers = [(name, value.encode("latin1")) for name, value in headers]
        self.headers.append((b"content-length", str(self.length).encode()))


class FastLane:
    """The application; `django` answers what it leaves."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.access = SeriesAccess()
        self.kinds: dict[tuple[Any, ...], list[tuple[bytes, bytes]]] = {}
        self.metadata: OrderedDict[tuple[str, bool], bytes] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer from stored bytes, or hand over."""
        wanted = _wanted(scope)
        if wanted is None:
            await self.django(scope, receive, send)
            return
        match, headers = wanted
        try:
            answer = await self._answer(scope, match, headers)
        except (DomainError, APIException, OSError, ValueError):
            answer = None  # Django finds it again, and has the words for it
        common = None if answer is None else self.kinds.get((answer.kind, *_surroundings(scope, headers)))
        if answer is None:
            await self.django(scope, receive, send)
        elif common is None:
            await self.django(scope, receive, self._learning((answer.kind, *_surroundings(scope, headers)), send))
        elif not await self._sent(answer, common, receive, send):
            await self.django(scope, receive, send)

    async def _sent(self, answer: Answer, common: list[tuple[bytes, bytes]], receive: Any, send: Any) -> bool:
        """Send the answer; False when its first bytes cannot be read, and nothing was sent."""
        start = {"type": "http.response.start", "status": 200}
        rest = _chunks(answer.pieces)
        try:
            by_proxy = _by_proxy(answer)
            first = b"" if by_proxy else await anext(rest)
        except OSError:
            return False
        if by_proxy:
            own = [pair for pair in answer.headers if pair[0] != b"content-length"]
            own += [(b"content-length", b"0"), (b"x-accel-redirect", by_proxy)]
            await send(start | {"headers": [*own, *common]})
            await send({"type": "http.response.body", "body": b""})
            return True
        await send(start | {"headers": [*answer.headers, *common]})
        async with contextlib.aclosing(rest):
            await _send_body(answer, first, rest, receive, send)
        return True

    async def _answer(self, scope: Scope, match: re.Match[str], headers: Headers) -> Answer | None:
        if not isinstance(default_storage, FileSystemStorage):
            return None  # a bucket's bytes come through its client
        study, series, metadata, instance, frame, rendered = match.groups()
        if instance and not (frame or rendered):
            return None
        credential = (headers.get(b"authorization", b""), _session_of(headers))
        if credential == (b"", ""):
            return None
        need = Need(instance) if instance else Need(all_files=not metadata)
        seen = await self.access.series(scope, credential, study, series, need)
        if seen is None:
            return None
        if metadata:
            return await self._metadata(seen, Asked(headers))
        if instance:
            row = seen.instances.get(instance)
            if row is None or not rendered:
                return None if row is None else _frame(seen, row, int(frame), headers)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.access.threads, _rendered, row, frame or "", headers)
        return _files(seen, headers)

    async def _metadata(self, seen: SeenSeries, asked: Asked) -> Answer | None:
        """Return the blob that was made when the series was indexed."""
        name = seen.series.metadata_name
        if not name or seen.series.indexed_at is None:
            return None
        check_json(asked)
        packed = bool(accepted_encoding(asked, ["gzip"]))
        body = self.metadata.get((name, packed))
        if body is None:
            body = await asyncio.to_thread(_read_metadata, name, packed=packed)
            self.metadata[name, packed] = body
            while sum(map(len, self.metadata.values())) > METADATA_BYTES and len(self.metadata) > 1:
                self.metadata.popitem(last=False)
        headers = [(b"content-type", DICOM_JSON), (b"etag", f"W/{etag_of(name)}")]
        if not packed:
            return Answer("metadata", [body], headers)
        return Answer("gzip metadata", [body], [*headers, (b"content-encoding", "gzip")])

    def _learning(self, kind: tuple[Any, ...], send: Any) -> Any:
        """Return a `send` that notes the headers of an answer of this kind, if they are those of any such answer."""

        async def noting(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                named = [(name.lower(), value) for name, value in message["headers"]]
                common = [pair for pair in named if pair[0] not in _OF_EACH_ANSWER]
                if {name for name, _ in common} <= _OF_A_KIND and len(self.kinds) < 1000:
                    self.kinds[kind] = common
            await send(message)

        return noting


def _wanted(scope: Scope) -> tuple[re.Match[str], Headers] | None:
    """Return the parts of the address and the headers, if nothing in the request is beyond the lane."""
    if scope["method"] != "GET" or scope["query_string"]:
        return None
    match = _SERIES.fullmatch(scope["path"])
    if match is None or scope.get("root_path"):
        return None
    headers: Headers = {}
    for name, value in scope["headers"]:
        if name in headers:
            return None  # said twice: which one counts is Django's to say
        headers[name] = value
    if any(name in headers for name in _CONDITIONS) or headers.get(b"content-length", b"0") != b"0":
        return None
    return (match, headers) if _host_is_ours(headers.get(b"host", b""), tuple(settings.ALLOWED_HOSTS)) else None


@lru_cache(maxsize=256)
def _host_is_ours(host: bytes, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host.decode("latin1"))
    return bool(domain) and validate_host(domain, allowed)


@lru_cache(maxsize=1024)
def _cookies(header: bytes) -> dict[str, str]:
    return parse_cookie(header.decode("latin1"))


def _session_of(headers: Headers) -> str:
    return _cookies(headers.get(b"cookie", b"")).get(settings.SESSION_COOKIE_NAME, "")


def _surroundings(scope: Scope, headers: Headers) -> tuple[Any, ...]:
    """Return what Django's middleware makes the headers depend on."""
    language = _cookies(headers.get(b"cookie", b"")).get(settings.LANGUAGE_COOKIE_NAME, "")
    names = (b"accept-language", b"x-forwarded-proto", b"origin")
    return (b"authorization" in headers, scope.get("scheme"), language, *(headers.get(name) for name in names))


def _frame(seen: SeenSeries, row: Instance, number: int, headers: Headers) -> Answer | None:
    """Return one frame as it is stored, alone or as the only part of a multipart body."""
    if not 1 <= number <= len(row.frame_spans):
        return None
    key = (row.pk, headers.get(b"accept", b""))
    how = cast(FrameFormat | None, seen.formats.get(key))
    if how is None:
        how = seen.formats[key] = format_for(cast(Request, Asked(headers)), row)
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


def _rendered(row: Instance, frames: str, headers: Headers) -> Answer | None:
    """Return a picture as the view makes it; runs on a thread."""
    asked = cast(Request, Asked(headers))
    response = rendered_response(asked, row, frames, Wish(asked))
    row._state.fields_cache.pop("header", None)  # headers of a whole series are too large to keep
    if response.status_code != 200 or "Warning" in response:
        return None
    return Answer(
        "rendered", [response.content], [(b"content-type", response["Content-Type"]), (b"etag", response["ETag"])]
    )


def _files(seen: SeenSeries, headers: Headers) -> Answer | None:
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


def _read_metadata(name: str, *, packed: bool) -> bytes:
    with default_storage.open(name) as file:
        content = bytes(file.read())
    return content if packed else gzip.decompress(content)


def _by_proxy(answer: Answer) -> bytes:
    """Return where the proxy in front finds the body (`docker/nginx.conf`), or empty when we send it ourselves.

    Raises
    ------
    OSError
        The file is not there, or too short.
    """
    prefix: str = settings.ACCEL_REDIRECT
    if not prefix or not answer.blob:
        return b""
    (stretch,) = (piece for piece in answer.pieces if isinstance(piece, Stretch))
    if os.stat(stretch.path).st_size < stretch.offset + stretch.length or not stretch.length:
        raise OSError(f"{stretch.path} is too short")
    return f"{prefix}{stretch.offset}-{stretch.offset + stretch.length - 1}/{quote(answer.blob)}".encode()


async def _chunks(pieces: list[bytes | Stretch]) -> AsyncGenerator[bytes | bytearray, None]:
    """Yield a body in parts of about 1 MiB; bytes between stretches go along with the stretch after them."""
    before = b""
    for number, piece in enumerate(pieces):
        if isinstance(piece, bytes):
            if number == len(pieces) - 1 and number and isinstance(pieces[number - 1], Stretch):
                return  # went along with the stretch before it
            before += piece
            continue
        last = pieces[number + 1] if number == len(pieces) - 2 else b""
        begin = 0
        while begin < piece.length or before:
            size = min(piece.length - begin, CHUNK_BYTES)
            after = last if isinstance(last, bytes) and begin + size == piece.length else b""
            held = read_now(piece.path, piece.offset + begin, size, before=before, after=after)
            if held is None:
                held = bytearray(before + await asyncio.to_thread(piece.read, begin, size) + after)
            yield held
            begin, before = begin + size, b""
    if before:
        yield before


async def _send_body(
    answer: Answer, first: bytes | bytearray, rest: AsyncGenerator[bytes | bytearray, None], receive: Any, send: Any
) -> None:
    """Send the pieces; a file that turns out shorter ends the connection, so that nobody takes it for the whole."""
    leaving = asyncio.ensure_future(_left(receive)) if len(answer.pieces) > FEW_PIECES else None
    left = answer.length - len(first)
    try:
        await send({"type": "http.response.body", "body": first, "more_body": left > 0})
        async for chunk in rest:
            if leaving is not None and leaving.done():
                return
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
    finally:
        if leaving is not None:
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving


async def _left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
