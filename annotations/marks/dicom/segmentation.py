"""Marks as DICOM Segmentation objects (PS3.3 A.51), written by highdicom.

A SEG has one segment per label that occurs; frames without labels are left out. BINARY is what every reader knows.
FRACTIONAL says for every pixel how much of it is occupied: marks are whole pixels, so 0 or all (255). LABELMAP
(Supplement 243) keeps one number per pixel, so each layer of labels becomes a SEG of its own.

Nothing in a SEG is random or taken from the clock: UIDs are derived (RFC 9562 version 5 UUIDs under 2.25, PS3.5 B.2)
from mark set, revision, series and part, dates come from the revision. So the same marks always give the same bytes.
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import highdicom
import numpy as np
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import format_number_as_ds

from annotations.marks.dicom.parts import Part, split_into_parts
from annotations.marks.dicom.sources import name_sources, source_for
from annotations.marks.dicom.types import FrameId, Identity, Made, SegKind, Segment, WrittenSegmentation, derived_uid
from annotations.marks.frames import Labels, decode_labels, values_in
from annotations.marks.types import FrameLabels

MANUFACTURER = "Fiducial"
SERIAL_NUMBER = "1"
SERIES_NUMBER = 9000
FULL_PIXEL = 255
"""What a whole pixel counts in FRACTIONAL segmentations."""


def write_segmentations(
    *,
    frames: Sequence[FrameLabels],
    sources: Mapping[str, Dataset],
    groups: Sequence[Sequence[FrameId]],
    segments: Sequence[Segment],
    identity: Identity,
    kind: SegKind = SegKind.BINARY,
) -> list[WrittenSegmentation]:
    """Write the labels of one series.

    Parameters
    ----------
    frames : sequence of FrameLabels
        Labels on frames of the series. A frame may come in several layers; where these overlap, so do the segments.
    sources : mapping of SOP Instance UID to Dataset
        The source images, all of one series; pixel data is not needed.
    groups : sequence of sequences of FrameId
        The volumes of the series; see `split_into_parts`, which says when a series needs more than one SEG.
    segments : sequence of Segment
        A description of every label value that occurs; others may be there too.
    identity : Identity
    kind : SegKind

    Returns
    -------
    list of WrittenSegmentation
        Empty when no frame holds a label: a SEG without frames cannot be.

    Raises
    ------
    KeyError
        A frame's instance or a label value is not described.
    """
    described = {segment.value: segment for segment in segments}
    layers = sorted({frame.key.layer for frame in frames}) if kind == SegKind.LABELMAP else [None]
    written: list[WrittenSegmentation] = []
    for layer in layers:
        planes = _planes([frame for frame in frames if layer in (None, frame.key.layer)])
        for part in split_into_parts(planes, groups=groups, sources=sources):
            one = _write_part(len(written) + 1, part, planes, sources, described, identity, kind)
            written.append(one)
    return written


def _planes(frames: Sequence[FrameLabels]) -> dict[FrameId, list[Labels]]:
    """Return the layers, lowest first, of each frame that holds a label."""
    planes: dict[FrameId, list[Labels]] = {}
    for frame in sorted(frames, key=lambda frame: frame.key):
        if not frame.data:
            continue
        plane = decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
        if plane.any():
            planes.setdefault((frame.key.sop_instance_uid, frame.key.frame_number), []).append(plane)
    return planes


def _write_part(
    number: int,
    part: Part,
    planes: Mapping[FrameId, list[Labels]],
    sources: Mapping[str, Dataset],
    described: Mapping[int, Segment],
    identity: Identity,
    kind: SegKind,
) -> WrittenSegmentation:
    present = sorted({value for frame in part.frames for plane in planes[frame] for value in values_in(plane)})
    pixels = _stack([planes[frame] for frame in part.frames], present)
    series_uid = sources[part.frames[0][0]].SeriesInstanceUID
    key: tuple[object, ...] = (identity.mark_set, identity.revision, series_uid, number)
    other = () if kind == SegKind.BINARY else (kind.value,)
    seg = _segmentation(
        source_images=[source_for(sources[frame[0]], frame, placed=part.placed) for frame in part.frames],
        pixel_array=pixels,
        segmentation_type=highdicom.seg.SegmentationTypeValues(kind.value),
        fractional_type=highdicom.seg.SegmentationFractionalTypeValues.OCCUPANCY,
        max_fractional_value=FULL_PIXEL,
        segment_descriptions=[
            _description(index, described[value], identity) for index, value in enumerate(present, start=1)
        ],
        series_instance_uid=derived_uid("series", identity.mark_set, identity.revision, series_uid, *other),
        series_number=SERIES_NUMBER,
        sop_instance_uid=derived_uid("instance", *key, *other),
        instance_number=number,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MANUFACTURER,
        software_versions=identity.software_version,
        device_serial_number=SERIAL_NUMBER,
        content_description=identity.description[:64],
        content_creator_name=identity.creator,
        content_label="SEGMENTATION",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        omit_empty_frames=True,
        series_description=identity.description[:64],
        **_dates(identity),
    )
    _settle(seg, derived_uid("dimensions", *key, *other))
    if part.step_mm is not None:
        measures = seg.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.SpacingBetweenSlices = format_number_as_ds(round(part.step_mm, 6))
    if not part.placed:  # PS3.3 C.7.6.1: type 2C where no orientation in space is given
        seg.PatientOrientation = sources[part.frames[0][0]].get("PatientOrientation", "")
    name_sources(seg, part.frames, sources)
    buffer = io.BytesIO()
    seg.save_as(buffer)
    return WrittenSegmentation(
        sop_instance_uid=str(seg.SOPInstanceUID),
        series_instance_uid=str(seg.SeriesInstanceUID),
        data=buffer.getvalue(),
        segments=tuple(present),
        frames=tuple(part.frames),
    )


def _segmentation(**arguments: Any) -> Any:
    """Return highdicom's object; its warnings are about the source images' headers, which nobody here can mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return highdicom.seg.Segmentation(**arguments)


