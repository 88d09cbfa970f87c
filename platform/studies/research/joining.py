"""Headers whose voxels are in a file of their own (.mhd with .raw, .nhdr with .raw.gz …) made one file with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from studies.dicomfile.spool import Readable, Spooled, hold
from studies.research.source import CHUNK_BYTES, refuse
from studies.types import SetAsideReason

ENDINGS = (".mhd", ".nhdr")
MAX_HEADER_BYTES = 1 << 20
_NAME = re.compile(r"[^/\\\0%\n]{1,255}")


@dataclass(frozen=True, slots=True)
class Companion:
    """The file that holds a header's voxels.

    Attributes
    ----------
    name : str
        Beside the header.
    header : bytes
        The header as it stands before voxels in the same file.
    skip : int
        Bytes before the voxels in the other file.
    """

    name: str
    header: bytes
    skip: int

    def path(self, header_path: str) -> str:
        """Return the path of the file, from that of its header."""
        return str(PurePosixPath(header_path.replace("\\", "/")).with_name(self.name))


def companion_of(path: str, stream: BinaryIO) -> Companion | None:
    """Return the file that a header's voxels are in, or None where they follow it.

    Raises
    ------
    SetAsideError
        They are in several files, or in another folder.
    """
    stream.seek(0)
    head = stream.read(MAX_HEADER_BYTES)
    found = _nrrd(head) if head.startswith(b"NRRD000") else _meta(head) if path.lower().endswith(".mhd") else None
    if found is None:
        return None
    if not _NAME.fullmatch(found.name) or found.name.split()[0].upper() == "LIST" or found.name in (".", ".."):
        raise refuse("Its voxels are in several files or in another folder, which is not supported.")
    return found


def _meta(head: bytes) -> Companion | None:
    kept: list[bytes] = []
    skip = 0
    for line in head.split(b"\n"):
        name, mark, value = line.decode("utf-8", "replace").partition("=")
        word, value = name.strip().lower(), value.strip()
        if not mark:
            return None
        if word == "elementdatafile":
            if value.upper() == "LOCAL":
                return None
            return Companion(value, b"\n".join([*kept, b"ElementDataFile = LOCAL\n"]), skip)
        if word == "headersize":
            skip = _whole(value)
        else:
            kept.append(line)
    return None


def _nrrd(head: bytes) -> Companion | None:
    kept: list[bytes] = []
    file, skip = "", 0
    for line in head.split(b"\n"):
        if not line.strip():
            break
        name, _, value = line.decode("utf-8", "replace").partition(":")
        word = name.strip().lower().replace(" ", "")
        if word == "datafile":
            file = value.strip()
        elif word == "byteskip":
            skip = _whole(value)
        else:
            kept.append(line.rstrip(b"\r"))
    return Companion(file, b"\n".join([*kept, b"", b""]), skip) if file else None


def _whole(value: str) -> int:
    try:
        skip = int(value)
    except ValueError as error:
        raise refuse("Its header does not say where the voxels begin.", SetAsideReason.UNREADABLE) from error
    if skip < 0:
        raise refuse("Its header says that the voxels are the last bytes of their file, which is not supported.")
    return skip


def joined(companion: Companion, voxels: BinaryIO, size: int, *, limit_bytes: int) -> Spooled:
    """Return one file of header and voxels.

    Parameters
    ----------
    voxels, size : BinaryIO, int
        The other file.

    Raises
    ------
    SetAsideError
        The other file is too short.
    TooLargeError
        Together they are larger than `limit_bytes`.
    """
    if companion.skip > size:
        raise refuse(f"{companion.name} is shorter than the header says.", SetAsideReason.TRUNCATED)
    voxels.seek(companion.skip)
    return hold(_Chain(companion.header, voxels), limit_bytes=limit_bytes)


class _Chain(Readable):
    """Bytes, then a stream."""

    def __init__(self, first: bytes, then: BinaryIO) -> None:
        self._pieces = self._read(first, then)

    @staticmethod
    def _read(first: bytes, then: BinaryIO) -> Iterator[bytes]:
        yield first
        while chunk := then.read(CHUNK_BYTES):
            yield chunk

    def read(self, size: int = -1, /) -> bytes:
        """Return the next piece."""
        return next(self._pieces, b"")
