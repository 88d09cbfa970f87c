"""Bringing one series onto another."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.assist.api.actor import actor_of
from annotations.assist.services.aligning import Place, align_series
from annotations.reading.selectors.readings import own_reading_for
from common.api import ErrorSerializer


class AlignPlaceSerializer(serializers.Serializer[Any]):
    """A volume of a series that the reading shows."""

    series_uid = serializers.CharField(max_length=64)
    volume_index = serializers.IntegerField(min_value=0, default=0)


class AlignSerializer(serializers.Serializer[Any]):
    """From which volume to which."""

    here = AlignPlaceSerializer()
    there = AlignPlaceSerializer()


class AlignmentSerializer(serializers.Serializer[Any]):
    """A rigid motion: `matrix` maps (x, y, z, 1) of `here` to the same place of `there`, LPS mm."""

    matrix = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    turn_deg = serializers.FloatField()
    shift_mm = serializers.FloatField()
    information = serializers.FloatField()
    before = serializers.FloatField()
    overlap = serializers.FloatField()
    elapsed_ms = serializers.FloatField()


class ReadingAlignView(APIView):
    """Rigid registration of two series of a reading."""

    @extend_schema(
        operation_id="reading_align",
        request=AlignSerializer,
        responses={200: AlignmentSerializer, 400: ErrorSerializer, 404: ErrorSerializer, 503: ErrorSerializer},
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Return where places of one series lie in the other. Nothing is saved."""
        actor = actor_of(request)
        body = AlignSerializer(data=request.data)
        if not body.is_valid():
            own_reading_for(actor=actor, reading_id=reading_id)  # whose reading it is not hears 404, right or wrong
            raise serializers.ValidationError(body.errors)
        here, there = (Place(**body.validated_data[name]) for name in ("here", "there"))
        return Response(
            AlignmentSerializer(align_series(actor=actor, reading_id=reading_id, here=here, there=there)).data
        )
