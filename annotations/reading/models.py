"""Projects, their protocols, the cases to be read, the readings, and what readers agree on."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from annotations.marks.models import LabelSet, MarkSet
from annotations.reading.types import ConsensusRule, ProjectState, ReadingState
from common.models import BaseModel
from jobs.models import Job
from studies.models import Series


class Project(BaseModel):
    """A question asked of many cases; its team holds the people and their roles."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    team = models.OneToOneField(Team, on_delete=models.PROTECT, related_name="project")
    state = models.CharField(max_length=10, choices=ProjectState.choices, default=ProjectState.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Protocol(BaseModel):
    """What readers of a project do. Immutable: a change is a new version, and the newest counts.

    `form`: {"questions": […], "lesion": […]}, asked of a case and of each finding; see `annotations.reading.forms`.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="protocols")
    version = models.PositiveIntegerField()
    label_set = models.ForeignKey(LabelSet, on_delete=models.PROTECT, related_name="+")
    form = models.JSONField(default=dict)
    readers_per_case = models.PositiveIntegerField(default=2)
    blinded = models.BooleanField(default=True)
    ai_drafts = models.BooleanField(default=True, help_text="Readers see AI drafts; off is the no-AI control arm")
    consensus_rule = models.CharField(max_length=12, choices=ConsensusRule.choices, default=ConsensusRule.MAJORITY)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="protocol_version_once"),
            models.CheckConstraint(condition=models.Q(readers_per_case__gte=1), name="protocol_has_readers"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} v{self.version}"


class Case(BaseModel):
    """What is read at once: one or more series of one patient. Readers see `number` only, never the name."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="cases")
    number = models.PositiveIntegerField()
    patient_key = models.CharField(max_length=64, help_text="SHA-256 of the patient's identity: splits are by patient")
    series = models.ManyToManyField(Series, related_name="cases")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="case_number_once")]

    def __str__(self) -> str:
        return f"case {self.number}"


class Reading(BaseModel):
    """One reader's read of one case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings")
    mark_set = models.OneToOneField(MarkSet, on_delete=models.PROTECT, related_name="reading")
    state = models.CharField(max_length=10, choices=ReadingState.choices, default=ReadingState.ASSIGNED)
    opened_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_number = models.PositiveIntegerField(null=True, blank=True, help_text="The revision that was submitted")
    return_reason = models.TextField(blank=True)
    desk = models.UUIDField(null=True, blank=True, help_text="The machine (browser) at which the reader works on it")
    desk_at = models.DateTimeField(null=True, blank=True, help_text="When that machine was last heard of")

    class Meta:
        ordering = ["case__number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "reader"], name="reading_once"),
            models.CheckConstraint(condition=models.Q(state__in=ReadingState.values), name="reading_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} by {self.reader_id}"


class HangingRules(BaseModel):
    """Which layout a case opens with: a list of rules, of a project (no owner) or of one person in it.

    `rules`: [{"name", "modality", "body_part", "description", "priors", "layout", "slots"}], the first that fits counts
    (see reading.hanging). A person's own rules are asked before the project's.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="hanging_rules")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    rules = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "owner"], name="hanging_rules_once"),
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(owner=None), name="hanging_rules_of_project_once"
            ),
        ]

    def __str__(self) -> str:
        return f"hanging rules of {self.owner_id or self.project_id}"


class Agreement(BaseModel):
    """How far submitted readings of one case agree; `result` is per pair and label (see reading.tasks).

    `inputs`: [[reading id, revision number], …], so that it is known what was compared.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agreements")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    inputs = models.JSONField()
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"agreement on {self.case_id}"


class Consensus(BaseModel):
    """One mask out of several readings, with the rule and its parameters."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consensuses")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    rule = models.CharField(max_length=12, choices=ConsensusRule.choices)
    mark_set = models.OneToOneField(MarkSet, on_delete=models.PROTECT, related_name="consensus")
    inputs = models.JSONField()
    detail = models.JSONField(default=dict, help_text="parameters, per-reader sensitivity and specificity")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.rule} of {self.case_id}"
