"""The vocabulary of datasets, and the values that cross its floors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

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


class Split(models.TextChoices):
    """The part of a dataset that a patient belongs to."""

    TRAIN = "train", "Training"
    VAL = "val", "Validation"
    TEST = "test", "Test"


class MissingReason(models.TextChoices):
    """Why a case of the project is not in a release (or not in one of its formats)."""

    NO_CONSENSUS = "no_consensus", "There is no consensus yet"
    CONSENSUS_OUTDATED = "consensus_outdated", "The consensus is older than the readings it was made of"
    NOT_ASSIGNED = "not_assigned", "The reader was not given this case"
    NOT_SUBMITTED = "not_submitted", "The reader has not submitted this case"
    NOT_READABLE = "not_readable", "It was found not readable"
    LABELS_CHANGED = "labels_changed", "It was read with other labels than the project has now"
    IMAGES_WITHHELD = "images_withheld", "You may not see all of its images"
    BLINDED = "blinded", "You are reading it yourself and have not submitted yet"
    NO_VOLUME = "no_volume", "Its images form no regular volume"
    SEVERAL_VOLUMES = "several_volumes", "Its marks lie on several volumes"
    OFF_VOLUME = "off_volume", "Some marks lie outside its regular volumes"


@dataclass(frozen=True, slots=True)
class Definition:
    """What a person asks a release to be.

    Attributes
    ----------
    name : str
    label_source : LabelSource
    reader_id : UUID or None
        The reader whose marks are taken; for `LabelSource.READER` only.
    formats : tuple of Format
    shares : mapping of Split to float
        Wanted share of the patients, adding up to 1.
    seed : int
        Changes which patient goes where, and nothing else.
    """

    name: str
    label_source: LabelSource
    formats: tuple[Format, ...]
    shares: Mapping[Split, float]
    seed: int = 0
    reader_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class MarksInput:
    """One reading that a consensus was made of: the reader's number, the mark set and its revision."""

    reader: int
    mark_set: UUID
    revision: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case with usable marks.

    Attributes
    ----------
    case_id, number, patient_key
        The case, its number in the project, and the key its patient is told apart by.
    patient : int
        Number of the patient in the project (order of the patients' first cases): the pseudonym.
    mark_set, revision
        The exact marks.
    reader : int or None
        The reader's pseudonymous number; None for a consensus.
    rule : str
        The consensus rule; empty for a reader.
    inputs : tuple of MarksInput
        The readings a consensus was made of.
    volume : UUID or None
        The regular volume that a volumetric format takes; None when there is none.
    formats : tuple of Format
        The asked formats it can be in.
    """

    case_id: UUID
    number: int
    patient_key: str
    patient: int
    mark_set: UUID
    revision: int
    formats: tuple[Format, ...]
    reader: int | None = None
    rule: str = ""
    inputs: tuple[MarksInput, ...] = ()
    volume: UUID | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A case that is not in the release, or not in some of its formats, and why."""

    case_id: UUID
    number: int
    reason: MissingReason
    formats: tuple[Format, ...]


@dataclass(frozen=True, slots=True)
class Cohort:
    """What a definition comes to in the present state of a project."""

    candidates: tuple[Candidate, ...]
    missing: tuple[Missing, ...]
    split_of: Mapping[str, Split] = field(default_factory=dict)
    """patient_key → split, for every patient of `candidates`"""
