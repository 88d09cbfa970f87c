"""Where each frame of an instance lies in the patient, read from its DICOM JSON header. No database."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from studies.dicomfile.metadata import first, numbers, text
from studies.private_tags import private_number

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells frames at one place apart; None or empty where the header does not say.

    Attributes
    ----------
    stack, component : str
        Stack ID; magnitude, phase, water, fat… (complex image component, else the image type beyond its second value).
    b_value, inversion_ms, echo_ms, trigger_ms : float or None
        Diffusion weighting in s/mm², inversion time, echo time, delay after the R wave.
    direction : str
        Diffusion gradient, three cosines.
    temporal, acquisition : float or None
        Temporal position and acquisition number.
    acquired, content : str
        Date and time of acquisition and of content, as DICOM writes them.
    number : float
        Instance number, or the frame's number in its instance.
    """

    stack: str = ""
    component: str = ""
    b_value: float | None = None
    direction: str = ""
    inversion_ms: float | None = None
    echo_ms: float | None = None
    temporal: float | None = None
    trigger_ms: float | None = None
    acquisition: float | None = None
    acquired: str = ""
    content: str = ""
    number: float = 0.0


@dataclass(frozen=True, slots=True)
class Plane:
    """One frame.

    Attributes
    ----------
    sop_instance_uid, frame_number : str, int
        Which frame, counted from 1.
    rows, columns : int
        Its size in pixels.
    position_lps : tuple or None
        Centre of the first pixel in LPS millimetres (Image Position (Patient)).
    along_row, along_column : tuple or None
        Unit vectors towards growing column and row index (Image Orientation (Patient)).
    spacing_mm : tuple or None
        Distance between rows, between columns.
    colour, localiser : bool
        Several samples per pixel or a palette; a scout image.
    order : tuple
        What tells frames at one place apart in time: temporal position, echo, content time, numbers.
    """

    sop_instance_uid: str
    frame_number: int
    rows: int
    columns: int
    position_lps: Vector | None
    along_row: Vector | None
    along_column: Vector | None
    spacing_mm: tuple[float, float] | None
    colour: bool = False
    localiser: bool = False
    order: tuple[float | str, ...] = ()
    traits: Traits = Traits()

    @property
    def placed(self) -> bool:
        """Whether position, orientation and spacing are all known."""
        return None not in (self.position_lps, self.along_row, self.along_column, self.spacing_mm)


def planes_of(header: dict[str, Any], *, frame_count: int) -> Iterator[Plane]:
    """Yield the plane of every frame of an instance.

    Per-frame functional groups beat shared ones, those beat the top level (PS3.3 C.7.6.16); RT Dose places its
    frames by Grid Frame Offset Vector (C.8.8.3.2).
    """
    shared = first(header, "52009229") or {}
    per_frame = header.get("52009230", {}).get("Value") or []
    offsets = numbers(header, "3004000C")
    for number in range(1, frame_count + 1):
        own = per_frame[number - 1] if len(per_frame) >= number else {}
        layers = [own, shared]
        yield _plane(header, layers, number, frame_count, offsets)


def _plane(
    header: dict[str, Any], layers: list[dict[str, Any]], number: int, frames: int, offsets: list[float]
) -> Plane:
    spots = [_group(layers, "00209113"), header]
    position = _vector(_found(spots, "00200032", 3))
    along = _orientation(_found([_group(layers, "00209116"), header], "00200037", 6))
    spacing = _spacing(_found([_group(layers, "00289110"), header], "00280030", 2))
    enhanced = bool(_group(layers, "00209113"))
    if frames > 1 and not enhanced:
        position = _shifted(position, along, offsets, number) if len(offsets) == frames else None
    kinds = [str(value).upper() for value in header.get("00080008", {}).get("Value") or []]
    if "MOSAIC" in kinds:  # many slices in one picture: its position is that of none of them
        position = None
    return Plane(
        sop_instance_uid=text(header, "00080018"),
        frame_number=number,
        rows=int((numbers(header, "00280010") or [0.0])[0]),
        columns=int((numbers(header, "00280011") or [0.0])[0]),
        position_lps=position,
        along_row=along[0] if along else None,
        along_column=along[1] if along else None,
        spacing_mm=spacing,
        colour=(numbers(header, "00280002") or [1.0])[0] > 1 or text(header, "00280004") == "PALETTE COLOR",
        localiser="LOCALIZER" in kinds,
        order=_order(header, layers, number),
        traits=_traits(header, layers, number, kinds),
    )


