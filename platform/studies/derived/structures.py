"""RT structure sets (PS3.3 A.19): regions of interest drawn as contours, and their masks on image planes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studies.derived.content import Described, Spot, gather_references, integer, items, meaning, words
from studies.derived.placing import Stack
from studies.derived.raster import filled
from studies.dicomfile.metadata import numbers, text
from studies.planes import Plane
from studies.types import Finding

MAX_ROIS = 5_000
MAX_CONTOURS = 200_000
MAX_POINTS = 20_000_000
FLAT_MM = 0.5
"""How far points of one contour may lie from its plane."""
AREAS = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """One closed contour: its corners (N, 3) in LPS millimetres, and the image frame it says it was drawn on.

    An empty UID: it names no image; frame 0: it names no frame of it.
    """

    points_lps: NDArray[np.float64]
    sop_instance_uid: str
    frame_number: int = 0

    def names(self, plane: Plane) -> bool:
        """Return whether it says that it was drawn on this frame."""
        return plane.sop_instance_uid == self.sop_instance_uid and self.frame_number in (0, plane.frame_number)

    def spot(self) -> Spot | None:
        """Return the plane it lies in, or None where its corners span none or are not flat."""
        middle = self.points_lps.mean(axis=0)
        around = self.points_lps - middle
        normal = np.cross(around, np.roll(around, -1, axis=0)).sum(axis=0)  # Newell's method
        length = float(np.linalg.norm(normal))
        if length <= 1e-9:
            return None
        normal = normal / length
        if float(np.abs(around @ normal).max()) > FLAT_MM:
            return None
        return Spot(
            (float(middle[0]), float(middle[1]), float(middle[2])),
            (float(normal[0]), float(normal[1]), float(normal[2])),
        )


@dataclass(slots=True)
class Region:
    """A region of interest with its closed contours."""

    number: int
    name: str
    contours: list[Contour]
    others: int = 0
    """Contours that enclose nothing: points and open lines."""


def read_regions(header: dict[str, Any], described: Described) -> list[Region]:
    """Return the regions of a structure set; damaged contours become findings."""
    names = {
        value: words(roi, "30060026", 64)
        for roi in items(header, "30060020")[:MAX_ROIS]
        if (value := integer(roi, "30060022")) is not None
    }
    regions = {value: Region(value, name, []) for value, name in names.items()}
    contours = points = 0
    for drawn in items(header, "30060039")[:MAX_ROIS]:
        value = integer(drawn, "30060084")
        if value is None:
            described.notes.add(Finding.BROKEN_CONTENT, "Contours that are of no region are left out.")
            continue
        region = regions.setdefault(value, Region(value, "", []))
        if value not in names:
            described.notes.add(Finding.BROKEN_CONTENT, f"Region {value} has contours, but no name.")
        for contour in items(drawn, "30060040"):
            contours += 1
            points += len(contour.get("30060050", {}).get("Value") or []) // 3
            if contours > MAX_CONTOURS or points > MAX_POINTS:
                described.notes.add(Finding.TOO_MUCH_CONTENT, "It holds more contours than are read.")
                return list(regions.values())
            _take(contour, region, described)
    return list(regions.values())


def _take(contour: dict[str, Any], region: Region, described: Described) -> None:
    kind = text(contour, "30060042").upper()
    if kind not in AREAS:
        region.others += 1
        return
    values = numbers(contour, "30060050")
    if len(values) < 9 or len(values) % 3:
        described.notes.add(
            Finding.BROKEN_CONTENT, f"A contour of region {region.number} has fewer than three whole points."
        )
        return
    stated = integer(contour, "30060046")
    if stated is not None and stated != len(values) // 3:
        described.notes.add(
            Finding.BROKEN_CONTENT,
            f"A contour of region {region.number} says it has {stated} points and has {len(values) // 3}.",
        )
    source = next(iter(items(contour, "30060016")), {})
    points = np.array(values, dtype=np.float64).reshape(-1, 3)
    region.contours.append(Contour(points, text(source, "00081155"), integer(source, "00081160") or 0))


def describe_structures(header: dict[str, Any]) -> tuple[Described, list[Region]]:
    """Return what a structure set holds, and its regions.

    The summary is {name, date, rois: [{number, name, type, colour_rgb, contours, other_contours, points}]}; volumes
    depend on the images and stand with the links to them.
    """
    described = Described(label=words(header, "30060004") or words(header, "30060002"))
    gather_references(header, described)
    regions = read_regions(header, described)
    kinds = {
        integer(seen, "30060084"): words(seen, "300600A4", 16) or meaning(seen, "30060039")
        for seen in items(header, "30060080")[:MAX_ROIS]
    }
    colours = {
        integer(drawn, "30060084"): [int(part) for part in numbers(drawn, "3006002A")]
        for drawn in items(header, "30060039")[:MAX_ROIS]
    }
    described.summary = {
        "name": words(header, "30060004", 64),
        "date": words(header, "30060008", 8),
        "rois": [
            {
                "number": region.number,
                "name": region.name,
                "type": kinds.get(region.number, ""),
                "colour_rgb": colour if len(colour := colours.get(region.number) or []) == 3 else None,
                "contours": len(region.contours),
                "other_contours": region.others,
                "points": sum(len(contour.points_lps) for contour in region.contours),
            }
            for region in regions
        ],
    }
    if not regions:
        described.notes.add(Finding.BROKEN_CONTENT, "It holds no region.")
    return described, regions


def contour_spots(regions: Sequence[Region]) -> list[Spot]:
    """Return the planes of all contours."""
    found = (contour.spot() for region in regions for contour in region.contours)
    return [spot for spot in found if spot is not None]


def region_masks(region: Region, stack: Stack) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Yield (index of the plane in the stack, mask) where a region has contours; masks are (rows, columns).

    Contours of one plane are combined by the even-odd rule (see studies.derived.raster). A contour counts for the
    plane it lies on (within a quarter of the step between planes); where images of several times share the place,
    for the one it names, else for all of them. Contours across the planes, and between them, are left out.
    """
    by_plane: dict[int, list[NDArray[np.float64]]] = defaultdict(list)
    for contour in region.contours:
        spot = contour.spot()
        distance = stack.along(spot) if spot is not None else None
        if distance is None:
            continue
        places = stack.at(distance)
        named = [index for index in places if contour.names(stack.planes[index])]
        for index in named or places:
            by_plane[index].append(pixels_of(contour.points_lps, stack.planes[index]))
    for index, polygons in sorted(by_plane.items()):
        plane = stack.planes[index]
        yield index, filled(polygons, plane.rows, plane.columns)


