"""Zip files: good ones, bombs and climbers."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from studies.dicomfile.archive import ArchiveLimits, archive_members
from studies.errors import SetAsideError
from studies.models import Instance, SetAsideFile
from studies.services import open_import, store_file
from studies.types import Outcome, SetAsideReason
from tests.studies.making import file_of, image, stack


def zip_of(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


@pytest.fixture
def batch(importer):
    return open_import(actor=importer, source="test")


def test_every_file_of_a_zip_is_taken_in(batch) -> None:
    slices = stack(3)
    members = {f"study/IM{index}": file_of(ds).getvalue() for index, ds in enumerate(slices)}
    members |= {
        "__MACOSX/study/._IM0": b"x",
        "study/.DS_Store": b"x",
        "study/notes.txt": b"hello",
    }
    outcomes = store_file(batch=batch, path="study.zip", file=zip_of(members))
    assert [(outcome.path, outcome.outcome) for outcome in outcomes] == [
        *((f"study.zip/study/IM{index}", Outcome.ACCEPTED) for index in range(3)),
        ("study.zip/study/notes.txt", Outcome.SET_ASIDE),
    ]
    assert Instance.objects.count() == 3


@pytest.mark.parametrize("name", ["../evil.dcm", "/etc/evil.dcm", "a/../../evil.dcm", "..\\evil.dcm", "C:/evil.dcm"])
def test_an_archive_that_climbs_is_refused_whole(batch, name, tmp_path: Path) -> None:
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    content = zip_of({"fine.dcm": file_of(image()).getvalue(), name: file_of(image()).getvalue()})
    (outcome,) = store_file(batch=batch, path="evil.zip", file=content)
    assert outcome.reason == SetAsideReason.UNSAFE_ARCHIVE
    assert Instance.objects.count() == 0
    written = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert [path.parent.parent.name for path in written] == ["set-aside"]  # its own bytes, nothing else
    assert not (Path(django_settings.DATA_DIR).parent / "evil.dcm").exists()


def test_a_link_is_refused(batch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    out.seek(0)
    (outcome,) = store_file(batch=batch, path="link.zip", file=out)
    assert outcome.reason == SetAsideReason.UNSAFE_ARCHIVE


def test_a_bomb_is_refused_before_it_goes_off(batch) -> None:
    bomb = zip_of({"a.dcm": bytes(260 << 20)})
    assert len(bomb.getvalue()) < 1 << 20
    (outcome,) = store_file(batch=batch, path="bomb.zip", file=bomb)
    assert (outcome.reason, Instance.objects.count()) == (SetAsideReason.UNSAFE_ARCHIVE, 0)
    assert "fold" in outcome.detail


def test_a_bomb_that_lies_about_its_size_inflates_no_further(batch) -> None:
    content = bytearray(zip_of({"a.dcm": bytes(50 << 20)}).getvalue())
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        position = content.index(mark) + at
        content[position : position + 4] = (1000).to_bytes(4, "little")
    (outcome,) = store_file(batch=batch, path="liar.zip", file=io.BytesIO(bytes(content)))
    assert outcome.outcome == Outcome.SET_ASIDE
    assert outcome.reason in (SetAsideReason.UNREADABLE, SetAsideReason.NOT_DICOM)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (ArchiveLimits(inflated_bytes=1 << 30, entries=2), "3 files"),
        (ArchiveLimits(inflated_bytes=100), "inflate to"),
        (ArchiveLimits(inflated_bytes=1 << 30, directory_bytes=10), "table of contents"),
    ],
)
def test_limits(limits: ArchiveLimits, words: str) -> None:
    content = zip_of({f"{index}": bytes(1000) for index in range(3)})
    with pytest.raises(SetAsideError, match=words) as caught:
        list(archive_members(content, len(content.getvalue()), limits))
    assert caught.value.reason == SetAsideReason.UNSAFE_ARCHIVE


def test_a_damaged_or_protected_zip_is_set_aside(batch) -> None:
    content = zip_of({"a.dcm": file_of(image()).getvalue()}).getvalue()
    (cut,) = store_file(batch=batch, path="cut.zip", file=io.BytesIO(content[:-30]))
    assert cut.reason == SetAsideReason.TRUNCATED
    locked = bytearray(content)
    locked[content.index(b"PK\x01\x02") + 8] |= 1
    (outcome,) = store_file(batch=batch, path="locked.zip", file=io.BytesIO(bytes(locked)))
    assert outcome.reason == SetAsideReason.UNREADABLE
    broken = bytearray(content)
    broken[60:100] = bytes(40)
    (outcome,) = store_file(batch=batch, path="broken.zip", file=io.BytesIO(bytes(broken)))
    assert outcome.outcome == Outcome.SET_ASIDE
    assert SetAsideFile.objects.count() == 3


def test_a_zip_in_a_zip_is_not_opened(batch) -> None:
    inner = zip_of({"a.dcm": file_of(image()).getvalue()}).getvalue()
    (outcome,) = store_file(batch=batch, path="outer.zip", file=zip_of({"inner.zip": inner}))
    assert outcome.reason == SetAsideReason.NOT_DICOM
