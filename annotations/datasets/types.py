"""The vocabulary of datasets."""

from django.db import models


class LabelSource(models.TextChoices):
    """Whose marks a release holds."""

    CONSENSUS = "consensus", "Consensus"
    READER = "reader", "One reader"


class Format(models.TextChoices):
    """What a release can be downloaded as."""

    NNUNET = "nnunet", "nnU-Net v2"
    DICOM_SEG = "dicom_seg", "DICOM SEG with source images"


class ReleaseState(models.TextChoices):
    """A release is being frozen, frozen, or its freezing failed."""

    FREEZING = "freezing", "Freezing"
    FROZEN = "frozen", "Frozen"
    FAILED = "failed", "Failed"
