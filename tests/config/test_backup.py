"""Backup and restore by the documented commands, in processes and data folders of their own."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import fresh_bucket, postgres_server, postgres_url, running_s3  # noqa: F401  # fixtures

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.processes


class Installation:
    """A data folder and the commands on it."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "STORAGE_URL")}
        self.environment = {**kept, "DATA": str(data), **environment}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def manage(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, code: str) -> str:
        """Return what a line of Python prints in the installation."""
        return self.manage("shell", "--no-imports", "-c", code).strip()


FRAMES = """
import hashlib
from studies.models import Instance
from studies.pixels import decode_frame, stored_file
found = hashlib.sha256()
for one in Instance.objects.order_by("sop_instance_uid"):
    with stored_file(one) as file:
        found.update(decode_frame(one, 1, file=file).tobytes())
print(Instance.objects.count(), found.hexdigest())
"""


CHECK = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("verify_archive", idle=True, json=True)
{FRAMES}
"""


def check(copy: Installation, frames: str) -> None:
    """Migrate, verify by hash, and decode every picture, in one process: each takes seconds to start."""
    said = copy.ask(CHECK)
    report = json.loads(said[: said.rindex("}") + 1])
    assert report["found"] == {}
    assert report["instances"] == int(frames.split()[0])
    assert said.splitlines()[-1] == frames


@pytest.fixture(scope="module")
def images(shared_data) -> Path:
    return shared_data / "ct" / "CRLM-CT-1006"


@pytest.fixture(scope="module")
def template(images, tmp_path_factory) -> tuple[Path, str]:
    """Return a filled data folder, and what its pictures are."""
    made = Installation(tmp_path_factory.mktemp("template") / "data")
    made.manage("migrate", "--verbosity", "0")
    made.manage("import_dicom", str(images))
    return made.data, made.ask(FRAMES)


@pytest.fixture
def filled(template, tmp_path) -> tuple[Installation, str]:
    """Return an installation with 51 real images, and what its pictures are."""
    data, frames = template
    shutil.copytree(data, tmp_path / "home")
    return Installation(tmp_path / "home"), frames


def test_a_backup_brings_everything_back(filled, tmp_path) -> None:
    (home, frames), target = filled, tmp_path / "backup"
    assert frames.split()[0] == "51"
    home.manage("backup", str(target))
    shutil.rmtree(home.data)  # the machine is gone

    copy = Installation(tmp_path / "new")
    copy.manage("restore", str(target))
    check(copy, frames)
    assert (copy.data / "secret_key").read_bytes() == (target / "secret_key").read_bytes()

    again = copy.run("restore", str(target))
    assert again.returncode != 0
    assert "nothing was overwritten" in again.stderr


def test_a_second_backup_copies_what_is_new(filled, shared_data, tmp_path) -> None:
    (home, _), target = filled, tmp_path / "backup"
    home.manage("backup", str(target))
    old = {path: path.stat().st_mtime_ns for path in (target / "blobs").rglob("*.dcm")}
    home.manage("import_dicom", str(shared_data / "transfer_syntax" / "small" / "CT_small.dcm"))
    home.manage("backup", str(target))
    now = {path: path.stat().st_mtime_ns for path in (target / "blobs").rglob("*.dcm")}
    assert len(now) == len(old) + 1
    assert {path: now[path] for path in old} == old
    copy = Installation(tmp_path / "new")
    copy.manage("restore", str(target))
    check(copy, home.ask(FRAMES))


def test_by_hand_as_documented(filled, tmp_path) -> None:
    """sqlite3 .backup and a copy of the folder: the same, without our commands."""
    if shutil.which("sqlite3") is None:
        pytest.skip("the program sqlite3 is not installed (apt-get install sqlite3)")
    (home, frames), copy, target = filled, Installation(tmp_path / "new"), tmp_path / "by-hand"
    target.mkdir()
    script = f".backup '{target}/fiducial.sqlite3'"
    subprocess.run(["sqlite3", str(home.data / "fiducial.sqlite3"), script], check=True)
    shutil.copytree(home.data / "blobs", target / "blobs")
    shutil.copy2(home.data / "secret_key", target / "secret_key")
    shutil.copytree(target, copy.data)
    check(copy, frames)


def test_a_backup_while_images_come_is_whole(images, tmp_path) -> None:
    home, target = Installation(tmp_path / "home"), tmp_path / "backup"
    home.manage("migrate", "--verbosity", "0")
    writer = subprocess.Popen(
        [sys.executable, "manage.py", "import_dicom", str(images)],
        cwd=ROOT, env=home.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while not any((home.data / "blobs").rglob("*.dcm")):
            assert writer.poll() is None
        home.manage("backup", str(target))
    finally:
        assert writer.wait(timeout=120) == 0
    with sqlite3.connect(target / "database.sqlite3") as database:
        (rows,) = database.execute("SELECT count(*) FROM studies_instance").fetchone()
    database.close()
    copy = Installation(tmp_path / "new")
    copy.manage("restore", str(target))
    copy.manage("verify_archive", "--idle", "--repair")  # the writer's half import is ended
    report = json.loads(copy.manage("verify_archive", "--idle", "--json"))
    assert report["found"] == {}
    assert report["instances"] >= rows


def test_what_is_no_backup_is_refused(filled, tmp_path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("mine")
    home, _ = filled
    assert "no backup" in home.run("backup", str(tmp_path / "other")).stderr
    assert "no backup" in home.run("restore", str(tmp_path / "other")).stderr


def test_postgresql(images, tmp_path, postgres_url, postgres_server) -> None:  # noqa: F811  # fixtures
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed (apt-get install postgresql-client)")
    import psycopg

    home, target = Installation(tmp_path / "home", DATABASE_URL=postgres_url), tmp_path / "backup"
    home.manage("migrate", "--verbosity", "0")
    home.manage("import_dicom", str(images))
    frames = home.ask(FRAMES)
    home.manage("backup", str(target))
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as server:
        server.execute('CREATE DATABASE "restored"')
    copy = Installation(tmp_path / "new", DATABASE_URL=f"{postgres_server}/restored")
    copy.manage("restore", str(target))
    check(copy, frames)
    assert "nothing was overwritten" in copy.run("restore", str(target)).stderr


def test_from_one_bucket_into_another(images, tmp_path) -> None:
    with running_s3() as server:
        home = Installation(tmp_path / "home", **fresh_bucket(server, "home"))
        home.manage("migrate", "--verbosity", "0")
        home.manage("import_dicom", str(images))
        frames = home.ask(FRAMES)
        home.manage("backup", str(tmp_path / "backup"))
        assert not (home.data / "blobs").exists()
        copy = Installation(tmp_path / "new", **fresh_bucket(server, "new"))
        copy.manage("restore", str(tmp_path / "backup"))
        check(copy, frames)
