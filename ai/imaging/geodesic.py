"""Geodesic distance on a grid: the cheapest path from seeds, where each step costs its length times the local price.

Min-plus sweeps of whole planes, so that one line of code moves a plane at once on NumPy and on CuPy alike.
"""

from typing import Any

from ai import arrays
from ai.errors import RequestError

MOST_ROUNDS = 12
"""A path that turns back on itself so often is cut off; smooth prices need two to five rounds."""


def geodesic_distance(
    price: Any, start: Any, spacing_mm: tuple[float, float, float], *, most_rounds: int = MOST_ROUNDS
) -> Any:
    """Return the cost of the cheapest path from the seeds to every voxel, over the 26 neighbours of each.

    A step between neighbours costs its length in mm times the mean of both prices, so that it costs the same in both
    directions. Each round sweeps planes forth and back along k, j and i; rounds go on until nothing changes.

    Parameters
    ----------
    price : array of float32, (K, J, I) or (L, K, J, I)
        Positive. One price for all fields, or one for each.
    start : array of float32, (L, K, J, I)
        L fields at once: what each seed costs already (0 as a rule), infinity elsewhere.
    spacing_mm : tuple of float
        Distance of neighbours along k, j and i in millimetres.
    most_rounds : int
        Rounds after which it stops in any case.

    Returns
    -------
    array of float32, (L, K, J, I)
        Infinity where a field has no seed. Of the library of `price`, on its device. Memory: about seven times `start`.

    Raises
    ------
    RequestError
        The shapes do not fit.

    References
    ----------
    Plane sweeps: Criminisi, Sharp, Blake, "GeoS: Geodesic image segmentation", ECCV 2008 (raster scans over the
    neighbours behind; here along all three axes).
    """
    xp = arrays.namespace(price, start)
    if start.ndim != 4 or tuple(price.shape) not in {tuple(start.shape), tuple(start.shape[1:])}:
        raise RequestError(f"Prices of shape {tuple(price.shape)} do not fit starts of shape {tuple(start.shape)}.")
    prices = price if price.ndim == 4 else price[None]
    padding = ((0, 0), (1, 1), (1, 1), (1, 1))
    found = xp.pad(start.astype(xp.float32), padding, constant_values=xp.inf)
    half = xp.pad(prices.astype(xp.float32) * 0.5, padding)
    axes = [axis for axis in range(3) if start.shape[axis + 1] > 1]
    turned = {axis: _Axis(xp, half, axis, spacing_mm) for axis in axes}
    for _ in range(most_rounds):
        before = found.copy()
        for axis in axes:
            found = turned[axis].swept(found)
        if bool(xp.array_equal(before, found)):
            break
    return found[:, 1:-1, 1:-1, 1:-1].copy()


class _Axis:
    """Sweeps along one axis: prices times lengths, made once, and room for one plane's intermediate results."""

    def __init__(self, xp: Any, half: Any, axis: int, spacing_mm: tuple[float, float, float]) -> None:
        self.xp = xp
        self.axis = axis
        along = spacing_mm[axis]
        across = [spacing for place, spacing in enumerate(spacing_mm) if place != axis]
        turned = xp.ascontiguousarray(xp.moveaxis(half, axis + 1, 1))
        self.costs = [
            turned * xp.float32((along**2 + (a * across[0]) ** 2 + (b * across[1]) ** 2) ** 0.5)
            for a, b in ((0, 0), (1, 0), (0, 1), (1, 1))
        ]

    def swept(self, found: Any) -> Any:
        """Return the distances after a sweep forth and one back."""
        xp = self.xp
        planes = xp.ascontiguousarray(xp.moveaxis(found, self.axis + 1, 1))
        count = planes.shape[1]
        room = xp.empty_like(planes[:, 0])
        wide = xp.empty_like(planes[:, 0, 1:-1, :])
        inner = xp.empty_like(planes[:, 0, 1:-1, 1:-1])
        for here in range(2, count - 1):
            self._relax(planes, here, here - 1, room, wide, inner)
        for here in range(count - 3, 0, -1):
            self._relax(planes, here, here + 1, room, wide, inner)
        return xp.moveaxis(planes, 1, self.axis + 1)

    def _relax(self, planes: Any, here: int, behind: int, room: Any, wide: Any, inner: Any) -> None:
        """Lower one plane's distances by what is reached from the plane behind it: straight, aslant, over corners."""
        xp = self.xp
        target = planes[:, here, 1:-1, 1:-1]
        for cost, (rows, columns) in zip(self.costs, ((0, 0), (1, 0), (0, 1), (1, 1)), strict=True):
            xp.add(planes[:, behind], cost[:, behind], out=room)
            reached = room[:, 1:-1, :]
            if rows:
                xp.minimum(room[:, :-2, :], room[:, 2:, :], out=wide)
                reached = wide
            if columns:
                xp.minimum(reached[:, :, :-2], reached[:, :, 2:], out=inner)
            else:
                inner[...] = reached[:, :, 1:-1]
            xp.add(inner, cost[:, here, 1:-1, 1:-1], out=inner)
            xp.minimum(target, inner, out=target)
