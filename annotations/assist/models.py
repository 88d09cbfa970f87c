"""The door to AI: models and their versions, runs that draft marks, and what readers made of the drafts."""

from django.conf import settings
from django.db import models

from annotations.assist.types import DraftAction, VersionSource
from annotations.marks.models import MarkSet
from annotations.reading.models import Case, Project, Reading
from common.models import BaseModel
from jobs.models import Job


class Model(BaseModel):
    """A named line of model versions. `project` is set when it was trained for one project."""

    name = models.CharField(max_length=120, unique=True)
    description = models.TextField(blank=True)
    project = models.ForeignKey(Project, null=True, blank=True, on_delete=models.CASCADE, related_name="models")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ModelVersion(BaseModel):
    """One MONAI bundle, kept as a zip blob.

    `labels`: {"1": "organ", …} from the bundle's metadata; `untrusted_targets`: config targets outside monai and torch;
    `trusted_targets`: those of them that an administrator has allowed to run.
    """

    model = models.ForeignKey(Model, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=10, choices=VersionSource.choices)
    bundle = models.CharField(max_length=300)
    bundle_sha256 = models.CharField(max_length=64)
    weights_sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    metadata = models.JSONField(default=dict)
    labels = models.JSONField(default=dict)
    untrusted_targets = models.JSONField(default=list)
    trusted_targets = models.JSONField(default=list)
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    trusted_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["model", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="model_version_number_once"),
            models.UniqueConstraint(fields=["model", "bundle_sha256"], name="model_version_bundle_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model.name}/{self.number}"

    @property
    def may_run(self) -> bool:
        """True when nothing in its config needs trust, or an administrator has given it for every target."""
        return set(self.untrusted_targets) <= set(self.trusted_targets)


class Draft(BaseModel):
    """What one model version proposes for one case. `label_map`: bundle label value (text) → project label value.

    `mark_set` is null until its job has written it.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="drafts")
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, related_name="drafts")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    mark_set = models.OneToOneField(MarkSet, null=True, on_delete=models.PROTECT, related_name="draft")
    label_map = models.JSONField(default=dict)
    provenance = models.JSONField(default=dict, help_text="device, elapsed seconds, weights hash, seed")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"draft of {self.case_id} by {self.model_version_id}"


class DraftDecision(BaseModel):
    """What a reader did with a draft; the newest counts. The final outcome compares the marks themselves.

    `client_id` makes deciding idempotent: the same id twice is one decision.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="decisions")
    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="draft_decisions")
    action = models.CharField(max_length=10, choices=DraftAction.choices)
    revision_number = models.PositiveIntegerField(null=True, blank=True)
    client_id = models.UUIDField()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "client_id"], name="draft_decision_client_id_once"),
            models.CheckConstraint(
                condition=models.Q(action__in=DraftAction.values), name="draft_decision_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.draft_id}"
