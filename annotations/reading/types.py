"""The vocabulary of reading."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models


class ProjectState(models.TextChoices):
    """Readers see a live project only."""

    DRAFT = "draft", "Being set up"
    LIVE = "live", "Live"
    CLOSED = "closed", "Closed"


class ReadingState(models.TextChoices):
    """assigned → open → submitted; a manager may send a submitted one back."""

    ASSIGNED = "assigned", "Assigned"
    OPEN = "open", "Open"
    SUBMITTED = "submitted", "Submitted"
    RETURNED = "returned", "Sent back"


class DeskAction(models.TextChoices):
    """What a machine wants with a reading."""

    SIT = "sit", "Work on it, unless another machine does"
    TAKE = "take", "Work on it, whoever does"
    LEAVE = "leave", "Leave it"


class ConsensusRule(models.TextChoices):
    """How several readings become one."""

    MAJORITY = "majority", "Majority"
    STAPLE = "staple", "STAPLE"


class QuestionKind(models.TextChoices):
    """What an answer looks like."""

    CHOICE = "choice", "One of several"
    SEVERAL = "several", "Some of several"
    SCORE = "score", "Step of a scale"
    NUMBER = "number", "Number"
    TEXT = "text", "Text"
    YES_NO = "yes_no", "Yes or no"


class NotReadableReason(models.TextChoices):
    """Why a case cannot be read."""

    MOTION = "motion", "Motion"
    ARTEFACT = "artefact", "Artefacts"
    INCOMPLETE = "incomplete", "Images are missing"
    WRONG_IMAGES = "wrong_images", "Wrong region or patient"
    CONTRAST = "contrast", "Contrast or noise"
    OTHER = "other", "Another reason"


class ExchangeFormat(models.TextChoices):
    """What the marks of a reading can be saved as."""

    SEG = "seg", "DICOM SEG"
    SEG_FRACTIONAL = "seg-fractional", "DICOM SEG, fractional"
    SEG_LABELMAP = "seg-labelmap", "DICOM SEG, label map"
    RTSTRUCT = "rtstruct", "DICOM RT structure set"
    SR = "sr", "DICOM SR (TID 1500)"
    PR = "pr", "DICOM presentation state"
    KO = "ko", "DICOM key object selection"
    NIFTI = "nifti", "NIfTI label map"


class CaseState(models.TextChoices):
    """How far a case is; derived from its readings."""

    WAITING = "waiting", "Waiting"
    READING = "reading", "Being read"
    COMPLETE = "complete", "Complete"


OKABE_ITO = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999")
"""Colours that people with colour blindness can tell apart (Okabe and Ito, 2008); given to labels in turn."""

NOT_IMAGES = frozenset({"SEG", "SR", "RTSTRUCT", "RTPLAN", "RTDOSE", "RTRECORD", "PR", "KO", "DOC", "REG", "FID", "AU"})
"""Modalities whose series are about images instead of being images."""


@dataclass(frozen=True, slots=True)
class LabelDraft:
    """A label as a manager wants it.

    `value` None: keep that of the same name, or take the next free one. `layer` None: keep the label's, or 0.
    """

    name: str
    value: int | None = None
    colour: str = ""
    category_scheme: str = "SCT"
    category_code: str = "123037004"
    category_meaning: str = "Anatomical Structure"
    type_scheme: str = "SCT"
    type_code: str = "85756007"
    type_meaning: str = "Tissue"
    layer: int | None = None


@dataclass(frozen=True, slots=True)
class ProtocolDraft:
    """A protocol as a manager wants it."""

    labels: tuple[LabelDraft, ...]
    questions: tuple[Mapping[str, Any], ...] = ()
    lesion: tuple[Mapping[str, Any], ...] = ()
    readers_per_case: int = 2
    blinded: bool = True
    ai_drafts: bool = True
    consensus_rule: ConsensusRule = ConsensusRule.MAJORITY


@dataclass(frozen=True, slots=True)
class Skipped:
    """A study that did not become a case, and why: `present`, `no_images`, `not_visible` or `not_deidentified`."""

    study_uid: str
    reason: str
