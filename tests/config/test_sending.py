"""Stored files that leave by the kernel's hand, through a real uvicorn."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from common import reading
from common.reading import SEND_PIECES, Stretch
from tests.config.test_protocol import serving

LENGTH = 3_000_000


class Application:
    """Sends pieces at `/`, and the path's own bytes through uvicorn elsewhere."""

    def __init__(self, pieces: Sequence[bytes | Stretch]) -> None:
        self.pieces = pieces
        self.ended: list[BaseException | None] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        pieces = self.pieces if scope["path"] == "/" else [scope["path"].encode() * 20_000]
        length = str(sum(map(len, pieces))).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        if scope["path"] != "/":
            await send({"type": "http.response.body", "body": pieces[0]})
            return
        try:
            await scope["extensions"][SEND_PIECES]["send"](pieces)
        except BaseException as error:
            self.ended.append(error)
            raise
        self.ended.append(None)
        await send({"type": "http.response.body"})


@pytest.fixture
def pieces(tmp_path: Path) -> tuple[list[bytes | Stretch], bytes]:
    """Return heads and stretches of six files, and what they are together."""
    made: list[bytes | Stretch] = []
    whole = b""
    for number in range(6):
        content = bytes([number]) + bytes(range(251)) * (LENGTH // 251 + 1)
        (tmp_path / str(number)).write_bytes(content)
        made += [b"head %d" % number, Stretch(str(tmp_path / str(number)), 7 * number, LENGTH)]
        whole += b"head %d" % number + content[7 * number : 7 * number + LENGTH]
    return [*made, b"end"], whole + b"end"


@pytest.fixture(autouse=True)
async def _no_handle_stays() -> AsyncIterator[None]:
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 5  # the event loop's own


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    return await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))


async def test_bodies_come_whole_between_others_on_one_connection(pieces) -> None:
    """Asked for before the answers are read: each waits until what was written before it has left."""
    async with serving(Application(pieces[0])) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in ("/a", "/", "/bc", "/", "/"):
            writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        for expected in (b"/a" * 20_000, pieces[1], b"/bc" * 20_000, pieces[1], pieces[1]):
            assert await _body(reader) == expected
        writer.close()
        await writer.wait_closed()


async def test_a_slow_client_holds_nobody_up_and_loses_nothing(pieces) -> None:
    application = Application(pieces[0])
    async with serving(application) as port:
        slow = socket.create_connection(("127.0.0.1", port))
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        slow.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(slow, b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /b HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await _body(reader) == b"/b" * 20_000
        assert not application.ended
        got = b""
        while part := await loop.sock_recv(slow, 1 << 20):  # HTTP/1.0: until the server closes
            got += part
        slow.close()
        writer.close()
        await writer.wait_closed()
    head, _, body = got.partition(b"\r\n\r\n")
    assert b"connection: close" in head.lower()
    assert body == pieces[1]


async def test_a_client_who_leaves_ends_the_sending(pieces) -> None:
    application = Application(pieces[0])
    async with serving(application) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()
        for _ in range(100):
            if application.ended:
                break
            await asyncio.sleep(0.05)
    assert application.ended == [None]


@pytest.mark.parametrize("gone", [True, False])
async def test_a_file_that_is_gone_or_cut_ends_the_connection(pieces, gone) -> None:
    application = Application(pieces[0])
    path = Path(pieces[0][5].path)
    if gone:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: LENGTH // 2])
    async with serving(application) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        got = await reader.read()
        writer.close()
    assert isinstance(application.ended[0], OSError)
    assert pieces[1].startswith(got)
    assert len(got) < len(pieces[1])


async def test_what_is_not_in_memory_is_read_on_a_thread(pieces, monkeypatch) -> None:
    monkeypatch.setattr(reading, "_in_memory", lambda *_: False)
    async with serving(Application(pieces[0])) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await _body(reader) == pieces[1]
        writer.close()
        await writer.wait_closed()
