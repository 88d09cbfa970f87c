"""Find a page of studies fast, whoever asks and whatever for, on databases that plan well and on those that do not.

There are several ways to a page, and none is best for all: walk the list from its newest study and keep what fits
(good when much fits), collect what fits and sort it (good when little fits), begin with the few studies that the actor
can see at all, or walk an index that holds the list of one modality or one team alone. Bounded counts say which. The
conditions and the visible set are applied in full in each of them, so that the way decides about time alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.policies import is_administrator
from common.searching import AsStored, StoredId, id_of, moment_of, stored_id
from studies.dicomweb.elements import STUDY_COLUMNS
from studies.dicomweb.matching import ORDERED, Key, Search
from studies.dicomweb.paging import NEWEST_FIRST, ORDER, PLACES, Place, place_of
from studies.models import Instance, InstanceHeader, Series, Study
from studies.pixels import unpack_header
from studies.policies import VisiblePart
from studies.selectors import visible_parts

FEW = 8_000  # so many studies are collected and sorted in some 20 ms
LONG_WALK = 300  # so many studies, and later up to four times as many, are asked about at once
DEEP = 3_000  # beyond so many a page by number is found by one long question
Sets = Sequence[QuerySet[Any]]  # alternatives: a row with the study in one of them will do
COLUMNS: Sequence[str | AsStored] = (AsStored("pk"), AsStored("created_at"), *STUDY_COLUMNS)
MINE = 1_000  # an actor who sees fewer studies is served from those

# Attributes of patient and study that no column holds (PS3.3 C.7.1.1, C.7.2.1, C.7.2.2): from a header, when asked for.
_STUDY_TAGS = frozenset(
    {
        *("00080051", "00080201", "00081032", "00081040", "00081048", "00081060", "00081080", "00081110"),
        *("00100021", "00100022", "00100032", "00101000", "00101001", "00101010", "00101020", "00101030"),
        *("00101040", "00102160", "001021B0", "00104000", "00120040", "00120050", "00120062", "00120063"),
        *("0032000A", "00321032", "00321060", "00380010", "00380060", "00400244", "00401001"),
    }
)


@dataclass(frozen=True, slots=True)
class StudiesPage:
    """One page of studies, whether more come after it, and where it ended.

    `studies` maps the id of each, as it is stored, to what its STUDY_COLUMNS hold.
    `seen` are the sets that together are what the actor sees.
    """

    studies: dict[StoredId, tuple[Any, ...]]
    more: bool
    end: Place | None
    seen: Sequence[QuerySet[Series]]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where to look: rows of studies, or of what belongs to one, in the order of lists.

    Attributes
    ----------
    rows : QuerySet
        Sorted; those of series have a study once for each of them.
    below : list of Sets
        What each study is to have a series of.
    at_once : bool
        Whether the database may be asked about `below` of all rows in one question: when they are at most MINE, or
        come in the order of the list without being sorted.
    order : tuple of str
        What they are sorted by, falling: names for the parts of a Place.
    """

    rows: QuerySet[Any]
    below: list[Sets]
    at_once: bool = True
    order: tuple[str, ...] = ORDER

    def beyond(self, place: Place) -> "Walk":
        """Return the rest of the way, after a place."""
        return replace(self, rows=place.beyond(self.rows, self.order))

    def places(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the places of rows of this way, each once."""
        found = rows.values_list(*self.order)
        return found.distinct() if rows.model is Series else found


def studies_page(*, actor: User, search: Search, asked: str) -> StudiesPage:
    """Return the studies that match, newest first.

    Parameters
    ----------
    actor : User
        Whose visible series count.
    search : Search
        The parsed query.
    asked : str
        The query without its page, by which this process remembers where pages ended.
    """
    key = f"{actor.pk}\0{asked}"
    place = place_of(search.after) if search.after else PLACES.find(key, search.offset)
    skip = 0 if place is not None and not search.after else search.offset
    parts = visible_parts(actor=actor)
    walk = _walk(search, parts, everything=is_administrator(actor))
    if place is not None:
        walk = walk.beyond(place)
    if not walk.below and walk.rows.query.order_by == NEWEST_FIRST and skip <= DEEP:
        found = list(walk.rows.values_list(*COLUMNS)[skip : skip + search.limit + 1])
        studies, more = found[: search.limit], len(found) > search.limit
    else:
        ids = _those_seen(walk, skip=skip, wanted=search.limit + 1)
        studies, more = _rows_of(ids[: search.limit]), len(ids) > search.limit
    seen = [part.seen for part in parts]
    if not studies:
        return StudiesPage({}, more, None, seen)
    key_of_last, created, _, date, *_ = studies[-1]  # STUDY_COLUMNS begin with UID and date
    end = Place(date, moment_of(created), id_of(key_of_last))
    if not search.after:
        PLACES.keep(key, search.offset + search.limit, end)
    return StudiesPage({row[0]: row[2:] for row in studies}, more, end, seen)


def _rows_of(ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """Return the rows of these studies in this order; one may have been deleted in between."""
    if not ids:
        return []
    found = {row[0]: row for row in Study.objects.filter(pk__among=ids).order_by().values_list(*COLUMNS)}
    return [found[pk] for pk in map(stored_id, ids) if pk in found]


def _walk(search: Search, parts: Sequence[VisiblePart], *, everything: bool) -> Walk:
    """Return the way that is likely to be fast; `everything` says that the actor sees all there is."""
    if not search.conditions and len(parts) == 1 and parts[0].listed is not None:
        return Walk(parts[0].listed.order_by(*_newest_first(_COPIED)), [], order=_COPIED)
    below = _below(parts, search, everything=everything)
    rows = Study.objects.filter(search.q({"study": ""}))
    mine = None if everything else _few_visible(parts)
    if mine is not None:
        return Walk(rows.filter(pk__among=mine).order_by(*_SORTED), below)
    texts = [key for key, _ in search.at("study") if key.column not in ORDERED]
    # One key that an index begins with: the index holds the order too, so that even many matches are sorted fast.
    if len(texts) == 1 and texts[0].column in _INDEXED:
        return Walk(rows.order_by(*_SORTED), below, at_once=False)
    if texts:
        ids = list(rows.order_by().values_list("pk", flat=True)[: MINE + 1])
        few = len(ids) <= MINE
        return Walk(
            Study.objects.filter(pk__among=ids).order_by(*_SORTED) if few else rows.order_by(*NEWEST_FIRST), below
        )
    modality = _rarest(search)
    if modality is not None:
        with_it = Series.objects.filter(search.q({"study": ""}), modality=modality[1]).order_by(*_newest_first(_COPIED))
        below = _below(parts, search.without(modality), everything=True) if everything else below
        return Walk(with_it, below, at_once=False, order=_COPIED)
    # Whatever is visible of them is asked later, by the page: asked of all at once it takes PostgreSQL a hash of every
    # grant.
    sets = next((one for one in _series_sets(Series.objects.all(), search) if _is_few(one)), None)
    if sets is not None:
        return Walk(rows.filter(pk__in=sets.order_by().values("study")).order_by(*_SORTED), below, at_once=False)
    return Walk(rows.order_by(*NEWEST_FIRST), below)


def _newest_first(order: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"-{name}" for name in order)


_COPIED = ("study_date", "study_created_at", "study_id")  # what series and teams' studies have of the order of lists
_INDEXED = frozenset(index.fields[0] for index in Study._meta.indexes)
# The same order, by expressions that no index holds: the database then collects by another index and sorts.
_SORTED = (Coalesce("study_date", Value("")).desc(), F("created_at").desc(), F("id").desc())


def _rarest(search: Search) -> tuple[Key, str] | None:
    """Return the condition on one modality that is met by the fewest series, or None without such a condition."""
    found = [one for one in search.at("series") if one[0].kind == "code" and one[1].isalnum()]
    if len(found) < 2:
        return next(iter(found), None)
    with_each = {value: Series.objects.filter(modality=value).order_by() for _, value in found}
    return min(found, key=lambda one: with_each[one[1]].values("study")[: FEW + 1].count())


def _below(parts: Sequence[VisiblePart], search: Search, *, everything: bool) -> list[Sets]:
    """Return sets of visible series per condition below the study: each must hold for some series of it.

    Without any condition, the sets of all that is visible; they say nothing when everything is.
    """
    found: list[Sets] = [
        [single for part in parts for single in _series_sets(part.seen, one)] for one in search.below_study()
    ]
    return found or ([] if everything else [[part.studies for part in parts]])


def _series_sets(seen: QuerySet[Series], search: Search) -> list[QuerySet[Series]]:
    """Return those of the series that each condition on series or instances holds for."""
    found = []
    for single in search.below_study():
        ((key, _),) = single.conditions
        if key.level == "series":
            found.append(seen.filter(single.q({"series": ""})))
        else:
            rows = Instance.objects.filter(single.q({"instance": ""}), series=OuterRef("pk"))
            found.append(seen.filter(Exists(rows)))
    return found


def _those_seen(walk: Walk, *, skip: int, wanted: int) -> list[UUID]:
    """Return up to `wanted` ids of studies of a walk, in order, that each of `below` has a series of, after `skip`.

    Not `at_once`, the database is asked about some hundreds of studies at a time: in one question about what it
    collects and sorts, it would ask about every match before it sorts.
    """
    if walk.at_once or not walk.below or skip > DEEP:
        rows = walk.rows
        for sets in walk.below:
            one_of = Q(pk__in=[])
            for one in sets:
                one_of |= Q(Exists(one.filter(study=OuterRef(walk.order[-1]))))
            rows = rows.filter(one_of)
        return [place[-1] for place in walk.places(rows)[skip : skip + wanted]]
    found: list[UUID] = []
    left, size = walk, min(skip + wanted + 30, LONG_WALK)
    while True:
        part = list(left.places(left.rows)[:size])
        seen = {place[-1] for place in part}
        for sets in walk.below:
            seen &= {
                pk for one in sets for pk in one.filter(study__among=seen).order_by().values_list("study", flat=True)
            }
        found += [place[-1] for place in part if place[-1] in seen]
        if len(found) >= skip + wanted or len(part) < size:
            return found[skip : skip + wanted]
        left, size = walk.beyond(Place(*part[-1])), 4 * LONG_WALK


def _few_visible(parts: Iterable[VisiblePart]) -> list[UUID] | None:
    """Return the studies that may be visible when they are few; None when they are many."""
    found: set[UUID] = set()
    for rows in (one for part in parts for one in part.found):
        ids = rows.order_by().values_list("study_id", flat=True)
        studies = (ids.distinct() if rows.model is Series else ids)[: MINE + 1]
        if studies.count() > MINE:  # counting makes no ids of them, which takes longer than finding them
            return None
        found.update(studies)
    return list(found) if len(found) <= MINE else None


def _is_few(rows: QuerySet[Any]) -> bool:
    column = "study" if rows.model is Series else "pk"  # what the indexes at hand hold
    return rows.order_by().values(column)[: FEW + 1].count() <= FEW


def included(search: Search, known: Iterable[str]) -> frozenset[str]:
    """Return the tags asked for that an answer does not hold anyway."""
    return search.include - {"all", *known}


def study_headers(seen: QuerySet[Series], studies: Sequence[UUID], tags: frozenset[str]) -> dict[UUID, dict[str, Any]]:
    """Return included attributes of studies from the header of one visible instance each."""
    wanted = tags & _STUDY_TAGS
    if not wanted or not studies:
        return {}
    rows = (
        seen.filter(study__among=studies).order_by("-study_id", "-number", "-series_uid").values_list("study_id", "pk")
    )
    first = dict(rows)  # of several series of a study the last one stays, which is the first by number
    headers = first_headers(list(first.values()), wanted)
    return {study: headers[series] for study, series in first.items() if series in headers}


def first_headers(series: Sequence[UUID], tags: frozenset[str]) -> dict[UUID, dict[str, Any]]:
    """Return elements from the header of the first instance of each series, by the series' id."""
    found: dict[UUID, dict[str, Any]] = {}
    for pk in series if tags else ():
        first = Instance.objects.filter(series=pk).order_by("number", "sop_instance_uid").values("pk")[:1]
        packed = InstanceHeader.objects.filter(instance__in=first).values_list("packed", flat=True).first()
        if packed is not None:
            header = unpack_header(packed)
            found[pk] = {tag: header[tag] for tag in tags if tag in header}
    return found
