"""JSON of readings and marks."""

import base64
import binascii
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.marks.selectors import answers_of, measurements_of
from annotations.marks.types import Delta, FrameKey, FrameLabels, MarkSetState, Provenance, RevisionKind
from annotations.reading.api.case_serializers import CaseSeriesSerializer
from annotations.reading.api.project_serializers import PersonSerializer, ProtocolSerializer
from annotations.reading.selectors.readings import ReadingDetail
from annotations.reading.types import DeskAction, ReadingState


class ProjectBriefSerializer(serializers.Serializer[Any]):
    """Which project."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class CaseBriefSerializer(serializers.Serializer[Any]):
    """A case as its reader knows it: by number."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()


class WorklistRowSerializer(serializers.Serializer[Any]):
    """One reading of the worklist."""

    reading = serializers.UUIDField(source="reading.id")
    project = ProjectBriefSerializer(source="reading.case.project")
    case_number = serializers.IntegerField(source="reading.case.number")
    state = serializers.ChoiceField(choices=ReadingState.choices, source="reading.state")
    modality = serializers.CharField()
    study_description = serializers.CharField()
    frame_count = serializers.IntegerField()
    return_reason = serializers.CharField(source="reading.return_reason")
    submitted_at = serializers.DateTimeField(source="reading.submitted_at", allow_null=True)


class NextRequestSerializer(serializers.Serializer[Any]):
    """Of one project, or of all."""

    project = serializers.UUIDField(required=False, allow_null=True)


class NextReadingSerializer(serializers.Serializer[Any]):
    """What to read next."""

    reading = serializers.UUIDField()


class VolumeGeometrySerializer(serializers.Serializer[Any]):
    """A regular grid: index (k, j, i) → LPS millimetres."""

    shape_kji = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    affine_lps = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class ReadingVolumeSerializer(serializers.Serializer[Any]):
    """A volume of a series, or the reasons why its frames form none."""

    index = serializers.IntegerField()
    geometry = VolumeGeometrySerializer(allow_null=True)
    reasons = serializers.ListField(child=serializers.CharField())


class ReadingSeriesSerializer(CaseSeriesSerializer):
    """A series to read."""

    body_part = serializers.CharField()
    frame_of_reference_uid = serializers.CharField()
    volumes = ReadingVolumeSerializer(many=True, source="volumes.all")


class PriorSerializer(serializers.Serializer[Any]):
    """A series of an earlier study of the same patient: to be looked at, never marked."""

    series = ReadingSeriesSerializer()
    days_before = serializers.IntegerField()
    own_reading = serializers.UUIDField(
        allow_null=True, help_text="the asker's own reading of it in this project, when it holds marks"
    )


class MeasurementSerializer(serializers.Serializer[Any]):
    """One measurement."""

    key = serializers.UUIDField()
    data = serializers.DictField()  # type: ignore[assignment]  # the JSON name is also DRF's property


class ReadingSerializer(serializers.Serializer[ReadingDetail]):
    """Everything a reading room needs to begin."""

    id = serializers.UUIDField(source="reading.id")
    state = serializers.ChoiceField(choices=ReadingState.choices, source="reading.state")
    case = CaseBriefSerializer(source="reading.case")
    project = ProjectBriefSerializer(source="reading.case.project")
    protocol = ProtocolSerializer()
    series = ReadingSeriesSerializer(many=True)
    priors = PriorSerializer(many=True)
    mark_set = serializers.UUIDField(source="reading.mark_set_id")
    head = serializers.IntegerField(source="reading.mark_set.head")
    measurements = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField(source="reading.submitted_at", allow_null=True)
    return_reason = serializers.CharField(source="reading.return_reason")
    may_edit = serializers.BooleanField()

    @extend_schema_field(MeasurementSerializer(many=True))
    def get_measurements(self, detail: ReadingDetail) -> list[dict[str, Any]]:
        """Return the measurements at the head."""
        found = measurements_of(mark_set=detail.reading.mark_set)
        return [{"key": str(key), "data": data} for key, data in found.items()]

    @extend_schema_field(serializers.DictField())
    def get_answers(self, detail: ReadingDetail) -> dict[str, Any]:
        """Return the answers at the head."""
        return answers_of(mark_set=detail.reading.mark_set)


class FrameQuerySerializer(serializers.Serializer[Any]):
    """Which frames: as of revision `at` (the head when left out), changed after revision `since`."""

    since = serializers.IntegerField(min_value=0, default=0)
    at = serializers.IntegerField(min_value=0, required=False)


class FrameSerializer(serializers.Serializer[Any]):
    """The labels of one frame: base64 of zlib of uint8, row-major; "" for a frame without labels."""

    sop_instance_uid = serializers.CharField(source="key.sop_instance_uid")
    frame_number = serializers.IntegerField(source="key.frame_number")
    layer = serializers.IntegerField(source="key.layer")
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()
    number = serializers.IntegerField()
    data = serializers.SerializerMethodField()  # type: ignore[assignment]  # the JSON name is also DRF's property

    def get_data(self, frame: FrameLabels) -> str:
        """Return base64."""
        return base64.b64encode(frame.data).decode("ascii")


