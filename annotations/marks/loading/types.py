"""The values that cross the boundary of loading."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from annotations.marks.dicom.types import Code
from studies.derived.masks import FrameMask
from studies.models import Volume
from studies.planes import Plane


class FileKind(StrEnum):
    """What a file holds."""

    SEG = "seg"
    RTSTRUCT = "rtstruct"
    LABEL_MAP = "labelmap"
    SR = "sr"
    PR = "pr"


class Mode(StrEnum):
    """What becomes of the label's marks that are there: gone from the images in question, or joined with the new."""

    REPLACE = "replace"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class FoundSegment:
    """One segment, region or label value of a file.

    Attributes
    ----------
    number : int
        By which it is told apart in its file.
    name : str
    code : Code or None
        What it is of; None where the file does not say.
    voxels : int or None
        How many the file holds; None where that follows from the images alone (contours).
    """

    number: int
    name: str
    code: Code | None = None
    voxels: int | None = None


@dataclass(frozen=True, slots=True)
class FoundMeasurement:
    """One measurement of a report.

    Attributes
    ----------
    key : UUID
        Follows from the file, so that loading it twice does not double it.
    data : dict or None
        As measurements are stored, without `label`; None: it cannot be shown here, and `reason` says why.
    label : str
    code : Code or None
        What was measured, by name and code.
    """

    key: UUID
    data: dict[str, Any] | None
    label: str = ""
    code: Code | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """The images that marks are loaded onto: a series of the case, or one of its volumes."""

    series_uid: str
    volume_index: int | None = None


@dataclass(frozen=True, slots=True)
class TargetImages:
    """A target with where its frames lie; `volume` is None where a whole series is meant."""

    target: Target
    planes: Sequence[Plane]
    frame_of_reference_uid: str = ""
    volume: Volume | None = None


class Source(Protocol):
    """A file that was read so far that it is known what it holds."""

    @property
    def kind(self) -> FileKind:
        """Return what the file is."""
        ...

    @property
    def title(self) -> str:
        """Return what it calls itself."""
        ...

    @property
    def origin(self) -> str:
        """Return by what it can be found again: its SOP Instance UID, or its SHA-256."""
        ...

    @property
    def fractional(self) -> bool:
        """Return whether its pixels hold shares, so that a threshold matters."""
        ...

    @property
    def window(self) -> tuple[float, float] | None:
        """Return how images are to be shown (centre and width), where it says so."""
        ...

    def segments(self) -> list[FoundSegment]:
        """Return its segments."""
        ...

    def fits(self, images: TargetImages) -> int:
        """Return how many of its planes lie on these images (0: it does not belong to them)."""
        ...

    def names(self, uids: frozenset[str]) -> bool:
        """Return whether its frames or contours say that they were drawn on some of these instances."""
        ...

    def mentions(self, uids: frozenset[str]) -> int:
        """Return how many of these instances it speaks of anywhere."""
        ...

    def masks(self, images: TargetImages, *, share: float) -> Iterator[FrameMask]:
        """Yield its masks on these images, by segment number."""
        ...

    def measurements(
        self, planes: Mapping[tuple[str, int], Plane], references: frozenset[str]
    ) -> list[FoundMeasurement]:
        """Return its measurements on these frames, or in these frames of reference."""
        ...


@dataclass(slots=True)
class Counts:
    """What loading one segment came to, in voxels.

    Attributes
    ----------
    placed : int
        On the images.
    frames : int
        On how many frames.
    removed : int
        Of the label's own marks, replaced and not drawn again.
    taken : int
        That bore another label of the same layer and bear this one now.
    kept : int
        That bear another label of the same layer still, and so not this one.
    """

    placed: int = 0
    frames: int = 0
    removed: int = 0
    taken: int = 0
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Where one segment goes: a label value and how, or None to leave it out."""

    label: int | None
    mode: Mode = Mode.MERGE


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file.

    Attributes
    ----------
    target : Target or None
        None: the images that it names, or else fits best.
    segments : mapping of int to Choice or None
        By segment number; None: as `annotations.marks.loading.matching` finds them, merged.
    measurements : bool
        Take them.
    over_others : bool
        May take the place of other labels of the same layer.
    share : float
        From which share of a pixel on a fractional segmentation counts.
    """

    target: Target | None = None
    segments: Mapping[int, Choice] | None = None
    measurements: bool = True
    over_others: bool = False
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Matched:
    """A segment with the label it goes to, and how that was found: `code`, `name`, `value`, or empty."""

    segment: FoundSegment
    label: int | None
    by: str


@dataclass(slots=True)
class Merged:
    """The frames that loading changes, and what it came to per segment."""

    frames: tuple[Any, ...] = ()
    counts: dict[int, Counts] = field(default_factory=dict)
