"""The preview of a repair says what the repair then makes, and changes nothing."""

import io

import pytest
from pydicom import dcmwrite

from audit.models import AuditRecord
from jobs.models import Job
from studies.models import Instance, Series, SetAsideFile, StorageRules
from studies.services import open_import, store_file
from tests import factories
from tests.studies.making import image, uid, without_uids

pytestmark = pytest.mark.django_db


def test_a_preview_says_what_the_repair_then_makes(lost_series, importer, client_of, run_jobs) -> None:
    api = client_of(importer)
    wish = {"import_id": str(lost_series.pk), "action": "give_uids"}
    preview = api.post("/api/set-aside/repair/preview", wish, "json").json()
    assert not Instance.objects.exists()
    assert SetAsideFile.objects.filter(settled_at=None).count() == 20
    assert not AuditRecord.objects.filter(action="set_aside.repair").exists()
    (row,) = preview["series"]
    assert (row["files"], row["duplicates"], row["stored"], row["modality"]) == (20, 0, False, "CT")
    assert (preview["left"], preview["fits"]) == ([], True)
    api.post("/api/set-aside/repair", wish, "json")
    run_jobs()
    series = Series.objects.get()
    assert (series.series_uid, series.study.study_uid) == (row["series_uid"], row["study_uid"])
    assert sum(Instance.objects.values_list("size_bytes", flat=True)) == row["size_bytes"]


def test_a_preview_tells_duplicates_and_what_is_left_apart(importer, client_of, run_jobs) -> None:
    """One good file, the same again, another file that would get the same UID, and one of unknown kind."""
    batch = open_import(actor=importer, source="test")
    same = uid()
    content = without_uids(SOPInstanceUID=same)
    unknown, bare = image(StudyInstanceUID="", SeriesInstanceUID="", SOPClassUID="", Modality="ZZ"), io.BytesIO()
    del unknown.file_meta
    dcmwrite(bare, unknown, implicit_vr=True, little_endian=True)
    for name, one in {
        "a/1": content,
        "a/2": content,
        "a/3": without_uids(SOPInstanceUID=same, ImageComments="other"),
        "b/4": bare.getvalue(),
    }.items():
        store_file(batch=batch, path=name, file=io.BytesIO(one))
    store_file(batch=batch, path="note.txt", file=io.BytesIO(b"no image"))
    api = client_of(importer)
    wish = {"import_id": str(batch.pk), "action": "give_uids"}
    preview = api.post("/api/set-aside/repair/preview", wish, "json").json()
    (row,) = preview["series"]
    assert (row["files"], row["duplicates"], row["folders"]) == (1, 1, ["a"])
    assert {(one["path"], one["reason"]) for one in preview["left"]} == {
        ("a/3", "conflict"),
        ("b/4", "missing_uid"),
    }
    job = Job.objects.get(pk=api.post("/api/set-aside/repair", wish, "json").json()["id"])
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.result["taken_in"], job.result["left"]) == ("succeeded", 2, 2)
    left = SetAsideFile.objects.filter(settled_at=None).exclude(path="note.txt")
    assert {(file.path, file.reason) for file in left} == {(one["path"], one["reason"]) for one in preview["left"]}
    again = api.post("/api/set-aside/repair/preview", wish, "json").json()
    assert again["series"] == []


def test_a_preview_is_only_of_ones_own_files_and_of_those_that_fit(importer, client_of) -> None:
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="a", file=io.BytesIO(without_uids()))
    store_file(batch=batch, path="b", file=io.BytesIO(b"no image"))
    files = {file.path: str(file.pk) for file in SetAsideFile.objects.all()}

    def ask(user, *ids: str) -> tuple[int, str]:
        wish = {"ids": list(ids), "action": "give_uids"}
        answer = client_of(user).post("/api/set-aside/repair/preview", wish, "json")
        return answer.status_code, answer.json().get("error", {}).get("code", "")

    assert ask(importer, files["a"]) == (200, "")
    assert ask(importer, files["a"], files["b"]) == (400, "repair_not_fitting")
    assert ask(factories.user("stranger"), files["a"]) == (400, "files_gone")


def test_a_preview_says_when_the_quota_leaves_no_room(importer, client_of) -> None:
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="a", file=io.BytesIO(without_uids()))
    StorageRules.objects.create(pk=1, quota_bytes=10)
    wish = {"import_id": str(batch.pk), "action": "give_uids"}
    assert client_of(importer).post("/api/set-aside/repair/preview", wish, "json").json()["fits"] is False
