"""A whole installation on a temporary data folder: supervisor, web server and worker as real processes."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Self

import requests

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "fiducial.sqlite3"


@functools.cache
def new_installation() -> tempfile.TemporaryDirectory[str]:
    """Return the data folder of a migrated installation, made once: migrating takes longer than starting."""
    folder = tempfile.TemporaryDirectory(prefix="fiducial-new-")
    environment = {**os.environ, "DATA": folder.name}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=environment, check=True)
    return folder


class Stack:
    """`manage.py serve` with its own data folder; a context manager that ends every process it started."""

    def __init__(self, data: Path, *, demo: bool = False, **environment: str) -> None:
        self.data = data
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data / "serve.log"
        self.demo = demo
        self.serve_options: list[str] = []
        self.environment = {**os.environ, "DATA": str(data), "PYTHONUNBUFFERED": "1", **environment}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.process: subprocess.Popen[bytes] | None = None
        self.clerk: subprocess.Popen[str] | None = None

    def manage(self, *arguments: str) -> str:
        """Run a management command in this installation and return what it prints."""
        if self.clerk is None or self.clerk.poll() is not None:
            self.clerk = subprocess.Popen(
                [sys.executable, "-m", "tests.clerk"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.clerk.stdin
        assert self.clerk.stdout
        self.clerk.stdin.write(json.dumps({"arguments": arguments, "environment": self.environment}) + "\n")
        self.clerk.stdin.flush()
        answer = json.loads(self.clerk.stdout.readline() or '{"error": "it ended", "output": ""}')
        assert not answer["error"], f"manage.py {' '.join(arguments)}:\n{answer['output']}\n{answer['error']}"
        return str(answer["output"]).strip()

    def start(self, timeout_s: float = 90) -> Self:
        """Start it and wait until it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        own = self.demo or "DATABASE_URL" in self.environment or (self.data / DATABASE).exists()
        if not own:  # the demo's is made from nothing, as a person's first start makes it
            shutil.copy(Path(new_installation().name) / DATABASE, self.data)
        command = [sys.executable, "manage.py", "serve", "--port", str(self.port), *self.serve_options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--demo"] if self.demo else command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"serve ended:\n{self.log.read_text()[-4000:]}"
            try:
                if requests.get(f"{self.url}/api/session", timeout=5).ok:
                    return self
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(f"serve did not answer in {timeout_s} s:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        if self.clerk and self.clerk.poll() is None:
            self.clerk.communicate()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                raise

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def api(self, username: str) -> "Api":
        """Return a client of the REST interface with a fresh token of this user."""
        return Api(self.url, self.manage("issue_token", username))


class Api:
    """A thin client: JSON in, JSON out, and an assertion with the server's words when it refuses."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, *, expect: int | None = None, **options: Any) -> Any:
        """Send a request; return the JSON answer (None when empty)."""
        response = self.session.request(method, self.url + path, json=body, timeout=120, **options)
        fine = response.ok if expect is None else response.status_code == expect
        assert fine, f"{method} {path}: {response.status_code} {response.text[:2000]}"
        return response.json() if response.content else None

    def get(self, path: str, **options: Any) -> Any:
        """GET."""
        return self.call("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST."""
        return self.call("POST", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Any:
        """PUT."""
        return self.call("PUT", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Any:
        """PATCH."""
        return self.call("PATCH", path, body, **options)

    def download(self, path: str, into: Path) -> Path:
        """GET a file."""
        with self.session.get(self.url + path, stream=True, timeout=120) as response:
            assert response.ok, f"{path}: {response.status_code} {response.text[:2000]}"
            with into.open("wb") as file:
                for chunk in response.iter_content(1 << 20):
                    file.write(chunk)
        return into


def wait_until(question: Any, *, timeout_s: float, what: str, every_s: float = 0.2) -> Any:
    """Return the first true answer of `question()`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        answer = question()
        if answer:
            return answer
        time.sleep(every_s)
    raise AssertionError(f"{what} did not happen in {timeout_s:.0f} s")
