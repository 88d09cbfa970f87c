"""How far several answers for one image differ: voxel by voxel, and for the whole case.

Entropy of the mean and mutual information are what members say together and how much of it is their quarrel. They are
not a clean split into noise of the image and ignorance of the model (Kahl et al., ValUES, ICLR 2024: the split does not
carry over to real data), so no name here claims that.

Windows go over the image in rows; what no later row touches is finished and let go. So memory follows one row of
windows, not the volume times the members.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby

import numpy as np
import torch
from monai.data.utils import compute_importance_map, dense_patch_slices
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ai.engines.members import Member
from ai.errors import EngineError, RequestError
from ai.metrics.estimate import mean_of
from ai.metrics.overlap import dice_of_counts

LEAST = 1e-12
"""Probabilities are kept at or above this in logarithms."""

CHUNK = 1 << 24
"""So many values of all members are finished at once: 128 MB for each intermediate result."""

Floats = NDArray[np.float32]
Places = tuple[slice, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the members' own label maps agree.

    Attributes
    ----------
    per_label : mapping of int to float
        Mean Dice over the pairs of members; pairs that both have none of it are left out. For labels that any member
        gave; empty when there are none.
    score : float
        Mean over those labels, 0 to 1: a case of low score is likely to have failed. NaN when no member gave any label,
        or there is one member.

    Notes
    -----
    Zenk et al., Medical Image Analysis 101, 2025: the best of the simple flags of failed cases.
    """

    per_label: Mapping[int, float]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Doubt:
    """What members say about an image, on one grid (X, Y, Z).

    Attributes
    ----------
    labels : ndarray of uint8, (X, Y, Z)
        Label of the highest mean probability.
    probabilities : ndarray of float32, (P, X, Y, Z)
        Mean probability of the labels that were asked for, in that order.
    entropy : ndarray of float32, (X, Y, Z)
        Of the mean probabilities, in nats: 0 to the logarithm of the number of labels.
    mutual_information : ndarray of float32, (X, Y, Z)
        Mean divergence of the members from their mean (BALD), in nats: 0 where all say the same, at most the entropy
        and at most the logarithm of the number of members.
    agreement : Agreement
    members : int
    """

    labels: NDArray[np.uint8]
    probabilities: Floats
    entropy: Floats
    mutual_information: Floats
    agreement: Agreement
    members: int


