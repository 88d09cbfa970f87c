"""A data set as DICOM JSON (PS3.18 Annex F), whatever its values are like."""

import base64
import json
import math
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

from studies.errors import SetAsideError
from studies.types import SetAsideReason

INLINE_BYTES = 768
MAX_DEPTH = 100
"""Sequences within sequences; reports are nested some twenty deep."""
# Cornerstone and OHIF cannot fetch lookup tables by reference (PS3.3 C.7.6.3.1.5, C.11): these stay inline at any size.
ALWAYS_INLINE = frozenset(
    {0x00281101, 0x00281102, 0x00281103, 0x00281201, 0x00281202, 0x00281203, 0x00281221, 0x00281222, 0x00281223}
    | {0x00283002, 0x00283006}
)
_SWAPPED_VRS = frozenset({"OW", "US or OW", "OB or OW"})


def dataset_json(
    dataset: Dataset, *, bulk: list[dict[str, Any]] | None = None, bad: list[str] | None = None
) -> dict[str, Any]:
    """Return the DICOM JSON of a data set; binary values above 768 bytes become a BulkDataURI.

    An element whose value breaks its own VR is kept as UN with its bytes: nothing is dropped, nothing raises.

    Parameters
    ----------
    dataset : Dataset
        Without group 2 and without pixel data.
    bulk, bad : list, optional
        Gets the elements with a BulkDataURI, which is the path alone (`/TAG` or `/TAG/item/TAG`), and the paths of
        those kept as UN.
    """
    writer = _Writer(dataset.original_encoding[1] is False, [] if bulk is None else bulk, [] if bad is None else bad)
    return writer.dataset(dataset, "", 0)


class _Writer:
    def __init__(self, swapped: bool, bulk: list[dict[str, Any]], bad: list[str]) -> None:
        self.swapped, self.bulk, self.bad = swapped, bulk, bad

    def dataset(self, dataset: Dataset, path: str, depth: int) -> dict[str, Any]:
        if depth > MAX_DEPTH:
            detail = f"The file is damaged: it holds sequences within sequences, more than {MAX_DEPTH} deep."
            raise SetAsideError(SetAsideReason.UNREADABLE, detail)
        result: dict[str, Any] = {}
        for tag in sorted(dataset.keys()):
            if tag.element == 0 or tag.group in (0x0000, 0x0002, 0xFFFC):
                continue
            name = f"{tag:08X}"
            try:
                result[name] = self.element(dataset[tag], f"{path}/{name}", depth)
            except (SetAsideError, RecursionError):
                raise
            except Exception:  # noqa: BLE001  # a value may break its VR in any way; its bytes are kept below
                result[name] = self.unreadable(dataset.get_item(tag), f"{path}/{name}")
                self.bad.append(f"{path}/{name}")
        return result

    def element(self, element: DataElement, path: str, depth: int) -> dict[str, Any]:
        if element.VR == "SQ":
            items = [self.dataset(item, f"{path}/{index}", depth + 1) for index, item in enumerate(element.value)]
            return {"vr": "SQ", "Value": items}
        value = element.value
        if self.swapped and element.VR in _SWAPPED_VRS and isinstance(value, bytes) and len(value) % 2 == 0:
            turned = bytearray(value)
            turned[0::2], turned[1::2] = turned[1::2], turned[0::2]
            element = DataElement(element.tag, "OW", bytes(turned))
        keep = element.tag in ALWAYS_INLINE
        found: dict[str, Any] = element.to_json_dict(None if keep else lambda _: path, (INLINE_BYTES * 4) // 3)
        if " or " in found["vr"]:
            found["vr"] = "OW" if "OW" in found["vr"] else "US"
        if "Value" in found:
            found["Value"] = [_number(value) for value in found["Value"]]
        json.dumps(found, allow_nan=False).encode()
        if "BulkDataURI" in found:
            self.bulk.append(found)
        return found

    def unreadable(self, raw: Any, path: str) -> dict[str, Any]:
        value = getattr(raw, "value", None)
        if not isinstance(value, bytes) or not value:
            return {"vr": "UN"}
        if len(value) <= INLINE_BYTES:
            return {"vr": "UN", "InlineBinary": base64.b64encode(value).decode("ascii")}
        found = {"vr": "UN", "BulkDataURI": path}
        self.bulk.append(found)
        return found


def _number(value: Any) -> Any:
    """Return JSON's form of a number that is none (PS3.18 F.2.3)."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def storable_text(value: str) -> str:
    """Return text that any database takes: file names and messages may hold NUL, or bytes that are no UTF-8."""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def first(header: dict[str, Any], tag: str) -> Any:
    """Return the first value of an element of DICOM JSON, or None."""
    values = header.get(tag, {}).get("Value")
    return values[0] if values else None


def numbers(header: dict[str, Any], tag: str) -> list[float]:
    """Return the values of an element as finite numbers, or [] when any of them is none."""
    try:
        found = [float(value) for value in header.get(tag, {}).get("Value", [])]
    except (TypeError, ValueError):
        return []
    return found if all(math.isfinite(value) for value in found) else []


def text(header: dict[str, Any], tag: str) -> str:
    """Return the first value as text without padding; a person's name in its alphabetic, else other, form."""
    value = first(header, tag)
    if isinstance(value, dict):
        value = "=".join(value.get(part, "") for part in ("Alphabetic", "Ideographic", "Phonetic")).rstrip("=")
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return storable_text(str(value)).strip()
