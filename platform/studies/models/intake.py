"""What came in, with whom, and what was set aside."""

import uuid

from django.conf import settings
from django.db import models

from common.clock import now
from common.models import BaseModel
from studies.models.index import Instance
from studies.types import ImportState, Outcome, SetAsideReason


class Import(BaseModel):
    """One batch of files that somebody brought in; `with_findings` counts those of the accepted that say something.

    When it was closed, `series_to_index` of its series wait for volumes and thumbnail, made by a job.
    """

    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    source = models.CharField(max_length=200, help_text="browser, stow-rs, or the path given to import_dicom")
    name = models.CharField(max_length=200, blank=True, help_text="What the person calls it")
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.OPEN)
    accepted = models.PositiveIntegerField(default=0)
    with_findings = models.PositiveIntegerField(default=0)
    duplicates = models.PositiveIntegerField(default=0)
    set_aside = models.PositiveIntegerField(default=0)
    series_to_index = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"


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
        indexes = (models.Index(fields=["blob"], name="set_aside_blob"),)

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class ImportedFile(models.Model):
    """What became of one file of an import.

    A row with an instance says that the import brought (or met again) that instance: its uploader may see it. Rows
    are numbered in the order of their coming. `modified_ns` is the file's time on the disk of the command line, so
    that an import that was killed knows what it has seen.
    """

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=1000)
    size_bytes = models.PositiveBigIntegerField(default=0)
    modified_ns = models.BigIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=20, choices=SetAsideReason.choices, blank=True)
    detail = models.TextField(blank=True)
    findings = models.JSONField(default=list, blank=True, help_text='[{"code", "detail"}, …]')
    instance = models.ForeignKey(Instance, null=True, blank=True, on_delete=models.SET_NULL, related_name="imports")
    set_aside = models.ForeignKey(SetAsideFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="files")

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=["batch", "path"], name="imported_file_path"),)

    def __str__(self) -> str:
        return f"{self.path}: {self.outcome}"


class PendingBlobs(models.Model):
    """Names of blobs that somebody is about to write, and whose rows are not there yet.

    Committed before the first byte is written, deleted in the transaction that writes the rows: after a kill it names
    everything that may lie in storage without a row (studies.services.recovery).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    names = models.JSONField()
    alive_at = models.DateTimeField(default=now, help_text="When the writer last said that it is at work")

    class Meta:
        verbose_name_plural = "pending blobs"

    def __str__(self) -> str:
        return f"{len(self.names)} blobs since {self.alive_at:%Y-%m-%d %H:%M:%S}"
