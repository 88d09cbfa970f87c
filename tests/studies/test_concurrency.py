"""Two processes that store the same at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from studies.models import Import
from tests.studies.making import file_of, stack

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.processes
def test_two_commands_at_once_and_again(tmp_path: Path) -> None:
    folder = tmp_path / ".hidden" / "files"  # a hidden folder above says nothing of the files
    folder.mkdir(parents=True)
    for number, ds in enumerate(stack(6)):
        (folder / f"{number}.dcm").write_bytes(file_of(ds).getvalue())
    (folder / "notes.txt").write_text("not an image")
    environment = {"DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], check=True, env=environment, capture_output=True)
    command = [*manage, "import_dicom", str(folder)]
    both = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert all("set aside (not_dicom)" in errors for _, errors in answers)
    counts = [[int(word) for word in out.split() if word.isdecimal()][:3] for out, _ in answers]
    assert sum(accepted for accepted, _, _ in counts) == 6
    assert sum(duplicates for _, duplicates, _ in counts) == 6
    count = (
        "from studies.models import *; one = Series.objects.get(); "
        "print(Instance.objects.count(), one.instance_count, one.volumes.get().geometry['shape_kji'])"
    )
    shown = subprocess.run(
        [*manage, "shell", "-v0", "-c", count], env=environment, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "6 6 [6, 6, 4]"


def test_a_missing_user_or_path_is_said(db, capsys) -> None:
    from django.core.management import CommandError, call_command

    with pytest.raises(CommandError, match="no user"):
        call_command("import_dicom", "/", user="nobody")
    with pytest.raises(CommandError, match="Not found"):
        call_command("import_dicom", "/no/such/place")
    assert not Import.objects.exists()
