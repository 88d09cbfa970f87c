"""The JSON shapes of de-identification."""

from typing import Any

from rest_framework import serializers

from studies.types import DeidentificationOption, HeldReason, HeldState


class PrivateTagSerializer(serializers.Serializer[Any]):
    """A private attribute that may stay, by creator, group and last two digits of its element (hexadecimal)."""

    creator = serializers.CharField(max_length=64)
    group = serializers.CharField(max_length=4)
    element = serializers.CharField(max_length=4)


class RulesVersionSerializer(serializers.Serializer[Any]):
    """One version of a profile's rules."""

    number = serializers.IntegerField()
    options = serializers.ListField(child=serializers.ChoiceField(choices=DeidentificationOption.choices))
    private_tags = PrivateTagSerializer(many=True)
    created_at = serializers.DateTimeField()


class DeidentificationProfileSerializer(serializers.Serializer[Any]):
    """A profile with its newest rules; `used`: a run has used them, so that a change makes a new version."""

    id = serializers.UUIDField()
    team = serializers.UUIDField()
    name = serializers.CharField()
    pseudonym_prefix = serializers.CharField()
    version = serializers.IntegerField()
    options = serializers.ListField(child=serializers.ChoiceField(choices=DeidentificationOption.choices))
    private_tags = PrivateTagSerializer(many=True)
    used = serializers.BooleanField()
    demanded = serializers.BooleanField()
    held = serializers.IntegerField()
    may_reidentify = serializers.BooleanField()
    reidentifiers = serializers.ListField(child=serializers.UUIDField())
    versions = RulesVersionSerializer(many=True)
    created_at = serializers.DateTimeField()


class NewProfileSerializer(serializers.Serializer[Any]):
    """What makes a profile."""

    team = serializers.UUIDField()
    name = serializers.CharField(max_length=120)
    options = serializers.ListField(
        child=serializers.ChoiceField(choices=DeidentificationOption.choices), required=False, default=list
    )
    private_tags = PrivateTagSerializer(many=True, required=False, default=list)
    pseudonym_prefix = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")


class ProfileChangeSerializer(serializers.Serializer[Any]):
    """What of a profile can be changed; only an administrator names who may re-identify."""

    name = serializers.CharField(max_length=120, required=False)
    options = serializers.ListField(
        child=serializers.ChoiceField(choices=DeidentificationOption.choices), required=False
    )
    private_tags = PrivateTagSerializer(many=True, required=False)
    reidentifiers = serializers.ListField(child=serializers.UUIDField(), required=False)


class NewRunSerializer(serializers.Serializer[Any]):
    """Which series to de-identify: by series, by study, or both."""

    series_uids = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)
    study_uids = serializers.ListField(child=serializers.CharField(max_length=64), required=False, default=list)


class RunCountsSerializer(serializers.Serializer[Any]):
    """Instances by what became of them; `present`: made by an earlier run already."""

    made = serializers.IntegerField(default=0)
    present = serializers.IntegerField(default=0)
    held = serializers.IntegerField(default=0)
    refused = serializers.IntegerField(default=0)


class AttributeChangeSerializer(serializers.Serializer[Any]):
    """One attribute: what was done with it, by which rule, how often."""

    tag = serializers.CharField()
    name = serializers.CharField()
    action = serializers.CharField()
    rule = serializers.CharField()
    count = serializers.IntegerField()


class CountedSerializer(serializers.Serializer[Any]):
    """A code with its sentence, and how many instances it holds for."""

    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)
    count = serializers.IntegerField()


class StudyReportSerializer(serializers.Serializer[Any]):
    """What became of one study; it holds no original value."""

    study_uid = serializers.CharField(help_text="Of the study that was made")
    pseudonym = serializers.CharField()
    series = serializers.ListField(child=serializers.CharField())
    instances = serializers.IntegerField()
    changes = AttributeChangeSerializer(many=True)
    held = CountedSerializer(many=True)
    refused = CountedSerializer(many=True)
    warnings = CountedSerializer(many=True)


class DeidentificationRunSerializer(serializers.Serializer[Any]):
    """A run; its job tells state and progress."""

    id = serializers.UUIDField()
    profile = serializers.UUIDField()
    version = serializers.IntegerField()
    job = serializers.UUIDField(allow_null=True)
    state = serializers.CharField()
    progress = serializers.FloatField()
    error_code = serializers.CharField(allow_blank=True)
    error_message = serializers.CharField(allow_blank=True)
    series_count = serializers.IntegerField()
    counts = RunCountsSerializer()
    started_by = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class DeidentificationRunDetailSerializer(DeidentificationRunSerializer):
    """A run with its report, one entry per study."""

    studies = StudyReportSerializer(many=True)


