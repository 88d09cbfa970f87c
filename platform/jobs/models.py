"""The Job row is the truth about background work; Celery only carries its id. Events feed the browser."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from common.clock import now
from common.models import BaseModel
from jobs.types import JobState, Queue


class Job(BaseModel):
    """One piece of background work."""

    kind = models.CharField(max_length=80)
    queue = models.CharField(max_length=20, choices=Queue.choices)
    arguments = models.JSONField(default=dict)
    subject = models.CharField(max_length=120, blank=True, db_index=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.QUEUED)
    progress = models.FloatField(default=0.0)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=80, blank=True)
    error_message = models.TextField(blank=True)
    attempts = models.PositiveIntegerField(default=0)
    max_attempts = models.PositiveIntegerField(default=3)
    not_before = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    worker = models.CharField(max_length=160, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "not_before"], name="job_state_not_before")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=models.Q(progress__gte=0, progress__lte=1), name="job_progress_share"),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.RUNNING) | models.Q(claim__isnull=False),
                name="job_running_is_claimed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.progress:.0%}"


class JobLog(models.Model):
    """One line a job said."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(default=now)
    text = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Event(models.Model):
    """Something a browser may want to know, with a growing id; written in the transaction that made it true.

    Audience: `user` alone, or those of `team` (only its managers and engineers when `staff_only`), or, when both
    are empty, administrators.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now)
    kind = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    staff_only = models.BooleanField(default=False)
    payload = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.subject}"
