"""Stretches of stored files: read them, or send them without their passing through this process."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

SEND_PIECES = "fiducial.send_pieces"
"""Name of the extension in the ASGI scope by which a web server offers `send_pieces` (config.protocol)."""
ROUND_BYTES = 1 << 20
TURN_BYTES = 4 << 20
"""After so much, whatever else waits in the event loop has its turn, however fast the client is."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """`length` bytes of a file from `offset` on."""

    path: str
    offset: int
    length: int

    def __len__(self) -> int:
        return self.length

    def require(self) -> None:
        """Look whether the file is there and long enough.

        Raises
        ------
        OSError
            It is not.
        """
        if os.stat(self.path).st_size < self.offset + self.length:
            raise OSError(f"{self.path} ends before byte {self.offset + self.length}")

    def read(self, begin: int, size: int) -> bytes:
        """Return `size` bytes from `begin` on.

        Raises
        ------
        OSError
            The file is not there, or ends before.
        """
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return _read(handle, self.path, self.offset + begin, size)
        finally:
            os.close(handle)


def _read(handle: int, path: str, at: int, size: int) -> bytes:
    parts = []
    while size:
        part = os.pread(handle, size, at)
        if not part:
            raise OSError(f"{path} ends before byte {at + size}")
        parts.append(part)
        size, at = size - len(part), at + len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def send_pieces(
    connection: socket.socket, pieces: Sequence[bytes | Stretch], is_open: Callable[[], bool] = lambda: True
) -> None:
    """Send a body; the kernel takes the stretches from its page cache by itself (sendfile).

    A slow client holds one open file and no memory. What is not in the page cache is read on a thread first, so that
    the event loop waits for no disk; only a page in the middle of a round that was evicted alone is waited for.

    Parameters
    ----------
    connection : socket
        Does not block; nobody else writes to it meanwhile.
    pieces : sequence of bytes or Stretch
        The body, in order.
    is_open : callable
        Says whether anybody still wants it; when not, the rest is not sent.

    Raises
    ------
    ConnectionError
        The client left.
    OSError
        A file is not there, or ends before. What came before it was sent.
    """
    turn = 0
    for number, piece in enumerate(pieces):
        if isinstance(piece, bytes):
            await _send_bytes(connection, piece, is_last=number == len(pieces) - 1)
            continue
        handle = os.open(piece.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            for begin in range(0, piece.length, ROUND_BYTES):
                at, size = piece.offset + begin, min(ROUND_BYTES, piece.length - begin)
                if not (_in_memory(handle, at) and _in_memory(handle, at + size - 1)):
                    await asyncio.to_thread(_read, handle, piece.path, at, size)
                await _send_round(connection, handle, piece.path, at, size, is_open)
                if not is_open():
                    return
                turn += size
                if turn >= TURN_BYTES:
                    turn = 0
                    await asyncio.sleep(0)
        finally:
            os.close(handle)


async def _send_bytes(connection: socket.socket, piece: bytes, *, is_last: bool) -> None:
    rest = memoryview(piece)
    while rest:
        try:
            rest = rest[connection.send(rest, 0 if is_last else socket.MSG_MORE) :]
        except BlockingIOError:
            await _room(connection)


async def _send_round(
    connection: socket.socket, handle: int, path: str, at: int, size: int, is_open: Callable[[], bool]
) -> None:
    while size:
        try:
            sent = os.sendfile(connection.fileno(), handle, at, size)
        except BlockingIOError:
            await _room(connection)
            if not is_open():
                return
            continue
        if not sent:
            raise OSError(f"{path} ends before byte {at + size}")
        at, size = at + sent, size - sent


async def _room(connection: socket.socket) -> None:
    """Wait until the client has taken some of what was sent."""
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_writer(connection.fileno(), there.set)
    try:
        await there.wait()
    finally:
        loop.remove_writer(connection.fileno())


def _in_memory(handle: int, at: int) -> bool:
    """Say whether a byte of a file can be had without waiting (Linux' page cache); False where nobody can say."""
    try:
        return os.preadv(handle, [bytearray(1)], at, os.RWF_NOWAIT) == 1
    except (AttributeError, OSError):
        return False
