"""MetaImage (.mha; itk.org/Wiki/ITK/MetaIO/Documentation): text header, voxels in the same file, LPS millimetres."""

from typing import IO, BinaryIO

import numpy as np

from studies.research.source import ResearchVolume, check_shape, read_values, refuse
from studies.types import SetAsideReason

MAX_HEADER_BYTES = 1 << 20
_TYPES = {
    "MET_CHAR": "i1",
    "MET_UCHAR": "u1",
    "MET_SHORT": "i2",
    "MET_USHORT": "u2",
    "MET_INT": "i4",
    "MET_UINT": "u4",
    "MET_LONG": "i4",
    "MET_ULONG": "u4",
    "MET_LONG_LONG": "i8",
    "MET_ULONG_LONG": "u8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}


def read_metaimage(stream: BinaryIO, size: int, into: IO[bytes]) -> ResearchVolume:
    """Read a MetaImage volume whose voxels follow its header.

    Raises
    ------
    SetAsideError
        Damaged, cut off, beyond bounds, or of a kind that is not supported: voxels in another file (.mhd with .raw),
        several channels.
    """
    fields, start = _fields(stream)
    if fields.get("elementdatafile", "").upper() != "LOCAL":
        raise refuse("Its voxels are in a file of their own, which did not come with it.")
    code = _TYPES.get(fields.get("elementtype", "").upper())
    if code is None:
        raise refuse(f"Its voxels are of the type {fields.get('elementtype', '')[:40]!r}, which is not supported.")
    if _floats(fields, ("elementnumberofchannels",), 1, [1.0])[0] != 1:
        raise refuse("It holds several values per voxel (colour or vectors), which is not supported.")
    big = _true(fields, "binarydatabyteordermsb") or _true(fields, "elementbyteordermsb")
    dtype = np.dtype((">" if big else "<") + code)
    dims = int(_floats(fields, ("ndims",), 1)[0])
    if not 2 <= dims <= 4:
        raise refuse(f"It claims {dims} dimensions.")
    sides = [int(value) for value in _floats(fields, ("dimsize",), dims)]
    shape = check_shape([*sides, 1] if dims == 2 else sides, dtype)
    affine, notes = _affine(fields, dims)
    volume = ResearchVolume("MetaImage", shape, dtype, affine, notes=notes)
    packing = ""
    if _true(fields, "compresseddata"):
        stream.seek(start)
        packing = "gzip" if stream.read(2) == b"\x1f\x8b" else "zlib"
    return read_values(volume, stream, size=size, offset=start, packing=packing, into=into)


def _fields(stream: BinaryIO) -> tuple[dict[str, str], int]:
    """Return the header's fields with lower-case names, and where the voxels begin: after ElementDataFile."""
    stream.seek(0)
    head = stream.read(MAX_HEADER_BYTES)
    fields: dict[str, str] = {}
    at = 0
    while at < len(head):
        end = head.find(b"\n", at)
        line = head[at : end if end >= 0 else len(head)].decode("ascii", "replace")
        name, mark, value = line.partition("=")
        if not mark:
            break
        fields[name.strip().lower()] = value.strip()
        at = end + 1 if end >= 0 else len(head)
        if name.strip().lower() == "elementdatafile":
            return fields, at
    raise refuse("It does not begin as MetaImage files do.", SetAsideReason.UNREADABLE)


def _true(fields: dict[str, str], name: str) -> bool:
    return fields.get(name, "").lower() in ("true", "1", "t")


def _floats(
    fields: dict[str, str], names: tuple[str, ...], count: int, default: list[float] | None = None
) -> list[float]:
    said = next((fields[name] for name in names if name in fields), None)
    if said is None and default is not None:
        return default
    try:
        values = [float(part) for part in (said or "").split()]
    except ValueError:
        values = []
    if len(values) != count or not np.isfinite(values).all():
        raise refuse(f"Its header does not say its {names[0]}.", SetAsideReason.UNREADABLE)
    return values


def _affine(fields: dict[str, str], dims: int) -> tuple[np.ndarray, list[str]]:
    """Return index (i, j, k) → LPS: rows of TransformMatrix are the directions of the axes."""
    spacing = _floats(fields, ("elementspacing", "elementsize"), dims, [1.0] * dims)
    matrix = _floats(fields, ("transformmatrix", "rotation", "orientation"), dims * dims, np.eye(dims).ravel().tolist())
    place = _floats(fields, ("offset", "position", "origin"), dims, [0.0] * dims)
    full, steps, origin = np.eye(3), np.ones(3), np.zeros(3)
    used = min(dims, 3)
    full[:used, :used] = np.array(matrix).reshape(dims, dims)[:used, :used]
    steps[:used], origin[:used] = spacing[:used], place[:used]
    affine = np.eye(4)
    affine[:3, :3] = full.T * steps
    affine[:3, 3] = origin
    placed = any(name in fields for name in ("offset", "position", "origin"))
    return affine, [] if placed and dims > 2 else ["It does not say where the voxels lie; it was put at the origin."]
