"""Imports, deletions, verification and repair of the same study, all at the same time in processes of their own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.services import postgres_server, postgres_url  # noqa: F401  # fixtures
from tests.studies.making import file_of, image, uid

ROOT = Path(__file__).resolve().parents[2]
FILES = 60
DELETE = """
import time
from studies.models import Study
from studies.services import delete_study
gone = 0
while gone < 3:
    for study in Study.objects.all():
        delete_study(actor=None, study=study, why="a test")
        gone += 1
    time.sleep(0.3)
"""
VERIFY = """
from studies.services.verification import Wish, verify_archive
for number in range(4):
    report = verify_archive(wish=Wish(repair=number % 2 == 1))
    lost = {"missing_blob", "changed_blob"} & set(map(str, report.found))
    assert not lost, report.problems[:5]
"""
END = """
from studies.models import ImportedFile, Instance, Series, Study
from studies.services import index_series
from studies.services.verification import Wish, verify_archive
for series in Series.objects.filter(indexed_at=None):
    index_series(series=series)
verify_archive(wish=Wish(idle=True, repair=True))
report = verify_archive(wish=Wish(idle=True))
counts = sorted(Series.objects.values_list("instance_count", flat=True))
print(Study.objects.count(), counts, Instance.objects.count(), dict(report.found))
"""


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    base = {"DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    if request.param == "postgres":
        base["DATABASE_URL"] = request.getfixturevalue("postgres_url")
    return base


@pytest.mark.processes
def test_nothing_breaks_and_nothing_is_left_by_half(environment: dict[str, str], tmp_path: Path) -> None:
    place = tmp_path / "files"
    place.mkdir()
    study, series = uid(), [uid(), uid()]
    for number in range(FILES):
        one = image(StudyInstanceUID=study, SeriesInstanceUID=series[number % 2], InstanceNumber=number)
        (place / f"{number:03}.dcm").write_bytes(file_of(one).getvalue())
    manage = [sys.executable, str(ROOT / "manage.py")]

    def run(*arguments: str) -> "subprocess.Popen[str]":
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen([*manage, *arguments], env=environment, **pipes)  # type: ignore[call-overload,no-any-return]

    assert run("migrate", "-v0").communicate(timeout=120) == ("", "")
    first = run("import_dicom", str(place))
    assert "60 accepted" in first.communicate(timeout=120)[0]
    at_once = [
        run("shell", "-v0", "-c", DELETE),
        run("shell", "-v0", "-c", VERIFY),
        *(run("import_dicom", str(place), "--fresh") for _ in range(2)),
    ]
    bringing = at_once[2:]
    while at_once[0].poll() is None:  # as long as somebody deletes, somebody brings
        for number, one in enumerate(bringing):
            if one.poll() is not None:
                bringing[number] = run("import_dicom", str(place), "--fresh")
                at_once.append(bringing[number])
        time.sleep(0.1)
    ended = [(one, one.communicate(timeout=300)[1]) for one in at_once]  # all, so that a failure leaves no open pipe
    for one, wrong in ended:
        assert (one.returncode, "Traceback" in wrong) == (0, False), (one.args, wrong[-3000:])
    last = run("import_dicom", str(place), "--fresh")
    said, wrong = last.communicate(timeout=120)
    assert last.returncode == 0, wrong[-2000:]
    done = run("shell", "-v0", "-c", END)
    said, wrong = done.communicate(timeout=120)
    assert said.strip() == f"1 [30, 30] {FILES} {{}}", said + wrong[-2000:]
