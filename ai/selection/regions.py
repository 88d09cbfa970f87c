"""What can be read next: boxes in a case. A whole case is the box of its whole grid."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from ai.errors import RequestError


@dataclass(frozen=True, slots=True)
class Region:
    """A box of voxels.

    Parameters
    ----------
    case : str
        Which case; regions of different cases never overlap.
    corner : tuple of int
        Index of its first voxel, (k, j, i) in a volume, (j, i) in an image.
    size : tuple of int
        Voxels along each axis, at least 1.

    Raises
    ------
    RequestError
        Corner and size are of different or no dimension, the corner is negative, or the box is empty.
    """

    case: str
    corner: tuple[int, ...]
    size: tuple[int, ...]

    def __post_init__(self) -> None:
        fits = 0 < len(self.corner) == len(self.size)
        if not fits or min(self.corner) < 0 or min(self.size) < 1:
            raise RequestError(f"No box of voxels starts at {self.corner} and is {self.size} large.")

    @property
    def slices(self) -> tuple[slice, ...]:
        """Return what cuts the box out of an array of the case."""
        return tuple(slice(start, start + count) for start, count in zip(self.corner, self.size, strict=True))

    def overlaps(self, other: "Region") -> bool:
        """Say whether both share a voxel; boxes that only touch do not.

        Raises
        ------
        RequestError
            They are of one case and of different dimension.

        Examples
        --------
        >>> one = Region("a", (0, 0), (4, 4))
        >>> one.overlaps(Region("a", (3, 3), (4, 4))), one.overlaps(Region("a", (0, 4), (4, 4)))
        (True, False)
        >>> one.overlaps(Region("b", (0, 0), (4, 4)))
        False
        """
        if self.case != other.case:
            return False
        if len(self.corner) != len(other.corner):
            raise RequestError(f"Regions of case {self.case} have {len(self.corner)} and {len(other.corner)} axes.")
        return all(
            mine < start + count and start < mine + size
            for mine, size, start, count in zip(self.corner, self.size, other.corner, other.size, strict=True)
        )


def whole_case(case: str, shape: Sequence[int]) -> Region:
    """Return the region that is the whole grid of a case, of shape (K, J, I) or any other number of axes."""
    return Region(case, (0,) * len(shape), tuple(shape))


def patches(
    case: str, shape: Sequence[int], size: Sequence[int], *, stride: Sequence[int] | None = None
) -> list[Region]:
    """Return boxes of one size on a lattice that covers a case.

    Parameters
    ----------
    case : str
    shape : sequence of int
        Voxels of the case along each axis.
    size : sequence of int
        Voxels of a box along each axis; cut to the case where that is smaller.
    stride : sequence of int, optional
        Voxels from box to box; half a box (at least 1) by default, so that most structures lie well inside one. The
        last box of each row ends at the case's end, also where that is less than a stride away.

    Returns
    -------
    list of Region
        In the order of their corners, the last axis fastest.

    Raises
    ------
    RequestError
        The numbers of axes differ, or a size or stride is not positive.

    Examples
    --------
    >>> [region.corner for region in patches("a", (4, 10), (4, 4))]
    [(0, 0), (0, 2), (0, 4), (0, 6)]
    >>> [region.corner for region in patches("a", (9,), (4,), stride=(4,))]
    [(0,), (4,), (5,)]
    """
    steps = tuple(max(count // 2, 1) for count in size) if stride is None else tuple(stride)
    if not len(shape) == len(size) == len(steps) or min(*size, *steps, *shape) < 1:
        raise RequestError(f"Boxes of {tuple(size)} every {steps} voxels do not fit a case of {tuple(shape)}.")
    box = tuple(min(count, whole) for count, whole in zip(size, shape, strict=True))
    starts = [
        [*range(0, whole - count, step), whole - count] for count, whole, step in zip(box, shape, steps, strict=True)
    ]
    return [Region(case, corner, box) for corner in itertools.product(*starts)]
