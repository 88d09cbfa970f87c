"""The JSON shapes of the archive."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from studies.api.derived_json import DerivedBriefSerializer, FindingSerializer
from studies.models import Import, ImportedFile
from studies.types import Outcome, SeriesKind, SetAsideReason, VolumeReason


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import; `studies` are the UIDs it brought or met again."""

    studies = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Import
        fields = (
            *("id", "source", "name", "state", "accepted", "with_findings", "duplicates", "set_aside"),
            *("series_to_index", "created_at", "closed_at", "studies"),
        )
        read_only_fields = fields


class NewImportSerializer(serializers.Serializer[Any]):
    """What opens an import."""

    source = serializers.CharField(required=False, default="browser", max_length=200)  # type: ignore[assignment]  # DRF names an attribute so too
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class UploadSerializer(serializers.Serializer[Any]):
    """Files (or zips) of an import, each with its path as the person knows it: as many paths as files, or none."""

    file = serializers.ListField(child=serializers.FileField(allow_empty_file=True), min_length=1, max_length=500)
    path = serializers.ListField(
        child=serializers.CharField(allow_blank=True, max_length=4000, trim_whitespace=False), required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse paths that cannot be told which file they are of."""
        if attrs.get("path") and len(attrs["path"]) != len(attrs["file"]):
            raise serializers.ValidationError({"path": ["Send one path for each file."]})
        return attrs


class FileOutcomeSerializer(serializers.Serializer[Any]):
    """What became of one file."""

    path = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.ChoiceField(choices=SetAsideReason.choices, allow_null=True)
    detail = serializers.CharField(allow_blank=True)
    study_uid = serializers.CharField(allow_blank=True)
    series_uid = serializers.CharField(allow_blank=True)
    sop_instance_uid = serializers.CharField(allow_blank=True)
    findings = FindingSerializer(many=True)


class ImportedFileSerializer(serializers.Serializer[Any]):
    """What became of one file of an import, as it is kept."""

    id = serializers.IntegerField()
    path = serializers.CharField()
    size_bytes = serializers.IntegerField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.SerializerMethodField()
    detail = serializers.CharField(allow_blank=True)
    findings = FindingSerializer(many=True)
    study_uid = serializers.SerializerMethodField()
    set_aside_id = serializers.UUIDField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=SetAsideReason.choices, allow_null=True))
    def get_reason(self, row: ImportedFile) -> str | None:
        """Return why it was set aside."""
        return row.reason or None

    def get_study_uid(self, row: ImportedFile) -> str:
        """Return the study that it is in; empty when it is in none."""
        return row.instance.series.study.study_uid if row.instance is not None else ""


class ImportedFilePageSerializer(serializers.Serializer[Any]):
    """Files in the order of their coming; `next` is the `after` of the following page."""

    results = ImportedFileSerializer(many=True)
    next = serializers.IntegerField(allow_null=True)


class ImportedFileQuerySerializer(serializers.Serializer[Any]):
    """Which files: `accepted` holds those with findings too."""

    state = serializers.ChoiceField(
        choices=["accepted", "findings", "duplicate", "set_aside"], required=False, allow_blank=True, default=""
    )
    after = serializers.IntegerField(required=False, default=0, min_value=0)
    limit = serializers.IntegerField(required=False, default=200, min_value=1, max_value=1000)


class OfferedFileSerializer(serializers.Serializer[Any]):
    """A file that a browser could send."""

    path = serializers.CharField(max_length=4000, trim_whitespace=False)
    size_bytes = serializers.IntegerField(min_value=0)


class OfferedFilesSerializer(serializers.Serializer[Any]):
    """Files that a browser could send."""

    files = serializers.ListField(child=OfferedFileSerializer(), max_length=5000)


class KnownFilesSerializer(serializers.Serializer[Any]):
    """The paths of those files that need not be sent again."""

    known = serializers.ListField(child=serializers.CharField())


class FileOutcomesSerializer(serializers.Serializer[Any]):
    """What became of an uploaded file, or of every file in an uploaded zip."""

    files = FileOutcomeSerializer(many=True)


class VolumeSummarySerializer(serializers.Serializer[Any]):
    """A volume in a list; shape and spacing are null when the frames form no regular grid."""

    index = serializers.IntegerField()
    shape_kji = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    spacing_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=VolumeReason.choices))
    units = serializers.CharField(allow_blank=True)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # DRF names an attribute so too


class SeriesSerializer(serializers.Serializer[Any]):
    """A series of a study."""

    series_uid = serializers.CharField()
    modality = serializers.CharField(allow_blank=True)
    number = serializers.IntegerField(allow_null=True)
    description = serializers.CharField(allow_blank=True)
    instance_count = serializers.IntegerField()
    frame_count = serializers.IntegerField()
    volumes = VolumeSummarySerializer(many=True)
    kind = serializers.ChoiceField(choices=SeriesKind.choices)
    derived = DerivedBriefSerializer(many=True)
    findings = FindingSerializer(many=True)
    thumbnail = serializers.CharField(allow_blank=True)
    overview = serializers.CharField(allow_blank=True)


class StudySerializer(serializers.Serializer[Any]):
    """A study, counted over what the actor sees of it."""

    study_uid = serializers.CharField()
    patient_id = serializers.CharField(allow_blank=True)
    patient_name = serializers.CharField(allow_blank=True)
    patient_birth_date = serializers.CharField(allow_blank=True)
    patient_sex = serializers.CharField(allow_blank=True)
    study_date = serializers.CharField(allow_blank=True)
    study_time = serializers.CharField(allow_blank=True)
    accession_number = serializers.CharField(allow_blank=True)
    description = serializers.CharField(allow_blank=True)
    modalities = serializers.ListField(child=serializers.CharField())
    series_count = serializers.IntegerField()
    instance_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class StudyPageSerializer(serializers.Serializer[Any]):
    """A page of studies and how many there are in all."""

    count = serializers.IntegerField()
    results = StudySerializer(many=True)


class StudyDetailSerializer(StudySerializer):
    """A study with its series."""

    series = SeriesSerializer(many=True)


class FrameReferenceSerializer(serializers.Serializer[Any]):
    """Which frame: an instance and a number counted from 1."""

    sop_instance_uid = serializers.CharField()
    frame_number = serializers.IntegerField()


class GeometrySerializer(serializers.Serializer[Any]):
    """A regular grid: the affine maps index (k, j, i, 1) to LPS millimetres."""

    shape_kji = serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3)
    affine_lps = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))


class VolumeSerializer(serializers.Serializer[Any]):
    """A volume with its frames along the slice normal; without geometry the reasons say why."""

    index = serializers.IntegerField()
    frames = FrameReferenceSerializer(many=True)
    geometry = GeometrySerializer(allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=VolumeReason.choices))
    units = serializers.CharField(allow_blank=True)
    details = serializers.DictField()
    suv_factor = serializers.FloatField(allow_null=True)
    suv_factors = serializers.DictField(child=serializers.FloatField())


class StudyQuerySerializer(serializers.Serializer[Any]):
    """Search words and page."""

    q = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=500)
    offset = serializers.IntegerField(required=False, default=0, min_value=0, max_value=999_999_999)
