"""Doubt about a request: prepared as the bundles want it, answered by all of them, brought back onto its grid."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ai.engines.doubt import Doubt, estimate_doubt
from ai.engines.members import Member, augmented_views, dropout_draws
from ai.engines.monai_engine import MonaiEngine
from ai.errors import EngineError, RequestError
from ai.imaging.grid import resample_image, resample_labels
from ai.types import Geometry, SegmentRequest


def doubt_about(
    request: SegmentRequest,
    engines: Sequence[MonaiEngine],
    *,
    flips: Iterable[Sequence[int]] = ((),),
    draws: int = 0,
    seed: int = 0,
    probabilities_of: Sequence[int] = (),
) -> Doubt:
    """Return how far bundles of one kind differ about an image.

    Parameters
    ----------
    request : SegmentRequest
        Progress is told, and what `on_progress` raises ends the run.
    engines : sequence of MonaiEngine
        An ensemble: bundles that prepare the image alike and know the same labels, on one device. One will do where
        `flips` or `draws` make several members of it.
    flips : iterable of sequences of int
        Views of each engine, by the axes (i, j, k) that are flipped; by default only the plain one, see
        ``ai.engines.members.ALL_FLIPS``.
    draws : int
        Above 0: so many draws of dropout of each engine instead of its views.
    seed : int
        For the draws.
    probabilities_of : sequence of int
        Labels whose mean probability is wanted.

    Returns
    -------
    Doubt
        All arrays on the request's grid (K, J, I). Labels are the nearest, the maps are interpolated and 0 outside of
        what the network saw. Labels come from the mean probabilities alone: what else a bundle's postprocessing does is
        left out.

    Raises
    ------
    RequestError
        There is no engine.
    EngineError
        The engines do not belong together, or one does not work by sliding windows.
    """
    if not engines:
        raise RequestError("Doubt needs an engine that answers.")
    first = engines[0]
    image = first.input_of(request)
    for other in engines[1:]:
        theirs = other.input_of(request)
        if other.device != first.device or theirs.shape != image.shape or not torch.equal(theirs, image):
            raise EngineError(f"{first.name} and {other.name} do not prepare the image alike: they are no ensemble.")
    window, overlap = first.windows_for(tuple(image.shape[1:]))
    axes = tuple(tuple(one) for one in flips)
    members: list[Member] = []
    for engine in engines:
        members += (
            dropout_draws(engine.network, draws=draws, seed=seed) if draws else augmented_views(engine, flips=axes)
        )
    found = estimate_doubt(
        torch.as_tensor(image).float(),
        members,
        window=window,
        overlap=overlap,
        probabilities_of=probabilities_of,
        device=first.device,
        on_progress=request.on_progress,
    )
    i, j, k = image.shape[1:]
    affine = np.asarray(getattr(image, "affine", None), dtype=np.float64)
    return _on_grid(found, Geometry.from_nifti(affine, (i, j, k)), request.geometry)


def _on_grid(found: Doubt, source: Geometry, target: Geometry) -> Doubt:
    def turned(array: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(array.transpose(2, 1, 0))

    def moved(array: NDArray[np.float32]) -> NDArray[np.float32]:
        values: NDArray[np.float32] = resample_image(turned(array), source, target)
        return values

    kept = [moved(one) for one in found.probabilities]
    return dataclasses.replace(
        found,
        labels=resample_labels(turned(found.labels), source, target),
        probabilities=np.stack(kept) if kept else np.zeros((0, *target.shape_kji), dtype=np.float32),
        entropy=moved(found.entropy),
        mutual_information=moved(found.mutual_information),
    )
