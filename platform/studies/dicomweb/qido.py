"""QIDO-RS: search for studies, series and instances."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from common.searching import AsStored, StoredId, id_of
from studies.dicomweb.accept import check_json
from studies.dicomweb.base import REVALIDATE, DicomwebView, not_modified
from studies.dicomweb.elements import (
    INSTANCE_COLUMNS,
    SERIES_COLUMNS,
    STUDY_COLUMNS,
    Elements,
    array_of,
    header_elements,
    instance_elements,
    series_elements,
    study_elements,
    study_text,
    total_text,
    uid_elements,
)
from studies.dicomweb.finding import first_headers, included, studies_page, study_headers
from studies.dicomweb.matching import MAX_RESULTS, Search, parse_search
from studies.models import Instance, Series, Study
from studies.pixels import unpack_header
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results, whether more follow, and the query of the next page (None: by offset)."""

    results: list[Elements]
    more: bool
    next_page: dict[str, str] | None = None


class QidoView(DicomwebView, ABC):
    """One page of matches, from what the actor sees."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        """Search; `Link: <…>; rel="next"` leads to the page after this one."""
        check_json(request)
        search = parse_search(request.GET)
        found = self.find(request, search, path, request.build_absolute_uri("/dicomweb"))
        response = HttpResponse(status=204)  # nothing found: without a body (PS3.18 10.6.3)
        if found.results:
            body = array_of(found.results)
            etag = f'W/"{sha256(body).hexdigest()[:32]}"'
            held = not_modified(request, etag, REVALIDATE)
            response = HttpResponse(body, content_type="application/dicom+json") if held is None else held
            response["ETag"], response["Cache-Control"] = etag, REVALIDATE
        if found.more and search.limit:
            response["Link"] = f'<{_next_address(request, search, found)}>; rel="next"'
        warnings = [f"{name} is not searched by" for name in search.unknown]
        if found.more and search.limit == MAX_RESULTS:
            warnings.append("There are more results; ask for them with offset")
        if warnings:
            text = "; ".join(warnings).encode("ascii", "replace").decode().replace('"', "'")
            response["Warning"] = f'299 Fiducial "{text}"'
        return response

    @abstractmethod
    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> Found:
        """Return one page."""


def _next_address(request: Request, search: Search, found: Found) -> str:
    kept = [(name, value) for name in request.GET for value in request.GET.getlist(name)]
    kept = [(name, value) for name, value in kept if name not in ("offset", "limit", "after")]
    page = found.next_page or {"offset": str(search.offset + search.limit)}
    query = urlencode([*kept, ("limit", str(search.limit)), *page.items()])
    return request.build_absolute_uri(f"{request.path}?{query}")


def page(rows: QuerySet[Any], search: Search) -> tuple[list[Any], bool]:
    """Return the page, and whether there is more."""
    found = list(rows[search.offset : search.offset + search.limit + 1])
    return found[: search.limit], len(found) > search.limit


def _without_page(request: Request) -> str:
    """Return the query in one spelling, without what says which page of it."""
    kept = ((name, value) for name in sorted(request.GET) for value in request.GET.getlist(name))
    return urlencode([(name, value) for name, value in kept if name not in ("limit", "offset", "after")])


class StudiesSearch(QidoView):
    """`GET /studies`."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> Found:
        """Return studies, newest first, with counts over visible series."""
        actor = actor_of(request)
        found = studies_page(actor=actor, search=search, asked=_without_page(request))
        totals = _totals(found.seen, list(found.studies))
        tags = included(search, ())
        extra = study_headers(visible_series(actor=actor), list(map(id_of, totals)), tags) if tags else {}
        results = [
            {"study": study_text(row, root), "totals": totals[pk]}
            | (header_elements(extra.get(id_of(pk), {})) if extra else {})  # of tags that are not among the others
            for pk, row in found.studies.items()
            if pk in totals  # nothing of it is visible any more
        ]
        return Found(results, found.more, {"after": str(found.end)} if found.end else None)


