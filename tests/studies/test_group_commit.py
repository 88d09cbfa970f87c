"""Many files in few transactions: what is kept, what is left behind, and what a slow or dead writer does to others."""

import os
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.clock import now
from common.storage import DurableFileStorage
from studies.models import Import, ImportedFile, Instance, PendingBlobs, Series, SetAsideFile
from studies.services import close_import, open_import, store_file, store_files
from studies.services.preparing import Incoming
from studies.services.recovery import SILENT_FOR, recover_pending
from studies.types import Outcome, SetAsideReason
from tests import factories
from tests.studies.making import file_of, image, stack


class WatchedStorage(DurableFileStorage):
    """A disk to which something may happen before a file is saved."""

    before_save: Callable[[str], None] = staticmethod(lambda name: None)

    def _save(self, name, content):
        type(self).before_save(name)
        return super()._save(name, content)

    def adopt(self, name, staged):
        type(self).before_save(name)
        super().adopt(name, staged)


@pytest.fixture(params=["saved", "staged"])
def watched(request, settings, tmp_path: Path):
    if request.param == "staged":  # nothing can be staged below a folder that is not there
        (tmp_path / "watched").mkdir()
    options = {"BACKEND": f"{__name__}.WatchedStorage", "OPTIONS": {"location": str(tmp_path / "watched")}}
    settings.STORAGES = {**settings.STORAGES, "default": options}
    yield WatchedStorage
    WatchedStorage.before_save = staticmethod(lambda name: None)


@pytest.fixture
def batch(importer) -> Import:
    return open_import(actor=importer, source="test")


def incoming(contents: list[bytes]) -> list[Incoming]:
    return [Incoming(f"{number}.dcm", BytesIO(content)) for number, content in enumerate(contents)]


def blobs_there() -> set[str]:
    """Return the names of all files under the archive's own folders, half written ones too."""
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def blobs_named() -> set[str]:
    return {*Instance.objects.values_list("blob", flat=True), *SetAsideFile.objects.values_list("blob", flat=True)}


