"""QIDO-RS matching (PS3.4 C.2.2.2, PS3.18 8.3.4): from a query string to database conditions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict
from pydicom.datadict import tag_for_keyword

from common.errors import InvalidError

MAX_RESULTS = 5_000
_CONTROL = frozenset({"limit", "offset", "fuzzymatching", "includefield", "accept", "charset"})


@dataclass(frozen=True, slots=True)
class Key:
    """A searchable attribute: its level (study, series, instance), its field there, and how it is matched."""

    level: str
    column: str
    kind: str


KEYS: dict[str, Key] = {
    "00080020": Key("study", "study_date", "range"),
    "00080030": Key("study", "study_time", "range"),
    "00080050": Key("study", "accession_number", "text"),
    "00080061": Key("series", "modality", "modality"),
    "00080090": Key("study", "referring_physician", "name"),
    "00081030": Key("study", "description", "loose"),
    "00100010": Key("study", "patient_name", "name"),
    "00100020": Key("study", "patient_id", "text"),
    "00100030": Key("study", "patient_birth_date", "range"),
    "00100040": Key("study", "patient_sex", "text"),
    "0020000D": Key("study", "study_uid", "uid"),
    "00200010": Key("study", "study_id", "text"),
    "00080060": Key("series", "modality", "text"),
    "0008103E": Key("series", "description", "loose"),
    "00180015": Key("series", "body_part", "loose"),
    "0020000E": Key("series", "series_uid", "uid"),
    "00200011": Key("series", "number", "number"),
    "00200052": Key("series", "frame_of_reference_uid", "uid"),
    "00080016": Key("instance", "sop_class_uid", "uid"),
    "00080018": Key("instance", "sop_instance_uid", "uid"),
    "00083002": Key("instance", "transfer_syntax_uid", "uid"),
    "00200013": Key("instance", "number", "number"),
    "00280010": Key("instance", "rows", "number"),
    "00280011": Key("instance", "columns", "number"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """A parsed query.

    Attributes
    ----------
    conditions : list of (Key, Q builder input)
        Keys with their values, to be turned into a Q by `condition`.
    include : frozenset of str
        Tags asked for beside the standard ones.
    limit, offset : int
        The page.
    fuzzy : bool
        Names match by words.
    unknown : tuple of str
        Keys that are not searched by; they are named in a Warning header.
    """

    conditions: list[tuple[Key, str]]
    include: frozenset[str]
    limit: int
    offset: int
    fuzzy: bool
    unknown: tuple[str, ...]

    def q(self, prefixes: dict[str, str]) -> Q:
        """Return the conditions of the levels that `prefixes` maps to field prefixes, joined by and."""
        total = Q()
        for key, value in self.conditions:
            if key.level in prefixes:
                total &= condition(prefixes[key.level] + key.column, key.kind, value, fuzzy=self.fuzzy)
        return total

    @property
    def levels(self) -> frozenset[str]:
        """Levels that conditions are set on."""
        return frozenset(key.level for key, _ in self.conditions)


def parse_search(query: QueryDict) -> Search:
    """Read a QIDO-RS query string.

    Raises
    ------
    InvalidError
        A limit or offset that is no whole number.
    """
    conditions, unknown, include = [], [], []
    for name in query:
        if name.lower() in _CONTROL:
            continue
        tag = tag_of(name)
        value = ",".join(query.getlist(name)).strip()
        if tag not in KEYS:
            unknown.append(name)
        elif value not in ("", "*"):
            conditions.append((KEYS[tag], value))
    for value in query.getlist("includefield"):
        include += [tag_of(part.strip()) for part in value.split(",")]
    return Search(
        conditions=conditions,
        include=frozenset(include),
        limit=min(_whole(query, "limit", MAX_RESULTS), MAX_RESULTS),
        offset=_whole(query, "offset", 0),
        fuzzy=query.get("fuzzymatching", "").lower() == "true",
        unknown=tuple(unknown),
    )


def tag_of(name: str) -> str:
    """Return eight hexadecimal digits for a tag or keyword; what is neither comes back as it is."""
    if re.fullmatch(r"[0-9A-Fa-f]{8}", name):
        return name.upper()
    tag = tag_for_keyword(name)
    return f"{tag:08X}" if tag is not None else name


def _whole(query: QueryDict, name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9:
        raise InvalidError(f"{name} must be a whole number.", code="bad_query", fields={name: text})
    return int(text)


def condition(column: str, kind: str, value: str, *, fuzzy: bool = False) -> Q:
    """Return the condition for one key.

    Raises
    ------
    InvalidError
        A number that is none.
    """
    if kind == "uid":
        return Q(**{f"{column}__in": [part for part in re.split(r"[,\\]", value) if part]})
    if kind == "range":
        return _between(column, value)
    if kind == "number":
        if not re.fullmatch(r"-?\d{1,9}", value):
            raise InvalidError(f"{value!r} is not a whole number.", code="bad_query")
        return Q(**{column: int(value)})
    if kind == "name":
        return _name(column, value, fuzzy=fuzzy)
    return _any(_text(column, part, loose=kind == "loose") for part in value.split("\\"))


def _any(parts: Iterable[Q]) -> Q:
    total = Q()
    for part in parts:
        total |= part
    return total


def _between(column: str, value: str) -> Q:
    """Dates and times: a value, or a range open at either end; they compare as text."""
    if "-" not in value:
        return Q(**{column: value})
    low, _, high = value.partition("-")
    found = ~Q(**{column: ""})
    if low.strip():
        found &= Q(**{f"{column}__gte": low.strip()})
    if high.strip():  # 20200131 includes all of it, as 1030 includes 103059.99
        found &= Q(**{f"{column}__lte": high.strip() + "~"})
    return found


def _text(column: str, value: str, *, loose: bool) -> Q:
    """Exact, or with the wildcards * and ?; `loose` ignores case."""
    sign = "i" if loose else ""
    if not re.search(r"[*?]", value):
        return Q(**{f"{column}__{'iexact' if loose else 'exact'}": value})
    inner = value.strip("*")
    if inner and not re.search(r"[*?]", inner):
        if value.startswith("*") and value.endswith("*"):
            return Q(**{f"{column}__{sign}contains": inner})
        if value.endswith("*"):
            return Q(**{f"{column}__{sign}startswith": inner})
        return Q(**{f"{column}__{sign}endswith": inner})
    pattern = "".join(".*" if one == "*" else "." if one == "?" else re.escape(one) for one in value)
    return Q(**{f"{column}__{sign}regex": f"^{pattern}$"})


def _name(column: str, value: str, *, fuzzy: bool) -> Q:
    """Names ignore case and match in any of their writings (alphabetic, ideographic, phonetic)."""
    if fuzzy:
        total = Q()
        for word in re.split(r"[\s^=*?,]+", value):
            if word:
                total &= Q(**{f"{column}__icontains": word})
        return total
    found = _text(column, value, loose=True)
    if not re.search(r"[*?]", value):
        found |= Q(**{f"{column}__istartswith": f"{value}="}) | Q(**{f"{column}__icontains": f"={value}"})
    return found
