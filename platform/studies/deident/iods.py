"""Whether an object's definition requires an attribute: what Table E.1-1 of PS3.15 leaves to the type decides by it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

TYPES = Path(__file__).with_name("iod_types.json")
OPTIONAL = "3"


@cache
def _known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(TYPES.read_text(encoding="utf-8"))
    return found


def type_of(sop_class_uid: str, tag: int) -> str:
    """Return the type (PS3.5 7.4) of an attribute on the top level of an object that the table treats by its type.

    "1" and "2" stand for 1C and 2C too: whether the condition holds is not looked at. "3" is also what does not belong
    to the object. Empty where the kind of object is unknown.
    """
    iod = _known()["sop_classes"].get(sop_class_uid)
    return "" if iod is None else str(_known()["required"][iod].get(f"{tag:08X}", OPTIONAL))
