"""Read stretches of stored files without waiting where the system holds them in memory."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """`length` bytes of a file from `offset` on."""

    path: str
    offset: int
    length: int

    def read(self, begin: int, size: int) -> bytes:
        """Return `size` bytes from `begin` on.

        Raises
        ------
        OSError
            The file is not there, or ends before.
        """
        parts, at = [], self.offset + begin
        handle = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            while size:
                part = os.pread(handle, size, at)
                if not part:
                    raise OSError(f"{self.path} ends before byte {at + size}")
                parts.append(part)
                size, at = size - len(part), at + len(part)
        finally:
            os.close(handle)
        return b"".join(parts)


def read_now(path: str, offset: int, size: int, *, before: bytes = b"", after: bytes = b"") -> bytearray | None:
    """Return `size` bytes that lie in memory (Linux' page cache), or None when reading them might wait.

    Parameters
    ----------
    before, after : bytes
        Put around them, without copying them once more.

    Raises
    ------
    OSError
        The file is not there.
    """
    flag = getattr(os, "RWF_NOWAIT", None)
    if flag is None:
        return None
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        buffer = bytearray(len(before) + size + len(after))
        with memoryview(buffer) as view:
            whole = os.preadv(handle, [view[len(before) : len(before) + size]], offset, flag) == size
            view[: len(before)], view[len(before) + size :] = before, after
        return buffer if whole else None
    except OSError:  # not in memory, or a file system that cannot say
        return None
    finally:
        os.close(handle)
