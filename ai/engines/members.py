"""What gives several answers for one image: networks of an ensemble, flipped or turned views, draws of dropout.

A member takes windows (B, 1, …) and gives logits (B, C, …) of the same grid. Members are put together freely: the views
of each network of an ensemble, for example.
"""

import copy
import math
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ai.errors import EngineError

Member = Callable[[Tensor], Tensor]

ALL_FLIPS: tuple[tuple[int, ...], ...] = tuple(axes for count in range(4) for axes in combinations((0, 1, 2), count))
"""No flip, and every way to flip three axes: eight views."""


def plain(network: nn.Module) -> Member:
    """Return the network as a member; of several outputs (deep supervision) the first, of full resolution."""

    def answer(windows: Tensor) -> Tensor:
        output = network(windows)
        if isinstance(output, (list, tuple)):
            output = output[0]
        if not isinstance(output, Tensor) or output.shape[2:] != windows.shape[2:]:
            raise EngineError("The network does not give a map of labels on the grid of its input.")
        return output

    return answer


def flipped(member: Member, axes: Sequence[int]) -> Member:
    """Return a member that sees the image flipped along spatial axes (0 to 2), its answer flipped back."""
    places = [axis + 2 for axis in axes]
    if not places:
        return member
    return lambda windows: member(windows.flip(places)).flip(places)


def turned(member: Member, degrees: float, *, axis: int = 2) -> Member:
    """Return a member that sees the image turned about a spatial axis by a small angle, its answer turned back.

    Both are interpolated linearly, with the border's values beyond the border, so that the answer is a little smoother
    than without; meant for angles up to 15 degrees or so, and for voxels that are square in the plane that turns.

    Parameters
    ----------
    member : Member
    degrees : float
    axis : int
        About which one: 0, 1 or 2. A network of ours sees (i, j, k), so that 2 turns within axial slices.
    """
    return lambda windows: _turn(member(_turn(windows, degrees, axis)), -degrees, axis)


def _turn(windows: Tensor, degrees: float, axis: int) -> Tensor:
    if not degrees:
        return windows
    # The plane that turns comes last; grids of torch run from -1 to 1 over each axis, hence the ratio of the sides.
    moved = windows.movedim(axis + 2, 2)
    rows, columns = moved.shape[3:]
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    matrix = torch.tensor(
        [[c, -s * rows / columns, 0.0, 0.0], [s * columns / rows, c, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]],
        dtype=windows.dtype,
        device=windows.device,
    ).expand(len(windows), 3, 4)
    grid = functional.affine_grid(matrix, list(moved.shape), align_corners=False)
    return functional.grid_sample(moved, grid, padding_mode="border", align_corners=False).movedim(2, axis + 2)


def augmented_views(
    member: Member,
    *,
    flips: Iterable[Sequence[int]] = ALL_FLIPS,
    turns_deg: Iterable[float] = (),
) -> list[Member]:
    """Return test-time augmentation: a member with each flip, and turned by each angle about the last axis."""
    return [*(flipped(member, axes) for axes in flips), *(turned(member, angle) for angle in turns_deg)]


def dropout_draws(network: nn.Module, *, draws: int = 10, seed: int = 0) -> list[Member]:
    """Return draws of a network whose dropout is left on (Gal and Ghahramani, ICML 2016).

    The network itself is not touched: the draws share a copy whose dropout layers alone are in training mode. Each draw
    has its own random numbers, which follow from the seed and from how many windows it has seen; torch's global
    generator is left as it was.

    Raises
    ------
    EngineError
        The network has no dropout layer, or none that drops anything: all draws would be the same.
    """
    own = copy.deepcopy(network).eval()
    # torch's dropout layers have one base class, which is where `p` is.
    layers = [layer for layer in own.modules() if isinstance(layer, nn.modules.dropout._DropoutNd)]
    if not any(layer.p > 0 for layer in layers):
        raise EngineError("The network has no dropout that could be left on; use an ensemble or test-time views.")
    for layer in layers:
        layer.train()
    return [_drawn(plain(own), (seed * 1_000_003 + draw) * 1_000_003) for draw in range(draws)]


def _drawn(member: Member, first: int) -> Member:
    calls = 0

    def answer(windows: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        devices = [windows.device] if windows.is_cuda else []
        with torch.random.fork_rng(devices):
            torch.manual_seed(first + calls)
            return member(windows)

    return answer
