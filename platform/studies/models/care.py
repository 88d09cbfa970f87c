"""How the archive is cared for: rules of storage, and the machines that may send to it."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.models import Team
from common.models import BaseModel


class StorageRules(models.Model):
    """The one row of rules of an installation; empty values mean no limit."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    quota_bytes = models.PositiveBigIntegerField(null=True, blank=True, help_text="Images and set-aside files together")
    warn_percent = models.PositiveSmallIntegerField(
        default=90, validators=[MinValueValidator(1), MaxValueValidator(100)], help_text="Of the quota"
    )
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Since the last arrival of a series"
    )
    set_aside_days = models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Since a file was set aside; none: for ever"
    )
    apply_retention = models.BooleanField(default=False, help_text="Delete by itself once a day")
    applied_at = models.DateTimeField(null=True, blank=True, help_text="When retention was last applied by itself")

    class Meta:
        verbose_name_plural = "storage rules"
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="storage_rules_one_row"),)

    def __str__(self) -> str:
        return f"quota {self.quota_bytes}, retention {self.retention_days} days"


class RemoteNode(BaseModel):
    """A machine that may send images to the DICOM listener.

    What it sends belongs to `user`; `team` sees it too. An empty `host` stands for any address.
    """

    ae_title = models.CharField(max_length=16, unique=True)
    host = models.CharField(max_length=255, blank=True)
    description = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ("ae_title",)

    def __str__(self) -> str:
        return self.ae_title
