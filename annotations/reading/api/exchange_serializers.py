"""JSON of saving marks to files and loading them."""

import json
from typing import Any

from rest_framework import serializers

from annotations.marks.dicom.types import Shown
from annotations.marks.loading.types import Choice, Choices, FileKind, Mode, Target


class ExportQuerySerializer(serializers.Serializer[Any]):
    """Which revision (the head when left out); window and area are for presentation states alone."""

    at = serializers.IntegerField(min_value=0, required=False)
    window_centre = serializers.FloatField(required=False)
    window_width = serializers.FloatField(required=False, min_value=1e-6)

    def shown(self) -> Shown:
        """Return how images are shown."""
        data = self.validated_data
        centre, width = data.get("window_centre"), data.get("window_width")
        return Shown(window=(centre, width) if centre is not None and width is not None else None)


class SegmentChoiceSerializer(serializers.Serializer[Any]):
    """Where one segment goes; label null: it is left out."""

    number = serializers.IntegerField(min_value=0)
    label = serializers.IntegerField(min_value=1, max_value=255, allow_null=True)  # type: ignore[assignment]  # DRF names an attribute so too
    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode], default=Mode.MERGE.value)


class LoadTargetSerializer(serializers.Serializer[Any]):
    """A series of the case, or one of its volumes."""

    series_uid = serializers.CharField(max_length=64)
    volume_index = serializers.IntegerField(min_value=0, allow_null=True, default=None)


class LoadChoicesSerializer(serializers.Serializer[Any]):
    """What a person decided; what is left out is as the preview proposes."""

    target = LoadTargetSerializer(required=False, allow_null=True, default=None)
    segments = SegmentChoiceSerializer(many=True, required=False, allow_null=True, default=None)
    measurements = serializers.BooleanField(default=True)
    over_others = serializers.BooleanField(default=False)
    share = serializers.FloatField(min_value=0.001, max_value=1.0, default=0.5)

    def choices(self) -> Choices:
        """Return the validated choices."""
        data = self.validated_data
        target, segments = data["target"], data["segments"]
        return Choices(
            target=Target(**target) if target else None,
            segments=None
            if segments is None
            else {one["number"]: Choice(one["label"], Mode(one["mode"])) for one in segments},
            measurements=data["measurements"],
            over_others=data["over_others"],
            share=data["share"],
        )


class PreviewLoadSerializer(serializers.Serializer[Any]):
    """A file, or the SOP Instance UID of an object of the archive; `choices` is JSON text (LoadChoices)."""

    file = serializers.FileField(required=False)
    derived = serializers.CharField(max_length=64, required=False)
    choices = serializers.CharField(required=False, default="{}")

    def validate_choices(self, text: str) -> Choices:
        """Return the choices behind the text."""
        try:
            inner = LoadChoicesSerializer(data=json.loads(text))
        except ValueError as error:
            raise serializers.ValidationError("This is not JSON.") from error
        inner.is_valid(raise_exception=True)
        return inner.choices()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one of the two."""
        if ("file" in attrs) == ("derived" in attrs):
            raise serializers.ValidationError("Give either file or derived.")
        return attrs


class LoadSerializer(PreviewLoadSerializer):
    """The same, to be written on a revision."""

    base_revision = serializers.IntegerField(min_value=0)
    client_id = serializers.UUIDField()


class CodeSerializer(serializers.Serializer[Any]):
    """A coded concept."""

    scheme = serializers.CharField()
    value = serializers.CharField()
    meaning = serializers.CharField()


class LoadCountsSerializer(serializers.Serializer[Any]):
    """What loading a segment comes to, in voxels; `removed`, `taken` and `kept` say what it does to marks there."""

    placed = serializers.IntegerField()
    frames = serializers.IntegerField()
    removed = serializers.IntegerField()
    taken = serializers.IntegerField()
    kept = serializers.IntegerField()


class LoadSegmentSerializer(serializers.Serializer[Any]):
    """A segment of the file, where it goes and how that was found."""

    number = serializers.IntegerField(source="matched.segment.number")
    name = serializers.CharField(source="matched.segment.name")
    code = CodeSerializer(source="matched.segment.code", allow_null=True)
    voxels = serializers.IntegerField(source="matched.segment.voxels", allow_null=True)
    label = serializers.IntegerField(source="choice.label", allow_null=True)  # type: ignore[assignment]  # DRF names an attribute so too
    mode = serializers.ChoiceField(choices=[mode.value for mode in Mode], source="choice.mode")
    matched_by = serializers.ChoiceField(choices=["code", "name", "value", ""], source="matched.by")
    counts = LoadCountsSerializer()


class LoadMeasurementSerializer(serializers.Serializer[Any]):
    """A measurement of the file; `reason` says why it stays out, empty: it comes in."""

    key = serializers.UUIDField(source="found.key")
    type = serializers.SerializerMethodField()
    value = serializers.SerializerMethodField()
    unit = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField()  # type: ignore[assignment]  # DRF names an attribute so too
    reason = serializers.CharField()
    present = serializers.BooleanField()

    def get_type(self, plan: Any) -> str:
        """Return the type, empty where it is unknown."""
        return str((plan.found.data or {}).get("type", ""))

    def get_value(self, plan: Any) -> float | None:
        """Return the value."""
        value = (plan.found.data or {}).get("value")
        return None if value is None else float(value)

    def get_unit(self, plan: Any) -> str:
        """Return the unit."""
        return str((plan.found.data or {}).get("unit", ""))

    def get_label(self, plan: Any) -> str:
        """Return the label's name as the file has it."""
        return str(plan.found.label)


class LoadOfferSerializer(serializers.Serializer[Any]):
    """Images that the file lies on, and on how many."""

    series_uid = serializers.CharField(source="target.series_uid")
    volume_index = serializers.IntegerField(source="target.volume_index", allow_null=True)
    planes = serializers.IntegerField()


class LoadPlanSerializer(serializers.Serializer[Any]):
    """What loading a file comes to."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in FileKind])
    title = serializers.CharField(allow_blank=True)
    fractional = serializers.BooleanField(help_text="Its pixels hold shares: `share` matters")
    offers = LoadOfferSerializer(many=True)
    target = LoadTargetSerializer(allow_null=True)
    segments = LoadSegmentSerializer(many=True)
    measurements = LoadMeasurementSerializer(many=True)
    window = serializers.ListField(
        child=serializers.FloatField(), min_length=2, max_length=2, allow_null=True, help_text="Centre and width"
    )
    frames_changed = serializers.SerializerMethodField()
    measurements_changed = serializers.SerializerMethodField()

    def get_frames_changed(self, plan: Any) -> int:
        """Return how many frames change."""
        return len(plan.delta.frames)

    def get_measurements_changed(self, plan: Any) -> int:
        """Return how many measurements change."""
        return len(plan.delta.measurements)


class LoadedSerializer(serializers.Serializer[Any]):
    """What is durable now."""

    number = serializers.IntegerField(source="saved.number")
    head = serializers.IntegerField(source="saved.head")
    plan = LoadPlanSerializer()
