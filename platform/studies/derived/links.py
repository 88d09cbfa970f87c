"""How well an object fits the images of a series. Reads headers, writes nothing."""

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np

from studies.derived.content import Spot
from studies.derived.describe import Speaks
from studies.derived.placing import Stack, pixel_map, spot_of, stacks_of
from studies.derived.structures import measure_regions
from studies.models import Instance, InstanceHeader, Series
from studies.pixels import unpack_header
from studies.planes import Plane, planes_of

logger = logging.getLogger(__name__)
MAX_PLANES = 50_000


def image_planes(series: Series) -> list[Plane]:
    """Return where each frame of a series lies."""
    planes: list[Plane] = []
    rows = InstanceHeader.objects.filter(instance__series=series, instance__frame_count__gt=0)
    for row in rows.select_related("instance").iterator(chunk_size=200):
        planes.extend(planes_of(unpack_header(row.packed), frame_count=row.instance.frame_count))
        if len(planes) > MAX_PLANES:
            break
    return planes


def single_times(stack: Stack) -> tuple[Stack, int]:
    """Return the stack with one plane per place (the first in time), and how many there are at most at one place."""
    chosen: list[int] = []
    most = count = 0
    for index, distance in enumerate(stack.distances):
        if chosen and distance - stack.distances[chosen[-1]] <= 1e-2:
            count += 1
            if stack.planes[index].order < stack.planes[chosen[-1]].order:
                chosen[-1] = index
        else:
            chosen.append(index)
            count = 1
        most = max(most, count)
    planes = tuple(stack.planes[index] for index in chosen)
    return Stack(planes, stack.normal, stack.distances[chosen], stack.step_mm), most


def fit(speaks: Speaks, planes: Sequence[Plane]) -> tuple[int, int, dict[str, Any]]:
    """Do what `fitting` does; where an object's numbers are beyond all measure, nothing fits."""
    try:
        with np.errstate(all="ignore"):
            return fitting(speaks, planes)
    except Exception:  # hostile geometry may make the arithmetic raise anything
        logger.exception("could not compare an object with images")
        return 0, 0, {}


def fitting(speaks: Speaks, planes: Sequence[Plane]) -> tuple[int, int, dict[str, Any]]:
    """Return how many of an object's planes lie on images, how many it has, and what was measured there.

    A frame of a segmentation or map fits when it lies on an image plane and its pixels coincide with the image's
    (mirrored, turned or a part of it); a contour fits when it lies on an image plane. The detail is {times, rois?}:
    how many images there are at one place, and for contours [{number, voxels, planes, volume_ml}].
    """
    stacks = list(stacks_of(planes))
    places: dict[tuple[float, ...], bool] = {}
    times = 0
    best: Stack | None = None
    hits: dict[int, int] = {}
    for key, spot, frame_plane in _places(speaks):
        on = False
        for number, stack in enumerate(stacks):
            distance = stack.along(spot)
            at = stack.at(distance) if distance is not None else []
            if frame_plane is not None:
                at = [index for index in at if pixel_map(frame_plane, stack.planes[index]) is not None]
            if at:
                on = True
                times = max(times, len(at))
                hits[number] = hits.get(number, 0) + 1
        places[key] = places.get(key, False) or on
    if hits:
        best = stacks[max(hits, key=lambda number: hits[number])]
    detail: dict[str, Any] = {"times": times}
    if speaks.regions and best is not None:
        once, detail["times"] = single_times(best)
        detail["rois"] = measure_regions(speaks.regions, once)
    return sum(places.values()), len(places), detail


def _places(speaks: Speaks) -> list[tuple[tuple[float, ...], Spot, Plane | None]]:
    """Return the different places of an object with a spot, and the plane where pixels must fit too."""
    found: dict[tuple[float, ...], tuple[Spot, Plane | None]] = {}
    for frame in speaks.frames:
        spot = spot_of(frame.plane)
        if spot is not None:
            corner = tuple(round(value, 2) for value in spot.point_lps)
            found.setdefault((*corner, *_rounded(spot.normal)), (spot, frame.plane))
    for region in speaks.regions:
        for contour in region.contours:
            spot = contour.spot()
            if spot is not None:
                found.setdefault((_distance(spot), *_rounded(spot.normal)), (spot, None))
    return [(key, spot, plane) for key, (spot, plane) in found.items()]


def _rounded(normal: tuple[float, float, float]) -> tuple[float, ...]:
    """Return a normal without its sign, rounded."""
    sign = next((-1.0 if value < 0 else 1.0 for value in normal if abs(value) > 0.1), 1.0)
    return tuple(round(sign * value, 1) + 0.0 for value in normal)


def _distance(spot: Spot) -> float:
    sign = next((-1.0 if value < 0 else 1.0 for value in spot.normal if abs(value) > 0.1), 1.0)
    along = sum(point * value for point, value in zip(spot.point_lps, spot.normal, strict=True))
    return round(sign * along, 1)


def resolve(references: dict[str, str]) -> dict[Any, tuple[str, str, int]]:
    """Return the stored series that the referenced instances are of: id → (UID, kind, how many of them)."""
    counts: dict[Any, tuple[str, str, int]] = {}
    uids = list(references)
    for start in range(0, len(uids), 500):
        rows = Instance.objects.filter(sop_instance_uid__in=uids[start : start + 500])
        for pk, uid, kind in rows.values_list("series", "series__series_uid", "series__kind"):
            counts[pk] = (uid, kind, counts.get(pk, (uid, kind, 0))[2] + 1)
    return counts
