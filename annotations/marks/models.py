"""Marks: label sets, and append-only mark sets whose every revision says who (or what) made it.

A `MarkSet` is everything one author says about one case: masks on frames, measurements, answers. It changes only by
appending a `Revision`, which holds just what changed: whole frames of labels, measurements, answers. The state at
revision n is, for each key, the newest row with a number ≤ n.
"""

from django.conf import settings
from django.db import models

from accounts.models import Team
from annotations.marks.types import Origin, RevisionKind
from common.models import BaseModel


class LabelSet(BaseModel):
    """A fixed list of labels; a changed list is a new label set."""

    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class Label(BaseModel):
    """One structure to mark. `value` is the number stored in masks (1..255).

    Its masks lie in its `layer` of a frame: labels of one layer exclude each other, labels of different layers may
    overlap.
    """

    label_set = models.ForeignKey(LabelSet, on_delete=models.CASCADE, related_name="labels")
    value = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=64)
    colour = models.CharField(max_length=7, help_text="#rrggbb")
    layer = models.PositiveSmallIntegerField(default=0, help_text="Labels of different layers may overlap")
    category_scheme = models.CharField(max_length=16, default="SCT")
    category_code = models.CharField(max_length=16, default="123037004")
    category_meaning = models.CharField(max_length=64, default="Anatomical Structure")
    type_scheme = models.CharField(max_length=16, default="SCT")
    type_code = models.CharField(max_length=16)
    type_meaning = models.CharField(max_length=64)

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["label_set", "value"], name="label_value_once"),
            models.UniqueConstraint(fields=["label_set", "name"], name="label_name_once"),
            models.CheckConstraint(condition=models.Q(value__gte=1, value__lte=255), name="label_value_in_range"),
            models.CheckConstraint(condition=models.Q(layer__lte=255), name="label_layer_in_range"),
        ]

    def __str__(self) -> str:
        return self.name


class MarkSet(BaseModel):
    """Everything one author says about one case. `head` is the number of its newest revision (0: nothing yet)."""

    label_set = models.ForeignKey(LabelSet, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    origin = models.CharField(max_length=12, choices=Origin.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    head = models.PositiveIntegerField(default=0)
    locked = models.BooleanField(default=False, help_text="A locked mark set takes no revision")
    used_values = models.JSONField(default=list, help_text="Every label value that any revision has held, in order")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(origin__in=Origin.values), name="mark_set_origin_known")
        ]

    def __str__(self) -> str:
        return f"{self.origin} {self.id} r{self.head}"


class Revision(BaseModel):
    """An immutable step of a mark set, with its provenance.

    `client_id` makes sending idempotent: the same id twice is one revision.
    """

    mark_set = models.ForeignKey(MarkSet, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=RevisionKind.choices)
    client_id = models.UUIDField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    model_version = models.CharField(max_length=160, blank=True, help_text="name/number of the model that made it")
    tool = models.CharField(max_length=40, blank=True)
    source_mark_set = models.ForeignKey(MarkSet, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source_number = models.PositiveIntegerField(null=True, blank=True)
    protocol_version = models.PositiveIntegerField(default=1)
    drawn_at = models.DateTimeField(null=True, blank=True, help_text="When the browser made it")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["mark_set", "number"], name="revision_number_once"),
            models.UniqueConstraint(fields=["mark_set", "client_id"], name="revision_client_id_once"),
        ]

    def __str__(self) -> str:
        return f"r{self.number} of {self.mark_set_id}"


class FrameMask(models.Model):
    """The labels of one frame as of one revision: zlib-compressed uint8[rows*columns], row-major; empty = all zero."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="frames")
    mark_set = models.ForeignKey(MarkSet, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="the revision's number, repeated for the index")
    sop_instance_uid = models.CharField(max_length=64)
    frame_number = models.PositiveIntegerField(default=1)
    layer = models.PositiveSmallIntegerField(default=0)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mark_set", "sop_instance_uid", "frame_number", "layer", "number"], name="frame_mask_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sop_instance_uid}#{self.frame_number} r{self.number}"


class MeasurementState(models.Model):
    """One measurement as of one revision. `data` is null when it was deleted.

    `data`: {"type": "length", "sop_instance_uid", "frame_number", "points_lps": [[x, y, z], …], "value", "unit",
    "label", "values": {name: {"value", "unit"}}, "text"}; see `annotations.marks.measurements`.
    """

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="measurements")
    mark_set = models.ForeignKey(MarkSet, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    key = models.UUIDField()
    data = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark_set", "key", "number"], name="measurement_state_once")]

    def __str__(self) -> str:
        return f"{self.key} r{self.number}"


class AnswerState(models.Model):
    """The answer to one question of the case form as of one revision (null: taken back)."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="answers")
    mark_set = models.ForeignKey(MarkSet, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    question = models.CharField(max_length=40)
    value = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark_set", "question", "number"], name="answer_state_once")]

    def __str__(self) -> str:
        return f"{self.question} r{self.number}"
