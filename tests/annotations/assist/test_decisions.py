"""What readers do with drafts, what became of them, and who may know."""

import uuid

import numpy as np
import pytest

from annotations.assist.models import Draft, DraftDecision
from annotations.assist.services.prelabel import request_prelabel
from annotations.assist.services.registry import register_bundle
from annotations.marks.models import Revision
from annotations.marks.selectors import label_volume
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import LabelDraft, ProtocolDraft
from audit.models import AuditRecord
from tests.annotations.assist.bundles import threshold_bundle


@pytest.fixture
def draft(world, version, run_jobs) -> Draft:
    """Return a finished draft of the first case."""
    request_prelabel(actor=world.engineer, project=world.project, version=version, cases=[world.cases[0].pk])
    run_jobs()
    return Draft.objects.select_related("mark_set").get()


@pytest.fixture
def decide(client_of):
    """Return a function that decides over HTTP."""

    def send(user, reading, draft, action, base=0, client_id=None):
        return client_of(user).post(
            f"/api/readings/{reading.pk}/drafts/{draft.pk}/decide",
            {"action": action, "base_revision": base, "client_id": str(client_id or uuid.uuid4())},
            format="json",
        )

    return send


@pytest.fixture
def outcome(client_of):
    """Return a function that reads the outcome of the only draft in a reading."""

    def read(user, reading):
        [row] = client_of(user).get(f"/api/readings/{reading.pk}/drafts").json()
        return row["decision"], row["outcome"]

    return read


def test_accept_copies_the_draft_with_its_provenance(world, draft, decide, outcome):
    case, ann = world.cases[0], world.readers[0]
    reading = world.reading(case, ann)
    assert outcome(ann, reading) == (None, "pending")
    answer = decide(ann, reading, draft, "accept")
    assert (answer.status_code, answer.json()) == (200, {"head": 1, "number": 1})
    reading = world.reading(case, ann)
    proposed = label_volume(mark_set=draft.mark_set, volume=world.volume(case))
    assert np.array_equal(label_volume(mark_set=reading.mark_set, volume=world.volume(case)), proposed)
    revision = Revision.objects.get(mark_set=reading.mark_set)
    assert (revision.kind, revision.author, revision.model_version) == ("take_draft", ann, "Threshold/1")
    assert (revision.source_mark_set, revision.source_number) == (draft.mark_set, 1)
    assert outcome(ann, reading) == ("accept", "accepted")
    record = AuditRecord.objects.get(action="draft.accept")
    assert (record.actor_id, record.subject) == (ann.pk, f"reading:{reading.pk}")


def test_the_outcome_follows_the_marks(world, draft, decide, outcome, client_of):
    case, ann = world.cases[0], world.readers[0]
    reading = world.reading(case, ann)
    decide(ann, reading, draft, "edit")
    assert outcome(ann, reading) == ("edit", "accepted")  # taken to edit, and not a voxel changed
    volume = world.volume(case)
    proposed = label_volume(mark_set=draft.mark_set, volume=volume)
    with_lesion = proposed.copy()
    with_lesion[3, 10:13, 10:13] = np.where(proposed[3, 10:13, 10:13] == 0, 2, proposed[3, 10:13, 10:13])
    with_lesion[0, 0, 0] = 2
    world.draw(case, ann, with_lesion)
    assert outcome(ann, reading) == ("edit", "accepted")  # the model knows no lesion: not its business
    changed = with_lesion.copy()
    changed[0, 0, 1] = 1
    world.draw(case, ann, changed)
    assert outcome(ann, reading) == ("edit", "edited")
    world.draw(case, ann, with_lesion)
    assert outcome(ann, reading) == ("edit", "accepted")  # drawn back: the marks themselves count
    world.draw(case, ann, changed)
    world.submit(case, ann)
    assert outcome(ann, reading) == ("edit", "edited")
    rows = client_of(world.manager).get(f"/api/projects/{world.project.pk}/drafts").json()
    found = {row["reader"]["display_name"]: row["outcome"] for row in rows[0]["drafts"][0]["readings"]}
    assert found == {ann.display_name: "edited", world.readers[1].display_name: "pending"}


def test_reject_is_recorded_and_changes_nothing(world, draft, decide, outcome):
    reading = world.reading(world.cases[0], world.readers[0])
    answer = decide(world.readers[0], reading, draft, "reject")
    assert answer.json() == {"head": 0, "number": None}
    assert outcome(world.readers[0], reading) == ("reject", "rejected")
    assert not Revision.objects.filter(mark_set=reading.mark_set).exists()
    assert AuditRecord.objects.filter(action="draft.reject").count() == 1


def test_the_newest_decision_counts(world, draft, decide, outcome):
    reading = world.reading(world.cases[0], world.readers[0])
    decide(world.readers[0], reading, draft, "reject")
    decide(world.readers[0], reading, draft, "accept")
    assert outcome(world.readers[0], reading) == ("accept", "accepted")


def test_deciding_twice_with_one_id_is_one_decision(world, draft, decide):
    reading, client_id = world.reading(world.cases[0], world.readers[0]), uuid.uuid4()
    first = decide(world.readers[0], reading, draft, "accept", client_id=client_id)
    again = decide(world.readers[0], reading, draft, "accept", client_id=client_id)
    assert first.json() == again.json()
    assert DraftDecision.objects.count() == Revision.objects.filter(mark_set=reading.mark_set).count() == 1