def _dates(identity: Identity) -> dict[str, Any]:
    date, time = identity.at.date(), identity.at.time().replace(microsecond=0)
    return {"content_date": date, "content_time": time, "series_date": date, "series_time": time}


def _stack(planes: Sequence[list[Labels]], present: Sequence[int]) -> Labels:
    """Return segment numbers (frames, rows, columns), or one plane per segment (…, segments) where labels overlap."""
    shape = (len(planes), *planes[0][0].shape)
    if all(len(layers) == 1 for layers in planes):
        number_of = np.zeros(256, dtype=np.uint8)
        number_of[list(present)] = np.arange(1, len(present) + 1, dtype=np.uint8)
        return np.stack([number_of[layers[0]] for layers in planes])
    stacked: Labels = np.zeros((*shape, len(present)), dtype=np.uint8)
    for k, layers in enumerate(planes):
        for index, value in enumerate(present):
            stacked[k, :, :, index] = np.any([layer == value for layer in layers], axis=0)
    return stacked


def _description(number: int, segment: Segment, identity: Identity) -> highdicom.seg.SegmentDescription:
    algorithm = None
    if segment.made != Made.MANUAL:
        algorithm = highdicom.AlgorithmIdentificationSequence(
            name=segment.algorithm[:64],
            family=codes.cid7162.ArtificialIntelligence if segment.by_model else codes.cid7162.ManualProcessing,
            version=segment.algorithm_version[:64] or "1",
        )
    return highdicom.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name[:64],
        segmented_property_category=_concept(segment.category),
        segmented_property_type=_concept(segment.type),
        algorithm_type=segment.made.value,
        algorithm_identification=algorithm,
        tracking_uid=derived_uid("tracking", identity.mark_set, segment.value),
        tracking_id=f"{identity.mark_set}/{segment.value}",
        display_color=highdicom.color.CIELabColor.from_string(segment.colour),
    )


def _concept(code: Any) -> Any:
    return highdicom.sr.CodedConcept(value=code.value, scheme_designator=code.scheme, meaning=code.meaning)


def _settle(seg: Dataset, dimensions_uid: str) -> None:
    """Put derived values where highdicom makes up random ones or reads the clock."""
    for sequence in (seg.DimensionOrganizationSequence, seg.DimensionIndexSequence):
        for item in sequence:
            item.DimensionOrganizationUID = dimensions_uid
    seg.InstanceCreationDate = seg.ContentDate
    seg.InstanceCreationTime = seg.ContentTime
    own = seg.ContributingEquipmentSequence[-1]  # highdicom adds itself last, after what the source images name
    own.ContributionDateTime = f"{seg.ContentDate}{seg.ContentTime}"
