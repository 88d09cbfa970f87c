"""JSON of projects, protocols, members and progress."""

from typing import Any

from rest_framework import serializers

from accounts.types import Role
from annotations.reading.models import Protocol
from annotations.reading.types import ConsensusRule, LabelDraft, ProjectState, ProtocolDraft, QuestionKind


class PersonSerializer(serializers.Serializer[Any]):
    """A person, as colleagues see them."""

    id = serializers.UUIDField()
    display_name = serializers.SerializerMethodField()

    def get_display_name(self, user: object) -> str:
        """Return the name, or the user name where there is none."""
        return str(user)


class LabelSerializer(serializers.Serializer[Any]):
    """One label of a protocol."""

    value = serializers.IntegerField()
    name = serializers.CharField()
    colour = serializers.CharField()
    category_scheme = serializers.CharField()
    category_code = serializers.CharField()
    category_meaning = serializers.CharField()
    type_scheme = serializers.CharField()
    type_code = serializers.CharField()
    type_meaning = serializers.CharField()
    layer = serializers.IntegerField(help_text="Labels of different layers may overlap")


class LabelDraftSerializer(serializers.Serializer[Any]):
    """One label as a manager wants it; what is left out is filled in."""

    value = serializers.IntegerField(min_value=1, max_value=255, required=False, allow_null=True)
    name = serializers.CharField(max_length=64)
    colour = serializers.CharField(max_length=7, required=False, allow_blank=True)
    category_scheme = serializers.CharField(max_length=16, required=False)
    category_code = serializers.CharField(max_length=16, required=False)
    category_meaning = serializers.CharField(max_length=64, required=False)
    type_scheme = serializers.CharField(max_length=16, required=False)
    type_code = serializers.CharField(max_length=16, required=False)
    type_meaning = serializers.CharField(max_length=64, required=False)
    layer = serializers.IntegerField(min_value=0, max_value=255, required=False, allow_null=True)


class ScaleStepSerializer(serializers.Serializer[Any]):
    """One step of a score scale; the steps stand in order."""

    value = serializers.CharField(max_length=20)
    caption = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ConditionSerializer(serializers.Serializer[Any]):
    """When a question is asked: an earlier one has one of these answers, or any where none are named."""

    question = serializers.CharField(max_length=40)
    values = serializers.ListField(child=serializers.JSONField(), required=False, default=list)


class QuestionSerializer(serializers.Serializer[Any]):
    """One question of the case form."""

    key = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=300)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    choices = serializers.ListField(child=serializers.CharField(max_length=120), required=False, default=list)
    minimum = serializers.FloatField(required=False, allow_null=True, default=None)
    maximum = serializers.FloatField(required=False, allow_null=True, default=None)
    unit = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]  # the JSON name is also DRF's attribute
    help = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    scale = ScaleStepSerializer(many=True, required=False, default=list)
    shown_if = ConditionSerializer(required=False, allow_null=True, default=None)
    labels = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=255),
        required=False,
        default=list,
        help_text="Of the per-lesion form: asked of findings with one of these labels; none: of every finding",
    )


class FormSerializer(serializers.Serializer[Any]):
    """The case form and the per-lesion form."""

    questions = QuestionSerializer(many=True, required=False, default=list)
    lesion = QuestionSerializer(many=True, required=False, default=list, help_text="Asked of each finding")


class ProtocolSerializer(serializers.Serializer[Protocol]):
    """A protocol version."""

    version = serializers.IntegerField()
    labels = LabelSerializer(many=True, source="label_set.labels.all")
    form = FormSerializer()
    readers_per_case = serializers.IntegerField()
    blinded = serializers.BooleanField()
    ai_drafts = serializers.BooleanField()
    consensus_rule = serializers.ChoiceField(choices=ConsensusRule.choices)


class ProtocolDraftSerializer(serializers.Serializer[Any]):
    """A protocol as a manager wants it."""

    labels = LabelDraftSerializer(many=True)
    form = FormSerializer(required=False)
    readers_per_case = serializers.IntegerField(min_value=1, max_value=20, default=2)
    blinded = serializers.BooleanField(default=True)
    ai_drafts = serializers.BooleanField(default=True)
    consensus_rule = serializers.ChoiceField(choices=ConsensusRule.choices, default=ConsensusRule.MAJORITY)

    def draft(self) -> ProtocolDraft:
        """Return the validated draft."""
        data = self.validated_data
        return ProtocolDraft(
            labels=tuple(LabelDraft(**label) for label in data["labels"]),
            questions=tuple(data.get("form", {}).get("questions", [])),
            lesion=tuple(data.get("form", {}).get("lesion", [])),
            readers_per_case=data["readers_per_case"],
            blinded=data["blinded"],
            ai_drafts=data["ai_drafts"],
            consensus_rule=ConsensusRule(data["consensus_rule"]),
        )


class ProjectCountsSerializer(serializers.Serializer[Any]):
    """How much there is, as far as the asker may know."""

    cases = serializers.IntegerField()
    readings = serializers.IntegerField()
    submitted = serializers.IntegerField()


class ProjectSerializer(serializers.Serializer[Any]):
    """A project as the asker sees it."""

    id = serializers.UUIDField(source="project.id")
    name = serializers.CharField(source="project.name")
    description = serializers.CharField(source="project.description")
    state = serializers.ChoiceField(choices=ProjectState.choices, source="project.state")
    team = serializers.UUIDField(source="project.team_id")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))
    protocol = ProtocolSerializer(allow_null=True)
    counts = ProjectCountsSerializer()
    deidentification_profile = serializers.UUIDField(allow_null=True, help_text="Told to managers only")


class NewProjectSerializer(serializers.Serializer[Any]):
    """What a new project needs."""

    name = serializers.CharField(max_length=200)
    description = serializers.CharField(required=False, allow_blank=True, default="")


class ProjectChangeSerializer(serializers.Serializer[Any]):
    """What of a project can be changed."""

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(required=False, allow_blank=True)
    deidentification_profile = serializers.UUIDField(
        required=False, allow_null=True, help_text="Accept only series that this profile made; null: any"
    )


class MemberSerializer(serializers.Serializer[Any]):
    """A person of the project with their roles."""

    user = PersonSerializer()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class MemberRolesSerializer(serializers.Serializer[Any]):
    """Exactly these roles; none removes the person."""

    user = serializers.UUIDField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices), allow_empty=True)


class ReaderProgressSerializer(serializers.Serializer[Any]):
    """How far one reader is."""

    reader = PersonSerializer()
    assigned = serializers.IntegerField()
    submitted = serializers.IntegerField()
    median_minutes = serializers.FloatField(allow_null=True)


class ProgressSerializer(serializers.Serializer[Any]):
    """How far a project is."""

    cases = serializers.IntegerField()
    readings_by_state = serializers.DictField(child=serializers.IntegerField())
    per_reader = ReaderProgressSerializer(many=True)
