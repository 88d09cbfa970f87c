"""Distances between two sets of points."""

from typing import Any

from ai.arrays import namespace, spatial


def distances_between(points_a: Any, points_b: Any, *, apart_a: Any, apart_b: Any) -> tuple[Any, Any]:
    """Return the distance from each point of `a` to the nearest of `b`, and from each of `b` to the nearest of `a`.

    Parameters
    ----------
    points_a, points_b : array of float64, shape (N, 3) and (M, 3)
        Neither may be empty.
    apart_a, apart_b : array of bool, shape (N,) and (M,)
        False for points that the other set has too: their distance is 0 and is not looked up.

    Returns
    -------
    tuple of array of float64, shape (N,) and (M,)
        In the unit of the points.

    Notes
    -----
    Exact, by a k-d tree of each set, so that the cost follows the surfaces and not the volume between them.
    """
    return _to_nearest(points_a, points_b, apart_a), _to_nearest(points_b, points_a, apart_b)


def _to_nearest(points: Any, target: Any, apart: Any) -> Any:
    xp = namespace(points, target, apart)
    result = xp.zeros(points.shape[0])
    if bool(apart.any()):
        # Points of a grid lie in planes: splitting at the middle is quicker than at the median, and as good.
        options = {"balanced_tree": False} if xp.__name__ == "numpy" else {}
        result[apart] = spatial(points).KDTree(target, **options).query(points[apart])[0]
    return result
