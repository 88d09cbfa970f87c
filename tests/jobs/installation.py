"""A real installation in a folder of its own: `manage.py serve` with web server and workers, and clients for it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect

from tests.services import free_port

ROOT = Path(__file__).resolve().parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Installation:
    """Everything lives under `folder`; `environment` is added to that of every process."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.log = folder / "serve.log"
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "DJANGO_SETTINGS_MODULE", "FIDUCIAL_MODE")
        }
        self.environment = {
            **inherited,
            "DATA": str(self.data),
            "JOB_LOST_AFTER_S": "2",
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        self.server: subprocess.Popen | None = None
        self.console: subprocess.Popen | None = None
        self.token = ""

    # -- processes --------------------------------------------------------------------------------------------------

    def manage(self, *arguments: str, **environment: str) -> str:
        """Run a command to its end and return what it prints."""
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *arguments],
            env={**self.environment, **environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def serve(self) -> float:
        """Start everything; return the seconds until the address was printed."""
        started = time.monotonic()
        with self.log.open("ab") as log:
            mark = log.tell()
            self.server = subprocess.Popen(
                [sys.executable, str(ROOT / "manage.py"), "serve", "--port", str(self.port)],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        wait_until(lambda: b"ready at http://" in self.log.read_bytes()[mark:], seconds=40)
        return time.monotonic() - started

    def stop(self, signum: int = signal.SIGINT) -> float:
        """Stop as Ctrl-C does; return the seconds until the supervisor had ended."""
        started = time.monotonic()
        self.server.send_signal(signum)
        self.server.wait(timeout=30)
        return time.monotonic() - started

    def processes(self, pattern: str = "") -> dict[int, str]:
        """Return the living processes of this installation (whoever their parent is) as pid → command line."""
        mark = f"DATA={self.data}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if not entry.name.isdigit() or mark not in (entry / "environ").read_bytes().split(b"\0"):
                    continue
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                if command and re.search(pattern, command) and "console.py" not in command:
                    found[int(entry.name)] = command
        return found

    def masters(self, pattern: str) -> list[int]:
        """Return those matching processes whose parent is the supervisor."""
        return [pid for pid in self.processes(pattern) if parent_of(pid) == self.server.pid]

    def destroy(self) -> None:
        """Kill whatever is left."""
        if self.console is not None:
            self.console.stdin.close()
            self.console.wait(timeout=10)
            self.console.stdout.close()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.server is not None:
            self.server.wait(timeout=10)
            print(self.log.read_text()[-20_000:])  # shown when a test failed

    def delete_messages(self) -> int:
        """Delete the broker's messages; return how many there were."""
        messages = list((self.data / "broker").glob("*.msg"))
        for message in messages:
            message.unlink(missing_ok=True)
        return len(messages)

    # -- clients ----------------------------------------------------------------------------------------------------

    def sign_up(self) -> None:
        """Make an administrator and a token for the calls below."""
        password = {"DJANGO_SUPERUSER_PASSWORD": "correct horse battery"}
        self.manage("createsuperuser", "--noinput", "--username=admin", "--email=", **password)
        self.token = self.manage("issue_token", "admin").strip()

    def start_jobs(self, *, queues: str, steps: int, seconds: float) -> list[str]:
        """Start counting jobs, one per queue, and return their ids."""
        if self.console is None or self.console.poll() is not None:
            self.console = subprocess.Popen(
                [sys.executable, str(ROOT / "tests" / "jobs" / "console.py")],
                env=self.environment,
                cwd=ROOT,
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        print(queues, steps, seconds, file=self.console.stdin, flush=True)
        return self.console.stdout.readline().split()

    def get(self, path: str):
        """Return the JSON at an address."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}")
        request.add_header("Authorization", f"Bearer {self.token}")
        with DIRECT.open(request, timeout=10) as answer:
            return json.load(answer)

    def job(self, job_id: str) -> dict:
        """Return the JSON of a job."""
        return self.get(f"/api/jobs/{job_id}")

    def events(self, since: int | None = None) -> ClientConnection:
        """Open the event stream."""
        query = "" if since is None else f"?since={since}"
        return connect(
            f"ws://127.0.0.1:{self.port}/ws/events{query}",
            additional_headers={"Authorization": f"Bearer {self.token}"},
            origin=f"http://{urlsplit(f'//127.0.0.1:{self.port}').netloc}",
            proxy=None,
            open_timeout=10,
        )

    def wait_for(self, *job_ids: str, state: str = "succeeded", seconds: float = 30) -> list[dict]:
        """Wait until all jobs are in `state`, and return them."""
        wait_until(lambda: all(self.job(job_id)["state"] == state for job_id in job_ids), seconds=seconds)
        return [self.job(job_id) for job_id in job_ids]


def parent_of(pid: int) -> int:
    """Return the parent's process id, 0 when the process has ended."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_alive(pid: int) -> bool:
    """Return whether the process exists and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition, *, seconds: float) -> None:
    """Wait for a condition; a refused connection counts as "not yet"."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(OSError):
            if condition():
                return
        time.sleep(0.1)
    raise TimeoutError(f"not within {seconds} s")
