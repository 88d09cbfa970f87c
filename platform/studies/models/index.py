"""The archive's index: studies, series, instances, volumes, and who may see them."""

from django.conf import settings
from django.db import models

from accounts.models import Team
from common.clock import now
from common.models import BaseModel
from common.searching import CopiedCharField, CopiedDateTimeField, SearchKeyField
from studies.types import Origin, SeriesKind


def _listed_by(column: str) -> models.Index:
    """Return an index to search studies by a text: it holds the order of lists too, so that no row need be read."""
    operators = ["varchar_pattern_ops", "varchar_ops", "timestamptz_ops", "uuid_ops"]
    return models.Index(
        fields=[column, "study_date", "created_at", "id"],
        name=f"study_{column.removesuffix('_key')}"[:30],
        opclasses=operators,
    )


class Study(BaseModel):
    """A DICOM study. Dates are DICOM DA text (YYYYMMDD), kept as they came.

    Lists are newest first: by `study_date`, `created_at` and `id`, all falling, which is an index. The `_key` columns
    are what people search by, folded.
    """

    study_uid = models.CharField(max_length=64, unique=True)
    patient_id = models.CharField(max_length=64, blank=True)
    patient_name = models.CharField(max_length=324, blank=True)
    patient_birth_date = models.CharField(max_length=8, blank=True)
    patient_sex = models.CharField(max_length=16, blank=True)
    study_date = models.CharField(max_length=8, blank=True)
    study_time = models.CharField(max_length=16, blank=True)
    study_id = models.CharField(max_length=16, blank=True)
    accession_number = models.CharField(max_length=64, blank=True)
    referring_physician = models.CharField(max_length=324, blank=True)
    description = models.CharField(max_length=64, blank=True)
    patient_name_key = SearchKeyField(source="patient_name", folds="name")
    referring_physician_key = SearchKeyField(source="referring_physician", folds="name")
    description_key = SearchKeyField(source="description")

    class Meta:
        ordering = ("-study_date", "-created_at", "-id")
        verbose_name_plural = "studies"
        indexes = (
            models.Index(fields=["-study_date", "-created_at", "-id"], name="study_order"),
            _listed_by("patient_id"),
            _listed_by("accession_number"),
            _listed_by("patient_name_key"),
            _listed_by("referring_physician_key"),
            _listed_by("description_key"),
        )

    def __str__(self) -> str:
        return f"{self.patient_id} {self.study_date} {self.description}"


class Series(BaseModel):
    """A DICOM series. `metadata_name` is the blob with its gzip DICOM JSON.

    `indexed_at` is empty while instances have come that metadata, volumes and thumbnail do not know yet;
    `created_by` brought its first instance. `study_date` and `study_created_at` are the study's, so that the studies
    with some modality lie in an index in the order of lists.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series", db_index=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    study_date = CopiedCharField(max_length=8, blank=True, default="", source="study.study_date")
    study_created_at = CopiedDateTimeField(default=now, source="study.created_at")
    series_uid = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=16, blank=True)
    kind = models.CharField(max_length=16, choices=SeriesKind.choices, default=SeriesKind.IMAGE)
    number = models.IntegerField(null=True, blank=True)
    description = models.CharField(max_length=64, blank=True)
    body_part = models.CharField(max_length=16, blank=True)
    frame_of_reference_uid = models.CharField(max_length=64, blank=True)
    instance_count = models.PositiveIntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=0)
    metadata_name = models.CharField(max_length=300, blank=True)
    thumbnail_name = models.CharField(max_length=300, blank=True)
    overview_name = models.CharField(max_length=300, blank=True)
    indexed_at = models.DateTimeField(null=True, blank=True)
    findings = models.JSONField(default=list, blank=True, help_text='[{"code", "detail"}, …] found at indexing')

    class Meta:
        ordering = ("number", "series_uid")
        verbose_name_plural = "series"
        indexes = (
            models.Index(fields=["modality", "study"], name="series_modality"),
            models.Index(
                fields=["modality", "-study_date", "-study_created_at", "-study"], name="series_modality_order"
            ),
            models.Index(fields=["study", "number", "series_uid"], name="series_order"),
        )

    def __str__(self) -> str:
        return f"{self.modality} {self.number} {self.description}"


class Instance(BaseModel):
    """A DICOM instance; `blob` is the untouched Part 10 file, `frame_spans` says where each frame's bytes lie in it.

    `origin` says whether these bytes came as they are or were made here; `source_blob` and `source_sha256` then name
    the bytes they were made from (both empty for received and de-identified ones).
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances", db_index=False)
    sop_instance_uid = models.CharField(max_length=64, unique=True)
    sop_class_uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True, blank=True)
    transfer_syntax_uid = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    frame_count = models.PositiveIntegerField(default=0)
    bits_allocated = models.PositiveIntegerField(default=0)
    samples_per_pixel = models.PositiveIntegerField(default=0)
    frame_spans = models.JSONField(
        default=list, help_text="[[offset, length], …] per frame; empty: frames need decoding"
    )
    blob = models.CharField(max_length=300)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    findings = models.JSONField(default=list, blank=True, help_text='[{"code", "detail"}, …] found at intake')
    origin = models.CharField(max_length=12, choices=Origin.choices, default=Origin.RECEIVED)
    source_blob = models.CharField(max_length=300, blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("number", "sop_instance_uid")
        indexes = (
            models.Index(fields=["source_blob"], name="instance_source", condition=~models.Q(source_blob="")),
            models.Index(fields=["series", "number", "sop_instance_uid"], name="instance_order"),
        )

    def __str__(self) -> str:
        return self.sop_instance_uid


class InstanceHeader(models.Model):
    """The DICOM JSON of one instance without its bulk values, zlib-compressed: files are parsed once, at intake."""

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, primary_key=True, related_name="header")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"header of {self.instance_id}"


