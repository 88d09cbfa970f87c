"""What segmentations, reports, contours … say."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies import selectors, services
from studies.api.derived_json import DerivedSerializer, derived_json
from studies.api.serializers import FileOutcomeSerializer
from studies.requests import actor_of


class SeriesDerivedView(APIView):
    """The derived objects of a series, or those that speak of it."""

    @extend_schema(operation_id="series_derived", responses=DerivedSerializer(many=True))
    def get(self, request: Request, series_uid: str) -> Response:
        """Return what each object of this series says, and each visible object that speaks of its images."""
        actor = actor_of(request)
        series = services.require_indexed(series=selectors.series_for(actor, series_uid))
        found = list(selectors.derived_of(actor=actor, series_ids={series.pk}))
        linked = {link.series_id for derived in found for link in derived.links.all() if link.series_id is not None}
        seen = set(selectors.visible_series(actor=actor).filter(pk__in=linked).values_list("pk", flat=True))
        return Response(DerivedSerializer([derived_json(one, seen, full=True) for one in found], many=True).data)


class ConvertSerializer(serializers.Serializer[Any]):
    """What a person says of a research file: what made the images, and whether it is a label map (null: look)."""

    modality = serializers.ChoiceField(choices=["CT", "MR", "PT", "US", "OT"], required=False, default="")
    labels = serializers.BooleanField(required=False, allow_null=True, default=None)


class SeriesConvertView(APIView):
    """A research file, made into a series anew."""

    @extend_schema(operation_id="series_convert", request=ConvertSerializer, responses={201: FileOutcomeSerializer})
    def post(self, request: Request, series_uid: str) -> Response:
        """Make another series of the file that this one came from; this one stays."""
        actor = actor_of(request)
        values = ConvertSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        series = selectors.series_for(actor, series_uid)
        outcome = services.convert_again(actor=actor, series=series, **values.validated_data)
        services.ensure_indexed(series=selectors.series_for(actor, outcome.series_uid))
        return Response(FileOutcomeSerializer(outcome).data, status=status.HTTP_201_CREATED)
