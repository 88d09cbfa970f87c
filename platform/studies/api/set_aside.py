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
from jobs.api import JobSerializer
from studies import selectors, services
from studies.api.serializers import FileOutcomeSerializer
from studies.api.set_aside_json import (
    ComparisonSerializer,
    ManyRepairSerializer,
    ManySetAsideSerializer,
    RepairPreviewSerializer,
    RepairSerializer,
    SetAsideQuerySerializer,
    SetAsideSerializer,
    SettleSerializer,
)
from studies.requests import actor_of
from studies.types import RepairAction, SettleChoice


class SetAsideFilesView(APIView):
    """What was set aside."""

    @extend_schema(
        operation_id="set_aside_list",
        parameters=[SetAsideQuerySerializer, OpenApiParameter("import", OpenApiTypes.UUID, required=False)],
        responses=SetAsideSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the newest set-aside files of the imports the actor may look at."""
        query = SetAsideQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        rows = selectors.search_set_aside(
            actor=actor_of(request), text=wanted["q"], reason=wanted.get("reason"), import_id=wanted.get("import")
        )
        page = rows[wanted["offset"] : wanted["offset"] + wanted["limit"]]
        return Response(SetAsideSerializer(page, many=True).data)


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


class SetAsideRetryManyView(APIView):
    """Look at many again."""

    @extend_schema(operation_id="set_aside_retry_many", request=ManySetAsideSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Start a job that tries the given files, or all of an import, once more."""
        values = ManySetAsideSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        job = services.start_treating(actor=actor_of(request), action="retry", **values.validated_data)
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class SetAsideRepairView(APIView):
    """Repair one."""

    @extend_schema(operation_id="set_aside_repair", request=RepairSerializer, responses=FileOutcomeSerializer)
    def post(self, request: Request, file_id: UUID) -> Response:
        """Repair it and take the result in; what came is kept as its source."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        values = RepairSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        action = RepairAction(values.validated_data["action"])
        outcome = services.repair_set_aside(actor=actor_of(request), file=file, action=action)
        return Response(FileOutcomeSerializer(outcome).data)


class SetAsideRepairManyView(APIView):
    """Repair many."""

    @extend_schema(operation_id="set_aside_repair_many", request=ManyRepairSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Start a job that repairs the given files, or all of an import; one lost series comes out as one."""
        values = ManyRepairSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        job = services.start_treating(actor=actor_of(request), **values.validated_data)
        return Response(JobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class SetAsideRepairPreviewView(APIView):
    """A repair, before it is done."""

    @extend_schema(
        operation_id="set_aside_repair_preview", request=ManyRepairSerializer, responses=RepairPreviewSerializer
    )
    def post(self, request: Request) -> Response:
        """Return the series that repairing these files (at most 1,000) would make; nothing is changed."""
        values = ManyRepairSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        preview = services.preview_repair(actor=actor_of(request), **values.validated_data)
        return Response(RepairPreviewSerializer(preview).data)


class SetAsideCompareView(APIView):
    """A conflict, looked at."""

    @extend_schema(operation_id="set_aside_compare", responses=ComparisonSerializer)
    def get(self, request: Request, file_id: UUID) -> Response:
        """Return what differs between it and the stored instance of the same UID."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        return Response(ComparisonSerializer(services.compare_conflict(actor=actor_of(request), file=file)).data)


class SetAsideSettleView(APIView):
    """A conflict, settled."""

    @extend_schema(operation_id="set_aside_settle", request=SettleSerializer, responses=FileOutcomeSerializer)
    def post(self, request: Request, file_id: UUID) -> Response:
        """Do what was decided; stored bytes are never lost by it."""
        file = selectors.set_aside_for(actor_of(request), file_id)
        values = SettleSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        choice = SettleChoice(values.validated_data["choice"])
        outcome = services.settle_conflict(actor=actor_of(request), file=file, choice=choice)
        return Response(FileOutcomeSerializer(outcome).data)


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
