"""What a simulation is played with: cases, a model, a plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ai.errors import RequestError

IGNORE = 255
"""Value of voxels whose label the model must not see."""
LEAST_SEEDS = 4

Image = npt.NDArray[Any]
Labels = npt.NDArray[np.uint8]


class Model(Protocol):
    """What is trained and asked in each round."""

    def fit(self, images: Sequence[Image], labels: Sequence[Labels]) -> None:
        """Learn from images (F, …) and labels uint8 (…) where those are not `IGNORE`; a class may be missing."""

    def predict(self, image: Image) -> Any:
        """Return probabilities of the members, (M, C, …), for an image (F, …)."""


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPool:
    """Cases whose labels are known, and others that scores come from.

    Parameters
    ----------
    images, held_out_images : sequence of ndarray, shape (F, …)
        Channels first; the cases may differ in size.
    labels, held_out_labels : sequence of ndarray of uint8, shape (…)
        0 (background) to C - 1.
    classes : int
        C, with background.
    embedding : callable, optional
        Turns a region of an image (F, …) into a vector of float, for the strategies that need one.

    Raises
    ------
    RequestError
        No case, other numbers or shapes, a label beyond C - 1, or no foreground in the pool.
    """

    images: Sequence[Image]
    labels: Sequence[Labels]
    held_out_images: Sequence[Image]
    held_out_labels: Sequence[Labels]
    classes: int
    embedding: Callable[[Image], Any] | None = None

    def __post_init__(self) -> None:
        for images, labels in ((self.images, self.labels), (self.held_out_images, self.held_out_labels)):
            if not images or len(images) != len(labels):
                raise RequestError("A simulation needs cases in the pool and held out, each with its labels.")
            for image, truth in zip(images, labels, strict=True):
                if truth.dtype != np.uint8 or image.shape[1:] != truth.shape or int(truth.max()) >= self.classes:
                    raise RequestError("Labels are uint8 on the image's grid, from 0 to the number of classes less 1.")
        if not any(truth.any() for truth in self.labels):
            raise RequestError("Nothing but background is labelled in the pool.")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rounds are played.

    Parameters
    ----------
    size : tuple of int
        Voxels of a region along each axis; the whole case where it is smaller.
    budget, rounds : int
        Regions per round, and how many rounds.
    stride : tuple of int, optional
        From region to region; half a region by default.
    start_per_class : int
        Regions of the start set that show each class, background too. It is drawn with knowledge of the labels, and
        is the same for all strategies.
    cap_per_case : int, optional
    seeds : tuple of int
        At least `LEAST_SEEDS`, all different: of the start set, the models and what strategies draw.

    Raises
    ------
    RequestError
        A number is out of its range.
    """

    size: tuple[int, ...]
    budget: int
    rounds: int
    stride: tuple[int, ...] | None = None
    start_per_class: int = 2
    cap_per_case: int | None = None
    seeds: tuple[int, ...] = (0, 1, 2, 3)

    def __post_init__(self) -> None:
        if min(self.budget, self.rounds, self.start_per_class) < 1:
            raise RequestError("Budget, rounds and regions to start with are at least 1.")
        if len(set(self.seeds)) < LEAST_SEEDS or len(set(self.seeds)) != len(self.seeds) or min(self.seeds) < 0:
            raise RequestError(f"A comparison needs {LEAST_SEEDS} different seeds or more, none negative.")
