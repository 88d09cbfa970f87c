"""A project's learning, for its managers and engineers."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.assist.api.actor import actor_of
from annotations.assist.selectors.models import version_for
from annotations.learning.api.serializers import (
    ChampionChoiceSerializer,
    LearningChangeSerializer,
    LearningSerializer,
    RollbackSerializer,
    TrainingRunSerializer,
)
from annotations.learning.selectors.setup import learning_state, project_for, run_for
from annotations.learning.services.champions import choose_champion, roll_back
from annotations.learning.services.runs import start_training
from annotations.learning.services.setup import setup_of, update_setup
from annotations.reading.models import Project
from common.api import ErrorSerializer


def _state(project: Project) -> Response:
    return Response(LearningSerializer(learning_state(setup=setup_of(project=project))).data)


class LearningView(APIView):
    """How a project learns."""

    @extend_schema(
        operation_id="learning_retrieve",
        responses={200: LearningSerializer, 403: ErrorSerializer, 404: ErrorSerializer},
    )
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return set-up, champion, history, runs, and what is missing before training can start."""
        return _state(project_for(actor=actor_of(request), project_id=project_id))

    @extend_schema(
        operation_id="learning_update",
        request=LearningChangeSerializer,
        responses={
            200: LearningSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Change trigger, split or training settings."""
        actor = actor_of(request)
        wish = LearningChangeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        project = project_for(actor=actor, project_id=project_id)
        update_setup(actor=actor, project=project, changes=wish.validated_data)
        return _state(project)


class LearningChampionView(APIView):
    """The champion by hand."""

    @extend_schema(
        operation_id="learning_choose_champion",
        request=ChampionChoiceSerializer,
        responses={
            200: LearningSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def put(self, request: Request, project_id: UUID) -> Response:
        """Make a model version the champion."""
        actor = actor_of(request)
        wish = ChampionChoiceSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        project = project_for(actor=actor, project_id=project_id)
        version = version_for(actor=actor, version_id=wish.validated_data["model_version"])
        choose_champion(actor=actor, project=project, version=version, reason=wish.validated_data["reason"])
        return _state(project)


class LearningTrainView(APIView):
    """Training by hand."""

    @extend_schema(
        operation_id="learning_train",
        request=None,
        responses={
            202: TrainingRunSerializer,
            400: ErrorSerializer,
            403: ErrorSerializer,
            404: ErrorSerializer,
            409: ErrorSerializer,
        },
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Start a run."""
        actor = actor_of(request)
        run = start_training(actor=actor, project=project_for(actor=actor, project_id=project_id))
        return Response(TrainingRunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


class LearningRollbackView(APIView):
    """One step back."""

    @extend_schema(
        operation_id="learning_rollback",
        request=RollbackSerializer,
        responses={200: LearningSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Give the title back to the champion before the present one."""
        actor = actor_of(request)
        wish = RollbackSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        project = project_for(actor=actor, project_id=project_id)
        roll_back(actor=actor, project=project, reason=wish.validated_data["reason"])
        return _state(project)


class TrainingRunView(APIView):
    """One training run."""

    @extend_schema(operation_id="training_run_retrieve", responses={200: TrainingRunSerializer, 404: ErrorSerializer})
    def get(self, request: Request, run_id: UUID) -> Response:
        """Return it, with its curve."""
        return Response(TrainingRunSerializer(run_for(actor=actor_of(request), run_id=run_id)).data)
