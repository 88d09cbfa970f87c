"""Releases through the API: who may, what is refused, what is missing and why."""

import base64
import hashlib
import uuid

import pytest
from django.core.files.storage import default_storage

from accounts.types import Role
from annotations.datasets.models import Release
from annotations.datasets.services.releases import FREEZE
from annotations.reading.services.projects import set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.services.readings import return_reading
from annotations.reading.types import LabelDraft, ProtocolDraft
from audit.models import AuditRecord
from jobs.models import Event, Job
from jobs.services import cancel_job
from jobs.types import JobState
from studies.models import Volume
from tests.annotations.datasets.makers import body


def error_of(response) -> str:
    return response.json()["error"]["code"]


@pytest.fixture
def api(read, client_of):
    """Return the researcher's client."""
    return client_of(read.researcher)


def test_who_may_release(read, run_jobs, client_of):
    people = [
        (read.researcher, 200),
        (read.world.manager, 200),
        (read.world.administrator, 200),
        (read.world.engineer, 403),
        (read.world.readers[0], 403),
        (read.world.stranger, 404),
    ]
    release = read.freeze()
    run_jobs()
    for person, status in people:
        client = client_of(person)
        assert client.get(read.url).status_code == status, person
        assert client.post(f"{read.url}/preview", body(), format="json").status_code == status, person
        assert client.post(read.url, body(), format="json").status_code == (201 if status == 200 else status), person
        for tail in ("", "/manifest", "/download/nnunet"):
            response = client.get(f"/api/releases/{release.pk}{tail}")
            assert response.status_code == status, (person, tail)
            response.close()


def test_nobody_gets_anything_without_signing_in(read, client_of):
    release = read.freeze()
    client = client_of()
    for url in (read.url, f"/api/releases/{release.pk}", f"/api/releases/{release.pk}/download/nnunet"):
        assert client.get(url).status_code == 401
    assert client.post(read.url, body(), format="json").status_code in (401, 403)


def test_create_freeze_and_download(read, api, run_jobs):
    created = api.post(read.url, body(), format="json")
    assert created.status_code == 201
    answer = created.json()
    assert (answer["state"], answer["number"], answer["cases"], answer["archives"]) == ("freezing", 1, 4, [])
    assert answer["job"]["state"] == "queued"
    url = f"/api/releases/{answer['id']}"
    assert error_of(api.get(f"{url}/download/nnunet")) == "not_frozen"
    run_jobs()
    answer = api.get(url).json()
    assert answer["state"] == "frozen"
    assert {one["format"] for one in answer["archives"]} == {"nnunet", "dicom_seg"}
    assert set(api.get(f"{url}/manifest").json()) == {"nnunet", "dicom_seg"}
    for archive in answer["archives"]:
        response = api.get(f"{url}/download/{archive['format']}")
        data = b"".join(response.streaming_content)
        response.close()
        assert int(response["Content-Length"]) == archive["size_bytes"] == len(data)
        digest = hashlib.sha256(data)
        assert archive["sha256"] == digest.hexdigest()
        assert response["ETag"] == f'"{digest.hexdigest()}"'
        assert response["Digest"] == "sha-256=" + base64.b64encode(digest.digest()).decode()
        assert archive["filename"] == f"LiversOfSpring-1-{archive['format']}.zip"
        assert archive["filename"] in response["Content-Disposition"]
    assert error_of(api.get(f"{url}/download/excel")) == "format_not_in_release"
    actions = list(AuditRecord.objects.filter(subject=f"release:{answer['id']}").values_list("action", flat=True))
    assert sorted(actions) == ["release.create", "release.download", "release.download", "release.freeze"]
    assert Event.objects.filter(kind="release.changed", payload__state="frozen", staff_only=True).exists()
    assert Event.objects.filter(kind="release.changed", payload__state="frozen", user=read.researcher).exists()


REFUSED = [
    ({"shares": {"train": 0.5, "val": 0.5, "test": 0.5}}, "shares"),
    ({"shares": {"train": 2, "val": -1, "test": 0}}, "invalid"),
    ({"formats": []}, "invalid"),
    ({"formats": ["nnunet", "nnunet"]}, "definition"),
    ({"formats": ["excel"]}, "invalid"),
    ({"label_source": "reader"}, "definition"),
    ({"label_source": "reader", "reader": str(uuid.uuid4())}, "reader"),
    ({"name": "   "}, "invalid"),
    ({"seed": -1}, "invalid"),
    ({"shares": {"train": 0, "val": 0, "test": 1}}, "no_training_case"),
]


def test_a_definition_that_cannot_be_is_refused(read, api):
    for changes, code in REFUSED:
        response = api.post(read.url, body(**changes), format="json")
        assert (response.status_code, error_of(response)) == (400, code), changes
    assert not Release.objects.exists()


