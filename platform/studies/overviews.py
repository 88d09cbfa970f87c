"""A series at a glance: a mosaic of frames spread over its volumes. No database."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image

from studies.rendering import Picture, Viewport, encode

TILE_PIXELS = 128
COLUMNS = 4
MOST_TILES = 16
Frame = tuple[Any, int]


def chosen_frames(groups: Sequence[Sequence[Frame]]) -> tuple[list[Frame], int]:
    """Return at most 16 frames that show what there is, and how many make a row.

    They are evenly spaced, the same share of each volume, and of up to eight volumes each has a row of its own.

    Parameters
    ----------
    groups : sequence of sequences
        The frames of each volume, in order. Of more than 16 volumes, every n-th is shown by its middle frame.
    """
    filled = [group for group in groups if group]
    if len(filled) > MOST_TILES:
        filled = [filled[index] for index in _spread(len(filled), MOST_TILES)]
    share = MOST_TILES // max(len(filled), 1)
    frames = [group[index] for group in filled for index in _spread(len(group), share)]
    even = len({min(len(group), share) for group in filled}) == 1
    own_rows = 1 < len(filled) <= MOST_TILES // 2 and even
    return frames, min(len(frames), min(len(filled[0]), share) if own_rows else COLUMNS)


def _spread(count: int, wanted: int) -> list[int]:
    """Return at most `wanted` indices below `count`, in the middles of equal parts."""
    parts = min(count, wanted)
    return [int((2 * part + 1) * count / (2 * parts)) for part in range(parts)]


def mosaic(frames: Sequence[Frame], columns: int, picture: Callable[[Frame, int], Picture | None]) -> bytes | None:
    """Return frames side by side as a JPEG, tiles of at most 128 pixels; None when none can be shown.

    Parameters
    ----------
    columns : int
        How many make a row.
    picture : callable
        Gives a frame of about the size asked for, or None for one that cannot be decoded: its tile stays dark.
    """
    shown = [picture(frame, TILE_PIXELS) for frame in frames]
    if all(one is None for one in shown):
        return None
    rows = -(-len(shown) // columns)
    sheet = Image.new("RGB", (columns * TILE_PIXELS, rows * TILE_PIXELS))
    for index, one in enumerate(shown):
        if one is None:
            continue
        tile = Image.fromarray(one).convert("RGB")
        tile.thumbnail((TILE_PIXELS, TILE_PIXELS), Image.Resampling.BOX)
        left = index % columns * TILE_PIXELS + (TILE_PIXELS - tile.width) // 2
        top = index // columns * TILE_PIXELS + (TILE_PIXELS - tile.height) // 2
        sheet.paste(tile, (left, top))
    pixels = np.asarray(sheet)
    grey = bool((pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all())
    size = Viewport(sheet.width, sheet.height)
    return encode(pixels[..., 0] if grey else pixels, media_type="image/jpeg", viewport=size, quality=80)
