"""Learning from readings: the set-up and trigger of a project, training runs, and the history of champions."""

from django.conf import settings
from django.db import models

from annotations.assist.models import Model, ModelVersion
from annotations.learning.types import ChangeKind, Part, StartedBy, TrainingState
from annotations.reading.models import Project
from common.models import BaseModel
from jobs.models import Job


class LearningSetup(BaseModel):
    """How a project learns.

    `settings`: those of `ai.training.TrainingSettings` that differ from its defaults, and `prelabel_after` (true unless
    set otherwise): a new champion drafts the cases that nobody has opened.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="learning")
    model = models.ForeignKey(Model, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    champion = models.ForeignKey(ModelVersion, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    trigger_after = models.PositiveIntegerField(
        null=True, blank=True, help_text="Train after so many newly submitted cases; empty: by hand alone"
    )
    held_out_share = models.FloatField(default=0.25)
    seed = models.PositiveIntegerField(default=0)
    settings = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held_out_share__gt=0, held_out_share__lt=1), name="held_out_share_in_range"
            )
        ]

    def __str__(self) -> str:
        return f"learning of {self.project_id}"


class PatientPart(BaseModel):
    """Which side of the split a patient is on. Written once: a patient never changes sides."""

    setup = models.ForeignKey(LearningSetup, on_delete=models.CASCADE, related_name="patients")
    patient_key = models.CharField(max_length=64)
    part = models.CharField(max_length=10, choices=Part.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["setup", "patient_key"], name="patient_part_once"),
            models.CheckConstraint(condition=models.Q(part__in=Part.values), name="patient_part_known"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_key[:8]} {self.part}"


class TrainingRun(BaseModel):
    """One training, from a fixed split of consensus cases to a scored challenger.

    `labels`: class (text; 1, 2, … as the network counts) → {"value", "name"} of the project's label;
    `split`: {"train": [case id…], "held_out": [case id…]}; `inputs`: case id → [consensus id, revision];
    `curve`: [{"epoch", "loss", "held_out_dice", "seconds"}…]; `scores`: {"champion", "challenger"} → per-label and mean
    held-out Dice, with every case. `state` is how training ended; while it runs, or when it failed, its job says more.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="training_runs")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=10, choices=TrainingState.choices, default=TrainingState.WAITING)
    started_by = models.CharField(max_length=10, choices=StartedBy.choices)
    base_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    result_version = models.ForeignKey(ModelVersion, null=True, on_delete=models.SET_NULL, related_name="+")
    labels = models.JSONField(default=dict)
    split = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    settings = models.JSONField(default=dict)
    curve = models.JSONField(default=list)
    scores = models.JSONField(default=dict)
    checkpoint = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"training of {self.project_id} {self.created_at:%Y-%m-%d %H:%M}"


class ChampionChange(BaseModel):
    """The champion of a project changed; the newest row is the present one. Rows are never changed."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="champion_changes")
    version = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="+")
    previous = models.ForeignKey(ModelVersion, null=True, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(TrainingRun, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=12, choices=ChangeKind.choices)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=200)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.previous_id} → {self.version_id}"
