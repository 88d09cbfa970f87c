"""Drafts from end to end: what a model writes is on the right frames, and exactly what it said."""

from pathlib import Path

import numpy as np
import pytest

from annotations.assist.models import Draft
from annotations.assist.services.prelabel import request_prelabel
from annotations.assist.services.registry import register_bundle
from annotations.marks.models import Revision
from annotations.marks.selectors import label_volume
from annotations.marks.types import Origin
from jobs.models import Event, Job
from jobs.types import JobState
from tests.annotations.assist.bundles import threshold_bundle
from tests.annotations.assist.world import make_world


def test_draft_is_what_the_network_says_on_the_right_frames(world, version, run_jobs):
    jobs = request_prelabel(actor=world.engineer, project=world.project, version=version)
    assert len(jobs) == 2
    run_jobs()
    for case in world.cases:
        draft = Draft.objects.get(case=case)
        stored = np.rint(world.phantom(case).image)  # DICOM holds whole Hounsfield units
        found = label_volume(mark_set=draft.mark_set, volume=world.volume(case))
        assert np.array_equal(found, (stored > 20).astype(np.uint8))
        assert 0 < found.sum() < found.size
        assert draft.mark_set.origin == Origin.DRAFT
        assert draft.mark_set.locked
        revision = Revision.objects.get(mark_set=draft.mark_set)
        assert (revision.kind, revision.model_version, revision.author) == ("run", "Threshold/1", None)
        assert draft.provenance["weights_sha256"] == version.weights_sha256
        assert draft.provenance["bundle_sha256"] == version.bundle_sha256
        assert draft.provenance["device"]
        assert draft.provenance["elapsed_s"] > 0
        assert draft.job.state == JobState.SUCCEEDED
        assert draft.job.result == {"draft": str(draft.pk), "mark_set": str(draft.mark_set_id)}


def test_labels_map_by_name_or_as_told(world, tmp_path, run_jobs):
    bundle = threshold_bundle(tmp_path / "two", (20.0, 90.0), ("Tumour", "ORGAN"), name="Two")
    version = register_bundle(actor=world.administrator, source=bundle)
    case = world.cases[0]
    stored = np.rint(world.phantom(case).image)
    request_prelabel(actor=world.manager, project=world.project, version=version, cases=[case.pk])
    run_jobs()
    draft = Draft.objects.get()
    assert draft.label_map == {"2": 1}
    assert np.array_equal(label_volume(mark_set=draft.mark_set, volume=world.volume(case)), stored > 90)
    asked = {"1": 2, "2": 1}
    request_prelabel(actor=world.manager, project=world.project, version=version, cases=[case.pk], label_map=asked)
    run_jobs()
    wanted = np.where(stored > 90, 1, np.where(stored > 20, 2, 0))
    newest = Draft.objects.first()
    assert np.array_equal(label_volume(mark_set=newest.mark_set, volume=world.volume(case)), wanted)


def test_nothing_maps(world, client_of, tmp_path):
    bundle = threshold_bundle(tmp_path / "brain", names=("brain",), name="Brain")
    version = register_bundle(actor=world.administrator, source=bundle)
    answer = client_of(world.engineer).post(
        f"/api/projects/{world.project.pk}/prelabel", {"model_version": str(version.pk)}, format="json"
    )
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "no_label_map"
    assert "brain" in error["message"]
    assert "organ" in error["message"]
    for wrong in ({"7": 1}, {"1": 9}):
        answer = client_of(world.engineer).post(
            f"/api/projects/{world.project.pk}/prelabel",
            {"model_version": str(version.pk), "label_map": wrong},
            format="json",
        )
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "unknown_label"
    assert not Job.objects.filter(kind="assist.prelabel").exists()


