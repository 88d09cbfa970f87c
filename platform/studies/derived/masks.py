"""Masks of segmentations and structure sets as arrays on the frames of the images they speak of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from studies.derived.content import Described, kind_of
from studies.derived.placing import Stack, pixel_map, spot_of, stacks_of
from studies.derived.segmentation import (
    SegmentFrame,
    background_values,
    frame_pixels,
    full_value,
    is_label_map,
    segment_frames,
)
from studies.derived.structures import read_regions, region_masks
from studies.errors import NotAVolumeError
from studies.models import Instance, Volume
from studies.pixels import header_of, stored_file
from studies.planes import Plane, planes_of
from studies.types import SeriesKind


@dataclass(frozen=True, slots=True, eq=False)
class FrameMask:
    """Where one segment, or one region of contours, lies on one image frame.

    Attributes
    ----------
    sop_instance_uid, frame_number : str, int
        The image frame.
    number : int
        Segment or region number.
    mask : ndarray of bool, (rows, columns)
        On the image's own pixels.
    """

    sop_instance_uid: str
    frame_number: int
    number: int
    mask: NDArray[np.bool_]


def frame_masks(instance: Instance, planes: Sequence[Plane]) -> Iterator[FrameMask]:
    """Yield the masks of a segmentation or structure set on image frames; empty ones are left out.

    A frame of a segmentation lies on the images it names, else on those in its place (of all times: pass the planes
    of one volume to choose). Where its pixels do not coincide with the image's it is left out: nothing is resampled.
    Shares count from half the maximum. One frame is in memory at a time.

    Parameters
    ----------
    instance : Instance
        The segmentation or structure set, with its header.
    planes : sequence of Plane
        The image frames, in any order.

    Raises
    ------
    PixelsError
        The pixels cannot be decoded.
    """
    with stored_file(instance) as file:
        yield from masks_in(instance, header_of(instance), file, planes)


def masks_in(
    instance: Instance, header: dict[str, Any], file: BinaryIO, planes: Sequence[Plane], *, share: float = 0.5
) -> Iterator[FrameMask]:
    """Yield what `frame_masks` does, of an instance whose header and file are at hand; it need not be stored.

    Parameters
    ----------
    share : float
        From which share of the maximum on a pixel of a fractional segmentation counts.
    """
    kind = kind_of(instance.sop_class_uid, frames=instance.frame_count)
    if kind == SeriesKind.STRUCTURES:
        for stack in stacks_of(planes):
            for region in read_regions(header, Described()):
                for index, mask in region_masks(region, stack):
                    plane = stack.planes[index]
                    if mask.any():
                        yield FrameMask(plane.sop_instance_uid, plane.frame_number, region.number, mask)
    elif kind == SeriesKind.SEGMENTATION:
        yield from _segment_masks(instance, header, file, planes, share)


def _segment_masks(
    instance: Instance, header: dict[str, Any], file: BinaryIO, planes: Sequence[Plane], share: float
) -> Iterator[FrameMask]:
    frames = segment_frames(header, frame_count=instance.frame_count)
    label_map, least = is_label_map(header), max(share * full_value(header), 1)
    background = background_values(header)
    stacks = list(stacks_of(planes))
    named: dict[str, list[Plane]] = defaultdict(list)
    for plane in planes:
        named[plane.sop_instance_uid].append(plane)
    for frame, pixels in zip(frames, frame_pixels(instance, file=file, header=header), strict=False):
        if not pixels.any():
            continue
        values = (
            [int(value) for value in np.unique(pixels) if int(value) not in background]
            if label_map
            else [frame.segment]
        )
        for plane in _targets(frame, named, stacks):
            placed = _on(pixels, frame.plane, plane)
            if placed is None:
                continue
            for value in values:
                mask: NDArray[np.bool_] = placed == value if label_map else placed >= least
                if mask.any():
                    yield FrameMask(plane.sop_instance_uid, plane.frame_number, value, mask)


def _targets(frame: SegmentFrame, named: dict[str, list[Plane]], stacks: list[Stack]) -> list[Plane]:
    """Return the image frames that a frame of a segmentation was drawn on: the ones it names, else those in place."""
    stated = [
        plane for uid, number in frame.sources for plane in named.get(uid, ()) if number in (0, plane.frame_number)
    ]
    spot = spot_of(frame.plane)
    if spot is None:
        return stated
    near = []
    for stack in stacks:
        distance = stack.along(spot)
        if distance is not None:
            near += [stack.planes[index] for index in stack.at(distance)]
    if stated:  # an enhanced image may be named as a whole: the place tells which of its frames is meant
        keys = {(plane.sop_instance_uid, plane.frame_number) for plane in near}
        meant = [plane for plane in stated if (plane.sop_instance_uid, plane.frame_number) in keys]
        return meant or [plane for plane in stated if not plane.placed]
    return near


def _on(pixels: NDArray[Any], source: Plane, target: Plane) -> NDArray[Any] | None:
    """Return pixels on the image frame's grid, or None where the grids differ."""
    if not source.placed or not target.placed:
        return pixels if pixels.shape == (target.rows, target.columns) else None
    where = pixel_map(source, target)
    return None if where is None else where.put(pixels, target.rows, target.columns)


def volume_planes(volume: Volume) -> list[Plane]:
    """Return the planes of a volume's frames in its order."""
    uids = {uid for uid, _ in volume.frames}
    found: dict[tuple[str, int], Plane] = {}
    rows = Instance.objects.filter(series=volume.series_id, sop_instance_uid__in=uids).select_related("header")
    for instance in rows:
        for plane in planes_of(header_of(instance), frame_count=instance.frame_count):
            found[plane.sop_instance_uid, plane.frame_number] = plane
    return [found[uid, number] for uid, number in volume.frames]


def label_layers(instance: Instance, volume: Volume) -> list[NDArray[np.uint16]]:
    """Return the masks of a segmentation or structure set on a volume, as label values.

    Returns
    -------
    list of ndarray of uint16, (K, J, I)
        Segment or region numbers, 0 is background. One array, and more where segments overlap: each number is in one
        array, the lowest that has room for it.

    Raises
    ------
    NotAVolumeError
        The images form no regular volume.
    PixelsError
        The pixels cannot be decoded.
    """
    if volume.geometry is None:
        raise NotAVolumeError("These images form no regular volume.", fields={"reasons": volume.reasons})
    shape = tuple(volume.geometry["shape_kji"])
    index = {(uid, number): k for k, (uid, number) in enumerate(volume.frames)}
    masks: dict[int, list[tuple[int, NDArray[np.bool_]]]] = defaultdict(list)
    for found in frame_masks(instance, volume_planes(volume)):
        masks[found.number].append((index[found.sop_instance_uid, found.frame_number], found.mask))
    layers: list[NDArray[np.uint16]] = []
    for number in sorted(masks):
        layer = next((one for one in layers if not any((one[k][mask]).any() for k, mask in masks[number])), None)
        if layer is None:
            layer = np.zeros(shape, dtype=np.uint16)
            layers.append(layer)
        for k, mask in masks[number]:
            layer[k][mask] = number
    return layers or [np.zeros(shape, dtype=np.uint16)]
