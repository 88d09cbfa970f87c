"""Telling the browsers: rows first, then a nudge."""

from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from accounts.models import Team, User
from jobs.models import Event, Job
from jobs.policies import is_staff_of
from jobs.selectors.jobs import job_payload

WAKE_GROUP = "events"


def emit_event(
    *,
    kind: str,
    subject: str,
    payload: dict[str, Any],
    team: Team | None = None,
    user: User | None = None,
    staff_only: bool = False,
) -> None:
    """Write one event in the present transaction; it is heard when and only when that commits.

    Ids become visible in growing order, so that "everything after id n" misses nothing: on SQLite there is one writer
    at a time, on PostgreSQL a deferred trigger numbers the rows at commit under a lock (migration 0002).

    Parameters
    ----------
    kind : str
        Such as `reading.changed`.
    subject : str
        `kind:id` of what it is about.
    payload : dict
        JSON facts; everything in it is shown to the whole audience.
    team, user, staff_only
        The audience: one user alone, or a team (its managers and engineers when `staff_only`), or, when neither is
        given, administrators.

    Raises
    ------
    ValueError
        When both a user and a team are given: tell each with an event of their own.
    """
    if user is not None and team is not None:
        raise ValueError("An event is for one user or for a team; emit two events to tell both.")
    Event.objects.create(kind=kind, subject=subject, payload=payload, team=team, user=user, staff_only=staff_only)
    if settings.REDIS_URL:
        transaction.on_commit(wake_streams, robust=True)  # a lost nudge only costs a poll interval


def wake_streams() -> None:
    """Nudge the event streams of all web processes to look now."""
    layer = get_channel_layer()
    if layer is not None:
        async_to_sync(layer.group_send)(WAKE_GROUP, {"type": "wake"})


def emit_job_changed(*, job: Job) -> None:
    """Tell the staff of the job's team (administrators when it has none), and whoever started it."""
    payload = job_payload(job)
    subject = f"job:{job.pk}"
    emit_event(kind="job.changed", subject=subject, payload=payload, team=job.team, staff_only=True)
    creator = job.created_by
    if creator is not None and not is_staff_of(user=creator, team=job.team):
        emit_event(kind="job.changed", subject=subject, payload=payload, user=creator)
