"""NIfTI-1 and NIfTI-2 (nifti.nimh.nih.gov); headers by nibabel, voxels unpacked here, within bounds."""

import io
import re
from typing import IO, Any, BinaryIO

import numpy as np

from ai.types import LPS_FROM_RAS
from studies.errors import SetAsideError
from studies.research.source import ResearchVolume, check_shape, read_values, refuse, unpacked
from studies.types import SetAsideReason

MAX_OFFSET = 64 << 20
_MILLIMETRES = {"meter": 1000.0, "micron": 0.001}
_LABEL = re.compile(rb"<Label\s[^<>]{0,400}?Key=\"(\d{1,5})\"[^<>]{0,400}>\s{0,80}(?:<!\[CDATA\[)?([^<\]]{1,200})")


def read_nifti(stream: BinaryIO, size: int, into: IO[bytes]) -> ResearchVolume:
    """Read a single-file NIfTI volume, packed by gzip or not.

    The affine is nibabel's best one: sform before qform. Where the file has neither, the voxel sizes alone are used
    and a note says so.

    Raises
    ------
    SetAsideError
        Damaged, cut off, beyond bounds, or of a kind that is not supported: colour, complex numbers, vectors, and
        header and voxels in two files.
    """
    stream.seek(0)
    packing = "gzip" if stream.read(2) == b"\x1f\x8b" else ""
    head = _head(stream, packing)
    header = _header(head)
    dtype = header.get_data_dtype()
    if dtype.fields is not None:
        raise refuse("It is a colour volume (RGB), which is not supported.")
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise refuse(f"Its voxels are of the type {dtype}, which is not supported.")
    dims = [int(side) for side in header["dim"]]
    if not 1 <= dims[0] <= 7:
        raise refuse(f"It claims {dims[0]} dimensions.", SetAsideReason.UNREADABLE)
    shape = check_shape(dims[1 : max(dims[0], 2) + 1] if dims[0] > 1 else [dims[1], 1], dtype)
    offset = int(header["vox_offset"])
    if not header.single_vox_offset <= offset <= MAX_OFFSET:
        raise refuse("Its header does not say where the voxels begin.", SetAsideReason.UNREADABLE)
    affine, notes = _affine(header)
    slope, intercept = header.get_slope_inter()
    volume = ResearchVolume(
        form="NIfTI-2" if header.sizeof_hdr == 540 else "NIfTI-1",
        shape=shape,
        dtype=dtype,
        affine_lps=affine,
        slope=1.0 if slope is None else float(slope),
        intercept=0.0 if intercept is None else float(intercept),
        names={int(key): name.decode("utf-8", "replace").strip() for key, name in _LABEL.findall(head[:offset])},
        notes=notes,
    )
    start, skip = (0, offset) if packing else (offset, 0)
    return read_values(volume, stream, size=size, offset=start, packing=packing, into=into, skip=skip)


def _head(stream: BinaryIO, packing: str) -> bytes:
    """Return at least the header and what lies between it and the voxels, up to 1 MB."""
    stream.seek(0)
    head = b""
    for chunk in unpacked(stream, packing):
        head += chunk
        if len(head) >= 1 << 20:
            break
    return head


def _header(head: bytes) -> Any:
    import nibabel

    sizes = {int.from_bytes(head[:4], order) for order in ("little", "big")}
    kind: Any = nibabel.Nifti2Header if 540 in sizes else nibabel.Nifti1Header  # nibabel has no types here
    if not sizes & {348, 540} or len(head) < kind.sizeof_hdr:
        raise refuse("It does not begin as NIfTI files do.", SetAsideReason.UNREADABLE)
    try:
        header = kind.from_fileobj(io.BytesIO(head[: kind.sizeof_hdr]), check=False)
        magic = bytes(header["magic"].item())
        header.get_data_dtype()
    except Exception as error:  # a hostile header may make nibabel raise anything
        raise refuse(
            f"Its header is damaged: {' '.join(str(error).split())[:200]}", SetAsideReason.UNREADABLE
        ) from error
    if magic[:3] in (b"ni1", b"ni2"):
        raise refuse("Its voxels are in a file of their own (.img), which is not supported; bring a single .nii file.")
    if magic[:3] not in (b"n+1", b"n+2"):
        raise refuse("It is an Analyze file without NIfTI's magic word.", SetAsideReason.UNREADABLE)
    return header


def _affine(header: Any) -> tuple[np.ndarray, list[str]]:
    notes = []
    if int(header["sform_code"]) <= 0 and int(header["qform_code"]) <= 0:
        notes.append("It does not say where the voxels lie; their middle was put at the origin, upright.")
    try:
        affine = np.array(header.get_best_affine(), dtype=np.float64)
        unit = header.get_xyzt_units()[0]
    except SetAsideError:
        raise
    except Exception as error:  # a quaternion may be none
        raise refuse(
            f"Its affine is damaged: {' '.join(str(error).split())[:200]}", SetAsideReason.UNREADABLE
        ) from error
    affine[:3] *= _MILLIMETRES.get(unit, 1.0)
    return LPS_FROM_RAS @ affine, notes
