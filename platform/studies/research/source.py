"""What a research volume is, and how its voxels come out of a file that may lie about them."""

import bz2
import math
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from studies.errors import SetAsideError
from studies.types import SetAsideReason

MAX_VOLUME_BYTES = 8 << 30
MAX_SIDE = 65_535
MAX_SLICES = 20_000
CHUNK_BYTES = 1 << 20
BEST_PACKING = {"gzip": 1100, "zlib": 1100, "bzip2": 200_000}
"""No stream of the kind unpacks to more than this many times its length (deflate: 1,032)."""


@dataclass(slots=True)
class ResearchVolume:
    """One volume, or one volume at several times.

    Attributes
    ----------
    form : str
        "NIfTI-1", "NRRD", …
    shape : tuple of int
        (I, J, K, T): columns, rows, slices, times.
    dtype : dtype
        Of the stored values, byte order included.
    affine_lps : ndarray, (4, 4)
        Index (i, j, k, 1) → LPS millimetres.
    slope, intercept : float
        Real value = stored value · slope + intercept.
    names : dict
        Label value → name, where the file has a table of its labels.
    notes : list of str
        What had to be assumed about its place.
    """

    form: str
    shape: tuple[int, int, int, int]
    dtype: np.dtype[Any]
    affine_lps: NDArray[np.float64]
    slope: float = 1.0
    intercept: float = 0.0
    names: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    values: NDArray[Any] | None = None

    @property
    def slices(self) -> Iterator[tuple[int, int]]:
        """Yield (time, slice) in order."""
        return ((t, k) for t in range(self.shape[3]) for k in range(self.shape[2]))

    def plane(self, time: int, k: int) -> NDArray[Any]:
        """Return the stored values of a slice, (rows, columns) = (J, I)."""
        assert self.values is not None  # noqa: S101  # set by read_values, which every reader calls
        plane: NDArray[Any] = np.asarray(self.values[time, k])
        return plane


def refuse(detail: str, reason: SetAsideReason = SetAsideReason.UNSUPPORTED) -> SetAsideError:
    """Return the error that sets a volume aside."""
    return SetAsideError(reason, detail)


def check_shape(sides: list[int], dtype: np.dtype[Any]) -> tuple[int, int, int, int]:
    """Return (I, J, K, T), or refuse what is no volume or beyond all measure.

    Raises
    ------
    SetAsideError
    """
    if not 2 <= len(sides) <= 8 or min(sides) < 1:
        raise refuse(f"Its size {sides} is no volume's.", SetAsideReason.UNREADABLE)
    if any(side > 1 for side in sides[4:]):
        raise refuse("It holds several values per voxel (vectors or channels), which is not supported.")
    shape = ([*sides, 1, 1])[:4]
    if max(shape[:2]) > MAX_SIDE or shape[2] * shape[3] > MAX_SLICES:
        raise refuse(f"It claims {' × '.join(str(side) for side in shape)} voxels, which is more than is taken in.")
    if math.prod(shape) * dtype.itemsize > MAX_VOLUME_BYTES:
        raise refuse(f"It claims more than {MAX_VOLUME_BYTES >> 30} GiB of voxels.")
    return shape[0], shape[1], shape[2], shape[3]


@contextmanager
def scratch() -> Iterator[IO[bytes]]:
    """Yield a temporary file on disk for the unpacked voxels, so that memory stays small."""
    with tempfile.TemporaryFile(prefix="volume-") as file:
        yield file


def read_values(
    volume: ResearchVolume, stream: BinaryIO, *, size: int, offset: int, packing: str, into: IO[bytes], skip: int = 0
) -> ResearchVolume:
    """Unpack the voxels to a file on disk and map them into the volume, as (T, K, J, I).

    Parameters
    ----------
    stream, size : BinaryIO, int
        The whole file.
    offset : int
        Where the (packed) voxels begin in it.
    packing : str
        "", "gzip", "zlib" or "bzip2".
    into : file
        See `scratch`.
    skip : int
        Unpacked bytes before the voxels.

    Raises
    ------
    SetAsideError
        `truncated`: fewer bytes are there than its header says; `unreadable`: they are damaged.
    """
    i, j, k, t = volume.shape
    wanted = i * j * k * t * volume.dtype.itemsize
    there = max(size - offset, 0)
    if there * BEST_PACKING.get(packing, 1) < wanted + skip:
        raise refuse(
            f"Its header says {wanted:,} bytes of voxels; the file holds {there:,} bytes{' (packed)' * bool(packing)}.",
            SetAsideReason.TRUNCATED,
        )
    stream.seek(offset)
    got = 0
    for chunk in unpacked(stream, packing):
        piece = chunk
        if skip:
            piece, skip = piece[skip:], max(skip - len(piece), 0)
        piece = piece[: wanted - got]
        into.write(piece)
        got += len(piece)
        if got >= wanted:
            break
    if got < wanted:
        detail = f"Its header says {wanted:,} bytes of voxels; {got:,} are there."
        raise refuse(detail, SetAsideReason.TRUNCATED)
    into.flush()
    volume.values = np.memmap(into, dtype=volume.dtype, mode="r", shape=(t, k, j, i))  # first axis fastest on disk
    return volume


def unpacked(stream: BinaryIO, packing: str) -> Iterator[bytes]:
    """Yield bytes in pieces of at most about 1 MB, whatever the stream claims.

    Raises
    ------
    SetAsideError
        The packed data are damaged.
    """
    if not packing:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk
        return
    bits = {"gzip": 31, "zlib": 15}.get(packing)
    make: Callable[[], Any] = bz2.BZ2Decompressor if bits is None else lambda: zlib.decompressobj(bits)
    try:
        yield from _inflated(stream, make)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        said = " ".join(str(error).split())[:200]
        raise refuse(f"Its packed voxels are damaged: {said}.", SetAsideReason.UNREADABLE) from error


def _inflated(stream: BinaryIO, make: Callable[[], Any]) -> Iterator[bytes]:
    inflater, data = make(), b""
    while True:
        data = data or stream.read(CHUNK_BYTES)
        out = inflater.decompress(data, CHUNK_BYTES)
        if out:
            yield out
        if inflater.eof:
            rest = inflater.unused_data + stream.read(16)
            if not rest.strip(b"\0"):
                return
            inflater, data = make(), rest  # files may be packed in several members
            continue
        data = getattr(inflater, "unconsumed_tail", b"")
        if not data and not out:
            data = stream.read(CHUNK_BYTES)
            if not data:
                return
