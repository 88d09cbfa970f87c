"""multipart/related in both directions, streamed (RFC 2387)."""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from common.errors import InvalidError

CHUNK_BYTES = 1 << 20
ROOM_BYTES = 256 << 10
HEADER_LIMIT_BYTES = 16 << 10


class Source(Protocol):
    """A request body. One that has `readinto` too fills the reader's own memory, which saves a copy."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, empty at the end."""


class MultipartWriter:
    """Frame parts with a boundary that no part can hold by chance."""

    def __init__(self, part_type: str) -> None:
        self.boundary = uuid.uuid4().hex
        self.content_type = f'multipart/related; type="{part_type}"; boundary={self.boundary}'

    def head(self, content_type: str, location: str = "") -> bytes:
        """Return what comes before a part's bytes; `location` is the address of that part alone."""
        line = f"Content-Location: {location}\r\n" if location else ""
        return f"\r\n--{self.boundary}\r\nContent-Type: {content_type}\r\n{line}\r\n".encode()

    def end(self) -> bytes:
        """Return what comes after the last part."""
        return f"\r\n--{self.boundary}--\r\n".encode()

    def stream(self, parts: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
        """Yield the body for (content type, chunks) pairs."""
        for content_type, chunks in parts:
            yield self.head(content_type)
            yield from chunks
        yield self.end()


def boundary_of(content_type: str) -> bytes:
    """Return the boundary of a multipart/related Content-Type.

    Raises
    ------
    InvalidError
        It is no multipart/related, or names no boundary.
    """
    match = re.search(r';\s*boundary\s*=\s*("([^"]+)"|[^;\s]+)', content_type, re.IGNORECASE)
    if not content_type.lower().startswith("multipart/related") or match is None:
        raise InvalidError('Send multipart/related; type="application/dicom" with a boundary.', code="content_type")
    return (match.group(2) or match.group(1)).encode("latin-1", "replace")


class MultipartReader:
    """Read the parts of a body one after the other, each as a stream; nothing is held but about a chunk."""

    def __init__(self, source: Source, boundary: bytes) -> None:
        self._source = source
        self._readinto: Callable[[memoryview], int] = getattr(source, "readinto", self._copied)
        self._delimiter = b"\r\n--" + boundary
        self._buffer = bytearray(2 * CHUNK_BYTES + max(len(self._delimiter), HEADER_LIMIT_BYTES))
        self._view = memoryview(self._buffer)
        self._view[:2] = b"\r\n"
        self._begin, self._end = 0, 2
        self._inside = True

    def parts(self) -> Iterator[tuple[dict[str, str], "MultipartReader"]]:
        """Yield (headers in lower case, stream); the rest of a part that was not read is passed over.

        Raises
        ------
        InvalidError
            The body ends before its closing boundary.
        """
        while True:
            while self._inside:
                self.read(CHUNK_BYTES)
            if self._peek(2) == b"--":
                return
            lines = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            pairs = (line.partition(":") for line in lines if ":" in line)
            headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
            self._inside = True
            yield headers, self

    def read(self, size: int = CHUNK_BYTES, /) -> bytes:
        """Return up to `size` bytes of the present part, at most 1 MB; empty at its end."""
        if not self._inside:
            return b""
        size = min(size, CHUNK_BYTES)
        mark = len(self._delimiter)
        at = self._buffer.find(self._delimiter, self._begin, self._end)
        while at < 0 and self._end - self._begin < size + mark:
            looked = max(self._end - self._begin - mark + 1, 0)
            self._fill()
            at = self._buffer.find(self._delimiter, self._begin + looked, self._end)
        if 0 <= at <= self._begin + size:
            chunk = bytes(self._view[self._begin : at])
            self._begin = at + mark
            self._inside = False
            return chunk
        held = (at if at >= 0 else self._end - mark) - self._begin
        chunk = bytes(self._view[self._begin : self._begin + min(size, held)])
        self._begin += len(chunk)
        return chunk

    def _fill(self) -> None:
        if len(self._buffer) - self._end < ROOM_BYTES:
            held = self._end - self._begin
            self._view[:held] = self._view[self._begin : self._end]
            self._begin, self._end = 0, held
        count = self._readinto(self._view[self._end :])
        if not count:
            raise InvalidError("The request ends before its closing boundary.", code="multipart")
        self._end += count

    def _copied(self, view: memoryview) -> int:
        chunk = self._source.read(min(len(view), CHUNK_BYTES))
        view[: len(chunk)] = chunk
        return len(chunk)

    def _peek(self, size: int) -> bytes:
        while self._end - self._begin < size:
            self._fill()
        return bytes(self._view[self._begin : self._begin + size])

    def _until(self, mark: bytes) -> bytes:
        """Return what comes before `mark` (a part's headers, which may be none) and drop both."""
        while (at := self._buffer.find(mark, self._begin, self._end)) < 0:
            if self._end - self._begin > HEADER_LIMIT_BYTES:
                raise InvalidError("The headers of a part are too long.", code="multipart")
            self._fill()
        taken = bytes(self._view[self._begin : at])
        self._begin = at + len(mark)
        return taken
