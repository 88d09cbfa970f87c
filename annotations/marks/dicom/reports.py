"""Measurements as a structured report of template TID 1500 (PS3.16), written by highdicom.

Each measurement is a measurement group (TID 1501): its value with the lines it was measured along, its statistics, the
label as finding, and our own name of its type, so that it comes back as what it was. Lines in an image's plane are
coordinates of that image (SCOORD), others of the patient (SCOORD3D). UIDs and dates follow from the marks.
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import highdicom
import numpy as np
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code as DicomCode
from pydicom.uid import ExplicitVRLittleEndian

from annotations.marks.dicom.measured import (
    COMMENT_CONCEPT,
    FORMS,
    LABEL_CONCEPT,
    MILLIMETRE,
    OWN_SCHEME,
    SCALE_CONCEPT,
    SHORT_AXIS,
    STATISTICS,
    TYPE_CONCEPT,
    unit_of,
)
from annotations.marks.dicom.places import FramePlace, Points, place_of
from annotations.marks.dicom.sources import complete
from annotations.marks.dicom.types import Code, FrameId, Identity, Segment, Written, derived_uid

SERIES_NUMBER = 9002
IN_PLANE_MM = 0.01
_IMAGING = DicomCode("363679005", "SCT", "Imaging")


def write_report(
    *,
    measurements: Mapping[UUID, Mapping[str, Any]],
    sources: Mapping[str, Dataset],
    segments: Sequence[Segment],
    identity: Identity,
) -> Written:
    """Write the measurements of one study.

    Parameters
    ----------
    measurements : mapping of UUID to dict
        At least one; see `annotations.marks.models.MeasurementState`.
    sources : mapping of SOP Instance UID to Dataset
        The images that they lie on, all of one study.
    segments : sequence of Segment
        A description of the labels that they bear; one that is gone since is left out.
    identity : Identity

    Raises
    ------
    KeyError
        An image is not described.
    """
    described = {segment.value: segment for segment in segments}
    groups = [
        _group(number, key, data, sources[data["sop_instance_uid"]], described, identity)
        for number, (key, data) in enumerate(measurements.items(), start=1)
    ]
    used = sorted({str(data["sop_instance_uid"]) for data in measurements.values()})
    evidence = [complete(sources[uid]) for uid in used]
    key = (identity.mark_set, identity.revision, evidence[0].StudyInstanceUID, "SR")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are about the source images' headers, which nobody here can mend
        report = sr.MeasurementReport(
            observation_context=sr.ObservationContext(observer_person_context=observer(identity)),
            procedure_reported=_IMAGING,
            imaging_measurements=groups,
        )
        document = sr.Comprehensive3DSR(
            evidence=evidence,
            content=report[0],
            series_instance_uid=derived_uid("series", *key),
            series_number=SERIES_NUMBER,
            sop_instance_uid=derived_uid("instance", *key),
            instance_number=1,
            manufacturer="Fiducial",
            is_complete=True,
            series_description=identity.description[:64],
            transfer_syntax_uid=ExplicitVRLittleEndian,
        )
    settle(document, identity)
    buffer = io.BytesIO()
    document.save_as(buffer)
    frames: set[FrameId] = {(str(d["sop_instance_uid"]), int(d["frame_number"])) for d in measurements.values()}
    return Written(
        sop_instance_uid=str(document.SOPInstanceUID),
        series_instance_uid=str(document.SeriesInstanceUID),
        data=buffer.getvalue(),
        frames=tuple(sorted(frames)),
    )


def observer(identity: Identity) -> sr.ObserverContext:
    """Return who made the marks, as a report names them."""
    return sr.ObserverContext(
        observer_type=DicomCode("121006", "DCM", "Person"),
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name=identity.creator),
    )


def settle(document: Dataset, identity: Identity) -> None:
    """Put derived values where highdicom reads the clock."""
    date, time = identity.at.strftime("%Y%m%d"), identity.at.strftime("%H%M%S")
    document.ContentDate = document.InstanceCreationDate = document.SeriesDate = date
    document.ContentTime = document.InstanceCreationTime = document.SeriesTime = time
    for equipment in document.get("ContributingEquipmentSequence", []):
        if "ContributionDateTime" in equipment:
            equipment.ContributionDateTime = f"{date}{time}"


def _group(
    number: int,
    key: UUID,
    data: Mapping[str, Any],
    source: Dataset,
    described: Mapping[int, Segment],
    identity: Identity,
) -> sr.MeasurementsAndQualitativeEvaluations:
    form, label = FORMS[data["type"]], data.get("label")
    segment = described.get(label) if isinstance(label, int) else None  # a label may be gone since
    kind = sr.QualitativeEvaluation(
        name=_concept(TYPE_CONCEPT), value=highdicom.sr.CodedConcept(data["type"], OWN_SCHEME, form.name)
    )
    group = sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(
            uid=derived_uid("tracking", identity.mark_set, key), identifier=f"{form.name} {number}"
        ),
        finding_type=_concept(segment.type) if segment else None,
        measurements=_measurements(data, source),
        qualitative_evaluations=[kind],
    )
    name = segment.name if segment else (label if isinstance(label, str) else "")
    for concept, text in (
        (LABEL_CONCEPT, name),
        (COMMENT_CONCEPT, data.get("text") or ""),
        (SCALE_CONCEPT, data.get("scale") or ""),
    ):
        if text:
            group[0].ContentSequence.append(
                sr.TextContentItem(
                    name=_concept(concept), value=text, relationship_type=sr.RelationshipTypeValues.CONTAINS
                )
            )
    return group


def _measurements(data: Mapping[str, Any], source: Dataset) -> list[sr.Measurement]:
    form = FORMS[data["type"]]
    drawn = _coordinates(data, source)
    first = drawn[:1] if data["type"] == "bidirectional" else drawn
    found = [_measurement(form.concept, data["value"], unit_of(data["unit"]), first)]
    values = dict(data.get("values") or {})
    if data["type"] == "arrow" and data["unit"] not in ("mm", "px"):  # a group needs a value for its coordinates
        points = np.array(data["points_lps"], dtype=np.float64)
        found = [_measurement(form.concept, float(np.linalg.norm(points[1] - points[0])), MILLIMETRE, drawn)]
    if data["type"] == "bidirectional":
        c, d = (np.array(point, dtype=np.float64) for point in data["points_lps"][2:])
        short = values.pop("short", None) or {"value": float(np.linalg.norm(d - c)), "unit": "mm"}
        found.append(_measurement(SHORT_AXIS, short["value"], unit_of(short["unit"]), drawn[1:]))
    for name, one in values.items():
        if one.get("value") is not None:
            concept = STATISTICS.get(name) or Code(OWN_SCHEME, name[:16], name[:64])
            found.append(_measurement(concept, one["value"], unit_of(one.get("unit") or ""), []))
    return found


def _measurement(concept: Code, value: float, unit: Code, drawn: Sequence[Any]) -> sr.Measurement:
    return sr.Measurement(
        name=_concept(concept), value=float(value), unit=_concept(unit), referenced_coordinates=list(drawn) or None
    )


def _coordinates(data: Mapping[str, Any], source: Dataset) -> list[Any]:
    """Return the lines of a measurement: in its image's pixels where they lie in its plane, else in the patient."""
    form, frame = FORMS[data["type"]], int(data["frame_number"])
    where = place_of(source, frame)
    points = np.array(data["points_lps"], dtype=np.float64)
    pieces = [points[list(line)] for line in form.lines] or [points]
    if form.shape == "closed":
        pieces = [np.vstack([points, points[:1]])]
    if form.shape == "ellipse":
        pieces = [_major_first(points)]
    flat = np.vstack([where.pixels(piece) for piece in pieces]) + 0.5
    size = np.array([source.Rows, source.Columns])
    inside = bool((flat >= 0).all() and (flat <= size).all()) and where.off_plane_mm(points) <= IN_PLANE_MM
    if inside or not where.placed:
        image = _image(source, frame)
        kind = {"line": "POLYLINE", "closed": "POLYLINE", "point": "POINT"}.get(form.shape, form.shape.upper())
        return [sr.CoordinatesForMeasurement(kind, _pixels(where, piece), image) for piece in pieces]
    if form.shape == "circle":
        pieces = [circle_as_ellipse(points, where)]
    kind = {"line": "POLYLINE", "closed": "POLYGON", "point": "POINT"}.get(form.shape, "ELLIPSE")
    reference = source.FrameOfReferenceUID
    return [sr.CoordinatesForMeasurement3D(kind, piece, reference) for piece in pieces]


