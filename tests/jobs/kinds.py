"""Kinds of job for tests; importing this module declares them."""

from typing import Any

from common.errors import InvalidError
from jobs.registry import JobContext, job
from jobs.services import cancel_job, emit_event
from jobs.types import Queue

SEEN: list[Any] = []


@job("tests.add", queue=Queue.INTERACTIVE)
def add(context: JobContext, *, a: int, b: int) -> dict[str, Any]:
    context.progress(0.5, "Half way")
    context.log("adding")
    return {"sum": a + b}


@job("tests.refuse", queue=Queue.CPU)
def refuse(context: JobContext) -> None:
    raise InvalidError("The wish was wrong.", code="wrong_wish")


@job("tests.crash", queue=Queue.CPU, max_attempts=3)
def crash(context: JobContext, *, until: int) -> dict[str, Any]:
    SEEN.append(context.attempt)
    if context.attempt < until:
        raise ZeroDivisionError("not yet")
    return {"attempt": context.attempt}


@job("tests.cancelled_inside", queue=Queue.CPU)
def cancelled_inside(context: JobContext) -> dict[str, Any]:
    from jobs.models import Job

    row = Job.objects.get(pk=context.job_id)
    assert row.created_by is not None
    cancel_job(actor=row.created_by, job=row)
    context.progress(0.5)
    raise AssertionError("progress must have raised")


@job("tests.finish", queue=Queue.CPU)
def finish(context: JobContext, *, steal: bool = False) -> None:
    """Write the outcome in finishing(); `steal` gives the job to another worker just before."""
    from uuid import uuid4

    from jobs.models import Job

    if steal:
        Job.objects.filter(pk=context.job_id).update(claim=uuid4())
    with context.finishing():
        emit_event(kind="tests.outcome", subject=f"job:{context.job_id}", payload={})
        context.result = {"done": True}


@job("tests.stop", queue=Queue.CPU)
def stop(context: JobContext) -> None:
    raise SystemExit(0)


@job("tests.unspeakable", queue=Queue.CPU, max_attempts=1)
def unspeakable(context: JobContext) -> dict[str, Any]:
    return {"value": object()}
