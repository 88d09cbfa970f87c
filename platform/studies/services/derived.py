"""Describe derived objects when their series is indexed, and link them to the images they speak of."""

from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Q

from ai.types import Geometry
from studies.derived.content import kind_of
from studies.derived.describe import Speaks, describe, speaks_of
from studies.derived.links import fit, image_planes, resolve
from studies.derived.placing import grid_map, place_key, place_keys
from studies.models import DerivedLink, DerivedObject, GridPlace, Instance, ResearchSource, Series, Volume
from studies.pixels import header_of
from studies.types import LinkKind, Origin, SeriesKind

MAX_CANDIDATES = 200
"""Image series that are looked at for one object, the newest first."""


def describe_series(*, series: Series) -> Series:
    """Read what the objects of a series say, link them, and link others that were waiting for this series.

    Called at the end of indexing, outside its transaction, with the volumes written. Harmless to repeat.
    """
    classes = Instance.objects.filter(series=series).order_by().values_list("sop_class_uid", "frame_count").distinct()
    kinds = {uid: kind_of(uid, frames=frames) for uid, frames in classes}
    kind = next((kinds[uid] for uid in sorted(kinds) if kinds[uid] != SeriesKind.IMAGE), SeriesKind.IMAGE)
    if series.kind != kind:
        Series.objects.filter(pk=series.pk).update(kind=kind)
        series.kind = kind
    if kind != SeriesKind.IMAGE:
        objects = [uid for uid, its_kind in kinds.items() if its_kind != SeriesKind.IMAGE]
        rows = Instance.objects.filter(series=series, sop_class_uid__in=objects, header__isnull=False).select_related(
            "header"
        )
        for instance in rows.order_by("number", "sop_instance_uid").iterator(chunk_size=20):
            _describe_one(instance, kinds[instance.sop_class_uid])
    _tell_conversion(series)
    _note_places(series)
    for waiting in _waiting_for(series):
        link_object(derived=waiting)
    return series


def _tell_conversion(series: Series) -> None:
    """Let a converted series say what was assumed when it was made: its first instance bears that."""
    made = Instance.objects.filter(series=series, origin=Origin.CONVERTED).exclude(findings=[])
    told = [finding for found in made.values_list("findings", flat=True)[:1] for finding in found]
    missing = [finding for finding in told if finding not in series.findings]
    if missing:
        series.findings = [*series.findings, *missing]
        Series.objects.filter(pk=series.pk).update(findings=series.findings)


def _describe_one(instance: Instance, kind: SeriesKind) -> None:
    header = header_of(instance)
    described = describe(instance, header)
    speaks = speaks_of(instance, header)
    derived, _ = DerivedObject.objects.update_or_create(
        instance=instance,
        defaults={
            "kind": kind,
            "label": described.label[:200],
            "frame_of_reference_uid": speaks.frame_of_reference_uid,
            "summary": described.summary,
            "findings": described.notes.found,
        },
    )
    _write_links(derived, find_links(derived, speaks))


def link_object(*, derived: DerivedObject) -> None:
    """Find anew what a derived object speaks of: its images may have come after it."""
    instance = derived.instance
    _write_links(derived, find_links(derived, speaks_of(instance, header_of(instance))))


def _write_links(derived: DerivedObject, links: list[DerivedLink]) -> None:
    with transaction.atomic():
        if DerivedObject.objects.select_for_update().filter(pk=derived.pk).first() is None:
            return  # it was deleted meanwhile
        DerivedLink.objects.filter(derived=derived).delete()
        DerivedLink.objects.bulk_create(links)


def _waiting_for(series: Series) -> list[DerivedObject]:
    """Return other objects that name the series, or may lie on it, and whose images were not all found yet."""
    ways = [Q(instance__series__study=series.study_id), Q(links__series_uid=series.series_uid)]
    if series.frame_of_reference_uid:
        ways.append(Q(frame_of_reference_uid=series.frame_of_reference_uid))
    if series.kind == SeriesKind.IMAGE and (keys := _around(series)):
        beside = GridPlace.objects.filter(key__in=keys, series__kind=SeriesKind.SEGMENTATION).values_list("series")
        ways.append(Q(instance__series__in=[pk for (pk,) in beside[:MAX_CANDIDATES]]))
    near: set[Any] = set()
    for way in ways:  # one after the other: each has an index, all in one question have none
        found = DerivedObject.objects.filter(way).exclude(instance__series=series).order_by("-created_at")
        near |= set(found.values_list("pk", flat=True)[:MAX_CANDIDATES])
    rows = DerivedObject.objects.filter(pk__in=near).select_related("instance__series").prefetch_related("links")
    return [derived for derived in rows if not _settled(derived, series)]


def _settled(derived: DerivedObject, series: Series) -> bool:
    """Return whether nothing that came with `series` can change the links."""
    links = list(derived.links.all())
    if any(link.series_uid == series.series_uid and link.matched < link.referenced for link in links):
        return False
    return bool(links) and all(
        link.how == LinkKind.BY_REFERENCE and link.series_id is not None and link.matched >= link.referenced
        for link in links
    )


