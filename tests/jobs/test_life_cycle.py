"""A job's life: queued, claimed, and ended exactly once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from common.clock import now
from jobs.execution import backoff_of, run_job
from jobs.models import Event, Job, JobLog
from jobs.registry import job, kind_named
from jobs.services import enqueue_job, hasten_job, postpone_job
from jobs.sweeping import sweep
from jobs.types import JobState, Queue
from tests import factories
from tests.jobs import kinds

pytestmark = pytest.mark.django_db
LONG = timedelta(hours=1)


def queued(kind, actor=None, **arguments):
    return enqueue_job(actor=actor, kind=kind, arguments=arguments)


def fresh(row):
    row.refresh_from_db()
    return row


def test_a_job_runs_and_tells(run_jobs):
    row = queued("tests.add", a=2, b=3)
    assert (row.state, row.queue) == (JobState.QUEUED, Queue.INTERACTIVE)
    assert run_jobs() == 1
    fresh(row)
    assert (row.state, row.result, row.progress, row.attempts) == (JobState.SUCCEEDED, {"sum": 5}, 1.0, 1)
    assert row.claim is None
    assert row.started_at <= row.finished_at
    assert [line.text for line in row.log.all()] == ["adding"]
    states = [event.payload["state"] for event in Event.objects.filter(kind="job.changed")]
    assert states == ["queued", "running", "running", "succeeded"]


def test_a_second_message_finds_nothing_to_do():
    row = queued("tests.add", a=2, b=3)
    assert run_job(row.pk) is True
    assert run_job(row.pk) is False
    assert run_job(uuid4()) is False
    assert fresh(row).attempts == 1


def test_a_refusal_is_final_and_keeps_its_code(run_jobs):
    row = queued("tests.refuse")
    assert run_jobs() == 1
    fresh(row)
    assert (row.state, row.error_code, row.error_message) == (JobState.FAILED, "wrong_wish", "The wish was wrong.")


def test_a_crash_is_tried_again_after_a_while(caplog):
    row = queued("tests.crash", until=3)
    kinds.SEEN.clear()
    run_job(row.pk)
    fresh(row)
    assert row.state == JobState.QUEUED
    assert row.sent_at is None
    assert timedelta(seconds=1) < row.not_before - now() <= backoff_of(1)
    assert "ZeroDivisionError: not yet" in row.message
    run_job(row.pk)
    run_job(row.pk)
    assert kinds.SEEN == [1, 2, 3]
    assert (fresh(row).state, row.result) == (JobState.SUCCEEDED, {"attempt": 3})
    assert "Traceback" in row.log.first().text


def test_crashes_end_in_failure(caplog, run_jobs):
    row = queued("tests.crash", until=99)
    assert run_jobs() == 3
    fresh(row)
    assert (row.state, row.error_code, row.attempts) == (JobState.FAILED, "crashed", 3)
    assert row.error_message == "ZeroDivisionError: not yet"


def test_backoff_grows_to_a_limit():
    assert [backoff_of(n).total_seconds() for n in (1, 2, 3, 9)] == [2, 8, 32, 600]


def test_a_result_that_is_no_json_is_a_crash(caplog, run_jobs):
    row = queued("tests.unspeakable")
    run_jobs()
    assert (fresh(row).state, row.error_code) == (JobState.FAILED, "crashed")


def test_an_unknown_kind_is_our_own_mistake():
    with pytest.raises(LookupError, match=r"no\.such"):
        queued("no.such")
    with pytest.raises(ValueError, match="Two functions"):
        job("tests.add", queue=Queue.CPU)(kinds.crash)
    assert kind_named("tests.add").max_attempts == 3


def test_a_running_job_stops_when_it_is_cancelled(run_jobs):
    ann = factories.user("ann")
    row = queued("tests.cancelled_inside", actor=ann)
    run_jobs()
    assert (fresh(row).state, row.cancel_requested) == (JobState.CANCELLED, True)


def test_the_outcome_is_written_with_the_end(run_jobs):
    row = queued("tests.finish")
    run_jobs()
    assert (fresh(row).state, row.result) == (JobState.SUCCEEDED, {"done": True})
    assert Event.objects.filter(kind="tests.outcome").count() == 1


def test_who_lost_the_claim_writes_nothing(caplog):
    row = queued("tests.finish", steal=True)
    run_job(row.pk)
    assert fresh(row).state == JobState.RUNNING
    assert row.result == {}
    assert not Event.objects.filter(kind="tests.outcome").exists()


def test_a_stopped_worker_puts_its_job_back_uncounted():
    row = queued("tests.stop")
    with pytest.raises(SystemExit):
        run_job(row.pk)
    assert (fresh(row).state, row.attempts, row.claim, row.sent_at) == (JobState.QUEUED, 0, None, None)


def running(attempts, heartbeat_ago, **values):
    return Job.objects.create(
        kind="tests.add",
        queue=Queue.CPU,
        arguments={"a": 1, "b": 1},
        state=JobState.RUNNING,
        claim=uuid4(),
        worker="gone:1",
        attempts=attempts,
        heartbeat_at=now() - heartbeat_ago,
        **values,
    )


@pytest.fixture
def sent(monkeypatch):
    """Return the ids that were handed to the broker, which is outside."""
    from jobs.services import sending

    ids = []
    monkeypatch.setattr(sending.app, "send_task", lambda name, args, queue: ids.append((args[0], queue)))
    return ids


def test_the_sweeper_takes_jobs_from_dead_workers(sent, caplog):
    alive = running(1, timedelta(seconds=5))
    dead = running(1, timedelta(seconds=20))
    worn = running(3, timedelta(seconds=20))
    unwanted = running(1, timedelta(seconds=20), cancel_requested=True)
    swept = sweep(lost_after=timedelta(seconds=15), resend_after=LONG)
    assert swept.recovered == 3
    assert fresh(alive).state == JobState.RUNNING
    assert (fresh(dead).state, dead.claim) == (JobState.QUEUED, None)
    assert (fresh(worn).state, worn.error_code) == (JobState.FAILED, "worker_lost")
    assert fresh(unwanted).state == JobState.CANCELLED
    assert JobLog.objects.filter(job=dead).count() == 1
    assert sweep(lost_after=timedelta(seconds=15), resend_after=LONG).recovered == 0


def test_the_sweeper_sends_what_was_lost_and_what_is_due(sent):
    def waiting(**values):
        values = {"created_at": now() - timedelta(minutes=1), **values}
        return Job.objects.create(kind="tests.add", queue=Queue.IO, **values)

    never_sent = waiting()
    lost = waiting(sent_at=now() - timedelta(minutes=5))
    waiting(sent_at=now() - timedelta(seconds=5))
    waiting(not_before=now() + timedelta(minutes=1))
    waiting(created_at=now())
    assert sweep(lost_after=LONG, resend_after=timedelta(minutes=1)).sent == 2
    assert {pk for pk, _ in sent} == {str(never_sent.pk), str(lost.pk)}
    assert {queue for _, queue in sent} == {"io"}
    assert sweep(lost_after=LONG, resend_after=timedelta(minutes=1)).sent == 0


def test_a_delayed_job_is_sent_when_it_is_due(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = enqueue_job(actor=None, kind="tests.add", arguments={"a": 1, "b": 1}, delay=timedelta(minutes=1))
    Job.objects.filter(pk=row.pk).update(created_at=now() - timedelta(seconds=30))
    assert sweep(lost_after=LONG, resend_after=LONG).sent == 0
    assert postpone_job(job=fresh(row), delay=timedelta(minutes=2), at_most=timedelta(minutes=10))
    assert timedelta(seconds=100) < fresh(row).not_before - now() <= timedelta(minutes=2)
    assert not postpone_job(job=fresh(row), delay=timedelta(seconds=1), at_most=timedelta(minutes=10))  # earlier
    assert not postpone_job(job=fresh(row), delay=timedelta(minutes=5), at_most=timedelta(minutes=2))  # long enough
    assert not sent
    Job.objects.filter(pk=row.pk).update(not_before=now())
    assert sweep(lost_after=LONG, resend_after=LONG).sent == 1
    assert not postpone_job(job=fresh(row), delay=timedelta(minutes=1), at_most=timedelta(minutes=10))  # on its way


def test_a_delayed_job_is_sent_when_somebody_waits_for_it(sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = enqueue_job(actor=None, kind="tests.add", arguments={"a": 1, "b": 1}, delay=timedelta(minutes=1))
        assert hasten_job(job=row)
        assert not hasten_job(job=row)
    assert [pk for pk, _ in sent] == [str(row.pk)]


def test_a_broker_that_is_away_loses_nothing(monkeypatch, django_capture_on_commit_callbacks, caplog):
    from jobs.services import sending

    def refuse(*args, **kwargs):
        raise ConnectionError("away")

    monkeypatch.setattr(sending.app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        row = queued("tests.add", a=1, b=1)
    assert (fresh(row).state, row.sent_at) == (JobState.QUEUED, None)
    assert "away" in caplog.text
