"""Set-aside files: tried again, repaired, and conflicts settled by a person. Bytes are never lost."""

import gzip
import io
import json

import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from audit.models import AuditRecord
from jobs.models import Job
from studies.models import Import, ImportedFile, Instance, Series, SetAsideFile
from studies.pixels import read_volume
from studies.services import grant_series, holders, open_import, store_file
from studies.services.repairing import give_uids, made_uid
from studies.types import SetAsideReason
from tests import factories
from tests.studies.making import bytes_of, image, stack, uid, without_uids

pytestmark = pytest.mark.django_db


def test_a_lost_series_is_repaired_as_one(lost_series, importer, client_of, run_jobs) -> None:
    assert SetAsideFile.objects.filter(reason=SetAsideReason.MISSING_UID).count() == 20
    kept = {file.sha256: file.blob for file in SetAsideFile.objects.all()}
    api = client_of(importer)
    assert {row["repairs"][0] for row in api.get("/api/set-aside").json()} == {"give_uids"}
    started = api.post("/api/set-aside/repair", {"import_id": str(lost_series.pk), "action": "give_uids"}, "json")
    assert started.status_code == 202
    assert run_jobs() >= 1
    job = Job.objects.get(pk=started.json()["id"])
    assert job.result["taken_in"] == 20
    assert job.result["left"] == 0

    series = Series.objects.get()
    assert (series.instance_count, series.indexed_at is not None) == (20, True)
    volume = series.volumes.get()
    values, geometry = read_volume(volume)
    assert values.shape == (20, 512, 512)
    assert np.allclose(geometry.spacing_mm, (2.0, 0.9765625, 0.9765625), atol=1e-3)
    assert values.min() >= -1024
    assert 200 < values.max() < 4000

    for instance in Instance.objects.all():
        assert instance.origin == "repaired"
        assert kept[instance.source_sha256] == instance.source_blob
        assert default_storage.exists(instance.source_blob)
        assert default_storage.exists(instance.blob)
        assert instance.sop_instance_uid.startswith("1.3.12.2.1107.5.1.4.60064.")  # of the file's head
    lost_series.refresh_from_db()
    assert (lost_series.accepted, lost_series.set_aside) == (20, 0)
    assert api.get("/api/set-aside").json() == []
    assert AuditRecord.objects.filter(action="set_aside.repair").count() == 20


def test_the_same_files_get_the_same_uids_again(lost_series, importer, bring_in, client_of, run_jobs, shared_data):
    """Repaired, brought in once more, and repaired once more: the same twenty instances."""
    api = client_of(importer)
    folder = shared_data / "ct" / "TotalSegmentator_example" / "dicom"
    for batch in (lost_series, bring_in(importer, folder)):
        api.post("/api/set-aside/repair", {"import_id": str(batch.pk), "action": "give_uids"}, "json")
        run_jobs()
    batch.refresh_from_db()
    assert Instance.objects.count() == 20
    assert Series.objects.count() == 1
    assert batch.duplicates == 20
    assert batch.set_aside == 0
    assert not SetAsideFile.objects.filter(settled_at=None).exists()


@pytest.mark.parametrize(
    ("one", "other", "same_study", "same_series"),
    [
        ({"SeriesNumber": 1}, {"SeriesNumber": 1}, True, True),
        ({"SeriesNumber": 1}, {"SeriesNumber": 2}, True, False),
        ({"PatientID": "P-1"}, {"PatientID": "P-2"}, False, False),
        ({"PatientID": ""}, {"PatientID": ""}, True, True),  # the same import and folder
        (
            {"PatientID": "", "FrameOfReferenceUID": "1.2"},
            {"PatientID": "", "FrameOfReferenceUID": "1.3"},
            False,
            False,
        ),
    ],
)
def test_what_belongs_together(importer, one, other, same_study, same_series) -> None:
    batch = open_import(actor=importer, source="test")
    found = [give_uids(content=without_uids(**each), path="a/1", batch_id=batch.pk)[1] for each in (one, other)]
    assert (found[0]["StudyInstanceUID"] == found[1]["StudyInstanceUID"]) is same_study
    assert (found[0]["SeriesInstanceUID"] == found[1]["SeriesInstanceUID"]) is same_series


def test_nameless_files_of_two_folders_are_never_mixed(importer) -> None:
    batch = open_import(actor=importer, source="test")
    content = without_uids(PatientID="")
    here, there = (give_uids(content=content, path=path, batch_id=batch.pk)[1] for path in ("a/1", "b/1"))
    assert here["StudyInstanceUID"] != there["StudyInstanceUID"]


