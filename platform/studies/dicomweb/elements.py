"""DICOM JSON of search answers, written as text at once: a page of it is made in the time that its dicts would take.

An element is the text of one member of a JSON object, `"00100020":{"vr":"LO","Value":["P1"]}`. Elements of an answer
lie in a dict by tag, so that what is said twice is said once, by whoever says it last; text of several elements may lie
there under a word.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

Elements = dict[str, str]
Row = Sequence[Any]


class Attribute(NamedTuple):
    """How an attribute is written: what stands before its value, all of it without one, which value is none besides
    None, and how a value becomes text."""

    tag: str
    head: str
    empty: str
    silent: str | int
    text: Callable[[Any], str]


Table = tuple[Attribute, ...]


def element(vr: str, *values: Any) -> dict[str, Any]:
    """Return the value of an element as an object; empty values leave it empty."""
    kept = [value for value in values if value not in ("", None)]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _name(text: str) -> str:
    """Return a person's name by its writings (PS3.18 F.2.2)."""
    writings = zip(("Alphabetic", "Ideographic", "Phonetic"), text.split("="), strict=False)
    return "{" + ",".join(f'"{key}":{quoted(part)}' for key, part in writings if part) + "}"


_ALWAYS = {tag: json.dumps({tag: element("CS", value)}, separators=(",", ":"))[1:-1] for tag, value in (
    ("00080005", "ISO_IR 192"), ("00080056", "ONLINE"),
)}  # fmt: skip
_TEXT: dict[str, Callable[[Any], str]] = {"PN": _name, "IS": str, "US": str}


def _table(*rows: tuple[str, str, str]) -> tuple[Table, tuple[str, ...]]:
    """Return how attributes are written, and their columns, from (tag, VR, column).

    Texts are quoted, numbers are not, names are taken apart. A VR with * is of a count, of which nothing is said when
    it is 0.
    """
    table = []
    for tag, vr, _ in rows:
        empty = f'"{tag}":{{"vr":"{vr[:2]}"'
        silent: str | int = 0 if vr.endswith("*") else ""
        table.append(Attribute(tag, f'{empty},"Value":[', f"{empty}}}", silent, _TEXT.get(vr[:2], quoted)))
    return tuple(table), tuple(column for _, _, column in rows)


# What is said of a study in every answer (PS3.18 table 10.6.3-3). The UID comes first in each table.
_STUDY, STUDY_COLUMNS = _table(
    ("0020000D", "UI", "study_uid"),
    ("00080020", "DA", "study_date"),
    ("00080030", "TM", "study_time"),
    ("00080050", "SH", "accession_number"),
    ("00080090", "PN", "referring_physician"),
    ("00081030", "LO", "description"),
    ("00100010", "PN", "patient_name"),
    ("00100020", "LO", "patient_id"),
    ("00100030", "DA", "patient_birth_date"),
    ("00100040", "CS", "patient_sex"),
    ("00200010", "SH", "study_id"),
)
# Of a series (PS3.18 table 10.6.3-4).
_SERIES, SERIES_COLUMNS = _table(
    ("0020000E", "UI", "series_uid"),
    ("00080060", "CS", "modality"),
    ("0008103E", "LO", "description"),
    ("00180015", "CS", "body_part"),
    ("00200011", "IS", "number"),
    ("00200052", "UI", "frame_of_reference_uid"),
    ("00201209", "IS", "instance_count"),
)
# Of an instance (PS3.18 table 10.6.3-5).
_INSTANCE, INSTANCE_COLUMNS = _table(
    ("00080018", "UI", "sop_instance_uid"),
    ("00080016", "UI", "sop_class_uid"),
    ("00083002", "UI", "transfer_syntax_uid"),
    ("00200013", "IS", "number"),
    ("00280008", "IS*", "frame_count"),
    ("00280010", "US*", "rows"),
    ("00280011", "US*", "columns"),
    ("00280100", "US*", "bits_allocated"),
)


def _elements(table: Table, row: Row, address: str) -> Elements:
    """Return the elements of a row; a loop without calls, as it runs some thousand times for a page."""
    found = dict(_ALWAYS)
    for (tag, head, empty, silent, text), value in zip(table, row, strict=True):
        found[tag] = empty if value is None or value == silent else f"{head}{text(value)}]}}"
    found["00081190"] = f'"00081190":{{"vr":"UR","Value":[{quoted(address)}]}}'
    return found


def study_elements(row: Row, *, root: str) -> Elements:
    """Return what is said of a study; `row` holds its STUDY_COLUMNS."""
    return _elements(_STUDY, row, f"{root}/studies/{row[0]}")


@lru_cache(maxsize=4096)
def study_text(row: Row, root: str) -> str:
    """Return the same as text: whoever asks, lists hold the same studies again and again."""
    return ",".join(study_elements(row, root=root).values())


def series_elements(row: Row, *, address: str, study_uid: str) -> Elements:
    """Return what is said of the series at `address`; `row` holds its SERIES_COLUMNS."""
    return _elements(_SERIES, row, address) | {"0020000D": _uid("0020000D", study_uid)}


def _uid(tag: str, uid: str) -> str:
    return f'"{tag}":{{"vr":"UI","Value":[{quoted(uid)}]}}'


def uid_elements(*, study_uid: str, series_uid: str) -> Elements:
    """Return the UIDs of an instance's study and series."""
    return {"0020000D": _uid("0020000D", study_uid), "0020000E": _uid("0020000E", series_uid)}


def instance_elements(row: Row, *, address: str) -> Elements:
    """Return what is said of an instance of the series at `address`; `row` holds its INSTANCE_COLUMNS."""
    return _elements(_INSTANCE, row, f"{address}/instances/{row[0]}")


@lru_cache(maxsize=1024)
def total_text(modalities: tuple[str, ...], series: int, instances: int) -> str:
    """Return what is counted over the visible series of a study, as text."""
    listed = ",".join([quoted(one) for one in modalities if one])
    found = f'"00080061":{{"vr":"CS","Value":[{listed}]}}' if listed else '"00080061":{"vr":"CS"}'
    return f'{found},"00201206":{{"vr":"IS","Value":[{series}]}},"00201208":{{"vr":"IS","Value":[{instances}]}}'


def header_elements(header: Mapping[str, Any]) -> Elements:
    """Return elements of a header, which are objects."""
    return {tag: f'"{tag}":{json.dumps(one, ensure_ascii=False, separators=(",", ":"))}' for tag, one in header.items()}


def array_of(answers: Iterable[Elements]) -> bytes:
    """Return a JSON array of answers, in UTF-8."""
    return f"[{','.join(['{' + ','.join(one.values()) + '}' for one in answers])}]".encode()
