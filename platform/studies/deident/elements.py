"""Elements as they lie in a file: kinds of value, dummies, and reading without changing what is stored."""

import re
from functools import cache
from typing import Any

from pydicom.datadict import dictionary_has_tag, dictionary_keyword, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from studies.deident.words import REMOVED

TEXT = frozenset({"LO", "SH", "LT", "ST", "UT", "UC", "AE", "UR"})
DATES = frozenset({"DA", "TM", "DT"})
BINARY_NUMBERS = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"})
BULK = frozenset({"OB", "OW", "OF", "OD", "OL", "OV"})
DUMMY: dict[str, Any] = {
    **dict.fromkeys(("PN", "AE", "CS", "LO", "SH", "LT", "ST", "UT", "UC"), REMOVED),
    "UR": "https://removed.invalid",
    "AS": "000Y",
    "DA": "19000101",
    "TM": "000000",
    "DT": "19000101000000",
    **dict.fromkeys(("DS", "IS"), "0"),
    **dict.fromkeys(BINARY_NUMBERS, 0),
    **dict.fromkeys(("OB", "OW", "OF", "OD", "OL", "OV", "UN"), bytes(8)),
}
_PROSE = re.compile(
    r"Description|Comment|Name|Label|Reason|Text|Notes|Explanation|Organization|ImageID|TrackingID|Function$"
)
_TECHNICAL = frozenset({0x00081090, 0x00209421, 0x00189005, 0x00620009, 0x00409210, 0x00283003, 0x00281055, 0x00180024})
"""Model, dimension, pulse sequence, algorithm, lookup table: written by software, needed to understand the pixels."""


@cache
def is_prose(tag: int) -> bool:
    """Say whether an attribute outside the table is written by people rather than by rule, going by its name."""
    return tag not in _TECHNICAL and bool(_PROSE.search(dictionary_keyword(tag)))


def name_of(tag: Any) -> str:
    """Return an attribute's tag as (gggg,eeee)."""
    return f"({tag.group:04X},{tag.element:04X})"


def vr_of(dataset: Dataset, tag: Any) -> str:
    """Return an element's VR without reading its value; the dictionary's where the file does not say."""
    item = dataset.get_item(tag)
    vr = str(getattr(item, "VR", None) or "UN")
    if vr == "UN" and not tag.is_private and dictionary_has_tag(tag):
        vr = dictionary_VR(tag)
        if isinstance(item, RawDataElement) and item.length == 0xFFFFFFFF:
            vr = "SQ"
    if vr == "UN" and isinstance(getattr(item, "value", None), Sequence):
        return "SQ"
    if " or " in vr:
        vr = "OW" if "OW" in vr or "OB" in vr else "US"
    return vr


def element_of(dataset: Dataset, tag: Any) -> DataElement | None:
    """Return an element's value decoded, leaving the stored bytes of the data set as they are (but for sequences)."""
    item = dataset.get_item(tag)
    if isinstance(item, RawDataElement) and item.VR not in ("SQ", None, "UN"):
        return convert_raw_data_element(item, encoding=dataset._character_set, ds=dataset)
    return dataset[tag]


def values_of(element: DataElement) -> list[Any]:
    """Return the values of an element, one or many, as a list."""
    value = element.value
    return list(value) if isinstance(value, (list, tuple)) or type(value).__name__ == "MultiValue" else [value]


def empty_of(vr: str) -> Any:
    """Return the value of zero length of a VR."""
    return b"" if vr in BULK or vr == "UN" else (None if vr in BINARY_NUMBERS or vr in ("DS", "IS") else "")
