"""What turns prompts into a mask: one Protocol, and engines by name, loaded when they are first asked."""

import importlib
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ai.errors import EngineError
from ai.imaging.prompt_region import NEIGHBOURHOOD_VOXELS, Region, box_on_grid, drawn, neighbourhood
from ai.types import Index, PromptLine, PromptRequest, PromptResult, check_prompts


class PromptEngine(Protocol):
    """Something that answers prompts at once: a classical algorithm, or a network that is ready to run.

    Attributes
    ----------
    name : str
        What readers and provenance call it.
    """

    name: str

    def segment(self, request: PromptRequest) -> PromptResult:
        """Answer. The same request has the same answer, from several threads at once too.

        Raises
        ------
        RequestError
            The prompts contradict each other or cannot be used; the message says how.
        EngineError
            The engine cannot be run on this image.
        """
        ...


DEFAULT_PROMPT_ENGINE = "geodesic"

PROMPT_ENGINES: Mapping[str, str] = {"geodesic": "ai.engines.geodesic_engine:GeodesicEngine"}
"""Name → module:class, imported on first use, so that a network's libraries load only where it is used."""


@lru_cache(maxsize=8)
def load_prompt_engine(name: str = DEFAULT_PROMPT_ENGINE) -> PromptEngine:
    """Return the engine of this name, ready to answer.

    Raises
    ------
    EngineError
        There is none of this name.
    """
    place = PROMPT_ENGINES.get(name)
    if place is None:
        raise EngineError(f"There is no prompt engine “{name}”, but {', '.join(sorted(PROMPT_ENGINES))}.")
    module, _, attribute = place.partition(":")
    engine: PromptEngine = getattr(importlib.import_module(module), attribute)()
    return engine


WIDER_VOXELS = 4 * NEIGHBOURHOOD_VOXELS
"""Where the object reaches the edge of the neighbourhood, the engine is asked again to be wary; where that reaches it
too, one so large is looked at instead, once."""

_TOUCHING_VOXELS = 10


Answer = tuple[NDArray[np.bool_], Region]
Known = MutableMapping[tuple[PromptLine, ...], Answer]

LEAK = 2.0
"""A prompt after which the mask is so many times larger than before is not believed further than around itself …"""

MOST_STEPS = 8
"""Of prompts that come all at once, without known answers, no more than so many are gone through one by one."""

AROUND = 2.5
"""… so many times as far as it lies from the mask before."""


def segment_around(
    engine: PromptEngine,
    read: Callable[[Region], NDArray[np.float32]],
    shape_kji: tuple[int, int, int],
    spacing_mm: tuple[float, float, float],
    lines: Sequence[PromptLine],
    box_kji: tuple[Index, Index] | None = None,
    known: Known | None = None,
) -> Answer:
    """Return the mask in the neighbourhood of the prompts, and where on the image that is.

    Prompts count in the order in which they were set: where the newest one makes the mask leak (LEAK), the mask
    before it is kept and changed around the newest one alone.

    Parameters
    ----------
    engine : PromptEngine
    read : callable
        Returns the image (float32) of a region; called once or twice for each mask, so that the rest is never read.
    shape_kji, spacing_mm : tuple
        The whole image's.
    lines, box_kji
        The prompts, oldest first, in indices of the whole image.
    known : mapping, optional
        Answers to the same image, engine and box by their lines: asked before the engine is, and added to. Without it
        every mask on the way is worked out anew.

    Raises
    ------
    RequestError, EngineError
        As of `PromptRequest`, `neighbourhood` and the engine.
    """
    check_prompts(shape_kji, lines, box_kji)
    known = {} if known is None else known
    before: Answer | None = None
    every = range(1, len(lines) + 1)
    last_known = max((n for n in every if tuple(lines[:n]) in known), default=0)
    first = min(len(lines), max(last_known, len(lines) - MOST_STEPS + 1, 1))
    for count in range(first, len(lines) + 1):
        some = tuple(lines[:count])
        if box_kji is None and not any(line.positive for line in some):
            continue
        answer = known.get(some)
        if answer is None:
            answer = _looked(engine, read, shape_kji, spacing_mm, some, box_kji)
            if before is not None and answer[0].sum() > LEAK * before[0].sum():
                answer = _held_back(answer, before, some, spacing_mm)
            known[some] = answer
        before = answer
    if before is None:
        raise EngineError("There is no prompt to answer.")
    return before