class RunPageSerializer(serializers.Serializer[Any]):
    """Runs, newest first; `next` is the `after` of the following page."""

    results = DeidentificationRunSerializer(many=True)
    next = serializers.UUIDField(allow_null=True)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why it is held."""

    code = serializers.ChoiceField(choices=HeldReason.choices)
    detail = serializers.CharField(allow_blank=True)


class RegionSerializer(serializers.Serializer[Any]):
    """A rectangle in pixels; (0, 0) is the upper left corner."""

    x = serializers.IntegerField(min_value=0)
    y = serializers.IntegerField(min_value=0)
    width = serializers.IntegerField(min_value=1)
    height = serializers.IntegerField(min_value=1)


class HeldInstanceSerializer(serializers.Serializer[Any]):
    """An instance held for review; `regions` are those suggested for blanking."""

    id = serializers.UUIDField()
    profile = serializers.UUIDField()
    run = serializers.UUIDField(allow_null=True)
    study_uid = serializers.CharField()
    series_uid = serializers.CharField()
    sop_instance_uid = serializers.CharField()
    pseudonym = serializers.CharField()
    modality = serializers.CharField(allow_blank=True)
    rows = serializers.IntegerField()
    columns = serializers.IntegerField()
    frame_count = serializers.IntegerField()
    reasons = ReasonSerializer(many=True)
    regions = RegionSerializer(many=True)
    state = serializers.ChoiceField(choices=HeldState.choices)
    picture = serializers.CharField(allow_blank=True, help_text="Address of the picture; blank once settled")
    reason = serializers.CharField(allow_blank=True)
    settled_by = serializers.CharField(allow_blank=True)
    settled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class HeldPageSerializer(serializers.Serializer[Any]):
    """Held instances, oldest first; `next` is the `after` of the following page, `count` that of all."""

    count = serializers.IntegerField()
    results = HeldInstanceSerializer(many=True)
    next = serializers.UUIDField(allow_null=True)


class RunQuerySerializer(serializers.Serializer[Any]):
    """Which runs."""

    profile = serializers.UUIDField(required=False)
    after = serializers.UUIDField(required=False)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class HeldQuerySerializer(RunQuerySerializer):
    """Which held instances; `state` is `held` when left out."""

    run = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(choices=HeldState.choices, required=False, default=HeldState.HELD)


class PictureQuerySerializer(serializers.Serializer[Any]):
    """Which frame."""

    frame = serializers.IntegerField(required=False, default=1, min_value=1)


class ReleaseSerializer(serializers.Serializer[Any]):
    """Why it may go as it is."""

    reason = serializers.CharField(max_length=1000)


class BlankSerializer(serializers.Serializer[Any]):
    """What to blank."""

    regions = RegionSerializer(many=True, allow_empty=False)
    all_frames = serializers.BooleanField(required=False, default=True)


class DiscardSerializer(serializers.Serializer[Any]):
    """Why it was given up."""

    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class ReidentifyQuerySerializer(serializers.Serializer[Any]):
    """A pseudonym, or the UID of a study, series or instance that was made."""

    pseudonym = serializers.CharField(max_length=64, required=False)
    uid = serializers.CharField(max_length=64, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for exactly one of them."""
        if len(attrs) != 1:
            raise serializers.ValidationError("Give a pseudonym or a uid.")
        return attrs


class IdentitySerializer(serializers.Serializer[Any]):
    """What the original's header said of the person."""

    patient_id = serializers.CharField(allow_blank=True)
    issuer = serializers.CharField(allow_blank=True)
    patient_name = serializers.CharField(allow_blank=True)
    birth_date = serializers.CharField(allow_blank=True)
    sex = serializers.CharField(allow_blank=True)


class OriginalUidSerializer(serializers.Serializer[Any]):
    """A made UID and the original's."""

    uid = serializers.CharField()
    original = serializers.CharField()


class ReidentifiedSerializer(serializers.Serializer[Any]):
    """Who it is."""

    pseudonym = serializers.CharField()
    patient = IdentitySerializer()
    uids = OriginalUidSerializer(many=True)
