"""verify_archive: what is wrong is found, and what can be put right is."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from studies.models import Import, Instance, InstanceHeader, PendingBlobs, Series, SetAsideFile, Study
from studies.services import close_import, delete_study, holders, open_import, store_file, verification
from studies.services.verification import Wish, verify_archive
from tests.studies.making import file_of, image, stack

pytestmark = pytest.mark.django_db
LOOK = Wish(idle=True)
REPAIR = Wish(idle=True, repair=True)


def path_of(name: str) -> Path:
    return Path(default_storage.path(name))


def found(**changes) -> dict[str, int]:
    return verify_archive(wish=Wish(**({"idle": True} | changes))).found


@pytest.fixture
def archive(importer, bring_in) -> Instance:
    """Return an instance of an archive with two series and a set-aside file, in which nothing is wrong."""
    bring_in(importer, [*stack(3), *stack(2)])
    batch = bring_in(importer, [])
    SetAsideFile.objects.create(
        batch=batch, path="a.txt", reason="not_dicom", blob=default_storage.save("set-aside/a/a", ContentFile(b"a")),
        size_bytes=1, sha256=hashlib.sha256(b"a").hexdigest(),
    )  # fmt: skip
    assert found() == {}
    return Instance.objects.order_by("sop_instance_uid").first()


def test_a_whole_archive_is_told_so(archive, capsys) -> None:
    call_command("verify_archive", "--json", "--idle")
    report = json.loads(capsys.readouterr().out)
    assert (report["instances"], report["set_aside"], report["series"], report["left"]) == (5, 1, 2, 0)
    assert report["bytes_hashed"] == sum(Instance.objects.values_list("size_bytes", flat=True)) + 1
    assert report["files"] == 5 + 1 + len(
        {name for pair in Series.objects.values_list("metadata_name", "thumbnail_name", "overview_name")
         for name in pair if name}
    )  # fmt: skip


def test_a_changed_byte_is_found_by_hash_alone(archive, capsys) -> None:
    path = path_of(archive.blob)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert found(quick=True) == {}
    assert found() == {"changed_blob": 1}
    with pytest.raises(SystemExit) as ended:
        call_command("verify_archive", "--idle")
    assert ended.value.code == 1
    assert archive.sop_instance_uid in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_damage_is_put_aside_and_healed_by_sending_again(archive, importer) -> None:
    path = path_of(archive.blob)
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + b"zz")
    report = verify_archive(wish=REPAIR)
    assert report.repaired["changed_blob"] == 1
    assert report.left == 0
    assert found() == {}
    damaged = SetAsideFile.objects.get(reason="damaged")
    assert path_of(damaged.blob).read_bytes() == whole[:-2] + b"zz"
    assert not Instance.objects.filter(pk=archive.pk).exists()
    batch = open_import(actor=importer, source="again")
    assert store_file(batch=batch, path="a.dcm", file=io.BytesIO(whole))[0].outcome == "accepted"
    close_import(actor=importer, batch=batch)
    assert found() == {}
    assert path_of(Instance.objects.get(sop_instance_uid=archive.sop_instance_uid).blob).read_bytes() == whole


def test_damage_under_marks_stays_and_is_told(archive, monkeypatch) -> None:
    path = path_of(archive.blob)
    path.write_bytes(path.read_bytes()[:-2])
    monkeypatch.setitem(holders._instances, "masks", lambda uids: dict.fromkeys(uids, 1))
    assert verify_archive(wish=REPAIR).left == 1
    assert Instance.objects.filter(pk=archive.pk).exists()


def test_a_missing_file_is_forgotten_only_when_asked(archive, capsys) -> None:
    path_of(archive.blob).unlink()
    with pytest.raises(SystemExit):
        call_command("verify_archive", "--idle")
    assert "when somebody sends it again; --repair --forget-missing" in capsys.readouterr().out
    assert verify_archive(wish=REPAIR).left == 1  # perhaps the folder is not mounted
    assert Instance.objects.count() == 5
    report = verify_archive(wish=Wish(idle=True, repair=True, forget_missing=True))
    assert (report.found, report.left) == ({"missing_blob": 1}, 0)
    assert Instance.objects.count() == 4
    assert found() == {}


def test_a_lost_index_comes_back_from_the_files(shared_data, importer, bring_in, client_of, administrator) -> None:
    """Delete every row of every study, keep the folder."""
    bring_in(importer, shared_data / "ct" / "CRLM-CT-1006")
    before = {row.sop_instance_uid: (row.sha256, row.blob) for row in Instance.objects.all()}
    series = Series.objects.get()
    volume = series.volumes.get()
    metadata = path_of(series.metadata_name).read_bytes()
    assert len(before) == 51
    Study.objects.all().delete()
    assert found()["orphan_file"] >= 51
    report = verify_archive(wish=REPAIR)
    assert report.left == 0
    assert found() == {}
    assert {row.sop_instance_uid: (row.sha256, row.blob) for row in Instance.objects.all()} == before
    again = Series.objects.get()
    assert path_of(again.metadata_name).read_bytes() == metadata
    assert again.volumes.get().geometry == volume.geometry
    assert client_of(administrator).get(f"/api/series/{again.series_uid}/thumbnail").status_code == 200


def test_what_something_was_made_from_is_found_again(importer) -> None:
    """A bare data set without a head is stored as a file with one, and kept as it came."""
    whole = file_of(image()).getvalue()
    head = 144 + int.from_bytes(whole[140:144], "little")
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="bare.dcm", file=io.BytesIO(whole[head:]))
    close_import(actor=importer, batch=batch)
    before = Instance.objects.get()
    assert (before.origin, path_of(before.source_blob).read_bytes()) == ("repaired", whole[head:])
    Study.objects.all().delete()
    assert verify_archive(wish=REPAIR).left == 0
    after = Instance.objects.get()
    assert (after.blob, after.source_blob, after.origin) == (before.blob, before.source_blob, "repaired")
    assert found() == {}


@pytest.mark.parametrize("field", ["metadata_name", "thumbnail_name"])
def test_derived_blobs_are_made_anew(archive, field) -> None:
    path_of(getattr(archive.series, field)).unlink()
    assert found()["not_indexed"] in (1, 2)  # equal pictures are one blob
    assert verify_archive(wish=REPAIR).left == 0
    assert found() == {}


def test_half_rows_are_found_and_completed(archive, importer, bring_in) -> None:
    InstanceHeader.objects.filter(instance=archive).delete()
    other = Instance.objects.exclude(series=archive.series).first()
    InstanceHeader.objects.filter(instance=other).update(packed=b"rubbish")
    Series.objects.filter(pk=archive.series_id).update(instance_count=99)
    Study.objects.create(study_uid="1.2.3.4")
    assert found() == {"no_header": 2, "wrong_count": 1, "empty_study": 1}
    report = verify_archive(wish=REPAIR)
    assert report.left == 0
    assert found() == {}
    assert not Study.objects.filter(study_uid="1.2.3.4").exists()


def test_what_waits_for_review_does_not_come_in_by_this_door(archive) -> None:
    """A de-identified image that nobody has looked at yet, and whose row is lost."""
    content = file_of(image()).getvalue()
    digest = hashlib.sha256(content).hexdigest()
    name = default_storage.save(f"held/{digest[:2]}/{digest}.dcm", ContentFile(content))
    before = Instance.objects.count()
    assert verify_archive(wish=REPAIR).left == 0
    assert found() == {}
    assert Instance.objects.count() == before
    assert not default_storage.exists(name)
    assert path_of(SetAsideFile.objects.get(path=name).blob).read_bytes() == content


def test_an_orphan_that_is_no_image_is_set_aside(archive) -> None:
    name = default_storage.save("instances/ff/orphan.dcm", ContentFile(b"nonsense"))
    assert found() == {"orphan_file": 1}
    assert verify_archive(wish=REPAIR).left == 0
    assert found() == {}
    assert not default_storage.exists(name)
    assert SetAsideFile.objects.filter(path=name).exists()


def test_what_dead_writers_left_is_cleared(archive) -> None:
    name = default_storage.save("instances/ff/" + "f" * 64 + ".dcm", ContentFile(b"half"))
    PendingBlobs.objects.create(names=[name, archive.blob], alive_at=timezone.now() - timezone.timedelta(hours=1))
    partial = path_of(name).parent / ".partial-xyz"
    partial.write_bytes(b"ha")
    assert found() == {"stale_pending": 1, "partial_file": 1}
    assert verify_archive(wish=REPAIR).left == 0
    assert found() == {}
    assert not partial.exists()
    assert not default_storage.exists(name)
    assert default_storage.exists(archive.blob)


def test_files_of_writers_at_work_are_left_alone(archive) -> None:
    default_storage.save("instances/ff/new.dcm", ContentFile(b"just come"))
    assert verify_archive(wish=Wish(repair=True)).found == {}


def test_a_damaged_orphan_is_not_taken_for_an_image(archive, importer) -> None:
    """Its index row is gone, and its bytes are not those that its name promises."""
    path = path_of(archive.blob)
    path.write_bytes(path.read_bytes()[:-2] + b"zz")
    Study.objects.filter(series=archive.series_id).delete()
    assert verify_archive(wish=REPAIR).left == 0
    assert found() == {}
    assert not Instance.objects.filter(sop_instance_uid=archive.sop_instance_uid).exists()
    assert SetAsideFile.objects.filter(reason="damaged").count() == 1


def test_imports_left_open_are_closed(archive) -> None:
    row = Import.objects.create(source="killed", created_at=timezone.now() - timezone.timedelta(days=2))
    assert found() == {"left_open": 1}
    assert verify_archive(wish=REPAIR).left == 0
    row.refresh_from_db()
    assert row.state == "closed"


def test_a_missing_source_is_told(archive) -> None:
    Instance.objects.filter(pk=archive.pk).update(source_blob="set-aside/no/where")
    assert found() == {"missing_blob": 1}


def test_what_is_deleted_while_it_looks_is_no_loss(archive, monkeypatch, django_capture_on_commit_callbacks) -> None:
    """A deletion may end between the reading of a page of rows and the look at the first row's blob."""
    look = verification._blob_trouble

    def deleting_first(*arguments):
        with django_capture_on_commit_callbacks(execute=True):
            for study in Study.objects.all():
                delete_study(actor=None, study=study, why="a test")
        return look(*arguments)

    monkeypatch.setattr(verification, "_blob_trouble", deleting_first)
    report = verify_archive(wish=Wish())
    assert (report.instances, dict(report.found)) == (5, {})
    assert not path_of(archive.blob).exists()


def test_memory_does_not_grow_with_the_archive(importer, bring_in, monkeypatch) -> None:
    from studies.services import verification

    monkeypatch.setattr(verification, "PAGE", 4)
    bring_in(importer, [*stack(11), image()])
    assert verify_archive(wish=LOOK).instances == 12
