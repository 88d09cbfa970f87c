"""OHIF, a viewer that is not ours: its published build from npm, served on loopback beside a real installation."""

import base64
import functools
import hashlib
import http.client
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.stack import ROOT

PACKAGE, VERSION = "@ohif/app", "3.13.2"
INTEGRITY = "sha512-WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=="
UNUSED = ("dist/ort/", "dist/dicom-microscopy-viewer/")  # 160 MB that a CT does not need
GUIDE = ROOT / "docs" / "guides" / "connect.md"


def config_of_the_guide() -> str:
    """Return the app-config.js that the guide tells people to use: what is tested is what is written."""
    (block,) = re.findall(r"```js\n(// app-config\.js\n.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return block


def ohif_folder() -> Path:
    """Return the unpacked viewer, fetched once into var/cache and checked against its hash; or skip."""
    cache = ROOT / "var" / "cache" / "ohif"
    folder = cache / VERSION
    if (folder / "index.html").is_file():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not on this machine, so OHIF cannot be fetched")
    cache.mkdir(parents=True, exist_ok=True)
    archive = cache / f"ohif-app-{VERSION}.tgz"
    if not archive.is_file():
        command = [npm, "pack", f"{PACKAGE}@{VERSION}", "--pack-destination", str(cache), "--silent"]
        done = subprocess.run(command, cwd=cache, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.skip(f"the npm registry cannot be reached, so OHIF cannot be fetched: {done.stderr[-200:]}")
    digest = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != INTEGRITY:
        archive.unlink()
        raise AssertionError(f"{archive.name} is not the file that was tried: {digest}")
    partial = cache / f"{VERSION}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with tarfile.open(archive) as tar:
        wanted = [
            member
            for member in tar.getmembers()
            if member.name.startswith("package/dist/")
            and not member.name.startswith(tuple(f"package/{name}" for name in UNUSED))
        ]
        tar.extractall(partial, members=wanted, filter="data")
    (partial / "package" / "dist").rename(folder)
    archive.unlink()
    shutil.rmtree(partial)
    return folder


class Handler(SimpleHTTPRequestHandler):
    """The viewer's files, every other path its page, and /dicom-web passed on with a token."""

    protocol_version = "HTTP/1.1"
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript", ".wasm": "application/wasm"}

    def __init__(self, *args, upstream: str, token: str, config: str, seen: list, **options) -> None:
        self.upstream, self.token, self.config, self.seen = urlsplit(upstream), token, config, seen
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/dicom-web/"):
            self.pass_on()
        elif path == "/app-config.js":
            self.answer(self.config.encode(), "text/javascript")
        elif Path(self.translate_path(path)).is_file():
            super().do_GET()
        elif "." in path.rsplit("/", 1)[-1] and "?" not in self.path and path.endswith((".js", ".css", ".wasm")):
            self.send_error(404)
        else:
            self.answer((Path(self.directory) / "index.html").read_bytes(), "text/html")

    def answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def pass_on(self) -> None:
        connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port, timeout=60)
        try:
            headers = {name: self.headers[name] for name in ("Accept", "Accept-Encoding") if name in self.headers}
            headers["Authorization"] = f"Bearer {self.token}"
            connection.request("GET", self.path.replace("/dicom-web/", "/dicomweb/", 1), headers=headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        self.seen.append((response.status, self.path, self.headers.get("Accept", "")))
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(name, value)
        if response.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        """Say nothing: failures are in `seen`."""


@contextmanager
def served(folder: Path, *, upstream: str, token: str) -> Iterator[tuple[str, list]]:
    """Give the viewer's address, and the list of (status, path, Accept) that it asks of the installation."""
    seen: list = []
    config = config_of_the_guide()
    handler = functools.partial(
        Handler, directory=str(folder), upstream=upstream, token=token, config=config, seen=seen
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}", seen
        finally:
            server.shutdown()
            thread.join()
