"""Jobs."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.policies import Actor, is_administrator
from accounts.selectors.people import teams_of
from common.errors import NotFoundError
from jobs.models import Job
from jobs.policies import STAFF_ROLES


def visible_jobs(*, actor: Actor) -> QuerySet[Job]:
    """Return the jobs `actor` may see, newest first: one's own, and those of teams one manages or engineers."""
    if actor.pk is None or not actor.is_active:
        return Job.objects.none()
    if is_administrator(actor):
        return Job.objects.all()
    staffed = teams_of(actor=actor, roles=STAFF_ROLES).values("pk")
    return Job.objects.filter(Q(created_by_id=actor.pk) | Q(team_id__in=staffed))


def job_for(*, actor: Actor, job_id: UUID) -> Job:
    """Return one visible job.

    Raises
    ------
    NotFoundError
        When there is none, or none that `actor` may see.
    """
    job = visible_jobs(actor=actor).filter(pk=job_id).first()
    if job is None:
        raise NotFoundError("There is no such job.")
    return job


def job_payload(job: Job) -> dict[str, Any]:
    """Return the JSON of a job, the same in answers and in `job.changed` events."""
    moments = {
        name: moment.isoformat().replace("+00:00", "Z") if (moment := getattr(job, name)) else None
        for name in ("created_at", "started_at", "finished_at")
    }
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "queue": job.queue,
        "state": job.state,
        "progress": job.progress,
        "message": job.message,
        "subject": job.subject,
        "team": str(job.team_id) if job.team_id else None,
        "error_code": job.error_code,
        "error_message": job.error_message,
        "result": job.result,
        "attempts": job.attempts,
        "max_attempts": job.max_attempts,
        "cancel_requested": job.cancel_requested,
        **moments,
    }
