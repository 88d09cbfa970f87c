"""A reader learns nothing of another reader, by any door; who reads a case is blind to it whatever their roles."""

import pytest

from accounts.types import Role
from annotations.reading import policies
from annotations.reading.models import Agreement, Consensus
from annotations.reading.selectors.cases import case_overview
from annotations.reading.services.projects import set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import ProtocolDraft
from jobs.models import Event, Job
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import draw, revision, submit
from tests.annotations.reading.conftest import ORGAN_LESION, House, make_house


@pytest.fixture
def read_house(house, run_jobs) -> House:
    """Return the house after case 1 was read by both, and the results were computed."""
    mask = (rows.frame(house.place(), rows.plane(1)),)
    submit(house.reading("ann"), mask)
    submit(house.reading("ben"), mask)
    run_jobs()
    assert Consensus.objects.exists()
    return house


READING_DOORS = [
    ("get", "", None),
    ("get", "/frames", None),
    ("get", "/revisions", None),
    ("post", "/open", {}),
    ("post", "/revisions", "revision"),
    ("post", "/restore", {"number": 0, "base_revision": 0, "client_id": "00000000-0000-0000-0000-000000000001"}),
    ("post", "/submit", {"base_revision": 0}),
    ("post", "/return", {"reason": "x"}),
]


def test_anothers_reading_does_not_exist_for_a_reader(api, read_house):
    ben = read_house.reading("ben")
    for method, door, body in READING_DOORS:
        sent = revision(ben.mark_set.head) if body == "revision" else body
        answer = api(read_house.readers["ann"], method, f"readings/{ben.pk}{door}", sent)
        assert answer.status_code == 404, door
        assert "ben" not in answer.content.decode().lower()


def test_no_answer_a_reader_can_get_names_another_reader(api, read_house):
    ann, project, case = read_house.readers["ann"], read_house.project, read_house.cases[0]
    ben = read_house.reading("ben")
    consensus = Consensus.objects.get()
    paths = [
        "projects",
        f"projects/{project.pk}",
        f"projects/{project.pk}/protocol",
        f"projects/{project.pk}/members",
        f"projects/{project.pk}/cases",
        f"projects/{project.pk}/progress",
        "worklist",
        f"readings/{read_house.reading('ann').pk}",
        f"readings/{read_house.reading('ann').pk}/revisions",
        f"readings/{read_house.reading('ann').pk}/frames",
        f"cases/{case.pk}",
        f"mark-sets/{ben.mark_set_id}/frames",
        f"mark-sets/{consensus.mark_set_id}/frames",
        "jobs",
        *(f"jobs/{job.pk}" for job in Job.objects.all()),
        *(f"jobs/{job.pk}/log" for job in Job.objects.all()),
    ]
    secrets = ["ben", str(ben.pk), str(ben.mark_set_id), str(consensus.pk), str(consensus.mark_set_id), "mean_dice"]
    for path in paths:
        answer = api(ann, "get", path)
        text = answer.content.decode().lower()
        assert answer.status_code in (200, 403, 404), path
        assert not [secret for secret in secrets if secret in text], path
    for path in (f"projects/{project.pk}/members", f"projects/{project.pk}/cases", f"projects/{project.pk}/progress"):
        assert api(ann, "get", path).status_code == 403
    for path in (
        f"cases/{case.pk}",
        f"mark-sets/{ben.mark_set_id}/frames",
        f"mark-sets/{consensus.mark_set_id}/frames",
    ):
        assert api(ann, "get", path).status_code == 404
    assert api(ann, "post", f"cases/{case.pk}/consensus", {}).status_code == 404
    assert api(ann, "post", f"cases/{case.pk}/agreement", {}).status_code == 404


def test_a_reader_counts_their_own_readings_alone(api, house):
    submit(house.reading("ben"))
    path = f"projects/{house.project.pk}"
    assert api(house.readers["ann"], "get", path).json()["counts"] == {"cases": 2, "readings": 2, "submitted": 0}
    assert api(house.manager, "get", path).json()["counts"] == {"cases": 2, "readings": 4, "submitted": 1}


