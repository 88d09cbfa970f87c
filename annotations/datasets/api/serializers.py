"""What goes in and out of the release API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.datasets.members import counts_by_split
from annotations.datasets.models import Release
from annotations.datasets.selectors.releases import state_of
from annotations.datasets.services.archive_names import download_name
from annotations.datasets.types import Definition, Format, LabelSource, MissingReason, ReleaseState, Split


class SharesSerializer(serializers.Serializer[Any]):
    """Wanted shares of the patients; they add up to 1."""

    train = serializers.FloatField(min_value=0, max_value=1)
    val = serializers.FloatField(min_value=0, max_value=1)
    test = serializers.FloatField(min_value=0, max_value=1)


class DefinitionSerializer(serializers.Serializer[Any]):
    """A release as it is asked for."""

    name = serializers.CharField(max_length=120)
    label_source = serializers.ChoiceField(choices=LabelSource.choices)
    reader = serializers.UUIDField(required=False, allow_null=True, default=None)
    formats = serializers.ListField(child=serializers.ChoiceField(choices=Format.choices), min_length=1)
    shares = SharesSerializer()
    seed = serializers.IntegerField(min_value=0, max_value=2**31 - 1, default=0)

    def definition(self) -> Definition:
        """Return the validated data as a value."""
        data = self.validated_data
        return Definition(
            name=data["name"],
            label_source=LabelSource(data["label_source"]),
            formats=tuple(Format(form) for form in data["formats"]),
            shares={split: data["shares"][split.value] for split in Split},
            seed=data["seed"],
            reader_id=data["reader"],
        )


class SplitCountSerializer(serializers.Serializer[Any]):
    """How much is in one split."""

    cases = serializers.IntegerField()
    patients = serializers.IntegerField()


class SplitCountsSerializer(serializers.Serializer[Any]):
    """How much is in each split."""

    train = SplitCountSerializer()
    val = SplitCountSerializer()
    test = SplitCountSerializer()


class MissingSerializer(serializers.Serializer[Any]):
    """A case that is not in the release, or not in some of its formats."""

    case = serializers.UUIDField()
    number = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=MissingReason.choices)
    message = serializers.CharField()
    formats = serializers.ListField(child=serializers.ChoiceField(choices=Format.choices))


class PreviewSerializer(serializers.Serializer[Any]):
    """What a definition would come to now."""

    cases = serializers.IntegerField()
    patients = serializers.IntegerField()
    per_split = SplitCountsSerializer()
    per_format = serializers.DictField(child=serializers.IntegerField(), help_text="format → cases")
    missing = MissingSerializer(many=True)


class ReleaseDefinitionSerializer(serializers.Serializer[Any]):
    """The definition as it was frozen."""

    label_source = serializers.ChoiceField(choices=LabelSource.choices)
    reader_id = serializers.UUIDField(allow_null=True)
    formats = serializers.ListField(child=serializers.ChoiceField(choices=Format.choices))
    shares = SharesSerializer()
    seed = serializers.IntegerField()


class ArchiveSerializer(serializers.Serializer[Any]):
    """One downloadable file."""

    format = serializers.ChoiceField(choices=Format.choices)
    filename = serializers.CharField()
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    file_count = serializers.IntegerField()


class ReleaseJobSerializer(serializers.Serializer[Any]):
    """How the freezing goes; the job's own address tells more."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    progress = serializers.FloatField()
    message = serializers.CharField()
    error_code = serializers.CharField()
    error_message = serializers.CharField()


class ReleaseAuthorSerializer(serializers.Serializer[Any]):
    """Who made a release."""

    id = serializers.UUIDField()
    display_name = serializers.CharField(source="__str__")


class ReleaseSerializer(serializers.ModelSerializer[Release]):
    """A release."""

    state = serializers.SerializerMethodField()
    definition = ReleaseDefinitionSerializer()
    protocol_version = serializers.IntegerField(source="protocol.version")
    cases = serializers.SerializerMethodField()
    patients = serializers.SerializerMethodField()
    per_split = serializers.SerializerMethodField()
    missing = MissingSerializer(many=True)
    archives = serializers.SerializerMethodField()
    job = ReleaseJobSerializer(allow_null=True)
    created_by = ReleaseAuthorSerializer(allow_null=True)

    class Meta:
        model = Release
        fields = (
            "id",
            "project",
            "number",
            "name",
            "state",
            "definition",
            "protocol_version",
            "cases",
            "patients",
            "per_split",
            "missing",
            "archives",
            "job",
            "created_by",
            "created_at",
        )

    @extend_schema_field(serializers.ChoiceField(choices=ReleaseState.choices))
    def get_state(self, release: Release) -> str:
        """Return how it stands."""
        return state_of(release).value

    def get_cases(self, release: Release) -> int:
        """Return the number of cases."""
        return len(release.members)

    def get_patients(self, release: Release) -> int:
        """Return the number of patients."""
        return len({member["patient_key"] for member in release.members})

    @extend_schema_field(SplitCountsSerializer)
    def get_per_split(self, release: Release) -> dict[str, dict[str, int]]:
        """Return cases and patients of each split."""
        return counts_by_split(release.members)

    @extend_schema_field(ArchiveSerializer(many=True))
    def get_archives(self, release: Release) -> list[dict[str, Any]]:
        """Return what can be downloaded, in the order of the definition."""
        return [
            {
                "format": form,
                "filename": download_name(release, Format(form)),
                **{key: release.archives[form][key] for key in ("sha256", "size_bytes", "file_count")},
            }
            for form in release.definition["formats"]
            if form in release.archives
        ]
