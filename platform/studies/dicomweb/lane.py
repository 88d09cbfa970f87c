"""The fast lane: frames, whole series and series metadata that leave as they are stored, without Django's machinery.

An ASGI application before Django's. It takes a request only when it understands all of it: GET of one frame, of the
frames of chosen instances, of a series as files, or of a series' metadata, with an Accept header that the stored bytes
answer, no other query, no range, no condition; rendered frames without a query, which the view's own function draws;
and searches, which the views themselves answer (`searching`). Everything else, every refusal and every error is
Django's.

Who may see what is asked of the very same authentication classes and selectors as in the views. For stored bytes the
answer is kept per credential and series for at most one second, and on SQLite only until anybody commits anything;
with a database in memory (tests) it is not kept at all. Searches ask every time what is visible. Headers are those
that Django gave for the first request of the same kind.
"""

import asyncio
import contextlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any, cast
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError
from django.http import QueryDict, parse_cookie
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import APIException

from common.errors import DomainError
from common.reading import SEND_PIECES, Stretch
from studies.dicomweb.accept import accepted_encoding, check_json
from studies.dicomweb.base import etag_of
from studies.dicomweb.bulkdata import chosen_instances
from studies.dicomweb.lane_answers import (
    Answer,
    Asked,
    Headers,
    files_answer,
    frame_answer,
    metadata_bytes,
    pixels_answer,
    rendered_answer,
)
from studies.dicomweb.searching import SearchCall, Searches, search_at
from studies.dicomweb.seen import Credential, Need, SeenSeries, SeriesAccess
from studies.dicomweb.wado import DICOM_JSON

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]

_UID = r"([0-9.]{1,64})"
_SERIES = re.compile(
    rf"/dicomweb/studies/{_UID}/series/{_UID}"
    rf"(?:(/metadata)|(?P<pixels>/pixeldata)|/instances/{_UID}(?:/frames/([0-9]{{1,6}}))?(/rendered)?)?"
)
_CONDITIONS = frozenset(
    {b"range", b"if-range", b"if-none-match", b"if-match", b"if-modified-since", b"transfer-encoding"}
)
_OF_A_KIND = frozenset(
    {
        *(b"allow", b"vary", b"cache-control", b"accept-ranges", b"content-language", b"strict-transport-security"),
        *(b"x-frame-options", b"x-content-type-options", b"referrer-policy", b"cross-origin-opener-policy"),
    }
)
CHUNK_BYTES = 1 << 20
FEW_PIECES = 3  # a body of more pieces looks after each whether the client is still there
METADATA_BYTES = 32 << 20


