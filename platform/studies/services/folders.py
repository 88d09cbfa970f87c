"""Files on a disk: which there are, what a DICOMDIR says of them, and reading them ahead in several threads."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from common.errors import DomainError
from studies.dicomfile.archive import is_junk
from studies.dicomfile.directory import listed_files
from studies.dicomfile.header import read_header
from studies.dicomfile.spool import spool
from studies.errors import SetAsideError
from studies.services.ahead import in_order
from studies.services.preparing import Incoming, Prepared, prepare
from studies.services.staging import Stage, staging

DIRECTORY_NAME = "DICOMDIR"
DIRECTORY_LIMIT_BYTES = 256 << 20
Complain = Callable[[str, str], None]
"""Told the path and what is wrong with a file that could not be read at all."""


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A file on the disk: where it is, what it is called from where the person pointed, and its state."""

    place: Path
    path: str
    size_bytes: int
    modified_ns: int


def files_below(place: Path) -> Iterator[DiskFile]:
    """Yield a file, the files that a DICOMDIR lists, or all files below a folder in order of name.

    Links to folders are not followed, files that are no images by their names are left out. That a folder above is
    hidden says nothing of the files in it.
    """
    if place.is_file():
        yield from _known(place, place.name)
        if place.name.upper() == DIRECTORY_NAME:
            for parts in listed_in(place):
                found = _beside(place.parent, parts)
                if found is not None:
                    yield from _known(found, str(found.relative_to(place.parent)))
        return
    for folder, folders, names in os.walk(place):
        folders.sort()
        for name in sorted(names):
            file = Path(folder) / name
            if file.is_file():
                yield from _known(file, str(file.relative_to(place)))


def _known(file: Path, path: str) -> Iterator[DiskFile]:
    if is_junk(path):
        return
    state = file.stat()
    yield DiskFile(file, path, state.st_size, state.st_mtime_ns)


def listed_in(directory: Path) -> list[tuple[str, ...]]:
    """Return what a DICOMDIR lists; nothing when it cannot be read (intake says then what is wrong with it)."""
    try:
        with directory.open("rb") as file, spool(file, limit_bytes=DIRECTORY_LIMIT_BYTES) as held:
            return listed_files(read_header(held.stream, held.size).values)
    except (SetAsideError, DomainError):
        return []
    except Exception:  # noqa: BLE001  # a damaged one may make the parser raise anything; intake says what it is
        return []


def missing_from(place: Path) -> Iterator[tuple[Path, list[str]]]:
    """Yield every DICOMDIR at or below `place` that lists files which are not there, with their paths."""
    names = [place] if place.is_file() else sorted(place.rglob("*"))
    for directory in names:
        if directory.name.upper().startswith(DIRECTORY_NAME) and directory.is_file():
            gone = ["/".join(parts) for parts in listed_in(directory) if _beside(directory.parent, parts) is None]
            if gone:
                yield directory, gone


def _beside(folder: Path, parts: tuple[str, ...]) -> Path | None:
    """Return the file that a DICOMDIR names, whatever the case of the letters on this disk; None: it is not there."""
    if any(part in ("", ".", "..") or "/" in part for part in parts):
        return None
    found = folder.joinpath(*parts)
    if found.is_file():
        return found
    here = folder
    for part in parts:
        try:
            here = next(one for one in here.iterdir() if one.name.upper().split(";")[0] == part.upper())
        except (StopIteration, OSError):
            return None
    return here if here.is_file() else None


def read_ahead(files: Iterable[DiskFile], *, complain: Complain) -> Iterator[Prepared]:
    """Yield files looked at, in order, while the next ones are read, hashed, parsed and staged in threads.

    Memory: about 96 MB ahead. What cannot be read from the disk, or is larger than is allowed, is told and passed over.
    """
    with staging() as staged:
        for file, found in in_order((file.size_bytes, partial(_read, file, staged)) for file in files):
            if isinstance(found, str):
                complain(file.path, found)
            else:
                yield from found


def _read(file: DiskFile, staged: Stage) -> tuple[DiskFile, Iterable[Prepared] | str]:
    """Look at a file; a text says why it cannot be read."""
    try:
        with file.place.open("rb", buffering=0) as content:
            ready = prepare(Incoming(file.path, content, file.modified_ns))
        return file, staged(ready[1])() if ready is not None else ()
    except OSError as error:
        return file, error.strerror or str(error)
    except DomainError as error:
        return file, error.message
