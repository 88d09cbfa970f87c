"""Source images as highdicom takes them, and their true names put back afterwards.

highdicom takes single-frame images, or one multi-frame image whose frames all lie at different places. Loops, time
series in one image and pictures without a place in the patient are neither. So every frame of such an image is handed
over as a single-frame stand-in with a derived UID; in the finished SEG each reference is turned back into the instance
and frame that it stands for.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import SecondaryCaptureImageStorage
from pydicom.valuerep import DA, TM

from annotations.marks.dicom.parts import placement
from annotations.marks.dicom.types import FrameId, derived_uid

_TYPE_2 = (
    "PatientID",
    "PatientName",
    "PatientBirthDate",
    "PatientSex",
    "AccessionNumber",
    "StudyID",
    "StudyDate",
    "StudyTime",
    "ReferringPhysicianName",
)
"""Attributes that every SEG must have, if only empty, and that some source images lack."""

_OF_SEVERAL_FRAMES = (
    "NumberOfFrames",
    "PerFrameFunctionalGroupsSequence",
    "SharedFunctionalGroupsSequence",
    "DimensionIndexSequence",
    "DimensionOrganizationSequence",
)
_OF_PLACE = (
    "FrameOfReferenceUID",
    "PositionReferenceIndicator",
    "ImagePositionPatient",
    "ImageOrientationPatient",
)


def source_for(source: Dataset, frame: FrameId, *, placed: bool) -> Dataset:
    """Return a frame as a single-frame image: the image itself where it is one and has a place, else a stand-in."""
    image = complete(source)
    if placed and not _has_several_frames(source):
        return image
    _put(image, "SOPClassUID", SecondaryCaptureImageStorage)
    _put(image, "SOPInstanceUID", _stand_in_uid(frame))
    for name in _OF_SEVERAL_FRAMES if placed else (*_OF_SEVERAL_FRAMES, *_OF_PLACE):
        if name in image:
            delattr(image, name)
    if placed:
        where = placement(source, frame[1])
        _put(image, "ImagePositionPatient", where.position)
        _put(image, "ImageOrientationPatient", where.orientation)
        _put(image, "PixelSpacing", where.spacing)
        _put(image, "SliceThickness", where.thickness)
    return image


def name_sources(seg: Dataset, frames: Iterable[FrameId], sources: Mapping[str, Dataset]) -> None:
    """Turn references to stand-ins into references to the instances and frames that they stand for."""
    stood_for = {_stand_in_uid(frame): frame for frame in frames}
    for item in seg.PerFrameFunctionalGroupsSequence:
        for derivation in item.get("DerivationImageSequence", []):
            for reference in derivation.SourceImageSequence:
                frame = stood_for.get(str(reference.ReferencedSOPInstanceUID))
                if frame is not None:
                    refer(reference, [frame], sources[frame[0]])
    seg.SourceImageSequence = _merged(seg.SourceImageSequence, stood_for, sources)
    for series in seg.ReferencedSeriesSequence:
        series.ReferencedInstanceSequence = _merged(series.ReferencedInstanceSequence, stood_for, sources)


def _merged(
    references: Iterable[Dataset], stood_for: Mapping[str, FrameId], sources: Mapping[str, Dataset]
) -> DicomSequence:
    """Return references with one item per instance, in which all of its frames are named."""
    kept: list[Dataset] = []
    frames_of: dict[str, list[FrameId]] = {}
    for reference in references:
        frame = stood_for.get(str(reference.ReferencedSOPInstanceUID))
        if frame is None:
            kept.append(reference)
        else:
            frames_of.setdefault(frame[0], []).append(frame)
    for uid, frames in frames_of.items():
        reference = Dataset()
        refer(reference, frames, sources[uid])
        kept.append(reference)
    return DicomSequence(kept)


def type_2(source: Dataset, name: str) -> Any:
    """Return an attribute that may be empty but not absent; what is absent or against the standard is empty."""
    value = source.get(name)
    return value if value is not None and _is_sound(name, value) else ""


def refer(reference: Dataset, frames: list[FrameId], source: Dataset) -> None:
    """Let an item of a reference sequence name an instance, and its frames where it has several."""
    reference.ReferencedSOPClassUID = source.SOPClassUID
    reference.ReferencedSOPInstanceUID = frames[0][0]
    if int(source.get("NumberOfFrames") or 1) > 1:
        numbers = sorted(number for _, number in frames)
        reference.ReferencedFrameNumber = numbers[0] if len(numbers) == 1 else numbers


def _stand_in_uid(frame: FrameId) -> str:
    return derived_uid("stand-in", *frame)


def _has_several_frames(source: Dataset) -> bool:
    return "PerFrameFunctionalGroupsSequence" in source or int(source.get("NumberOfFrames") or 1) > 1


def complete(source: Dataset) -> Dataset:
    """Return a copy with every attribute that highdicom wants; what is absent or against the standard becomes empty."""
    copy = Dataset()
    copy.update(source)
    for name in _TYPE_2:
        if name not in copy or not _is_sound(name, copy[name].value):
            _put(copy, name, None)
    return copy


def _put(copy: Dataset, name: str, value: Any) -> None:
    """Set an attribute of a copy whose elements are still those of its source: replaced, not changed."""
    if name in copy:
        delattr(copy, name)
    setattr(copy, name, value)


def _is_sound(name: str, value: Any) -> bool:
    """Return whether highdicom takes the value: it refuses sexes other than M, F, O and malformed dates and times."""
    if name == "PatientSex":
        return str(value or "") in ("", "M", "F", "O")
    try:
        if name.endswith("Date"):
            DA(str(value or ""))
        elif name.endswith("Time"):
            TM(str(value or ""))
    except ValueError:
        return False
    return True
