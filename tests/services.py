"""Real servers for tests, from Debian's packages: PostgreSQL and Redis on free loopback ports, in folders of their own.

Import the fixtures into a `conftest.py`: `from tests.services import postgres_url, redis_url`. Where a server is not
installed, they skip with a reason.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest


def free_port() -> int:
    """Return a loopback port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_port(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args} ended with code {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def _postgres_binaries() -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    if not folders or not (folders[-1] / "initdb").exists():
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    return folders[-1]


def _as_owner(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: run it as its own user then."""
    if os.geteuid() != 0:
        return command
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    return ["runuser", "-u", "postgres", "--", *command]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a running PostgreSQL without a database name."""
    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="fiducial-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    initialise = [str(binaries / "initdb"), "-D", str(data), "-U", "fiducial", "--auth=trust", "-E", "UTF8"]
    subprocess.run(_as_owner([*initialise, "--no-sync"]), check=True, capture_output=True, cwd=folder)
    options = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-k", str(folder), "-p", str(port)]
    server = [str(binaries / "postgres"), "-D", str(data), *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_as_owner(server), cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for_port(port, process)
        yield f"postgres://fiducial@127.0.0.1:{port}"
    finally:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 3)  # SIGQUIT: stop now
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Return the DATABASE_URL of a fresh, empty database."""
    name = f"fiducial_{uuid4().hex[:12]}"
    for attempt in range(50):
        try:
            with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{name}"')
            break
        except psycopg.OperationalError:
            if attempt == 49:
                raise
            time.sleep(0.1)  # it listens before it has recovered
    return f"{postgres_server}/{name}"


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """Return the REDIS_URL of a fresh, empty server."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("Redis is not installed (apt-get install redis-server)")
    port = free_port()
    folder = tmp_path / "redis"
    folder.mkdir()
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([binary, *options], stdout=log, stderr=log)
    try:
        _wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)
