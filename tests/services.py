"""Real servers for tests, on free loopback ports: PostgreSQL and Redis from Debian's packages, S3 by moto.

Import the fixtures into a `conftest.py`: `from tests.services import postgres_url, redis_url`. Where a server is not
installed, they skip with a reason.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest


def free_port() -> int:
    """Return a loopback port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for_port(port: int, process: subprocess.Popen, *, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        assert process.poll() is None, f"{process.args} ended with code {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def postgres_binaries() -> Path:
    """Return where PostgreSQL's programs lie, or skip."""
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


@contextmanager
def running_postgres() -> Iterator[str]:
    """Run a PostgreSQL, and give its address without a database name."""
    binaries = postgres_binaries()
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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Return the address of a running PostgreSQL without a database name."""
    with running_postgres() as server:
        yield server


def fresh_database(postgres_server: str) -> str:
    """Make an empty database and return its DATABASE_URL."""
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
def postgres_url(postgres_server: str) -> str:
    """Return the DATABASE_URL of a fresh, empty database."""
    return fresh_database(postgres_server)


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


@contextmanager
def running_s3() -> Iterator[str]:
    """Run an S3 server without buckets, and give its address; any keys open it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_port(port, process, timeout_s=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def fresh_bucket(server: str, name: str) -> dict[str, str]:
    """Make an empty bucket and return the environment variables that choose it."""
    import boto3

    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("s3", endpoint_url=server, region_name="us-east-1", **keys)
    client.create_bucket(Bucket=name)
    client.close()
    return {
        "STORAGE_URL": f"s3://{name}?endpoint_url={server}&region=us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        **{name.upper(): value for name, value in keys.items()},
    }
