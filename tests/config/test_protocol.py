"""Bodies that are read off their connection, through a real uvicorn."""

import asyncio
import contextlib
import socket
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import uvicorn

from config.protocol import TAKE_BODY, BodyConnection, BodyProtocol


class Application:
    """Reads each body on a thread and answers with its length and checksum; `/refuse` reads nothing."""

    def __init__(self, *, slow_s: float = 0.0) -> None:
        self.slow_s = slow_s
        self.taken = 0
        self.lengths: list[int] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        loop = asyncio.get_running_loop()
        first = await receive()
        rest = scope["extensions"][TAKE_BODY]["take"]() if first.get("more_body") else None
        answer = b"refused"
        if rest is not None:
            self.taken += 1
            rest.put_before(first["body"])
            if scope["path"] != "/refuse":
                answer = await loop.run_in_executor(None, self._read, rest)
            rest.end()
        else:
            parts = [first["body"]]
            while first["more_body"]:
                first = await receive()
                parts.append(first["body"])
            answer = self._said(b"".join(parts))
        headers = [(b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    def _read(self, body: BodyConnection) -> bytes:
        time.sleep(self.slow_s)
        return self._said(body.read())

    def _said(self, body: bytes) -> bytes:
        self.lengths.append(len(body))
        return f"{len(body)} {zlib.crc32(body)}".encode()


@contextlib.asynccontextmanager
async def serving(application: Application) -> AsyncIterator[int]:
    """Serve on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, http=BodyProtocol, ws="none", lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    task = asyncio.ensure_future(server.serve(sockets=[listener]))
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await task
        listener.close()


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str, body: bytes) -> bytes:
    writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    assert head.startswith(b"http/1.1 200"), head
    return await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))


def _expected(body: bytes) -> bytes:
    return f"{len(body)} {zlib.crc32(body)}".encode()


async def test_bodies_come_whole_one_after_the_other_on_one_connection() -> None:
    application = Application()
    async with serving(application) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for size in (0, 1, 70_000, 5_000_000, 3):
            body = bytes(range(251)) * (size // 251 + 1)
            assert await _ask(reader, writer, "/", body[:size]) == _expected(body[:size])
        writer.close()
        await writer.wait_closed()
    assert application.taken >= 1  # the large one did not fit into the first piece


async def test_a_slow_reader_stops_the_sender_and_loses_nothing() -> None:
    application = Application(slow_s=0.5)
    body = bytes(range(256)) * (96 << 12)
    async with serving(application) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        asking = asyncio.ensure_future(_ask(reader, writer, "/", body))
        await asyncio.sleep(0.3)
        assert writer.transport.get_write_buffer_size() > len(body) // 2  # most of it still waits here
        assert await asking == _expected(body)
        writer.close()
        await writer.wait_closed()
    assert application.taken == 1


async def test_a_refused_body_does_not_reach_the_next_request() -> None:
    async with serving(Application()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        assert await _ask(reader, writer, "/refuse", bytes(2_000_000)) == b"refused"
        assert await _ask(reader, writer, "/", b"abc" * 100_000) == _expected(b"abc" * 100_000)
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("sent", [10, 1_000_000])
async def test_a_sender_who_leaves_ends_the_body(sent: int) -> None:
    application = Application()
    async with serving(application) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + bytes(sent))
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        await writer.wait_closed()
        for _ in range(100):
            if application.lengths:
                break
            await asyncio.sleep(0.05)
    assert application.lengths == [sent]


async def test_a_body_and_the_next_request_in_one_go() -> None:
    """What follows a body on the connection is not taken for a part of it."""
    application = Application(slow_s=0.1)
    body = bytes(range(250)) * 4000
    async with serving(application) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
        writer.write(head % len(body) + body + head % 3 + b"abc")
        assert await _answer(reader) == _expected(body)
        assert await _answer(reader) == _expected(b"abc")
        writer.close()
        await writer.wait_closed()
    assert application.taken == 1


async def test_a_read_that_waits_can_be_stopped() -> None:
    ours, theirs = socket.socketpair()
    left: list[int] = []
    body = BodyConnection(ours, b"ab", 10, left.append)
    reading = asyncio.get_running_loop().run_in_executor(None, body.read)
    await asyncio.sleep(0.05)
    theirs.send(b"cd")
    await asyncio.sleep(0.05)
    body.stop()
    assert await reading == b"abcd"
    body.end()
    theirs.close()
    assert left == [8]


async def test_who_asks_whether_to_go_on_is_told_so() -> None:
    async with serving(Application()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\nExpect: 100-continue\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(bytes(300_000))
        assert await _answer(reader) == _expected(bytes(300_000))
        writer.close()
        await writer.wait_closed()


async def test_chunked_bodies_come_without_their_chunk_heads() -> None:
    async with serving(Application()) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(5):
            writer.write(b"10000\r\n" + bytes([7]) * 0x10000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)
        writer.write(b"0\r\n\r\n")
        assert await _answer(reader) == _expected(bytes([7]) * 0x50000)
        writer.close()
        await writer.wait_closed()
