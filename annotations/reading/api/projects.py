"""Projects, protocols, members, progress."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.selectors.people import user_for
from accounts.types import Role
from annotations.reading.api.people import actor_of
from annotations.reading.api.project_serializers import (
    MemberRolesSerializer,
    MemberSerializer,
    NewProjectSerializer,
    ProgressSerializer,
    ProjectChangeSerializer,
    ProjectSerializer,
    ProtocolDraftSerializer,
    ProtocolSerializer,
)
from annotations.reading.selectors import projects as selectors
from annotations.reading.services import projects as services
from annotations.reading.services.protocols import set_protocol
from studies.deident.selectors import profile_for


class ProjectsView(APIView):
    """All projects of the asker."""

    @extend_schema(operation_id="projects_list", responses=ProjectSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the projects the asker knows of."""
        actor = actor_of(request)
        rows = selectors.overviews(actor=actor, projects=selectors.projects_for(actor=actor))
        return Response(ProjectSerializer(rows, many=True).data)

    @extend_schema(operation_id="projects_create", request=NewProjectSerializer, responses={201: ProjectSerializer})
    def post(self, request: Request) -> Response:
        """Make a project; the asker becomes its manager."""
        body = NewProjectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        project = services.create_project(actor=actor, **body.validated_data)
        answer = ProjectSerializer(selectors.overview(actor=actor, project=project)).data
        return Response(answer, status=status.HTTP_201_CREATED)


class ProjectView(APIView):
    """One project."""

    @extend_schema(operation_id="projects_get", responses=ProjectSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return the project as the asker sees it."""
        actor = actor_of(request)
        project = selectors.project_for(actor=actor, project_id=project_id)
        return Response(ProjectSerializer(selectors.overview(actor=actor, project=project)).data)

    @extend_schema(operation_id="projects_update", request=ProjectChangeSerializer, responses=ProjectSerializer)
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Change name, description or the de-identification that is demanded (managers)."""
        actor = actor_of(request)
        project = selectors.managed_project_for(actor=actor, project_id=project_id)
        body = ProjectChangeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        wish = dict(body.validated_data)
        if "deidentification_profile" in wish:
            wanted = wish.pop("deidentification_profile")
            profile = profile_for(actor=actor, profile_id=wanted) if wanted else None
            services.demand_deidentification(actor=actor, project=project, profile=profile)
        if wish:
            project = services.update_project(actor=actor, project=project, **wish)
        return Response(ProjectSerializer(selectors.overview(actor=actor, project=project)).data)


class ProtocolView(APIView):
    """The protocol of a project."""

    @extend_schema(operation_id="protocol_get", responses=ProtocolSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return the newest version; 404 `no_protocol` before the first."""
        return Response(ProtocolSerializer(selectors.protocol_for(actor=actor_of(request), project_id=project_id)).data)

    @extend_schema(operation_id="protocol_set", request=ProtocolDraftSerializer, responses=ProtocolSerializer)
    def put(self, request: Request, project_id: UUID) -> Response:
        """Write the next version (managers)."""
        actor = actor_of(request)
        project = selectors.managed_project_for(actor=actor, project_id=project_id)
        body = ProtocolDraftSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        set_protocol(actor=actor, project=project, draft=body.draft())
        return Response(ProtocolSerializer(selectors.protocol_for(actor=actor, project_id=project_id)).data)


class MembersView(APIView):
    """The people of a project."""

    @extend_schema(operation_id="members_list", responses=MemberSerializer(many=True))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List people and roles (not for mere readers)."""
        rows = selectors.members_of(actor=actor_of(request), project_id=project_id)
        return Response(MemberSerializer(rows, many=True).data)

    @extend_schema(operation_id="members_set", request=MemberRolesSerializer, responses=MemberSerializer(many=True))
    def put(self, request: Request, project_id: UUID) -> Response:
        """Give a person exactly these roles (managers)."""
        actor = actor_of(request)
        project = selectors.managed_project_for(actor=actor, project_id=project_id)
        body = MemberRolesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = user_for(actor=actor, user_id=body.validated_data["user"])
        roles = [Role(role) for role in body.validated_data["roles"]]
        services.set_member(actor=actor, project=project, user=user, roles=roles)
        rows = selectors.members_of(actor=actor, project_id=project_id) if user != actor or roles else []
        return Response(MemberSerializer(rows, many=True).data)


class GoLiveView(APIView):
    """Opening a project."""

    @extend_schema(operation_id="projects_go_live", request=None, responses=ProjectSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Open the project to its readers; 400 `not_ready` names what is missing."""
        actor = actor_of(request)
        project = selectors.managed_project_for(actor=actor, project_id=project_id)
        project = services.go_live(actor=actor, project=project)
        return Response(ProjectSerializer(selectors.overview(actor=actor, project=project)).data)


class CloseView(APIView):
    """Closing a project."""

    @extend_schema(operation_id="projects_close", request=None, responses=ProjectSerializer)
    def post(self, request: Request, project_id: UUID) -> Response:
        """Close the project to its readers."""
        actor = actor_of(request)
        project = selectors.managed_project_for(actor=actor, project_id=project_id)
        project = services.close_project(actor=actor, project=project)
        return Response(ProjectSerializer(selectors.overview(actor=actor, project=project)).data)


class ProgressView(APIView):
    """How far a project is."""

    @extend_schema(operation_id="progress_get", responses=ProgressSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return progress per state and reader (managers, adjudicators, engineers)."""
        return Response(ProgressSerializer(selectors.progress_of(actor=actor_of(request), project_id=project_id)).data)
