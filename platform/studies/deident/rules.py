"""Which action an attribute gets: DICOM PS3.15 Table E.1-1 with a profile's options, and what the table leaves out."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from studies.deident.private import SAFE, PrivateTag
from studies.types import DeidentificationOption as Option

TABLE = Path(__file__).with_name("table_e1_1.json")
BASIC = "basic"
DEFAULT = "default"
"""Rule of attributes that the table does not name."""
RETAINING = (Option.RETAIN_UIDS, Option.RETAIN_DEVICE, Option.RETAIN_INSTITUTION, Option.RETAIN_PATIENT)
CLEANING = (Option.CLEAN_DESCRIPTORS, Option.CLEAN_STRUCTURED, Option.CLEAN_GRAPHICS)


class Action(StrEnum):
    """What is done with an attribute."""

    REMOVE = "remove"
    EMPTY = "empty"
    DUMMY = "dummy"
    UID = "uid"
    SHIFT = "shift"
    CLEAN = "clean"
    KEEP = "keep"
    PSEUDONYM = "pseudonym"


_BASIC = {
    "X": Action.REMOVE,
    "Z": Action.EMPTY,
    "D": Action.DUMMY,
    "U": Action.UID,
    # Where the table leaves the choice to the type of the attribute and that is not known, what satisfies every type is
    # taken: an empty or dummy value says nothing of the original, and the object stays one by its definition.
    "X/Z": Action.EMPTY,
    "X/D": Action.DUMMY,
    "Z/D": Action.DUMMY,
    "X/Z/D": Action.DUMMY,
    "X/Z/U*": Action.UID,
}

_BY_TYPE = {
    "X/Z": {"1": Action.EMPTY, "2": Action.EMPTY, "3": Action.REMOVE},
    "X/D": {"1": Action.DUMMY, "2": Action.DUMMY, "3": Action.REMOVE},
    "Z/D": {"1": Action.DUMMY, "2": Action.EMPTY, "3": Action.EMPTY},
    "X/Z/D": {"1": Action.DUMMY, "2": Action.EMPTY, "3": Action.REMOVE},
}
"""What the table leaves to the type of the attribute (PS3.15 E.1.1, legend of Table E.1-1). X/Z/U* is no such choice
here: references to other objects are mapped, so that they fit."""

IDENTITY_UIDS = frozenset(
    {0x00020003, 0x00080018, 0x0020000D, 0x0020000E, 0x00081155, 0x00041511, 0x00080058, 0x0040DB0D}
)
"""UIDs that name studies, series and instances: new in the archive even where UIDs are retained."""


@cache
def table() -> dict[str, dict[str, str]]:
    """Return the rows by tag (8 hexadecimal digits, or 50XXXXXX, 60XX3000, 60XX4000, PRIVATE)."""
    rows: dict[str, dict[str, str]] = json.loads(TABLE.read_text(encoding="utf-8"))["rows"]
    return rows


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of a profile's rules.

    Attributes
    ----------
    options : frozenset of str
        Options of the basic profile.
    private_tags : tuple of PrivateTag
        Private attributes that stay besides the standard's safe ones, under `retain_safe_private`.
    keep_identity_uids : bool
        Retain also the UIDs of studies, series and instances under `retain_uids`. The archive never does: it would
        hold two different files of one UID.
    """

    options: frozenset[str] = frozenset()
    private_tags: tuple[PrivateTag, ...] = ()
    keep_identity_uids: bool = False
    _known: dict[tuple[int, str], tuple[Action, str] | None] = field(default_factory=dict, compare=False, repr=False)

    def action_of(self, tag: int, kind: str = "") -> tuple[Action, str] | None:
        """Return action and rule of an attribute that the table names, else None. Private ones: see `is_allowed`.

        `kind` is the attribute's type in its object: "1", "2", "3", or empty where it is not known.
        """
        if (tag, kind) not in self._known:
            self._known[tag, kind] = self._find(tag, kind)
        return self._known[tag, kind]

    def _find(self, tag: int, kind: str) -> tuple[Action, str] | None:
        row = table().get(row_name(tag))
        if row is None:
            return None
        for option in RETAINING:
            if option in self.options and row.get(option) == "K":
                if option == Option.RETAIN_UIDS and tag in IDENTITY_UIDS and not self.keep_identity_uids:
                    continue
                return Action.KEEP, option
        if Option.RETAIN_FULL_DATES in self.options and Option.RETAIN_FULL_DATES in row:
            return Action.KEEP, Option.RETAIN_FULL_DATES
        if Option.RETAIN_MODIFIED_DATES in self.options and Option.RETAIN_MODIFIED_DATES in row:
            return Action.SHIFT, Option.RETAIN_MODIFIED_DATES
        for option in (*RETAINING, *CLEANING):
            if option in self.options and row.get(option) == "C":
                return Action.CLEAN, option
        return _BY_TYPE.get(row["basic"], {}).get(kind) or _BASIC[row["basic"]], BASIC

    def dates(self) -> tuple[Action, str]:
        """Return what becomes of a date or time in an attribute that the table does not name."""
        if Option.RETAIN_FULL_DATES in self.options:
            return Action.KEEP, Option.RETAIN_FULL_DATES
        if Option.RETAIN_MODIFIED_DATES in self.options:
            return Action.SHIFT, Option.RETAIN_MODIFIED_DATES
        return Action.DUMMY, DEFAULT

    def is_allowed(self, creator: str, group: int, element: int) -> bool:
        """Return whether a private attribute stays."""
        if Option.RETAIN_SAFE_PRIVATE not in self.options:
            return False
        wanted = PrivateTag(creator.strip(), group, element & 0xFF)
        return wanted in SAFE or wanted in self.private_tags


def row_name(tag: int) -> str:
    """Return the name of an attribute's row in the table, whether there is one or not."""
    name = f"{tag:08X}"
    if int(name[:4], 16) % 2:
        return "PRIVATE"
    if name.startswith("50"):
        return "50XXXXXX"
    if name.startswith("60") and name[4:] in ("3000", "4000"):
        return f"60XX{name[4:]}"
    return name


def is_described(tag: int) -> bool:
    """Return whether the table counts an attribute among the descriptors: what was done, rather than to whom."""
    return Option.CLEAN_DESCRIPTORS in table().get(row_name(tag), {})


def rules_of(options: Collection[str], private_tags: Collection[dict[str, Any]]) -> Rules:
    """Return the rules of a stored version."""
    tags = tuple(PrivateTag(row["creator"], int(row["group"], 16), int(row["element"], 16)) for row in private_tags)
    return Rules(options=frozenset(options), private_tags=tags)
