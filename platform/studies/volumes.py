"""Group the frames of a series into volumes, and say why one is no regular grid. Pure geometry, no database.

A wrong picture is worse than none: a volume gets a geometry only when its frames lie on one regular, perpendicular
grid. What counts as regular:

- **even spacing**: every step between neighbours is within STEP_TOLERANCE (10 %) of the median step, and no slice
  lies further than DRIFT_TOLERANCE (half a step) from its place on the even grid from the first to the last slice.
  Whole-body PET is stitched from bed positions with steps such as 3.19 to 3.29 mm (2.5 %), which is fine;
- **missing slices**: some step is a whole multiple (within the same tolerance) of the median, all others are even;
- **upright stack**: no slice is displaced sideways by more than SHEAR_TOLERANCE (a tenth) of a pixel from the line
  through the first slice along the normal;
- **one orientation**: direction cosines within ORIENTATION_TOLERANCE.

Frames at one place are told apart (`_stacks`) by what their headers say: stack, magnitude or phase, b-value, echo,
time; by their order where the headers tell nothing whole. `studies.regularity` puts what was found into words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.types import Geometry
from studies.planes import Plane
from studies.types import VolumeReason

STEP_TOLERANCE = 0.10
DRIFT_TOLERANCE = 0.5
SHEAR_TOLERANCE = 0.1
ORIENTATION_TOLERANCE = 1e-3
SAME_PLACE_MM = 0.01
TELLING = ("stack", "component", "b_value", "direction", "inversion_ms", "echo_ms", "temporal", "trigger_ms")
"""What tells frames at one place apart, besides time; the order of the volumes follows it."""
TIMES = ("acquisition", "acquired", "content")


@dataclass(frozen=True, slots=True)
class FoundVolume:
    """Frames that belong together, ordered along the normal, with the grid they form or why they form none.

    `details` says in names and numbers what sets this volume apart from its siblings (see `models.Volume`).
    """

    planes: tuple[Plane, ...]
    geometry: Geometry | None
    reasons: tuple[VolumeReason, ...] = field(default=())
    details: dict[str, Any] = field(default_factory=dict)


def find_volumes(planes: Iterable[Plane]) -> list[FoundVolume]:
    """Return the volumes of a series, largest group first, time points in order of time.

    Every plane is in exactly one volume.
    """
    groups = _groups(list(planes))
    sizes = {(plane.rows, plane.columns) for group in groups for plane in group}
    orientations = {_orientation_key(group[0]) for group in groups if group[0].placed}
    found = [volume for group in groups for volume in _volumes_of_group(group)]
    extra = []
    if len(orientations) > 1:
        extra.append(VolumeReason.MIXED_ORIENTATION)
    if len(sizes) > 1:
        extra.append(VolumeReason.MIXED_SIZE)
    return [volume if volume.geometry else replace(volume, reasons=(*volume.reasons, *extra)) for volume in found]


def _groups(planes: list[Plane]) -> list[list[Plane]]:
    """Return planes of one size, orientation, spacing and kind together, the largest group first."""
    groups: dict[tuple[object, ...], list[Plane]] = defaultdict(list)
    for plane in planes:
        key = (plane.rows, plane.columns, plane.colour, plane.localiser, plane.placed)
        groups[(*key, _orientation_key(plane), _spacing_key(plane))].append(plane)
    merged: list[list[Plane]] = []
    for group in groups.values():  # cosines on both sides of a rounding border belong together
        for other in merged:
            if _alike(group[0], other[0]):
                other.extend(group)
                break
        else:
            merged.append(group)
    return sorted(merged, key=lambda group: (-len(group), group[0].order))


def _orientation_key(plane: Plane) -> tuple[float, ...]:
    if plane.along_row is None or plane.along_column is None:
        return ()
    return tuple(round(value, 2) + 0.0 for value in (*plane.along_row, *plane.along_column))


def _spacing_key(plane: Plane) -> tuple[float, ...]:
    return tuple(round(value, 3) for value in plane.spacing_mm or ())


def _alike(one: Plane, other: Plane) -> bool:
    if (one.rows, one.columns, one.colour, one.localiser) != (other.rows, other.columns, other.colour, other.localiser):
        return False
    if one.placed != other.placed:
        return False
    if not one.placed:
        return True
    turns = np.abs(np.array([one.along_row, one.along_column]) - np.array([other.along_row, other.along_column]))
    spacings = np.abs(np.array(one.spacing_mm) - np.array(other.spacing_mm))
    return bool(turns.max() <= ORIENTATION_TOLERANCE and spacings.max() <= 1e-3)


def _volumes_of_group(group: list[Plane]) -> list[FoundVolume]:
    group = sorted(group, key=lambda plane: plane.order)
    reasons = [VolumeReason.COLOUR] if group[0].colour else []
    if not group[0].placed:
        return [FoundVolume(tuple(group), None, (*reasons, VolumeReason.NO_GEOMETRY))]
    if len(group) == 1:
        return [FoundVolume(tuple(group), None, (*reasons, VolumeReason.SINGLE_FRAME))]
    places = _places(group)
    if len(places) == 1:  # one place at several times: a cine of one slice
        label = {"label": f"{len(group)} images of one slice"}
        return [FoundVolume(tuple(group), None, (*reasons, VolumeReason.ONE_PLACE), label)]
    stacks = _stacks(places)
    if stacks is None:
        return [FoundVolume(tuple(_sorted(group)), None, (*reasons, VolumeReason.DUPLICATE_POSITIONS))]
    return [_measured(stack, reasons, details) for stack, details in stacks]


def along_normal(planes: Sequence[Plane]) -> NDArray[np.float64]:
    """Return each plane's distance along the common normal in millimetres (N,)."""
    positions = np.array([plane.position_lps for plane in planes], dtype=np.float64)
    distances: NDArray[np.float64] = positions @ normal_of(planes[0])
    return distances


