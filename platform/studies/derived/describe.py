"""One object described, by its kind."""

import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from studies.derived.content import (
    REAL_WORLD_VALUES,
    Described,
    Notes,
    Spot,
    gather_references,
    kind_of,
)
from studies.derived.placing import spot_of
from studies.derived.presentation import describe_presentation
from studies.derived.reports import describe_report
from studies.derived.segmentation import SegmentFrame, describe_segmentation, segment_frames
from studies.derived.structures import Region, contour_spots, describe_structures, read_regions
from studies.derived.values import describe_other, describe_parametric, describe_real_world_values
from studies.dicomfile.metadata import text
from studies.models import Instance
from studies.pixels import stored_file
from studies.planes import planes_of
from studies.types import Finding, SeriesKind

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Speaks:
    """What is needed to find the images that an object speaks of.

    Attributes
    ----------
    described : Described
        Its references.
    frames : list of SegmentFrame
        The frames of a segmentation or a parametric map.
    regions : list of Region
        The regions of a structure set.
    """

    described: Described
    frame_of_reference_uid: str = ""
    frames: list[SegmentFrame] = field(default_factory=list)
    regions: list[Region] = field(default_factory=list)

    def spots(self) -> list[Spot]:
        """Return every plane that it lies in."""
        own = [spot for frame in self.frames if (spot := spot_of(frame.plane)) is not None]
        return own + contour_spots(self.regions)


def speaks_of(instance: Instance, header: dict[str, Any]) -> Speaks:
    """Return what an object refers to and where it lies, without reading pixels; damaged content is left out."""
    described = Described()
    speaks = Speaks(described, text(header, "00200052")[:64])
    kind = kind_of(instance.sop_class_uid, frames=instance.frame_count)
    try:
        gather_references(header, described)
        described.references.pop(instance.sop_instance_uid, None)
        if kind == SeriesKind.SEGMENTATION:
            speaks.frames = segment_frames(header, frame_count=instance.frame_count)
            for frame in speaks.frames:
                for uid, _ in frame.sources:
                    described.references.setdefault(uid, "")
        elif kind == SeriesKind.STRUCTURES:
            speaks.regions = read_regions(header, described)
            speaks.frame_of_reference_uid = speaks.frame_of_reference_uid or _frame_of_reference(header)
        elif instance.frame_count:
            speaks.frames = [
                SegmentFrame(plane.frame_number, 0, plane, ())
                for plane in planes_of(header, frame_count=instance.frame_count)
            ]
    except Exception:  # what was read of it so far is used; describe() says that it is damaged
        logger.exception("could not read where %s lies", instance.sop_instance_uid)
    return speaks


def _frame_of_reference(header: dict[str, Any]) -> str:
    """Return the first frame of reference that a structure set names."""
    named = header.get("30060010", {}).get("Value") or [{}]
    return text(named[0], "00200052")[:64] if isinstance(named[0], dict) else ""


def describe(instance: Instance, header: dict[str, Any]) -> Described:
    """Return what an object says; damage of any kind becomes a finding."""
    try:
        with np.errstate(all="ignore"):
            return _described(instance, header)
    except Exception as error:  # hostile content may make anything raise; the object itself is kept and listed
        logger.exception("could not describe %s", instance.sop_instance_uid)
        notes = Notes()
        notes.add(Finding.BROKEN_CONTENT, f"It cannot be read ({type(error).__name__}).")
        return Described(label=text(header, "0008103E")[:200], notes=notes)


def _described(instance: Instance, header: dict[str, Any]) -> Described:
    kind = kind_of(instance.sop_class_uid, frames=instance.frame_count)
    if kind == SeriesKind.REPORT:
        return describe_report(header)
    if kind == SeriesKind.STRUCTURES:
        return describe_structures(header)[0]
    if kind == SeriesKind.PRESENTATION:
        return describe_presentation(header)
    if instance.sop_class_uid == REAL_WORLD_VALUES:
        return describe_real_world_values(header)
    with stored_file(instance) as file:
        if kind == SeriesKind.SEGMENTATION:
            return describe_segmentation(instance, header, file)
        if kind == SeriesKind.PARAMETRIC:
            return describe_parametric(instance, header, file)
        return describe_other(instance, header, file)
