"""QIDO-RS: search for studies, series and instances."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from studies.dicomweb.base import DicomwebView, json_response
from studies.dicomweb.matching import MAX_RESULTS, Search, parse_search
from studies.models import Instance, InstanceHeader, Series, Study
from studies.pixels import unpack_header
from studies.requests import actor_of
from studies.selectors import visible_instances, visible_series, visible_studies

Json = dict[str, Any]


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


def instance_json(instance: Instance, *, root: str) -> Json:
    """Return what is said of an instance (PS3.18 table 10.6.3-5)."""
    series = instance.series
    address = f"{root}/studies/{series.study.study_uid}/series/{series.series_uid}"
    return {
        "00080005": element("CS", "ISO_IR 192"),
        "00080016": element("UI", instance.sop_class_uid),
        "00080018": element("UI", instance.sop_instance_uid),
        "00080056": element("CS", "ONLINE"),
        "00081190": element("UR", f"{address}/instances/{instance.sop_instance_uid}"),
        "00083002": element("UI", instance.transfer_syntax_uid),
        "0020000D": element("UI", series.study.study_uid),
        "0020000E": element("UI", series.series_uid),
        "00200013": element("IS", instance.number),
        "00280008": element("IS", instance.frame_count or None),
        "00280010": element("US", instance.rows or None),
        "00280011": element("US", instance.columns or None),
        "00280100": element("US", instance.bits_allocated or None),
    }


class QidoView(DicomwebView, ABC):
    """One page of matches, from what the actor sees."""

    def get(self, request: Request, **path: str) -> HttpResponse:
        """Search."""
        search = parse_search(request.GET)
        root = request.build_absolute_uri("/dicomweb")
        results = self.find(request, search, path, root)
        warnings = [f"{name} is not searched by" for name in search.unknown]
        if len(results) > search.limit:
            results = results[: search.limit]
            if search.limit == MAX_RESULTS:
                warnings.append("There are more results; ask for them with offset")
        response = json_response(results)
        if warnings:
            text = "; ".join(warnings).encode("ascii", "replace").decode().replace('"', "'")
            response["Warning"] = f'299 Fiducial "{text}"'
        return response

    @abstractmethod
    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> list[Json]:
        """Return up to one match more than the page holds."""


def page(rows: QuerySet[Any], search: Search) -> list[Any]:
    """Return the page and one row more, which tells that there are more."""
    return list(rows[search.offset : search.offset + search.limit + 1])


class StudiesSearch(QidoView):
    """`GET /studies`."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> list[Json]:
        """Return studies, newest first, with counts over visible series."""
        seen = visible_series(actor=actor_of(request))
        rows = visible_studies(actor=actor_of(request)).filter(search.q({"study": ""}))
        for key, value in search.conditions:
            if key.level == "series":  # a study has a modality when one of its series has
                single = Search([(key, value)], frozenset(), 0, 0, False, ())
                rows = rows.filter(Exists(seen.filter(single.q({"series": ""}), study=OuterRef("pk"))))
        found: list[Study] = page(rows.order_by("-study_date", "-created_at", "pk"), search)
        return [
            study_json(study, root=root) | totals
            for study, totals in zip(found, self._totals(seen, found), strict=True)
        ]

    def _totals(self, seen: QuerySet[Series], studies: Sequence[Study]) -> list[Json]:
        rows = (
            seen.filter(study__in=[study.pk for study in studies])
            .order_by("modality")
            .values_list("study", "modality", "instance_count")
        )
        by_study: dict[Any, list[tuple[str, int]]] = defaultdict(list)
        for study, modality, count in rows:
            by_study[study].append((modality, count))
        return [
            {
                "00080061": element("CS", *dict.fromkeys(modality for modality, _ in by_study[study.pk])),
                "00201206": element("IS", len(by_study[study.pk])),
                "00201208": element("IS", sum(count for _, count in by_study[study.pk])),
            }
            for study in studies
        ]


class SeriesSearch(QidoView):
    """`GET /series` and `GET /studies/{study}/series`."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> list[Json]:
        """Return series by number."""
        rows = visible_series(actor=actor_of(request)).select_related("study")
        if "study" in path:
            rows = rows.filter(study__study_uid=path["study"])
        rows = rows.filter(search.q({"series": "", "study": "study__"}))
        found: list[Series] = page(rows.order_by("study_id", "number", "series_uid"), search)
        extra = _first_headers(found, search)
        return [
            (study_json(series.study, root=root) if "study" not in path else {})
            | extra.get(series.pk, {})
            | series_json(series, root=root)
            for series in found
        ]


def _first_headers(found: Sequence[Series], search: Search) -> dict[Any, Json]:
    """Return included fields of series from the header of one instance each."""
    wanted = search.include - {"all"}
    if not wanted:
        return {}
    extra: dict[Any, Json] = {}
    for series in found:
        head = InstanceHeader.objects.filter(instance__series=series).order_by("instance__number").first()
        if head is not None:
            header = unpack_header(head.packed)
            extra[series.pk] = {tag: header[tag] for tag in wanted if tag in header}
    return extra


class InstancesSearch(QidoView):
    """`GET /instances`, below a study, below a series."""

    def find(self, request: Request, search: Search, path: dict[str, str], root: str) -> list[Json]:
        """Return instances by number."""
        rows = visible_instances(actor=actor_of(request)).select_related("series__study").defer("frame_spans")
        if "study" in path:
            rows = rows.filter(series__study__study_uid=path["study"])
        if "series" in path:
            rows = rows.filter(series__series_uid=path["series"])
        wanted = search.include - {"all"}
        if wanted:
            rows = rows.select_related("series__study", "header")
        rows = rows.filter(search.q({"instance": "", "series": "series__", "study": "series__study__"}))
        found: list[Instance] = page(rows.order_by("series_id", "number", "sop_instance_uid"), search)
        results = []
        for instance in found:
            above = {} if "study" in path else study_json(instance.series.study, root=root)
            if "series" not in path:
                above |= series_json(instance.series, root=root)
            if wanted:
                header = unpack_header(instance.header.packed)
                above |= {tag: header[tag] for tag in wanted if tag in header}
            results.append(above | instance_json(instance, root=root))
        return results