def pixels_of(points_lps: NDArray[np.float64], plane: Plane) -> NDArray[np.float64]:
    """Return points (N, 3) in LPS millimetres as (row, column) of a plane, (N, 2), seen along its normal."""
    assert plane.spacing_mm is not None  # noqa: S101  # only placed planes come here; for the type checker
    away = points_lps - np.array(plane.position_lps)
    down = away @ np.array(plane.along_column) / plane.spacing_mm[0]
    across = away @ np.array(plane.along_row) / plane.spacing_mm[1]
    return np.column_stack([down, across])


def measure_regions(regions: Sequence[Region], stack: Stack) -> list[dict[str, Any]]:
    """Return [{number, voxels, volume_ml, planes}] of every region on a stack of images taken once per place."""
    assert stack.planes[0].spacing_mm is not None  # noqa: S101  # only placed planes are in a stack
    rows, columns = stack.planes[0].spacing_mm
    voxel_ml = rows * columns * stack.step_mm / 1000.0
    found = []
    for region in regions:
        counts = [int(mask.sum()) for _, mask in region_masks(region, stack)]
        voxels = sum(counts)
        found.append(
            {
                "number": region.number,
                "voxels": voxels,
                "planes": sum(count > 0 for count in counts),
                "volume_ml": round(voxels * voxel_ml, 4) if stack.step_mm else None,
            }
        )
    return found
