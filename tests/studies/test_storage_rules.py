"""Deletion, retention and quota: nothing that somebody uses goes, and nothing is lost when there is no room."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project
from audit.models import AuditRecord
from jobs.models import Job
from studies.models import Import, Instance, PendingBlobs, Series, SetAsideFile, StorageRules, Study
from studies.services import close_import, holders, open_import, store_file
from studies.services.recovery import recover_pending
from studies.services.retention import start_daily_retention
from studies.services.verification import Wish, verify_archive
from tests.studies.making import file_of, image, stack, uid

pytestmark = pytest.mark.django_db(transaction=True)


def files() -> set[str]:
    root = Path(default_storage.path(""))
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def two_series(importer, bring_in) -> tuple[Series, Series]:
    """Return two series of one study, of three images and of one."""
    study = uid()
    bring_in(importer, [*stack(3, StudyInstanceUID=study), image(StudyInstanceUID=study, PatientName="Other")])
    one, other = Series.objects.order_by("-instance_count")
    return one, other


def test_a_series_goes_with_its_bytes(two_series, client_of, administrator) -> None:
    going, staying = two_series
    kept = {*staying.instances.values_list("blob", flat=True), staying.metadata_name, staying.thumbnail_name}
    api = client_of(administrator)
    assert api.delete(f"/api/series/{going.series_uid}").status_code == 204
    assert not Series.objects.filter(pk=going.pk).exists()
    assert files() == {*kept, *([staying.overview_name] if staying.overview_name else [])}
    record = AuditRecord.objects.get(action="series.delete")
    assert record.subject == f"series:{going.series_uid}"
    assert (record.detail["instances"], record.detail["why"]) == (3, "by hand")
    assert not PendingBlobs.objects.exists()
    assert verify_archive(wish=Wish(idle=True)).found == {}
    assert api.delete(f"/api/series/{going.series_uid}").status_code == 404
    assert api.delete(f"/api/series/{staying.series_uid}").status_code == 204
    assert not Study.objects.exists()
    assert files() == set()


def test_a_study_goes_and_can_come_again(two_series, importer, bring_in, client_of, administrator) -> None:
    study = two_series[0].study
    assert client_of(administrator).delete(f"/api/studies/{study.study_uid}").status_code == 204
    assert (Study.objects.count(), Instance.objects.count(), files()) == (0, 0, set())
    again = bring_in(importer, stack(3))
    assert again.accepted == 3


def test_only_administrators_delete(two_series, importer, client_of) -> None:
    answer = client_of(importer).delete(f"/api/studies/{two_series[0].study.study_uid}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "administrators_only")
    assert Series.objects.count() == 2


def test_what_a_case_reads_stays(two_series, importer, client_of, administrator) -> None:
    study = two_series[0].study
    project = create_project(actor=importer, name="Uses it")
    made, _ = add_cases(actor=importer, project=project, study_uids=[study.study_uid])
    assert len(made) == 1
    before = files()
    for path in (f"/api/studies/{study.study_uid}", f"/api/series/{two_series[0].series_uid}"):
        answer = client_of(administrator).delete(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "in_use")
        assert answer.json()["error"]["fields"]["held"][0]["what"] == "cases"
    assert Instance.objects.count() == 4
    assert files() == before


def test_what_has_masks_stays(two_series, client_of, administrator, monkeypatch) -> None:
    monkeypatch.setitem(holders._instances, "masks", lambda uids: dict.fromkeys(list(uids)[:1], 2))
    answer = client_of(administrator).delete(f"/api/series/{two_series[0].series_uid}")
    assert answer.json()["error"]["fields"]["held"][0]["what"] == "masks"
    assert Series.objects.count() == 2


def test_bytes_that_another_row_needs_stay(importer, bring_in, client_of, administrator) -> None:
    """The same bytes are a set-aside file too."""
    bring_in(importer, [image()])
    instance = Instance.objects.get()
    SetAsideFile.objects.create(
        batch=Import.objects.get(), path="a", reason="superseded", blob=instance.blob, size_bytes=1, sha256="0" * 64
    )
    client_of(administrator).delete(f"/api/series/{instance.series.series_uid}")
    assert default_storage.exists(instance.blob)


def test_dying_between_rows_and_bytes_leaves_nothing(two_series, administrator, monkeypatch) -> None:
    """The rows are gone, the bytes are not: recovery deletes them, nothing brings the study back."""
    from studies.services import delete_study, deletion

    def die(*args, **kwargs) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deletion, "delete_unreferenced", die)
    with pytest.raises(KeyboardInterrupt):
        delete_study(actor=administrator, study=two_series[0].study)
    assert not Study.objects.exists()
    assert files() != set()
    verify_archive(wish=Wish(idle=True, repair=True))
    assert files() == set()
    assert not Study.objects.exists()


def test_what_an_index_was_before_goes_later(two_series, importer, bring_in) -> None:
    going = two_series[0]
    before = going.metadata_name
    bring_in(importer, [image(StudyInstanceUID=going.study.study_uid, SeriesInstanceUID=going.series_uid)])
    going.refresh_from_db()
    assert going.metadata_name != before
    assert default_storage.exists(before)  # somebody may be reading it
    recover_pending(silent_for=timedelta(0))
    assert not default_storage.exists(before)
    assert default_storage.exists(going.metadata_name)
    assert verify_archive(wish=Wish(idle=True)).superseded == 0


# -- retention --------------------------------------------------------------------------------------------------------


def age(days: int) -> None:
    Instance.objects.update(created_at=timezone.now() - timedelta(days=days))


def test_retention_deletes_what_nobody_uses(importer, bring_in, client_of, administrator, capsys) -> None:
    bring_in(importer, stack(2))
    used = Study.objects.get()
    add_cases(actor=importer, project=create_project(actor=importer, name="P"), study_uids=[used.study_uid])
    bring_in(importer, [image(), image()])
    age(31)
    bring_in(importer, [image()])
    api = client_of(administrator)
    assert api.patch("/api/storage", {"retention_days": 30}, "json").status_code == 200
    assert len(api.get("/api/storage/expired").json()) == 2
    assert api.get("/api/storage/expired?days=40").json() == []
    call_command("apply_retention", "--dry-run")
    assert "2 studies" in capsys.readouterr().out
    assert Study.objects.count() == 4
    call_command("apply_retention")
    assert Study.objects.count() == 2
    assert Study.objects.filter(pk=used.pk).exists()
    assert AuditRecord.objects.filter(action="series.delete", detail__why="retention of 30 days").count() == 2
    assert verify_archive(wish=Wish(idle=True)).found == {}


def test_a_late_image_keeps_its_study(importer, bring_in, administrator) -> None:
    first = image()
    bring_in(importer, [first])
    age(31)
    bring_in(importer, [image(StudyInstanceUID=first.StudyInstanceUID)])
    call_command("apply_retention", "--days", "30")
    assert Study.objects.count() == 1


def test_retention_by_itself_runs_once_a_day(importer, bring_in, client_of, administrator, run_jobs) -> None:
    bring_in(importer, [image()])
    age(31)
    api = client_of(administrator)
    refused = api.patch("/api/storage", {"apply_retention": True}, "json")
    assert refused.json()["error"]["code"] == "no_retention_days"
    assert start_daily_retention() is False
    api.patch("/api/storage", {"apply_retention": True, "retention_days": 30}, "json")
    assert start_daily_retention() is True
    assert start_daily_retention() is False
    run_jobs()
    assert Job.objects.get(kind="studies.apply_retention").result["studies"] == 1
    assert not Study.objects.exists()


def test_set_aside_files_stay_for_ever_unless_a_rule_says_otherwise(
    importer, bring_in, client_of, administrator, capsys
) -> None:
    batch = bring_in(importer, [image()], close=False)
    for name in ("old", "new", "superseded"):
        store_file(batch=batch, path=name, file=io.BytesIO(name.encode()))
    SetAsideFile.objects.filter(path="superseded").update(reason="superseded")
    SetAsideFile.objects.exclude(path="new").update(created_at=timezone.now() - timedelta(days=31))
    age(31)
    api = client_of(administrator)
    assert api.get("/api/storage").json()["set_aside_days"] is None
    with pytest.raises(CommandError, match="no retention rule"):
        call_command("apply_retention")
    before = files()
    call_command("apply_retention", "--set-aside-days", "30", "--dry-run")
    assert "1 set-aside files" in capsys.readouterr().out
    assert files() == before
    assert api.patch("/api/storage", {"set_aside_days": 30}, "json").json()["set_aside_days"] == 30
    call_command("apply_retention")
    assert Study.objects.count() == 1  # there is no rule for studies
    assert set(SetAsideFile.objects.values_list("path", flat=True)) == {"new", "superseded"}
    record = AuditRecord.objects.get(action="set_aside.expire")
    assert (record.actor_id, record.detail["path"], record.detail["why"]) == (None, "old", "retention of 30 days")
    batch.refresh_from_db()
    assert batch.set_aside == 2
    close_import(actor=importer, batch=batch)
    assert verify_archive(wish=Wish(idle=True)).found == {}


def test_set_aside_files_go_by_the_daily_job(importer, client_of, administrator, run_jobs) -> None:
    store_file(batch=open_import(actor=importer, source="test"), path="a", file=io.BytesIO(b"no image"))
    SetAsideFile.objects.update(created_at=timezone.now() - timedelta(days=8))
    client_of(administrator).patch("/api/storage", {"apply_retention": True, "set_aside_days": 7}, "json")
    assert start_daily_retention() is True
    run_jobs()
    result = Job.objects.get(kind="studies.apply_retention").result
    assert (result["studies"], result["set_aside"], result["bytes"]) == (0, 1, 8)
    assert files() == set()


def test_retention_needs_a_number_of_days(db) -> None:
    with pytest.raises(CommandError, match="no retention rule"):
        call_command("apply_retention")


# -- quota ------------------------------------------------------------------------------------------------------------


def quota(api, size: int | None):
    return api.patch("/api/storage", {"quota_bytes": size}, "json")


def test_a_full_archive_refuses_and_loses_nothing(importer, bring_in, client_of, administrator) -> None:
    bring_in(importer, [image()])
    admin, api = client_of(administrator), client_of(importer)
    used = sum(Instance.objects.values_list("size_bytes", flat=True))
    before = files()
    assert quota(admin, used + 10).json()["state"] == "warn"
    batch = api.post("/api/imports", {"source": "browser"}, "json").json()
    answer = api.post(f"/api/imports/{batch['id']}/files", {"file": file_of(image())}, "multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "quota_exceeded")
    assert files() == before
    assert not PendingBlobs.objects.exists()
    assert quota(admin, None).json()["state"] == "ok"
    again = api.post(f"/api/imports/{batch['id']}/files", {"file": file_of(image())}, "multipart")
    assert again.status_code == 200
    assert Instance.objects.count() == 2


def test_what_is_there_already_needs_no_room(importer, bring_in, client_of, administrator) -> None:
    dataset = image()
    bring_in(importer, [dataset])
    quota(client_of(administrator), 1)
    batch = open_import(actor=importer, source="again")
    assert store_file(batch=batch, path="a", file=file_of(dataset))[0].outcome == "duplicate"


def test_stow_is_refused_too(importer, client_of, administrator) -> None:
    quota(client_of(administrator), 1)
    answer = client_of(importer).generic(
        "POST", "/dicomweb/studies", file_of(image()).getvalue(), content_type="application/dicom"
    )
    assert answer.status_code in (409, 413, 507)
    assert not Instance.objects.exists()


def test_usage_counts_images_and_set_aside(importer, bring_in, client_of, administrator) -> None:
    bring_in(importer, [image()])
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="a.txt", file=io.BytesIO(b"no image"))
    found = client_of(administrator).get("/api/storage").json()
    assert found["images_bytes"] == Instance.objects.get().size_bytes
    assert found["set_aside_bytes"] == 8
    assert (found["studies"], found["series"], found["instances"], found["state"]) == (1, 1, 1, "ok")
    assert found["disk_free_bytes"] > 0
    assert client_of(importer).get("/api/storage").status_code == 403


def test_rules_are_written_down(client_of, administrator) -> None:
    api = client_of(administrator)
    assert api.patch("/api/storage", {"warn_percent": 101}, "json").status_code == 400
    api.patch("/api/storage", {"quota_bytes": 5, "warn_percent": 50}, "json")
    assert StorageRules.objects.get().quota_bytes == 5
    assert AuditRecord.objects.get(action="storage.rules").detail == {"quota_bytes": 5, "warn_percent": 50}


def test_machines_that_send(client_of, administrator, importer) -> None:
    api = client_of(administrator)
    made = api.post("/api/dicom-nodes", {"ae_title": "CT1", "user": str(importer.pk)}, "json")
    assert made.status_code == 201
    node = made.json()["id"]
    assert api.post("/api/dicom-nodes", {"ae_title": "CT1"}, "json").json()["error"]["code"] == "ae_title_taken"
    assert api.post("/api/dicom-nodes", {"ae_title": "a\\b"}, "json").json()["error"]["code"] == "ae_title"
    assert api.patch(f"/api/dicom-nodes/{node}", {"host": "10.0.0.5"}, "json").json()["host"] == "10.0.0.5"
    for host in ("scanner1", "10.0.0.999"):
        assert api.patch(f"/api/dicom-nodes/{node}", {"host": host}, "json").json()["error"]["code"] == "node_address"
    assert [row["ae_title"] for row in api.get("/api/dicom-nodes").json()] == ["CT1"]
    assert client_of(importer).get("/api/dicom-nodes").status_code == 403
    assert api.delete(f"/api/dicom-nodes/{node}").status_code == 204
    assert AuditRecord.objects.filter(action__startswith="dicom_node.").count() == 3


@pytest.mark.parametrize("days", ["0", "-5", "36501", "99999999999"])
def test_days_that_are_none_are_said(days) -> None:
    for option in ("--days", "--set-aside-days"):
        with pytest.raises(CommandError, match="from 1 to 36,500"):
            call_command("apply_retention", "--dry-run", option, days)
