"""Files on a disk: which there are, what a DICOMDIR says of them, and reading them ahead in several threads."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from common.errors import DomainError
from studies.dicomfile.archive import is_junk, is_zip
from studies.dicomfile.directory import listed_files
from studies.dicomfile.header import read_header
from studies.dicomfile.spool import IN_MEMORY_BYTES, spool
from studies.errors import SetAsideError
from studies.services.preparing import Incoming, Prepared, prepare_all

READERS = 3
AHEAD_FILES = 96
AHEAD_BYTES = 96 << 20
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
    """Yield files looked at, in order, while the next ones are read, hashed and parsed in threads.

    Memory: about 96 MB ahead. Zips and large files are read by the caller's thread, one member at a time. What cannot
    be read from the disk, or is larger than is allowed, is told and passed over.
    """
    waiting: deque[tuple[DiskFile, Future[list[Prepared] | None]]] = deque()
    held = 0
    source = iter(files)
    with ThreadPoolExecutor(READERS, thread_name_prefix="reader") as pool:
        try:
            more = True
            while more or waiting:
                while more and (not waiting or (len(waiting) < AHEAD_FILES and held < AHEAD_BYTES)):
                    file = next(source, None)
                    if file is None:
                        more = False
                        break
                    waiting.append((file, pool.submit(_read, file)))
                    held += file.size_bytes
                if waiting:
                    file, future = waiting.popleft()
                    held -= file.size_bytes
                    yield from _result(file, future, complain)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _result(file: DiskFile, future: Future[list[Prepared] | None], complain: Complain) -> Iterator[Prepared]:
    try:
        found = future.result()
        if found is not None:
            yield from found
            return
        with file.place.open("rb") as content:
            yield from prepare_all(Incoming(file.path, content, file.modified_ns))
    except OSError as error:
        complain(file.path, error.strerror or str(error))
    except DomainError as error:
        complain(file.path, error.message)


def _read(file: DiskFile) -> list[Prepared] | None:
    """Look at an ordinary file; None: leave it to the caller's thread."""
    if file.size_bytes > IN_MEMORY_BYTES:
        return None
    with file.place.open("rb", buffering=0) as content:
        if is_zip(content):
            return None
        return list(prepare_all(Incoming(file.path, content, file.modified_ns)))
