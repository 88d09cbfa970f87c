"""DICOM objects as sources of marks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from annotations.marks.dicom.types import Code
from annotations.marks.loading.presentations import drawings_in, window_of
from annotations.marks.loading.reports import measurements_in
from annotations.marks.loading.types import FileKind, FoundMeasurement, FoundSegment, TargetImages
from studies.derived.content import Described, code_of, integer, item, items
from studies.derived.describe import Speaks, speaks_of
from studies.derived.links import fit
from studies.derived.masks import FrameMask, masks_in
from studies.derived.presentation import describe_presentation
from studies.derived.reports import describe_report
from studies.derived.segmentation import describe_segmentation, full_value
from studies.derived.structures import describe_structures
from studies.models import Instance
from studies.planes import Plane
from studies.types import SeriesKind

KINDS = {
    SeriesKind.SEGMENTATION: FileKind.SEG,
    SeriesKind.STRUCTURES: FileKind.RTSTRUCT,
    SeriesKind.REPORT: FileKind.SR,
    SeriesKind.PRESENTATION: FileKind.PR,
}


@dataclass(slots=True)
class DicomSource:
    """A derived DICOM object; see `annotations.marks.loading.types.Source`.

    Attributes
    ----------
    kind : FileKind
    instance : Instance
        Need not be stored.
    header : dict
        Its DICOM JSON.
    file : BinaryIO
        The Part 10 file.
    """

    kind: FileKind
    instance: Instance
    header: dict[str, Any]
    file: BinaryIO
    _speaks: Speaks | None = None
    _described: Described | None = None

    @property
    def title(self) -> str:
        """Return what it calls itself, or its segments."""
        return self._content().label

    @property
    def origin(self) -> str:
        """Return its SOP Instance UID."""
        return self.instance.sop_instance_uid

    @property
    def fractional(self) -> bool:
        """Return whether it is a segmentation of shares."""
        return full_value(self.header) > 1

    def segments(self) -> list[FoundSegment]:
        """Return its segments or regions."""
        if self.kind == FileKind.SEG:
            codes = _codes(self.header, "00620002", "00620004", "0062000F")
            return [
                FoundSegment(one["number"], str(one["label"]), codes.get(one["number"]), one["voxels"])
                for one in self._content().summary["segments"]
            ]
        if self.kind == FileKind.RTSTRUCT:
            codes = _codes(self.header, "30060080", "30060084", "30060086")
            rois = self._content().summary["rois"]
            return [FoundSegment(one["number"], str(one["name"]), codes.get(one["number"])) for one in rois]
        return []

    def names(self, uids: frozenset[str]) -> bool:
        """Return whether its frames or contours name some of these instances as what they were drawn on."""
        speaks = self._what()
        drawn_on = {uid for frame in speaks.frames for uid, _ in frame.sources}
        drawn_on |= {contour.sop_instance_uid for region in speaks.regions for contour in region.contours}
        return bool(uids & drawn_on)

    def mentions(self, uids: frozenset[str]) -> int:
        """Return how many of these instances it refers to anywhere."""
        return len(uids & self._what().described.references.keys())

    def fits(self, images: TargetImages) -> int:
        """Return how many of its planes lie on these images.

        None where it says that it is of another frame of reference: another patient's marks may lie in the same
        place by their numbers.
        """
        own, theirs = self._what().frame_of_reference_uid, images.frame_of_reference_uid
        return 0 if own and theirs and own != theirs else fit(self._what(), images.planes)[0]

    def masks(self, images: TargetImages, *, share: float) -> Iterator[FrameMask]:
        """Yield its masks on these images."""
        if self.kind in (FileKind.SEG, FileKind.RTSTRUCT):
            yield from masks_in(self.instance, self.header, self.file, images.planes, share=share)

    def measurements(
        self, planes: Mapping[tuple[str, int], Plane], references: frozenset[str]
    ) -> list[FoundMeasurement]:
        """Return the measurements of a report, or the drawings of a presentation state."""
        if self.kind == FileKind.PR:
            return drawings_in(self.header, planes)
        return measurements_in(self.header, planes, references) if self.kind == FileKind.SR else []

    @property
    def window(self) -> tuple[float, float] | None:
        """Return the window of a presentation state, as centre and width."""
        return window_of(self.header) if self.kind == FileKind.PR else None

    def _what(self) -> Speaks:
        if self._speaks is None:
            self._speaks = speaks_of(self.instance, self.header)
        return self._speaks

    def _content(self) -> Described:
        if self._described is None:
            self._described = {
                FileKind.SEG: lambda: describe_segmentation(self.instance, self.header, self.file),
                FileKind.RTSTRUCT: lambda: describe_structures(self.header)[0],
                FileKind.SR: lambda: describe_report(self.header),
                FileKind.PR: lambda: describe_presentation(self.header),
            }[self.kind]()
        return self._described


def _codes(header: dict[str, Any], sequence: str, number: str, tag: str) -> dict[int, Code]:
    """Return what each item of a sequence says that it is of."""
    found: dict[int, Code] = {}
    for one in items(header, sequence):
        value, code = integer(one, number), code_of(one, tag)
        if value is not None and code and item(one, tag):
            found[value] = Code(code["scheme"], code["value"], code["meaning"])
    return found
