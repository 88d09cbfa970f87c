"""Which patient goes to which split: a pure function of patients, shares and seed."""

import hashlib
from collections.abc import Iterable, Mapping

from annotations.datasets.errors import DefinitionError
from annotations.datasets.types import Split

SPLITS = (Split.TRAIN, Split.VAL, Split.TEST)
_TOLERANCE = 1e-6


def check_shares(shares: Mapping[Split, float]) -> None:
    """Raise `DefinitionError` unless the three shares lie in 0..1 and add up to 1."""
    for split in SPLITS:
        share = shares.get(split, -1.0)
        if not 0.0 <= share <= 1.0:
            raise DefinitionError(
                "Each share must lie between 0 and 1.", code="shares", fields={"shares": {split.value: share}}
            )
    total = sum(shares[split] for split in SPLITS)
    if abs(total - 1.0) > _TOLERANCE:
        raise DefinitionError(
            f"The shares of training, validation and test add up to {total:g}, not to 1.",
            code="shares",
            fields={"shares": {split.value: shares[split] for split in SPLITS}},
        )


def split_sizes(count: int, shares: Mapping[Split, float]) -> dict[Split, int]:
    """Return how many of `count` patients each split gets, by the largest-remainder method.

    Every split first gets the whole part of its exact share; the patients left over go one each to the splits with
    the largest fractional parts, and where these are equal to training before validation before test. So the sizes
    always add up to `count`, none is off by one patient or more, and a split whose share is 0 stays empty.
    """
    exact = {split: shares[split] * count for split in SPLITS}
    sizes = {split: int(exact[split] + _TOLERANCE) for split in SPLITS}
    rest = count - sum(sizes.values())
    by_remainder = sorted(SPLITS, key=lambda split: (-round(exact[split] - sizes[split], 6), SPLITS.index(split)))
    for split in by_remainder[:rest]:
        sizes[split] += 1
    return sizes


def split_patients(patient_keys: Iterable[str], *, shares: Mapping[Split, float], seed: int) -> dict[str, Split]:
    """Return the split of each patient.

    Patients are put in the order of SHA-256("seed:patient key"), which depends on nothing but the two; the first
    ones train, the next validate, the last test, as many as `split_sizes` says. Every patient is in exactly one.

    Raises
    ------
    DefinitionError
        When the shares are not right.
    """
    check_shares(shares)
    ordered = sorted(set(patient_keys), key=lambda key: (hashlib.sha256(f"{seed}:{key}".encode()).hexdigest(), key))
    sizes = split_sizes(len(ordered), shares)
    result: dict[str, Split] = {}
    start = 0
    for split in SPLITS:
        for key in ordered[start : start + sizes[split]]:
            result[key] = split
        start += sizes[split]
    return result
