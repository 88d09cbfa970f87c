"""QIDO-RS matching (PS3.4 C.2.2.2, PS3.18 8.3.4): from a query string to database conditions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q
from django.http import QueryDict
from pydicom.datadict import tag_for_keyword

from common.errors import InvalidError
from common.searching import fold, fold_name

MAX_RESULTS = 5_000
MAX_VALUES = 200
MAX_VALUE_LETTERS = 1_000
"""What one key may be asked for: databases bound how long a pattern and how deep a condition is."""
_CONTROL = frozenset({"limit", "offset", "after", "fuzzymatching", "includefield", "accept", "charset"})


@dataclass(frozen=True, slots=True)
class Key:
    """A searchable attribute: its level (study, series, instance), its field there, and how it is matched.

    Kinds: `text` (wildcards, case counts), `folded` (wildcards, on a folded key), `loose` (wildcards, case does not
    count), `name` (a person's name on a folded key), `uid` (list), `code` (list of values), `date`, `time`, `number`.
    """

    level: str
    column: str
    kind: str


KEYS: dict[str, Key] = {
    "00080020": Key("study", "study_date", "date"),
    "00080030": Key("study", "study_time", "time"),
    "00080050": Key("study", "accession_number", "text"),
    "00080061": Key("series", "modality", "code"),
    "00080090": Key("study", "referring_physician_key", "name"),
    "00081030": Key("study", "description_key", "folded"),
    "00100010": Key("study", "patient_name_key", "name"),
    "00100020": Key("study", "patient_id", "text"),
    "00100030": Key("study", "patient_birth_date", "date"),
    "00100040": Key("study", "patient_sex", "text"),
    "0020000D": Key("study", "study_uid", "uid"),
    "00200010": Key("study", "study_id", "text"),
    "00080060": Key("series", "modality", "code"),
    "0008103E": Key("series", "description", "loose"),
    "00180015": Key("series", "body_part", "loose"),
    "0020000E": Key("series", "series_uid", "uid"),
    "00200011": Key("series", "number", "number"),
    "00200052": Key("series", "frame_of_reference_uid", "uid"),
    "00080016": Key("instance", "sop_class_uid", "uid"),
    "00080018": Key("instance", "sop_instance_uid", "uid"),
    "00080062": Key("instance", "sop_class_uid", "uid"),
    "00083002": Key("instance", "transfer_syntax_uid", "uid"),
    "00200013": Key("instance", "number", "number"),
    "00280010": Key("instance", "rows", "number"),
    "00280011": Key("instance", "columns", "number"),
}
# Conditions on these follow the order of study lists, or hold for at most one study.
ORDERED = frozenset({"study_date"})


@dataclass(frozen=True, slots=True)
class Search:
    """A parsed query.

    Attributes
    ----------
    conditions : list of (Key, str)
        Keys with their values, to be turned into a Q by `condition`.
    include : frozenset of str
        Tags asked for beside the standard ones.
    limit, offset : int
        The page.
    fuzzy : bool
        Names match by words.
    unknown : tuple of str
        Keys that are not searched by; they are named in a Warning header.
    after : str
        Where the page before ended (see `studies.dicomweb.paging`), or empty.
    """

    conditions: list[tuple[Key, str]]
    include: frozenset[str]
    limit: int
    offset: int
    fuzzy: bool
    unknown: tuple[str, ...] = ()
    after: str = ""

    def q(self, prefixes: dict[str, str]) -> Q:
        """Return the conditions of the levels that `prefixes` maps to field prefixes, joined by and."""
        total = Q()
        for key, value in self.conditions:
            if key.level in prefixes:
                total &= condition(prefixes[key.level] + key.column, key.kind, value, fuzzy=self.fuzzy)
        return total

    def at(self, *levels: str) -> list[tuple[Key, str]]:
        """Return the conditions of these levels."""
        return [(key, value) for key, value in self.conditions if key.level in levels]

    def without(self, condition: tuple[Key, str]) -> "Search":
        """Return the search without one of its conditions."""
        return replace(self, conditions=[one for one in self.conditions if one != condition])

    def below_study(self) -> list["Search"]:
        """Return each condition on series and instances as a search of its own."""
        return [Search([one], frozenset(), 0, 0, self.fuzzy) for one in self.at("series", "instance")]


def parse_search(query: QueryDict) -> Search:
    """Read a QIDO-RS query string.

    Raises
    ------
    InvalidError
        A limit or offset that is no whole number; a date, time or number that is none.
    """
    conditions, unknown, include = [], [], []
    for name in query:
        if name.lower() in _CONTROL:
            continue
        tag = tag_of(name)
        value = ",".join(query.getlist(name)).strip()
        if tag not in KEYS:
            unknown.append(name)
        elif value not in ("", "*", '""'):
            conditions.append((KEYS[tag], value))
            condition("", KEYS[tag].kind, value)  # a value that cannot be is said at once, whatever is searched
    for value in query.getlist("includefield"):
        include += [tag_of(part.strip()) for part in value.split(",")]
    return Search(
        conditions=conditions,
        include=frozenset(include),
        limit=min(_whole(query, "limit", MAX_RESULTS), MAX_RESULTS),
        offset=_whole(query, "offset", 0),
        fuzzy=query.get("fuzzymatching", "").lower() == "true",
        unknown=tuple(unknown),
        after=query.get("after", ""),
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
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise InvalidError(f"{name} must be a whole number.", code="bad_query", fields={name: text})
    return int(text)


def condition(column: str, kind: str, value: str, *, fuzzy: bool = False) -> Q:
    """Return the condition for one key.

    Raises
    ------
    InvalidError
        A number, date or time that is none; more values, or longer ones, than can be searched by.
    """
    if kind == "uid":
        return Q(**{f"{column}__in": [part for part in re.split(r"[,\\]", value) if part]})
    if kind in _MOMENTS:
        return _between(column, kind, value)
    if kind == "number":
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise InvalidError(f"{value!r} is not a whole number.", code="bad_query")
        return Q(**{column: int(value)})
    if kind == "name":
        return _name(column, value, fuzzy=fuzzy)
    if kind == "code":
        return _codes(column, _bounded([part for part in re.split(r"[,\\]", value) if part]))
    parts = _bounded(value.split("\\"))
    if kind == "loose":
        return _any(_loose(column, part) for part in parts)
    return _any(_text(column, fold(part) if kind == "folded" else part) for part in parts)


def _bounded(values: list[str]) -> list[str]:
    if len(values) > MAX_VALUES or any(len(one) > MAX_VALUE_LETTERS for one in values):
        message = f"A key takes up to {MAX_VALUES} values or words, each of up to {MAX_VALUE_LETTERS:,} letters."
        raise InvalidError(message, code="bad_query")
    return values


def _any(parts: Iterable[Q]) -> Q:
    total = Q()
    for part in parts:
        total |= part
    return total


_MOMENTS = {"date": re.compile(r"[0-9]{8}"), "time": re.compile(r"[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?")}


def _between(column: str, kind: str, value: str) -> Q:
    """Dates and times: a value, or a range open at either end; they compare as text."""
    bounds = [part.strip() for part in value.split("-")]
    form = _MOMENTS[kind]
    if len(bounds) > 2 or not any(bounds) or not all(form.fullmatch(part) for part in bounds if part):
        wanted = "YYYYMMDD" if kind == "date" else "HHMMSS"
        raise InvalidError(f"{value!r} is no {kind}: write {wanted}, or two of them with - between.", code="bad_query")
    if len(bounds) == 1:
        return Q(**{column: bounds[0]})
    low, high = bounds
    found = Q() if low else ~Q(**{column: ""})
    if low:
        found &= Q(**{f"{column}__gte": low})
    if high:  # 20200131 includes all of it, as 1030 includes 103059.99; letters come after digits in every collation
        found &= Q(**{f"{column}__lte": f"{high}z"})
    return found


def _codes(column: str, values: list[str]) -> Q:
    """Code strings: one of a list, wildcards allowed (PS3.18 takes them for ModalitiesInStudy too)."""
    plain = [value for value in values if not re.search(r"[*?]", value)]
    found = _any(Q(**{f"{column}__wildcard": value}) for value in values if value not in plain)
    return found | Q(**{f"{column}__in": plain}) if plain else found


def _text(column: str, value: str) -> Q:
    """Exact, or with the wildcards * and ?."""
    return Q(**{f"{column}__wildcard" if re.search(r"[*?]", value) else column: value})


def _loose(column: str, value: str) -> Q:
    """Exact or with wildcards, in any case, on a column that has no folded key."""
    return Q(**{f"{column}__loose_wildcard" if re.search(r"[*?]", value) else f"{column}__iexact": value})


def _name(column: str, value: str, *, fuzzy: bool) -> Q:
    """Names match without case and accents, and in any of their writings (alphabetic, ideographic, phonetic).

    The first writing is found by an index. The others are looked through when the value has letters that the first
    writing seldom has. Fuzzy: every word occurs somewhere, in any order.
    """
    if fuzzy:
        total = Q()
        for word in _bounded(re.split(r"[\s^=*?,]+", fold(value))):
            if word:
                total &= Q(**{f"{column}__wildcard": f"*{word}*"})
        return total
    folded = fold_name(*_bounded([value]))
    if not folded.strip("*"):
        return Q()
    found = _text(column, folded)
    if "=" not in folded:
        if not folded.endswith("*"):
            found |= Q(**{f"{column}__wildcard": f"{folded}=*"})
        if not folded.isascii():
            found |= Q(**{f"{column}__wildcard": f"*={folded}"}) | Q(**{f"{column}__wildcard": f"*={folded}=*"})
    return found
