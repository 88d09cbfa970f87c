"""Marks as RT structure sets (PS3.3 A.19): each label a region, its masks as closed planar contours.

Contours run along the edges of pixels; holes are joined by keyholes (see annotations.marks.dicom.contours), so that
whoever fills them by pixel centres gets the very masks. UIDs and dates follow from the marks, as in
annotations.marks.dicom.segmentation.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage
from pydicom.valuerep import format_number_as_ds

from annotations.marks.dicom.contours import outlines
from annotations.marks.dicom.places import place_of
from annotations.marks.dicom.sources import refer, type_2
from annotations.marks.dicom.types import FrameId, Identity, Segment, Written, derived_uid
from annotations.marks.frames import decode_labels, values_in
from annotations.marks.types import FrameLabels

SERIES_NUMBER = 9001
MANUFACTURER = "Fiducial"
_STUDY = ("StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyID", "ReferringPhysicianName")
_PATIENT = ("PatientName", "PatientID", "PatientBirthDate", "PatientSex")


def write_structures(
    *,
    frames: Sequence[FrameLabels],
    sources: Mapping[str, Dataset],
    segments: Sequence[Segment],
    identity: Identity,
) -> list[Written]:
    """Write the labels of one series, one structure set per frame of reference.

    Parameters
    ----------
    frames : sequence of FrameLabels
        Labels on frames of the series; those on images without a place in the patient are left out: contours are
        places in the patient.
    sources : mapping of SOP Instance UID to Dataset
    segments : sequence of Segment
        A description of every label value that occurs.
    identity : Identity

    Raises
    ------
    KeyError
        A frame's instance or a label value is not described.
    """
    by_reference: dict[str, list[FrameLabels]] = {}
    for frame in sorted(frames, key=lambda frame: frame.key):
        source = sources[frame.key.sop_instance_uid]
        if frame.data and place_of(source, frame.key.frame_number).placed:
            by_reference.setdefault(str(source.FrameOfReferenceUID), []).append(frame)
    described = {segment.value: segment for segment in segments}
    return [
        _write(number, reference, found, sources, described, identity)
        for number, (reference, found) in enumerate(by_reference.items(), start=1)
    ]


def _write(
    number: int,
    reference: str,
    frames: Sequence[FrameLabels],
    sources: Mapping[str, Dataset],
    described: Mapping[int, Segment],
    identity: Identity,
) -> Written:
    first = sources[frames[0].key.sop_instance_uid]
    contours = _contours(frames, sources)
    structures = _skeleton(first, number, identity)
    structures.FrameOfReferenceUID = reference
    structures.PositionReferenceIndicator = ""
    structures.ReferencedFrameOfReferenceSequence = [_referenced(reference, first, frames, sources)]
    structures.StructureSetROISequence = []
    structures.ROIContourSequence = []
    structures.RTROIObservationsSequence = []
    for value in sorted(contours):
        _add_region(structures, value, described[value], contours[value], reference)
    buffer = io.BytesIO()
    structures.save_as(buffer, enforce_file_format=True)
    marked = {(frame.key.sop_instance_uid, frame.key.frame_number) for frame in frames}
    return Written(
        sop_instance_uid=str(structures.SOPInstanceUID),
        series_instance_uid=str(structures.SeriesInstanceUID),
        data=buffer.getvalue(),
        frames=tuple(sorted(marked)),
    )


def _contours(frames: Sequence[FrameLabels], sources: Mapping[str, Dataset]) -> dict[int, list[Dataset]]:
    found: dict[int, list[Dataset]] = {}
    for frame in frames:
        source = sources[frame.key.sop_instance_uid]
        where = place_of(source, frame.key.frame_number)
        labels = decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
        for value in sorted(values_in(labels)):
            for polygon in outlines(labels == value):
                found.setdefault(value, []).append(_contour(where.points_lps(polygon), frame, source))
    return found


def _contour(points_lps: Any, frame: FrameLabels, source: Dataset) -> Dataset:
    contour, image = Dataset(), Dataset()
    refer(image, [(frame.key.sop_instance_uid, frame.key.frame_number)], source)
    contour.ContourImageSequence = [image]
    contour.ContourGeometricType = "CLOSED_PLANAR"
    contour.NumberOfContourPoints = len(points_lps)
    contour.ContourData = [str(format_number_as_ds(round(float(part), 6) + 0.0)) for part in np.ravel(points_lps)]
    return contour


def _skeleton(first: Dataset, number: int, identity: Identity) -> FileDataset:
    """Return an empty structure set of the source image's patient and study."""
    key = (identity.mark_set, identity.revision, first.SeriesInstanceUID, "RTSTRUCT")
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID = derived_uid("instance", *key, number)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    structures = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    if "SpecificCharacterSet" in first:
        structures.SpecificCharacterSet = "ISO_IR 192"
    structures.SOPClassUID, structures.SOPInstanceUID = RTStructureSetStorage, meta.MediaStorageSOPInstanceUID
    for name in (*_PATIENT, *_STUDY):
        setattr(structures, name, type_2(first, name))
    date, time = identity.at.strftime("%Y%m%d"), identity.at.strftime("%H%M%S")
    structures.Modality, structures.SeriesNumber, structures.InstanceNumber = "RTSTRUCT", SERIES_NUMBER, number
    structures.SeriesInstanceUID = derived_uid("series", *key)
    structures.SeriesDescription = identity.description[:64]
    structures.SeriesDate = structures.StructureSetDate = structures.InstanceCreationDate = date
    structures.SeriesTime = structures.StructureSetTime = structures.InstanceCreationTime = time
    structures.OperatorsName = identity.creator
    structures.Manufacturer = structures.ManufacturerModelName = MANUFACTURER
    structures.SoftwareVersions, structures.DeviceSerialNumber = identity.software_version, "1"
    structures.StructureSetLabel = "MARKS"
    structures.StructureSetName = identity.description[:64]
    structures.ApprovalStatus = "UNAPPROVED"
    return structures


