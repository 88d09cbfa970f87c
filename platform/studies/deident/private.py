"""Private attributes that may stay: a list with private creators, some of it the standard's own."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from studies.errors import RulesError


@dataclass(frozen=True, slots=True)
class PrivateTag:
    """A private attribute by its creator, its (odd) group, and the low byte of its element."""

    creator: str
    group: int
    element: int

    def as_json(self) -> dict[str, str]:
        """Return it as the API shows it."""
        return {"creator": self.creator, "group": f"{self.group:04X}", "element": f"{self.element:02X}"}


SAFE = (
    PrivateTag("Philips PET Private Group", 0x7053, 0x00),  # SUV scale factor
    PrivateTag("Philips PET Private Group", 0x7053, 0x09),  # activity concentration scale factor
    PrivateTag("GEMS_ACQU_01", 0x0019, 0x23),  # table speed
    PrivateTag("GEMS_ACQU_01", 0x0019, 0x24),  # mid scan time
    PrivateTag("GEMS_ACQU_01", 0x0019, 0x27),  # rotation speed
    PrivateTag("GEMS_PARM_01", 0x0043, 0x27),  # scan pitch ratio
    PrivateTag("SIEMENS MR HEADER", 0x0019, 0x0C),  # b value
    PrivateTag("SIEMENS MR HEADER", 0x0019, 0x0D),  # diffusion directionality
    PrivateTag("SIEMENS MR HEADER", 0x0019, 0x0E),  # diffusion gradient direction
    PrivateTag("SIEMENS MR HEADER", 0x0019, 0x27),  # b matrix
    PrivateTag("Philips Imaging DD 001", 0x2001, 0x03),  # diffusion b factor
    PrivateTag("Philips Imaging DD 001", 0x2001, 0x04),  # diffusion direction
    PrivateTag("Philips MR Imaging DD 001", 0x2005, 0x0D),  # scale intercept
    PrivateTag("Philips MR Imaging DD 001", 0x2005, 0x0E),  # scale slope
)
"""Of the attributes that PS3.15 Table E.3.10-1 calls safe, those that reading and quantifying images needs."""

_HEX = re.compile(r"[0-9A-Fa-f]{1,4}")


def private_tags(rows: Iterable[Mapping[str, Any]]) -> tuple[PrivateTag, ...]:
    """Return a profile's allow-list, checked.

    Raises
    ------
    RulesError
        A group that is not odd, or what is no hexadecimal number.
    """
    found = []
    for row in rows:
        creator, group, element = (str(row.get(name, "")).strip() for name in ("creator", "group", "element"))
        if not creator or not _HEX.fullmatch(group) or not _HEX.fullmatch(element):
            raise RulesError(
                "A private tag needs its creator, its group and the last two digits of its element in hexadecimal.",
                fields={"private_tags": [f"{creator} ({group},xx{element})"]},
            )
        if int(group, 16) % 2 == 0 or int(group, 16) < 9 or int(element, 16) > 0xFF:
            raise RulesError(
                f"({group},xx{element}) is no private tag: the group must be odd, the element two digits.",
                fields={"private_tags": [f"{creator} ({group},xx{element})"]},
            )
        found.append(PrivateTag(creator, int(group, 16), int(element, 16)))
    return tuple(found)
