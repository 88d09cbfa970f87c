"""The REST doors: bring in through the browser, look at what is there."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jobs.models import Event
from studies.models import Import, Series, SetAsideFile
from tests.studies.making import file_of, image, stack


def upload(client, batch: str, name: str, content: bytes, path: str = ""):
    data = {"file": SimpleUploadedFile(name, content)} | ({"path": path} if path else {})
    return client.post(f"/api/imports/{batch}/files", data, format="multipart")


def test_a_folder_dropped_into_the_browser(importer, client_of) -> None:
    client = client_of(importer)
    batch = client.post("/api/imports", {"source": "browser"}, format="json")
    assert batch.status_code == 201
    opened = batch.json()
    assert (opened["state"], opened["accepted"], opened["studies"]) == ("open", 0, [])
    slices = stack(3, PatientID="P-7", StudyDescription="Abdomen")
    for number, ds in enumerate(slices):
        answer = upload(client, opened["id"], "blob", file_of(ds).getvalue(), f"folder/IM{number}").json()
        (outcome,) = answer["files"]
        assert (outcome["path"], outcome["outcome"], outcome["reason"]) == (f"folder/IM{number}", "accepted", None)
        assert outcome["sop_instance_uid"] == ds.SOPInstanceUID
    assert upload(client, opened["id"], ".DS_Store", b"x").json() == {"files": []}
    (outcome,) = upload(client, opened["id"], "notes.txt", b"hello").json()["files"]
    assert (outcome["outcome"], outcome["reason"]) == ("set_aside", "not_dicom")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("again.dcm", file_of(slices[0]).getvalue())
    (outcome,) = upload(client, opened["id"], "a.zip", packed.getvalue()).json()["files"]
    assert outcome["outcome"] == "duplicate"
    closed = client.post(f"/api/imports/{opened['id']}/close").json()
    assert (closed["state"], closed["accepted"], closed["duplicates"], closed["set_aside"]) == ("closed", 3, 1, 1)
    assert closed["studies"] == [slices[0].StudyInstanceUID]
    assert client.get("/api/imports").json() == [closed]
    assert client.get(f"/api/imports/{opened['id']}").json() == closed
    late = upload(client, opened["id"], "b.dcm", file_of(image()).getvalue())
    assert (late.status_code, late.json()["error"]["code"]) == (409, "import_closed")
    event = Event.objects.get(kind="import.changed")
    assert (event.user, event.payload["studies"]) == (importer, closed["studies"])


def test_what_is_there(importer, client_of, bring_in) -> None:
    slices = stack(4, PatientID="P-7", StudyDescription="Abdomen")
    bring_in(importer, slices)
    client = client_of(importer)
    page = client.get("/api/studies?q=abdo P-7&limit=10").json()
    (study,) = page["results"]
    assert page["count"] == 1
    assert (study["modalities"], study["series_count"], study["instance_count"]) == (["CT"], 1, 4)
    assert client.get("/api/studies?q=nothing").json() == {"count": 0, "results": []}
    assert client.get("/api/studies?limit=0").status_code == 400
    (series,) = client.get(f"/api/studies/{study['study_uid']}").json()["series"]
    assert series["volumes"] == [
        {"index": 0, "shape_kji": [4, 6, 4], "spacing_mm": [2.0, 0.5, 0.75], "reasons": [], "units": "HU", "label": ""}
    ]
    (volume,) = client.get(f"/api/series/{series['series_uid']}/volumes").json()
    assert [frame["sop_instance_uid"] for frame in volume["frames"]] == [ds.SOPInstanceUID for ds in slices]
    assert volume["geometry"]["affine_lps"] == [[0, 0, 0.75, 0], [0, 0.5, 0, 0], [2.0, 0, 0, 0], [0, 0, 0, 1]]
    thumbnail = client.get(f"/api/series/{series['series_uid']}/thumbnail")
    assert (thumbnail["Content-Type"], thumbnail.content[:2]) == ("image/jpeg", b"\xff\xd8")


def test_too_large_is_said(importer, client_of, settings) -> None:
    settings.MAX_UPLOAD_BYTES = 100
    client = client_of(importer)
    batch = client.post("/api/imports", {}, format="json").json()["id"]
    answer = upload(client, batch, "a.dcm", bytes(200))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_large")
    assert upload(client, batch, "empty", b"").status_code == 200
    assert client.post(f"/api/imports/{batch}/files", {}, format="multipart").status_code == 400
    assert SetAsideFile.objects.get().reason == "not_dicom"


def test_many_files_in_one_request_and_what_is_known(importer, client_of, administrator) -> None:
    client = client_of(importer)
    batch = client.post("/api/imports", {"name": "Monday"}, format="json").json()
    assert (batch["name"], batch["source"], batch["series_to_index"]) == ("Monday", "browser", 0)
    place = f"/api/imports/{batch['id']}"
    odd = image(ImagePositionPatient=None)
    contents = [*(file_of(ds).getvalue() for ds in stack(3)), file_of(odd).getvalue(), b"no image"]
    files = [SimpleUploadedFile("blob", content) for content in contents]
    paths = [f"folder/{number}" for number in range(5)]
    sent = client.post(f"{place}/files", {"file": files, "path": paths}, format="multipart").json()["files"]
    assert [one["path"] for one in sent] == paths
    assert [one["outcome"] for one in sent] == ["accepted"] * 4 + ["set_aside"]
    assert [finding["code"] for finding in sent[3]["findings"]] == ["no_geometry"]
    again = [SimpleUploadedFile("blob", contents[0])]
    client.post(f"{place}/files", {"file": again, "path": ["folder/copy"]}, format="multipart")
    assert client.post(f"{place}/files", {"file": again, "path": ["a", "b"]}, format="multipart").status_code == 400

    def listed(query: str) -> list[str]:
        page = client.get(f"{place}/files?{query}").json()
        return [row["path"] for row in page["results"]]

    assert listed("") == listed("state=") == [*paths, "folder/copy"]
    assert listed("state=accepted") == paths[:4]
    assert listed("state=findings") == paths[3:4]
    assert listed("state=duplicate") == ["folder/copy"]
    assert listed("state=set_aside") == paths[4:]
    first = client.get(f"{place}/files?limit=4").json()
    assert [row["path"] for row in first["results"]] == paths[:4]
    assert listed(f"after={first['next']}") == ["folder/4", "folder/copy"]
    row = first["results"][3]
    assert (row["study_uid"], row["reason"], row["size_bytes"]) == (odd.StudyInstanceUID, None, len(contents[3]))
    assert client.get(f"{place}/files?state=nonsense").status_code == 400
    offered = [{"path": path, "size_bytes": len(content)} for path, content in zip(paths, contents, strict=True)]
    offered[1]["size_bytes"] += 1  # changed since
    offered.append({"path": "folder/new", "size_bytes": 1})
    known = client.post(f"{place}/known", {"files": offered}, format="json").json()["known"]
    assert known == [paths[0], *paths[2:]]
    SetAsideFile.objects.all().delete()
    assert client.post(f"{place}/known", {"files": offered}, format="json").json()["known"] == [paths[0], *paths[2:4]]
    assert client.post(f"{place}/known", {"files": [{"path": "a"}]}, format="json").status_code == 400


def test_a_large_import_is_indexed_by_a_job(importer, client_of, run_jobs, monkeypatch) -> None:
    monkeypatch.setattr("studies.services.imports.INLINE_INSTANCES", 10)
    client = client_of(importer)
    batch = client.post("/api/imports", {}, format="json").json()["id"]
    files = [SimpleUploadedFile("blob", file_of(image()).getvalue()) for _ in range(3)]
    client.post(f"/api/imports/{batch}/files", {"file": files}, format="multipart")
    closed = client.post(f"/api/imports/{batch}/close").json()
    assert (closed["state"], closed["series_to_index"], len(closed["studies"])) == ("closed", 3, 3)
    assert Series.objects.filter(indexed_at=None).count() == 3
    assert run_jobs() == 1
    assert Series.objects.filter(indexed_at=None).count() == 0
    assert client.get(f"/api/imports/{batch}").json()["series_to_index"] == 0
    told = Event.objects.filter(kind="import.changed").order_by("pk").values_list("payload", flat=True)
    left = [payload["series_to_index"] for payload in told]
    assert (left[0], left[-1], left) == (3, 0, sorted(left, reverse=True))  # a slow machine tells more often


def test_set_aside_through_the_browser(importer, client_of, bring_in, administrator) -> None:
    bring_in(importer, [image(StudyInstanceUID=None)])
    client = client_of(importer)
    batch = Import.objects.get()
    (row,) = client.get(f"/api/set-aside?import={batch.pk}").json()
    assert (row["reason"], row["batch"]) == ("missing_uid", str(batch.pk))
    assert client.get("/api/set-aside?import=nonsense").status_code == 400
    again = client.post(f"/api/set-aside/{row['id']}/retry").json()
    assert (again["outcome"], again["reason"]) == ("set_aside", "missing_uid")
    assert client.delete(f"/api/set-aside/{row['id']}").status_code == 204
    assert client.get("/api/set-aside").json() == []
    assert client.get(f"/api/imports/{batch.pk}").json()["set_aside"] == 0


@pytest.mark.django_db(transaction=True)
async def test_series_stream_under_asgi(async_client) -> None:
    """Under ASGI the body of a series comes in pieces, never whole."""
    from asgiref.sync import sync_to_async

    from studies.services import close_import, open_import, store_file
    from tests import factories

    def prepare() -> tuple[Series, object]:
        user = factories.user("root", is_staff=True)
        batch = open_import(actor=user, source="test")
        for ds in stack(3):
            store_file(batch=batch, path="a.dcm", file=file_of(ds))
        close_import(actor=user, batch=batch)
        return Series.objects.select_related("study").get(), user

    series, user = await sync_to_async(prepare)()
    await sync_to_async(async_client.force_login)(user)
    response = await async_client.get(f"/dicomweb/studies/{series.study.study_uid}/series/{series.series_uid}")
    assert response.is_async
    pieces = [piece async for piece in response]
    assert len(pieces) == 7  # three heads, three files, one end
    assert sum(piece[128:132] == b"DICM" for piece in pieces) == 3
