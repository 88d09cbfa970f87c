"""QIDO-RS: search for studies, series and instances."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from studies.dicomweb.accept import check_json
from studies.dicomweb.base import REVALIDATE, DicomwebView, json_response, not_modified
from studies.dicomweb.finding import first_headers, included, studies_page, study_headers
from studies.dicomweb.matching import MAX_RESULTS, Search, parse_search
from studies.models import Instance, Series, Study
from studies.pixels import unpack_header
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results, whether more follow, and the query of the next page (None: by offset)."""

    results: list[Json]
    more: bool
    next_page: dict[str, str] | None = None


def element(vr: str, *values: Any) -> Json:
    """Return an element of DICOM JSON; empty values leave it empty."""
    kept = [value for value in values if value not in ("", None)]
    if vr == "PN":
        kept = [_name(value) for value in kept]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _name(text: str) -> Json:
    parts = text.split("=")
    keys = ("Alphabetic", "Ideographic", "Phonetic")
    return {key: part for key, part in zip(keys, parts, strict=False) if part}


def study_json(study: Study, *, root: str) -> Json:
    """Return what is said of a study in every answer (PS3.18 table 10.6.3-3)."""
    return {
        "00080005": element("CS", "ISO_IR 192"),
        "00080020": element("DA", study.study_date),
        "00080030": element("TM", study.study_time),
        "00080050": element("SH", study.accession_number),
        "00080056": element("CS", "ONLINE"),
        "00080090": element("PN", study.referring_physician),
        "00081030": element("LO", study.description),
        "00081190": element("UR", f"{root}/studies/{study.study_uid}"),
        "00100010": element("PN", study.patient_name),
        "00100020": element("LO", study.patient_id),
        "00100030": element("DA", study.patient_birth_date),
        "00100040": element("CS", study.patient_sex),
        "0020000D": element("UI", study.study_uid),
        "00200010": element("SH", study.study_id),
    }


def series_json(series: Series, *, root: str) -> Json:
    """Return what is said of a series (PS3.18 table 10.6.3-4)."""
    address = f"{root}/studies/{series.study.study_uid}/series/{series.series_uid}"
    return {
        "00080005": element("CS", "ISO_IR 192"),
        "00080056": element("CS", "ONLINE"),
        "00080060": element("CS", series.modality),
        "0008103E": element("LO", series.description),
        "00081190": element("UR", address),
        "00180015": element("CS", series.body_part),
        "0020000D": element("UI", series.study.study_uid),
        "0020000E": element("UI", series.series_uid),
        "00200011": element("IS", series.number),
        "00200052": element("UI", series.frame_of_reference_uid),
        "00201209": element("IS", series.instance_count),
    }


def instance_json(instance: Instance, *, address: str) -> Json:
    """Return what is said of an instance (PS3.18 table 10.6.3-5) besides the UIDs of its series at `address`."""
    return {
        "00080005": element("CS", "ISO_IR 192"),
        "00080016": element("UI", instance.sop_class_uid),
        "00080018": element("UI", instance.sop_instance_uid),
        "00080056": element("CS", "ONLINE"),
        "00081190": element("UR", f"{address}/instances/{instance.sop_instance_uid}"),
        "00083002": element("UI", instance.transfer_syntax_uid),
        "00200013": element("IS", instance.number),
        "00280008": element("IS", instance.frame_count or None),
        "00280010": element("US", instance.rows or None),
        "00280011": element("US", instance.columns or None),
        "00280100": element("US", instance.bits_allocated or None),
    }


class QidoView(DicomwebView, ABC):
    """One page of matches, from what the actor sees."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        """Search; `Link: <…>; rel="next"` leads to the page after this one."""
        check_json(request)
        search = parse_search(request.GET)
        found = self.find(request, search, path, request.build_absolute_uri("/dicomweb"))
        response = json_response(found.results)
        if found.results:
            etag = f'W/"{sha256(response.content).hexdigest()[:32]}"'
            response = not_modified(request, etag, REVALIDATE) or response
            response["ETag"] = etag
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
        seen = visible_series(actor=actor)
        totals = self._totals(seen, found.studies)
        extra = study_headers(seen, found.studies, included(search, ()))
        results = [
            extra.get(study.pk, {}) | study_json(study, root=root) | totals[study.pk]
            for study in found.studies
            if study.pk in totals  # nothing of it is visible any more
        ]
        return Found(results, found.more, {"after": str(found.end)} if found.end else None)

    def _totals(self, seen: QuerySet[Series], studies: Sequence[Study]) -> dict[Any, Json]:
        rows = (
            seen.filter(study__in=[study.pk for study in studies])
            .order_by("modality")
            .values_list("study", "modality", "instance_count")
        )
        by_study: dict[Any, list[tuple[str, int]]] = defaultdict(list)
        for study, modality, count in rows:
            by_study[study].append((modality, count))
        return {
            study: {
                "00080061": element("CS", *dict.fromkeys(modality for modality, _ in series)),
                "00201206": element("IS", len(series)),
                "00201208": element("IS", sum(count for _, count in series)),
            }
            for study, series in by_study.items()
        }


class SeriesSearch(QidoView):
    """`GET /series` and `GET /studies/{study}/series`."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> Found:
        """Return series by number."""
        rows = visible_series(actor=actor_of(request)).select_related("study")
        if "study" in path:
            rows = rows.filter(study__study_uid=path["study"])
        rows = rows.filter(search.q({"series": "", "study": "study__"}))
        for key, value in search.at("instance"):
            single = Search([(key, value)], frozenset(), 0, 0, search.fuzzy)
            matching = Instance.objects.filter(single.q({"instance": ""}), series=OuterRef("pk"))
            rows = rows.filter(Exists(matching))
        found, more = page(rows.order_by("study_id", "number", "series_uid"), search)
        extra = first_headers([one.pk for one in found], included(search, ()))
        results = [
            (study_json(series.study, root=root) if "study" not in path else {})
            | extra.get(series.pk, {})
            | series_json(series, root=root)
            for series in found
        ]
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
        if wanted:
            rows = rows.select_related("header")
        rows = rows.only(*_INSTANCE_FIELDS, *(["header__packed"] if wanted else []))
        found, more = page(rows.order_by("series_id", "number", "sop_instance_uid"), search)
        above = {
            series.pk: _above(series, path, root)
            for series in Series.objects.filter(pk__in={one.series_id for one in found}).select_related("study")
        }
        results = []
        for instance in found:
            if instance.series_id not in above:
                continue  # deleted in between
            head, address = above[instance.series_id]
            extra = {}
            if wanted:
                header = unpack_header(instance.header.packed)
                extra = {tag: header[tag] for tag in wanted if tag in header}
            results.append(head | extra | instance_json(instance, address=address))
        return Found(results, more)


_INSTANCE_FIELDS = (
    *("series", "sop_class_uid", "sop_instance_uid", "transfer_syntax_uid", "number"),
    *("frame_count", "rows", "columns", "bits_allocated"),
)


def _above(series: Series, path: dict[str, str], root: str) -> tuple[Json, str]:
    """Return what an answer says of the study and series of an instance, and the address of the series."""
    study_uid, series_uid = series.study.study_uid, series.series_uid
    head = {} if "study" in path else study_json(series.study, root=root)
    if "series" not in path:
        head |= series_json(series, root=root)
    head |= {"0020000D": element("UI", study_uid), "0020000E": element("UI", series_uid)}
    return head, f"{root}/studies/{study_uid}/series/{series_uid}"