def voxel_doubt(probabilities: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return mean probability (C, …), entropy of it (…) and mutual information (…), all float64.

    Parameters
    ----------
    probabilities : Tensor of float, (M, C, …)
        Of M members, each with the sum 1 over C.

    Notes
    -----
    Houlsby et al., Bayesian active learning (BALD), 2011. As a mean divergence, not as a difference of entropies:
    members who say the same have exactly 0, not what rounding leaves. The same maps for arrays stand in
    `ai.selection.uncertainty`, which says why they are there twice.
    """
    p = probabilities.double()
    mean = p.sum(0) / len(p)  # sums of equal float32 numbers are exact in float64
    log_mean = mean.clamp_min(LEAST).log()
    entropy = -(mean * log_mean).sum(0)
    apart = (p * (p.clamp_min(LEAST).log() - log_mean)).sum(1).mean(0)
    return mean, entropy.clamp_min(0.0), apart.clamp_min(0.0)


def agreement_of(counts: NDArray[np.int64]) -> Agreement:
    """Return the agreement from how many voxels each pair of members both gave a label, (L, M, M), from label 1 on."""
    pairs = list(combinations(range(counts.shape[1]), 2))
    per_label = {
        label: mean_of([dice_of_counts(int(both[a, a]), int(both[b, b]), int(both[a, b])) for a, b in pairs])
        for label, both in enumerate(counts, start=1)
        if both.any()
    }
    return Agreement(per_label, mean_of(list(per_label.values())))


@torch.inference_mode()
def estimate_doubt(
    image: Tensor,
    members: Sequence[Member],
    *,
    window: Sequence[int],
    overlap: float = 0.25,
    batch: int = 1,
    probabilities_of: Sequence[int] | None = None,
    device: torch.device | str | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> Doubt:
    """Let all members answer for an image, window by window, and return where they differ.

    Parameters
    ----------
    image : Tensor of float32, (1, X, Y, Z)
        Prepared as the networks want it; it stays where it is, windows are moved to the device.
    members : sequence of Member
        Networks on `device`, in evaluation mode.
    window : sequence of int
        Voxels of a window; an image that is smaller is filled up with 0 around it.
    overlap : float
        Share of a window that the next one covers again; logits are blended there with a Gaussian weight, as MONAI's
        sliding window does, for each member by itself.
    batch : int
        Windows that a network gets at once.
    probabilities_of : sequence of int, optional
        Labels whose mean probability is kept; by default all. 4 bytes per voxel each.
    device : device, optional
        By default the image's.
    on_progress : callable, optional
        Gets the share done, 0 to 1. What it raises ends the run.

    Raises
    ------
    RequestError
        The image is no image of one channel and three axes, or there is no member.
    EngineError
        Members answer with different numbers of labels.

    Notes
    -----
    Memory beside the image and the networks: 4 bytes for each member, label and voxel of one row of windows (all of Y
    and Z), and 9 bytes plus 4 for each kept probability per voxel of the image.
    """
    if image.ndim != 4 or image.shape[0] != 1 or not members:
        raise RequestError("Doubt needs an image of shape (1, X, Y, Z) and a member that answers.")
    place = torch.device(device) if device is not None else image.device
    size = [max(n, w) for n, w in zip(image.shape[1:], window, strict=True)]
    before = [(full - n) // 2 for full, n in zip(size, image.shape[1:], strict=True)]
    after = [full - n - first for full, n, first in zip(size, image.shape[1:], before, strict=True)]
    padding = [part for pair in zip(before[::-1], after[::-1], strict=True) for part in pair]
    padded = functional.pad(image, padding) if any(padding) else image
    steps = [w if w == full else max(1, int(w * (1 - overlap))) for w, full in zip(window, size, strict=True)]
    windows: list[Places] = dense_patch_slices(size, list(window), steps, return_slice=True)
    stream = _Stream(members, size, window, before, tuple(image.shape[1:]), probabilities_of, place)
    done = 0
    for start, row in groupby(windows, key=lambda one: int(one[0].start)):
        stream.finish_until(start)
        there = list(row)
        for first in range(0, len(there), batch):
            chosen = there[first : first + batch]
            stream.add(torch.stack([padded[(slice(None), *one)] for one in chosen]).to(place), chosen)
            done += len(chosen)
            if on_progress is not None:
                on_progress(done / len(windows))
    stream.finish_until(size[0])
    return stream.doubt()


class _Stream:
    """Blended logits of all members for one row of windows, and the results of what lies behind it."""

    def __init__(
        self,
        members: Sequence[Member],
        size: Sequence[int],
        window: Sequence[int],
        offset: Sequence[int],
        shape: tuple[int, ...],
        wanted: Sequence[int] | None,
        device: torch.device,
    ) -> None:
        self.members, self.offset, self.shape, self.wanted, self.device = members, offset, shape, wanted, device
        self.weight = compute_importance_map(tuple(window), mode="gaussian", sigma_scale=0.125, device=device)
        self.first = 0
        self.blended: Tensor | None = None
        self.weights = torch.zeros(window[0], *size[1:], device=device)
        self.labels = np.zeros(shape, dtype=np.uint8)
        self.entropy, self.mutual = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
        self.kept: Floats = np.zeros((0, *shape), dtype=np.float32)
        self.counts: NDArray[np.int64] = np.zeros((0, len(members), len(members)), dtype=np.int64)

    def add(self, windows: Tensor, places: Sequence[Places]) -> None:
        """Let every member answer for some windows of the row at hand."""
        for number, member in enumerate(self.members):
            logits = member(windows).float()
            blended = self._room(logits)
            if logits.shape[1] != blended.shape[1]:
                raise EngineError("The members do not answer with the same labels.")
            for one, (_, y, z) in zip(logits, places, strict=True):
                blended[number, :, :, y, z] += one * self.weight
        for _, y, z in places:
            self.weights[:, y, z] += self.weight

    def _room(self, logits: Tensor) -> Tensor:
        if self.blended is None:
            classes = int(logits.shape[1])
            if not 2 <= classes <= 256:
                raise EngineError(f"The members answer with {classes} channels; labels need 2 to 256.")
            self.blended = torch.zeros(len(self.members), classes, *self.weights.shape, device=self.device)
            self.wanted = tuple(range(classes)) if self.wanted is None else tuple(self.wanted)
            self.kept = np.zeros((len(self.wanted), *self.shape), dtype=np.float32)
            self.counts = np.zeros((classes - 1, len(self.members), len(self.members)), dtype=np.int64)
        return self.blended

    def finish_until(self, plane: int) -> None:
        """Take the results of all planes before this one, and make room for the next row of windows."""
        count = plane - self.first
        if self.blended is None or count <= 0:
            return
        step = max(1, CHUNK // max(1, self.blended[:, :, 0].numel()))
        for start in range(0, count, step):
            self._finish(start, min(start + step, count))
        for tensor, axis in ((self.blended, 2), (self.weights, 0)):
            left = tensor.shape[axis] - count
            if left > 0:
                for here in range(left):  # plane by plane: source and target overlap
                    tensor.select(axis, here).copy_(tensor.select(axis, here + count))
            tensor.narrow(axis, max(left, 0), min(count, tensor.shape[axis])).zero_()
        self.first = plane

    def _finish(self, start: int, stop: int) -> None:
        """Take the results of some planes, counted from the first one at hand, where they lie in the image."""
        low = max(start, self.offset[0] - self.first)
        high = min(stop, self.offset[0] + self.shape[0] - self.first)
        if low >= high or self.blended is None:
            return
        y, z = (slice(o, o + n) for o, n in zip(self.offset[1:], self.shape[1:], strict=True))
        p = (self.blended[:, :, low:high, y, z] / self.weights[low:high, y, z]).softmax(1)
        mean, entropy, mutual = voxel_doubt(p)
        own = p.argmax(1).flatten(1)
        for label in range(1, p.shape[1]):
            said = (own == label).float()
            # Whole numbers below 2^24 are exact in float32.
            self.counts[label - 1] += (said @ said.T).round().long().cpu().numpy()
        out = slice(low + self.first - self.offset[0], high + self.first - self.offset[0])
        self.labels[out] = mean.argmax(0).to(torch.uint8).cpu().numpy()
        self.entropy[out], self.mutual[out] = entropy.float().cpu().numpy(), mutual.float().cpu().numpy()
        self.kept[:, out] = mean[list(self.wanted or ())].float().cpu().numpy()

    def doubt(self) -> Doubt:
        """Return all results."""
        agreement = agreement_of(self.counts)
        return Doubt(self.labels, self.kept, self.entropy, self.mutual, agreement, len(self.members))