def test_made_uids_are_uids() -> None:
    from pydicom.uid import UID

    assert UID(made_uid("study", "a", "b")).is_valid
    assert made_uid("study", "a", "b") == made_uid("study", "a", "b") != made_uid("study", "ab", "")


def test_a_repair_that_does_not_fit_is_refused(importer, client_of) -> None:
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="a.txt", file=io.BytesIO(b"no image"))
    file = SetAsideFile.objects.get()
    answer = client_of(importer).post(f"/api/set-aside/{file.pk}/repair", {"action": "give_uids"}, "json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "repair_not_fitting")


def test_many_are_tried_again_in_a_job_that_can_be_cancelled(importer, client_of, run_jobs) -> None:
    batch = open_import(actor=importer, source="test")
    for number in range(3):
        store_file(batch=batch, path=f"{number}.txt", file=io.BytesIO(b"no image %d" % number))
    ids = [str(pk) for pk in SetAsideFile.objects.values_list("pk", flat=True)]
    api = client_of(importer)
    job = api.post("/api/set-aside/retry", {"ids": ids}, "json").json()
    api.post(f"/api/jobs/{job['id']}/cancel")
    assert run_jobs() == 0
    again = api.post("/api/set-aside/retry", {"ids": ids}, "json").json()
    run_jobs()
    assert Job.objects.get(pk=again["id"]).result == {"taken_in": 0, "left": 3, "studies": []}
    assert api.post("/api/set-aside/retry", {}, "json").json()["error"]["code"] == "which_files"
    assert api.post("/api/set-aside/retry", {"ids": [str(batch.pk)]}, "json").json()["error"]["code"] == "files_gone"


def test_trying_again_goes_the_way_of_a_new_file(importer, client_of) -> None:
    """Set aside by an older version that could not unpack gzip: taken in now."""
    content = gzip.compress(bytes_of(image()))
    blob = default_storage.save("set-aside/aa/packed", ContentFile(content))
    batch = open_import(actor=importer, source="test")
    file = SetAsideFile.objects.create(
        batch=batch, path="a.dcm.gz", reason="not_dicom", blob=blob, size_bytes=len(content), sha256="0" * 64
    )
    Import.objects.filter(pk=batch.pk).update(set_aside=1, state="closed")
    answer = client_of(importer).post(f"/api/set-aside/{file.pk}/retry")
    assert answer.json()["outcome"] == "accepted"
    batch.refresh_from_db()
    assert (batch.accepted, batch.set_aside) == (1, 0)
    assert "gzip" in [finding["code"] for finding in Instance.objects.get().findings]


def test_the_list_is_searched(importer, client_of) -> None:
    batch = open_import(actor=importer, source="test")
    store_file(batch=batch, path="one.txt", file=io.BytesIO(b"no image"))
    store_file(batch=batch, path="two.txt", file=io.BytesIO(without_uids()))
    api = client_of(importer)
    assert [row["path"] for row in api.get("/api/set-aside?q=two").json()] == ["two.txt"]
    assert [row["path"] for row in api.get("/api/set-aside?reason=not_dicom").json()] == ["one.txt"]
    assert api.get("/api/set-aside?reason=nonsense").status_code == 400


# -- conflicts --------------------------------------------------------------------------------------------------------


@pytest.fixture
def conflict(importer, bring_in):
    """Return a function that stores an image and brings another with the same UID; returns the set-aside file."""

    def make(**changes) -> SetAsideFile:
        before = image()
        bring_in(importer, [before])
        after = image(
            **{
                "SOPInstanceUID": before.SOPInstanceUID,
                "StudyInstanceUID": before.StudyInstanceUID,
                "SeriesInstanceUID": before.SeriesInstanceUID,
            }
            | changes
        )
        bring_in(importer, [after])
        return SetAsideFile.objects.get(reason=SetAsideReason.CONFLICT)

    return make


OTHER_PIXELS = np.full(24, 7, dtype="<i2").tobytes()


def test_a_comparison_says_what_differs(conflict, importer, client_of) -> None:
    file = conflict(PatientName="Roe^Richard", PixelData=OTHER_PIXELS)
    found = client_of(importer).get(f"/api/set-aside/{file.pk}/compare").json()
    assert found["differences"] == [
        {"tag": "00100010", "name": "PatientName", "stored": "Doe^Jane", "incoming": "Roe^Richard"}
    ]
    assert (found["pixels_equal"], found["geometry_equal"], found["same_place"]) == (False, True, True)
    assert found["held"] == []


def test_equal_pixels_are_told_by_their_values(conflict, importer, client_of) -> None:
    found = client_of(importer).get(f"/api/set-aside/{conflict(PatientName='Roe^R').pk}/compare").json()
    assert found["pixels_equal"] is True


def settle(client, file, choice):
    return client.post(f"/api/set-aside/{file.pk}/settle", {"choice": choice}, "json")


def test_keep_stored_throws_the_other_away(conflict, importer, client_of, django_capture_on_commit_callbacks) -> None:
    file = conflict(PatientName="Roe^R")
    before = Instance.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert settle(client_of(importer), file, "keep_stored").status_code == 200
    assert not default_storage.exists(file.blob)
    assert Instance.objects.get().sha256 == before.sha256
    assert AuditRecord.objects.filter(action="set_aside.discard", detail__sha256=file.sha256).exists()


def test_replace_keeps_what_was_stored(conflict, importer, client_of, django_capture_on_commit_callbacks) -> None:
    file = conflict(PatientName="Roe^R", PixelData=OTHER_PIXELS)
    before = Instance.objects.get()
    api = client_of(importer)
    with django_capture_on_commit_callbacks(execute=True):
        assert settle(api, file, "replace").status_code == 200
    after = Instance.objects.get()
    assert after.sha256 == file.sha256 != before.sha256
    assert default_storage.exists(after.blob)
    assert not default_storage.exists(file.blob)
    superseded = SetAsideFile.objects.get(settled_at=None)
    assert (superseded.reason, superseded.sha256) == ("superseded", before.sha256)
    assert default_storage.exists(superseded.blob)
    header = f"/dicomweb/studies/{after.series.study.study_uid}/series/{after.series.series_uid}/metadata"
    assert api.get(header).json()[0]["00100010"]["Value"][0]["Alphabetic"] == "Roe^R"

    with django_capture_on_commit_callbacks(execute=True):  # and back again
        assert settle(api, superseded, "replace").status_code == 200
    assert Instance.objects.get().sha256 == before.sha256


def test_what_is_marked_is_not_replaced_by_another_picture(conflict, importer, client_of, monkeypatch) -> None:
    file = conflict(PixelData=OTHER_PIXELS)
    before = Instance.objects.get()
    monkeypatch.setitem(holders._instances, "masks", lambda uids: dict.fromkeys(uids, 3))
    answer = settle(client_of(importer), file, "replace")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "in_use")
    assert answer.json()["error"]["fields"]["held"] == [{"uid": before.sop_instance_uid, "what": "masks", "count": 3}]
    assert Instance.objects.get().sha256 == before.sha256
    assert SetAsideFile.objects.get(settled_at=None).pk == file.pk


