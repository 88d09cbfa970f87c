"""Derived objects as JSON: what they say, and which of the images that the actor sees they speak of."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.models import User
from studies import selectors
from studies.models import DerivedLink, DerivedObject, Series
from studies.types import Finding, LinkKind, SeriesKind


class FindingSerializer(serializers.Serializer[Any]):
    """Something odd about a file or series: a code, the sentence for it, and the case at hand."""

    code = serializers.CharField()
    detail = serializers.CharField(allow_blank=True)


class DerivedLinkSerializer(serializers.Serializer[Any]):
    """A series that an object speaks of; `unlinked` when it is not here. `rois` are measured on that series."""

    series_uid = serializers.CharField(allow_blank=True)
    how = serializers.ChoiceField(choices=LinkKind.choices)
    matched = serializers.IntegerField()
    referenced = serializers.IntegerField()
    rois = serializers.ListField(child=serializers.DictField())


class DerivedBriefSerializer(serializers.Serializer[Any]):
    """A derived object in a list of series; its volume is that of all segments or regions, null where unknown."""

    sop_instance_uid = serializers.CharField()
    series_uid = serializers.CharField()
    kind = serializers.ChoiceField(choices=SeriesKind.choices)
    label = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # DRF names an attribute so too
    volume_ml = serializers.FloatField(allow_null=True)
    links = DerivedLinkSerializer(many=True)
    findings = FindingSerializer(many=True)


class DerivedSerializer(DerivedBriefSerializer):
    """A derived object with all it says; the shape of `summary` depends on the kind (docs/api.md)."""

    summary = serializers.DictField()


def derived_json(derived: DerivedObject, seen: set[Any], *, full: bool = False) -> dict[str, Any]:
    """Return an object as the actor sees it.

    Parameters
    ----------
    derived : DerivedObject
        With `links__series` and `instance__series` at hand.
    seen : set
        Ids of the series that exist for the actor: a link to any other one reads as if its images were not here.
    full : bool
        With the summary.
    """
    links = [_link_json(link, seen) for link in derived.links.all()]
    body = {
        "sop_instance_uid": derived.instance.sop_instance_uid,
        "series_uid": derived.instance.series.series_uid,
        "kind": derived.kind,
        "label": derived.label,
        "volume_ml": _volume_ml(derived, links),
        "links": [link for link in links if link["series_uid"]],
        "findings": [*derived.findings, *_link_findings(derived, links)],
    }
    return body | {"summary": derived.summary} if full else body


def _link_json(link: DerivedLink, seen: set[Any]) -> dict[str, Any]:
    here = link.series_id is not None and link.series_id in seen
    by_place = link.how == LinkKind.BY_GEOMETRY
    return {
        "series_uid": link.series_uid if here or not by_place else "",
        "how": link.how if here else LinkKind.UNLINKED,
        "matched": link.matched if here else 0,
        "referenced": link.referenced,
        "rois": link.detail.get("rois", []) if here else [],
        "times": link.detail.get("times", 0) if here else 0,
    }


def _volume_ml(derived: DerivedObject, links: list[dict[str, Any]]) -> float | None:
    """Return the volume of all segments, or of all regions on the first images they were measured on."""
    measured: list[dict[str, Any]] = next((link["rois"] for link in links if link["rois"]), [])
    parts: list[dict[str, Any]] = derived.summary.get("segments") or measured
    known = [part["volume_ml"] for part in parts if part.get("volume_ml") is not None]
    return round(sum(known), 4) if known and len(known) == len(parts) else None


def _link_findings(derived: DerivedObject, links: list[dict[str, Any]]) -> list[dict[str, str]]:
    found = []
    for link in links:
        if link["how"] == LinkKind.BY_GEOMETRY:
            detail = f"{link['matched']} of its {link['referenced']} planes lie on these images."
            found.append({"code": str(Finding.LINKED_BY_GEOMETRY), "detail": detail})
            if link["times"] > 1:
                detail = f"There are {link['times']} images at each place."
                found.append({"code": str(Finding.SEVERAL_TIMES), "detail": detail})
        elif link["how"] == LinkKind.BY_REFERENCE and link["matched"] < link["referenced"]:
            detail = f"{link['matched']} of the {link['referenced']} images it names are here."
            found.append({"code": str(Finding.BROKEN_REFERENCES), "detail": detail})
    alone = all(link["how"] == LinkKind.UNLINKED for link in links)
    if alone and (derived.kind != SeriesKind.OTHER or any(link["referenced"] for link in links)):
        found.append({"code": str(Finding.UNLINKED), "detail": "They may still come in; then they are found."})
    return found


def derived_by_series(actor: User, series: Iterable[Series]) -> dict[Any, list[dict[str, Any]]]:
    """Return, per series id, the objects that are of it or speak of it, as far as they exist for the actor."""
    wanted = {one.pk for one in series}
    found = list(selectors.derived_of(actor=actor, series_ids=wanted))
    linked = {link.series_id for derived in found for link in derived.links.all() if link.series_id is not None}
    seen = set(selectors.visible_series(actor=actor).filter(pk__in=linked).values_list("pk", flat=True))
    result: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for derived in found:
        body = derived_json(derived, seen)
        of = {derived.instance.series_id} | {link.series_id for link in derived.links.all()}
        for pk in of & wanted:
            result[pk].append(body)
    return result
