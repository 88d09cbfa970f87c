"""What taking a draft does to masks, and whether masks still are the draft's. Pure functions.

A draft speaks about the labels that its model can draw (`values`), and about nothing else. Taking it means: wherever
it draws, its label stands; elsewhere its labels are wiped; labels that it does not know stay as the reader drew them.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from annotations.marks.frames import decode_labels, encode_labels
from annotations.marks.types import FrameKey, FrameLabels


def by_key(frames: Iterable[FrameLabels]) -> dict[FrameKey, FrameLabels]:
    """Return frames by their key."""
    return {frame.key: frame for frame in frames}


def take_draft(
    *, draft: Iterable[FrameLabels], present: Iterable[FrameLabels], values: frozenset[int]
) -> tuple[FrameLabels, ...]:
    """Return the frames of a reading that change when it takes a draft, in order of their keys.

    Parameters
    ----------
    draft, present : iterable of FrameLabels
        The draft's frames and the reading's, in all layers.
    values : frozenset of int
        Label values that the model can draw.
    """
    proposed, drawn = by_key(draft), by_key(present)
    changed = []
    for key in sorted({*proposed, *drawn}):
        frame = proposed.get(key) or drawn[key]
        before, after = drawn.get(key), proposed.get(key)
        if before is not None and before.data:
            frame = _merged(key=key, before=before, after=after, values=values)
        if (before.data if before else b"") != frame.data:
            changed.append(frame)
    return tuple(changed)


def _merged(*, key: FrameKey, before: FrameLabels, after: FrameLabels | None, values: frozenset[int]) -> FrameLabels:
    old = _plane(before)
    kept = np.where(np.isin(old, list(values)), np.uint8(0), old)
    if after is not None:
        new = _plane(after)
        kept = np.where(new > 0, new, kept)
    same = np.array_equal(kept, old)
    data = before.data if same else encode_labels(kept)
    return FrameLabels(key=key, rows=before.rows, columns=before.columns, data=data)


def still_the_draft(
    *, changed: Iterable[FrameLabels], draft: Mapping[FrameKey, FrameLabels], values: frozenset[int]
) -> bool:
    """Say whether frames that changed after a draft was taken show the draft's labels all the same.

    Parameters
    ----------
    changed : iterable of FrameLabels
        The present state of the frames that changed since.
    draft : mapping of FrameKey to FrameLabels
    values : frozenset of int
        Label values that the model can draw; others are the reader's own business.
    """
    return all(_same(frame, draft.get(frame.key), values) for frame in changed)


def _same(frame: FrameLabels, proposed: FrameLabels | None, values: frozenset[int]) -> bool:
    if frame.data == (proposed.data if proposed else b""):
        return True
    plane = _plane(frame)
    seen = np.where(np.isin(plane, list(values)), plane, np.uint8(0))
    return bool(np.array_equal(seen, _plane(proposed))) if proposed else not seen.any()


def _plane(frame: FrameLabels) -> NDArray[np.uint8]:
    return decode_labels(frame.data, rows=frame.rows, columns=frame.columns)
