"""Several processes store the same files at once, while another takes them for dead four times."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services import postgres_server, postgres_url  # noqa: F401  # fixtures
from tests.studies.making import file_of, stack

ROOT = Path(__file__).resolve().parents[2]
FILES = 200
CHECK = """
from datetime import timedelta
from pathlib import Path
from django.core.files.storage import default_storage
from studies.models import *
from studies.services.recovery import recover_pending
recover_pending(silent_for=timedelta(0))
root = Path(default_storage.location)
there = {str(path.relative_to(root)) for path in (root / "instances").rglob("*") if path.is_file()}
named = set(Instance.objects.values_list("blob", flat=True))
print(len(named), there == named, Series.objects.get().instance_count, InstanceHeader.objects.count(),
      ImportedFile.objects.count(), PendingBlobs.objects.count())
"""
BURY = """
import time
from datetime import timedelta
from studies.services.recovery import recover_pending
print("ready", flush=True)
for _ in range(4):  # a writer gives up when it is thought dead six times in a row
    time.sleep(1)
    recover_pending(silent_for=timedelta(0))
time.sleep(600)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    base = {"DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    if request.param == "postgres":
        base["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return base


@pytest.mark.processes
def test_writers_that_are_taken_for_dead(environment: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "files"
    place.mkdir()
    for number, ds in enumerate(stack(FILES)):
        (place / f"{number:03}.dcm").write_bytes(file_of(ds).getvalue())
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], check=True, env=environment)
    sexton = subprocess.Popen(
        [*manage, "shell", "-v0", "-c", BURY],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert sexton.stdout is not None
    sexton.stdout.readline()
    command = [*manage, "import_dicom", str(place), "--fresh"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    writers = [subprocess.Popen(command, env=environment, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    time.sleep(0.3)
    answers = [writer.communicate(timeout=300) for writer in writers]
    sexton.kill()
    _, wrong = sexton.communicate()
    assert [writer.returncode for writer in writers] == [0, 0, 0], [errors[-2000:] for _, errors in answers]
    accepted = [int(out.split(" accepted")[0].rsplit("\n", 1)[-1]) for out, _ in answers]
    assert sum(accepted) == FILES
    assert "Traceback" not in wrong, wrong[-2000:]
    shown = subprocess.run(
        [*manage, "shell", "-v0", "-c", CHECK], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == f"{FILES} True {FILES} {FILES} {3 * FILES} 0"
