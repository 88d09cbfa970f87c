"""Frozen datasets."""

from django.conf import settings
from django.db import models

from annotations.datasets.types import ReleaseState
from annotations.reading.models import Project
from common.models import BaseModel
from jobs.models import Job


class Release(BaseModel):
    """A frozen dataset: its definition, the exact state it was made of, and one archive per format.

    `definition`: {"label_source", "reader_id", "formats", "shares": {"train", "val", "test"}, "seed"};
    `members`: [{"case", "mark_set", "revision", "split", "patient_key"}…], fixed when freezing starts;
    `archives`: format → {"blob", "sha256", "size_bytes", "files": {path: sha256}}.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.FREEZING)
    definition = models.JSONField()
    members = models.JSONField(default=list)
    archives = models.JSONField(default=dict)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="release_number_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