def _traits(header: dict[str, Any], layers: list[dict[str, Any]], number: int, kinds: list[str]) -> Traits:
    content, diffusion = _group(layers, "00209111"), _group(layers, "00189117")
    component = text(_group(layers, "00189226"), "00089208") or text(header, "00089208")
    gradient = numbers(_first_item(diffusion, "00189076"), "00189089") or numbers(header, "00189089")
    return Traits(
        stack=text(content, "00209056"),
        component=component or " ".join(kind for kind in kinds[2:] if kind not in ("LOCALIZER", "NONE")),
        b_value=_b_value(diffusion, header),
        direction=" ".join(f"{value:.3f}" for value in gradient),
        inversion_ms=_maybe([_group(layers, "00189115"), header], "00189079", "00180082"),
        echo_ms=_maybe([_group(layers, "00189114"), header], "00189082", "00180081"),
        temporal=_maybe([content, header], "00209128", "00200100"),
        trigger_ms=_maybe([_group(layers, "00189118"), header], "00209153", "00181060"),
        acquisition=_maybe([content, header], "00209156", "00200012"),
        acquired=text(content, "00189074") or _moment(header, "0008002A", "00080022", "00080032"),
        content=_moment(header, "", "00080023", "00080033"),
        number=number if len(layers[0]) else (_maybe([header], "00200013") or 0.0) + number / 1e6,
    )


def _b_value(diffusion: dict[str, Any], header: dict[str, Any]) -> float | None:
    """Return the b-value by the standard, else by its makers' private elements (as dcm2niix reads them)."""
    found = _maybe([diffusion, header], "00189087")
    if found is not None or text(header, "00080060") != "MR":
        return found
    found = private_number(header, 0x0019, "SIEMENS MR HEADER", 0x0C)
    if found is None:
        found = private_number(header, 0x2001, "Philips Imaging DD 001", 0x03)
    if found is None:
        found = private_number(header, 0x0043, "GEMS_PARM_01", 0x39)
        found = None if found is None else found % 1e9  # GE adds a thousand million to some
    return found


def _moment(header: dict[str, Any], both: str, date: str, time: str) -> str:
    return (text(header, both) if both else "") or text(header, date) + text(header, time)


def _first_item(item: dict[str, Any], tag: str) -> dict[str, Any]:
    found = first(item, tag)
    return found if isinstance(found, dict) else {}


def _maybe(spots: list[dict[str, Any]], *tags: str) -> float | None:
    for spot in spots:
        for tag in tags:
            values = numbers(spot, tag)
            if values:
                return values[0]
    return None


def _order(header: dict[str, Any], layers: list[dict[str, Any]], number: int) -> tuple[float | str, ...]:
    content = _group(layers, "00209111")
    echo = _group(layers, "00189114")
    return (
        _first_number([content, header], "00209128", "00200100"),
        _first_number([echo, header], "00189082", "00180081", "00180086"),
        text(content, "00189074") or text(header, "00080023") + text(header, "00080033"),
        _first_number([header], "00200012") if not text(header, "00080033") else 0.0,
        _first_number([header], "00200013"),
        number,
    )


def _group(layers: list[dict[str, Any]], tag: str) -> dict[str, Any]:
    """Return the one item of a functional group macro, the frame's own before the shared one."""
    for layer in layers:
        item = first(layer, tag) if isinstance(layer, dict) else None
        if isinstance(item, dict):
            return item
    return {}


def _found(spots: list[dict[str, Any]], tag: str, count: int) -> list[float] | None:
    for spot in spots:
        values = numbers(spot, tag)
        if len(values) == count:
            return values
    return None


def _first_number(spots: list[dict[str, Any]], *tags: str) -> float:
    for spot in spots:
        for tag in tags:
            values = numbers(spot, tag)
            if values:
                return values[0]
    return 0.0


def _vector(values: list[float] | None) -> Vector | None:
    return (values[0], values[1], values[2]) if values else None


def _orientation(values: list[float] | None) -> tuple[Vector, Vector] | None:
    """Return both unit vectors, or None where they are no pair of perpendicular directions (to one part in 100)."""
    if values is None:
        return None
    row, column = values[:3], values[3:]
    one, other = math.hypot(*row), math.hypot(*column)
    across = sum(a * b for a, b in zip(row, column, strict=True))
    if abs(one - 1) > 0.01 or abs(other - 1) > 0.01 or abs(across) > 0.01:
        return None
    return (row[0] / one, row[1] / one, row[2] / one), (column[0] / other, column[1] / other, column[2] / other)


def _spacing(values: list[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values and min(values) > 0 else None


def _shifted(
    position: Vector | None, along: tuple[Vector, Vector] | None, offsets: list[float], number: int
) -> Vector | None:
    """Return where RT Dose places a frame: offsets relative to the first, or along z (then the first is not 0)."""
    if position is None or along is None:
        return None
    step = offsets[number - 1] - (offsets[0] if offsets[0] != 0 else 0.0)
    moved = np.array(position) + step * np.cross(np.array(along[0]), np.array(along[1]))
    return float(moved[0]), float(moved[1]), float(moved[2])
