"""Look at what is in the archive."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.core.files.storage import default_storage
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from ai.types import Geometry
from common.errors import NotFoundError
from studies import selectors, services
from studies.api.derived_json import derived_by_series
from studies.api.serializers import (
    StudyDetailSerializer,
    StudyPageSerializer,
    StudyQuerySerializer,
    VolumeSerializer,
)
from studies.models import Series, Study, Volume
from studies.requests import actor_of
from studies.types import Finding


def studies_json(actor: User, studies: Iterable[Study]) -> list[dict[str, Any]]:
    """Return studies as JSON, counted over the series the actor sees."""
    found = list(studies)
    rows = selectors.visible_series(actor=actor).filter(study__in=found).order_by()
    seen: dict[Any, list[tuple[str, int]]] = defaultdict(list)
    for study_id, modality, count in rows.values_list("study", "modality", "instance_count"):
        seen[study_id].append((modality, count))
    return [
        {name: getattr(study, name) for name in _STUDY_FIELDS}
        | {
            "modalities": sorted({modality for modality, _ in seen[study.pk]} - {""}),
            "series_count": len(seen[study.pk]),
            "instance_count": sum(count for _, count in seen[study.pk]),
        }
        for study in found
    ]


_STUDY_FIELDS = (
    "study_uid",
    "patient_id",
    "patient_name",
    "patient_birth_date",
    "patient_sex",
    "study_date",
    "study_time",
    "accession_number",
    "description",
    "created_at",
)


def volume_summary(volume: Volume) -> dict[str, Any]:
    """Return a volume without its frames: index, shape_kji, spacing_mm, reasons, units, label."""
    shape = spacing = None
    if volume.geometry is not None:
        grid = Geometry(tuple(volume.geometry["shape_kji"]), np.array(volume.geometry["affine_lps"]))
        shape, spacing = list(grid.shape_kji), list(grid.spacing_mm)
    return {
        "index": volume.index,
        "shape_kji": shape,
        "spacing_mm": spacing,
        "reasons": volume.reasons,
        "units": volume.units,
        "label": volume.details.get("label", ""),
    }


def series_json(series: Series, *, waiting: bool) -> dict[str, Any]:
    """Return a series with its volumes; one that waits to be indexed says so among its findings."""
    findings = series.findings
    if waiting:
        said = f"Volumes and pictures of its {series.instance_count:,} images come in a moment."
        findings = [{"code": str(Finding.BEING_PREPARED), "detail": said}, *findings]
    return {
        "series_uid": series.series_uid,
        "modality": series.modality,
        "number": series.number,
        "description": series.description,
        "instance_count": series.instance_count,
        "frame_count": series.frame_count,
        "volumes": [volume_summary(volume) for volume in series.volumes.all()],
        "kind": series.kind,
        "derived": [],
        "findings": findings,
        "thumbnail": f"/api/series/{series.series_uid}/thumbnail" if series.thumbnail_name else "",
        "overview": f"/api/series/{series.series_uid}/overview" if series.overview_name else "",
    }


class StudiesView(APIView):
    """Search."""

    @extend_schema(operation_id="studies_list", parameters=[StudyQuerySerializer], responses=StudyPageSerializer)
    def get(self, request: Request) -> Response:
        """Return a page of the studies that match all search words, newest first."""
        query = StudyQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        limit, offset = query.validated_data["limit"], query.validated_data["offset"]
        found = selectors.search_studies(actor=actor_of(request), text=query.validated_data["q"])
        page = {"count": found.count(), "results": studies_json(actor_of(request), found[offset : offset + limit])}
        return Response(StudyPageSerializer(page).data)


class StudyView(APIView):
    """One study."""

    @extend_schema(operation_id="study_get", responses=StudyDetailSerializer)
    def get(self, request: Request, study_uid: str) -> Response:
        """Return a study with the series the actor sees."""
        study = selectors.study_for(actor_of(request), study_uid)
        series = selectors.visible_series(actor=actor_of(request)).filter(study=study).prefetch_related("volumes")
        found = services.index_while_waiting(series=series)
        derived = derived_by_series(actor_of(request), found.series)
        listed = [
            series_json(row, waiting=row.pk in found.waiting) | {"derived": derived[row.pk]} for row in found.series
        ]
        body = studies_json(actor_of(request), [study])[0] | {"series": listed}
        return Response(StudyDetailSerializer(body).data)

    @extend_schema(operation_id="study_delete", responses={204: None})
    def delete(self, request: Request, study_uid: str) -> Response:
        """Delete it for good, with all of its series; refused while cases or masks refer to any."""
        study = selectors.study_for(actor_of(request), study_uid)
        services.delete_study(actor=actor_of(request), study=study)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SeriesVolumesView(APIView):
    """The volumes of a series."""

    @extend_schema(operation_id="series_volumes", responses=VolumeSerializer(many=True))
    def get(self, request: Request, series_uid: str) -> Response:
        """Return every volume with its frames in order, and its grid or the reasons why it has none."""
        series = services.require_indexed(series=selectors.series_for(actor_of(request), series_uid))
        body = [
            {
                "index": volume.index,
                "frames": [{"sop_instance_uid": uid, "frame_number": number} for uid, number in volume.frames],
                "geometry": volume.geometry,
                "reasons": volume.reasons,
                "units": volume.units,
                "details": volume.details,
                "suv_factor": volume.details.get("suv", {}).get("factor"),
                "suv_factors": volume.details.get("suv", {}).get("factors", {}),
            }
            for volume in series.volumes.all()
        ]
        return Response(VolumeSerializer(body, many=True).data)


class SeriesThumbnailView(APIView):
    """A small picture of a series."""

    @extend_schema(operation_id="series_thumbnail", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, series_uid: str) -> HttpResponse:
        """Return a JPEG of the middle frame, at most 192 pixels wide and high."""
        series = services.require_indexed(series=selectors.series_for(actor_of(request), series_uid))
        return _jpeg(series.thumbnail_name)


class SeriesOverviewView(APIView):
    """A series at a glance."""

    @extend_schema(operation_id="series_overview", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, series_uid: str) -> HttpResponse:
        """Return a JPEG mosaic of up to 16 frames spread over the volumes; tiles of at most 128 pixels."""
        series = services.require_indexed(series=selectors.series_for(actor_of(request), series_uid))
        return _jpeg(series.overview_name)


def _jpeg(name: str) -> HttpResponse:
    if not name:
        raise NotFoundError("There is no picture of this series.", code="no_thumbnail")
    with default_storage.open(name) as file:
        response = HttpResponse(file.read(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=300"
    return response
