"""Maps of doubt: entropy of what an ensemble says together, mutual information, and entropy of each class.

All take probabilities of members, (M, C, …), in NumPy or CuPy, and answer there, in float64 for float64 and float32 for
everything else; entropies are in nats. One model is an ensemble of one.

`ai.engines.doubt.voxel_doubt` has the same maps for tensors, on purpose: there they are made window by window while
networks run, and torch tensors are no arrays of `ai.arrays`; here the web process scores stored probabilities and must
not load torch. A test holds the two to each other.
"""

from typing import Any

import numpy as np

from ai.arrays import namespace
from ai.errors import RequestError

SUM_TOLERANCE = 1e-2
"""Probabilities of a voxel may sum to 1 within this: half-precision ones are off by up to about .004."""


def checked_members(members: Any) -> Any:
    """Return probabilities as float array of shape (M, C, …).

    Raises
    ------
    RequestError
        There is no member, fewer than two classes or no voxel; a probability is missing, infinite or negative; or
        those of a voxel do not sum to 1 within `SUM_TOLERANCE` (logits, or a sigmoid of each class, are no answer).
    """
    array = members if hasattr(members, "dtype") else np.asarray(members)
    xp = namespace(array)
    if array.ndim < 2 or 0 in array.shape or array.shape[1] < 2:
        raise RequestError(f"Probabilities are of shape (members, classes, …) with two classes, not {array.shape}.")
    p = array if array.dtype == xp.float64 else array.astype(xp.float32)
    if not bool(xp.isfinite(p).all()) or bool((p < 0).any()):
        raise RequestError("A probability is missing, infinite or negative.")
    if not bool((abs(p.sum(axis=1) - 1) <= SUM_TOLERANCE).all()):
        raise RequestError("The probabilities of a voxel must sum to 1.")
    return p


def _entropy(p: Any, axis: int) -> Any:
    """Return -sum p log p along an axis, never below 0: rounding can make it -1e-8, whose logarithm is NaN."""
    xp = namespace(p)
    # p log p is 0 at 0: the argument is 1 there.
    return xp.maximum(-(p * xp.log(xp.where(p > 0, p, 1))).sum(axis=axis), 0)


def predictive_entropy(members: Any) -> Any:
    """Return the entropy of the members' mean, in nats.

    Parameters
    ----------
    members : array of float, shape (M, C, …)
        Probabilities; each voxel's sum to 1.

    Returns
    -------
    array of float, shape (…)
        0 (one class is certain) to log C (nothing is known).

    Raises
    ------
    RequestError
        As `checked_members`.

    Notes
    -----
    Shannon 1948; as acquisition Settles, Active Learning Literature Survey, 2009, section 3.1.

    Examples
    --------
    >>> import numpy as np
    >>> predictive_entropy(np.array([[[0.5, 1.0], [0.5, 0.0]]])).round(4).tolist()
    [0.6931, 0.0]
    """
    return _entropy(checked_members(members).mean(axis=0), 0)


def mutual_information(members: Any) -> Any:
    """Return how far members differ: entropy of their mean minus mean of their entropies (BALD), in nats.

    Parameters
    ----------
    members : array of float, shape (M, C, …)

    Returns
    -------
    array of float, shape (…)
        0 (members are identical, or there is only one) to log min(M, C).

    Raises
    ------
    RequestError
        As `checked_members`.

    Notes
    -----
    Houlsby, Huszár, Ghahramani and Lengyel, arXiv:1112.5745, 2011; Gal, Islam and Ghahramani, ICML 2017.

    Examples
    --------
    >>> import numpy as np
    >>> sure_but_apart = np.array([[[1.0], [0.0]], [[0.0], [1.0]]])
    >>> mutual_information(sure_but_apart).round(4).tolist(), mutual_information(sure_but_apart[:1]).tolist()
    ([0.6931], [0.0])
    """
    p = checked_members(members)
    mean_of_entropies = sum(_entropy(one, 0) for one in p) / p.shape[0]
    return namespace(p).maximum(_entropy(p.mean(axis=0), 0) - mean_of_entropies, 0)


def class_entropy(members: Any) -> Any:
    """Return the predictive entropy times the mean probability of each class: doubt that concerns the class.

    Parameters
    ----------
    members : array of float, shape (M, C, …)

    Returns
    -------
    array of float, shape (C, …)
        In nats; sums to the predictive entropy over the classes.

    Raises
    ------
    RequestError
        As `checked_members`.

    Notes
    -----
    Lüth, Traub et al., Finally Outshining the Random Baseline, TMLR 01/2026 (arXiv:2601.13677), and its code.

    Examples
    --------
    >>> import numpy as np
    >>> class_entropy(np.array([[[0.5], [0.25], [0.25]]])).round(4).tolist()
    [[0.5199], [0.2599], [0.2599]]
    """
    mean = checked_members(members).mean(axis=0)
    return mean * _entropy(mean, 0)[None]
