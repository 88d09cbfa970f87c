"""What learning looks like outside."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.assist.api.serializers import ModelVersionSerializer, ReaderNameSerializer
from annotations.learning.models import ChampionChange, TrainingRun
from annotations.learning.selectors.setup import run_state
from annotations.learning.types import ChangeKind, TrainingState
from jobs.types import JobState


class CurvePointSerializer(serializers.Serializer[Any]):
    """One epoch; Dice is null where it was not taken or is undefined."""

    epoch = serializers.IntegerField()
    loss = serializers.FloatField()
    held_out_dice = serializers.FloatField(allow_null=True)
    per_label = serializers.DictField(child=serializers.FloatField(allow_null=True))
    seconds = serializers.FloatField()


class CaseScoreSerializer(serializers.Serializer[Any]):
    """Dice of one held-out volume."""

    name = serializers.CharField()
    per_label = serializers.DictField(child=serializers.FloatField(allow_null=True))


class ScoreSerializer(serializers.Serializer[Any]):
    """Dice on the held-out cases; keys of `per_label` are classes (text), see `label_names`."""

    version = serializers.UUIDField()
    mean = serializers.FloatField(allow_null=True)
    per_label = serializers.DictField(child=serializers.FloatField(allow_null=True))
    per_case = CaseScoreSerializer(many=True)


class ScoresSerializer(serializers.Serializer[Any]):
    """Both sides of a contest; empty while it is not over."""

    champion = ScoreSerializer(allow_null=True, required=False)
    challenger = ScoreSerializer(allow_null=True, required=False)


class TrainingRunSerializer(serializers.ModelSerializer[TrainingRun]):
    """A training run. `state` is `failed` when its job failed or was cancelled."""

    state = serializers.SerializerMethodField()
    job_state = serializers.SerializerMethodField()
    progress = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    error_code = serializers.SerializerMethodField()
    error_message = serializers.SerializerMethodField()
    base_version = ModelVersionSerializer(allow_null=True)
    result_version = ModelVersionSerializer(allow_null=True)
    split = serializers.DictField(child=serializers.ListField(child=serializers.UUIDField()))
    settings = serializers.DictField()
    curve = CurvePointSerializer(many=True)
    scores = ScoresSerializer()
    label_names = serializers.SerializerMethodField()

    class Meta:
        model = TrainingRun
        fields = (
            "id",
            "project",
            "job",
            "state",
            "job_state",
            "progress",
            "message",
            "error_code",
            "error_message",
            "started_by",
            "base_version",
            "result_version",
            "split",
            "settings",
            "curve",
            "scores",
            "label_names",
            "created_at",
            "finished_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=TrainingState.choices))
    def get_state(self, run: TrainingRun) -> str:
        """Return how it stands, its job considered."""
        return run_state(run)

    @extend_schema_field(serializers.ChoiceField(choices=JobState.choices, allow_null=True))
    def get_job_state(self, run: TrainingRun) -> str | None:
        """Return how its job stands."""
        return run.job.state if run.job else None

    def get_progress(self, run: TrainingRun) -> float:
        """Return the share done."""
        return run.job.progress if run.job else 0.0

    def get_message(self, run: TrainingRun) -> str:
        """Return what it is doing."""
        return run.job.message if run.job else ""

    def get_error_code(self, run: TrainingRun) -> str:
        """Return the kind of its failure."""
        return run.job.error_code if run.job else ""

    def get_error_message(self, run: TrainingRun) -> str:
        """Return why it failed."""
        return run.job.error_message if run.job else ""

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_label_names(self, run: TrainingRun) -> dict[str, str]:
        """Return class (text) → label name."""
        return {place: label["name"] for place, label in run.labels.items()}


class ChampionChangeSerializer(serializers.ModelSerializer[ChampionChange]):
    """A change of champion."""

    kind = serializers.ChoiceField(choices=ChangeKind.choices)
    version = ModelVersionSerializer(allow_null=True)
    previous = ModelVersionSerializer(allow_null=True)
    changed_by = ReaderNameSerializer(allow_null=True)

    class Meta:
        model = ChampionChange
        fields = ("id", "kind", "version", "previous", "run", "changed_by", "reason", "created_at")
        read_only_fields = fields


class ReadinessSerializer(serializers.Serializer[Any]):
    """Consensus cases on both sides of the split; `reason` says what is missing, null when training can start."""

    train = serializers.IntegerField()
    held_out = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


class LearningSerializer(serializers.Serializer[Any]):
    """All of a project's learning (`selectors.setup.LearningState`)."""

    champion = ModelVersionSerializer(source="setup.champion", allow_null=True)
    trigger_after = serializers.IntegerField(source="setup.trigger_after", allow_null=True)
    new_since_last = serializers.IntegerField()
    held_out_share = serializers.FloatField(source="setup.held_out_share")
    seed = serializers.IntegerField(source="setup.seed")
    settings = serializers.DictField(source="setup.settings")
    history = ChampionChangeSerializer(many=True)
    runs = TrainingRunSerializer(many=True)
    readiness = ReadinessSerializer()


class LearningChangeSerializer(serializers.Serializer[Any]):
    """What to change of the set-up."""

    trigger_after = serializers.IntegerField(min_value=1, max_value=100_000, required=False, allow_null=True)
    held_out_share = serializers.FloatField(min_value=0.05, max_value=0.95, required=False)
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, required=False)
    settings = serializers.DictField(required=False)


class ChampionChoiceSerializer(serializers.Serializer[Any]):
    """Which version becomes the champion by hand."""

    model_version = serializers.UUIDField()
    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)


class RollbackSerializer(serializers.Serializer[Any]):
    """Why one goes back."""

    reason = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
