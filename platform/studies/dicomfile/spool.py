"""Hold an upload while it is looked at: hashed once, in memory when small, on disk when large."""

import hashlib
import io
import mmap
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, Protocol, cast

from common.storage import Staged
from studies.errors import TooLargeError

IN_MEMORY_BYTES = 32 << 20
CHUNK_BYTES = 1 << 20


class Readable(Protocol):
    """Anything bytes can be read from in pieces."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes, empty at the end."""


@dataclass(slots=True)
class Spooled:
    """A whole file at hand; close it when done.

    Attributes
    ----------
    stream : BinaryIO
        The bytes for a parser (a BytesIO or an mmap). A read never returns or allocates more than the file holds,
        whatever length is asked.
    raw : BinaryIO
        The same bytes as a plain file, to be copied to storage.
    size : int
        Length in bytes.
    sha256 : str
        Hex digest of all bytes.
    staged : Future or None
        The same bytes on their way into storage (studies.services.staging).
    """

    stream: BinaryIO
    raw: BinaryIO
    size: int
    sha256: str
    staged: Future[Staged | None] | None = None
    _closing: list[Any] = field(default_factory=list)

    def reader(self) -> BinaryIO:
        """Return the bytes as a file of its own, to be copied to storage, which may close it."""
        if isinstance(self.stream, io.BytesIO):
            return io.BytesIO(self.stream.getvalue())
        again = os.fdopen(os.dup(self.raw.fileno()), "rb")
        again.seek(0)
        return again

    def close(self) -> None:
        """Let go of memory and temporary file."""
        self.staged = None
        while self._closing:
            self._closing.pop().close()


def held(content: bytes) -> Spooled:
    """Return bytes that are in memory already, hashed."""
    return Spooled(io.BytesIO(content), io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


def take(source: Readable, *, limit_bytes: int) -> bytes | Spooled:
    """Read `source` to its end: as bytes, not hashed yet, when it is small, else aside on disk.

    Raises
    ------
    TooLargeError
        It holds more than `limit_bytes`; nothing beyond was read.
    """
    chunks: list[bytes] = []
    size = 0
    while size <= min(IN_MEMORY_BYTES, limit_bytes):
        chunk = source.read(CHUNK_BYTES)
        if not chunk:
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)
        size += len(chunk)
        chunks.append(chunk)
    return _hold_on_disk(chunks, size, source, limit_bytes)


def hold(source: Readable, *, limit_bytes: int) -> Spooled:
    """Copy `source` aside, hashing it.

    Raises
    ------
    TooLargeError
        As `take`.
    """
    taken = take(source, limit_bytes=limit_bytes)
    return held(taken) if isinstance(taken, bytes) else taken


def _hold_on_disk(chunks: list[bytes], size: int, source: Readable, limit_bytes: int) -> Spooled:
    digest = hashlib.sha256()
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed by whoever closes what is returned
    try:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
        chunks.clear()
        while size <= limit_bytes and (chunk := source.read(CHUNK_BYTES)):
            size += len(chunk)
            digest.update(chunk)
            file.write(chunk)
        if size > limit_bytes:
            raise TooLargeError(f"The file is larger than the {limit_bytes >> 20} MB that are allowed here.")
        file.flush()
        file.seek(0)
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except BaseException:
        file.close()
        raise
    raw = cast(BinaryIO, file)
    return Spooled(cast(BinaryIO, mapped), raw, size, digest.hexdigest(), _closing=[file, mapped])


@contextmanager
def spool(source: Readable, *, limit_bytes: int) -> Iterator[Spooled]:
    """Do as `hold`, and close it at the end of the block."""
    at_hand = hold(source, limit_bytes=limit_bytes)
    try:
        yield at_hand
    finally:
        at_hand.close()
