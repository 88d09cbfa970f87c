"""Answers to prompts, kept for a while: the next prompt on the same image goes on from the one before."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, MutableMapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ai.types import PromptLine

if TYPE_CHECKING:  # engines load when they are asked
    from ai.engines.prompts import Answer
    from ai.imaging.prompt_region import Region

Lines = tuple[PromptLine, ...]

MOST = 64
"""Answers in one process, each as bits: 0.25 MB for 128³ voxels, 16 MB in all."""


class KnownAnswers:
    """The answers used last, by image and prompts. Safe on threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._rows: OrderedDict[tuple[Hashable, Lines], tuple[NDArray[np.uint8], Region]] = OrderedDict()

    def of(self, image: Hashable) -> "AnswersOf":
        """Return those of an image, engine and box."""
        return AnswersOf(self, image)

    def get(self, key: tuple[Hashable, Lines]) -> "Answer | None":
        """Return an answer, or None where it is not kept."""
        with self._lock:
            row = self._rows.get(key)
            if row is None:
                return None
            self._rows.move_to_end(key)
        bits, region = row
        shape = [b - a for a, b in zip(*region, strict=True)]
        return np.unpackbits(bits, count=int(np.prod(shape))).astype(bool).reshape(shape), region

    def put(self, key: tuple[Hashable, Lines], answer: "Answer") -> None:
        """Keep an answer; the one used longest ago goes."""
        mask, region = answer
        with self._lock:
            self._rows[key] = np.packbits(mask), region
            self._rows.move_to_end(key)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._rows.clear()


class AnswersOf(MutableMapping[Lines, "Answer"]):
    """The answers to one image by their prompts, as the engines' door takes them."""

    def __init__(self, every: KnownAnswers, image: Hashable) -> None:
        self._every, self._image = every, image

    def __getitem__(self, lines: Lines) -> "Answer":
        found = self._every.get((self._image, lines))
        if found is None:
            raise KeyError(lines)
        return found

    def __setitem__(self, lines: Lines, answer: "Answer") -> None:
        self._every.put((self._image, lines), answer)

    def __delitem__(self, lines: Lines) -> None:
        raise TypeError("Answers go by themselves.")

    def __iter__(self) -> Iterator[Lines]:
        raise TypeError("Answers are asked for one by one.")

    def __len__(self) -> int:
        raise TypeError("Answers are asked for one by one.")
