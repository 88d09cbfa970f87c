"""Frames of real values, kept for a while, so that the second click on a case decodes nothing again."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from studies.models import Instance, Volume
from studies.pixels import decode_frame, header_of, rescaled, stored_file, suv_factor

Frame = NDArray[np.float32]
Key = tuple[UUID, str, int]

CACHE_BYTES = 256 * 1024**2
"""Of frames in one process: some 250 CT slices."""


class FrameCache:
    """Frames by series, SOP Instance UID and frame number; the one used longest ago goes first. Safe on threads."""

    def __init__(self, most_bytes: int = CACHE_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._frames: OrderedDict[Key, Frame] = OrderedDict()
        self._bytes = 0

    def get(self, key: Key) -> Frame | None:
        """Return a frame (read-only), or None where it is not kept."""
        with self._lock:
            frame = self._frames.get(key)
            if frame is not None:
                self._frames.move_to_end(key)
            return frame

    def put(self, key: Key, frame: Frame) -> None:
        """Keep a frame, unless it alone is more than there is room for."""
        frame.flags.writeable = False
        with self._lock:
            if frame.nbytes > self._most_bytes or key in self._frames:
                return
            self._frames[key] = frame
            self._bytes += frame.nbytes
            while self._bytes > self._most_bytes:
                _, gone = self._frames.popitem(last=False)
                self._bytes -= gone.nbytes

    @property
    def size_bytes(self) -> int:
        """Bytes of all frames kept."""
        return self._bytes

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._frames.clear()
            self._bytes = 0


FRAMES = FrameCache()


def read_frames(volume: Volume, places: Sequence[tuple[str, int]], *, cache: FrameCache = FRAMES) -> list[Frame]:
    """Return frames of a volume in real values: float32, (rows, columns) each, in `volume.units`; colour becomes grey.

    Raises
    ------
    NotFoundError, PixelsError
        A stored file is missing, or a frame cannot be decoded.
    """
    kept = {place: cache.get((volume.series_id, *place)) for place in places}
    found = {place: frame for place, frame in kept.items() if frame is not None}
    for place, frame in _decoded(volume, [place for place in kept if place not in found]):
        cache.put((volume.series_id, *place), frame)
        found[place] = frame
    return [found[place] for place in places]


def _decoded(volume: Volume, places: Iterable[tuple[str, int]]) -> Iterable[tuple[tuple[str, int], Frame]]:
    wanted = sorted(places)
    rows = Instance.objects.select_related("header").filter(
        series=volume.series_id, sop_instance_uid__in={uid for uid, _ in wanted}
    )
    instances = {instance.sop_instance_uid: instance for instance in rows}
    for uid, group in groupby(wanted, key=lambda place: place[0]):
        instance = instances[uid]
        header = header_of(instance)
        factor = np.float32(suv_factor(volume, uid))
        with stored_file(instance) as file:
            for _, number in group:
                samples = decode_frame(instance, number, file=file, raw=False, header=header)
                if samples.ndim == 3:
                    samples = samples.mean(axis=2, dtype=np.float32)
                values = rescaled(samples, header, number)
                yield (uid, number), np.ascontiguousarray(values * factor if factor != 1.0 else values)