def test_no_event_about_a_reading_reaches_another_reader(read_house):
    ann = read_house.readers["ann"]
    heard = Event.objects.filter(user=ann) | Event.objects.filter(team=read_house.project.team, staff_only=False)
    text = str([(event.kind, event.subject, event.payload) for event in heard])
    ben = read_house.reading("ben")
    assert str(ben.pk) not in text
    assert str(Consensus.objects.get().pk) not in text
    assert "case.changed" not in text


def test_jobs_of_a_case_belong_to_nobody(read_house):
    assert {job.kind for job in Job.objects.all()} == {"reading.agreement", "reading.consensus"}
    assert not Job.objects.filter(created_by__isnull=False).exists()
    assert all(set(job.result) <= {"agreement", "consensus", "mark_set"} for job in Job.objects.all())


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADJUDICATOR, Role.ENGINEER, Role.RESEARCHER])
def test_who_reads_a_case_is_blind_to_it_whatever_their_other_role(api, house, run_jobs, role):
    """Ann is reader and more; while her reading is open, Ben's marks and the results stay hidden from her."""
    ann = house.readers["ann"]
    set_member(actor=house.manager, project=house.project, user=ann, roles=[Role.READER, role])
    submit(house.reading("ben"), (rows.frame(house.place(), rows.plane(1)),))
    submit(house.reading("ann"))
    run_jobs()
    api(house.manager, "post", f"readings/{house.reading('ann').pk}/return", {"reason": "again"})
    ben, consensus = house.reading("ben"), Consensus.objects.get()
    doors = [f"readings/{ben.pk}", f"mark-sets/{ben.mark_set_id}/frames", f"mark-sets/{consensus.mark_set_id}/frames"]
    assert [api(ann, "get", door).status_code for door in doors] == [404, 404, 404]
    if role != Role.RESEARCHER:
        case = api(ann, "get", f"cases/{house.cases[0].pk}").json()
        assert (case["agreement"], case["consensus"]) == (None, None)
        (first, _) = api(ann, "get", f"projects/{house.project.pk}/cases").json()
        assert (first["agreement"], first["consensus"]) == (None, None)
    submit(house.reading("ann"))
    run_jobs()
    sees_readings = role in policies.OVERSEERS
    expected = [200 if sees_readings else 404, 200 if sees_readings else 404, 200]
    assert [api(ann, "get", door).status_code for door in doors] == expected


def test_unblinded_peers_see_each_other_after_submitting_both(api, db):
    house = make_house("north", blinded=False, cases=1)
    ann, ben = house.reading("ann"), house.reading("ben")

    def seen():
        """Whether Ann sees Ben's reading, and Ben Ann's."""
        doors = [(ann.reader, ben), (ben.reader, ann)]
        return [api(user, "get", f"readings/{reading.pk}").status_code for user, reading in doors]

    draw(ben, (rows.frame(house.place(), rows.plane(1)),))
    assert seen() == [404, 404]
    submit(ann)
    assert seen() == [404, 404]
    submit(ben)
    assert seen() == [200, 200]
    api(house.manager, "post", f"readings/{ben.pk}/return", {"reason": "again"})
    assert seen() == [404, 404]
    submit(ben)
    body = api(ann.reader, "get", f"readings/{ben.pk}").json()
    assert body["may_edit"] is False
    assert api(ann.reader, "post", f"readings/{ben.pk}/revisions", revision(2)).status_code == 404
    assert api(ann.reader, "get", f"mark-sets/{ben.mark_set_id}/frames").status_code == 200
    set_protocol(actor=house.manager, project=house.project, draft=ProtocolDraft(labels=ORGAN_LESION, blinded=True))
    assert seen() == [404, 404]


def test_managers_see_marks_and_results(api, read_house):
    manager, case = read_house.manager, read_house.cases[0]
    assert case_overview(actor=manager, case_id=case.pk).agreement == Agreement.objects.get()
    body = api(manager, "get", f"cases/{case.pk}").json()
    assert body["state"] == "complete"
    assert body["agreement"]["result"]["mean_dice"] == 1.0
    assert api(manager, "get", f"mark-sets/{body['consensus']['mark_set']}/frames").json()["frames"]
    rows_ = api(manager, "get", f"projects/{read_house.project.pk}/cases").json()
    assert rows_[0]["agreement"] == {"mean_dice": 1.0}
    assert rows_[0]["consensus"]["rule"] == "majority"
    assert (rows_[1]["agreement"], rows_[1]["consensus"], rows_[1]["state"]) == (None, None, "waiting")