def _totals(seen: Sequence[QuerySet[Series]], studies: Sequence[StoredId]) -> dict[StoredId, str]:
    """Return what is counted over the series of each study in one of the sets that are seen, as text."""
    columns = (AsStored("study_id"), "modality", "instance_count")
    parts = [part.filter(study__among=studies).order_by() for part in seen if studies]
    rows: Iterable[Sequence[Any]]
    if len(parts) == 1:
        rows = parts[0].values_list(*columns)
    else:  # a series may be in more than one
        rows = {pk: row for part in parts for pk, *row in part.values_list(AsStored("pk"), *columns)}.values()
    by_study: dict[StoredId, list[tuple[str, int]]] = defaultdict(list)
    for study, modality, count in rows:
        by_study[study].append((modality, count))
    return {
        study: total_text(tuple(sorted({one for one, _ in held})), len(held), sum([count for _, count in held]))
        for study, held in by_study.items()
    }


class SeriesSearch(QidoView):
    """`GET /series` and `GET /studies/{study}/series`."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> Found:
        """Return series by number."""
        rows = visible_series(actor=actor_of(request))
        if "study" in path:
            rows = rows.filter(study__study_uid=path["study"])
        rows = rows.filter(search.q({"series": "", "study": "study__"}))
        for key, value in search.at("instance"):
            single = Search([(key, value)], frozenset(), 0, 0, search.fuzzy)
            matching = Instance.objects.filter(single.q({"instance": ""}), series=OuterRef("pk"))
            rows = rows.filter(Exists(matching))
        rows = rows.order_by("study_id", "number", "series_uid")
        found, more = page(rows.values_list("pk", "study_id", *SERIES_COLUMNS), search)
        extra = first_headers([pk for pk, *_ in found], included(search, ()))
        above = _studies({study for _, study, *_ in found})
        results = []
        for pk, study, *row in found:
            if study not in above:
                continue  # deleted in between
            head = study_elements(above[study], root=root) if "study" not in path else {}
            uid = above[study][0]
            own = series_elements(row, address=_address(root, uid, row[0]), study_uid=uid)
            results.append(head | header_elements(extra.get(pk, {})) | own)
        return Found(results, more)


class InstancesSearch(QidoView):
    """`GET /instances`, below a study, below a series."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> Found:
        """Return instances by number."""
        rows = visible_instances(actor=actor_of(request))
        if "study" in path:
            rows = rows.filter(series__study__study_uid=path["study"])
        if "series" in path:
            rows = rows.filter(series__series_uid=path["series"])
        rows = rows.filter(search.q({"instance": "", "series": "series__", "study": "series__study__"}))
        wanted = included(search, ())
        columns = ["series_id", "header__packed" if wanted else "pk", *INSTANCE_COLUMNS]
        rows = rows.order_by("series_id", "number", "sop_instance_uid")
        found, more = page(rows.values_list(*columns), search)
        above = _above({series for series, *_ in found}, path, root)
        results = []
        for series, packed, *row in found:
            if series not in above:
                continue  # deleted in between
            head, address = above[series]
            header = unpack_header(packed) if wanted and packed is not None else {}
            extra = header_elements({tag: header[tag] for tag in wanted if tag in header})
            results.append(head | extra | instance_elements(row, address=address))
        return Found(results, more)


def _studies(ids: set[UUID]) -> dict[UUID, list[Any]]:
    """Return what answers say of these studies, by id."""
    rows = Study.objects.filter(pk__among=ids).order_by().values_list("pk", *STUDY_COLUMNS)
    return {pk: row for pk, *row in rows}


def _address(root: str, study_uid: str, series_uid: str) -> str:
    return f"{root}/studies/{study_uid}/series/{series_uid}"


def _above(ids: set[UUID], path: dict[str, str], root: str) -> dict[UUID, tuple[Elements, str]]:
    """Return what an answer says of the study and series of an instance, and the address of the series, by its id."""
    found = list(Series.objects.filter(pk__among=ids).order_by().values_list("pk", "study_id", *SERIES_COLUMNS))
    studies = _studies({study for _, study, *_ in found})
    above = {}
    for pk, study, *row in found:
        if study not in studies:
            continue  # deleted in between
        study_uid, series_uid = studies[study][0], row[0]
        address = _address(root, study_uid, series_uid)
        head = {} if "study" in path else study_elements(studies[study], root=root)
        if "series" not in path:
            head |= series_elements(row, address=address, study_uid=study_uid)
        head |= uid_elements(study_uid=study_uid, series_uid=series_uid)
        above[pk] = (head, address)
    return above
