"""Click to mask: what a reader points at becomes a proposal, which nothing but the reader's own stroke ever saves."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from accounts.models import User
from ai.errors import AiError, RequestError
from ai.imaging.prompt_region import Region
from ai.types import Geometry, Index, PromptLine
from annotations.assist.errors import PromptBusyError, domain_error
from annotations.assist.known_answers import KnownAnswers
from annotations.assist.pixel_cache import read_frames
from annotations.marks.errors import LockedError, UnknownFrameError, UnknownLabelError
from annotations.marks.frames import encode_labels
from annotations.marks.models import Label
from annotations.marks.types import FrameKey, FrameLabels
from annotations.reading.models import Reading
from annotations.reading.selectors.readings import own_reading_for
from common.errors import InvalidError, NotFoundError
from studies.models import Instance, Volume
from studies.pixels import header_of
from studies.planes import planes_of

AT_ONCE = 2
"""So many answers are worked out at once in one process; each takes a core and some 100 MB."""

PATIENCE_S = 5.0

_slots = threading.BoundedSemaphore(AT_ONCE)

KNOWN = KnownAnswers()


@dataclass(frozen=True, slots=True)
class Pointing:
    """A point, or a scribble through several places, in the coordinates that its wish names."""

    places: tuple[tuple[float, ...], ...]
    positive: bool


@dataclass(frozen=True, slots=True)
class PromptWish:
    """What a reader asks.

    Attributes
    ----------
    series_uid, volume_index : str, int
        Which volume of the case.
    label : int
        Value of the label to mark.
    pointings : tuple of Pointing
        Places are (x, y, z) in LPS millimetres, or (column, row) in pixels when `frame` is given.
    box : two corners of the same coordinates, or None
    frame : (sop_instance_uid, frame_number) or None
        Work on this frame alone. A stack that forms no regular volume has no other way.
    engine : str
        Name of a prompt engine.
    """

    series_uid: str
    volume_index: int
    label: int
    pointings: tuple[Pointing, ...]
    box: tuple[tuple[float, ...], tuple[float, ...]] | None
    frame: tuple[str, int] | None
    engine: str


@dataclass(frozen=True, slots=True)
class PromptAnswer:
    """Frames that hold the proposal (label values), how many voxels, and from where to before where was looked."""

    engine: str
    frames: tuple[FrameLabels, ...]
    voxels: int
    start_kji: tuple[int, int, int]
    stop_kji: tuple[int, int, int]
    elapsed_ms: float


def answer_prompt(*, actor: User, reading_id: UUID, wish: PromptWish) -> PromptAnswer:
    """Return the mask that a reader's points, scribbles and box ask for. Nothing is saved.

    Raises
    ------
    NotFoundError
        It is not the actor's own reading in a live project, or the case has no such volume.
    LockedError
        The reading was submitted.
    UnknownLabelError, UnknownFrameError
        The protocol has no such label, or the volume no such frame.
    InvalidError
        The prompts cannot be used, the engine is unknown, or the stack is no volume and no frame is named.
    PromptBusyError
        Other answers kept all slots busy for some seconds.
    """
    started = time.perf_counter()
    reading = own_reading_for(actor=actor, reading_id=reading_id)
    if reading.mark_set.locked:
        raise LockedError("This reading was submitted and takes no change.", fields={"head": reading.mark_set.head})
    label = Label.objects.filter(label_set=reading.mark_set.label_set_id, value=wish.label).first()
    if label is None:
        raise UnknownLabelError(f"{wish.label} is no label of this project.", fields={"values": [wish.label]})
    volume = _volume(reading, wish)
    try:
        with slot():
            frames, voxels, (start, stop) = _answer(volume, wish, label)
    except RequestError as error:
        raise InvalidError(error.message, code="prompts") from error
    except AiError as error:
        raise domain_error(error) from error
    elapsed_ms = 1000.0 * (time.perf_counter() - started)
    return PromptAnswer(wish.engine, frames, voxels, start, stop, elapsed_ms)


@contextmanager
def slot() -> Iterator[None]:
    """Hold one of the slots for work that a person waits for; PromptBusyError where none gets free in time."""
    if not _slots.acquire(timeout=PATIENCE_S):
        raise PromptBusyError("Too many masks are being worked out at the moment. Try again in a moment.")
    try:
        yield
    finally:
        _slots.release()


def _volume(reading: Reading, wish: PromptWish) -> Volume:
    volume = Volume.objects.filter(
        series__cases=reading.case_id, series__series_uid=wish.series_uid, index=wish.volume_index
    ).first()
    if volume is None:
        raise NotFoundError("This case has no such series or volume.", code="volume_not_found")
    return volume


def _answer(volume: Volume, wish: PromptWish, label: Label) -> tuple[tuple[FrameLabels, ...], int, Region]:
    from ai.engines.prompts import load_prompt_engine, segment_around

    engine = load_prompt_engine(wish.engine)
    ground = _ground(volume, wish)
    lines = [PromptLine(ground.index(pointing.places), pointing.positive) for pointing in wish.pointings]
    box = None if wish.box is None else ground.box(wish.box)

    def read(region: Region) -> NDArray[np.float32]:
        (k0, j0, i0), (k1, j1, i1) = region
        frames = read_frames(volume, ground.frames[k0:k1])
        if any(frame.shape != ground.shape_kji[1:] for frame in frames):
            raise InvalidError("The frames of this stack differ in size.", code="frame_size")
        return np.stack([frame[j0:j1, i0:i1] for frame in frames])

    known = KNOWN.of((volume.pk, wish.frame, wish.engine, box))
    mask, region = segment_around(engine, read, ground.shape_kji, ground.spacing_mm, lines, box, known)
    (k0, j0, i0), (k1, _, _) = region
    frames = _frames(mask, ground.frames[k0:k1], (j0, i0), ground.shape_kji[1:], label)
    return frames, int(mask.sum()), region


def _frames(
    mask: NDArray[np.bool_],
    places: Sequence[tuple[str, int]],
    corner: tuple[int, int],
    size: tuple[int, int],
    label: Label,
) -> tuple[FrameLabels, ...]:
    """Return the frames that hold any of the mask, each whole."""
    frames = []
    for (uid, number), part in zip(places, mask, strict=True):
        if part.any():
            whole = np.zeros(size, dtype=np.uint8)
            (j, i), (rows, columns) = corner, part.shape
            whole[j : j + rows, i : i + columns] = part * np.uint8(label.value)
            key = FrameKey(uid, number, label.layer)
            frames.append(FrameLabels(key=key, rows=size[0], columns=size[1], data=encode_labels(whole)))
    return tuple(frames)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is worked on: frames in order, their grid, and how a reader's places become indices."""

    frames: tuple[tuple[str, int], ...]
    shape_kji: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    geometry: Geometry | None

    def index(self, places: Sequence[Sequence[float]]) -> tuple[Index, ...]:
        """Return indices (k, j, i) of places in LPS millimetres, or of (column, row)."""
        expected = 2 if self.geometry is None else 3
        if any(len(place) != expected for place in places):
            raise InvalidError(
                "Places are [column, row] on a named frame, and [x, y, z] in millimetres otherwise.", code="places"
            )
        if self.geometry is None:
            return tuple((0.0, float(row), float(column)) for column, row in places)
        affine = self.geometry.affine_lps
        found = np.linalg.solve(affine[:3, :3], (np.asarray(places, dtype=np.float64) - affine[:3, 3]).T).T
        return tuple((float(k), float(j), float(i)) for k, j, i in found)

    def box(self, corners: tuple[Sequence[float], Sequence[float]]) -> tuple[Index, Index]:
        """Return the corners of the box along the grid's axes around a box in the reader's coordinates.

        A box of millimetres lies along the patient's axes; on an oblique grid the one around it is taken.
        """
        if self.geometry is None:
            first, second = self.index(corners)
            return first, second
        low, high = corners
        if len(low) != 3 or len(high) != 3:
            raise InvalidError("A box is two corners [x, y, z] in millimetres.", code="places")
        every = [(x, y, z) for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])]
        index = np.asarray(self.index(every))
        lowest, highest = index.min(axis=0).tolist(), index.max(axis=0).tolist()
        return (lowest[0], lowest[1], lowest[2]), (highest[0], highest[1], highest[2])


def _ground(volume: Volume, wish: PromptWish) -> _Ground:
    frames = tuple((str(uid), int(number)) for uid, number in volume.frames)
    if wish.frame is None:
        if volume.geometry is None:
            raise InvalidError(
                "These images form no regular volume: name the frame to work on.",
                code="not_a_volume",
                fields={"reasons": volume.reasons},
            )
        geometry = Geometry(tuple(volume.geometry["shape_kji"]), np.array(volume.geometry["affine_lps"]))
        return _Ground(frames, geometry.shape_kji, geometry.spacing_mm, geometry)
    if wish.frame not in frames:
        raise UnknownFrameError("This volume has no such frame.", fields={"sop_instance_uid": wish.frame[0]})
    uid, number = wish.frame
    instance = Instance.objects.select_related("header").get(series=volume.series_id, sop_instance_uid=uid)
    planes = planes_of(header_of(instance), frame_count=instance.frame_count)
    spacing = next((plane.spacing_mm for plane in planes if plane.frame_number == number), None) or (1.0, 1.0)
    return _Ground((wish.frame,), (1, instance.rows, instance.columns), (1.0, *spacing), None)
