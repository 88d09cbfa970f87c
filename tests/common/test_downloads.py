"""A download is never whole in memory, under ASGI as under WSGI."""

import base64
import hashlib

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import AsyncRequestFactory, RequestFactory
from rest_framework.request import Request

from common.downloads import stream_blob

pytestmark = pytest.mark.django_db  # an asynchronous response closes database connections

DATA = bytes(range(256)) * 20_000


@pytest.mark.parametrize("factory", [AsyncRequestFactory, RequestFactory])
def test_a_blob_comes_in_chunks_with_its_hash(factory) -> None:
    name = default_storage.save("releases/x.zip", ContentFile(DATA))
    digest = hashlib.sha256(DATA)
    response = stream_blob(
        Request(factory().get("/x")),
        name=name,
        filename="Ü.zip",
        content_type="application/zip",
        size_bytes=len(DATA),
        sha256=digest.hexdigest(),
    )

    async def gather() -> list[bytes]:
        return [chunk async for chunk in response.streaming_content]

    assert response.is_async == (factory is AsyncRequestFactory)
    chunks = async_to_sync(gather)() if response.is_async else list(response.streaming_content)
    response.close()
    assert b"".join(chunks) == DATA
    assert len(chunks) > 1
    assert response["Content-Length"] == str(len(DATA))
    assert response["Digest"] == f"sha-256={base64.b64encode(digest.digest()).decode()}"
    assert response["ETag"] == f'"{digest.hexdigest()}"'
    assert "filename*=utf-8''%C3%9C.zip" in response["Content-Disposition"]
