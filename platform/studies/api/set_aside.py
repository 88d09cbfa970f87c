"""Files that could not be taken in."""

from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common.downloads import stream_blob
from studies import selectors, services
from studies.api.serializers import FileOutcomeSerializer, SetAsideQuerySerializer, SetAsideSerializer
from studies.requests import actor_of


class SetAsideFilesView(APIView):
    """What was set aside."""

    @extend_schema(
        operation_id="set_aside_list",
        parameters=[OpenApiParameter("import", OpenApiTypes.UUID, required=False)],
        responses=SetAsideSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the newest 1,000 set-aside files of the imports the actor may look at."""
        query = SetAsideQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = selectors.visible_set_aside(actor=actor_of(request))
        if "import" in query.validated_data:
            rows = rows.filter(batch=query.validated_data["import"])
        return Response(SetAsideSerializer(rows[:1000], many=True).data)


class SetAsideView(APIView):
    """One set-aside file."""

    @extend_schema(operation_id="set_aside_discard", responses={204: None})
    def delete(self, request: Request, file_id: UUID) -> Response:
        """Throw it away for good."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        services.discard_set_aside(actor=actor_of(request), file=file)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SetAsideRetryView(APIView):
    """Look at it again."""

    @extend_schema(operation_id="set_aside_retry", request=None, responses=FileOutcomeSerializer)
    def post(self, request: Request, file_id: UUID) -> Response:
        """Try to take it in once more."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        return Response(FileOutcomeSerializer(services.retry_set_aside(actor=actor_of(request), file=file)).data)


class SetAsideBytesView(APIView):
    """Its bytes."""

    @extend_schema(operation_id="set_aside_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, file_id: UUID) -> StreamingHttpResponse:
        """Download the file as it came."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        name = file.path.replace("\\", "/").rsplit("/", 1)[-1] or "file"
        return stream_blob(
            request,
            name=file.blob,
            filename=name,
            content_type="application/octet-stream",
            size_bytes=file.size_bytes,
            sha256=file.sha256,
        )
