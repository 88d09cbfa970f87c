"""The other servers of the archive bench, as processes of their own on loopback: Orthanc, and a bare file server."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.http_client import Client
from tests.services import free_port

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


def orthanc_is_there() -> bool:
    """Say whether Orthanc and its DICOMweb plug-in are installed."""
    return shutil.which("Orthanc") is not None and PLUGIN.exists()


@contextlib.contextmanager
def orthanc(folder: Path) -> Iterator[int]:
    """Run Orthanc with its SQLite index in `folder` and yield its port; DICOMweb is under /dicom-web/."""
    folder.mkdir(parents=True)
    port = free_port()
    settings = {
        "Name": "bench",
        "StorageDirectory": str(folder),
        "IndexDirectory": str(folder),
        "HttpPort": port,
        "RemoteAccessAllowed": False,  # it listens on every address and refuses others by this alone
        "AuthenticationEnabled": False,
        "DicomServerEnabled": False,
        "OverwriteInstances": True,
        "Plugins": [str(PLUGIN)],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    path = folder / "orthanc.json"
    path.write_text(json.dumps(settings), encoding="utf-8")
    with running(["Orthanc", str(path)], folder / "log", port, "/system"):
        yield port


@contextlib.contextmanager
def file_server(folder: Path, scratch: Path) -> Iterator[tuple[int, str]]:
    """Serve a folder's files and yield (port, what serves them): nginx, else Python's own threaded server."""
    scratch.mkdir(parents=True, exist_ok=True)
    port = free_port()
    if shutil.which("nginx"):
        location = f"location / {{ root {folder}; }}"
        with nginx(scratch, f"server {{ listen 127.0.0.1:{port}; {location} }}", port):
            yield port, "nginx"
        return
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--protocol", "HTTP/1.1"]
    with running([*command, "--directory", str(folder)], scratch / "log", port, "/"):
        yield port, "Python's http.server"


@contextlib.contextmanager
def nginx(scratch: Path, servers: str, port: int) -> Iterator[None]:
    """Run nginx with these server blocks and nothing of the machine's own configuration."""
    scratch.mkdir(parents=True, exist_ok=True)
    temporary = " ".join(
        f"{kind}_temp_path {scratch}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    path = scratch / "nginx.conf"
    path.write_text(
        f"{user} daemon off; worker_processes 2; pid {scratch}/pid; error_log {scratch}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; sendfile on; tcp_nopush on; {temporary}\n{servers}\n}}\n",
        encoding="utf-8",
    )
    command = ["nginx", "-c", str(path), "-p", str(scratch), "-e", str(scratch / "error.log")]
    with running(command, scratch / "log", port, "/"):
        yield


@contextlib.contextmanager
def running(command: list[str], log: Path, port: int, probe: str) -> Iterator[None]:
    """Run a server until the block ends; begin when it answers `probe` with anything."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, f"{command[0]} ended: {log.read_text()[-2000:]}"
            with contextlib.suppress(OSError, EOFError), contextlib.closing(Client(port)) as client:
                client.request(probe)
                break
            assert time.monotonic() < deadline, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
