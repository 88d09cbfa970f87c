"""The append-only record of who did what."""

from django.db import models

from common.clock import now


class AuditRecord(models.Model):
    """One thing that was done. The database refuses to change or delete a row (see migration 0002)."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=now, editable=False)
    actor_id = models.UUIDField(null=True, editable=False)
    actor_name = models.CharField(max_length=160, editable=False)
    action = models.CharField(max_length=80, editable=False, db_index=True)
    subject = models.CharField(max_length=120, editable=False, db_index=True)
    team_id = models.UUIDField(null=True, editable=False, db_index=True)
    detail = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor_name} {self.action} {self.subject}"
