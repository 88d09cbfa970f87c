"""Blob storage on a local folder that answers only when the bytes are on the disk."""

import os
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PARTIAL = ".partial-"
CHUNK_BYTES = 1 << 20


class DurableFileStorage(FileSystemStorage):
    """Django's folder storage with write-to-temporary, fsync, rename, fsync-folder.

    A name is either absent or whole, also after a power cut. Saving under an existing name replaces it
    atomically: names are content addresses or belong to one writer. What a killed writer leaves is a file
    `.partial-NAME-…` beside the name it was to have. Saving from several threads at once is several times faster than
    one after the other: the disk gathers their fsyncs.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """Return `name` itself: see the class about existing names."""
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        target = Path(self.path(name))
        new_folders = [] if target.parent.is_dir() else [folder for folder in target.parents if not folder.exists()]
        if new_folders:
            target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f"{PARTIAL}{target.name}-")
        try:
            with os.fdopen(handle, "wb", buffering=0) as out:
                for chunk in content.chunks(CHUNK_BYTES):
                    _write_all(out.fileno(), chunk)
                os.fsync(out.fileno())
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        for folder in {target.parent, *(folder.parent for folder in new_folders)}:
            _sync_folder(folder)
        return name

    def settle(self, name: str) -> None:
        """Make sure that a file which is there also is after a power cut: its writer may be between its two fsyncs."""
        _sync_folder(Path(self.path(name)).parent)

    def remove_partial(self, name: str, *, idle_s: float) -> list[str]:
        """Delete what killed writers of `name` had begun and not touched for `idle_s` seconds; return the paths."""
        target = Path(self.path(name))
        gone = []
        for left in target.parent.glob(f"{PARTIAL}{target.name}-*"):
            try:
                if time.time() - left.stat().st_mtime >= idle_s:
                    left.unlink()
                    gone.append(str(left))
            except FileNotFoundError:
                continue  # its writer ended just now
        return gone


def _write_all(handle: int, chunk: "bytes | memoryview") -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _sync_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
