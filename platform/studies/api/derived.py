"""What segmentations, reports, contours … say."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies import selectors, services
from studies.api.derived_json import DerivedSerializer, derived_json
from studies.requests import actor_of


class SeriesDerivedView(APIView):
    """The derived objects of a series, or those that speak of it."""

    @extend_schema(operation_id="series_derived", responses=DerivedSerializer(many=True))
    def get(self, request: Request, series_uid: str) -> Response:
        """Return what each object of this series says, and each visible object that speaks of its images."""
        actor = actor_of(request)
        series = services.ensure_indexed(series=selectors.series_for(actor, series_uid))
        found = list(selectors.derived_of(actor=actor, series_ids={series.pk}))
        linked = {link.series_id for derived in found for link in derived.links.all() if link.series_id is not None}
        seen = set(selectors.visible_series(actor=actor).filter(pk__in=linked).values_list("pk", flat=True))
        return Response(DerivedSerializer([derived_json(one, seen, full=True) for one in found], many=True).data)
