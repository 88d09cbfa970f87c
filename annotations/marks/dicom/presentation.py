"""How images are shown, with measurements drawn on them, as a grey-scale presentation state (PS3.3 A.33.1).

Window, part of the image that is shown, and the lines of measurements in their images' planes with their values as
text. Whoever shows it sees them, but cannot measure with them: reports hold the values.
"""

import io
import warnings
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import highdicom
import numpy as np
from highdicom import pr
from pydicom.dataset import Dataset

from annotations.marks.dicom.measured import FORMS, Form
from annotations.marks.dicom.places import FramePlace, Points, place_of
from annotations.marks.dicom.reports import IN_PLANE_MM, circle_as_ellipse
from annotations.marks.dicom.sources import complete
from annotations.marks.dicom.types import Identity, Shown, Written, derived_uid

SERIES_NUMBER = 9003
CURVE_CORNERS = 72


def write_presentation(
    *,
    measurements: Mapping[UUID, Mapping[str, Any]],
    sources: Sequence[Dataset],
    shown: Shown,
    identity: Identity,
) -> Written:
    """Write the presentation state of one series.

    Parameters
    ----------
    measurements : mapping of UUID to dict
        Those on other images, and those out of their image's plane, are left out.
    sources : sequence of Dataset
        All images of the series, grey ones of one size.
    shown : Shown
    identity : Identity
    """
    images = {str(source.SOPInstanceUID): complete(source) for source in sources}
    layer = pr.GraphicLayer("MARKS", order=1, description="Measurements")
    drawn = [one for data in measurements.values() if (one := _annotation(data, images, layer)) is not None]
    first = next(iter(images.values()))
    key = (identity.mark_set, identity.revision, first.SeriesInstanceUID, "PR")
    windows = [highdicom.pr.SoftcopyVOILUTTransformation(*shown.window)] if shown.window else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are about the source images' headers, which nobody here can mend
        state = pr.GrayscaleSoftcopyPresentationState(
            referenced_images=list(images.values()),
            series_instance_uid=derived_uid("series", *key),
            series_number=SERIES_NUMBER,
            sop_instance_uid=derived_uid("instance", *key),
            instance_number=1,
            manufacturer="Fiducial",
            manufacturer_model_name="Fiducial",
            software_versions=identity.software_version,
            device_serial_number="1",
            content_label="MARKS",
            content_description=identity.description[:64],
            content_creator_name=identity.creator,
            graphic_layers=[layer] if drawn else None,
            graphic_annotations=drawn or None,  # the standard knows no empty list of them
            voi_lut_transformations=windows,
            series_description=identity.description[:64],
        )
    _settle(state, shown, identity)
    buffer = io.BytesIO()
    state.save_as(buffer)
    return Written(
        sop_instance_uid=str(state.SOPInstanceUID),
        series_instance_uid=str(state.SeriesInstanceUID),
        data=buffer.getvalue(),
        frames=tuple((uid, 1) for uid in images),
    )


def _settle(state: Dataset, shown: Shown, identity: Identity) -> None:
    """Put in the area that is shown, and derived values where highdicom reads the clock."""
    date, time = identity.at.strftime("%Y%m%d"), identity.at.strftime("%H%M%S")
    state.PresentationCreationDate = state.InstanceCreationDate = date
    state.PresentationCreationTime = state.InstanceCreationTime = time
    state.Laterality = state.get("Laterality", "")  # the standard asks for it where a part of the body may be paired
    for equipment in state.get("ContributingEquipmentSequence", []):
        if "ContributionDateTime" in equipment:
            equipment.ContributionDateTime = f"{date}{time}"
    if shown.area:
        for area in state.DisplayedAreaSelectionSequence:
            area.DisplayedAreaTopLeftHandCorner = list(shown.area[:2])
            area.DisplayedAreaBottomRightHandCorner = list(shown.area[2:])


def _annotation(
    data: Mapping[str, Any], images: Mapping[str, Dataset], layer: pr.GraphicLayer
) -> pr.GraphicAnnotation | None:
    image = images.get(str(data["sop_instance_uid"]))
    if image is None:
        return None
    frame, form = int(data["frame_number"]), FORMS[data["type"]]
    where = place_of(image, frame)
    points = np.array(data["points_lps"], dtype=np.float64)
    if where.placed and where.off_plane_mm(points) > IN_PLANE_MM:
        return None
    corner = np.array([image.Columns, image.Rows])
    pieces = [(kind, _pixels(where, piece, corner)) for kind, piece in _pieces(form, points, where)]
    objects = [pr.GraphicObject(graphic_type=kind, graphic_data=piece, units="PIXEL") for kind, piece in pieces]
    text = pr.TextObject(text_value=_text(data), units="PIXEL", anchor_point=tuple(pieces[0][1][0].tolist()))
    several = int(image.get("NumberOfFrames") or 1) > 1
    return pr.GraphicAnnotation(
        referenced_images=[image],
        referenced_frame_number=frame if several else None,
        graphic_layer=layer,
        graphic_objects=objects,
        text_objects=[text],
    )


def _pixels(where: FramePlace, points_lps: Points, corner: Points) -> Points:
    """Return (column, row) as presentation states count: 0 is the edge of the first pixel (PS3.3 C.10.5.1.2)."""
    found: Points = np.clip(where.pixels(points_lps)[:, ::-1] + 0.5, 0.0, corner)
    return found


def _pieces(form: Form, points: Points, where: FramePlace) -> list[tuple[str, Points]]:
    """Return the lines of a measurement in LPS millimetres."""
    if form.shape == "point":
        return [("POINT", points)]
    if form.shape == "closed":
        return [("POLYLINE", np.vstack([points, points[:1]]))]
    if form.shape == "circle":
        points = circle_as_ellipse(points, where)
    if form.shape in ("circle", "ellipse"):
        turn = np.linspace(0.0, 2 * np.pi, CURVE_CORNERS + 1)[:, None]
        one, other = (points[1] - points[0]) / 2, (points[3] - points[2]) / 2
        return [("POLYLINE", points.mean(axis=0) + np.cos(turn) * one + np.sin(turn) * other)]
    return [("POLYLINE", points[list(line)]) for line in form.lines] or [("POLYLINE", points)]


def _text(data: Mapping[str, Any]) -> str:
    text = str(data.get("text") or "")
    value = f"{float(data['value']):.4g} {data['unit']}".strip() if data["type"] != "arrow" else ""
    return " ".join(part for part in (text, value) if part)[:1024] or FORMS[data["type"]].name
