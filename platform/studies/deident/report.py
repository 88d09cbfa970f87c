"""What a run says of each study: counts of what was changed and why, never a value of the original."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydicom.datadict import dictionary_description

from studies.types import HeldReason


@dataclass(slots=True)
class StudyReport:
    """What became of one study, counted; it never holds a value of the original."""

    pseudonym: str
    series: set[str] = field(default_factory=set)
    instances: int = 0
    changes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)

    def as_json(self, study_uid: str) -> dict[str, Any]:
        """Return it as the API shows it, under the UID of the study that was made."""
        labels = dict(HeldReason.choices) | _WARNINGS
        return {
            "study_uid": study_uid,
            "pseudonym": self.pseudonym,
            "series": sorted(self.series),
            "instances": self.instances,
            "changes": [
                {"tag": tag, "name": attribute_name(tag), "action": action, "rule": rule, "count": count}
                for (tag, action, rule), count in sorted(self.changes.items())
            ],
            "held": [
                {"code": code, "detail": labels[code], "count": count} for code, count in sorted(self.held.items())
            ],
            "refused": [
                {"code": code, "detail": detail, "count": count}
                for (code, detail), count in sorted(self.refused.items())
            ],
            "warnings": [
                {"code": code, "detail": labels[code], "count": count} for code, count in sorted(self.warnings.items())
            ],
        }


_WARNINGS = {"unreadable_attribute": "Attributes whose values cannot be read were removed"}


def attribute_name(tag: str) -> str:
    """Return the name of an attribute given as (gggg,eeee); a kind where the element is not named."""
    group, element = tag.strip("()").split(",")
    if not element.isalnum() or "x" in element:
        return "Private attributes" if int(group, 16) % 2 else "Curves and overlays"
    try:
        return str(dictionary_description(int(group + element, 16)))
    except KeyError:
        return "Unknown attribute"
