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


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


async def _chunks_async(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Yield chunks, reading each on a thread: Django would gather a plain iterator as a whole under ASGI."""
    try:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
    finally:
        await asyncio.to_thread(file.close)


def stream_blob(request: Request, *, name: str, size_bytes: int, sha256: str, filename: str) -> StreamingHttpResponse:
    """Return a zip blob as a download.

    Content-Length is `size_bytes`; `ETag` is the SHA-256 in hexadecimal and `Digest` (RFC 3230) the same in base64,
    so that a client can check what it got.
    """
    file = default_storage.open(name, "rb")
    under_asgi = isinstance(request._request, ASGIRequest)
    response = StreamingHttpResponse(
        _chunks_async(file) if under_asgi else _chunks(file), content_type="application/zip"
    )
    response["Content-Length"] = str(size_bytes)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or "attachment"
    response["ETag"] = f'"{sha256}"'
    response["Digest"] = f"sha-256={base64.b64encode(bytes.fromhex(sha256)).decode()}"
    response["Cache-Control"] = "private, no-cache"
    return response
