"""The fixed split by patient. Pure functions."""

import hashlib
import math
from collections.abc import Iterable, Mapping

from annotations.learning.types import Part


def extend_split(*, known: Mapping[str, Part], patients: Iterable[str], share: float, seed: int) -> dict[str, Part]:
    """Return `known` with a side for every further patient; nobody in `known` changes sides.

    New patients are taken in the order of SHA-256(seed, patient), so that neither the order of import nor the
    content of a case decides. After each one, the held-out side holds as close to `share` of all patients as whole
    numbers allow, and from two patients on each side holds at least one.

    Parameters
    ----------
    known : mapping of str to Part
        Patients that have a side.
    patients : iterable of str
        Patient keys, in any order, repeated or not.
    share : float
        Wanted share of held-out patients, 0 < share < 1.
    seed : int
    """
    split = dict(known)
    held_out = sum(part is Part.HELD_OUT for part in split.values())
    new = {patient for patient in patients if patient not in split}
    for patient in sorted(new, key=lambda key: (_order(key, seed), key)):
        count = len(split) + 1
        wanted = min(max(math.floor(share * count + 0.5), 1), count - 1)
        part = Part.HELD_OUT if held_out < wanted else Part.TRAIN
        held_out += part is Part.HELD_OUT
        split[patient] = part
    return split


def _order(patient: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}:{patient}".encode()).hexdigest()
