"""The other servers of the benches, as processes of their own on loopback: Orthanc, nginx, PostgreSQL."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.http_client import Client
from tests.services import _as_owner, _wait_for_port, free_port, postgres_binaries

ROOT = Path(__file__).resolve().parents[2]
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
def front(folder: Path, web_port: int, blobs: Path) -> Iterator[int]:
    """Run nginx as docker/nginx.conf has it before the web server at `web_port`, and yield its port."""
    port = free_port()
    text = (ROOT / "docker" / "nginx.conf").read_text(encoding="utf-8")
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    for written, here in (
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{web_port};"),
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("unix:/run/fiducial-blobs.sock", f"unix:{folder}/blobs.sock"),
        ("root /data/blobs;", f"root {blobs};"),
        ("worker_processes auto;", f"{user}worker_processes 2; daemon off; pid {folder}/pid;"),
        ("access_log off;", f"access_log off; {temporary}"),
    ):
        assert written in text, f"docker/nginx.conf does not say {written!r} any more"
        text = text.replace(written, here)
    (folder / "nginx.conf").write_text(text, encoding="utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    with running(command, folder / "log", port, "/api/session"):
        yield port


@contextlib.contextmanager
def web_server(environment: dict[str, str], log: Path) -> Iterator[int]:
    """Run one more web server of an installation, and yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--app-dir", str(ROOT / "platform")]
    command += ["--host", "127.0.0.1", "--port", str(port), "--lifespan", "off", "--no-access-log"]
    command += ["--log-level", "warning", "--http", "config.protocol:BodyProtocol"]
    with running(command, log, port, "/api/session", environment):
        yield port


@contextlib.contextmanager
def running(
    command: list[str], log: Path, port: int, probe: str, environment: dict[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends; begin when it answers `probe` with anything."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
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


@contextlib.contextmanager
def postgres(kept: Path | None = None) -> Iterator[str]:
    """Run a PostgreSQL of its own on loopback and yield its DATABASE_URL; its data stay in `kept` if that is given."""
    binaries = postgres_binaries()
    folder = kept or Path(tempfile.mkdtemp(prefix="fiducial-bench-postgres-"))
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    if not data.exists():
        make = [str(binaries / "initdb"), "-D", str(data), "-U", "fiducial", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(_as_owner(make), check=True, capture_output=True, cwd=folder)
    options = ["-c", "listen_addresses=127.0.0.1", "-k", str(folder), "-p", str(port), "-c", "max_wal_size=4GB"]
    with (folder / "log").open("wb") as log:
        command = [str(binaries / "postgres"), "-D", str(data), *options]
        process = subprocess.Popen(_as_owner(command), cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for_port(port, process)
        time.sleep(1)
        yield f"postgres://fiducial@127.0.0.1:{port}/postgres"
    finally:
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGINT)  # stop now, but in order
        process.wait(timeout=60)
        if kept is None:
            shutil.rmtree(folder, ignore_errors=True)