def test_nothing_to_release_is_refused(project, client_of):
    response = client_of(project.researcher).post(project.url, body(), format="json")
    assert response.status_code == 400
    assert error_of(response) == "empty_release"
    assert not Job.objects.filter(kind=FREEZE).exists()


def test_preview_counts_and_says_what_is_missing_and_why(project, client_of, run_jobs):
    first, second, third, _ = project.world.cases
    for case in (first, second, third):
        project.read(case)
    run_jobs()
    return_reading(
        actor=project.world.manager,
        reading=project.world.reading(second, project.world.readers[0]),
        reason="please look again",
    )
    Volume.objects.filter(series__cases=third).update(geometry=None, reasons=["gaps"])
    api = client_of(project.researcher)
    answer = api.post(f"{project.url}/preview", body(), format="json").json()
    assert [(one["number"], one["reason"], one["formats"]) for one in answer["missing"]] == [
        (2, "consensus_outdated", ["nnunet", "dicom_seg"]),
        (3, "no_volume", ["nnunet"]),
        (4, "no_consensus", ["nnunet", "dicom_seg"]),
    ]
    assert (answer["cases"], answer["patients"]) == (2, 2)
    assert answer["per_format"] == {"nnunet": 1, "dicom_seg": 2}
    assert sum(one["cases"] for one in answer["per_split"].values()) == 2
    assert not Release.objects.exists()
    reader = project.world.readers[0]
    answer = api.post(
        f"{project.url}/preview",
        body(label_source="reader", reader=str(reader.pk), formats=["dicom_seg"]),
        format="json",
    ).json()
    assert [(one["number"], one["reason"]) for one in answer["missing"]] == [(2, "not_submitted"), (4, "not_submitted")]


def test_cases_read_with_other_labels_are_missing(read, api):
    labels = (LabelDraft(name="organ"), LabelDraft(name="lesion"), LabelDraft(name="vessel"))
    draft = ProtocolDraft(labels=labels, readers_per_case=2)
    set_protocol(actor=read.world.manager, project=read.world.project, draft=draft)
    answer = api.post(f"{read.url}/preview", body(), format="json").json()
    assert {one["reason"] for one in answer["missing"]} == {"labels_changed"}
    assert answer["cases"] == 0


def test_a_reader_who_also_does_research_stays_blinded(project, client_of, run_jobs):
    """Somebody with an unfinished reading gets neither the others' marks of that case nor a release that holds them."""
    world = project.world
    first, second = world.cases[:2]
    project.read(first)
    own, other = world.readers
    world.draw(second, other, world.phantom(second).labels)
    world.submit(second, other)
    run_jobs()
    set_member(actor=world.administrator, project=world.project, user=own, roles={Role.READER, Role.RESEARCHER})
    client = client_of(own)
    others = body(label_source="reader", reader=str(other.pk), formats=["dicom_seg"])
    answer = client.post(f"{project.url}/preview", others, format="json").json()
    assert {one["number"]: one["reason"] for one in answer["missing"]}[2] == "blinded"
    release = client_of(project.researcher).post(project.url, others, format="json").json()
    run_jobs()
    for tail in ("/manifest", "/download/dicom_seg"):
        response = client.get(f"/api/releases/{release['id']}{tail}")
        assert (response.status_code, error_of(response)) == (403, "blinded")


def test_cancelled_freezing_leaves_nothing_to_download(read, api, run_jobs):
    answer = api.post(read.url, body(), format="json").json()
    job = Job.objects.get(pk=answer["job"]["id"])
    cancel_job(actor=read.world.manager, job=job)
    run_jobs()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert api.get(f"/api/releases/{answer['id']}").json()["state"] == "failed"
    assert error_of(api.get(f"/api/releases/{answer['id']}/download/nnunet")) == "not_frozen"


def test_cancelling_in_the_middle_stops_between_files(read, run_jobs, settings):
    from annotations.datasets.services.freezing import build_archives
    from jobs.errors import CancelledError

    release = read.freeze()
    calls = []

    def report(share: float, message: str) -> None:
        calls.append(share)
        if share > 0.5:
            raise CancelledError

    with pytest.raises(CancelledError):
        build_archives(release=release, report=report)
    assert calls == sorted(calls)
    assert calls[-1] < 0.7
    assert list((settings.DATA_DIR / "scratch").iterdir()) == []


def test_damaged_source_fails_with_a_clear_error(read, run_jobs):
    from pathlib import Path

    from studies.models import Instance

    release = read.freeze()
    path = Path(default_storage.path(Instance.objects.first().blob))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(data))
    run_jobs()
    release.refresh_from_db()
    assert release.job.state == JobState.FAILED
    assert release.job.error_code == "input_gone"
    assert "has changed since it came in" in release.job.error_message