class Volume(BaseModel):
    """Frames of a series that belong together; `geometry` is set when they form one regular grid.

    `frames` is a list of [sop_instance_uid, frame_number] ordered along the slice normal (index k); `geometry` is
    {"shape_kji", "affine_lps"} (index (k, j, i) → LPS mm) or null, and then `reasons` says why in codes. `units` are
    those of the real values that `read_volume` gives ("HU", "SUVbw", "BQML", "" where the file names none); `details`
    tells what sets this volume apart ("label", "time", "echo", "b_value", …) and where its units come from ("suv").
    """

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="volumes")
    index = models.PositiveIntegerField(help_text="0, 1, …: the time point or echo within the series")
    frames = models.JSONField()
    geometry = models.JSONField(null=True)
    reasons = models.JSONField(default=list)
    units = models.CharField(max_length=16, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("series", "index")
        constraints = (models.UniqueConstraint(fields=["series", "index"], name="volume_index_once"),)

    def __str__(self) -> str:
        return f"volume {self.index} of {self.series_id}"


class StudyGrant(models.Model):
    """A team may see some series of a study: the studies of a team, in an index in the order of lists.

    It is there as long as a SeriesGrant is that refers to it; what may be seen is said by those alone.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+", db_index=False)
    study_date = CopiedCharField(max_length=8, blank=True, default="", source="study.study_date")
    study_created_at = CopiedDateTimeField(default=now, source="study.created_at")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["study", "team"], name="study_grant_once"),)
        indexes = (
            models.Index(fields=["team", "-study_date", "-study_created_at", "-study"], name="study_grant_order"),
        )

    def __str__(self) -> str:
        return f"{self.team_id} sees some of {self.study_id}"


class SeriesGrants(models.Manager["SeriesGrant"]):
    """Grants are given and taken here, so that the studies of a team follow."""

    def give(self, *, series: Series, team: Team) -> tuple["SeriesGrant", bool]:
        """Return the grant, and whether it is new; in a transaction."""
        study = Study.objects.select_for_update().get(pk=series.study_id)
        study_grant, _ = StudyGrant.objects.get_or_create(study=study, team=team)
        return self.get_or_create(series=series, team=team, defaults={"study_grant": study_grant})

    def take(self, *, series: Series, team: Team) -> bool:
        """Take the grant back and say whether there was one; in a transaction."""
        study = Study.objects.select_for_update().get(pk=series.study_id)
        removed, _ = self.filter(series=series, team=team).delete()
        self.forget_empty(study=study)
        return bool(removed)

    def forget_empty(self, *, study: Study) -> None:
        """Take a study from the teams that see no series of it any more."""
        StudyGrant.objects.filter(study=study, grants=None).delete()


class SeriesGrant(BaseModel):
    """A team may see a series. Without a grant a series exists for administrators and its uploader alone."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="grants")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="series_grants")
    study_grant = models.ForeignKey(StudyGrant, on_delete=models.CASCADE, related_name="grants")

    objects = SeriesGrants()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "team"], name="series_grant_once"),)

    def __str__(self) -> str:
        return f"{self.team_id} sees {self.series_id}"
