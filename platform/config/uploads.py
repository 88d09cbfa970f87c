"""Let a view read a large body while it is still arriving.

Django's own ASGI handler writes the whole body to a temporary file before the view begins. STOW-RS reads its body in
order anyway: here the view runs on a thread of its own and reads what has come, straight off the connection where the
web server offers that (config.protocol), so that an instance is parsed while the next is on the wire, and nothing is
copied to disk twice. Memory: what is on the way is bounded; a view that is slower than the wire makes the sender wait.
"""

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from typing import Any, BinaryIO, cast

from django.core.handlers.asgi import ASGIRequest
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

from config.pooled import Application, PooledHandler, Scope, keep_connections
from config.protocol import TAKE_BODY, BodyConnection

MOST_WAITING_BYTES = 32 << 20
UPLOADS = 32
"""Most bodies that are read at once; further ones wait for their turn."""


class BodyPipe:
    """A body on its way from the event loop to a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, first: dict[str, Any] | None = None) -> None:
        self._loop = loop
        self._first = first
        self._room = asyncio.Event()
        self._room.set()
        self._changed = Condition()
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._ended = False

    async def pump(self, receive: Any) -> None:
        """Take what comes until the body ends or the sender leaves; wait while the reader is far behind."""
        try:
            more = True
            while more:
                await self._room.wait()
                message = self._first or await receive()
                self._first = None
                more = message["type"] == "http.request" and message.get("more_body", False)
                if not self._put(message.get("body", b"")):
                    self._room.clear()
        finally:
            self.stop()

    def stop(self) -> None:
        """End the body here: a read that waits comes back, with what has come."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _put(self, chunk: bytes) -> bool:
        """Take a piece; False when the reader is far behind."""
        with self._changed:
            if chunk:
                self._chunks.append(chunk)
                self._waiting += len(chunk)
            self._changed.notify()
            return self._waiting < MOST_WAITING_BYTES

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece as it came, or its first `size` bytes (-1: all there will be); empty at the end."""
        if size < 0:
            found = []
            while chunk := self.read(1 << 20):
                found.append(chunk)
            return b"".join(found)
        with self._changed:
            while not self._chunks and not self._ended:
                self._changed.wait()
            chunk = self._chunks.popleft() if self._chunks else b""
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            full = self._waiting >= MOST_WAITING_BYTES
            self._waiting -= len(chunk)
            if full and self._waiting < MOST_WAITING_BYTES:
                self._loop.call_soon_threadsafe(self._room.set)
        return chunk

    def readline(self, size: int = -1, /) -> bytes:
        """Refuse: bodies that are read here have no lines."""
        raise NotImplementedError

    def close(self) -> None:
        """Do nothing: the request calls this at its end."""


class UploadHandler(PooledHandler):
    """An ASGI application for POST below `uploads`; all else is answered as `PooledHandler` does.

    Parameters
    ----------
    other, prefix
        As for `PooledHandler`.
    uploads : str
        Addresses that begin so take bodies that are read as they come.
    """

    def __init__(self, other: Application, *, prefix: str, uploads: str) -> None:
        super().__init__(other, prefix=prefix)
        self.uploads = uploads
        self.receivers = ThreadPoolExecutor(UPLOADS, thread_name_prefix="receiving")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer, or pass on."""
        if scope["method"] != "POST" or not scope["path"].startswith(self.uploads):
            await super().__call__(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        first = await receive()
        offer = scope.get("extensions", {}).get(TAKE_BODY)
        rest: BodyConnection | None = offer["take"]() if offer is not None and first.get("more_body") else None
        if rest is not None:
            rest.put_before(first["body"])
            response = await self._read_by(rest, scope)
        else:
            body = BodyPipe(loop, first)
            pump = asyncio.ensure_future(body.pump(receive))
            try:
                response = await loop.run_in_executor(self.receivers, self._receive, scope, body)
            finally:
                pump.cancel()  # an answer may come before the body's end: a refusal
        try:
            await self._send(response, receive, send)
        finally:
            await loop.run_in_executor(self.receivers, response.close)

    async def _read_by(self, body: BodyConnection, scope: Scope) -> HttpResponseBase:
        """Have the view read the rest of the body itself."""

        def receive() -> HttpResponseBase:
            try:
                return self._receive(scope, body)
            finally:
                body.end()

        work = self.receivers.submit(receive)
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            body.stop()
            if work.cancelled():  # it had not begun
                body.end()
            raise

    def _receive(self, scope: Scope, body: BodyPipe | BodyConnection) -> HttpResponseBase:
        """Run middleware and view on this thread."""
        keep_connections()
        set_script_prefix(scope.get("root_path", "") or "/")
        return self.get_response(ASGIRequest(scope, cast(BinaryIO, body)))
