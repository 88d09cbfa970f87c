"""What came in, with whom, and what was set aside."""

from django.conf import settings
from django.db import models

from common.models import BaseModel
from studies.models.index import Instance
from studies.types import ImportState, SetAsideReason


class Import(BaseModel):
    """One batch of files that somebody brought in."""

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=200, help_text="browser, stow-rs, or the path given to import_dicom")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.OPEN)
    accepted = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"


class ImportedInstance(models.Model):
    """Which import brought (or met again) which instance: its uploader may see it."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="instances")
    instance = models.ForeignKey(Instance, on_delete=models.CASCADE, related_name="imports")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "instance"], name="imported_instance_once"),)

    def __str__(self) -> str:
        return f"{self.instance_id} by {self.batch_id}"


class SetAsideFile(BaseModel):
    """A file that could not be taken in: its bytes, and a reason a person understands."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="set_aside_files")
    path = models.CharField(max_length=1000)
    reason = models.CharField(max_length=20, choices=SetAsideReason.choices)
    detail = models.TextField(blank=True)
    blob = models.CharField(max_length=300, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"
