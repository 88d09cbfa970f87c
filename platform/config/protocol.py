"""Uvicorn's HTTP protocol, with a shorter way for large bodies in both directions.

Uvicorn takes a body off the connection in the event loop and copies it four times until the application has it. Here an
application may read the rest of a body itself, on a thread, straight from the kernel into its own memory; and it may
have stretches of stored files sent by the kernel, without their passing through this process. Named to uvicorn by
`--http config.protocol:BodyProtocol`; without it everything works, more slowly.
"""

import contextlib
import os
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from common.reading import SEND_PIECES, Stretch, send_pieces

TAKE_BODY = "fiducial.take_body"
"""Name of the extension in the ASGI scope."""
LOOK_EVERY_S = 0.5
SILENT_S = 600.0
"""A sender who says nothing for so long is taken for gone."""


class BodyConnection:
    """The rest of a body on its connection, for one thread to read; `end` it when done.

    Parameters
    ----------
    connection : socket
        A handle of our own; that it does not block is left as it is.
    held : bytes
        What has come already.
    left : int
        How many bytes are still to be read from the connection.
    give_back : callable
        Told, in whatever thread calls `end`, how many of them were not read.
    """

    def __init__(self, connection: socket.socket, held: bytes, left: int, give_back: Callable[[int], None]) -> None:
        connection.settimeout(LOOK_EVERY_S)
        self._connection, self._held, self._left, self._give_back = connection, held, left, give_back
        self._stopped = False

    def put_before(self, chunk: bytes) -> None:
        """Put what came even earlier before the rest."""
        self._held = chunk + self._held

    def readinto(self, view: memoryview) -> int:
        """Fill the beginning of `view` with what there is; 0 at the end of the body, or when its sender left."""
        if self._held:
            count = min(len(view), len(self._held))
            view[:count], self._held = self._held[:count], self._held[count:]
            return count
        silent_since = time.monotonic()
        while self._left and not self._stopped:
            try:
                count = self._connection.recv_into(view[: self._left])
            except TimeoutError:
                if time.monotonic() - silent_since > SILENT_S:
                    return 0
                continue
            except OSError:
                return 0
            self._left -= count
            return count
        return 0

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes (-1: all there will be), empty at the end."""
        if size < 0:
            return b"".join(iter(partial(self.read, 1 << 20), b""))
        chunk = bytearray(size)
        return bytes(memoryview(chunk)[: self.readinto(memoryview(chunk))])

    def readline(self, size: int = -1, /) -> bytes:
        """Refuse: bodies that are read here have no lines."""
        raise NotImplementedError

    def stop(self) -> None:
        """Have a read that waits in another thread come back soon; nothing more is given."""
        self._stopped = True

    def close(self) -> None:
        """Do nothing: the request calls this at its end."""

    def end(self) -> None:
        """Give the connection back; nobody reads any more."""
        self._connection.close()
        self._give_back(self._left)


class BodyProtocol(HttpToolsProtocol):
    """Offers two functions in `scope["extensions"]`, where the bytes are not encrypted.

    `["fiducial.take_body"]["take"]` returns a `BodyConnection`, or None for a body that ends otherwise than by its
    Content-Length. To be called in the event loop after the first `receive()`, which answers `Expect: 100-continue` and
    gives what has come until then; not `receive()` again until it was ended.

    `["fiducial.send_pieces"]["send"]` sends pieces of a body whose length was told in the head. To be awaited between
    `http.response.start` and the last `http.response.body`.
    """

    _came = 0
    _skip = 0

    def on_headers_complete(self) -> None:
        """Begin the request, with the offers."""
        super().on_headers_complete()
        self._came = 0
        if self.cycle is not None and self.scheme == "http":  # none: it becomes a WebSocket
            self.scope["extensions"] = {
                TAKE_BODY: {"take": partial(self._take_body, self.cycle)},
                SEND_PIECES: {"send": partial(self._send_pieces, self.cycle)},
            }

    def on_body(self, body: bytes) -> None:
        """Count what comes."""
        self._came += len(body)
        super().on_body(body)

    def data_received(self, data: bytes) -> None:
        """Pass over what is left of a body that was not read to its end."""
        if self._skip:
            self._unset_keepalive_if_required()
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if data:
            super().data_received(data)

    def _take_body(self, cycle: RequestResponseCycle) -> BodyConnection | None:
        named = {name: value for name, value in cycle.scope["headers"] if name.startswith((b"content-", b"transfer-"))}
        length = named.get(b"content-length", b"")
        gone = cycle.disconnected or cycle.response_complete or self.transport.is_closing()
        if cycle is not self.cycle or not cycle.more_body or gone or b"transfer-encoding" in named or not length:
            return None
        self.flow.pause_reading()
        held, cycle.body = bytes(cycle.body), bytearray()
        connection = socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno()))

        def give_back(left: int) -> None:
            with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
                self.loop.call_soon_threadsafe(partial(self._take_back, cycle, left))

        return BodyConnection(connection, held, int(length) - self._came, give_back)

    def _take_back(self, cycle: RequestResponseCycle, left: int) -> None:
        """Go on behind the body: with a parser that knows nothing of it, as the one before still waits for its end."""
        cycle.more_body = False
        cycle.message_event.set()
        if self.parser is None or self.transport.is_closing():
            return
        self._skip = left
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn's own
        self.flow.resume_reading()

    async def _send_pieces(self, cycle: RequestResponseCycle, pieces: Sequence[bytes | Stretch]) -> None:
        """Send on a handle of our own for the connection, once what was written before has left."""
        self.transport.set_write_buffer_limits(0)  # "full" until it is empty
        try:
            await self.flow.drain()
            if cycle.disconnected or self.transport.is_closing():
                return
            with socket.socket(fileno=os.dup(self.transport.get_extra_info("socket").fileno())) as connection:
                await send_pieces(connection, pieces, lambda: not cycle.disconnected)
            cycle.expected_content_length -= sum(map(len, pieces))
        except ConnectionError:
            cycle.disconnected = True
            self.transport.abort()
        finally:
            self.transport.set_write_buffer_limits()