def test_asking_twice_makes_one_draft(world, version, run_jobs):
    first = request_prelabel(actor=world.engineer, project=world.project, version=version)
    again = request_prelabel(actor=world.engineer, project=world.project, version=version)
    assert {job.pk for job in first} == {job.pk for job in again}
    run_jobs()
    assert request_prelabel(actor=world.engineer, project=world.project, version=version) == []
    assert Draft.objects.count() == 2
    once_more = request_prelabel(
        actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk]
    )
    assert len(once_more) == 1


def test_a_case_without_a_regular_volume_fails_with_its_reason(world, version, run_jobs):
    case = world.cases[0]
    volume = world.volume(case)
    volume.geometry, volume.reasons = None, ["gap"]
    volume.save()
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[case.pk])
    run_jobs()
    job = Draft.objects.get().job
    assert (job.state, job.error_code, job.attempts) == (JobState.FAILED, "no_volume", 1)
    assert "gap" in job.error_message
    assert Draft.objects.get().mark_set is None


def test_a_model_for_another_modality_says_so(world, tmp_path, run_jobs):
    version = register_bundle(
        actor=world.administrator, source=threshold_bundle(tmp_path / "mr", modality="MRI", name="MR model")
    )
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    job = Draft.objects.get().job
    assert (job.state, job.error_code) == (JobState.FAILED, "modality")
    assert "MR" in job.error_message


def test_cancelled_while_running_writes_nothing(world, version, run_jobs, monkeypatch):
    from ai.engines.monai_engine import MonaiEngine

    segment = MonaiEngine.segment

    def cancel_then_segment(self, request):
        Job.objects.filter(kind="assist.prelabel").update(cancel_requested=True)
        return segment(self, request)

    monkeypatch.setattr(MonaiEngine, "segment", cancel_then_segment)
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    draft = Draft.objects.get()
    assert draft.job.state == JobState.CANCELLED
    assert draft.mark_set is None


def test_draft_ready_reaches_readers_of_the_case_and_staff_alone(world, version, run_jobs):
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    events = Event.objects.filter(kind="draft.ready")
    assert set(events.filter(user__isnull=False).values_list("user", flat=True)) == {u.pk for u in world.readers}
    assert events.filter(team=world.project.team, staff_only=True).count() == 1
    assert events.count() == 3


def test_no_event_for_readers_without_drafts(db, tmp_path: Path, run_jobs):
    world = make_world({"A": 1}, ai_drafts=False)
    version = register_bundle(actor=world.administrator, source=threshold_bundle(tmp_path / "t"))
    request_prelabel(actor=world.engineer, project=world.project, version=version)
    run_jobs()
    assert not Event.objects.filter(kind="draft.ready", user__isnull=False).exists()
    assert Draft.objects.get().mark_set is not None


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_who_may_not_ask(world, version, client_of, who):
    user = world.readers[0] if who == "reader" else world.stranger
    answer = client_of(user).post(
        f"/api/projects/{world.project.pk}/prelabel", {"model_version": str(version.pk)}, format="json"
    )
    assert answer.status_code == (403 if who == "reader" else 404)


def test_by_http(world, version, client_of, run_jobs):
    api = client_of(world.engineer)
    url = f"/api/projects/{world.project.pk}"
    answer = api.post(
        f"{url}/prelabel", {"model_version": str(version.pk), "cases": [str(world.cases[1].pk)]}, format="json"
    )
    assert answer.status_code == 202
    assert [job["kind"] for job in answer.json()["jobs"]] == ["assist.prelabel"]
    unknown = api.post(
        f"{url}/prelabel", {"model_version": str(version.pk), "cases": [str(world.project.pk)]}, format="json"
    )
    assert unknown.status_code == 404
    run_jobs()
    drafts = api.get(f"{url}/drafts").json()
    assert [row["case"]["number"] for row in drafts] == [world.cases[1].number]
    assert drafts[0]["drafts"][0]["ready"]
    assert [row["outcome"] for row in drafts[0]["drafts"][0]["readings"]] == ["pending", "pending"]
