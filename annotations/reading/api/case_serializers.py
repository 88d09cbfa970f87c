"""JSON of cases, agreement and consensus."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.reading.api.project_serializers import PersonSerializer
from annotations.reading.models import Reading
from annotations.reading.selectors.cases import CaseOverview
from annotations.reading.types import CaseState, ConsensusRule, NotReadableReason, QuestionKind, ReadingState
from jobs.types import JobState


class CaseSeriesSerializer(serializers.Serializer[Any]):
    """A series of a case."""

    series_uid = serializers.CharField()
    study_uid = serializers.CharField(source="study.study_uid")
    modality = serializers.CharField()
    description = serializers.CharField()
    frame_count = serializers.IntegerField()


class NotReadableSerializer(serializers.Serializer[Any]):
    """Why a reader could not read a case."""

    reason = serializers.ChoiceField(choices=NotReadableReason.choices)
    text = serializers.CharField(allow_blank=True)


class CaseReadingSerializer(serializers.Serializer[Any]):
    """How far one reader is with a case."""

    id = serializers.UUIDField()
    reader = PersonSerializer()
    state = serializers.ChoiceField(choices=ReadingState.choices)
    submitted_at = serializers.DateTimeField(allow_null=True)
    not_readable = serializers.SerializerMethodField()

    @extend_schema_field(NotReadableSerializer(allow_null=True))
    def get_not_readable(self, reading: Reading) -> dict[str, str] | None:
        """Return the reason where there is one that the asker may see."""
        found: dict[UUID, dict[str, str]] = self.context.get("not_readable", {})
        return found.get(reading.pk)


class AgreementBriefSerializer(serializers.Serializer[Any]):
    """The one number of an agreement."""

    mean_dice = serializers.FloatField(source="result.mean_dice", allow_null=True)


class ConsensusBriefSerializer(serializers.Serializer[Any]):
    """Which consensus a case has."""

    id = serializers.UUIDField()
    rule = serializers.ChoiceField(choices=ConsensusRule.choices)
    mark_set = serializers.UUIDField(source="mark_set_id")


class CaseBaseSerializer(serializers.Serializer[Any]):
    """A case without its results."""

    id = serializers.UUIDField(source="case.id")
    number = serializers.IntegerField(source="case.number")
    state = serializers.ChoiceField(choices=CaseState.choices)
    series = CaseSeriesSerializer(many=True)
    study_description = serializers.CharField()
    modality = serializers.CharField()
    readings = serializers.SerializerMethodField()

    @extend_schema_field(CaseReadingSerializer(many=True))
    def get_readings(self, overview: CaseOverview) -> list[dict[str, Any]]:
        """Return how far each reader is."""
        context = {"not_readable": overview.not_readable}
        return list(CaseReadingSerializer(overview.readings, many=True, context=context).data)


class CaseSerializer(CaseBaseSerializer):
    """A case as those who oversee the project see it."""

    agreement = AgreementBriefSerializer(allow_null=True)
    consensus = ConsensusBriefSerializer(allow_null=True)


class AgreedLabelSerializer(serializers.Serializer[Any]):
    """A label that was compared."""

    value = serializers.IntegerField()
    name = serializers.CharField()


class LabelAgreementSerializer(serializers.Serializer[Any]):
    """How far two readings agree on one label; null where it is not defined, `reason` says why."""

    value = serializers.IntegerField()
    dice = serializers.FloatField(allow_null=True)
    volume_a_ml = serializers.FloatField(allow_null=True)
    volume_b_ml = serializers.FloatField(allow_null=True)
    volume_difference_ml = serializers.FloatField(allow_null=True)
    assd_mm = serializers.FloatField(allow_null=True)
    hd95_mm = serializers.FloatField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)


class MeasurementAgreementSerializer(serializers.Serializer[Any]):
    """How far two readings differ in one figure of one kind of measurement; null where nothing is compared."""

    type = serializers.CharField()
    label = serializers.JSONField(allow_null=True)  # type: ignore[assignment]  # the JSON name is also DRF's attribute
    scale = serializers.CharField(allow_blank=True)
    name = serializers.CharField(help_text='"value": its own figure; else one of its `values`')
    unit = serializers.CharField(allow_blank=True)
    compared = serializers.IntegerField(help_text="Measurements of the same place, one of each reading")
    only_a = serializers.IntegerField(help_text="Without a partner in the other reading")
    only_b = serializers.IntegerField()
    mean_a = serializers.FloatField(allow_null=True)
    mean_b = serializers.FloatField(allow_null=True)
    difference = serializers.FloatField(allow_null=True, help_text="Mean of b − a")
    absolute_difference = serializers.FloatField(allow_null=True)
    greatest_difference = serializers.FloatField(allow_null=True)


class PairAgreementSerializer(serializers.Serializer[Any]):
    """Two readings compared."""

    a = serializers.UUIDField()
    b = serializers.UUIDField()
    per_label = LabelAgreementSerializer(many=True)
    per_measurement = MeasurementAgreementSerializer(many=True, required=False, default=list)


class UnreadableSerializer(NotReadableSerializer):
    """A reading that has no mask, because its reader could not read the case."""

    reading = serializers.UUIDField()


class GivenAnswerSerializer(serializers.Serializer[Any]):
    """What one reading answers; null: nothing, or it was not asked."""

    reading = serializers.UUIDField()
    value = serializers.JSONField(allow_null=True)


class AskedQuestionSerializer(serializers.Serializer[Any]):
    """A question that was compared."""

    key = serializers.CharField()
    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    unit = serializers.CharField(allow_blank=True)


class AnswerAgreementSerializer(AskedQuestionSerializer):
    """What the readings answer to one question; `same` is null where fewer than two answer it."""

    same = serializers.BooleanField(allow_null=True)
    spread = serializers.FloatField(
        allow_null=True, help_text="Greatest minus smallest; of a score in steps of its scale; null for other kinds"
    )
    values = GivenAnswerSerializer(many=True)


class ReadFindingSerializer(serializers.Serializer[Any]):
    """One finding of one reading."""

    reading = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True)
    label = serializers.IntegerField(allow_null=True)  # type: ignore[assignment]  # the JSON name is also DRF's attribute
    answers = serializers.DictField()


class AgreementResultSerializer(serializers.Serializer[Any]):
    """How far the readings of a case agree."""

    labels = AgreedLabelSerializer(many=True)
    pairs = PairAgreementSerializer(many=True)
    mean_dice = serializers.FloatField(allow_null=True)
    not_readable = UnreadableSerializer(many=True, required=False, default=list)
    answers = AnswerAgreementSerializer(many=True, required=False, default=list)
    lesion_questions = AskedQuestionSerializer(many=True, required=False, default=list)
    findings = ReadFindingSerializer(many=True, required=False, default=list)


class AgreementSerializer(serializers.Serializer[Any]):
    """An agreement with what was compared: [[reading, revision], …]."""

    id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    inputs = serializers.ListField(child=serializers.ListField())
    result = AgreementResultSerializer()


class ConsensusSerializer(ConsensusBriefSerializer):
    """A consensus with what it was made of."""

    created_at = serializers.DateTimeField()
    inputs = serializers.ListField(child=serializers.ListField())
    detail = serializers.DictField()


class CaseDetailSerializer(CaseBaseSerializer):
    """A case with its newest results in full."""

    project = serializers.UUIDField(source="case.project_id")
    agreement = AgreementSerializer(allow_null=True)
    consensus = ConsensusSerializer(allow_null=True)


class NewCasesSerializer(serializers.Serializer[Any]):
    """Which studies become cases: `study_uids`, or `all_studies`."""

    study_uids = serializers.ListField(
        child=serializers.CharField(max_length=64), required=False, allow_empty=False, max_length=10_000
    )
    all_studies = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one of the two."""
        if attrs["all_studies"] == ("study_uids" in attrs):
            raise serializers.ValidationError("Give either study_uids or all_studies.")
        return attrs


class SkippedStudySerializer(serializers.Serializer[Any]):
    """A study that did not become a case."""

    study_uid = serializers.CharField()
    reason = serializers.ChoiceField(choices=["present", "no_images", "not_visible", "not_deidentified"])


class AddedCasesSerializer(serializers.Serializer[Any]):
    """The cases that were made, and the studies that were not taken."""

    cases = CaseSerializer(many=True)
    skipped = SkippedStudySerializer(many=True)


class ConsensusRequestSerializer(serializers.Serializer[Any]):
    """By which rule; the protocol's when left out."""

    rule = serializers.ChoiceField(choices=ConsensusRule.choices, required=False, allow_null=True)


class ResultJobSerializer(serializers.Serializer[Any]):
    """The job that computes a result; see /api/jobs for all of it."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.FloatField()
    subject = serializers.CharField()