def _pixels(where: FramePlace, points_lps: Points) -> Points:
    """Return (column, row) as SCOORD counts: 0 is the edge of the first pixel (PS3.3 C.18.6.1.1)."""
    found: Points = np.maximum(where.pixels(points_lps)[:, ::-1] + 0.5, 0.0)
    return found


def _image(source: Dataset, frame: int) -> sr.SourceImageForRegion:
    several = int(source.get("NumberOfFrames") or 1) > 1
    return sr.SourceImageForRegion(
        referenced_sop_class_uid=source.SOPClassUID,
        referenced_sop_instance_uid=source.SOPInstanceUID,
        referenced_frame_numbers=[frame] if several else None,
    )


def _major_first(points: Points) -> Points:
    """Return both axes of an ellipse, the longer one first, as DICOM wants them."""
    one, other = (float(np.linalg.norm(points[place + 1] - points[place])) for place in (0, 2))
    return points if one >= other else points[[2, 3, 0, 1]]


def circle_as_ellipse(points: Points, where: FramePlace) -> Points:
    """Return the ends of two axes of a circle (centre, edge) in its frame's plane."""
    centre, towards = points[0], points[1] - points[0]
    normal = np.cross(where.steps[:, 1], where.steps[:, 0])
    across = np.cross(normal / np.linalg.norm(normal), towards)
    length = float(np.linalg.norm(across))
    across = across * (np.linalg.norm(towards) / length) if length > 1e-9 else towards
    return np.array([centre + towards, centre - towards, centre + across, centre - across])


def _concept(code: Code) -> highdicom.sr.CodedConcept:
    return highdicom.sr.CodedConcept(value=code.value, scheme_designator=code.scheme, meaning=code.meaning)
