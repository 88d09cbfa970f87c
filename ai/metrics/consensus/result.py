"""A consensus with all that is needed to trust it: the rule, the readers' reliability, and where they differed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.consensus.confusion import staple_confusion
from ai.metrics.consensus.pruning import simple_consensus
from ai.metrics.consensus.staple import EXPECTATION_WEIGHT, EXPECTED_RELIABILITY, staple_labels
from ai.metrics.consensus.voting import check_stack, disputed, majority, values_of, weighted_vote
from ai.metrics.estimate import as_choice


class Rule(StrEnum):
    """How several masks become one."""

    MAJORITY = "majority"
    WEIGHTED = "weighted"
    STAPLE = "staple"
    STAPLE_CONFUSION = "staple_confusion"
    SIMPLE = "simple"


@dataclass(frozen=True, slots=True)
class Reliability:
    """How one label was marked, by reader, measured against the consensus.

    Attributes
    ----------
    sensitivity : tuple of float
        Share of the consensus that each reader marked. NaN where the consensus has none of it.
    specificity : tuple of float
        Share that each reader left out of what somebody marked and the consensus did not take. (Over the whole array it
        would depend on how much background there is.) NaN where there is nothing of that kind.
    """

    sensitivity: tuple[float, ...]
    specificity: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """One mask out of several, and where it comes from.

    Attributes
    ----------
    labels : array of uint8, shape (…)
    dissent : array of uint8, shape (…)
        How many readers say otherwise at each voxel.
    reliability : mapping of int to Reliability
        By label, for those that anybody marked. (What STAPLE itself estimates, on disputed voxels, is in
        `staple_labels`.)
    rule : Rule
    parameters : mapping of str to float or tuple of float
        What the rule was given, or for SIMPLE what each reader's vote came to weigh.
    """

    labels: Any
    dissent: Any
    reliability: Mapping[int, Reliability]
    rule: Rule
    parameters: Mapping[str, float | tuple[float, ...]]


def find_consensus(stack: Any, rule: Rule, *, weights: Sequence[float] | None = None) -> Consensus:
    """Return the consensus of readers' masks by one of the rules.

    Parameters
    ----------
    stack : array of uint8, shape (R, …)
        One array of label values per reader; 0 is background.
    rule : Rule
    weights : sequence of float, length R
        For WEIGHTED, and only for it.

    Raises
    ------
    RequestError
        No stack of readers, no such rule, or weights that do not go with it.

    Notes
    -----
    Sources: `voting`, `staple`, `confusion`, `pruning`.

    Examples
    --------
    >>> import numpy as np
    >>> readers = np.array([[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1]], dtype=np.uint8)
    >>> found = find_consensus(readers, Rule.MAJORITY)
    >>> found.labels.tolist(), found.dissent.tolist(), found.reliability[1].sensitivity
    ([1, 1, 0, 0], [0, 1, 1, 1], (1.0, 1.0, 0.5))
    """
    check_stack(stack)
    rule = as_choice(Rule, rule)
    if (weights is not None) != (rule == Rule.WEIGHTED):
        raise RequestError("Weights go with the weighted vote, and with no other rule.")
    parameters: dict[str, float | tuple[float, ...]] = {}
    if rule in {Rule.STAPLE, Rule.STAPLE_CONFUSION}:
        parameters = {"expected": EXPECTED_RELIABILITY, "weight": EXPECTATION_WEIGHT}
    if rule == Rule.STAPLE:
        labels = staple_labels(stack).labels
    elif rule == Rule.STAPLE_CONFUSION:
        labels = staple_confusion(stack).labels
    elif rule == Rule.SIMPLE:
        pruned = simple_consensus(stack)
        labels, parameters = pruned.labels, {"weights": tuple(float(w) for w in pruned.performance)}
    elif weights is not None:
        labels, parameters = weighted_vote(stack, weights), {"weights": tuple(float(w) for w in weights)}
    else:
        labels = majority(stack)
    where = disputed(stack)
    votes, chosen = stack[:, where], labels[where]
    dissent = namespace(stack).zeros(where.shape, dtype=stack.dtype)
    dissent[where] = (votes != chosen).sum(axis=0).astype(stack.dtype)
    return Consensus(labels, dissent, _reliability(stack, where, votes, chosen), rule, parameters)


def _reliability(stack: Any, where: Any, votes: Any, chosen: Any) -> dict[int, Reliability]:
    agreed = stack[0][~where]
    count = namespace(stack).count_nonzero
    result = {}
    for value in sorted({*values_of(agreed), *values_of(votes)} - {0}):
        decisions, taken = votes == value, chosen == value
        same = int(count(agreed == value))
        true, marked = int(count(taken)), decisions.any(axis=0)
        false = int(count(marked & ~taken))
        result[value] = Reliability(
            tuple(_share(int(count(row & taken)) + same, true + same) for row in decisions),
            tuple(_share(int(count(marked & ~row & ~taken)), false) for row in decisions),
        )
    return result


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
