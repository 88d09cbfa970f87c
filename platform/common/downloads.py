"""Stream a large blob without holding it in memory, under ASGI as under WSGI."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from typing import IO

from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from rest_framework.request import Request

CHUNK_BYTES = 1 << 20


class _Blob:
    """An open blob that is closed with its response, even when nobody read a byte of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def close(self) -> None:
        """Close the blob."""
        self.file.close()


class _Chunks(_Blob):
    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.file.read(CHUNK_BYTES):
            yield chunk


class _AsyncChunks(_Blob):
    """Reads each chunk on a thread: under ASGI, Django would gather a plain iterator as a whole first."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while chunk := await asyncio.to_thread(self.file.read, CHUNK_BYTES):
            yield chunk


def stream_blob(
    request: Request, *, name: str, filename: str, content_type: str, size_bytes: int, sha256: str
) -> StreamingHttpResponse:
    """Return a blob as a download.

    Content-Length is `size_bytes`; `ETag` is the SHA-256 in hexadecimal and `Digest` (RFC 3230) the same in base64,
    so that a client can check what it got.
    """
    file = default_storage.open(name, "rb")
    under_asgi = isinstance(request._request, ASGIRequest)
    response = StreamingHttpResponse(_AsyncChunks(file) if under_asgi else _Chunks(file), content_type=content_type)
    response["Content-Length"] = str(size_bytes)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["ETag"] = f'"{sha256}"'
    response["Digest"] = f"sha-256={base64.b64encode(bytes.fromhex(sha256)).decode()}"
    response["Cache-Control"] = "private, no-cache"
    return response