def find_links(derived: DerivedObject, speaks: Speaks) -> list[DerivedLink]:
    """Return what an object speaks of, as unsaved rows: by reference where images it names are here, else by place."""
    references, own = speaks.described.references, derived.instance.series
    found = resolve(references)
    found.pop(own.pk, None)
    named: dict[str, int] = {}
    for series_uid in references.values():
        named[series_uid] = named.get(series_uid, 0) + 1
    unnamed = named.pop("", 0)
    images = 0
    links = []
    for pk, (uid, kind, count) in found.items():
        images += kind in (SeriesKind.IMAGE, SeriesKind.PARAMETRIC)
        expected = max(count, named.get(uid, 0), unnamed if len(found) == 1 else 0)
        links.append(_link(derived, pk, uid, LinkKind.BY_REFERENCE, count, expected))
    if not images and (speaks.frames or speaks.regions):
        links += _by_place(derived, speaks)
    elif speaks.regions:
        _measure(links, speaks)
    there = {link.series_uid for link in links}
    for uid in sorted((set(named) | speaks.described.series_uids) - there - {own.series_uid})[:MAX_CANDIDATES]:
        if not any(link.how == LinkKind.BY_GEOMETRY for link in links):
            links.append(_link(derived, None, uid, LinkKind.UNLINKED, 0, named.get(uid, 0)))
    if not links:
        links = [_link(derived, None, "", LinkKind.UNLINKED, 0, len(references))]
    return links


def _link(derived: DerivedObject, pk: Any, uid: str, how: LinkKind, matched: int, referenced: int) -> DerivedLink:
    return DerivedLink(
        derived=derived, series_id=pk, series_uid=uid[:64], how=how, matched=matched, referenced=referenced
    )


def _measure(links: list[DerivedLink], speaks: Speaks) -> None:
    """Put the volumes of regions into the links to the images they were drawn on."""
    images = Series.objects.filter(pk__in=[link.series_id for link in links], kind=SeriesKind.IMAGE).in_bulk()
    for link in links:
        if link.series_id in images:
            link.detail = fit(speaks, image_planes(images[link.series_id]))[2]


def _by_place(derived: DerivedObject, speaks: Speaks) -> list[DerivedLink]:
    """Return links to image series of the same study or frame of reference whose images lie where the object does.

    Where one of them is a series that it names, that one alone: references that broke in copying leave the series.
    """
    own = derived.instance.series
    near = Q(study=own.study_id)
    if speaks.frame_of_reference_uid:
        near |= Q(frame_of_reference_uid=speaks.frame_of_reference_uid)
    near |= Q(series_uid__in=sorted(speaks.described.series_uids)[:MAX_CANDIDATES])
    candidates = Series.objects.filter(near, kind=SeriesKind.IMAGE).exclude(pk=own.pk).order_by("-created_at")
    links = [link for one in candidates[:MAX_CANDIDATES] if (link := _fitted(derived, speaks, one)) is not None]
    named = [link for link in links if link.series_uid in speaks.described.series_uids]
    return named or links or _by_grid(derived, speaks)


def _fitted(derived: DerivedObject, speaks: Speaks, series: Series) -> DerivedLink | None:
    stated, theirs = speaks.frame_of_reference_uid, series.frame_of_reference_uid
    if stated and theirs not in ("", stated) and series.series_uid not in speaks.described.series_uids:
        return None
    return _where_it_lies(derived, speaks, series)


def _where_it_lies(derived: DerivedObject, speaks: Speaks, series: Series) -> DerivedLink | None:
    matched, places, detail = fit(speaks, image_planes(series))
    if not matched:
        return None
    link = _link(derived, series.pk, series.series_uid, LinkKind.BY_GEOMETRY, matched, places)
    link.detail = detail
    return link


def _source_grid(series: Series) -> Geometry | None:
    """Return the grid of the label map that a segmentation was made from, or None."""
    source = ResearchSource.objects.filter(series_uid=series.series_uid, is_label=True).first()
    return None if source is None else _geometry(source.grid)


def _geometry(stored: dict[str, Any]) -> Geometry:
    return Geometry(tuple(stored["shape_kji"]), np.array(stored["affine_lps"]))


def _grids(series: Series) -> list[Geometry]:
    """Return the grids of an image series' volumes, or that of a converted label map."""
    if series.kind == SeriesKind.IMAGE:
        volumes = Volume.objects.filter(series=series, geometry__isnull=False)
        return [_geometry(volume.geometry) for volume in volumes if volume.geometry]
    grid = _source_grid(series)
    return [] if grid is None else [grid]


def _by_grid(derived: DerivedObject, speaks: Speaks) -> list[DerivedLink]:
    """Return links of a converted label map to images on its very grid, anywhere, when they are of one patient.

    Research label maps name no patient; a grid that coincides to a tenth of a pixel is what ties them to images.
    Where images of several patients lie on that grid (an atlas space), nothing is linked. Only images that the
    bringer of the label map brought as well are looked at.
    """
    grid = _source_grid(derived.instance.series)
    if grid is None:
        return []
    places = GridPlace.objects.filter(key__in=place_keys(grid), series__kind=SeriesKind.IMAGE)
    places = places.filter(series__created_by=derived.instance.series.created_by)
    found = {place.series for place in places.select_related("series__study").order_by("-pk")[:MAX_CANDIDATES]}
    same = [series for series in found if any(grid_map(grid, other) for other in _grids(series))]
    if len({(series.study.patient_id, series.study.patient_name) for series in same}) != 1:
        return []
    links = (_where_it_lies(derived, speaks, series) for series in same)
    return [link for link in links if link is not None]


def _note_places(series: Series) -> None:
    """Remember where the volumes of an image series, or the grid of a label map, lie: so the two find each other."""
    wanted = {place_key(grid) for grid in _grids(series)}
    here = set(GridPlace.objects.filter(series=series).values_list("key", flat=True))
    if wanted != here:
        GridPlace.objects.filter(series=series).delete()
        GridPlace.objects.bulk_create([GridPlace(series=series, key=key) for key in sorted(wanted)])


def _around(series: Series) -> list[str]:
    """Return the keys of grids that may coincide with the volumes of a series."""
    return sorted({key for grid in _grids(series) for key in place_keys(grid)})[:MAX_CANDIDATES]
