"""Frozen datasets."""

from django.conf import settings
from django.db import models

from annotations.datasets.types import ReleaseState
from annotations.reading.models import Project, Protocol
from common.models import BaseModel
from jobs.models import Job


class Release(BaseModel):
    """A frozen dataset: its definition, the exact state it was made of, and one archive per format.

    `state` turns from freezing to frozen with the archives. That freezing failed is told by the job alone (see
    `annotations.datasets.selectors.releases.state_of`), so that a killed worker cannot leave it wrong.

    `definition`: {"label_source", "reader_id", "formats", "shares": {"train", "val", "test"}, "seed"};
    `members`: one dictionary per case (see `annotations.datasets.members`), fixed when freezing starts;
    `missing`: [{"case", "number", "reason", "formats"}…], likewise;
    `archives`: format → {"blob", "sha256", "size_bytes", "file_count", "manifest"} (blob and manifest name blobs).
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="releases")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.FREEZING)
    definition = models.JSONField()
    protocol = models.ForeignKey(Protocol, on_delete=models.PROTECT, related_name="+")
    members = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    archives = models.JSONField(default=dict)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_number_once"),
            models.CheckConstraint(condition=models.Q(state__in=ReleaseState.values), name="release_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
