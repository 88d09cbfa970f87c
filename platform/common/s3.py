"""Blob storage on an S3-compatible server that reads stretches of objects, never whole ones unasked."""

import io
from typing import IO, Any, cast

from botocore.exceptions import ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

LEAST_BYTES = 64 << 10
MOST_BYTES = 8 << 20


class RangedS3Storage(S3Storage):  # type: ignore[misc]  # untyped upstream
    """django-storages' S3 with files that are opened without a request and read by ranged GETs.

    A frame is one request of just its bytes. Reading in order fetches ahead, twice as much each time, up to 8 MiB. That
    an object is not there is noticed at the first read: FileNotFoundError. A PUT that was answered is durable, and an
    object is there whole or not at all.
    """

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        if mode not in ("r", "rb"):
            found: File[Any] = super()._open(name, mode)
            return found
        key = self._normalize_name(name)
        return File(cast("IO[Any]", S3Object(self.connection.meta.client, self.bucket_name, key)), name)


class S3Object(io.RawIOBase):
    """An object as a seekable raw file."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        super().__init__()
        self._client, self._bucket, self._key = client, bucket, key
        self._position = 0
        self._ahead = b""
        self._ahead_from = 0
        self._step = 0
        self._size: int | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move without a request, but for the first seek from the end."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position}.get(whence)
        self._position = max((self.size if start is None else start) + offset, 0)
        return self._position

    @property
    def size(self) -> int:
        """The length in bytes; asks the server when no answer has said it yet."""
        if self._size is None:
            try:
                self._size = int(self._client.head_object(Bucket=self._bucket, Key=self._key)["ContentLength"])
            except ClientError as error:
                raise _told(error, self._key) from error
        return self._size

    def read(self, size: int | None = -1, /) -> bytes:
        """Return `size` bytes, fewer at the end alone; all that is left for a negative or no size."""
        left = max(self.size - self._position, 0) if size is None or size < 0 else size
        parts = []
        while left:
            data = self._held(left) or self._load(left)
            if not data:
                break
            parts.append(data)
            self._position += len(data)
            left -= len(data)
        return b"".join(parts)

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer as far as the object goes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _held(self, wanted: int) -> bytes:
        """Return what is at hand at the position."""
        begin = self._position - self._ahead_from
        return self._ahead[begin : begin + wanted] if 0 <= begin < len(self._ahead) else b""

    def _load(self, wanted: int) -> bytes:
        """Ask for what is wanted, and for more of it when it is little or the reading goes on in order."""
        if self._size is not None and self._position >= self._size:
            return b""
        following = bool(self._ahead) and self._position == self._ahead_from + len(self._ahead)
        self._step = min(self._step * 2, MOST_BYTES) if following else LEAST_BYTES
        length = max(wanted, self._step) if following or wanted < LEAST_BYTES else wanted
        self._ahead_from, self._ahead = self._position, self.fetch(self._position, length)
        return self._ahead[:wanted]

    def fetch(self, offset: int, length: int) -> bytes:
        """Return up to `length` bytes from `offset`: one ranged GET.

        Raises
        ------
        FileNotFoundError
            There is no such object.
        """
        if length <= 0:
            return b""
        span = f"bytes={offset}-{offset + length - 1}"
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key, Range=span)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") == "InvalidRange":
                return b""
            raise _told(error, self._key) from error
        said = str(answer.get("ContentRange", "")).rpartition("/")[2]
        if said.isdecimal():
            self._size = int(said)
        return bytes(answer["Body"].read())


def _told(error: ClientError, key: str) -> Exception:
    """Return FileNotFoundError for a missing object, else the error itself."""
    missing = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404
    return FileNotFoundError(f"There is no object {key}") if missing else error