def test_what_is_marked_takes_another_name(conflict, importer, client_of, monkeypatch) -> None:
    """The picture is the same, so marks stay true."""
    file = conflict(PatientName="Roe^R")
    monkeypatch.setitem(holders._instances, "masks", lambda uids: dict.fromkeys(uids, 3))
    assert settle(client_of(importer), file, "replace").status_code == 200
    assert Instance.objects.get().sha256 == file.sha256


def test_keep_both_gives_the_other_a_uid_of_its_own(conflict, importer, client_of) -> None:
    file = conflict(PatientName="Roe^R")
    first = Instance.objects.get()
    assert settle(client_of(importer), file, "keep_both").status_code == 200
    second = Instance.objects.exclude(pk=first.pk).get()
    assert (second.origin, second.source_sha256) == ("repaired", file.sha256)
    assert default_storage.exists(second.source_blob)
    assert Series.objects.get().instance_count == 2


def test_a_series_of_another_study_is_kept_as_a_series_of_its_own(importer, bring_in, client_of) -> None:
    slices = stack(2)
    bring_in(importer, slices)
    study = uid()
    for one in slices:
        one.StudyInstanceUID, one.SOPInstanceUID = study, uid()
    bring_in(importer, slices)
    client = client_of(importer)
    files = list(SetAsideFile.objects.filter(reason=SetAsideReason.SERIES_TAKEN))
    assert len(files) == 2
    assert settle(client, files[0], "replace").json()["error"]["code"] == "no_conflict"
    for file in files:
        assert settle(client, file, "keep_both").json()["outcome"] == "accepted"
    own = Series.objects.get(study__study_uid=study)
    assert set(own.instances.values_list("sop_instance_uid", flat=True)) == {one.SOPInstanceUID for one in slices}
    assert own.volumes.get().geometry is not None