def _referenced(
    reference: str, first: Dataset, frames: Sequence[FrameLabels], sources: Mapping[str, Dataset]
) -> Dataset:
    """Return which images the contours were drawn on (PS3.3 C.8.8.5)."""
    by_image: dict[str, set[FrameId]] = {}
    for frame in frames:
        place = (frame.key.sop_instance_uid, frame.key.frame_number)
        by_image.setdefault(frame.key.sop_instance_uid, set()).add(place)
    images = []
    for uid in sorted(by_image):
        image = Dataset()
        refer(image, sorted(by_image[uid]), sources[uid])
        images.append(image)
    series, study, whole = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = first.SeriesInstanceUID
    series.ContourImageSequence = images
    study.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
    study.ReferencedSOPInstanceUID = first.StudyInstanceUID
    study.RTReferencedSeriesSequence = [series]
    whole.FrameOfReferenceUID = reference
    whole.RTReferencedStudySequence = [study]
    return whole


def _add_region(structures: Dataset, value: int, segment: Segment, contours: Sequence[Dataset], reference: str) -> None:
    region, drawn, seen, code = Dataset(), Dataset(), Dataset(), Dataset()
    region.ROINumber = drawn.ReferencedROINumber = seen.ReferencedROINumber = seen.ObservationNumber = value
    region.ReferencedFrameOfReferenceUID = reference
    region.ROIName = segment.name[:64]
    region.ROIGenerationAlgorithm = segment.made.value
    drawn.ROIDisplayColor = [int(segment.colour[place : place + 2], 16) for place in (1, 3, 5)]
    drawn.ContourSequence = list(contours)
    code.CodeValue, code.CodingSchemeDesignator = segment.type.value, segment.type.scheme
    code.CodeMeaning = segment.type.meaning
    seen.RTROIIdentificationCodeSequence = [code]
    seen.ROIObservationLabel = segment.name[:16]
    seen.RTROIInterpretedType = ""
    seen.ROIInterpreter = ""
    structures.StructureSetROISequence.append(region)
    structures.ROIContourSequence.append(drawn)
    structures.RTROIObservationsSequence.append(seen)
