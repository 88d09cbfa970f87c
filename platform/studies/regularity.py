"""Put into words what keeps the frames of a series from being one regular volume. No database."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from studies.planes import Plane
from studies.types import Finding, VolumeReason
from studies.volumes import SAME_PLACE_MM, STEP_TOLERANCE, FoundVolume, along_normal, normal_of

PLACED_MODALITIES = frozenset({"CT", "MR", "PT"})
SHOWN = 3


def findings_of(found: Sequence[FoundVolume], modality: str) -> list[dict[str, str]]:
    """Return findings ({"code", "detail"}) on the volumes of a series, in sentences with numbers."""
    said: list[dict[str, str]] = []
    for volume in found:
        label = volume.details.get("label", "")
        named = f"{label[:1].upper()}{label[1:]}: " if label and len(found) > 1 else ""
        for code, sentence in _sentences(volume, modality):
            said.append({"code": str(code), "detail": named + sentence})
    kinds = _kinds(found)
    if len(kinds) > 1:
        listed = "; ".join(
            kind.format("1", "image") if n == 1 else kind.format(n, "images") for kind, n in kinds.items()
        )
        said.append({"code": str(Finding.MIXED_SERIES), "detail": f"The series holds {listed}."})
    return said


def step_range_mm(planes: Sequence[Plane]) -> list[float] | None:
    """Return the shortest and longest step between neighbours in millimetres; None for fewer than two planes."""
    if len(planes) < 2 or not planes[0].placed:
        return None
    steps = np.diff(along_normal(planes))
    return [round(float(steps.min()), 4), round(float(steps.max()), 4)]


def _sentences(volume: FoundVolume, modality: str) -> Iterable[tuple[Finding, str]]:
    planes, reasons = volume.planes, volume.reasons
    if VolumeReason.NO_GEOMETRY in reasons and modality in PLACED_MODALITIES and not planes[0].colour:
        mosaic = "mosaic" in planes[0].traits.component.lower()
        why = (
            "many slices lie side by side in each of them" if mosaic else "position, orientation or spacing is missing"
        )
        yield Finding.NO_GEOMETRY, f"{_images(len(planes))} cannot be placed in the patient: {why}."
    if VolumeReason.DUPLICATE_POSITIONS in reasons:
        yield Finding.DUPLICATE_SLICES, _duplicates(planes)
    if VolumeReason.TILTED in reasons:
        yield Finding.TILTED, _tilt(planes)
    if VolumeReason.MISSING_SLICES in reasons:
        yield Finding.MISSING_SLICES, _gaps(planes)
    if VolumeReason.UNEVEN_SPACING in reasons:
        yield Finding.UNEVEN, _uneven(planes)


def _duplicates(planes: Sequence[Plane]) -> str:
    distances = along_normal(planes)
    pairs = [index for index, step in enumerate(np.diff(distances)) if step <= SAME_PLACE_MM]
    listed = ", ".join(
        f"{_pair(planes, index)} at {distances[index]:.2f} mm along the normal" for index in pairs[:SHOWN]
    )
    return f"Several images lie at one place and nothing tells them apart: {listed}{_more(len(pairs))}."


def _tilt(planes: Sequence[Plane]) -> str:
    along = along_normal(planes)
    positions = np.array([plane.position_lps for plane in planes], dtype=np.float64)
    way = positions[-1] - positions[0]
    height = float(along[-1] - along[0])
    aside = float(np.linalg.norm(way - height * normal_of(planes[0])))
    degrees = float(np.degrees(np.arctan2(aside, height)))
    return (
        f"The slices are stacked at a slant of {degrees:.1f}° (gantry tilt): each is moved "
        f"{aside / (len(planes) - 1):.2f} mm sideways against the one before."
    )


def _gaps(planes: Sequence[Plane]) -> str:
    steps, typical = _steps(planes)
    wide = [index for index, step in enumerate(steps) if abs(step - typical) > STEP_TOLERANCE * typical]
    missing = sum(round(steps[index] / typical) - 1 for index in wide)
    listed = ", ".join(f"{steps[index]:.2f} mm between {_pair(planes, index)}" for index in wide[:SHOWN])
    slices = "slice is" if missing == 1 else "slices are"
    return f"{missing} {slices} missing: {listed}{_more(len(wide))}, {typical:.2f} mm everywhere else."


def _uneven(planes: Sequence[Plane]) -> str:
    steps, typical = _steps(planes)
    odd = [index for index, step in enumerate(steps) if abs(step - typical) > STEP_TOLERANCE * typical]
    text = f"The steps between slices go from {steps.min():.2f} to {steps.max():.2f} mm, mostly {typical:.2f} mm"
    if not odd:
        return f"{text}; they add up to more than half a slice away from even ones."
    return f"{text}; {len(odd)} of {len(steps)} differ, the first between {_pair(planes, odd[0])}."


def _steps(planes: Sequence[Plane]) -> tuple[NDArray[np.float64], float]:
    steps: NDArray[np.float64] = np.diff(along_normal(planes))
    return steps, float(np.median(steps))


def _pair(planes: Sequence[Plane], index: int) -> str:
    """Name two neighbours: by their place in the stack, and by the numbers that the scanner gave them."""
    one, other = planes[index].traits.number, planes[index + 1].traits.number
    numbers = f" (images {one:.0f} and {other:.0f})" if one and other else ""
    return f"slices {index + 1} and {index + 2}{numbers}"


def _more(count: int) -> str:
    return f" and {count - SHOWN} more" if count > SHOWN else ""


def _images(count: int) -> str:
    return "One image" if count == 1 else f"{count} images"


def _kinds(found: Sequence[FoundVolume]) -> dict[str, int]:
    """Return how many images there are of each size and orientation, localisers apart; {} is for number and noun."""
    kinds: dict[str, int] = {}
    for volume in found:
        plane = volume.planes[0]
        scout = "localiser " if plane.localiser else ""
        name = f"{{}} {_facing(plane)}{scout}{{}} of {plane.columns} × {plane.rows}"
        kinds[name] = kinds.get(name, 0) + len(volume.planes)
    return kinds


def _facing(plane: Plane) -> str:
    if plane.along_row is None or plane.along_column is None:
        return ""
    normal = np.abs(normal_of(plane))
    name = ("sagittal", "coronal", "axial")[int(normal.argmax())]
    return f"{name} " if normal.max() > 0.98 else f"oblique {name} "
