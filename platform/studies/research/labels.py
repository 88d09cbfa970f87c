"""A label map as a DICOM segmentation, written by highdicom. The same volume and identity always give the same bytes.

Label values stay what they are: a label map whose values are 1 to 8 without gaps becomes a BINARY segmentation, which
every reader knows; any other becomes a LABELMAP one (Supplement 243), where segment numbers may have gaps.
"""

import colorsys
import datetime
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from studies.derived.placing import GridMap
from studies.research.geometry import Slices
from studies.research.images import Belongs, contributing_equipment, derived_uid, part10
from studies.research.naming import Named
from studies.research.source import ResearchVolume, refuse
from studies.research.stored import Seen

MAX_BINARY_LABELS = 8
MAX_LABELS = 1000
MAX_LABEL = 65_535
MAX_VOXELS = 1 << 30
MAX_SILENT_LABEL, MAX_SILENT_VALUES = 100, 8
"""What a volume whose name says nothing may hold to be taken as a label map: no image has so few values."""
NO_DATE = datetime.date(1900, 1, 1)
"""Research volumes have no date, and DICOM wants one for a segmentation's content."""


def label_values(volume: ResearchVolume) -> list[int]:
    """Return the values that occur, without 0, in order; at most one more than MAX_LABELS."""
    found: set[int] = set()
    for time, k in volume.slices:
        found |= {int(value) for value in np.unique(volume.plane(time, k))}
        if len(found) > MAX_LABELS + 1:
            break
    return sorted(found - {0})


def looks_like_labels(volume: ResearchVolume, seen: Seen, name: Named) -> str:
    """Return why a volume is taken as a label map, or "" where it is an image.

    It must hold whole numbers from 0 to 65,535, at most 1,000 different ones, at one time. Then its name decides
    (label, mask, seg, gt, roi …; a folder labelsTr, masks …); a name that says image makes it none. Where the name
    says nothing, a volume of at most 8 different values from 0 to 100 is a label map.
    """
    scaled = volume.slope != 1.0 or volume.intercept != 0.0
    if not seen.whole or seen.strange or seen.smallest < 0 or seen.largest > MAX_LABEL or scaled:
        return ""
    if volume.shape[3] > 1 or name.says_image:
        return ""
    if name.says_label:
        return "its name or folder says so" if len(label_values(volume)) <= MAX_LABELS else ""
    if seen.smallest == 0 and 0 < seen.largest <= MAX_SILENT_LABEL:
        different = len(label_values(volume)) + 1
        return f"it holds {different} different values" if different <= MAX_SILENT_VALUES else ""
    return ""


@dataclass(frozen=True, slots=True)
class Target:
    """Images that a label map lies on.

    Attributes
    ----------
    frames : sequence of (str, str)
        SOP Instance and SOP Class UID of each slice, in the order of `slices`.
    slices : Slices
        Where they lie.
    turn : GridMap
        From the label map's voxels to theirs.
    series_uid : str
    """

    frames: Sequence[tuple[str, str]]
    slices: Slices
    turn: GridMap
    series_uid: str


def write_labels(
    volume: ResearchVolume, slices: Slices, belongs: Belongs, *, names: dict[int, str], target: Target | None
) -> bytes:
    """Return a segmentation as a Part 10 file; without a target it names no images and lies by itself.

    Memory: the label map, twice.

    Raises
    ------
    SetAsideError
        It holds no label, too many, or more than 2^30 voxels.
    """
    values = label_values(volume)
    if not values:
        raise refuse("It is a label map without any label: there is nothing to take in.")
    if len(values) > MAX_LABELS or int(np.prod(volume.shape)) > MAX_VOXELS:
        raise refuse(f"It is a label map of more than {MAX_LABELS:,} labels or {MAX_VOXELS:,} voxels.")
    assert volume.values is not None  # noqa: S101  # set by read_values
    labels: NDArray[Any] = np.rint(np.asarray(volume.values[0])).astype(np.uint8 if values[-1] < 256 else np.uint16)
    where = slices
    frames: Sequence[tuple[str, str]] = _lone_frames(belongs, labels.shape[0])
    if target is not None:
        labels, where, frames = target.turn.put(labels), target.slices, target.frames
    used = [k for k in range(labels.shape[0]) if labels[k].any()]
    sources = [_source(frames[k], where, k, labels.shape, belongs, target) for k in used]
    seg = _segmentation(np.ascontiguousarray(labels[used]), sources, values, names, belongs)
    _settle(seg, belongs, volume.form, lone=target is None)
    return part10(seg)


