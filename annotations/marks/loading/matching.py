"""Which label of a project a segment of a file is. Pure functions."""

from collections.abc import Sequence

from annotations.marks.dicom.types import Code
from annotations.marks.loading.types import FoundSegment, Matched
from annotations.marks.models import Label

SAYING_LITTLE = {"85756007", "123037004", "91723000", "91772007", "49755003"}
"""Tissue, anatomical structure, organ, altered structure: codes of many things, which tell nothing apart."""


def plain(name: str) -> str:
    """Return a name as it is compared: without capitals and underscores."""
    return " ".join(name.replace("_", " ").casefold().split())


def match_segments(segments: Sequence[FoundSegment], labels: Sequence[Label], *, by_value: bool) -> list[Matched]:
    """Return each segment with its label: of the same code, else of the same name, else none.

    A code that several labels bear, or that says little, needs the name besides. In label maps without any names
    (`by_value`) a value goes to the label of that value.
    """
    return [_matched(segment, labels, by_value=by_value) for segment in segments]


def _matched(segment: FoundSegment, labels: Sequence[Label], *, by_value: bool) -> Matched:
    found, by = match_label(segment.name, segment.code, labels), ""
    if found is not None:
        by = found[1]
        return Matched(segment, found[0].value, by)
    if by_value and not segment.name:
        same = next((label for label in labels if label.value == segment.number), None)
        return Matched(segment, same.value if same else None, "value" if same else "")
    return Matched(segment, None, "")


def match_label(name: str, code: Code | None, labels: Sequence[Label]) -> tuple[Label, str] | None:
    """Return the label of a code or name, and by which of the two it was found; None: there is none."""
    same_code = [
        label for label in labels if code is not None and (label.type_scheme, label.type_code) == _modern(code)
    ]
    named = next((label for label in same_code if plain(label.name) == plain(name)), None)
    if named is not None:
        return named, "code"
    if len(same_code) == 1 and code is not None and code.value not in SAYING_LITTLE:
        return same_code[0], "code"
    named = next((label for label in labels if name and plain(label.name) == plain(name)), None)
    return (named, "name") if named is not None else None


def _modern(code: Code) -> tuple[str, str]:
    """Return scheme and value of a code; SNOMED CT has had several names in DICOM."""
    scheme = "SCT" if code.scheme.upper() in ("SCT", "SNOMED-CT", "SNOMED_CT") else code.scheme
    return scheme, code.value
