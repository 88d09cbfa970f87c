"""multipart/related in both directions, streamed (RFC 2387)."""

import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Protocol

from common.errors import InvalidError

CHUNK_BYTES = 256 << 10
HEADER_LIMIT_BYTES = 16 << 10


class Source(Protocol):
    """A request body."""

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
    """Read the parts of a body one after the other, each as a stream; nothing is held but one chunk."""

    def __init__(self, source: Source, boundary: bytes) -> None:
        self._source = source
        self._delimiter = b"\r\n--" + boundary
        self._buffer = bytearray(b"\r\n")
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
        """Return up to `size` bytes of the present part, empty at its end."""
        if not self._inside:
            return b""
        at = self._buffer.find(self._delimiter)
        while at < 0 and len(self._buffer) < size + len(self._delimiter):
            self._fill()
            at = self._buffer.find(self._delimiter, max(0, len(self._buffer) - CHUNK_BYTES - len(self._delimiter)))
        if 0 <= at <= size:
            chunk = self._copy(at)
            del self._buffer[: at + len(self._delimiter)]
            self._inside = False
            return chunk
        held = at if at >= 0 else len(self._buffer) - len(self._delimiter)
        chunk = self._copy(min(size, held))
        del self._buffer[: len(chunk)]
        return chunk

    def _copy(self, size: int) -> bytes:
        with memoryview(self._buffer) as whole:
            return bytes(whole[:size])

    def _fill(self) -> None:
        chunk = self._source.read(CHUNK_BYTES)
        if not chunk:
            raise InvalidError("The request ends before its closing boundary.", code="multipart")
        self._buffer += chunk

    def _peek(self, size: int) -> bytes:
        while len(self._buffer) < size:
            self._fill()
        return bytes(self._buffer[:size])

    def _until(self, mark: bytes) -> bytes:
        """Return what comes before `mark` (a part's headers, which may be none) and drop both."""
        while (at := self._buffer.find(mark)) < 0:
            if len(self._buffer) > HEADER_LIMIT_BYTES:
                raise InvalidError("The headers of a part are too long.", code="multipart")
            self._fill()
        taken = bytes(self._buffer[:at])
        del self._buffer[: at + len(mark)]
        return taken
