"""Marks: frames, revisions, restoring."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from annotations.marks.errors import TooLargeError
from annotations.marks.models import MarkSet
from annotations.marks.selectors import frames_of, history_of, state_at
from annotations.reading.api.people import actor_of
from annotations.reading.api.reading_serializers import (
    FrameQuerySerializer,
    FramesSerializer,
    RestoreSerializer,
    RevisionInSerializer,
    RevisionSerializer,
    RevisionStateSerializer,
    SavedSerializer,
)
from annotations.reading.selectors.readings import mark_set_for, own_reading_for, reading_for
from annotations.reading.services.readings import Saved, append_marks, restore_marks


def frames_response(*, request: Request, mark_set: MarkSet) -> Response:
    """Return the frames of a visible mark set by the query parameters `since` and `at`."""
    query = FrameQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    wanted = query.validated_data
    frames = frames_of(mark_set=mark_set, at=wanted.get("at"), since=wanted["since"])
    return Response(FramesSerializer({"head": mark_set.head, "frames": frames}).data)


class ReadingFramesView(APIView):
    """The masks of a reading."""

    @extend_schema(operation_id="reading_frames_get", parameters=[FrameQuerySerializer], responses=FramesSerializer)
    def get(self, request: Request, reading_id: UUID) -> Response:
        """Return the frames as of a revision, or those changed since one."""
        reading = reading_for(actor=actor_of(request), reading_id=reading_id)
        return frames_response(request=request, mark_set=reading.mark_set)


class MarkSetFramesView(APIView):
    """The masks of any mark set the asker may see."""

    @extend_schema(operation_id="mark_set_frames_get", parameters=[FrameQuerySerializer], responses=FramesSerializer)
    def get(self, request: Request, mark_set_id: UUID) -> Response:
        """Return the frames as of a revision, or those changed since one."""
        mark_set = mark_set_for(actor=actor_of(request), mark_set_id=mark_set_id)
        return frames_response(request=request, mark_set=mark_set)


class RevisionsView(APIView):
    """The history of a reading."""

    @extend_schema(operation_id="revisions_list", responses=RevisionSerializer(many=True))
    def get(self, request: Request, reading_id: UUID) -> Response:
        """List revisions, newest first."""
        reading = reading_for(actor=actor_of(request), reading_id=reading_id)
        return Response(RevisionSerializer(history_of(mark_set=reading.mark_set), many=True).data)

    @extend_schema(
        operation_id="revisions_create",
        request=RevisionInSerializer,
        responses={201: SavedSerializer, 200: SavedSerializer},
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Make one change durable; 200 when this `client_id` was known already, 409 `stale_base` or `locked`."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError("This change is larger than the server takes at once.")
        actor, body = actor_of(request), RevisionInSerializer(data=request.data)
        _require_valid(body, actor=actor, reading_id=reading_id)
        saved = append_marks(
            actor=actor,
            reading=reading_id,
            base_revision=body.validated_data["base_revision"],
            delta=body.delta(),
            provenance=body.provenance(),
        )
        return _saved(saved)


class RevisionStateView(APIView):
    """One revision."""

    @extend_schema(operation_id="revisions_get", responses=RevisionStateSerializer)
    def get(self, request: Request, reading_id: UUID, number: int) -> Response:
        """Return measurements and answers as of a revision; its frames: `frames` with `at`."""
        reading = reading_for(actor=actor_of(request), reading_id=reading_id)
        return Response(RevisionStateSerializer(state_at(mark_set=reading.mark_set, number=number)).data)


class RestoreView(APIView):
    """Going back."""

    @extend_schema(
        operation_id="revisions_restore",
        request=RestoreSerializer,
        responses={201: SavedSerializer, 200: SavedSerializer},
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Append a revision equal to an earlier state."""
        actor, body = actor_of(request), RestoreSerializer(data=request.data)
        _require_valid(body, actor=actor, reading_id=reading_id)
        return _saved(restore_marks(actor=actor, reading=reading_id, **body.validated_data))


def _require_valid(body: serializers.Serializer[Any], *, actor: User, reading_id: UUID) -> None:
    """Raise unless the body is right; whose reading it is not hears 404 all the same, right or wrong."""
    if not body.is_valid():
        own_reading_for(actor=actor, reading_id=reading_id)
        raise serializers.ValidationError(body.errors)


def _saved(saved: Saved) -> Response:
    code = status.HTTP_201_CREATED if saved.created else status.HTTP_200_OK
    return Response(SavedSerializer(saved).data, status=code)
