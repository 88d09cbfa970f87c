"""Masks as bytes, and volumes of labels as frames. Pure NumPy: knows nothing of the database."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from annotations.marks.errors import MaskShapeError
from annotations.marks.types import FrameKey, FrameLabels

Labels = npt.NDArray[np.uint8]

COMPRESSION_LEVEL = 1
"""Masks are long runs: level 1 is within a few per cent of level 9, at a fraction of the time."""

_SLACK_BYTES = 1024


class HasFrames(Protocol):
    """What is needed of a volume: [[sop_instance_uid, frame_number], …] ordered along index k."""

    @property
    def frames(self) -> Sequence[Sequence[Any]]:
        """Return the frames in order."""
        ...


def encode_labels(labels: Labels) -> bytes:
    """Return zlib of a uint8 array of shape (rows, columns), row-major; empty bytes when all of it is zero."""
    if labels.dtype != np.uint8 or labels.ndim != 2:
        raise MaskShapeError("A mask is a two-dimensional array of 8-bit values.")
    if not labels.any():
        return b""
    return zlib.compress(np.ascontiguousarray(labels).tobytes(), COMPRESSION_LEVEL)


def decode_labels(data: bytes, *, rows: int, columns: int) -> Labels:
    """Return the uint8 array (rows, columns) of one frame.

    Never inflates more than rows × columns + 1 bytes, whatever `data` claims.

    Raises
    ------
    MaskShapeError
        When `data` is not zlib of exactly rows × columns bytes.
    """
    size = rows * columns
    if not data:
        return np.zeros((rows, columns), dtype=np.uint8)
    if len(data) > size + _SLACK_BYTES:
        raise MaskShapeError(f"A mask of {rows} × {columns} came as {len(data)} bytes, more than it can need.")
    inflate = zlib.decompressobj()
    try:
        raw = inflate.decompress(data, size + 1)
    except zlib.error as error:
        raise MaskShapeError("The mask's bytes are damaged: they cannot be decompressed.") from error
    if len(raw) != size or not inflate.eof or inflate.unused_data:
        raise MaskShapeError(
            f"A mask must hold exactly {rows} × {columns} = {size} values.", fields={"rows": rows, "columns": columns}
        )
    return np.frombuffer(raw, dtype=np.uint8).reshape(rows, columns)


def values_in(labels: Labels) -> frozenset[int]:
    """Return the label values present, without 0."""
    present = np.flatnonzero(np.bincount(labels.ravel(), minlength=256))
    return frozenset(int(value) for value in present if value)


def split_by_layer(labels: Labels, layers: Mapping[int, int]) -> dict[int, Labels]:
    """Return the labels (uint8, any shape) of each layer in use, by layer; values without a layer lie in layer 0."""
    layer_of = np.zeros(256, dtype=np.uint8)
    for value, layer in layers.items():
        layer_of[value] = layer
    found = np.unique(layer_of[sorted(values_in(labels))])
    return {int(layer): np.where(layer_of[labels] == layer, labels, np.uint8(0)) for layer in found}


def stack_frames(frames: Iterable[FrameLabels], *, order: Sequence[tuple[str, int]], shape: tuple[int, int]) -> Labels:
    """Return the labels of ordered frames as one array.

    Parameters
    ----------
    frames : iterable of FrameLabels
        Frames outside `order` are left out; where layers overlap the higher layer shows.
    order : sequence of (sop_instance_uid, frame_number)
        The frame of each index k.
    shape : (rows, columns)
        Size every frame must have.

    Returns
    -------
    ndarray of uint8, shape (K, J, I)
        Frames without labels are zero.

    Raises
    ------
    MaskShapeError
        When a frame has another size.
    """
    place = {key: k for k, key in enumerate(order)}
    volume: Labels = np.zeros((len(order), *shape), dtype=np.uint8)
    for frame in sorted(frames, key=lambda frame: frame.key.layer):
        k = place.get((frame.key.sop_instance_uid, frame.key.frame_number))
        if k is None or not frame.data:
            continue
        if (frame.rows, frame.columns) != shape:
            raise MaskShapeError(
                f"A frame of {frame.rows} × {frame.columns} lies in a volume of {shape[0]} × {shape[1]}."
            )
        plane = decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
        np.copyto(volume[k], plane, where=plane != 0)
    return volume


def volume_delta(
    *, labels: Labels, volume: HasFrames, layer: int = 0, previous: Labels | None = None
) -> tuple[FrameLabels, ...]:
    """Return the frames of a label volume, ready for a delta.

    Parameters
    ----------
    labels : ndarray of uint8, shape (K, J, I)
        On the grid of `volume`.
    volume : Volume
        Its `frames` say which frame index k is.
    layer : int
    previous : ndarray of uint8, shape (K, J, I), optional
        What is there already: then exactly the frames that differ are returned, emptied ones included.
        Without it, the frames that hold any label.

    Raises
    ------
    MaskShapeError
        When the shapes do not match.
    """
    if labels.dtype != np.uint8 or labels.ndim != 3 or labels.shape[0] != len(volume.frames):
        raise MaskShapeError(f"Labels of shape {labels.shape} do not fit a volume of {len(volume.frames)} frames.")
    if previous is not None and previous.shape != labels.shape:
        raise MaskShapeError(f"Labels of shape {labels.shape} do not fit earlier ones of shape {previous.shape}.")
    _, rows, columns = labels.shape
    if previous is None:
        chosen = np.flatnonzero(labels.any(axis=(1, 2)))
    else:
        chosen = np.flatnonzero((labels != previous).any(axis=(1, 2)))
    return tuple(
        FrameLabels(
            key=FrameKey(str(volume.frames[k][0]), int(volume.frames[k][1]), layer),
            rows=rows,
            columns=columns,
            data=encode_labels(labels[k]),
        )
        for k in chosen.tolist()
    )
