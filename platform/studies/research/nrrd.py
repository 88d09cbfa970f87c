"""NRRD (teem.sourceforge.net/nrrd/format.html), with Slicer's names of segments; voxels in the same file."""

import re
from typing import IO, BinaryIO

import numpy as np
from numpy.typing import NDArray

from studies.research.source import ResearchVolume, check_shape, read_values, refuse
from studies.types import SetAsideReason

MAX_HEADER_BYTES = 4 << 20
_TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_PACKINGS = {"raw": "", "gzip": "gzip", "gz": "gzip", "bzip2": "bzip2", "bz2": "bzip2"}
_TO_LPS = {
    "left-posterior-superior": (1, 1, 1),
    "lps": (1, 1, 1),
    "right-anterior-superior": (-1, -1, 1),
    "ras": (-1, -1, 1),
    "left-anterior-superior": (1, -1, 1),
    "las": (1, -1, 1),
}
_VECTOR = re.compile(r"\(([^()]*)\)|none")
_SEGMENT = re.compile(r"segment(\d{1,4})_(name|labelvalue|layer)")


def read_nrrd(stream: BinaryIO, size: int, into: IO[bytes]) -> ResearchVolume:
    """Read an NRRD volume whose voxels follow its header.

    Raises
    ------
    SetAsideError
        Damaged, cut off, beyond bounds, or of a kind that is not supported: voxels in another file or as text,
        several values per voxel, segments in layers.
    """
    fields, start = _fields(stream)
    if "data file" in fields or "datafile" in fields:
        raise refuse("Its voxels are in a file of their own, which did not come with it.")
    packing = fields.get("encoding", "raw").lower()
    if packing not in _PACKINGS:
        raise refuse(f"Its voxels are written as {packing[:40]!r}, which is not supported.")
    dtype = _dtype(fields)
    sides = _integers(fields, "sizes")
    if len(sides) != int(_number(fields, "dimension")):
        raise refuse("Its header contradicts itself about its dimensions.", SetAsideReason.UNREADABLE)
    layers = [number for number, part, value in _segments(fields) if part == "layer" and value.strip() not in ("0", "")]
    if layers:
        raise refuse("Its segments overlap and lie in several layers, which is not supported; save them one by one.")
    vectors, spatial = _directions(fields, sides)
    if spatial not in ([0, 1], [0, 1, 2]):
        raise refuse("It holds several values per voxel (vectors, channels or layers), which is not supported.")
    shape = check_shape([*sides[:2], 1] if len(sides) == 2 else sides, dtype)
    affine, notes = _affine(fields, vectors)
    volume = ResearchVolume("NRRD", shape, dtype, affine, names=_names(fields), notes=notes)
    skip_lines = int(_number(fields, "line skip", 0)) or int(_number(fields, "lineskip", 0))
    skip = int(_number(fields, "byte skip", 0)) or int(_number(fields, "byteskip", 0))
    if skip_lines or skip:
        raise refuse("Its voxels do not begin right after the header, which is not supported.")
    return read_values(volume, stream, size=size, offset=start, packing=_PACKINGS[packing], into=into)


def _fields(stream: BinaryIO) -> tuple[dict[str, str], int]:
    """Return the header's fields and key/value pairs with lower-case names, and where the voxels begin."""
    stream.seek(0)
    head = stream.read(MAX_HEADER_BYTES)
    if not head.startswith(b"NRRD000"):
        raise refuse("It does not begin as NRRD files do.", SetAsideReason.UNREADABLE)
    ends = [at + len(mark) for mark in (b"\n\n", b"\r\n\r\n") if (at := head.find(mark)) >= 0]
    if not ends:
        raise refuse("Its header has no end.", SetAsideReason.TRUNCATED)
    end = min(ends)
    fields: dict[str, str] = {}
    for line in head[:end].decode("utf-8", "replace").splitlines()[1:]:
        if line.startswith("#"):
            continue
        name, mark, value = line.partition(":=") if ":=" in line else line.partition(":")
        if mark:
            fields[name.strip().lower()] = value.strip()
    return fields, end