def test_a_hundred_files_take_a_few_dozen_queries(batch) -> None:
    contents = [file_of(ds).getvalue() for ds in stack(100)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        outcomes = list(store_files(batch=batch, files=incoming(contents)))
    assert [outcome.outcome for outcome in outcomes] == [Outcome.ACCEPTED] * 100
    assert [outcome.path for outcome in outcomes] == [f"{number}.dcm" for number in range(100)]
    assert len(queries) < 80
    assert (Instance.objects.count(), Series.objects.get().instance_count) == (100, 100)
    assert ImportedFile.objects.filter(batch=batch, instance__isnull=False).count() == 100
    assert blobs_there() == blobs_named()
    assert not PendingBlobs.objects.exists()


def test_twice_the_same_and_conflicts_within_one_group(batch) -> None:
    first = image()
    same = file_of(first).getvalue()
    first.PatientID = "other bytes"
    other = file_of(first).getvalue()
    elsewhere = image(SeriesInstanceUID=first.SeriesInstanceUID)
    outcomes = list(store_files(batch=batch, files=incoming([same, same, other, file_of(elsewhere).getvalue(), b""])))
    assert [(one.outcome, one.reason) for one in outcomes] == [
        (Outcome.ACCEPTED, None),
        (Outcome.DUPLICATE, None),
        (Outcome.SET_ASIDE, SetAsideReason.CONFLICT),
        (Outcome.SET_ASIDE, SetAsideReason.SERIES_TAKEN),
        (Outcome.SET_ASIDE, SetAsideReason.NOT_DICOM),
    ]
    assert blobs_there() == blobs_named()
    batch.refresh_from_db()
    assert (batch.accepted, batch.duplicates, batch.set_aside) == (1, 1, 3)


def test_somebody_elses_series_leaves_no_blob_among_the_instances(batch) -> None:
    mine = stack(2)
    store_file(batch=batch, path="a", file=file_of(mine[0]))
    other = factories.user("other")
    factories.team("Other's", manager=[other])
    theirs = open_import(actor=other, source="test")
    (outcome,) = store_file(batch=theirs, path="b", file=file_of(mine[1]))
    assert outcome.reason == SetAsideReason.SERIES_TAKEN
    assert blobs_there() == blobs_named()
    assert not ImportedFile.objects.filter(batch=theirs, instance__isnull=False).exists()


def test_a_full_disk_leaves_nothing_behind(batch, watched) -> None:
    saved = []

    def fill_up(name: str) -> None:
        saved.append(name)
        if len(saved) > 5:
            raise OSError(28, "No space left on device")

    watched.before_save = staticmethod(fill_up)
    contents = [file_of(ds).getvalue() for ds in stack(20)]
    with pytest.raises(OSError, match="No space"):
        list(store_files(batch=batch, files=incoming(contents)))
    assert blobs_there() == set()
    assert not PendingBlobs.objects.exists()
    assert not Instance.objects.exists()
    watched.before_save = staticmethod(lambda name: None)
    assert {one.outcome for one in store_files(batch=batch, files=incoming(contents))} == {Outcome.ACCEPTED}


def test_a_full_disk_is_said_and_the_same_command_goes_on(db, watched, tmp_path, capsys) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for number, ds in enumerate(stack(6)):
        (folder / f"{number}.dcm").write_bytes(file_of(ds).getvalue())

    def fill_up(name: str) -> None:
        raise OSError(28, "No space left on device")

    watched.before_save = staticmethod(fill_up)
    with pytest.raises(CommandError, match=r"disk is full.* 0 accepted.* run the same command again"):
        call_command("import_dicom", str(folder))
    watched.before_save = staticmethod(lambda name: None)
    call_command("import_dicom", str(folder))
    assert "Going on with the import" in capsys.readouterr().err
    assert Instance.objects.count() == 6


def test_a_closed_import_leaves_nothing_behind(batch, importer, watched) -> None:
    """It is closed while a group is on its way to the disk."""
    content = file_of(image()).getvalue()
    group = store_files(batch=batch, files=incoming([content]))
    close_import(actor=importer, batch=batch)
    with pytest.raises(Exception, match="closed"):
        list(group)
    assert blobs_there() == set()


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_was_thought_dead_writes_again(watched) -> None:
    batch = open_import(actor=None, source="test")
    called = []

    def bury(name: str) -> None:
        if not called:
            called.append(name)
            recover_pending(silent_for=timedelta(0))
            connection.close()

    watched.before_save = staticmethod(bury)
    (outcome,) = store_file(batch=batch, path="a", file=file_of(image()))
    assert (outcome.outcome, len(called)) == (Outcome.ACCEPTED, 1)
    assert blobs_there() == blobs_named()
    assert Instance.objects.count() == ImportedFile.objects.count() == 1
    assert not PendingBlobs.objects.exists()


def leave_behind(name: str, content: bytes, *, silent: timedelta) -> PendingBlobs:
    """Do what a writer does that is killed before it writes its rows."""
    default_storage.save(name, BytesIO(content))
    return PendingBlobs.objects.create(names=[name], alive_at=now() - silent)


def test_recovery_deletes_what_only_the_dead_name(batch) -> None:
    long_ago = SILENT_FOR + timedelta(seconds=1)
    (outcome,) = store_file(batch=batch, path="a", file=file_of(image()))
    stored = Instance.objects.get(sop_instance_uid=outcome.sop_instance_uid).blob
    PendingBlobs.objects.create(names=[stored], alive_at=now() - long_ago)  # killed after somebody else stored the same
    leave_behind("instances/aa/orphan.dcm", b"x", silent=long_ago)
    leave_behind("instances/bb/wanted.dcm", b"y", silent=long_ago)
    alive = leave_behind("instances/bb/wanted.dcm", b"y", silent=timedelta(seconds=30))  # found it there: counts on it
    partial = Path(default_storage.path("instances/aa/.partial-orphan.dcm-x1"))
    partial.write_bytes(b"half")
    os.utime(partial, (0, 0))
    deleted = recover_pending()
    assert {Path(name).name for name in deleted} == {"orphan.dcm", partial.name}
    assert blobs_there() == {stored, "instances/bb/wanted.dcm"}
    assert list(PendingBlobs.objects.all()) == [alive]
    assert recover_pending() == []
    assert recover_pending(silent_for=timedelta(0)) == ["instances/bb/wanted.dcm"]


def test_findings_are_kept_and_counted(batch) -> None:
    content = file_of(image(ImagePositionPatient=None, PixelSpacing=None)).getvalue()
    bare = content[content.index(b"\x08\x00\x05\x00CS") :]
    (outcome,) = store_file(batch=batch, path="bare", file=BytesIO(bare))
    assert [finding["code"] for finding in outcome.findings] == ["no_geometry", "no_spacing", "no_meta"]
    instance = Instance.objects.get()
    assert instance.findings == outcome.findings == ImportedFile.objects.get().findings
    batch.refresh_from_db()
    assert (batch.accepted, batch.with_findings) == (1, 1)
    # A bare data set is kept as it came, and served as the file that it should have been.
    with default_storage.open(instance.source_blob) as kept, default_storage.open(instance.blob) as served:
        assert kept.read() == bare
        whole = served.read()
    assert (whole[128:132], whole.endswith(bare), instance.origin) == (b"DICM", True, "repaired")
    offset, length = instance.frame_spans[0]
    assert whole[offset : offset + length] == bare[-length:]
    assert store_file(batch=batch, path="again", file=BytesIO(bare))[0].outcome == Outcome.DUPLICATE


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda data: data.replace(b"ISO_IR 192", b"ISO_IR 999"), ["odd_charset"]),
        (lambda data: data.replace(b"Doe^Jane", b"Doe^J\xffne"), ["odd_charset"]),
        (lambda data: data.replace(b"IS\x02\x001 ", b"IS\x02\x001A"), ["bad_value"]),
        (lambda data: data, []),
    ],
)
def test_what_is_odd_is_found(batch, change, codes) -> None:
    content = file_of(image(PatientName="Doe^Jane")).getvalue()
    (outcome,) = store_file(batch=batch, path="a", file=BytesIO(change(content)))
    assert outcome.outcome == Outcome.ACCEPTED
    assert [finding["code"] for finding in outcome.findings] == codes


def test_uids_from_the_head_of_the_file(batch) -> None:
    ds = image()
    content = file_of(ds).getvalue()
    uid = ds.SOPInstanceUID.encode()
    value = uid + b"\0" * (len(uid) % 2)
    start = content.rindex(b"\x08\x00\x18\x00UI")
    cut = content[:start] + content[start + 8 + len(value) :]
    (outcome,) = store_file(batch=batch, path="a", file=BytesIO(cut))
    assert (outcome.outcome, outcome.sop_instance_uid) == (Outcome.ACCEPTED, ds.SOPInstanceUID)
    assert [finding["code"] for finding in outcome.findings] == ["uid_from_meta"]
