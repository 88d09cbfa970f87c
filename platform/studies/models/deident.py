"""De-identification: rule sets and their versions, mappings that only the key opens, runs, and what is held for review.

Nothing here says in the clear which original an instance was made from: `sealed` and `secret` columns are ciphertext,
`lookup` columns are keyed hashes (see `studies.deident.vault`).
"""

from django.conf import settings
from django.db import models

from accounts.models import Team
from common.models import BaseModel
from jobs.models import Job
from studies.models.index import Series
from studies.types import HeldState


class DeidentificationProfile(BaseModel):
    """A team's rule set under one name; the rules themselves are its versions. `secret` is the sealed data key."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="deidentification_profiles")
    name = models.CharField(max_length=120)
    pseudonym_prefix = models.CharField(max_length=20)
    secret = models.BinaryField()
    reidentifiers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    class Meta:
        ordering = ("name", "created_at")
        constraints = (models.UniqueConstraint(fields=["team", "name"], name="deident_profile_name_once"),)

    def __str__(self) -> str:
        return self.name


class DeidentificationVersion(BaseModel):
    """One version of the rules; never changed once a run has used it. The newest counts.

    `private_tags`: [{"creator", "group", "element"}, …], group and the element's low byte in hexadecimal.
    """

    profile = models.ForeignKey(DeidentificationProfile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    options = models.JSONField(default=list)
    private_tags = models.JSONField(default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=["profile", "number"], name="deident_version_once"),)

    def __str__(self) -> str:
        return f"{self.profile_id} v{self.number}"


class DeidentificationPatient(BaseModel):
    """A patient's pseudonym within a profile; who it is stands in `sealed`, found again by `lookup`."""

    profile = models.ForeignKey(DeidentificationProfile, on_delete=models.CASCADE, related_name="patients")
    lookup = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=["profile", "lookup"], name="deident_patient_once"),
            models.UniqueConstraint(fields=["profile", "number"], name="deident_pseudonym_once"),
        )

    def __str__(self) -> str:
        return f"patient {self.number} of {self.profile_id}"


class DeidentificationUid(models.Model):
    """The UID of a study, series or instance that was made, with the original's UID sealed."""

    profile = models.ForeignKey(DeidentificationProfile, on_delete=models.CASCADE, related_name="uids")
    patient = models.ForeignKey(DeidentificationPatient, on_delete=models.CASCADE, related_name="uids")
    uid = models.CharField(max_length=64)
    sealed = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["profile", "uid"], name="deident_uid_once"),)

    def __str__(self) -> str:
        return self.uid


class DeidentificationRun(BaseModel):
    """One request to de-identify series. Which ones they are is sealed; counts and report hold no original value."""

    version = models.ForeignKey(DeidentificationVersion, on_delete=models.PROTECT, related_name="runs")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    sealed_sources = models.BinaryField()
    series_count = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=list)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"run {self.pk}"


class DeidentifiedSeries(BaseModel):
    """A series that was made by a version of a profile."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, related_name="deidentified")
    version = models.ForeignKey(DeidentificationVersion, on_delete=models.PROTECT, related_name="series")

    def __str__(self) -> str:
        return f"{self.series_id} by {self.version_id}"


class HeldInstance(BaseModel):
    """An instance whose header is de-identified and whose pixels a person must look at; nothing of it is served.

    `reasons`: [{"code", "detail"}, …]; `regions`: those suggested, [{"x", "y", "width", "height"}, …] in pixels.
    """

    version = models.ForeignKey(DeidentificationVersion, on_delete=models.PROTECT, related_name="held")
    run = models.ForeignKey(DeidentificationRun, null=True, on_delete=models.SET_NULL, related_name="held")
    study_uid = models.CharField(max_length=64)
    series_uid = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64)
    pseudonym = models.CharField(max_length=64)
    modality = models.CharField(max_length=16, blank=True)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=list)
    regions = models.JSONField(default=list)
    blob = models.CharField(max_length=300, blank=True)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=HeldState.choices, default=HeldState.HELD)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why a person released or discarded it")

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (models.UniqueConstraint(fields=["version", "sop_instance_uid"], name="deident_held_once"),)
        indexes = (models.Index(fields=["version", "state"], name="deident_held_state"),)

    def __str__(self) -> str:
        return self.sop_instance_uid


class DeidentificationDemand(BaseModel):
    """A team may only be shown series that the newest version of this profile made at the time of sharing."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="deidentification_demand")
    profile = models.ForeignKey(DeidentificationProfile, on_delete=models.PROTECT, related_name="demands")

    def __str__(self) -> str:
        return f"{self.team_id} demands {self.profile_id}"
