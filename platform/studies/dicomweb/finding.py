"""Find a page of studies fast, whoever asks and whatever for, on databases that plan well and on those that do not.

There are three ways to a page, and none is best for all: walk the list from its newest study and keep what fits (good
when much fits), collect what fits and sort it (good when little fits), or begin with the few studies that the actor can
see at all. Bounded counts say which. The conditions and the visible set are applied in full in each of them, so that
the way decides about time alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.policies import is_administrator
from studies import policies
from studies.dicomweb.matching import ORDERED, Search
from studies.dicomweb.paging import NEWEST_FIRST, ORDER, PLACES, Place, place_of
from studies.models import Instance, InstanceHeader, Series, Study
from studies.pixels import unpack_header
from studies.selectors import visible_series

FEW = 8_000  # so many studies are collected and sorted in some 20 ms
LONG_WALK = 300  # studies that visibility is asked about at once: of more, PostgreSQL would look at every grant
DEEP = 3_000  # beyond so many a page by number is found by one long question
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
    """One page of studies, whether more come after it, and where it ended."""

    studies: list[Study]
    more: bool
    end: Place | None


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
    below = _below(visible_series(actor=actor), search)
    rows = _candidates(actor, search)
    if place is not None:
        rows = place.beyond(rows)
    ids = _those_seen(rows, below, skip=skip, wanted=search.limit + 1)
    more = len(ids) > search.limit
    found = Study.objects.in_bulk(ids[: search.limit])
    studies = [found[pk] for pk in ids[: search.limit] if pk in found]  # one may have been deleted in between
    if not studies:
        return StudiesPage([], more, None)
    last = studies[-1]
    end = Place(last.study_date, last.created_at, last.pk)
    if not search.after:
        PLACES.keep(key, search.offset + search.limit, end)
    return StudiesPage(studies, more, end)


def _candidates(actor: User, search: Search) -> QuerySet[Study]:
    """Return the studies that match by themselves, in order, by the way that is likely to be fast."""
    rows = Study.objects.filter(search.q({"study": ""}))
    mine = _few_visible(actor)
    if mine is not None:
        return rows.filter(pk__in=mine).order_by(*_SORTED)
    texts = [(key, value) for key, value in search.at("study") if key.column not in ORDERED]
    # One key that an index begins with: the index holds the order too, so that even many matches are sorted fast.
    covered = len(texts) == 1 and texts[0][0].column in _INDEXED and not texts[0][1].startswith(("*", "?"))
    if texts and covered and not search.fuzzy:
        return rows.order_by(*_SORTED)
    if texts:
        ids = list(rows.order_by().values_list("pk", flat=True)[: MINE + 1])
        if len(ids) <= MINE:
            return Study.objects.filter(pk__in=ids).order_by(*_SORTED)
        if _is_few(rows):
            return rows.order_by(*_SORTED)
    # Whatever is visible of them is asked later, by the page: asked of all at once it takes PostgreSQL a hash of every
    # grant.
    few = next((one for one in _series_sets(Series.objects.all(), search) if _is_few(one)), None)
    if few is not None:
        return rows.filter(pk__in=few.order_by().values("study")).order_by(*_SORTED)
    return rows.order_by(*NEWEST_FIRST)


_INDEXED = frozenset(index.fields[0] for index in Study._meta.indexes)
# The same order, by expressions that no index holds: the database then collects by another index and sorts.
_SORTED = (Coalesce("study_date", Value("")).desc(), F("created_at").desc(), F("id").desc())


def _below(seen: QuerySet[Series], search: Search) -> list[QuerySet[Series]]:
    """Return one set of visible series per condition below the study: each must hold for some series of it.

    Without any, the set of all visible series, which for an administrator says nothing and is left out.
    """
    found = _series_sets(seen, search)
    if not found and seen.query.where:
        found.append(seen)
    return found


def _series_sets(seen: QuerySet[Series], search: Search) -> list[QuerySet[Series]]:
    """Return those of the series that each condition on series or instances holds for."""
    found = []
    for key, value in search.at("series", "instance"):
        single = Search([(key, value)], frozenset(), 0, 0, search.fuzzy)
        if key.level == "series":
            found.append(seen.filter(single.q({"series": ""})))
        else:
            rows = Instance.objects.filter(single.q({"instance": ""}), series=OuterRef("pk"))
            found.append(seen.filter(Exists(rows)))
    return found


def _those_seen(rows: QuerySet[Study], below: Sequence[QuerySet[Series]], *, skip: int, wanted: int) -> list[UUID]:
    """Return up to `wanted` ids of `rows`, in order, that have a series in each of the sets, after the first `skip`.

    The sets are asked about some hundreds of studies at a time: a database that is asked about each study by itself
    asks about every match before it sorts.
    """
    if not below or skip > DEEP:
        for one in below:
            rows = rows.filter(Exists(one.filter(study=OuterRef("pk"))))
        return list(rows.values_list("pk", flat=True)[skip : skip + wanted])
    found: list[UUID] = []
    left, size = rows, min(skip + wanted + 30, LONG_WALK)
    while True:
        part = list(left.values_list(*ORDER)[:size])
        seen = {place[-1] for place in part}
        for one in below:
            seen &= set(one.filter(study__in=seen).order_by().values_list("study_id", flat=True))
        found += [place[-1] for place in part if place[-1] in seen]
        if len(found) >= skip + wanted or len(part) < size:
            return found[skip : skip + wanted]
        left, size = Place(*part[-1]).beyond(rows), LONG_WALK


def _few_visible(actor: User) -> list[UUID] | None:
    """Return what may be visible when that is little; None when it is much, or for administrators everything."""
    found: set[UUID] = set()
    if is_administrator(actor):
        return None
    for part in policies.series_within_reach(user=actor):
        studies = part.order_by().values_list("study_id", flat=True).distinct()[: MINE + 1]
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


def study_headers(seen: QuerySet[Series], studies: Sequence[Study], tags: frozenset[str]) -> dict[UUID, dict[str, Any]]:
    """Return included attributes of studies from the header of one visible instance each."""
    wanted = tags & _STUDY_TAGS
    if not wanted or not studies:
        return {}
    rows = seen.filter(study__in=studies).order_by("-study_id", "-number", "-series_uid").values_list("study_id", "pk")
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
