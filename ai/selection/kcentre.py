"""Choosing what lies farthest from all that is known: k-centre on embeddings."""

from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.selection.picking import Picking

REASON = "far from all others"


def take_farthest(picking: Picking, embeddings: Any, count: int, *, known: Any = None, among: Any = None) -> int:
    """Pick candidates one by one, each the farthest (Euclid) from everything known and picked before it.

    Parameters
    ----------
    picking : Picking
        Where they are picked; what it holds already counts as known.
    embeddings : array of float, shape (N, D)
        One row per candidate. Scale matters: normalise features of different units before.
    count : int
    known : array of float, shape (L, D), optional
        Embeddings of what is labelled. Where nothing is known and nothing picked, the first is the candidate nearest
        to the mean of those that are free (the most typical one).
    among : array of bool, shape (N,), optional
        Only these.

    Returns
    -------
    int
        How many there were.

    Raises
    ------
    RequestError
        Shapes do not fit, or a value is missing or infinite.

    Notes
    -----
    Gonzalez, Theor Comput Sci 38, 1985: the greatest distance is at most twice the best possible one; as acquisition
    Sener and Savarese, ICLR 2018. Equal distances: the first candidate. Cost: O(N D) per pick.
    """
    rows = embeddings if hasattr(embeddings, "dtype") else np.asarray(embeddings, dtype=np.float64)
    xp = namespace(rows)
    others = xp.zeros((0, rows.shape[-1])) if known is None else xp.asarray(to_numpy(known))
    if rows.ndim != 2 or others.ndim != 2 or rows.shape[1] != others.shape[1]:
        raise RequestError(f"Embeddings of shape {rows.shape} and {others.shape} do not belong together.")
    if not bool(xp.isfinite(rows).all()) or not bool(xp.isfinite(others).all()):
        raise RequestError("An embedding is missing or infinite.")
    allowed = np.ones(len(rows), dtype=bool) if among is None else np.asarray(among, dtype=bool)
    nearest = xp.full(rows.shape[0], xp.inf)
    for centre in [*others, *(rows[place] for place in picking.places)]:
        nearest = xp.minimum(nearest, ((rows - centre) ** 2).sum(axis=1))
    done = 0
    while done < count:
        free = picking.free()
        free = free[allowed[free]]
        if not free.size:
            break
        if bool(xp.isinf(nearest).all()):
            among_free = rows[xp.asarray(free)]
            place = int(free[int(((among_free - among_free.mean(axis=0)) ** 2).sum(axis=1).argmin())])
        else:
            place = int(free[int(to_numpy(nearest)[free].argmax())])
        picking.pick(place, REASON)
        nearest = xp.minimum(nearest, ((rows - rows[place]) ** 2).sum(axis=1))
        done += 1
    return done
