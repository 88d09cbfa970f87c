"""Objects made from images (segmentations, reports, structures …), what they speak of, and research volumes."""

from django.db import models

from common.models import BaseModel
from studies.models.index import Instance, Series
from studies.models.intake import Import
from studies.types import LinkKind, SeriesKind


class DerivedObject(BaseModel):
    """What a segmentation, report, structure set … says, read once when its series is indexed.

    `summary` is what a person is shown (its shape depends on `kind`; see studies.derived); `findings` is
    [{"code", "detail"}, …].
    """

    instance = models.OneToOneField(Instance, on_delete=models.CASCADE, related_name="derived")
    kind = models.CharField(max_length=16, choices=SeriesKind.choices)
    label = models.CharField(max_length=200, blank=True)
    frame_of_reference_uid = models.CharField(max_length=64, blank=True, db_index=True)
    summary = models.JSONField(default=dict)
    findings = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("instance__number", "instance__sop_instance_uid")

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


class DerivedLink(models.Model):
    """A derived object speaks of a series.

    `series` is empty while the series it names (`series_uid`) is not here. `detail` holds what could be measured on
    that series alone, such as the volume of each contour's mask.
    """

    derived = models.ForeignKey(DerivedObject, on_delete=models.CASCADE, related_name="links")
    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.CASCADE, related_name="derived_links")
    series_uid = models.CharField(max_length=64, db_index=True)
    how = models.CharField(max_length=12, choices=LinkKind.choices)
    matched = models.PositiveIntegerField(default=0, help_text="How many of them are here")
    referenced = models.PositiveIntegerField(default=0, help_text="How many images or planes it speaks of")
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["derived", "series_uid"], name="derived_link_once"),)

    def __str__(self) -> str:
        return f"{self.derived_id} → {self.series_uid}: {self.how}"


class GridPlace(models.Model):
    """Where the middle of a volume lies, to the even millimetre: finds images on the grid of a label map."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="grid_places")
    key = models.CharField(max_length=40, db_index=True)

    def __str__(self) -> str:
        return self.key


class ResearchGroup(BaseModel):
    """Files of one import that speak of one subject by folder and name; they become one study."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="research_groups")
    key = models.CharField(max_length=64, help_text="SHA-256 of the folder and the subject's name in it")
    study_uid = models.CharField(max_length=64)
    patient_id = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "key"], name="research_group_once"),)

    def __str__(self) -> str:
        return self.patient_id


class ResearchSource(BaseModel):
    """A research volume that was made into a DICOM series, so that bringing it in again changes nothing.

    `grid` is {"shape_kji", "affine_lps"} in the order of its slices; `target_series_uid` names the images that a label
    map was put on when it came.
    """

    group = models.ForeignKey(ResearchGroup, on_delete=models.CASCADE, related_name="sources")
    path = models.CharField(max_length=1000)
    sha256 = models.CharField(max_length=64, db_index=True)
    series_uid = models.CharField(max_length=64)
    target_series_uid = models.CharField(max_length=64, blank=True)
    is_label = models.BooleanField()
    instance_count = models.PositiveIntegerField(default=0, help_text="How many instances it became")
    grid = models.JSONField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["group", "path", "sha256"], name="research_source_once"),)

    def __str__(self) -> str:
        return self.path