class FramesSerializer(serializers.Serializer[Any]):
    """Frames of a mark set, and its head."""

    head = serializers.IntegerField()
    frames = FrameSerializer(many=True)


class FrameInSerializer(serializers.Serializer[Any]):
    """The new labels of one whole frame."""

    sop_instance_uid = serializers.CharField(max_length=64)
    frame_number = serializers.IntegerField(min_value=1, default=1)
    layer = serializers.IntegerField(min_value=0, max_value=255, default=0)
    rows = serializers.IntegerField(min_value=1, max_value=65_535)
    columns = serializers.IntegerField(min_value=1, max_value=65_535)
    data = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the JSON name is also DRF's property

    def validate_data(self, text: str) -> bytes:
        """Return the bytes behind base64."""
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError("This is not base64.") from error


class MeasurementInSerializer(serializers.Serializer[Any]):
    """The new content of one measurement; null deletes it."""

    key = serializers.UUIDField()
    data = serializers.DictField(allow_null=True)  # type: ignore[assignment]  # the JSON name is also DRF's property


class AnswerInSerializer(serializers.Serializer[Any]):
    """A new answer; null takes it back."""

    question = serializers.CharField(max_length=40)
    value = serializers.JSONField(allow_null=True)


class RevisionInSerializer(serializers.Serializer[Any]):
    """One change of marks."""

    client_id = serializers.UUIDField()
    base_revision = serializers.IntegerField(min_value=0)
    tool = serializers.CharField(max_length=40, allow_blank=True, default="")
    drawn_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    frames = FrameInSerializer(many=True, required=False, default=list)
    measurements = MeasurementInSerializer(many=True, required=False, default=list)
    answers = AnswerInSerializer(many=True, required=False, default=list)

    def delta(self) -> Delta:
        """Return the validated change."""
        data = self.validated_data
        return Delta(
            frames=tuple(
                FrameLabels(
                    key=FrameKey(frame["sop_instance_uid"], frame["frame_number"], frame["layer"]),
                    rows=frame["rows"],
                    columns=frame["columns"],
                    data=frame["data"],
                )
                for frame in data["frames"]
            ),
            measurements={item["key"]: item["data"] for item in data["measurements"]},
            answers={item["question"]: item["value"] for item in data["answers"]},
        )

    def provenance(self) -> Provenance:
        """Return what the browser says of how it was made."""
        data = self.validated_data
        return Provenance(
            kind=RevisionKind.EDIT, client_id=data["client_id"], tool=data["tool"], drawn_at=data["drawn_at"]
        )


class SavedSerializer(serializers.Serializer[Any]):
    """What is durable now."""

    number = serializers.IntegerField()
    head = serializers.IntegerField()


class RevisionSerializer(serializers.Serializer[Any]):
    """One step of the history."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RevisionKind.choices)
    author = PersonSerializer(allow_null=True)
    model_version = serializers.CharField()
    tool = serializers.CharField()
    created_at = serializers.DateTimeField()
    drawn_at = serializers.DateTimeField(allow_null=True)
    frame_count = serializers.IntegerField()
    measurement_count = serializers.IntegerField()
    answer_count = serializers.IntegerField()


class RevisionStateSerializer(serializers.Serializer[MarkSetState]):
    """Measurements and answers as of one revision; its frames are asked for with `at`."""

    number = serializers.IntegerField()
    measurements = MeasurementSerializer(many=True)
    answers = serializers.DictField()


class DeskInSerializer(serializers.Serializer[Any]):
    """What a machine (browser) wants."""

    machine = serializers.UUIDField()
    action = serializers.ChoiceField(choices=DeskAction.choices)


class DeskSerializer(serializers.Serializer[Any]):
    """Whether the machine has the reading; else when the one that has it was last heard of."""

    held = serializers.BooleanField()
    other_at = serializers.DateTimeField(allow_null=True)


class RestoreSerializer(serializers.Serializer[Any]):
    """Back to the state at `number`."""

    number = serializers.IntegerField(min_value=0)
    base_revision = serializers.IntegerField(min_value=0)
    client_id = serializers.UUIDField()


class SubmitSerializer(serializers.Serializer[Any]):
    """The revision that the reader saw when submitting."""

    base_revision = serializers.IntegerField(min_value=0)


class ReturnSerializer(serializers.Serializer[Any]):
    """Why a reading is sent back."""

    reason = serializers.CharField(max_length=2000)


class ReadingStateSerializer(serializers.Serializer[Any]):
    """How a reading stands."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ReadingState.choices)
    head = serializers.IntegerField(source="mark_set.head")
    submitted_at = serializers.DateTimeField(allow_null=True)
    return_reason = serializers.CharField()
