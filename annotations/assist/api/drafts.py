"""Drafts: asking for them, seeing them, deciding on them."""

from uuid import UUID

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.assist.api.actor import actor_of
from annotations.assist.api.serializers import (
    CaseDraftsSerializer,
    DecidedSerializer,
    DecideSerializer,
    DraftSerializer,
    PrelabelSerializer,
)
from annotations.assist.selectors.drafts import (
    drafts_in_reading,
    drafts_of_project,
    frames_of_draft,
    project_for,
    reading_for,
)
from annotations.assist.selectors.models import version_for
from annotations.assist.services.decisions import decide_draft
from annotations.assist.services.prelabel import request_prelabel
from annotations.assist.types import DraftAction
from annotations.reading.api.reading_serializers import FramesSerializer
from common.api import ErrorSerializer
from jobs.api import JobSerializer
from jobs.selectors import job_payload


class ProjectPrelabelView(APIView):
    """Drafts for a project."""

    @extend_schema(
        operation_id="project_prelabel",
        request=PrelabelSerializer,
        responses={
            202: inline_serializer("PrelabelJobs", {"jobs": JobSerializer(many=True)}),
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Run a model on some or all cases, as one job each."""
        actor = actor_of(request)
        wish = PrelabelSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        project = project_for(actor=actor, project_id=project_id)
        version = version_for(actor=actor, version_id=wish.validated_data["model_version"])
        jobs = request_prelabel(
            actor=actor,
            project=project,
            version=version,
            cases=wish.validated_data.get("cases"),
            label_map=wish.validated_data.get("label_map"),
        )
        return Response({"jobs": [job_payload(job) for job in jobs]}, status=status.HTTP_202_ACCEPTED)


class ProjectDraftsView(APIView):
    """Drafts of a project, for its managers and engineers."""

    @extend_schema(
        operation_id="project_drafts",
        responses={200: CaseDraftsSerializer(many=True), 403: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return, per case, the newest draft of each model version and what readers made of it."""
        rows = drafts_of_project(actor=actor_of(request), project_id=project_id)
        return Response(CaseDraftsSerializer(rows, many=True).data)


class ReadingDraftsView(APIView):
    """Drafts that a reading shows."""

    @extend_schema(operation_id="reading_drafts", responses={200: DraftSerializer(many=True), 404: ErrorSerializer})
    def get(self, request: Request, reading_id: UUID) -> Response:
        """Return the newest draft of each model version (none where the protocol shows no drafts)."""
        rows = drafts_in_reading(actor=actor_of(request), reading_id=reading_id)
        return Response(DraftSerializer(rows, many=True).data)


class DraftFramesView(APIView):
    """The masks of a draft."""

    @extend_schema(operation_id="draft_frames", responses={200: FramesSerializer, 404: ErrorSerializer})
    def get(self, request: Request, draft_id: UUID) -> Response:
        """Return its frames."""
        head, frames = frames_of_draft(actor=actor_of(request), draft_id=draft_id)
        return Response(FramesSerializer({"head": head, "frames": frames}).data)


class DraftDecideView(APIView):
    """A reader's decision on a draft."""

    @extend_schema(
        operation_id="draft_decide",
        request=DecideSerializer,
        responses={
            200: DecidedSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, reading_id: UUID, draft_id: UUID) -> Response:
        """Accept, take to edit, or reject."""
        actor = actor_of(request)
        wish = DecideSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        decided = decide_draft(
            actor=actor,
            reading=reading_for(actor=actor, reading_id=reading_id),
            draft_id=draft_id,
            action=DraftAction(wish.validated_data["action"]),
            base_revision=wish.validated_data["base_revision"],
            client_id=wish.validated_data["client_id"],
        )
        return Response(DecidedSerializer(decided).data)
