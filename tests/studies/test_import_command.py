"""`manage.py import_dicom`: folders, DICOMDIRs, packed files, and going on after an interruption."""

import gzip
import os
import shutil
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.models import Import, ImportedFile, Instance, Series
from studies.services import close_import, open_import, store_file
from studies.services.resuming import continued_import
from studies.types import ImportState
from tests.studies.making import file_of, image, stack, uid

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a series of six files."""
    place = tmp_path / "files"
    place.mkdir()
    for number, ds in enumerate(stack(6)):
        (place / f"{number}.dcm").write_bytes(file_of(ds).getvalue())
    return place


def test_each_file_is_told_once_it_is_durable(db, folder, capsys) -> None:
    (folder / "notes.txt").write_text("not an image")
    call_command("import_dicom", str(folder), "--each")
    said = capsys.readouterr()
    lines = [line.split("\t") for line in said.out.splitlines() if "\t" in line]
    assert [(outcome, path) for outcome, _, path in lines] == [
        *(("accepted", f"{number}.dcm") for number in range(6)),
        ("set_aside", "notes.txt"),
    ]
    assert {uid for _, uid, _ in lines if uid} == set(Instance.objects.values_list("sop_instance_uid", flat=True))
    assert "6 accepted, 0 already there, 1 set aside, 1 studies" in said.out
    assert "7 files in" in said.err
    assert Import.objects.get().state == ImportState.CLOSED
    assert Series.objects.get().indexed_at is not None


def test_an_unfinished_import_goes_on_without_reading_again(db, folder, capsys) -> None:
    with continued_import(actor=None, source=str(folder)) as (batch, again):
        assert not again
        for number in range(4):
            path = folder / f"{number}.dcm"
            store_file(batch=batch, path=path.name, file=BytesIO(path.read_bytes()))
        ImportedFile.objects.update(modified_ns=os.stat(folder / "0.dcm").st_mtime_ns)  # of 0 alone it is the time
        with continued_import(actor=None, source=str(folder)) as (other, again):
            assert not again  # somebody is at the first one
            assert other != batch
            close_import(actor=None, batch=other)
    for name in ("1.dcm", "2.dcm"):
        state = os.stat(folder / name)
        ImportedFile.objects.filter(path=name).update(modified_ns=state.st_mtime_ns)
    os.utime(folder / "3.dcm", ns=(0, 0))  # touched since
    call_command("import_dicom", str(folder))
    said = capsys.readouterr()
    assert "Going on with the import of" in said.err
    assert "2 accepted, 1 already there, 0 set aside, 3 known from before" in said.out
    batch.refresh_from_db()
    assert (batch.state, batch.accepted, batch.duplicates) == (ImportState.CLOSED, 6, 1)
    call_command("import_dicom", str(folder))
    assert "0 accepted, 6 already there" in capsys.readouterr().out  # a finished one begins anew, and changes nothing
    assert Instance.objects.count() == 6


def test_fresh_does_not_go_on(db, folder, capsys) -> None:
    open_import(actor=None, source=str(folder))
    call_command("import_dicom", str(folder), "--fresh")
    assert "Going on" not in capsys.readouterr().err
    assert Import.objects.count() == 2


def test_a_dicomdir_brings_what_it_lists(db, shared_data, tmp_path, capsys) -> None:
    shutil.copytree(shared_data / "dicomdir", tmp_path / "disk")
    gone = tmp_path / "disk" / "77654033" / "CR1" / "6154"
    gone.unlink()
    call_command("import_dicom", str(tmp_path / "disk" / "DICOMDIR"))
    said = capsys.readouterr()
    assert "lists 1 files that are not there: 77654033/CR1/6154" in said.err
    paths = set(ImportedFile.objects.values_list("path", flat=True))
    assert "DICOMDIR" in paths
    assert {path.split("/")[0] for path in paths} == {"DICOMDIR", "77654033", "98892001", "98892003"}
    assert ImportedFile.objects.get(path="DICOMDIR").reason == "directory"
    listed = Instance.objects.count()
    assert listed == 30
    call_command("import_dicom", str(tmp_path / "disk"))  # odd directories stop nothing
    assert Instance.objects.count() == listed
    reasons = dict(ImportedFile.objects.filter(path__startswith="DICOMDIR").values_list("path", "reason"))
    assert set(reasons.values()) == {"directory"}
    assert len(reasons) == 7


def test_a_packed_file_is_unpacked(db, tmp_path, capsys) -> None:
    place = tmp_path / "packed"
    place.mkdir()
    content = file_of(image()).getvalue()
    (place / "a.dcm.gz").write_bytes(gzip.compress(content))
    (place / "text.gz").write_bytes(gzip.compress(b"hello"))
    (place / "cut.dcm.gz").write_bytes(gzip.compress(os.urandom(40_000) + content)[:-20])
    (place / "half.dcm.gz").write_bytes(gzip.compress(content + os.urandom(50_000))[:-30_000])
    call_command("import_dicom", str(place))
    capsys.readouterr()
    rows = dict(ImportedFile.objects.values_list("path", "reason"))
    assert rows == {"a.dcm.gz": "", "text.gz": "not_dicom", "cut.dcm.gz": "not_dicom", "half.dcm.gz": "unreadable"}
    row = ImportedFile.objects.get(path="a.dcm.gz")
    assert [finding["code"] for finding in row.findings] == ["gzip"]
    assert row.instance is not None
    assert row.instance.size_bytes == len(content)


def test_what_cannot_be_read_is_said_and_does_not_stop_the_rest(db, folder, settings, capsys) -> None:
    settings.MAX_UPLOAD_BYTES = 10_000
    (folder / "3 large").write_bytes(bytes(10_001))
    with pytest.raises(CommandError, match="1 files could not be read"):
        call_command("import_dicom", str(folder))
    said = capsys.readouterr()
    assert "not read: 3 large: The file is larger" in said.err
    assert Instance.objects.count() == 6


@pytest.mark.processes
def test_ctrl_c_ends_with_a_summary_and_the_same_command_goes_on(tmp_path: Path) -> None:
    place = tmp_path / "files"
    place.mkdir()
    study, series = uid(), uid()
    for number in range(1500):
        ds = image(StudyInstanceUID=study, SeriesInstanceUID=series, InstanceNumber=number)
        (place / f"{number:04}.dcm").write_bytes(file_of(ds).getvalue())
    environment = {"DATA": str(tmp_path / "data"), "PATH": "/usr/bin:/bin"}
    manage = [sys.executable, str(ROOT / "manage.py")]
    subprocess.run([*manage, "migrate", "-v0"], check=True, env=environment)
    command = [*manage, "import_dicom", str(place), "--each"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("accepted")
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Interrupted." in errors
    assert "Run the same command again to go on." in errors
    assert "Traceback" not in errors
    done = 1 + out.count("accepted\t")
    assert 0 < done < 1500
    again = subprocess.run(command[:-1], env=environment, capture_output=True, text=True, check=True)
    known = int(again.stdout.split(" known from before")[0].rsplit(" ", 1)[1].replace(",", ""))
    accepted = int(again.stdout.split(" accepted")[0].rsplit("\n", 1)[-1].replace(",", ""))
    assert known >= done
    assert accepted + known == 1500
