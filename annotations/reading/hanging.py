"""Hanging rules: what a case looks like when it opens. The rules are kept here; the reading room applies them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from annotations.reading.errors import HangingRuleError

LAYOUTS = ("stack", "sideBySide", "priors", "four", "mpr", "mprRow", "mpr3d", "volume", "fusion")
SLOTS = ("main", "second", "third", "fourth", "prior")
MAX_RULES = 50


@dataclass(frozen=True, slots=True)
class SlotRule:
    """Which series goes into a slot: the first whose modality is this and whose description holds this text."""

    slot: str
    modality: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class HangingRule:
    """A condition on the case, and the layout that follows. An empty condition fits every case.

    `modality` and `body_part` are DICOM codes, `description` is a part of a series description (letter case is
    ignored), `priors` the least number of prior studies.
    """

    name: str
    layout: str
    modality: str = ""
    body_part: str = ""
    description: str = ""
    priors: int = 0
    slots: tuple[SlotRule, ...] = field(default=())


def clean_rules(*, rules: Sequence[HangingRule]) -> list[dict[str, Any]]:
    """Return rules as they are stored.

    Raises
    ------
    HangingRuleError
        There are too many, or one names an unknown layout or a slot twice.
    """
    if len(rules) > MAX_RULES:
        raise HangingRuleError(f"At most {MAX_RULES} hanging rules.", fields={"rules": len(rules)})
    for number, rule in enumerate(rules):
        slots = [part.slot for part in rule.slots]
        if rule.layout not in LAYOUTS or not set(slots) <= set(SLOTS) or len(set(slots)) < len(slots):
            raise HangingRuleError(
                f"Hanging rule {number + 1} names no layout or slot of ours.", fields={"rule": number}
            )
    return [asdict(rule) for rule in rules]
