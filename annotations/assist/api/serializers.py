"""What models and drafts look like outside."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.assist.models import Model, ModelVersion
from annotations.assist.selectors.drafts import DraftInReading, DraftOfCase
from annotations.assist.types import DraftAction, DraftOutcome
from annotations.marks.models import Label
from jobs.types import JobState

SHOWN_METADATA = (
    "name",
    "version",
    "description",
    "task",
    "authors",
    "copyright",
    "license",
    "intended_use",
    "references",
    "monai_version",
    "network_data_format",
)
"""What of a bundle's metadata people are shown."""


class ModelVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model version. `trusted`: an administrator has allowed all of `untrusted_targets`."""

    model_name = serializers.CharField(source="model.name", read_only=True)
    labels = serializers.DictField(child=serializers.CharField(), help_text="label value (text) → name")
    untrusted_targets = serializers.ListField(child=serializers.CharField())
    trusted_targets = serializers.ListField(child=serializers.CharField())
    trusted = serializers.SerializerMethodField()
    may_run = serializers.BooleanField(read_only=True)
    metadata = serializers.SerializerMethodField()

    class Meta:
        model = ModelVersion
        fields = (
            "id",
            "model",
            "model_name",
            "number",
            "source",
            "labels",
            "size_bytes",
            "bundle_sha256",
            "weights_sha256",
            "untrusted_targets",
            "trusted_targets",
            "trusted",
            "may_run",
            "metadata",
            "created_at",
        )
        read_only_fields = fields

    def get_trusted(self, version: ModelVersion) -> bool:
        """Return whether trust was given (and needed)."""
        return bool(version.untrusted_targets) and version.may_run

    @extend_schema_field(serializers.DictField())
    def get_metadata(self, version: ModelVersion) -> dict[str, Any]:
        """Return the part of the metadata that people are shown."""
        return {key: version.metadata[key] for key in SHOWN_METADATA if key in version.metadata}


class ModelSerializer(serializers.ModelSerializer[Model]):
    """A model with its versions, newest first."""

    versions = ModelVersionSerializer(many=True, read_only=True)
    project = serializers.PrimaryKeyRelatedField[Any](read_only=True, allow_null=True)

    class Meta:
        model = Model
        fields = ("id", "name", "description", "project", "created_at", "versions")
        read_only_fields = fields


class BundleUploadSerializer(serializers.Serializer[Any]):
    """A bundle as a zip, and the name of the model it is a version of."""

    bundle = serializers.FileField()
    name = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class TrustSerializer(serializers.Serializer[Any]):
    """Config targets to trust, as the version lists them."""

    targets = serializers.ListField(child=serializers.CharField(), allow_empty=False)


class PrelabelSerializer(serializers.Serializer[Any]):
    """Which model drafts which cases."""

    model_version = serializers.UUIDField()
    cases = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        allow_null=True,
        allow_empty=False,
        help_text="left out: all cases without such a draft",
    )
    label_map = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=255),
        required=False,
        allow_null=True,
        help_text="bundle label value (text) → project label value; left out: labels of equal name",
    )


class VersionNameSerializer(serializers.ModelSerializer[ModelVersion]):
    """A model version by name, as readers see it."""

    name = serializers.CharField(source="model.name", read_only=True)

    class Meta:
        model = ModelVersion
        fields = ("id", "name", "number")
        read_only_fields = fields


class DraftLabelSerializer(serializers.ModelSerializer[Label]):
    """A label that a draft's model can draw."""

    class Meta:
        model = Label
        fields = ("value", "name", "colour")
        read_only_fields = fields


class DraftSerializer(serializers.Serializer[Any]):
    """A draft as a reading shows it."""

    id = serializers.UUIDField(source="draft.pk")
    model_version = VersionNameSerializer(source="draft.model_version")
    created_at = serializers.DateTimeField(source="draft.created_at")
    labels = DraftLabelSerializer(many=True)
    decision = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(choices=DraftOutcome.choices)

    @extend_schema_field(serializers.ChoiceField(choices=DraftAction.choices, allow_null=True))
    def get_decision(self, row: DraftInReading) -> str | None:
        """Return what the reader did last."""
        return row.decision.action if row.decision else None


class DecideSerializer(serializers.Serializer[Any]):
    """What to do with a draft."""

    action = serializers.ChoiceField(choices=DraftAction.choices)
    base_revision = serializers.IntegerField(min_value=0)
    client_id = serializers.UUIDField()


class DecidedSerializer(serializers.Serializer[Any]):
    """Where the reading stands now; `number` is the revision that took the draft."""

    head = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True)


class ReaderNameSerializer(serializers.Serializer[Any]):
    """A reader by name."""

    id = serializers.UUIDField(source="pk")
    display_name = serializers.CharField()


class DraftOutcomeSerializer(serializers.Serializer[Any]):
    """What became of a draft in one reading."""

    reading = serializers.UUIDField(source="reading.pk")
    reader = ReaderNameSerializer(source="reading.reader")
    decision = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(choices=DraftOutcome.choices)

    @extend_schema_field(serializers.ChoiceField(choices=DraftAction.choices, allow_null=True))
    def get_decision(self, row: DraftInReading) -> str | None:
        """Return what the reader did last."""
        return row.decision.action if row.decision else None


class ProjectDraftSerializer(serializers.Serializer[Any]):
    """A draft with its outcomes. `state` is that of its job; `ready` says that its marks are written."""

    id = serializers.UUIDField(source="draft.pk")
    model_version = VersionNameSerializer(source="draft.model_version")
    created_at = serializers.DateTimeField(source="draft.created_at")
    ready = serializers.SerializerMethodField()
    job = serializers.UUIDField(source="draft.job_id", allow_null=True)
    state = serializers.SerializerMethodField()
    error_code = serializers.SerializerMethodField()
    error_message = serializers.SerializerMethodField()
    provenance = serializers.DictField(source="draft.provenance")
    readings = DraftOutcomeSerializer(many=True)

    def get_ready(self, row: DraftOfCase) -> bool:
        """Return whether its marks are written."""
        return row.draft.mark_set_id is not None

    @extend_schema_field(serializers.ChoiceField(choices=JobState.choices, allow_null=True))
    def get_state(self, row: DraftOfCase) -> str | None:
        """Return how its job stands."""
        return row.draft.job.state if row.draft.job else None

    def get_error_code(self, row: DraftOfCase) -> str:
        """Return the kind of failure of its job."""
        return row.draft.job.error_code if row.draft.job else ""

    def get_error_message(self, row: DraftOfCase) -> str:
        """Return why its job failed."""
        return row.draft.job.error_message if row.draft.job else ""


class CaseNumberSerializer(serializers.Serializer[Any]):
    """A case by number."""

    id = serializers.UUIDField(source="pk")
    number = serializers.IntegerField()


class CaseDraftsSerializer(serializers.Serializer[Any]):
    """The drafts on one case."""

    case = CaseNumberSerializer()
    drafts = ProjectDraftSerializer(many=True)
