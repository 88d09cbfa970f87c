"""The JSON shapes of set-aside files: repairs, conflicts, many at once."""

from typing import Any

from rest_framework import serializers

from studies.models import SetAsideFile
from studies.services import repairs_of
from studies.types import RepairAction, SetAsideReason, SettleChoice


class SetAsideSerializer(serializers.ModelSerializer[SetAsideFile]):
    """A file that could not be taken in, and what can be done about it."""

    batch = serializers.UUIDField(source="batch_id", read_only=True)
    repairs = serializers.SerializerMethodField(help_text="What may help")
    can_settle = serializers.SerializerMethodField(help_text="It is a conflict for a person to settle")

    class Meta:
        model = SetAsideFile
        fields = (
            *("id", "batch", "path", "reason", "detail", "size_bytes", "sha256", "created_at"),
            *("repairs", "can_settle"),
        )
        read_only_fields = fields

    def get_repairs(self, file: SetAsideFile) -> list[RepairAction]:
        """Return the repairs that fit its reason."""
        return repairs_of(file)

    def get_can_settle(self, file: SetAsideFile) -> bool:
        """Say whether somebody has to choose between it and a stored instance."""
        return file.reason in (SetAsideReason.CONFLICT, SetAsideReason.SUPERSEDED)


class SetAsideQuerySerializer(serializers.Serializer[Any]):
    """Which set-aside files."""

    reason = serializers.ChoiceField(choices=SetAsideReason.choices, required=False)
    q = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    limit = serializers.IntegerField(required=False, default=1000, min_value=1, max_value=1000)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=999_999_999)

    # DRF spells the query parameter as the field; `import` is a Python keyword, so it is put in by name.
    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Return the declared fields and `import`."""
        return {**super().get_fields(), "import": serializers.UUIDField(required=False)}


class ManySetAsideSerializer(serializers.Serializer[Any]):
    """Many files at once: either `ids`, or all that an import set aside."""

    ids = serializers.ListField(child=serializers.UUIDField(), required=False, min_length=1, max_length=10_000)
    import_id = serializers.UUIDField(required=False)


class RepairSerializer(serializers.Serializer[Any]):
    """Which repair."""

    action = serializers.ChoiceField(choices=RepairAction.choices)


class ManyRepairSerializer(ManySetAsideSerializer):
    """Which repair, of which files."""

    action = serializers.ChoiceField(choices=RepairAction.choices)


class RepairedSeriesSerializer(serializers.Serializer[Any]):
    """A series that a repair would make, or add to where it is `stored` already; `files` would be taken in."""

    study_uid = serializers.CharField()
    series_uid = serializers.CharField()
    patient = serializers.CharField(allow_blank=True)
    modality = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    stored = serializers.BooleanField()
    files = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    folders = serializers.ListField(child=serializers.CharField(allow_blank=True))


class RepairLeftSerializer(serializers.Serializer[Any]):
    """A file that the repair would leave set aside, and why."""

    path = serializers.CharField()
    reason = serializers.ChoiceField(choices=SetAsideReason.choices)
    detail = serializers.CharField(allow_blank=True)


class RepairPreviewSerializer(serializers.Serializer[Any]):
    """What a repair would make; `fits` is false where the quota leaves no room for it."""

    series = RepairedSeriesSerializer(many=True)
    left = RepairLeftSerializer(many=True)
    fits = serializers.BooleanField()


class SettleSerializer(serializers.Serializer[Any]):
    """What was decided."""

    choice = serializers.ChoiceField(choices=SettleChoice.choices)


class DifferenceSerializer(serializers.Serializer[Any]):
    """An element that differs; null where a side lacks it."""

    tag = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    stored = serializers.CharField(allow_null=True)
    incoming = serializers.CharField(allow_null=True)


class HeldSerializer(serializers.Serializer[Any]):
    """Why something must stay as it is."""

    uid = serializers.CharField()
    what = serializers.CharField()
    count = serializers.IntegerField()


class ComparisonSerializer(serializers.Serializer[Any]):
    """A set-aside file beside the stored instance of the same UID; `pixels_equal` is null where it cannot be told."""

    sop_instance_uid = serializers.CharField()
    series_uid = serializers.CharField()
    same_place = serializers.BooleanField()
    differences = DifferenceSerializer(many=True)
    pixels_equal = serializers.BooleanField(allow_null=True)
    pixels_detail = serializers.CharField(allow_blank=True)
    geometry_equal = serializers.BooleanField()
    held = HeldSerializer(many=True)
