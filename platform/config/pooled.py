"""Answer reading requests on threads that keep their database connections.

Django's own ASGI handler makes a thread and opens a database connection for every request: some milliseconds, which
for a picture or a list is most of the time. Here the same middleware and views run on a few threads that stay.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]
THREADS = 8


class PooledHandler(BaseHandler):
    """An ASGI application for GET and HEAD: Django's, on threads that stay. What it does not take goes to `other`.

    Parameters
    ----------
    other : ASGI application
        Django's own handler.
    prefix : str
        Addresses that begin so are answered here.
    """

    def __init__(self, other: Application, *, prefix: str) -> None:
        super().__init__()
        self.other, self.prefix = other, prefix
        self.load_middleware(is_async=False)
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="reading")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer, or pass on."""
        if scope["method"] not in ("GET", "HEAD") or not scope["path"].startswith(self.prefix):
            await self.other(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(self.threads, self._answer, scope)
        try:
            await self._send(response, receive, send)
        finally:
            await loop.run_in_executor(self.threads, response.close)

    def _answer(self, scope: Scope) -> HttpResponseBase:
        """Run middleware and view on this thread, whose connection stays unless it is broken."""
        keep_connections()
        set_script_prefix(scope.get("root_path", "") or "/")
        return self.get_response(ASGIRequest(scope, BytesIO()))

    async def _send(self, response: HttpResponseBase, receive: Any, send: Any) -> None:
        headers = [(name.lower().encode("ascii"), value.encode("latin1")) for name, value in response.items()]
        headers += [(b"set-cookie", cookie.output(header="").strip().encode()) for cookie in response.cookies.values()]
        await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
        if isinstance(response, StreamingHttpResponse):
            async with until_they_leave(receive) as is_there:
                async for chunk in self._chunks(response):
                    if not is_there():
                        return
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body"})
            return
        await send({"type": "http.response.body", "body": cast(HttpResponse, response).content})

    async def _chunks(self, response: StreamingHttpResponse) -> AsyncIterator[bytes]:
        if response.is_async:
            async for chunk in cast(AsyncIterator[bytes], response.streaming_content):
                yield chunk
            return
        chunks = iter(cast(Iterable[bytes], response.streaming_content))

        def following() -> bytes | None:
            return next(chunks, None)

        loop = asyncio.get_running_loop()
        while True:
            part: bytes | None = await loop.run_in_executor(self.threads, following)
            if part is None:
                return
            yield part


def keep_connections() -> None:
    """Close what is broken, and let the rest outlive the request (PostgreSQL's are checked before their next use)."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = None
        connection.close_if_unusable_or_obsolete()


@contextlib.asynccontextmanager
async def until_they_leave(receive: Any) -> AsyncIterator[Callable[[], bool]]:
    """Give a function that says whether the client is still there."""

    async def listen() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    task = asyncio.ensure_future(listen())
    try:
        yield lambda: not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
