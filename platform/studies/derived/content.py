"""Reading DICOM JSON that may be damaged, and saying what was damaged."""

from dataclasses import dataclass, field
from typing import Any

from studies.dicomfile.metadata import numbers, storable_text, text
from studies.types import Finding, SeriesKind

MAX_FINDINGS = 50
MAX_REFERENCES = 50_000
MAX_DEPTH = 60
UID_LENGTH = 64
MAX_WALKED = 2_000_000

SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"
LABEL_MAP = "1.2.840.10008.5.1.4.1.1.66.7"
STRUCTURE_SET = "1.2.840.10008.5.1.4.1.1.481.3"
RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"
RT_PLANS = ("1.2.840.10008.5.1.4.1.1.481.5", "1.2.840.10008.5.1.4.1.1.481.8")
PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"
REAL_WORLD_VALUES = "1.2.840.10008.5.1.4.1.1.67"
REPORTS = "1.2.840.10008.5.1.4.1.1.88."
PRESENTATION_STATES = "1.2.840.10008.5.1.4.1.1.11."


def kind_of(sop_class_uid: str, *, frames: int) -> SeriesKind:
    """Return what an instance of a SOP class is."""
    exact = {
        SEGMENTATION: SeriesKind.SEGMENTATION,
        LABEL_MAP: SeriesKind.SEGMENTATION,
        STRUCTURE_SET: SeriesKind.STRUCTURES,
        PARAMETRIC_MAP: SeriesKind.PARAMETRIC,
        REAL_WORLD_VALUES: SeriesKind.PARAMETRIC,
        RT_DOSE: SeriesKind.OTHER,
    }
    if sop_class_uid in exact:
        return exact[sop_class_uid]
    if sop_class_uid.startswith(REPORTS):
        return SeriesKind.REPORT
    if sop_class_uid.startswith(PRESENTATION_STATES):
        return SeriesKind.PRESENTATION
    return SeriesKind.IMAGE if frames else SeriesKind.OTHER


@dataclass(slots=True)
class Notes:
    """Findings as they are gathered: each sentence once, and not without end."""

    found: list[dict[str, str]] = field(default_factory=list)

    def add(self, code: Finding, detail: str) -> None:
        """Keep a finding."""
        finding = {"code": str(code), "detail": storable_text(detail)[:500]}
        if finding not in self.found and len(self.found) < MAX_FINDINGS:
            self.found.append(finding)


@dataclass(frozen=True, slots=True)
class Spot:
    """A plane that something lies in: a point of it and its unit normal, LPS millimetres."""

    point_lps: tuple[float, float, float]
    normal: tuple[float, float, float]


@dataclass(slots=True)
class Described:
    """What one object says.

    Attributes
    ----------
    label : str
        Its name in a list.
    summary : dict
        What a person is shown; the shape depends on the kind.
    references : dict
        SOP Instance UIDs that it names → the Series Instance UID it says they are of ("": it does not say).
    series_uids : set of str
        Series that it names, with or without instances.
    """

    label: str = ""
    summary: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    series_uids: set[str] = field(default_factory=set)
    notes: Notes = field(default_factory=Notes)


def items(dataset: Any, tag: str) -> list[dict[str, Any]]:
    """Return the items of a sequence; what is no item is left out."""
    element = dataset.get(tag) if isinstance(dataset, dict) else None
    values = element.get("Value") if isinstance(element, dict) else None
    return [item for item in values if isinstance(item, dict)] if isinstance(values, list) else []


def item(dataset: Any, tag: str) -> dict[str, Any]:
    """Return the first item of a sequence, or an empty one."""
    found = items(dataset, tag)
    return found[0] if found else {}


def integer(dataset: dict[str, Any], tag: str) -> int | None:
    """Return a whole number, or None."""
    values = numbers(dataset, tag)
    return int(values[0]) if values and abs(values[0]) < 1 << 53 else None


def number(dataset: dict[str, Any], tag: str) -> float | None:
    """Return a finite number, or None."""
    values = numbers(dataset, tag)
    return values[0] if values else None


def words(dataset: dict[str, Any], tag: str, length: int = 200) -> str:
    """Return text of bounded length."""
    return text(dataset, tag)[:length]


def code_of(dataset: dict[str, Any], tag: str) -> dict[str, str] | None:
    """Return the code in a sequence as {value, scheme, meaning}, or None."""
    found = item(dataset, tag)
    value = words(found, "00080100", 64) or words(found, "00080119", 64) or words(found, "00080120", 200)
    meaning = words(found, "00080104", 64)
    if not value and not meaning:
        return None
    return {"value": value, "scheme": words(found, "00080102", 16), "meaning": meaning}


def meaning(dataset: dict[str, Any], tag: str) -> str:
    """Return what a code means, in its own words."""
    code = code_of(dataset, tag)
    return code["meaning"] or code["value"] if code else ""


def gather_references(header: dict[str, Any], described: Described) -> None:
    """Collect the instances and series that an object names anywhere; depth and number are bounded."""
    waiting: list[tuple[dict[str, Any], int, str]] = [(header, 0, "")]
    seen = 0
    while waiting and seen < MAX_WALKED:
        here, depth, series = waiting.pop()
        seen += 1
        if depth:
            series = text(here, "0020000E")[:UID_LENGTH] or series
            uid = text(here, "00081155")[:UID_LENGTH]
            if series:
                described.series_uids.add(series)
            if uid and (described.references.get(uid) == "" or len(described.references) < MAX_REFERENCES):
                described.references[uid] = series or described.references.get(uid, "")
        if depth < MAX_DEPTH:
            for tag, element in here.items():
                if isinstance(element, dict) and element.get("vr") == "SQ":
                    waiting.extend((child, depth + 1, series) for child in items(here, tag))
    if len(described.references) >= MAX_REFERENCES:
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"It refers to more than {MAX_REFERENCES:,} instances.")
