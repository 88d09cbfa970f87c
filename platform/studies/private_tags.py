"""Values of private elements in DICOM JSON, found by their creator. No database."""

import base64
import math
from typing import Any

from studies.dicomfile.metadata import text


def private_values(header: dict[str, Any], group: int, creator: str, element: int) -> list[Any]:
    """Return the values of a private element, or [] (PS3.5 7.8.1).

    Parameters
    ----------
    header : dict
        DICOM JSON.
    group, element : int
        Group, and the element's last byte.
    creator : str
        Who defines it, as its private creator element says.
    """
    for block in range(0x10, 0x20):  # makers number their blocks from the first on
        if text(header, f"{group:04X}{block:04X}") == creator:
            found = header.get(f"{group:04X}{block:02X}{element:02X}", {})
            if "InlineBinary" in found:  # of unknown VR; those asked for here are text
                written = base64.b64decode(found["InlineBinary"]).decode("ascii", "replace")
                return [part.strip("\0 ") for part in written.split("\\")]
            return list(found.get("Value") or [])
    return []


def private_number(header: dict[str, Any], group: int, creator: str, element: int) -> float | None:
    """Return the first value as a finite number, or None."""
    for value in private_values(header, group, creator, element)[:1]:
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None
        return number if math.isfinite(number) else None
    return None
