"""Which voxels a network looks at when it gives a label: Grad-CAM, occlusion, integrated gradients.

A map is a hint for a person, not a proof. Before one is shown, `kept_after_randomising` says whether it depends on what
the network has learnt at all: a map that looks the same with random weights tells of the image alone.
"""

import copy
from collections.abc import Callable, Sequence

import numpy as np
import torch
from monai.data.utils import dense_patch_slices
from monai.networks.layers import GaussianFilter
from monai.visualize import GradCAM
from numpy.typing import NDArray
from torch import Tensor, nn

from ai.errors import EngineError, RequestError

Floats = NDArray[np.float32]

BLUR = 4.0
"""Standard deviation in voxels that takes the details out of an image."""


class Score(nn.Module):
    """A network that labels voxels, as one that scores whole images: mean logit of each label over a region.

    Parameters
    ----------
    network : Module
        (B, 1, X, Y, Z) to logits (B, C, X, Y, Z), or already to (B, C).
    region : Tensor of bool, (X, Y, Z), optional
        Where the logits count; everywhere by default. Use the predicted mask, or one lesion of it.
    """

    def __init__(self, network: nn.Module, region: Tensor | None = None) -> None:
        super().__init__()
        if region is not None and not bool(region.any()):
            raise RequestError("There is nothing to explain: the region is empty.")
        self.network = network
        self.region = region

    def forward(self, image: Tensor) -> Tensor:
        """Return the scores (B, C)."""
        output = self.network(image)
        if isinstance(output, (list, tuple)):
            output = output[0]
        if output.ndim == 2:
            scores: Tensor = output
        elif self.region is None:
            scores = output.flatten(2).mean(2)
        else:
            weight = self.region.to(output)
            scores = (output * weight).flatten(2).sum(2) / weight.sum()
        return scores


def grad_cam(network: nn.Module, image: Tensor, *, label: int, layer: str, region: Tensor | None = None) -> Floats:
    """Return Grad-CAM: the features of a layer, each weighted by how much it raises the label, as far as they do.

    Parameters
    ----------
    network : Module
        In evaluation mode, on the image's device. It is not changed: a copy gets the hooks.
    image : Tensor of float32, (1, X, Y, Z)
        Prepared as the network wants it.
    label : int
        Which channel.
    layer : str
        Name of a layer as ``network.named_modules()`` gives it; the deeper, the coarser the map.
    region : Tensor of bool, (X, Y, Z), optional
        See `Score`.

    Returns
    -------
    ndarray of float32, (X, Y, Z)
        0 (nothing) to 1 (most), interpolated from the layer's grid; all 0 where no feature raises the label.

    Raises
    ------
    RequestError
        The image, label, layer or region is none.

    Notes
    -----
    Selvaraju et al., ICCV 2017, by MONAI.
    """
    _check(image)
    if layer not in dict(network.named_modules()):
        raise RequestError(f"The network has no layer {layer!r}.")
    own = Score(copy.deepcopy(network), region)
    for weight in own.parameters():
        weight.requires_grad_(True)
    make = GradCAM(nn_module=own, target_layers=f"network.{layer}", postprocessing=lambda found: found)
    _check_label(own, image, label)
    with torch.enable_grad():
        found = torch.as_tensor(make(image[None].clone().requires_grad_(True), class_idx=label))[0, 0].detach()
    most = float(found.max())
    return _as_map(found / most if most > 0 else found)


@torch.inference_mode()
def occlusion(
    network: nn.Module,
    image: Tensor,
    *,
    label: int,
    patch: Sequence[int] | int,
    fill: float = 0.0,
    overlap: float = 0.5,
    batch: int = 4,
    region: Tensor | None = None,
) -> Floats:
    """Return how much the label's score falls when a patch of the image around each place is covered.

    Parameters
    ----------
    network, image, label, region
        As `grad_cam`.
    patch : sequence of int, or int
        Voxels that are covered at once; no longer than the image.
    fill : float
        What they are covered with; 0 is the window's lower end as our networks see it.
    overlap : float
        Of neighbouring patches; the network runs once for each patch.
    batch : int

    Returns
    -------
    ndarray of float32, (X, Y, Z)
        In the unit of the logits; negative where the label does better without.

    Raises
    ------
    RequestError
        As `grad_cam`.

    Notes
    -----
    Zeiler and Fergus, ECCV 2014. Where patches overlap, a voxel gets the mean of those that cover it.
    """
    _check(image)
    own = Score(network, region)
    _check_label(own, image, label)
    sides = [patch] * 3 if isinstance(patch, int) else [int(side) for side in patch]
    if len(sides) != 3 or any(not 1 <= side <= n for side, n in zip(sides, image.shape[1:], strict=True)):
        raise RequestError(f"A patch of {sides} voxels does not fit into an image of {tuple(image.shape[1:])}.")
    before = own(image[None])[0, label]
    total, times = torch.zeros_like(image[0]), torch.zeros_like(image[0])
    steps = [max(1, int(side * (1 - overlap))) for side in sides]
    places = dense_patch_slices(image.shape[1:], sides, steps, return_slice=True)
    for first in range(0, len(places), batch):
        chosen = places[first : first + batch]
        covered = image.repeat(len(chosen), 1, 1, 1, 1)
        for one, place in zip(covered, chosen, strict=True):
            one[(0, *place)] = fill
        for fall, place in zip(before - own(covered)[:, label], chosen, strict=True):
            total[place] += fall
            times[place] += 1
    return _as_map(total / times)


