"""Click to mask."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.assist.api.actor import actor_of
from annotations.assist.services.prompts import Pointing, PromptWish, answer_prompt
from annotations.reading.api.reading_serializers import FrameSerializer
from annotations.reading.selectors.readings import own_reading_for
from common.api import ErrorSerializer

MOST_POINTS = 200
MOST_SCRIBBLES = 100
MOST_PLACES = 2_000


def _place() -> serializers.ListField:
    return serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=3)


class PromptPointSerializer(serializers.Serializer[Any]):
    """A click: [x, y, z] in LPS millimetres, or [column, row] when the request names a frame."""

    lps = serializers.ListField(child=serializers.FloatField(), min_length=3, max_length=3, required=False)
    pixel = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2, required=False)
    positive = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Say which of both it must be."""
        if ("lps" in attrs) == ("pixel" in attrs):
            raise serializers.ValidationError("A point is either `lps` or `pixel`.")
        return attrs


class PromptScribbleSerializer(serializers.Serializer[Any]):
    """A scribble: places joined by straight lines."""

    points_lps = serializers.ListField(child=_place(), min_length=1, max_length=MOST_PLACES, required=False)
    points_pixel = serializers.ListField(child=_place(), min_length=1, max_length=MOST_PLACES, required=False)
    positive = serializers.BooleanField(default=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Say which of both it must be."""
        if ("points_lps" in attrs) == ("points_pixel" in attrs):
            raise serializers.ValidationError("A scribble is either `points_lps` or `points_pixel`.")
        return attrs


class PromptFrameSerializer(serializers.Serializer[Any]):
    """The one frame to work on."""

    sop_instance_uid = serializers.CharField(max_length=64)
    frame_number = serializers.IntegerField(min_value=1, default=1)


class PromptSerializer(serializers.Serializer[Any]):
    """Points, scribbles and a box on a volume, or on one frame of it."""

    series_uid = serializers.CharField(max_length=64)
    volume_index = serializers.IntegerField(min_value=0, default=0)
    label = serializers.IntegerField(min_value=1, max_value=255)  # type: ignore[assignment]  # as for `data` of frames
    engine = serializers.CharField(max_length=40, default="geodesic")
    frame = PromptFrameSerializer(required=False, allow_null=True)
    points = serializers.ListField(child=PromptPointSerializer(), default=list, max_length=MOST_POINTS)
    scribbles = serializers.ListField(child=PromptScribbleSerializer(), default=list, max_length=MOST_SCRIBBLES)
    box_lps = serializers.ListField(child=_place(), min_length=2, max_length=2, required=False, allow_null=True)
    box_pixel = serializers.ListField(child=_place(), min_length=2, max_length=2, required=False, allow_null=True)
    previous = serializers.ChoiceField(
        choices=["keep"], required=False, help_text="taken and not needed: every request holds all prompts"
    )

    def wish(self) -> PromptWish:
        """Return what is asked."""
        data = self.validated_data
        points = [((row.get("lps") or row.get("pixel"),), row["positive"]) for row in data["points"]]
        lines = [(row.get("points_lps") or row.get("points_pixel"), row["positive"]) for row in data["scribbles"]]
        box = data.get("box_lps") or data.get("box_pixel")
        frame = data.get("frame")
        return PromptWish(
            series_uid=data["series_uid"],
            volume_index=data["volume_index"],
            label=data["label"],
            pointings=tuple(
                Pointing(tuple(tuple(place) for place in places), positive) for places, positive in [*points, *lines]
            ),
            box=None if box is None else (tuple(box[0]), tuple(box[1])),
            frame=None if frame is None else (frame["sop_instance_uid"], frame["frame_number"]),
            engine=data["engine"],
        )


class PromptRegionSerializer(serializers.Serializer[Any]):
    """Indices (k, j, i) of the part of the volume that was looked at: from the first to before the second."""

    start_kji = serializers.ListField(child=serializers.IntegerField())
    stop_kji = serializers.ListField(child=serializers.IntegerField())


class PromptAnswerSerializer(serializers.Serializer[Any]):
    """The frames that hold the mask, in the label asked for; nothing of it is saved."""

    engine = serializers.CharField()
    frames = FrameSerializer(many=True)
    voxels = serializers.IntegerField()
    region = PromptRegionSerializer(source="*")
    elapsed_ms = serializers.FloatField()


class ReadingPromptView(APIView):
    """Click to mask in a reading."""

    @extend_schema(
        operation_id="reading_prompt",
        request=PromptSerializer,
        responses={
            200: PromptAnswerSerializer,
            400: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
            503: ErrorSerializer,
        },
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Return the mask that points, scribbles and a box ask for."""
        actor = actor_of(request)
        body = PromptSerializer(data=request.data)
        if not body.is_valid():
            own_reading_for(actor=actor, reading_id=reading_id)  # whose reading it is not hears 404, right or wrong
            raise serializers.ValidationError(body.errors)
        answer = answer_prompt(actor=actor, reading_id=reading_id, wish=body.wish())
        return Response(PromptAnswerSerializer(answer).data)
