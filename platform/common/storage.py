"""Blob storage on a local folder that answers only when the bytes are on the disk."""

import contextlib
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

PARTIAL = ".partial-"
CHUNK_BYTES = 1 << 20
MOST_STAGED = 256
"""Files without a name that one process holds open at most; each is a handle."""


class Staged:
    """Bytes on the disk that have no name yet: they go with this process, or when nobody holds this any more."""

    def __init__(self, handle: int, room: threading.Semaphore) -> None:
        self.handle, self._room = handle, room

    def __del__(self) -> None:
        """Let go of them; what was given a name stays."""
        os.close(self.handle)
        self._room.release()


class DurableFileStorage(FileSystemStorage):
    """Django's folder storage with write-to-temporary, fsync, rename, fsync-folder.

    A name is either absent or whole, also after a power cut. Saving under an existing name replaces it
    atomically: names are content addresses or belong to one writer. What a killed writer leaves is a file
    `.partial-NAME-…` beside the name it was to have. Saving from several threads at once is several times faster than
    one after the other: the disk gathers their fsyncs.
    """

    _staged_room = threading.BoundedSemaphore(MOST_STAGED)

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

    def stage(self, content: bytes) -> Staged | None:
        """Put bytes on the disk before it is known what they will be called; None: it cannot be done here, `save` them.

        Not every system has files without a name (only Linux), nor every file system (NFS has not), and a process may
        hold only so many.
        """
        nameless = getattr(os, "O_TMPFILE", None)
        if nameless is None or not self._staged_room.acquire(blocking=False):
            return None
        try:
            handle = os.open(self.location, nameless | os.O_WRONLY, 0o600)
        except OSError:
            self._staged_room.release()
            return None
        staged = Staged(handle, self._staged_room)
        _write_all(handle, content)
        os.fsync(handle)
        return staged

    def adopt(self, name: str, staged: Staged) -> None:
        """Give staged bytes their name, which is their address by content: a file that is there already is the same.

        The name is on the disk after `settle`, which may be called once for many names of a folder.
        """
        target = os.path.join(self.location, name)
        try:
            _link(staged.handle, target)
        except FileNotFoundError:
            folders = [folder for folder in Path(target).parents if not folder.exists()]
            os.makedirs(os.path.dirname(target), exist_ok=True)
            _link(staged.handle, target)
            for folder in folders:
                _sync_folder(folder.parent)

    def settle(self, name: str) -> None:
        """Make sure that a file which is there also is after a power cut: its writer may be between its two fsyncs."""
        _sync_folder(os.path.dirname(os.path.join(self.location, name)))

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


def _link(handle: int, target: str) -> None:
    """Name an open file that has no name; a name that is taken stays as it is."""
    with contextlib.suppress(FileExistsError):
        os.link(f"/proc/self/fd/{handle}", target, src_dir_fd=handle)  # with a folder given it is linkat, which follows


def _sync_folder(folder: Path | str) -> None:
    """Put the folder's list of names on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
