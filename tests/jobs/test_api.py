"""Jobs by HTTP: who sees, who cancels, who tries again."""

from uuid import uuid4

import pytest

from audit.models import AuditRecord
from jobs.models import Job
from jobs.services import enqueue_job
from jobs.types import JobState
from tests import factories
from tests.jobs import kinds  # noqa: F401  (declares the kinds)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Return two teams' people by name."""
    names = ("manager_a", "engineer_a", "reader_a", "adjudicator_a", "manager_b", "stranger")
    made = {name: factories.user(name) for name in names}
    made["team_a"] = factories.team(
        "A",
        manager=[made["manager_a"]],
        engineer=[made["engineer_a"]],
        reader=[made["reader_a"]],
        adjudicator=[made["adjudicator_a"]],
    )
    made["team_b"] = factories.team("B", manager=[made["manager_b"]])
    return made


def test_who_sees_a_teams_job(people, administrator, client_of):
    row = enqueue_job(actor=None, kind="tests.add", arguments={"a": 1, "b": 1}, subject="case:1", team=people["team_a"])
    sees = {"manager_a", "engineer_a"}
    for name in ("manager_a", "engineer_a", "reader_a", "adjudicator_a", "manager_b", "stranger"):
        api = client_of(people[name])
        assert [job["id"] for job in api.get("/api/jobs").json()] == ([str(row.pk)] if name in sees else [])
        for address in ("", "/log"):
            assert api.get(f"/api/jobs/{row.pk}{address}").status_code == (200 if name in sees else 404)
        for action in ("cancel", "retry"):
            if name not in sees:
                assert api.post(f"/api/jobs/{row.pk}/{action}").status_code == 404
    assert client_of(administrator).get(f"/api/jobs/{row.pk}").status_code == 200
    assert client_of().get("/api/jobs").status_code == 401


def test_who_started_a_job_sees_and_steers_it(people, client_of):
    row = enqueue_job(actor=people["reader_a"], kind="tests.add", arguments={"a": 1, "b": 1}, team=people["team_a"])
    api = client_of(people["reader_a"])
    assert api.get(f"/api/jobs/{row.pk}").json()["state"] == "queued"
    assert api.post(f"/api/jobs/{row.pk}/cancel").json()["state"] == "cancelled"
    assert AuditRecord.objects.get(action="job.cancel").subject == f"job:{row.pk}"


def test_the_json_has_the_agreed_names(administrator, client_of, run_jobs):
    row = enqueue_job(actor=administrator, kind="tests.add", arguments={"a": 1, "b": 1}, subject="case:1")
    run_jobs()
    body = client_of(administrator).get(f"/api/jobs/{row.pk}").json()
    assert set(body) == {
        *("id", "kind", "queue", "state", "progress", "message", "subject", "team", "error_code", "error_message"),
        *("result", "attempts", "max_attempts", "cancel_requested", "created_at", "started_at", "finished_at"),
    }
    from jobs.api import JobSerializer

    assert set(body) == set(JobSerializer().fields)
    assert body["result"] == {"sum": 2}
    assert body["finished_at"].endswith("Z")


def test_filters(administrator, client_of, run_jobs):
    first = enqueue_job(actor=None, kind="tests.add", arguments={"a": 1, "b": 1}, subject="case:1")
    run_jobs()
    second = enqueue_job(actor=None, kind="tests.add", arguments={"a": 1, "b": 1}, subject="case:2")
    api = client_of(administrator)

    def ids(query):
        return [row["id"] for row in api.get(f"/api/jobs?{query}").json()]

    assert ids("") == [str(second.pk), str(first.pk)]
    assert ids("limit=1") == [str(second.pk)]
    assert ids("state=succeeded") == [str(first.pk)]
    assert ids("subject=case:2") == [str(second.pk)]
    assert api.get("/api/jobs?state=lost").status_code == 400
    assert api.get("/api/jobs?limit=0").status_code == 400
    assert api.get(f"/api/jobs/{uuid4()}").status_code == 404


def test_cancel_and_retry_have_their_times(administrator, client_of, run_jobs):
    row = enqueue_job(actor=administrator, kind="tests.refuse", arguments={})
    api = client_of(administrator)
    early = api.post(f"/api/jobs/{row.pk}/retry")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "job_not_retryable")
    run_jobs()
    late = api.post(f"/api/jobs/{row.pk}/cancel")
    assert (late.status_code, late.json()["error"]["code"]) == (409, "job_ended")
    again = api.post(f"/api/jobs/{row.pk}/retry").json()
    assert (again["state"], again["attempts"], again["error_code"], again["finished_at"]) == ("queued", 0, "", None)
    assert run_jobs() == 1
    assert Job.objects.get(pk=row.pk).state == JobState.FAILED