def _looked(
    engine: PromptEngine,
    read: Callable[[Region], NDArray[np.float32]],
    shape_kji: tuple[int, int, int],
    spacing_mm: tuple[float, float, float],
    lines: Sequence[PromptLine],
    box_kji: tuple[Index, Index] | None,
) -> Answer:
    box = None if box_kji is None else box_on_grid(box_kji, shape_kji)
    region = neighbourhood(shape_kji, spacing_mm, lines, box)
    image = read(region)
    mask = _segmented(engine, image, region, spacing_mm, lines, box_kji)
    if not _touches_edge(mask, region, shape_kji):
        return mask, region
    mask = _segmented(engine, image, region, spacing_mm, lines, box_kji, wary=True)
    wider = neighbourhood(shape_kji, spacing_mm, lines, box, WIDER_VOXELS)
    if wider != region and _touches_edge(mask, region, shape_kji):
        region = wider
        mask = _segmented(engine, read(region), region, spacing_mm, lines, box_kji, wary=True)
    return mask, region


def _held_back(
    answer: Answer, before: Answer, lines: Sequence[PromptLine], spacing_mm: tuple[float, float, float]
) -> Answer:
    """Return the mask before with what the newest prompt changes around it: it adds if positive, else it takes away."""
    (leaked, _), newest = answer, lines[-1]
    region = _around_both(answer[1], before[1])
    leaked, kept = _placed(answer, region), _placed(before, region)
    here = drawn([newest], region, positive=newest.positive)
    if newest.positive:
        steps = np.asarray(spacing_mm, dtype=np.float64)
        from_mask = ndimage.distance_transform_edt(~kept, sampling=steps)
        reach_mm = AROUND * max(float(from_mask[here].max()), float(steps.max()))
        added = leaked & ~kept & (ndimage.distance_transform_edt(~here, sampling=steps) <= reach_mm)
        parts, _ = ndimage.label(added)
        touched = np.unique(parts[here & added])
        mask = kept | here | (np.isin(parts, touched[touched > 0]))
        mask &= ~drawn(lines, region, positive=False)
    else:
        mask = kept & leaked
    parts, _ = ndimage.label(mask)
    started = np.unique(parts[drawn(lines, region, positive=True)])
    return (np.isin(parts, started[started > 0]) if started.any() else mask), region


def _around_both(one: Region, two: Region) -> Region:
    low = tuple(min(a, b) for a, b in zip(one[0], two[0], strict=True))
    high = tuple(max(a, b) for a, b in zip(one[1], two[1], strict=True))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def _placed(answer: Answer, region: Region) -> NDArray[np.bool_]:
    """Return the mask on a region that holds its own."""
    mask, (low, high) = answer
    result = np.zeros([b - a for a, b in zip(*region, strict=True)], dtype=bool)
    result[tuple(slice(a - o, b - o) for a, b, o in zip(low, high, region[0], strict=True))] = mask
    return result


def _segmented(
    engine: PromptEngine,
    image: NDArray[np.float32],
    region: Region,
    spacing_mm: tuple[float, float, float],
    lines: Sequence[PromptLine],
    box_kji: tuple[Index, Index] | None,
    *,
    wary: bool = False,
) -> NDArray[np.bool_]:
    k, j, i = region[0]

    def moved(place: Index) -> Index:
        return place[0] - k, place[1] - j, place[2] - i

    here = tuple(PromptLine(tuple(moved(place) for place in line.places_kji), line.positive) for line in lines)
    box = None if box_kji is None else (moved(box_kji[0]), moved(box_kji[1]))
    return engine.segment(PromptRequest(image, spacing_mm, here, box, wary)).mask


def _touches_edge(mask: NDArray[np.bool_], region: Region, shape_kji: tuple[int, int, int]) -> bool:
    """Say whether the mask reaches a face of the region that is no face of the image."""
    for axis in range(3):
        for at_start, face in ((True, 0), (False, -1)):
            cut = region[0][axis] > 0 if at_start else region[1][axis] < shape_kji[axis]
            if cut and int(mask.take(face, axis=axis).sum()) >= _TOUCHING_VOXELS:
                return True
    return False
