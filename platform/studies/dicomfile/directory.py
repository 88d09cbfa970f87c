"""What a DICOMDIR lists (PS3.3 F.3, PS3.10 8)."""

from typing import Any


def listed_files(values: dict[str, Any]) -> list[tuple[str, ...]]:
    """Return the path of every file that a DICOMDIR names, as its parts, each path once and in order.

    The records are read as they lie in the file: whether the offsets between them are right does not matter here.

    Parameters
    ----------
    values : dict
        The DICOMDIR as DICOM JSON.
    """
    found: dict[tuple[str, ...], None] = {}
    for record in values.get("00041220", {}).get("Value") or []:
        parts = record.get("00041500", {}).get("Value") if isinstance(record, dict) else None
        if parts and all(isinstance(part, str) and part.strip() for part in parts):
            found[tuple(part.strip() for part in parts)] = None
    return list(found)
