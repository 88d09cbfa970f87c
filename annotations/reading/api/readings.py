"""Worklist and readings."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.reading.api.people import actor_of
from annotations.reading.api.reading_serializers import (
    DeskInSerializer,
    DeskSerializer,
    NextReadingSerializer,
    NextRequestSerializer,
    ReadingSerializer,
    ReadingStateSerializer,
    ReturnSerializer,
    SubmitSerializer,
    WorklistRowSerializer,
)
from annotations.reading.selectors import readings as selectors
from annotations.reading.services import readings as services
from annotations.reading.services.desks import use_desk
from annotations.reading.types import DeskAction


class WorklistView(APIView):
    """The asker's own readings."""

    @extend_schema(
        operation_id="worklist_list",
        parameters=[OpenApiParameter("project", type={"type": "string", "format": "uuid"}, required=False)],
        responses=WorklistRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the asker's readings in live projects, in working order."""
        project = _uuid(request.query_params.get("project"))
        rows = selectors.worklist_of(actor=actor_of(request), project_id=project)
        return Response(WorklistRowSerializer(rows, many=True).data)


class NextView(APIView):
    """Next case."""

    @extend_schema(operation_id="worklist_next", request=NextRequestSerializer, responses=NextReadingSerializer)
    def post(self, request: Request) -> Response:
        """Return what to read next; 404 `worklist_empty` when nothing is left."""
        body = NextRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reading = selectors.next_reading_of(actor=actor_of(request), project_id=body.validated_data.get("project"))
        return Response(NextReadingSerializer({"reading": reading.pk}).data)


class ReadingView(APIView):
    """One reading."""

    @extend_schema(operation_id="readings_get", responses=ReadingSerializer)
    def get(self, request: Request, reading_id: UUID) -> Response:
        """Return a reading with protocol, series, measurements and answers."""
        return Response(
            ReadingSerializer(selectors.reading_detail(actor=actor_of(request), reading_id=reading_id)).data
        )


class OpenView(APIView):
    """Beginning a reading."""

    @extend_schema(operation_id="readings_open", request=None, responses=ReadingStateSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Note that the reader has begun."""
        actor = actor_of(request)
        reading = selectors.own_reading_for(actor=actor, reading_id=reading_id)
        return Response(ReadingStateSerializer(services.open_reading(actor=actor, reading=reading)).data)


class DeskView(APIView):
    """At which machine a reading is worked on."""

    @extend_schema(operation_id="readings_desk", request=DeskInSerializer, responses=DeskSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Sit down at a reading, take it over from another machine, or leave it."""
        body = DeskInSerializer(data=request.data)
        actor = actor_of(request)
        selectors.own_reading_for(actor=actor, reading_id=reading_id)
        body.is_valid(raise_exception=True)
        desk = use_desk(
            actor=actor,
            reading_id=reading_id,
            machine=body.validated_data["machine"],
            action=DeskAction(body.validated_data["action"]),
        )
        return Response(DeskSerializer(desk).data)


class SubmitView(APIView):
    """Submitting a reading."""

    @extend_schema(operation_id="readings_submit", request=SubmitSerializer, responses=ReadingStateSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Submit and lock the reading; 400 `answers_missing`, 409 `stale_base`."""
        actor = actor_of(request)
        reading = selectors.own_reading_for(actor=actor, reading_id=reading_id)
        body = SubmitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.submit_reading(actor=actor, reading=reading, base_revision=body.validated_data["base_revision"])
        return Response(ReadingStateSerializer(row).data)


class ReturnView(APIView):
    """Sending a reading back."""

    @extend_schema(operation_id="readings_return", request=ReturnSerializer, responses=ReadingStateSerializer)
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Send a submitted reading back to its reader (managers)."""
        actor = actor_of(request)
        reading = selectors.reading_for(actor=actor, reading_id=reading_id)
        body = ReturnSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        row = services.return_reading(actor=actor, reading=reading, reason=body.validated_data["reason"])
        return Response(ReadingStateSerializer(row).data)


def _uuid(text: str | None) -> UUID | None:
    return serializers.UUIDField().to_internal_value(text) if text else None