def integrated_gradients(
    network: nn.Module,
    image: Tensor,
    *,
    label: int,
    baseline: Tensor | None = None,
    steps: int = 50,
    region: Tensor | None = None,
) -> Floats:
    """Return how much each voxel adds to the label's score, counted along the way from a baseline to the image.

    Parameters
    ----------
    network, image, label, region
        As `grad_cam`.
    baseline : Tensor of float32, (1, X, Y, Z), optional
        An image that says nothing; by default the image itself, blurred (standard deviation 4 voxels). A flat one will
        not do for networks that normalise each image (instance norm, as ours): on the way from it nothing changes but
        contrast, to which they are blind, until all changes at once.
    steps : int
        Points along the way (the middles of equal parts); the network runs forth and back once for each.

    Returns
    -------
    ndarray of float32, (X, Y, Z)
        In the unit of the logits. Their sum is the score of the image less that of the baseline, exactly for a linear
        network (then each is weight times difference), else nearly: more steps, nearer.

    Raises
    ------
    RequestError
        As `grad_cam`; or the baseline has another shape.

    Notes
    -----
    Sundararajan, Taly and Yan, ICML 2017.
    """
    _check(image)
    start = GaussianFilter(3, sigma=BLUR)(image[None])[0] if baseline is None else baseline
    if start.shape != image.shape or steps < 1:
        raise RequestError("A baseline has the shape of the image, and the way at least one step.")
    own = Score(network, region)
    _check_label(own, image, label)
    total = torch.zeros_like(image)
    with torch.enable_grad():
        for step in range(steps):
            point = (start + (image - start) * ((step + 0.5) / steps)).detach().requires_grad_(True)
            total += torch.autograd.grad(own(point[None])[0, label], point)[0]
    return _as_map(((image - start) * total / steps)[0].detach())


def kept_after_randomising(network: nn.Module, explain: Callable[[nn.Module], Floats], *, seed: int = 0) -> float:
    """Return how alike a map is with the network's weights and with random ones: the sanity check of a map.

    Parameters
    ----------
    network : Module
        It is not changed; a copy gets random weights, each of its own standard deviation.
    explain : callable
        Makes the map of a network, for example ``lambda net: grad_cam(net, image, label=1, layer="model.0")``.
    seed : int

    Returns
    -------
    float
        Rank correlation of both maps with their signs, -1 to 1; 0 when one of them is flat. Near 1: the map does not
        depend on what was learnt, and must not be shown as an explanation. (Without signs, integrated gradients keep
        about .6 on our test image, for each holds the image less the baseline as a factor.)

    Notes
    -----
    Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
    """
    from scipy.stats import rankdata

    other = copy.deepcopy(network)
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in other.parameters():
            spread = float(weight.std()) if weight.numel() > 1 else float(weight.abs().max())
            weight.copy_(torch.randn(weight.shape, generator=rng) * (spread or 1.0))
    ranks = [rankdata(explain(one).ravel()) for one in (network, other)]
    if any(np.ptp(one) == 0 for one in ranks):
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def _check(image: Tensor) -> None:
    if image.ndim != 4 or image.shape[0] != 1:
        raise RequestError("An explanation needs an image of shape (1, X, Y, Z).")


def _check_label(score: Score, image: Tensor, label: int) -> None:
    with torch.no_grad():
        channels = score(image[None]).shape[1]
    if not 0 <= label < channels:
        raise RequestError(f"The network has no label {label}; it has {channels} channels.")


def _as_map(found: Tensor) -> Floats:
    values: Floats = found.float().cpu().numpy()
    if not np.isfinite(values).all():
        raise EngineError("The network's answer is not finite: there is nothing to explain.")
    return values
