"""Bodies that are read while they arrive."""

import asyncio
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from config.uploads import MOST_WAITING_BYTES, BodyPipe, UploadHandler
from studies.models import Instance
from tests import factories
from tests.studies.making import file_of, stack


async def piped(chunks: list[bytes], read: Any, *, left: bool = False) -> tuple[Any, int]:
    """Pump chunks into a pipe that `read(pipe)` reads on a thread; return its answer and the most bytes waiting."""
    loop = asyncio.get_running_loop()
    pipe = BodyPipe(loop)
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages.append({"type": "http.disconnect"} if left else {"type": "http.request", "body": b"", "more_body": False})
    most = 0

    async def receive() -> dict[str, Any]:
        nonlocal most
        await asyncio.sleep(0)
        most = max(most, pipe._waiting)
        return messages.pop(0)

    with ThreadPoolExecutor(1) as pool:
        answer = loop.run_in_executor(pool, read, pipe)
        await pipe.pump(receive)
        return await answer, most


@pytest.mark.parametrize("size", [1, 3, 7, 1000, -1])
async def test_every_byte_comes_once_and_in_order(size: int) -> None:
    chunks = [bytes([number % 251]) * (number % 13) for number in range(200)]

    def read(pipe: BodyPipe) -> bytes:
        found = b""
        while chunk := pipe.read(size):
            assert size < 0 or len(chunk) <= size
            found += chunk
        return found

    found, _ = await piped(chunks, read)
    assert found == b"".join(chunks)


async def test_a_slow_reader_makes_the_sender_wait() -> None:
    begin = threading.Event()
    chunk = bytes(1 << 20)

    def read(pipe: BodyPipe) -> int:
        begin.wait(0.2)  # the sender could have sent everything by now
        total = 0
        while part := pipe.read(1 << 18):
            total += len(part)
        return total

    total, most = await piped([chunk] * 80, read)
    assert total == 80 << 20
    assert most <= MOST_WAITING_BYTES + len(chunk)


async def test_a_sender_that_leaves_ends_the_body() -> None:
    found, _ = await piped([b"half of it"], lambda pipe: pipe.read(), left=True)
    assert found == b"half of it"


async def _post(body: list[bytes], headers: dict[str, str]) -> tuple[int, Any]:
    async def other(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("not for others")

    handler = UploadHandler(other, prefix="/dicomweb/", uploads="/dicomweb/studies")
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in body]
    messages.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not messages:
            await asyncio.sleep(60)
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/dicomweb/studies",
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("testserver", 80),
    }
    await handler(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], json.loads(content)


@pytest.mark.django_db(transaction=True)
async def test_stow_through_it_and_refusals() -> None:
    from datetime import timedelta

    from accounts.services.tokens import issue_token

    def make() -> tuple[str, list[bytes]]:
        user = factories.user("sender")
        factories.team("Sender's", manager=[user])
        token = issue_token(actor=None, user=user, name="t", lifetime=timedelta(days=1))[1]
        return token, [file_of(ds).getvalue() for ds in stack(70)]

    token, files = await sync_to_async(make)()
    head = b"\r\n--edge\r\nContent-Type: application/dicom\r\n\r\n"
    body = b"".join(head + file for file in files) + b"\r\n--edge--\r\n"
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=edge'}
    signed = headers | {"Authorization": f"Bearer {token}"}
    status, answer = await _post(pieces, signed)
    assert (status, len(answer["00081199"]["Value"])) == (200, 70)
    assert await Instance.objects.acount() == 70
    status, answer = await _post(pieces[:3], headers)
    assert status == 401
    status, answer = await _post(pieces[:-1], signed)
    assert (status, answer["error"]["code"]) == (400, "multipart")