def test_a_stale_base_loses_neither_side(world, draft, decide):
    case, ann = world.cases[0], world.readers[0]
    drawn = np.zeros_like(world.phantom(case).labels)
    drawn[2, 2, 2] = 2
    world.draw(case, ann, drawn)
    reading = world.reading(case, ann)
    answer = decide(ann, reading, draft, "accept", base=0)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "stale_base"
    assert answer.json()["error"]["fields"]["head"] == 1
    assert not DraftDecision.objects.exists()
    assert decide(ann, reading, draft, "accept", base=1).json() == {"head": 2, "number": 2}
    kept = label_volume(mark_set=world.reading(case, ann).mark_set, volume=world.volume(case))
    proposed = label_volume(mark_set=draft.mark_set, volume=world.volume(case))
    assert np.array_equal(kept, np.where(proposed, proposed, drawn))


def test_a_submitted_reading_takes_no_draft(world, draft, decide):
    case, ann = world.cases[0], world.readers[0]
    world.submit(case, ann)
    for action in ("accept", "edit", "reject"):
        answer = decide(ann, world.reading(case, ann), draft, action)
        assert answer.status_code == 409, action
        assert answer.json()["error"]["code"] == "locked"
    assert not DraftDecision.objects.exists()


def test_the_newest_draft_of_each_version_is_shown(world, version, draft, decide, client_of, run_jobs, tmp_path):
    case, (ann, ben) = world.cases[0], world.readers
    decide(ann, world.reading(case, ann), draft, "accept")
    bundle = threshold_bundle(tmp_path / "other", (100.0,), name="Other")
    other = register_bundle(actor=world.administrator, source=bundle)
    for model in (version, other):
        request_prelabel(actor=world.engineer, project=world.project, version=model, cases=[case.pk])
    run_jobs()
    url = "/api/readings/{}/drafts"
    seen = client_of(ben).get(url.format(world.reading(case, ben).pk)).json()
    assert [row["model_version"]["name"] for row in seen] == ["Other", "Threshold"]
    assert [label["name"] for label in seen[0]["labels"]] == ["organ"]
    mine = client_of(ann).get(url.format(world.reading(case, ann).pk)).json()
    assert [row["outcome"] for row in mine] == ["pending", "pending", "accepted"]  # what one decided on stays


class TestBlinding:
    """A reader sees drafts of own cases only, and nothing of what others made of them."""

    def test_other_readers_drafts_page_does_not_exist(self, world, draft, client_of, decide):
        ann, ben = world.readers
        his = world.reading(world.cases[0], ben)
        assert client_of(ann).get(f"/api/readings/{his.pk}/drafts").status_code == 404
        assert decide(ann, his, draft, "accept").status_code == 404
        assert client_of(ann).get(f"/api/projects/{world.project.pk}/drafts").status_code == 403

    def test_nothing_of_another_reader_shows(self, world, draft, client_of, decide, outcome):
        ann, ben = world.readers
        before = client_of(ben).get(f"/api/readings/{world.reading(world.cases[0], ben).pk}/drafts").json()
        decide(ann, world.reading(world.cases[0], ann), draft, "accept")
        after = client_of(ben).get(f"/api/readings/{world.reading(world.cases[0], ben).pk}/drafts").json()
        assert before == after

    def test_frames_are_for_readers_of_the_case_and_staff(self, world, draft, client_of):
        url = f"/api/drafts/{draft.pk}/frames"
        answer = client_of(world.readers[0]).get(url)
        assert answer.status_code == 200
        assert answer.json()["head"] == 1
        assert {frame["layer"] for frame in answer.json()["frames"]} == {0}
        assert client_of(world.engineer).get(url).status_code == 200
        assert client_of(world.stranger).get(url).status_code == 404
        assert client_of(None).get(url).status_code == 401
        world.reading(world.cases[0], world.readers[0]).delete()
        assert client_of(world.readers[0]).get(url).status_code == 404

    def test_the_arm_without_ai_sees_no_draft(self, world, draft, client_of, decide):
        labels = (LabelDraft(name="organ"), LabelDraft(name="lesion"))
        set_protocol(actor=world.manager, project=world.project, draft=ProtocolDraft(labels=labels, ai_drafts=False))
        reading = world.reading(world.cases[0], world.readers[0])
        assert client_of(world.readers[0]).get(f"/api/readings/{reading.pk}/drafts").json() == []
        assert client_of(world.readers[0]).get(f"/api/drafts/{draft.pk}/frames").status_code == 404
        assert decide(world.readers[0], reading, draft, "accept").status_code == 404

    def test_a_manager_who_reads_the_case_sees_no_outcome_of_others(self, world, draft, client_of, decide):
        from accounts.types import Role
        from annotations.reading.services.projects import set_member

        ann, ben = world.readers
        decide(ben, world.reading(world.cases[0], ben), draft, "accept")
        roles = {Role.READER, Role.MANAGER}
        set_member(actor=world.administrator, project=world.project, user=ann, roles=roles)
        rows = client_of(ann).get(f"/api/projects/{world.project.pk}/drafts").json()
        assert [row["reader"]["display_name"] for row in rows[0]["drafts"][0]["readings"]] == [ann.display_name]
        his = world.reading(world.cases[0], ben)
        assert client_of(ann).get(f"/api/readings/{his.pk}/drafts").status_code == 404


def test_a_manager_decides_nothing(world, draft, decide):
    reading = world.reading(world.cases[0], world.readers[0])
    assert decide(world.manager, reading, draft, "accept").status_code == 403