def normal_of(plane: Plane) -> NDArray[np.float64]:
    normal: NDArray[np.float64] = np.cross(np.array(plane.along_row), np.array(plane.along_column))
    return normal / np.linalg.norm(normal)


def _sorted(planes: Sequence[Plane]) -> list[Plane]:
    return [planes[index] for index in np.argsort(along_normal(planes), kind="stable")]


def _places(group: list[Plane]) -> list[list[Plane]]:
    """Return the planes of each place along the normal together, in order."""
    places: list[list[Plane]] = []
    previous = None
    for plane in _sorted(group):
        position = np.array(plane.position_lps)
        if previous is not None and float(np.linalg.norm(position - previous)) <= SAME_PLACE_MM:
            places[-1].append(plane)
        else:
            places.append([plane])
        previous = position
    return places


Stack = tuple[list[Plane], dict[str, Any]]


def _stacks(places: list[list[Plane]]) -> list[Stack] | None:
    """Split planes into stacks with each position at most once, with what sets them apart; None when nothing does.

    A trait splits when its values differ at some place and are not more than images at the fullest place: a time
    that every slice has to itself tells nothing. Where no trait is left, the n-th image of each place in time makes
    the n-th stack, if all places have as many.
    """
    most = max(len(place) for place in places)
    if most == 1:
        return [([plane for place in places for plane in place], {})]
    used: list[str] = []
    for trait in (*TELLING, *TIMES):
        if _apart(places, used):
            break
        wider = [*used, trait]
        if _splits(places, trait) and len({_key(plane, wider) for place in places for plane in place}) <= most:
            used = wider
    ranked = not _apart(places, used)
    if ranked and len({tuple(sorted(Counter(_key(plane, used) for plane in place).items())) for place in places}) != 1:
        return None
    stacks: dict[tuple[Any, ...], list[Plane]] = defaultdict(list)
    for place in places:
        seen: Counter[tuple[Any, ...]] = Counter()
        for plane in sorted(place, key=lambda plane: plane.order):
            key = _key(plane, used)
            stacks[(*key, seen[key])].append(plane)
            seen[key] += 1
    keys = sorted(stacks)
    return [(stacks[key], _details(key, keys, used, ranked, stacks[key][0])) for key in keys]


def _key(plane: Plane, traits: Sequence[str]) -> tuple[Any, ...]:
    """Return the values of traits in a form that sorts: what is missing comes first."""
    values = [getattr(plane.traits, trait) for trait in traits]
    return tuple((value is not None, 0 if value is None else value) for value in values)


def _splits(places: list[list[Plane]], trait: str) -> bool:
    return any(len({getattr(plane.traits, trait) for plane in place}) > 1 for place in places)


def _apart(places: list[list[Plane]], used: list[str]) -> bool:
    return all(len({_key(plane, used) for plane in place}) == len(place) for place in places)


