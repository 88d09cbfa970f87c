"""Look into a zip without trusting it: bounded, and nothing that names a place outside."""

import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO

from studies.dicomfile.spool import Readable
from studies.errors import SetAsideError
from studies.types import SetAsideReason

RATIO, RATIO_FROM_BYTES = 200, 256 << 20
JUNK_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What a zip may ask for.

    Attributes
    ----------
    entries : int
        Most files.
    inflated_bytes : int
        Most bytes of all files together, as declared (zipfile never inflates beyond what is declared).
    ratio, ratio_from_bytes : int
        Most inflated bytes per packed byte, looked at above a size: blank images pack a thousandfold as well.
    directory_bytes : int
        Largest table of contents, which must be read into memory.
    """

    inflated_bytes: int
    entries: int = 100_000
    ratio: int = RATIO
    ratio_from_bytes: int = RATIO_FROM_BYTES
    directory_bytes: int = 64 << 20


def is_zip(stream: BinaryIO) -> bool:
    """Say whether the bytes begin as a zip does (also an empty one)."""
    stream.seek(0)
    start = stream.read(4)
    stream.seek(0)
    return start in (b"PK\x03\x04", b"PK\x05\x06")


def is_junk(path: str) -> bool:
    """Say whether a name stands for what folders hold beside images: hidden files, resource forks."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts) or (
        bool(parts) and parts[-1].lower() in JUNK_NAMES
    )


def archive_members(stream: BinaryIO, size: int, limits: ArchiveLimits) -> Iterator[tuple[str, Readable]]:
    """Yield name and opened content of every file worth looking at.

    Everything that makes an archive unsafe is found before the first is yielded, so that nothing of it is taken in.

    Raises
    ------
    SetAsideError
        `unsafe_archive`, or `unreadable` when it is damaged or encrypted.
    """
    _check_directory(stream, size, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_members(members, size, limits)
            for member in members:
                if is_junk(member.filename):
                    continue
                with archive.open(member) as content:
                    yield member.filename, _Member(content)
    except SetAsideError:
        raise
    except Exception as error:  # zipfile raises anything on a damaged one
        raise SetAsideError(SetAsideReason.UNREADABLE, f"The zip file is damaged: {_said(error)}.") from error


class _Member:
    """A file in a zip; damage met while it is read is said as what it is."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes."""
        try:
            return self._content.read(size)
        except Exception as error:  # see archive_members
            raise SetAsideError(SetAsideReason.UNREADABLE, f"Damaged inside its zip file: {_said(error)}.") from error


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__


def _check_members(members: list[zipfile.ZipInfo], size: int, limits: ArchiveLimits) -> None:
    if len(members) > limits.entries:
        raise _unsafe(f"it holds {len(members):,} files, more than {limits.entries:,}")
    for member in members:
        name = member.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
            raise _unsafe(f"it names a place outside itself: {member.filename[:200]!r}")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise _unsafe(f"it holds a link: {member.filename[:200]!r}")
        if member.flag_bits & 0x1:
            raise SetAsideError(SetAsideReason.UNREADABLE, "The zip file is protected by a password.")
    inflated = sum(member.file_size for member in members)
    if inflated > limits.inflated_bytes:
        raise _unsafe(f"it would inflate to {inflated:,} bytes, more than {limits.inflated_bytes:,}")
    if inflated > limits.ratio_from_bytes and inflated > limits.ratio * size:
        raise _unsafe(f"it would inflate {inflated // size:,}-fold to {inflated:,} bytes")


def _check_directory(stream: BinaryIO, size: int, limits: ArchiveLimits) -> None:
    """Bound the table of contents before zipfile reads it (APPNOTE.TXT 4.3.14 to 4.3.16)."""
    tail_size = min(size, 65_557 + 20)
    stream.seek(size - tail_size)
    tail = stream.read(tail_size)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        raise SetAsideError(SetAsideReason.TRUNCATED, "The zip file has no end: it was cut off.")
    (directory,) = struct.unpack_from("<L", tail, at + 12)
    if directory == 0xFFFFFFFF and at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (record,) = struct.unpack_from("<Q", tail, at - 12)
        stream.seek(min(record, size))
        head = stream.read(56)
        if len(head) < 56:
            raise SetAsideError(SetAsideReason.UNREADABLE, "The zip file's end is damaged.")
        (directory,) = struct.unpack_from("<Q", head, 40)
    stream.seek(0)
    if directory > limits.directory_bytes:
        raise _unsafe("its table of contents is larger than 64 MB")


def _unsafe(why: str) -> SetAsideError:
    return SetAsideError(SetAsideReason.UNSAFE_ARCHIVE, f"The archive was not opened: {why}.")