def _dtype(fields: dict[str, str]) -> np.dtype[np.generic]:
    said = fields.get("type", "").lower()
    code = next((code for code, names in _TYPES.items() if said in names), None)
    if code is None:
        raise refuse(f"Its voxels are of the type {said[:40]!r}, which is not supported.")
    return np.dtype((">" if fields.get("endian", "little").lower() == "big" else "<") + code)


def _number(fields: dict[str, str], name: str, default: float | None = None) -> float:
    try:
        return float(fields[name])
    except (KeyError, ValueError) as error:
        if default is not None and name not in fields:
            return default
        raise refuse(f"Its header does not say its {name}.", SetAsideReason.UNREADABLE) from error


def _integers(fields: dict[str, str], name: str) -> list[int]:
    try:
        return [int(part) for part in fields[name].split()[:16]]
    except (KeyError, ValueError) as error:
        raise refuse(f"Its header does not say its {name}.", SetAsideReason.UNREADABLE) from error


def _directions(fields: dict[str, str], sides: list[int]) -> tuple[list[NDArray[np.float64]], list[int]]:
    """Return the step in space of each spatial axis, and which axes those are."""
    said = fields.get("space directions")
    kinds = fields.get("kinds", "").lower().split()
    if said is None:
        spatial = [
            axis for axis in range(len(sides)) if axis >= len(kinds) or kinds[axis] in ("domain", "space", "???")
        ]
        steps = fields.get("spacings", "").split()
        sizes = []
        for axis in spatial:
            try:
                sizes.append(abs(float(steps[axis])))
            except (IndexError, ValueError):
                sizes.append(1.0)
        sizes = [value if np.isfinite(value) and value > 0 else 1.0 for value in sizes]
        return [np.eye(3)[n] * value for n, value in enumerate(sizes[:3])], spatial[:3]
    found = [match.group(1) for match in _VECTOR.finditer(said)]
    if len(found) != len(sides):
        raise refuse("Its header contradicts itself about its directions.", SetAsideReason.UNREADABLE)
    vectors, spatial = [], []
    for axis, part in enumerate(found):
        if part is None or "nan" in part.lower():
            continue
        try:
            vector = np.array([float(value) for value in part.split(",")])
        except ValueError as error:
            raise refuse("Its directions are no numbers.", SetAsideReason.UNREADABLE) from error
        vectors.append(np.resize(np.append(vector, 0.0), 3) if len(vector) == 2 else vector)
        spatial.append(axis)
    return vectors, spatial


def _affine(fields: dict[str, str], vectors: list[NDArray[np.float64]]) -> tuple[NDArray[np.float64], list[str]]:
    notes = []
    space = fields.get("space", "").lower().removesuffix("-time")
    turn = _TO_LPS.get(space)
    if turn is None or "space directions" not in fields:
        notes.append("It does not say how its axes lie in the patient; they were taken as left, posterior, superior.")
    turn = turn or (1, 1, 1)
    if any(len(vector) != 3 for vector in vectors):
        raise refuse("Its directions are not in three dimensions.", SetAsideReason.UNREADABLE)
    if len(vectors) == 2:
        vectors = [*vectors, np.cross(vectors[0], vectors[1]) / max(float(np.linalg.norm(vectors[0])), 1e-12)]
    affine = np.eye(4)
    affine[:3, :3] = np.column_stack(vectors)
    origin = _VECTOR.search(fields.get("space origin", ""))
    if origin is not None and origin.group(1) is not None:
        try:
            place = [float(value) for value in origin.group(1).split(",")]
        except ValueError as error:
            raise refuse("Its origin is no point.", SetAsideReason.UNREADABLE) from error
        affine[:3, 3] = ([*place, 0.0, 0.0, 0.0])[:3]
    return np.diag([*turn, 1.0]) @ affine, notes


def _segments(fields: dict[str, str]) -> list[tuple[int, str, str]]:
    found = []
    for name, value in fields.items():
        match = _SEGMENT.fullmatch(name)
        if match:
            found.append((int(match.group(1)), match.group(2), value))
    return found


def _names(fields: dict[str, str]) -> dict[int, str]:
    """Return the names of segments by label value, as 3D Slicer writes them."""
    parts = _segments(fields)
    values = {number: value for number, part, value in parts if part == "labelvalue" and value.isdecimal()}
    return {int(values[number]): value[:64] for number, part, value in parts if part == "name" and number in values}
