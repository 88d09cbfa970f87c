"""Let a view read a large body while it is still arriving.

Django's own ASGI handler writes the whole body to a temporary file before the view begins. STOW-RS reads its body in
order anyway: here the view runs on a thread of its own and reads what has come, so that an instance is parsed while
the next is on the wire, and nothing is copied to disk twice. Memory: what is on the way is bounded; a view that is
slower than the wire makes the sender wait.
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

MOST_WAITING_BYTES = 8 << 20
UPLOADS = 32
"""Most bodies that are read at once; further ones wait for their turn."""


class BodyPipe:
    """A body on its way from the event loop to a thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
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
                message = await receive()
                more = message["type"] == "http.request" and message.get("more_body", False)
                self._put(message.get("body", b""))
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify()

    def _put(self, chunk: bytes) -> None:
        with self._changed:
            if chunk:
                self._chunks.append(chunk)
                self._waiting += len(chunk)
                if self._waiting >= MOST_WAITING_BYTES:
                    self._room.clear()
            self._changed.notify()

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes as soon as there are some (-1: all there will be); empty at the end."""
        if size < 0:
            found = []
            while chunk := self.read(1 << 20):
                found.append(chunk)
            return b"".join(found)
        with self._changed:
            while not self._chunks and not self._ended:
                self._changed.wait()
            taken, length = [], 0
            while self._chunks and length < size:
                chunk = self._chunks.popleft()
                if length + len(chunk) > size:
                    self._chunks.appendleft(chunk[size - length :])
                    chunk = chunk[: size - length]
                taken.append(chunk)
                length += len(chunk)
            full = self._waiting >= MOST_WAITING_BYTES
            self._waiting -= length
            if full and self._waiting < MOST_WAITING_BYTES:
                self._loop.call_soon_threadsafe(self._room.set)
        return taken[0] if len(taken) == 1 else b"".join(taken)

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
        body = BodyPipe(loop)
        pump = asyncio.ensure_future(body.pump(receive))
        try:
            response = await loop.run_in_executor(self.receivers, self._receive, scope, body)
        finally:
            pump.cancel()  # an answer may come before the body's end: a refusal
        try:
            await self._send(response, receive, send)
        finally:
            await loop.run_in_executor(self.receivers, response.close)

    def _receive(self, scope: Scope, body: BodyPipe) -> HttpResponseBase:
        """Run middleware and view on this thread."""
        keep_connections()
        set_script_prefix(scope.get("root_path", "") or "/")
        return self.get_response(ASGIRequest(scope, cast(BinaryIO, body)))
