"""The JSON shapes of the archive."""

from typing import Any

from rest_framework import serializers

from studies.api.derived_json import DerivedBriefSerializer
from studies.models import Import
from studies.types import Outcome, SeriesKind, SetAsideReason, VolumeReason


class ImportSerializer(serializers.ModelSerializer[Import]):
    """An import; `studies` are the UIDs it brought or met again."""

    studies = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Import
        fields = ("id", "source", "state", "accepted", "duplicates", "set_aside", "created_at", "closed_at", "studies")
        read_only_fields = fields


class NewImportSerializer(serializers.Serializer[Any]):
    """What opens an import."""

    source = serializers.CharField(required=False, default="browser", max_length=200)  # type: ignore[assignment]  # DRF names an attribute so too


class UploadSerializer(serializers.Serializer[Any]):
    """One file (or zip) of an import, with its path as the person knows it."""

    file = serializers.FileField(allow_empty_file=True)
    path = serializers.CharField(required=False, allow_blank=True, max_length=4000)


class FileOutcomeSerializer(serializers.Serializer[Any]):
    """What became of one file."""

    path = serializers.CharField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.ChoiceField(choices=SetAsideReason.choices, allow_null=True)
    detail = serializers.CharField(allow_blank=True)
    study_uid = serializers.CharField(allow_blank=True)
    series_uid = serializers.CharField(allow_blank=True)
    sop_instance_uid = serializers.CharField(allow_blank=True)


class FileOutcomesSerializer(serializers.Serializer[Any]):
    """What became of an uploaded file, or of every file in an uploaded zip."""

    files = FileOutcomeSerializer(many=True)


class VolumeSummarySerializer(serializers.Serializer[Any]):
    """A volume in a list; shape and spacing are null when the frames form no regular grid."""

    index = serializers.IntegerField()
    shape_kji = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    spacing_mm = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=VolumeReason.choices))


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


class StudyQuerySerializer(serializers.Serializer[Any]):
    """Search words and page."""

    q = serializers.CharField(required=False, allow_blank=True, default="", max_length=200)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=500)
    offset = serializers.IntegerField(required=False, default=0, min_value=0)
