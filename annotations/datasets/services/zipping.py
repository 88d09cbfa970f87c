"""Zip archives whose bytes follow from their contents alone."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from annotations.datasets.errors import ArchiveLayoutError

DEFLATE_LEVEL = 6
GZIP_LEVEL = 4
CHUNK_BYTES = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: nothing here has a time
_FILE_MODE = 0o100644
SUMS = "SHA256SUMS"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to be put into an archive.

    Attributes
    ----------
    path : str
        ASCII, with slashes; sorts before `SHA256SUMS`.
    chunks : callable
        Gives the content piece by piece; called once, when its turn comes.
    squeeze : bool
        Deflate it (not for what is compressed already).
    facts : mapping
        Further facts for the manifest.
    """

    path: str
    chunks: Callable[[], Iterable[bytes]]
    squeeze: bool = True
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class WrittenArchive:
    """What became of an archive: its manifest's bytes, and how many files it holds."""

    manifest: bytes
    file_count: int


def to_json(data: Any) -> bytes:
    """Return `data` as indented JSON with sorted keys, in ASCII, ending in a newline."""
    return (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=True, allow_nan=False) + "\n").encode("ascii")


def gzip_chunks(data: bytes) -> Iterator[bytes]:
    """Yield `data` in gzip format; the header holds neither time nor name."""
    squeeze = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    view = memoryview(data)
    for start in range(0, len(view), CHUNK_BYTES):
        if piece := squeeze.compress(view[start : start + CHUNK_BYTES]):
            yield piece
    yield squeeze.flush()


def pieces(data: bytes) -> Callable[[], Iterable[bytes]]:
    """Return small content that is there already, as an entry wants it."""
    return lambda: (data,)


class Spool:
    """Content that is made before its turn, kept in an open file instead of in memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def keep(self, data: bytes) -> Callable[[], Iterable[bytes]]:
        """Write `data` away; return what reads it back."""
        start = self._file.seek(0, 2)
        self._file.write(data)
        return lambda: self._read(start, len(data))

    def _read(self, start: int, size: int) -> Iterator[bytes]:
        self._file.seek(start)
        yield self._file.read(size)


def file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the content of an open file."""
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def write_archive(
    *, into: IO[bytes], entries: Iterable[Entry], manifest: Mapping[str, Any], done: Callable[[str], None]
) -> WrittenArchive:
    """Write a zip: the entries sorted by path, then `SHA256SUMS`, then `manifest.json`.

    `manifest.json` is `manifest` with `files` added: path, size and SHA-256 of every entry. `SHA256SUMS` names the
    entries and `manifest.json`, in the form that `sha256sum --check` reads. Every member has the same time, the same
    permissions and the same compression settings, so equal contents give equal bytes.

    Parameters
    ----------
    into : binary file
        Open for writing, seekable.
    entries : iterable of Entry
        Their content is asked for one after the other and never held as a whole.
    manifest : mapping
        JSON values.
    done : callable
        Called with the path of each entry that was written.

    Raises
    ------
    ArchiveLayoutError
        Two entries have the same path, or one would not sort before `SHA256SUMS`.
    """
    files: list[dict[str, Any]] = []
    before = ""
    with zipfile.ZipFile(into, "w", allowZip64=True) as archive:
        for entry in sorted(entries, key=lambda entry: entry.path):
            if not before < entry.path < SUMS or not entry.path.isascii():
                raise ArchiveLayoutError(f"The path {entry.path!r} cannot stand in an archive after {before!r}.")
            before = entry.path
            size, sha256 = _write(archive, entry.path, entry.chunks(), squeeze=entry.squeeze)
            files.append({"path": entry.path, "size_bytes": size, "sha256": sha256, **(entry.facts or {})})
            done(entry.path)
        data = to_json({**manifest, "files": files})
        sums = [(one["sha256"], one["path"]) for one in files] + [(hashlib.sha256(data).hexdigest(), MANIFEST)]
        _write(archive, SUMS, ["".join(f"{sha256}  {path}\n" for sha256, path in sums).encode("ascii")])
        _write(archive, MANIFEST, [data])
    return WrittenArchive(manifest=data, file_count=len(files) + 2)


def _write(archive: zipfile.ZipFile, path: str, chunks: Iterable[bytes], *, squeeze: bool = True) -> tuple[int, str]:
    """Write one member; return its size and SHA-256."""
    info = zipfile.ZipInfo(path, date_time=_EPOCH)
    info.create_system = 3  # Unix, whatever this runs on
    info.external_attr = _FILE_MODE << 16
    info.compress_type = zipfile.ZIP_DEFLATED if squeeze else zipfile.ZIP_STORED
    info._compresslevel = DEFLATE_LEVEL  # type: ignore[attr-defined]  # no public name before Python 3.13
    digest = hashlib.sha256()
    size = 0
    with archive.open(info, "w", force_zip64=True) as member:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            member.write(chunk)
    return size, digest.hexdigest()
