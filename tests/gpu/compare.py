"""Answers taken apart into figures and arrays, and how far two answers lie apart."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ai.arrays import to_numpy

TOLERANCE = 1e-4
"""Largest difference of two floats, as a share of the range of the values they stand among."""


def parts(answer: Any, path: str = "") -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays of an answer by name: of records, tuples and mappings at any depth, figures as 0-d arrays."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        for field in dataclasses.fields(answer):
            yield from parts(getattr(answer, field.name), f"{path}.{field.name}")
    elif isinstance(answer, Mapping):
        for key, value in answer.items():
            yield from parts(value, f"{path}[{key}]")
    elif isinstance(answer, (tuple, list)):
        for place, value in enumerate(answer):
            yield from parts(value, f"{path}[{place}]")
    elif answer is not None:
        yield path or ".", to_numpy(answer)


def difference(expected: np.ndarray, found: np.ndarray) -> float:
    """Return the largest difference as a share of the range; infinity where shape, kind or missing values differ.

    The range is that of the expected finite values, or the largest of them where all are equal. What is not a float
    counts as 0 when equal, else as the share of places that differ.
    """
    if expected.shape != found.shape or expected.dtype.kind != found.dtype.kind:
        return float("inf")
    if expected.dtype.kind != "f":
        return float(np.mean(expected != found)) if expected.size else 0.0
    known = np.isfinite(expected)
    if not np.array_equal(expected[~known], found[~known], equal_nan=True) or not np.isfinite(found[known]).all():
        return float("inf")
    if not known.any():
        return 0.0
    values, others = expected[known].astype(np.float64), found[known].astype(np.float64)
    span = float(np.ptp(values)) or float(np.abs(values).max()) or 1.0
    return float(np.abs(values - others).max()) / span


def apart(expected: Any, found: Any) -> tuple[float, str]:
    """Return the largest difference over all parts of two answers, and the name of that part.

    Examples
    --------
    >>> apart({"a": 1.0, "b": (2, 3)}, {"a": 1.5, "b": (2, 3)})
    (0.5, '[a]')
    """
    ours, theirs = dict(parts(expected)), dict(parts(found))
    if ours.keys() != theirs.keys():
        return float("inf"), f"parts {sorted(ours.keys() ^ theirs.keys())}"
    return max(((difference(ours[name], theirs[name]), name) for name in ours), default=(0.0, "nothing"))
