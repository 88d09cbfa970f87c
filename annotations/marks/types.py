"""The vocabulary of marks, and the values that cross its boundary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models

from accounts.models import User


class Origin(models.TextChoices):
    """Whose marks a mark set holds."""

    READER = "reader", "A reader"
    DRAFT = "draft", "A model's draft"
    CONSENSUS = "consensus", "A consensus of readings"
    IMPORTED = "imported", "Imported"


class RevisionKind(models.TextChoices):
    """What made a revision."""

    EDIT = "edit", "Edited"
    TAKE_DRAFT = "take_draft", "Took an AI draft"
    RESTORE = "restore", "Restored an earlier state"
    RUN = "run", "Written by a model run"
    CONSENSUS = "consensus", "Computed consensus"


@dataclass(frozen=True, slots=True, order=True)
class FrameKey:
    """Where labels lie: one frame of one DICOM instance (numbered from 1), and the layer (for overlap)."""

    sop_instance_uid: str
    frame_number: int = 1
    layer: int = 0


@dataclass(frozen=True, slots=True)
class FrameLabels:
    """The labels of one whole frame.

    Attributes
    ----------
    key : FrameKey
    rows, columns : int
        Size of the frame in pixels.
    data : bytes
        zlib of uint8[rows * columns], row-major; empty bytes stand for a frame without any label.
    number : int
        The revision it comes from (0 for labels that are not stored yet); takes no part in comparisons.
    """

    key: FrameKey
    rows: int
    columns: int
    data: bytes
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Delta:
    """What one revision changes; everything not named stays as it was.

    Attributes
    ----------
    frames : tuple of FrameLabels
        Frames that changed, each whole.
    measurements : mapping of UUID to dict or None
        New content by key; None deletes.
    answers : mapping of str to value or None
        New answer by question key; None takes the answer back.
    """

    frames: tuple[FrameLabels, ...] = ()
    measurements: Mapping[UUID, dict[str, Any] | None] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MarkSetState:
    """Measurements and answers of a mark set as of revision `number`; measurements as {"key", "data"}."""

    number: int
    measurements: list[dict[str, Any]]
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CheckedDelta:
    """A delta that `annotations.marks.validation.check_delta` has found right; `values` are the labels it uses."""

    delta: Delta
    values: frozenset[int]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Who or what made a revision, with what, and when.

    Attributes
    ----------
    kind : RevisionKind
    client_id : UUID
        Chosen by the sender; the same id twice is one revision.
    author : User or None
        None when no person made it.
    model_version : str
        name/number of the model that made it, or empty.
    tool : str
    source_mark_set : MarkSet or None
        Where the content was taken from (a draft), at revision `source_number`.
    source_number : int or None
    protocol_version : int
    drawn_at : datetime or None
        When the browser made it.
    """

    kind: RevisionKind
    client_id: UUID
    author: User | None = None
    model_version: str = ""
    tool: str = ""
    source_mark_set: models.Model | None = None
    source_number: int | None = None
    protocol_version: int = 1
    drawn_at: datetime | None = None
