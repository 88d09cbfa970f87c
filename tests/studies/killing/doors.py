"""The doors that files come in by while they are killed: the command line, and STOW-RS into a real server."""

import http.client
import signal
import socket
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

from tests.studies.killing.archive import ROOT, Acks, Archive

PER_REQUEST = 20
BOUNDARY = "killing"


class CommandLine:
    """Imports by `manage.py import_dicom --each`."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.usual_s = 1.0

    def run(self, folder: Path, files: dict[str, bytes], kill_after: float | None) -> Acks:
        """Import a folder, killed after a share of the usual time from the moment it is at work; return the acks."""
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        locks = self.archive.folder / "data" / "locks"
        command = [*self.archive.manage, "import_dicom", str(folder), "--each"]
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            process = subprocess.Popen(command, env=self.archive.environment, stdout=out, stderr=errors)
            while process.poll() is None and not (locks.is_dir() and any(locks.iterdir())):
                time.sleep(0.002)
            began = time.monotonic()
            if kill_after is not None:
                time.sleep(kill_after * self.usual_s)
                process.kill()
                process.wait()
                for left in locks.iterdir():
                    left.unlink()  # only so that the next round sees its own; locks go with their process anyway
            else:
                ended = process.wait()
                errors.seek(0)
                assert ended == 0, errors.read()[-3000:]
                self.usual_s = time.monotonic() - began
            out.seek(0)
            lines = [line.split("\t") for line in out.read().split("\n")[:-1]]
        return {path: f"{outcome} {uid}" for outcome, uid, path in (line for line in lines if len(line) == 3)}

    def close(self) -> None:
        """Do nothing."""


class Stow:
    """Imports by STOW-RS into a real server, which is started anew after each kill."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        make = (
            "from datetime import timedelta; from accounts.models import User; "
            "from accounts.services.tokens import issue_token; "
            "user = User.objects.create_user('root', is_staff=True); "
            "print(issue_token(actor=None, user=user, name='kill', lifetime=timedelta(days=1))[1])"
        )
        shell = [*archive.manage, "shell", "-v0", "-c", make]
        self.token = subprocess.run(
            shell, env=archive.environment, check=True, capture_output=True, text=True
        ).stdout.strip()
        self.usual_s = 1.0
        self.server: subprocess.Popen[bytes] | None = None
        self.port = 0

    def run(self, folder: Path, files: dict[str, bytes], kill_after: float | None) -> Acks:
        """Send the files in requests of twenty; the server is killed after a share of the usual time.

        A 503 says that nothing was written and that it is worth trying again: it is told, and tried again.
        """
        self._start()
        acks: Acks = {}
        names = sorted(files)
        killer = None
        began = time.monotonic()
        assert self.server is not None
        if kill_after is not None:
            then = kill_after * self.usual_s
            kill = f"import os, time; time.sleep({then}); os.kill({self.server.pid}, {signal.SIGKILL})"
            killer = subprocess.Popen([sys.executable, "-c", kill])
        try:
            for start in range(0, len(names), PER_REQUEST):
                acks |= self._send(names[start : start + PER_REQUEST], files)
        except (OSError, http.client.HTTPException):
            assert killer is not None, "the server broke by itself"
        if killer is None:
            self.usual_s = time.monotonic() - began
        else:
            killer.wait()
            self.server.wait()
            self.server = None
        return acks

    def _send(self, names: list[str], files: dict[str, bytes], *, tries: int = 3) -> Acks:
        import json

        head = f"\r\n--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
        body = b"".join(head + files[name] for name in names) + f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
        connection.request(
            "POST", "/dicomweb/studies", body, {"Content-Type": kind, "Authorization": f"Bearer {self.token}"}
        )
        answer = connection.getresponse()
        content = answer.read()
        if answer.status == 503 and tries > 1:
            print(f"503, tried again: {content!r}", flush=True)
            time.sleep(float(answer.headers["Retry-After"]))
            return self._send(names, files, tries=tries - 1)
        assert answer.status in (200, 202), content
        stored = {item["00081155"]["Value"][0] for item in json.loads(content)["00081199"]["Value"]}
        from pydicom import dcmread

        found: Acks = {}
        for name in names:
            if files[name][128:132] != b"DICM":
                found[name] = "set_aside "
                continue
            uid = str(dcmread(BytesIO(files[name]), stop_before_pixels=True).SOPInstanceUID)
            assert uid in stored, (name, content)
            found[name] = f"accepted {uid}"
        return found

    def _start(self) -> None:
        if self.server is not None:
            return
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--app-dir", str(ROOT / "platform")]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--lifespan", "off", "--log-level", "error"]
        command += ["--http", "config.protocol:BodyProtocol"]  # as `manage.py serve` has it
        self.server = subprocess.Popen(command, env=self.archive.environment)
        for _ in range(3000):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError("the server does not answer")

    def close(self) -> None:
        """End the server."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()