def test_somebody_elses_series_can_be_had_as_ones_own(importer, bring_in, client_of) -> None:
    slices = stack(2)
    bring_in(importer, slices[:1])
    other = factories.user("other")
    factories.team("Other's", manager=[other])
    bring_in(other, slices[1:])
    file = SetAsideFile.objects.get(reason=SetAsideReason.SERIES_TAKEN)
    assert settle(client_of(other), file, "keep_both").json()["outcome"] == "accepted"
    assert sorted(Series.objects.values_list("instance_count", "study__study_uid")) == [
        (1, slices[0].StudyInstanceUID),
        (1, slices[0].StudyInstanceUID),
    ]


def test_both_are_kept_where_the_stored_one_is_not_shown(importer, bring_in, client_of) -> None:
    """Somebody else's image has this UID, in a series that is not shown to the actor: there is nothing to compare."""
    original = image()
    bring_in(importer, [original])
    other = factories.user("other")
    factories.team("Other's", manager=[other])
    original.PatientID = "P-2"
    bring_in(other, [original])
    client, file = client_of(other), SetAsideFile.objects.get(reason=SetAsideReason.CONFLICT)
    assert client.get(f"/api/set-aside/{file.pk}/compare").json()["error"]["code"] == "no_conflict"
    assert settle(client, file, "keep_both").json()["outcome"] == "accepted"
    assert sorted(Series.objects.values_list("instance_count", flat=True)) == [1, 1]
    assert Instance.objects.values("sop_instance_uid").distinct().count() == 2


def test_what_was_sent_to_another_study_says_so(importer, client_of) -> None:
    sent = image()
    client = client_of(importer)
    answer = client.post("/dicomweb/studies/1.2.3", data=bytes_of(sent), content_type="application/dicom")
    (failed,) = json.loads(answer.content)["00081198"]["Value"]
    assert (answer.status_code, failed["00081197"]["Value"]) == (409, [0xC000])
    assert failed["00000902"]["Value"][0].startswith("Sent to another study than its own, ")
    file = SetAsideFile.objects.get()
    assert file.reason == SetAsideReason.OTHER_STUDY
    assert client.post(f"/api/set-aside/{file.pk}/retry").json()["outcome"] == "accepted"


def test_an_instance_of_another_series_is_not_replaced(conflict, importer, client_of) -> None:
    answer = settle(client_of(importer), conflict(SeriesInstanceUID=uid()), "replace")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "other_series")


def test_who_only_reads_a_series_does_not_replace_its_images(importer, bring_in, client_of) -> None:
    """A reader of the team that is shown the series, who brings in images as manager of another team."""
    original = image()
    bring_in(importer, [original])
    reader, other = factories.user("reader"), factories.user("other")
    team = factories.team("Readers", reader=[reader], manager=[importer, other])
    factories.team("Their own", manager=[reader])
    grant_series(actor=importer, series=Series.objects.get(), team=team)
    before = Instance.objects.get().sha256
    original.PatientID = "P-2"
    bring_in(reader, [original])
    file = SetAsideFile.objects.get(settled_at=None)
    answer = settle(client_of(reader), file, "replace")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "replace_denied")
    assert Instance.objects.get().sha256 == before
    bring_in(other, [original])
    assert settle(client_of(other), SetAsideFile.objects.get(batch__created_by=other), "replace").status_code == 200
    assert Instance.objects.get().sha256 != before


def test_a_stranger_neither_sees_nor_settles(conflict, client_of) -> None:
    file = conflict(PatientName="Roe^R")
    stranger = client_of(factories.user("stranger"))
    assert stranger.get(f"/api/set-aside/{file.pk}/compare").status_code == 404
    assert settle(stranger, file, "keep_both").status_code == 404


def test_outcomes_of_the_import_follow(lost_series, importer, client_of) -> None:
    """What was set aside and is taken in stands once in the import's list of files."""
    file = SetAsideFile.objects.first()
    client_of(importer).post(f"/api/set-aside/{file.pk}/repair", {"action": "give_uids"}, "json")
    rows = ImportedFile.objects.filter(batch=lost_series)
    assert rows.count() == 20
    assert rows.filter(outcome="accepted").count() == 1


def test_stacks_are_whole_after_many_conflicts(importer, bring_in, client_of) -> None:
    slices = stack(3)
    bring_in(importer, slices)
    for one in slices:
        one.PatientName = "Roe^R"
    bring_in(importer, slices)
    for file in SetAsideFile.objects.filter(settled_at=None, reason="conflict"):
        assert settle(client_of(importer), file, "replace").status_code == 200
    series = Series.objects.get()
    assert (series.instance_count, series.frame_count) == (3, 3)
    assert series.volumes.get().geometry is not None
