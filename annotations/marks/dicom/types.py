"""The values that cross the boundary of DICOM writing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

NAMESPACE = UUID("8f9c2c0e-6a07-5f0e-9a51-5a1d64c1a3d4")
"""Under which all derived UIDs live; never to be changed."""


def derived_uid(*parts: object) -> str:
    """Return a UID that follows from `parts`, as text joined by colons."""
    return f"2.25.{uuid5(NAMESPACE, ':'.join(str(part) for part in parts)).int}"


class Made(StrEnum):
    """How a segment came about: DICOM's Segment Algorithm Type (0062,0008)."""

    MANUAL = "MANUAL"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    AUTOMATIC = "AUTOMATIC"


class SegKind(StrEnum):
    """How pixels are stored in a SEG: DICOM's Segmentation Type (0062,0001)."""

    BINARY = "BINARY"
    FRACTIONAL = "FRACTIONAL"
    LABELMAP = "LABELMAP"


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept."""

    scheme: str
    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One label as it is to be described in a SEG.

    Attributes
    ----------
    value : int
        The number that the label has in masks.
    name : str
    category, type : Code
        Segmented property category and type.
    colour : str
        `#rrggbb`.
    made : Made
    algorithm, algorithm_version : str
        What computed it; needed unless `made` is MANUAL.
    by_model : bool
        The algorithm is a trained model (else it is a rule, such as a vote).
    """

    value: int
    name: str
    category: Code
    type: Code
    colour: str
    made: Made = Made.MANUAL
    algorithm: str = ""
    algorithm_version: str = ""
    by_model: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What makes a SEG the one it is; every UID and date in it follows from these values.

    Attributes
    ----------
    mark_set : UUID
    revision : int
    at : datetime
        When that revision was written (aware); becomes content and series date and time, in UTC.
    creator : str
        Content creator as a DICOM person name, such as `Reader 1^`.
    description : str
        Series and content description (at most 64 characters).
    software_version : str
    """

    mark_set: UUID
    revision: int
    at: datetime
    creator: str
    description: str
    software_version: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How images are shown.

    Attributes
    ----------
    window : (float, float) or None
        Centre and width in rescaled values; None: as the images say.
    area : (int, int, int, int) or None
        The part that fills the pane: columns and rows of its first and last pixel, counted from 1; None: all.
    """

    window: tuple[float, float] | None = None
    area: tuple[int, int, int, int] | None = None


FrameId = tuple[str, int]
"""(sop_instance_uid, frame_number)"""


@dataclass(frozen=True, slots=True)
class Written:
    """One DICOM file.

    Attributes
    ----------
    sop_instance_uid, series_instance_uid : str
    data : bytes
        The Part 10 file.
    frames : sequence of FrameId
        The source frames that it marks.
    """

    sop_instance_uid: str
    series_instance_uid: str
    data: bytes
    frames: Sequence[FrameId]


@dataclass(frozen=True, slots=True)
class WrittenSegmentation(Written):
    """One SEG file; `segments` are the label values of its segment numbers, from 1."""

    segments: Sequence[int]
