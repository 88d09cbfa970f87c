"""Copies in other encodings, made on demand and kept for a while in a bounded folder beside the archive.

Everything here can be made again from the stored bytes, so nothing is synced, nothing is backed up, and a lost file
costs time only. A rendition lies in the folder of its instance's SHA-256, so that it goes when the instance goes.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

SPARE_SHARE = 0.1
"""How much is cleared beyond the limit, so that not every new rendition clears again."""
DIGEST_BYTES = 32
_written_bytes = 0
_lock = threading.Lock()


def folder() -> Path:
    """Return where renditions are kept."""
    return Path(settings.DATA_DIR) / "cache" / "renditions"


def kept(sha256: str, name: str, make: Callable[[], bytes]) -> bytes:
    """Return the rendition `name` of the instance with this hash, made now unless it was kept.

    Parameters
    ----------
    sha256 : str
        Of the stored bytes that it is made from.
    name : str
        What it is: everything else that its bytes depend on.
    make : callable
        Returns its bytes; whatever it raises is raised here, and nothing is kept.
    """
    limit = settings.RENDITION_CACHE_BYTES
    if limit <= 0:
        return make()
    path = folder() / sha256[:2] / sha256 / hashlib.sha256(name.encode()).hexdigest()[:32]
    content = _read(path)
    if content is not None:
        return content
    content = make()
    with contextlib.suppress(OSError):  # a full or read-only disk must not keep anybody from the picture
        _write(path, content)
        _clear_when_due(len(content), limit)
    return content


def forget(sha256: str) -> None:
    """Drop every rendition of an instance that has left the archive."""
    shutil.rmtree(folder() / sha256[:2] / sha256, ignore_errors=True)


def _read(path: Path) -> bytes | None:
    """Return what was kept, or None; the digest in front tells a file that a power cut left half written."""
    try:
        with path.open("rb") as file:
            digest, content = file.read(DIGEST_BYTES), file.read()
        os.utime(path)  # used now: it goes last
    except OSError:
        return None
    return content if hashlib.sha256(content).digest() == digest else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(hashlib.sha256(content).digest())
            out.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _clear_when_due(size: int, limit: int) -> None:
    """Look at the folder once per tenth of the limit written by this process: a look reads every file's size."""
    global _written_bytes
    with _lock:
        _written_bytes += size
        if _written_bytes < limit * SPARE_SHARE:
            return
        _written_bytes = 0
    clear(limit)


def clear(limit: int) -> int:
    """Remove the renditions used longest ago until what is left fits `limit` less a tenth; return the bytes left."""
    found = []
    for path in folder().rglob("*"):
        with contextlib.suppress(OSError):
            state = path.stat()
            if path.is_file():
                found.append((state.st_mtime, state.st_size, path))
    left = sum(size for _, size, _ in found)
    if left <= limit:
        return left
    for _, size, path in sorted(found):
        if left <= limit * (1 - SPARE_SHARE):
            break
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            path.parent.rmdir()
        left -= size
    return left
