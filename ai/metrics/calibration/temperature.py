"""Temperature scaling: dividing logits by what makes held-out labels most likely."""

from typing import Any

import numpy as np

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.metrics.estimate import Table
from ai.metrics.overlap import as_mask

LEAST, MOST = 1e-3, 1e3
"""Bounds of a temperature: labels that the logits already tell apart without error would drive it to 0."""


def fit_temperature(logits: Any, outcomes: Any) -> float:
    """Return the temperature of one event's logits.

    Parameters
    ----------
    logits : array of float, any shape
        The probability is the logistic function of logit over temperature.
    outcomes : array of bool, the same shape

    Returns
    -------
    float
        Between 0.001 and 1000. Above 1: the model was too sure.

    Raises
    ------
    RequestError
        Shapes differ, nothing given, a logit is not finite, or an outcome is missing.

    Notes
    -----
    Guo et al., ICML 2017. Convex in 1 / temperature: Newton's method.

    Examples
    --------
    >>> round(fit_temperature([2.0, 2.0, 2.0, -2.0], [True, True, False, False]), 4)
    1.8205
    """
    z = logits if hasattr(logits, "dtype") else np.asarray(logits, dtype=np.float64)
    y = outcomes if hasattr(outcomes, "dtype") else np.asarray(outcomes)
    xp = namespace(z, y)
    if z.shape != y.shape:
        raise RequestError(f"Logits of shape {z.shape} do not fit outcomes of shape {y.shape}.")
    pair = xp.stack([xp.zeros(z.size), z.astype(xp.float64).ravel()])
    return fit_temperatures(pair, as_mask(y).astype(xp.int64).ravel(), shared=True)[0]


def fit_temperatures(logits: Any, labels: Any, *, shared: bool = False) -> tuple[float, ...]:
    """Return one temperature per class.

    Parameters
    ----------
    logits : array of float, shape (C, …)
        Probabilities are the softmax over classes of logit over the class's temperature.
    labels : array of integers, shape (…)
        True class of each item, 0 to C - 1.
    shared : bool
        One temperature for all classes.

    Returns
    -------
    tuple of float
        Length C, each between 0.001 and 1000.

    Raises
    ------
    RequestError
        Shapes do not fit, nothing given, a logit is not finite, or a label is no class.

    Notes
    -----
    Guo et al., ICML 2017 (vector scaling without bias). The negative log-likelihood is convex in the inverse
    temperatures: Newton's method, steps halved until it falls.

    Examples
    --------
    >>> import numpy as np
    >>> logits = np.array([[2.0, 2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 2.0]])
    >>> [round(one, 4) for one in fit_temperatures(logits, np.array([0, 0, 1, 1]), shared=True)]
    [1.8205, 1.8205]
    """
    xp = namespace(logits, labels)
    if logits.ndim < 2 or logits.shape[1:] != labels.shape or not labels.size or not bool(xp.isfinite(logits).all()):
        raise RequestError("Temperatures need finite logits of shape (classes, …) and one label per item.")
    z, y = logits.reshape(logits.shape[0], -1).astype(xp.float64), labels.ravel()
    if y.dtype.kind not in "bui":
        raise RequestError("Labels are whole numbers.")
    y = y.astype(xp.int64)
    if int(y.min()) < 0 or int(y.max()) >= z.shape[0]:
        raise RequestError("A label is none of the classes.")
    inverse = np.ones(1 if shared else z.shape[0])
    value = _loss(z, y, inverse)
    for _ in range(100):
        gradient, hessian = _derivatives(z, y, inverse)
        step = np.linalg.solve(hessian + 1e-12 * np.eye(len(inverse)), gradient)
        for halving in range(40):
            tried = np.clip(inverse - step / 2**halving, 1 / MOST, 1 / LEAST)
            found = _loss(z, y, tried)
            if found <= value:
                break
        moved = float(np.abs(tried - inverse).max()) if found <= value else 0.0
        if found <= value:
            inverse, value = tried, found
        if moved < 1e-9:
            break
    return tuple(float(1 / one) for one in np.broadcast_to(inverse, z.shape[0]))


def _scaled(z: Any, inverse: Table) -> Any:
    return z * namespace(z).asarray(inverse)[:, None]


def _loss(z: Any, y: Any, inverse: Table) -> float:
    xp = namespace(z)
    s = _scaled(z, inverse)
    top = s.max(axis=0)
    total = top + xp.log(xp.exp(s - top).sum(axis=0))
    return float((total - xp.take_along_axis(s, y[None], axis=0)[0]).mean())


def _derivatives(z: Any, y: Any, inverse: Table) -> tuple[Table, Table]:
    """Return gradient and Hessian of the loss by the inverse temperatures."""
    xp = namespace(z)
    s = _scaled(z, inverse)
    p = xp.exp(s - s.max(axis=0))
    p /= p.sum(axis=0)
    n = z.shape[1]
    weighted = z * p
    gradient = to_numpy(weighted.mean(axis=1))
    for place in range(z.shape[0]):
        gradient[place] -= float(xp.where(y == place, z[place], 0.0).sum()) / n
    hessian = np.diag(to_numpy((z * weighted).mean(axis=1))) - to_numpy(weighted @ weighted.T) / n
    if len(inverse) == 1:
        return gradient.sum(keepdims=True), hessian.sum().reshape(1, 1)
    return gradient, hessian


def probabilities_at(logits: Any, temperatures: tuple[float, ...]) -> Any:
    """Return the softmax of logits (C, …) over the temperatures of their classes, in the same library.

    Raises
    ------
    RequestError
        There is not one finite temperature above 0 for each class.

    Examples
    --------
    >>> import numpy as np
    >>> probabilities_at(np.array([[2.0], [0.0]]), (2.0, 2.0)).round(4).tolist()
    [[0.7311], [0.2689]]
    """
    xp = namespace(logits)
    if len(temperatures) != logits.shape[0] or not all(0 < one < np.inf for one in temperatures):
        raise RequestError("Each class needs one finite temperature above 0.")
    s = logits / xp.asarray(temperatures).reshape(-1, *(1,) * (logits.ndim - 1))
    p = xp.exp(s - s.max(axis=0))
    return p / p.sum(axis=0)
