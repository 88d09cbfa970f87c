"""A light HTTP/1.1 client for benchmarks: raw sockets, one buffer, the same for every server."""

import contextlib
import http.client
import multiprocessing
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Reply:
    """Status, headers in lower case, and how many bytes the body had; the body itself when it was kept."""

    status: int
    headers: dict[str, str]
    size: int
    body: bytes = b""


@dataclass
class Client:
    """One connection that is kept while the server keeps it, and opened anew when it does not."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    _socket: socket.socket | None = None
    _buffer: bytearray = field(default_factory=lambda: bytearray(1 << 20))

    def request(
        self, path: str, *, method: str = "GET", body: bytes = b"", keep: bool = False, **headers: str
    ) -> Reply:
        """Send a request and read the whole answer; a connection that was dropped meanwhile is opened once more."""
        named = {"Host": f"127.0.0.1:{self.port}", **self.headers}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            named["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        head = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()
        for attempt in (1, 2):
            try:
                return self._exchange(head, body, keep)
            except (ConnectionError, EOFError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def _exchange(self, head: bytes, body: bytes, keep: bool) -> Reply:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = self._socket
        connection.sendall(head)
        if body:
            connection.sendall(body)
        got = b""
        while b"\r\n\r\n" not in got:
            part = connection.recv(65_536)
            if not part:
                raise EOFError
            got += part
        top, _, rest = got.partition(b"\r\n\r\n")
        first, *lines = top.decode("latin1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(first.split()[1])
        if status == 100:
            raise AssertionError("nobody asked whether to go on")
        size, content = self._body(connection, status, headers, rest, keep)
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Reply(status, headers, size, content)

    def _body(
        self, connection: socket.socket, status: int, headers: dict[str, str], rest: bytes, keep: bool
    ) -> tuple[int, bytes]:
        kept = bytearray(rest) if keep else bytearray()
        view = memoryview(self._buffer)
        if "chunked" in headers.get("transfer-encoding", ""):
            return self._chunks(connection, rest, keep)
        length = 0 if status in (204, 304) else int(headers.get("content-length", -1))
        size = len(rest)
        while length < 0 or size < length:
            count = connection.recv_into(view)
            if not count:
                if length < 0:
                    self.close()
                    break
                raise EOFError
            size += count
            if keep:
                kept += view[:count]
        return size, bytes(kept)

    def _chunks(self, connection: socket.socket, rest: bytes, keep: bool) -> tuple[int, bytes]:
        """Read a chunked body by skipping over whole chunks."""
        kept, size, buffer = bytearray(), 0, bytearray(rest)
        while True:
            while (at := buffer.find(b"\r\n")) < 0:
                buffer += connection.recv(1 << 18) or _end()
            length = int(bytes(buffer[:at]).split(b";")[0], 16)
            del buffer[: at + 2]
            need = length + 2
            size += length
            if keep:
                while len(buffer) < need:
                    buffer += connection.recv(1 << 18) or _end()
                kept += buffer[:length]
                del buffer[:need]
            else:
                taken = min(need, len(buffer))
                del buffer[:taken]
                need -= taken
                view = memoryview(self._buffer)
                while need:
                    count = connection.recv_into(view, min(need, len(view)))
                    need -= count or _end()
            if length == 0:
                return size, bytes(kept)


def kept(port: int, path: str, headers: dict[str, str], times: int = 3) -> float:
    """Return the median MB/s at which Python's own http.client reads an answer and keeps it, as programs do."""
    rates = []
    for _ in range(times):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
            started = time.perf_counter()
            connection.request("GET", path, headers=headers)
            reply = connection.getresponse()
            body = reply.read()
            rates.append(len(body) / 1e6 / (time.perf_counter() - started))
            assert reply.status == 200, f"{path}: {reply.status}"
    return statistics.median(rates)


def _end() -> Any:
    raise EOFError


def many(port: int, paths: Sequence[str], *, connections: int, headers: dict[str, str]) -> float:
    """Return the seconds in which `connections` processes fetch all paths between them."""
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(connections + 1), context.SimpleQueue()

    def work(mine: Sequence[str]) -> None:
        client = Client(port, headers)
        client.request(mine[0])
        gate.wait()
        for path in mine:
            reply = client.request(path)
            if reply.status != 200:
                results.put(f"{path}: {reply.status}")
                return
        results.put(None)

    workers = [context.Process(target=work, args=(paths[n::connections],)) for n in range(connections)]
    for worker in workers:
        worker.start()
    gate.wait()
    started = time.perf_counter()
    wrong = [answer for answer in (results.get() for _ in workers) if answer]
    seconds = time.perf_counter() - started
    for worker in workers:
        worker.join()
    assert not wrong, wrong
    return seconds
