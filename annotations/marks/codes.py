"""Codes for what a segment shows: the lists that DICOM names for it, searched by words."""

import re
from dataclasses import dataclass
from functools import lru_cache

from annotations.marks.dicom.types import Code

MOST = 30
"""So many answers at most."""

_ABNORMAL = Code("SCT", "49755003", "Morphologically Abnormal Structure")
_ANATOMY = Code("SCT", "123037004", "Anatomical Structure")
_TISSUE = Code("SCT", "85756007", "Tissue")
_OBJECT = Code("SCT", "260787004", "Physical object")

_LISTS = ((7159, _ABNORMAL), (7192, _ANATOMY), (7191, _TISSUE), (7193, _OBJECT))
"""Context groups of segmentation property types (DICOM PS3.16 annex B); a code in several is of the first."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Something that can be segmented, and the category that it belongs to."""

    type: Code
    category: Code


@lru_cache(maxsize=1)
def structures() -> tuple[Structure, ...]:
    """Return every structure of the lists, by name. pydicom carries the lists; nothing is asked of the network."""
    from pydicom.sr.codedict import codes

    found: dict[tuple[str, str], Structure] = {}
    for number, category in _LISTS:
        group = getattr(codes, f"cid{number}")
        for keyword in group.dir():
            code = getattr(group, keyword)
            key = (code.scheme_designator, code.value)
            found.setdefault(key, Structure(Code(*key, code.meaning), category))
    return tuple(sorted(found.values(), key=lambda one: one.type.meaning.casefold()))


def find_structures(text: str) -> list[Structure]:
    """Return the structures whose name holds every word, or whose code is the text; the best first, MOST of them.

    Best is the whole name, then a name that begins so, then one where each word begins a word, then the rest.
    """
    words = re.findall(r"\w+", text.casefold())
    if not words:
        return []
    ranked = [(rank, len(one.type.meaning), one) for one in structures() if (rank := _rank(one, words)) is not None]
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])[:MOST]]


def _rank(structure: Structure, words: list[str]) -> int | None:
    name = structure.type.meaning.casefold()
    parts = re.findall(r"\w+", name)
    whole = " ".join(words)
    if " ".join(parts) == whole or structure.type.value.casefold() == whole:
        return 0
    if name.startswith(whole):
        return 1
    if all(any(part.startswith(word) for part in parts) for word in words):
        return 2
    return 3 if all(word in name for word in words) else None
