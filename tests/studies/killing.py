"""Kill imports with SIGKILL at random moments, and look whether anything that was acknowledged is lost.

`python -m tests.studies.killing --rounds 100 --seed 1 [--door stow]` makes an archive of its own in a temporary folder.
Each round brings new files in by the command line, or by STOW-RS into a real server, kills the process at a moment
that the seed decides, and checks: every file that was acknowledged is there with its rows and its very bytes; after
recovery no blob lies without a row, no row without its blob, no half written file, and the counts are right. Every
third round the same command runs again to its end, and all files must be in.
"""

import argparse
import hashlib
import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILES = 300
PER_REQUEST = 20
BOUNDARY = "killing"
Acks = dict[str, str]
"""Path of an acknowledged file and what was said of it."""


class Archive:
    """An archive in a folder, looked at from this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "DATA": str(folder / "data"), "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
        self.manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*self.manage, "migrate", "-v0"], check=True, env=self.environment)
        os.environ["DATA"] = self.environment["DATA"]
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
        import django

        django.setup()

    def check(self, files: dict[str, bytes], acks: Acks) -> None:
        """Fail unless every acknowledged file is there, and nothing is there by half."""
        from django.core.files.storage import default_storage
        from django.db import connection
        from django.db.models import Count, Sum

        from studies.models import ImportedFile, Instance, InstanceHeader, PendingBlobs, Series, SetAsideFile
        from studies.services.recovery import recover_pending

        for path, said in acks.items():
            outcome, _, uid = said.partition(" ")
            digest = hashlib.sha256(files[path]).hexdigest()
            if outcome == "set_aside":
                blob = SetAsideFile.objects.filter(sha256=digest).values_list("blob", flat=True)[0]
            else:
                row = Instance.objects.select_related("header").get(sop_instance_uid=uid)
                assert (row.sha256, row.size_bytes) == (digest, len(files[path])), path
                assert row.imports.exists(), path
                blob = row.blob
            with default_storage.open(blob) as stored:
                assert hashlib.sha256(stored.read()).hexdigest() == digest, path
        recover_pending(silent_for=timedelta(0))
        assert not PendingBlobs.objects.exists()
        named = {
            *Instance.objects.values_list("blob", flat=True),
            *SetAsideFile.objects.values_list("blob", flat=True),
        }
        root = Path(default_storage.location)
        there = {
            str(path.relative_to(root))
            for kind in ("instances", "set-aside", "sources")
            for path in (root / kind).rglob("*")
            if path.is_file()
        }
        assert there == named, (sorted(there - named)[:5], sorted(named - there)[:5])
        assert Instance.objects.count() == InstanceHeader.objects.count()
        assert not Instance.objects.filter(imports=None).exists()
        assert not Series.objects.filter(instances=None).exists()
        counted = Series.objects.annotate(n=Count("instances"), frames=Sum("instances__frame_count"))
        assert all((row.instance_count, row.frame_count) == (row.n, row.frames) for row in counted)
        files_of = ImportedFile.objects.values("batch").annotate(n=Count("id"))
        for one in files_of.values("n", "batch__accepted", "batch__duplicates", "batch__set_aside"):
            assert one["n"] == one["batch__accepted"] + one["batch__duplicates"] + one["batch__set_aside"]
        connection.close()

    def verify(self) -> None:
        """Index what the kills left for later, and fail unless `verify_archive` finds nothing wrong then."""
        from studies.models import Series
        from studies.services import index_series
        from studies.services.verification import Wish, verify_archive

        for series in Series.objects.filter(indexed_at=None):
            index_series(series=series)
        report = verify_archive(wish=Wish(idle=True))
        assert not report.problems, report.problems[:5]


def new_files(rng: random.Random) -> dict[str, bytes]:
    """Return the files of a round by name: slices of one series, some of another, and a few that are no images."""
    from tests.studies.making import file_of, image, uid

    tail, study, series = f".{rng.getrandbits(60)}", uid(), [uid(), uid()]
    made = {}
    for number in range(FILES):
        name = f"{number:03}.dcm"
        if number % 25 == 24:
            made[name] = rng.randbytes(300)
            continue
        ids = {
            "SOPInstanceUID": uid() + tail,
            "StudyInstanceUID": study + tail,
            "SeriesInstanceUID": series[number % 2] + tail,
        }
        size = rng.choice((16, 64, 160))
        pixels = rng.randbytes(2 * size * size)
        made[name] = file_of(image(Rows=size, Columns=size, InstanceNumber=number, PixelData=pixels, **ids)).getvalue()
    return made


class CommandLine:
    """Imports by `manage.py import_dicom --each`."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.usual_s = 1.0

    def run(self, folder: Path, files: dict[str, bytes], kill_after: float | None) -> Acks:
        """Import a folder, killed after a share of the usual time from the moment it is at work; return the acks."""
        for name, content in files.items():
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
        """Send the files in requests of twenty; the server is killed after a share of the usual time."""
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

    def _send(self, names: list[str], files: dict[str, bytes]) -> Acks:
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


def rounds(count: int, seed: int, door: str, first: int = 1, tell: Callable[[str], None] = print) -> int:
    """Run the rounds and return how many files were acknowledged in all; AssertionError at the first loss."""
    total = interrupted = 0
    with tempfile.TemporaryDirectory() as place:
        archive = Archive(Path(place))
        way = CommandLine(archive) if door == "command" else Stow(archive)
        try:
            for number in (0, *range(first, first + count)):
                rng = random.Random(seed * 1000 + number)  # noqa: S311  # kept to repeat what fails
                folder = Path(place) / f"files-{number}"
                folder.mkdir()
                files = new_files(rng)
                share = None if number == 0 else rng.uniform(0, 1.1)  # the first, whole one says how long it takes
                acks = way.run(folder, files, share)
                archive.check(files, acks)
                total += len(acks)
                interrupted += 0 < len(acks) < len(files)
                if number % 3 == 0:
                    again = way.run(folder, files, None)
                    archive.check(files, again)
                    archive.check(files, acks)
                    everything(files)
                shown = "whole" if share is None else f"killed at {share:.2f}"
                tell(f"round {number}: {shown}, {len(acks)} of {len(files)} acknowledged")
            archive.verify()
        finally:
            way.close()
    tell(f"{count} kills by {door}: {total} acknowledged files all there and whole, {interrupted} kills in the middle")
    return total


def everything(files: dict[str, bytes]) -> None:
    """Fail unless every file of a round is in the archive."""
    from studies.models import Instance, SetAsideFile

    digests = {hashlib.sha256(content).hexdigest() for content in files.values()}
    stored = set(Instance.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    aside = set(SetAsideFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    assert stored | aside == digests


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="number of the first round, to go on with a long run")
    parser.add_argument("--door", choices=["command", "stow"], default="command")
    chosen = parser.parse_args()
    rounds(chosen.rounds, chosen.seed, chosen.door, chosen.first, lambda line: print(line, flush=True))