class FastLane:
    """The application; `django` answers what it leaves."""

    def __init__(self, django: Application) -> None:
        self.django = django
        self.access = SeriesAccess()
        self.searches = Searches(self.access.version)
        self.kinds: dict[tuple[Any, ...], list[tuple[bytes, bytes]]] = {}
        self.metadata: OrderedDict[tuple[str, bool], bytes] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer from stored bytes, or hand over."""
        wanted = _wanted(scope)
        if wanted is None:
            await self.django(scope, receive, send)
            return
        call, headers = wanted
        try:
            if isinstance(call, SearchCall):
                answer = await self._search(scope, call, headers)
            else:
                answer = await self._answer(scope, call, headers)
        except (DomainError, APIException, SuspiciousOperation, DatabaseError, OSError, ValueError):
            answer = None  # Django finds it again, and has the words for it
        if answer is None:
            await self.django(scope, receive, send)
            return
        kind = (answer.kind, *_surroundings(scope, headers))
        common = self.kinds.get(kind)
        if common is None:
            await self.django(scope, receive, self._learning(kind, answer, send))
        elif not await self._sent(scope, answer, common, receive, send):
            await self.django(scope, receive, send)

    async def _sent(
        self, scope: Scope, answer: Answer, common: list[tuple[bytes, bytes]], receive: Any, send: Any
    ) -> bool:
        """Send the answer; False when its first bytes cannot be read, and nothing was sent."""
        first = next((piece for piece in answer.pieces if isinstance(piece, Stretch)), None)
        try:
            if first is not None:
                first.require()
        except OSError:
            return False
        headers, by_proxy = answer.headers, _by_proxy(answer)
        if by_proxy:
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers += [(b"content-length", b"0"), (b"x-accel-redirect", by_proxy)]
        await send({"type": "http.response.start", "status": answer.status, "headers": [*headers, *common]})
        offer = scope.get("extensions", {}).get(SEND_PIECES)
        if first is None or by_proxy:
            body = b"" if by_proxy else b"".join(cast(list[bytes], answer.pieces))
            await send({"type": "http.response.body", "body": body})
        elif offer is not None:
            await offer["send"](answer.pieces)
            await send({"type": "http.response.body"})
        else:
            await _read_and_send(answer, receive, send)
        return True

    async def _search(self, scope: Scope, call: SearchCall, headers: Headers) -> Answer | None:
        credential = _credential(headers)
        found = None if credential == (b"", "") else await self.searches.answer(scope, call, credential)
        return None if found is None else Answer(found.kind, [found.body], found.headers, found.status)

    async def _answer(self, scope: Scope, match: re.Match[str], headers: Headers) -> Answer | None:
        if not isinstance(default_storage, FileSystemStorage):
            return None  # a bucket's bytes come through its client
        study, series, metadata, pixels, instance, frame, rendered = match.groups()
        if instance and not (frame or rendered):
            return None
        credential = _credential(headers)
        if credential == (b"", ""):
            return None
        chosen = _chosen(scope["query_string"].decode("latin1")) if pixels else ()
        if pixels and not chosen:
            return None
        need = Need(chosen or (instance,)) if chosen or instance else Need(all_files=not metadata)
        seen = await self.access.series(scope, credential, study, series, need)
        if seen is None:
            return None
        if metadata:
            return await self._metadata(seen, Asked(headers))
        if chosen:
            return pixels_answer(seen, study, chosen, headers)
        if instance:
            row = seen.instances.get(instance)
            if row is None or not rendered:
                return None if row is None else frame_answer(seen, row, int(frame), headers)
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self.access.threads, rendered_answer, row, frame or "", headers)
        return files_answer(seen, headers)

    async def _metadata(self, seen: SeenSeries, asked: Asked) -> Answer | None:
        """Return the blob that was made when the series was indexed."""
        name = seen.series.metadata_name
        if not name or seen.series.indexed_at is None:
            return None
        check_json(asked)
        packed = bool(accepted_encoding(asked, ["gzip"]))
        body = self.metadata.get((name, packed))
        if body is None:
            body = await asyncio.to_thread(metadata_bytes, name, packed=packed)
            self.metadata[name, packed] = body
            while sum(map(len, self.metadata.values())) > METADATA_BYTES and len(self.metadata) > 1:
                self.metadata.popitem(last=False)
        headers = [(b"content-type", DICOM_JSON), (b"etag", f"W/{etag_of(name)}")]
        if not packed:
            return Answer("metadata", [body], headers)
        return Answer("gzip metadata", [body], [*headers, (b"content-encoding", "gzip")])

    def _learning(self, kind: tuple[Any, ...], answer: Answer, send: Any) -> Any:
        """Return a `send` that notes the headers that Django gives beside ours, if any answer of the kind has them."""
        own = {name for name, _ in answer.headers}

        async def noting(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start" and message["status"] == answer.status:
                named = [(name.lower(), value) for name, value in message["headers"]]
                common = [pair for pair in named if pair[0] not in own]
                if {name for name, _ in common} <= _OF_A_KIND and len(self.kinds) < 1000:
                    self.kinds[kind] = common
            await send(message)

        return noting


def _wanted(scope: Scope) -> tuple[re.Match[str] | SearchCall, Headers] | None:
    """Return what the address asks for and the headers, if nothing in the request is beyond the lane."""
    if scope["method"] != "GET" or scope.get("root_path"):
        return None
    search = search_at(scope["path"])
    call = search or _SERIES.fullmatch(scope["path"])
    if call is None or (scope["query_string"] and isinstance(call, re.Match) and not call["pixels"]):
        return None
    headers: Headers = {}
    for name, value in scope["headers"]:
        if name in headers:
            return None  # said twice: which one counts is Django's to say
        headers[name] = value
    beyond = _CONDITIONS - {b"if-none-match"} if search else _CONDITIONS
    if not beyond.isdisjoint(headers) or headers.get(b"content-length", b"0") != b"0":
        return None
    return (call, headers) if _host_is_ours(headers.get(b"host", b""), tuple(settings.ALLOWED_HOSTS)) else None


@lru_cache(maxsize=256)
def _host_is_ours(host: bytes, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host.decode("latin1"))
    return bool(domain) and validate_host(domain, allowed)


@lru_cache(maxsize=1024)
def _cookies(header: bytes) -> dict[str, str]:
    return parse_cookie(header.decode("latin1"))


def _session_of(headers: Headers) -> str:
    return _cookies(headers.get(b"cookie", b"")).get(settings.SESSION_COOKIE_NAME, "")


def _credential(headers: Headers) -> Credential:
    return headers.get(b"authorization", b""), _session_of(headers)


def _surroundings(scope: Scope, headers: Headers) -> tuple[Any, ...]:
    """Return what Django's middleware makes the headers depend on."""
    language = _cookies(headers.get(b"cookie", b"")).get(settings.LANGUAGE_COOKIE_NAME, "")
    names = (b"accept-language", b"x-forwarded-proto", b"origin")
    return (b"authorization" in headers, scope.get("scheme"), language, *(headers.get(name) for name in names))


def _chosen(query: str) -> tuple[str, ...]:
    """Return the instances that a query asks for; none when it asks for anything else besides."""
    return chosen_instances(query) if set(QueryDict(query)) == {"SOPInstanceUID"} else ()


def _by_proxy(answer: Answer) -> bytes:
    """Return where the proxy in front finds the body (`docker/nginx.conf`), or empty when we send it ourselves."""
    prefix: str = settings.ACCEL_REDIRECT
    if not prefix or not answer.blob or not answer.length:
        return b""
    (stretch,) = (piece for piece in answer.pieces if isinstance(piece, Stretch))
    return f"{prefix}{stretch.offset}-{stretch.offset + stretch.length - 1}/{quote(answer.blob)}".encode()


async def _read_and_send(answer: Answer, receive: Any, send: Any) -> None:
    """Send the body where the web server cannot take stretches itself: read on threads, in parts of 1 MiB.

    A file that turns out shorter ends the connection, so that nobody takes it for the whole.
    """
    leaving = asyncio.ensure_future(_left(receive)) if len(answer.pieces) > FEW_PIECES else None
    try:
        for piece in answer.pieces:
            for begin in range(0, len(piece), CHUNK_BYTES):
                if leaving is not None and leaving.done():
                    return
                size = min(CHUNK_BYTES, len(piece) - begin)
                part = piece if isinstance(piece, bytes) else await asyncio.to_thread(piece.read, begin, size)
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})
    finally:
        if leaving is not None:
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving


async def _left(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