def _lone_frames(belongs: Belongs, count: int) -> list[tuple[str, str]]:
    """Return stand-ins for images: highdicom wants some; their names are taken out again."""
    return [(derived_uid("stand-in", belongs.series_uid, k), "1.2.840.10008.5.1.4.1.1.7") for k in range(count)]


def _source(
    frame: tuple[str, str], where: Slices, k: int, shape: tuple[int, ...], belongs: Belongs, target: Target | None
) -> Dataset:
    """Return what highdicom must know of a source image."""
    ds = Dataset()
    for name in ("PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "AccessionNumber", "StudyID"):
        setattr(ds, name, "")
    ds.ReferringPhysicianName = ""
    for name, value in belongs.study.items():
        setattr(ds, name, value)
    ds.SOPInstanceUID, ds.SOPClassUID = frame
    ds.SeriesInstanceUID = target.series_uid if target is not None else derived_uid("stand-in", belongs.series_uid)
    ds.FrameOfReferenceUID = belongs.frame_of_reference_uid
    ds.PositionReferenceIndicator = ""
    ds.Rows, ds.Columns = shape[1:]
    ds.ImagePositionPatient = where.position(k)
    ds.ImageOrientationPatient = where.orientation
    ds.PixelSpacing = where.spacing
    ds.SliceThickness = f"{where.step_mm:.10g}"
    ds.SpacingBetweenSlices = f"{where.step_mm:.10g}"
    return ds


def _segmentation(
    labels: NDArray[Any], sources: list[Dataset], values: list[int], names: dict[int, str], belongs: Belongs
) -> Dataset:
    import highdicom

    binary = len(values) <= MAX_BINARY_LABELS and values == list(range(1, len(values) + 1))
    kind = highdicom.seg.SegmentationTypeValues
    midnight = datetime.time(0)
    series = belongs.series
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of headers that are made here, or of a label map without colours
        return highdicom.seg.Segmentation(
            source_images=sources,
            pixel_array=labels,
            segmentation_type=kind.BINARY if binary else kind.LABELMAP,
            segment_descriptions=[_description(value, names, belongs) for value in values],
            series_instance_uid=belongs.series_uid,
            series_number=int(series["SeriesNumber"]),
            sop_instance_uid=derived_uid("instance", belongs.series_uid),
            instance_number=1,
            manufacturer="Fiducial",
            manufacturer_model_name="Fiducial",
            software_versions="1",
            device_serial_number="1",
            content_label="SEGMENTATION",
            content_description=f"Label map {belongs.source_name}"[:64],
            content_creator_name="",
            series_description=str(series["SeriesDescription"])[:64],
            omit_empty_frames=True,
            content_date=NO_DATE,
            content_time=midnight,
            series_date=NO_DATE,
            series_time=midnight,
        )


def _description(value: int, names: dict[int, str], belongs: Belongs) -> Any:
    import highdicom
    from pydicom.sr.codedict import codes

    colour = colorsys.hsv_to_rgb((value * 0.618033988749895) % 1.0, 0.65, 0.95)  # the golden ratio keeps hues apart
    return highdicom.seg.SegmentDescription(
        segment_number=value,
        segment_label=(names.get(value) or f"label {value}")[:64],
        segmented_property_category=codes.SCT.Tissue,
        segmented_property_type=codes.SCT.Tissue,
        algorithm_type="SEMIAUTOMATIC",
        algorithm_identification=highdicom.AlgorithmIdentificationSequence(
            name="Unknown: imported label map", family=codes.cid7162.ManualProcessing, version="1"
        ),
        tracking_uid=derived_uid("tracking", belongs.series_uid, value),
        tracking_id=f"{belongs.source_name[:40]}/{value}",
        display_color=highdicom.color.CIELabColor.from_rgb(*(round(part * 255) for part in colour)),
    )


def _settle(seg: Dataset, belongs: Belongs, form: str, *, lone: bool) -> None:
    """Put derived values where highdicom makes up random ones or reads the clock; take stand-ins out."""
    dimensions = derived_uid("dimensions", belongs.series_uid)
    for sequence in (seg.DimensionOrganizationSequence, seg.DimensionIndexSequence):
        for part in sequence:
            part.DimensionOrganizationUID = dimensions
    seg.InstanceCreationDate, seg.InstanceCreationTime = seg.ContentDate, seg.ContentTime
    seg.ContributingEquipmentSequence = [contributing_equipment(form)]
    seg.SegmentsOverlap = "NO"
    if lone:
        for name in ("ReferencedSeriesSequence", "SourceImageSequence"):
            if name in seg:
                delattr(seg, name)
        for group in (*seg.PerFrameFunctionalGroupsSequence, *seg.SharedFunctionalGroupsSequence):
            if "DerivationImageSequence" in group:
                del group.DerivationImageSequence
