"""Hold an upload while it is looked at: hashed once, in memory when small, on disk when large."""

import hashlib
import io
import mmap
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol, cast

from studies.errors import TooLargeError

IN_MEMORY_BYTES = 32 << 20
CHUNK_BYTES = 1 << 20


class Readable(Protocol):
    """Anything bytes can be read from in pieces."""

    def read(self, size: int = ..., /) -> bytes:
        """Return up to `size` bytes, empty at the end."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole file at hand.

    Attributes
    ----------
    stream : BinaryIO
        The bytes for a parser. A read never returns or allocates more than the file holds, whatever length is asked.
    raw : BinaryIO
        The same bytes as a plain file, to be copied to storage.
    size : int
        Length in bytes.
    sha256 : str
        Hex digest of all bytes.
    """

    stream: BinaryIO
    raw: BinaryIO
    size: int
    sha256: str


@contextmanager
def spool(source: Readable, *, limit_bytes: int) -> Iterator[Spooled]:
    """Copy `source` aside, hashing it on the way.

    Raises
    ------
    TooLargeError
        It holds more than `limit_bytes`; nothing beyond was read.
    """
    digest = hashlib.sha256()
    size = 0
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as held:
        while chunk := source.read(CHUNK_BYTES):
            size += len(chunk)
            if size > limit_bytes:
                raise TooLargeError(f"The file is larger than the {limit_bytes >> 20} MB that are allowed here.")
            digest.update(chunk)
            held.write(chunk)
        held.seek(0)
        raw = cast(BinaryIO, held)
        if size <= IN_MEMORY_BYTES:
            yield Spooled(io.BytesIO(held.read()), raw, size, digest.hexdigest())
            return
        held.flush()
        with mmap.mmap(held.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield Spooled(cast(BinaryIO, mapped), raw, size, digest.hexdigest())