def _details(
    key: tuple[Any, ...], keys: list[tuple[Any, ...]], used: list[str], ranked: bool, plane: Plane
) -> dict[str, Any]:
    """Return what sets a stack apart: `label` for people, and each trait under its own name."""
    found: dict[str, Any] = {}
    parts = []
    timed = [index for index, trait in enumerate(used) if trait in (*TIMES, "temporal")]
    others = [index for index in range(len(used)) if index not in timed]
    for index in others:
        trait, values = used[index], sorted({one[index] for one in keys})
        value = getattr(plane.traits, trait)
        found[trait] = value
        position = values.index(key[index]) + 1
        if trait == "echo_ms":
            found["echo"] = position
        parts.append(_WORDS[trait].format(value=_said(value), n=position, of=len(values)))
    if timed or ranked:
        same = [one for one in keys if all(one[index] == key[index] for index in others)]
        found["time_point"], found["time_points"] = same.index(key) + 1, len(same)
        moment = plane.traits.content or plane.traits.acquired
        found |= {"time": moment} if moment else {}
        known = bool(timed or moment)
        parts.append(f"{'time point' if known else 'repetition'} {same.index(key) + 1} of {len(same)}")
    return found | {"label": ", ".join(parts)}


_WORDS = {
    "stack": "stack {value}",
    "component": "{value}",
    "b_value": "b {value} s/mm²",
    "direction": "direction {n} of {of}",
    "inversion_ms": "inversion time {value} ms",
    "echo_ms": "echo {n} of {of} ({value} ms)",
    "trigger_ms": "phase {n} of {of} ({value} ms after the R wave)",
}


def _said(value: Any) -> str:
    return "unknown" if value in (None, "") else f"{value:g}" if isinstance(value, float) else str(value).lower()


def _measured(stack: list[Plane], reasons: list[VolumeReason], details: dict[str, Any]) -> FoundVolume:
    if len(stack) == 1:
        return FoundVolume(tuple(stack), None, (*reasons, VolumeReason.SINGLE_FRAME), details)
    found = [*reasons, *_irregularities(stack)]
    geometry = None if found else _geometry(stack)
    return FoundVolume(tuple(stack), geometry, tuple(found), details)


def _irregularities(stack: list[Plane]) -> list[VolumeReason]:
    """Return what keeps a sorted stack of at least two planes from being a grid."""
    distances = along_normal(stack)
    steps = np.diff(distances)
    typical = float(np.median(steps))
    assert stack[0].spacing_mm is not None  # noqa: S101  # only placed planes come here; for the type checker
    positions = np.array([plane.position_lps for plane in stack], dtype=np.float64)
    sideways = positions - positions[0] - np.outer(distances - distances[0], normal_of(stack[0]))
    reasons = []
    if float(np.linalg.norm(sideways, axis=1).max()) > SHEAR_TOLERANCE * min(stack[0].spacing_mm):
        reasons.append(VolumeReason.TILTED)
    if typical <= SAME_PLACE_MM:
        return [*reasons, VolumeReason.DUPLICATE_POSITIONS]
    uneven = np.abs(steps - typical) > STEP_TOLERANCE * typical
    multiples = np.rint(steps / typical)
    if uneven.any():
        gaps = (multiples >= 2) & (np.abs(steps - multiples * typical) <= STEP_TOLERANCE * typical)
        reasons.append(VolumeReason.MISSING_SLICES if gaps[uneven].all() else VolumeReason.UNEVEN_SPACING)
    else:
        even = np.linspace(distances[0], distances[-1], len(stack))
        if float(np.abs(distances - even).max()) > DRIFT_TOLERANCE * typical:
            reasons.append(VolumeReason.UNEVEN_SPACING)
    return reasons


def _geometry(stack: list[Plane]) -> Geometry:
    """Return the grid of a regular stack; columns of the affine are the steps along k, j and i (PS3.3 C.7.6.2.1.1)."""
    head = stack[0]
    assert head.spacing_mm is not None  # noqa: S101  # only placed planes come here; for the type checker
    distances = along_normal(stack)
    affine = np.eye(4)
    affine[:3, 0] = normal_of(head) * (distances[-1] - distances[0]) / (len(stack) - 1)
    affine[:3, 1] = np.array(head.along_column) * head.spacing_mm[0]
    affine[:3, 2] = np.array(head.along_row) * head.spacing_mm[1]
    affine[:3, 3] = np.array(head.position_lps)
    return Geometry((len(stack), head.rows, head.columns), affine)
