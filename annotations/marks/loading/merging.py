"""Masks of a file put onto the marks that are there. Pure functions; nothing is overwritten unasked."""

from collections.abc import Iterable, Mapping

import numpy as np

from annotations.marks.errors import TooLargeError
from annotations.marks.frames import Labels, decode_labels, encode_labels
from annotations.marks.loading.types import Choice, Counts, Merged, Mode
from annotations.marks.types import FrameKey, FrameLabels
from studies.derived.masks import FrameMask

MAX_PIXELS = 1 << 30
"""Of all frames that one load touches: they are in memory at a time."""

Place = tuple[str, int]


def merge_masks(
    masks: Iterable[FrameMask],
    *,
    present: Iterable[FrameLabels],
    inside: frozenset[Place],
    choices: Mapping[int, Choice],
    layers: Mapping[int, int],
    over_others: bool,
) -> Merged:
    """Return the frames that change.

    Parameters
    ----------
    masks : iterable of FrameMask
        Those of segments without a chosen label are left out.
    present : iterable of FrameLabels
        The marks that are there.
    inside : frozenset of (sop_instance_uid, frame_number)
        The images in question: `Mode.REPLACE` takes a label away from these alone.
    choices : mapping of int to Choice
        By segment number.
    layers : mapping of int to int
        The layer of each label.
    over_others : bool
        New marks take the place of other labels in their layer; else these stay. That holds for segments of the file
        among each other too: the lower number comes first.

    Raises
    ------
    TooLargeError
        More pixels are touched than are taken at once.
    """
    sheet = _Sheet(present, inside)
    wanted = {number: choice for number, choice in choices.items() if choice.label is not None}
    merged = Merged(counts={number: Counts() for number in wanted})
    replaced = {choice.label for choice in wanted.values() if choice.mode == Mode.REPLACE}
    for value in sorted(value for value in replaced if value is not None):
        sheet.wipe(value, layers[value])
    for found in masks:
        choice = wanted.get(found.number)
        if choice is None or choice.label is None or not found.mask.any():
            continue
        counts, layer = merged.counts[found.number], layers[choice.label]
        plane = sheet.plane(FrameKey(found.sop_instance_uid, found.frame_number, layer), found.mask.shape)
        others = found.mask & (plane != 0) & (plane != choice.label)
        new = found.mask if over_others else found.mask & ~others
        clash = int(np.count_nonzero(others))
        counts.taken += clash if over_others else 0
        counts.kept += 0 if over_others else clash
        counts.placed += int(np.count_nonzero(new))
        counts.frames += 1
        plane[new] = choice.label
    for number, choice in wanted.items():
        if choice.mode == Mode.REPLACE and choice.label is not None:
            merged.counts[number].removed = sheet.removed(choice.label, layers[choice.label])
    merged.frames = sheet.changed()
    return merged


class _Sheet:
    """The frames that a load touches, before and after."""

    def __init__(self, present: Iterable[FrameLabels], inside: frozenset[Place]) -> None:
        self._present = {frame.key: frame for frame in present}
        self._inside = inside
        self._planes: dict[FrameKey, Labels] = {}
        self._pixels = 0

    def plane(self, key: FrameKey, shape: tuple[int, ...]) -> Labels:
        """Return the labels of a frame, to be changed."""
        if key not in self._planes:
            self._pixels += shape[0] * shape[1]
            if self._pixels > MAX_PIXELS:
                raise TooLargeError("These marks lie on more images than are taken at once.")
            self._planes[key] = self._before(key, shape).copy()
        return self._planes[key]

    def _before(self, key: FrameKey, shape: tuple[int, ...]) -> Labels:
        frame = self._present.get(key)
        return decode_labels(frame.data if frame else b"", rows=shape[0], columns=shape[1])

    def wipe(self, value: int, layer: int) -> None:
        """Take a label away from the images in question."""
        for key, frame in self._present.items():
            if key.layer != layer or not frame.data or (key.sop_instance_uid, key.frame_number) not in self._inside:
                continue
            shape = (frame.rows, frame.columns)
            plane = self._planes[key] if key in self._planes else self._before(key, shape)
            if (plane == value).any():
                self.plane(key, shape)[plane == value] = 0

    def removed(self, value: int, layer: int) -> int:
        """Return how many voxels of a label that were there before bear it no more."""
        return sum(
            int(np.count_nonzero((self._before(key, plane.shape) == value) & (plane != value)))
            for key, plane in self._planes.items()
            if key.layer == layer
        )

    def changed(self) -> tuple[FrameLabels, ...]:
        """Return the frames that differ from what was there."""
        return tuple(
            FrameLabels(key=key, rows=plane.shape[0], columns=plane.shape[1], data=encode_labels(plane))
            for key, plane in sorted(self._planes.items())
            if not np.array_equal(plane, self._before(key, plane.shape))
        )
