"""Cases, and their agreement and consensus."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.reading.api.case_serializers import (
    AddedCasesSerializer,
    CaseDetailSerializer,
    CaseSerializer,
    ConsensusRequestSerializer,
    NewCasesSerializer,
    ResultJobSerializer,
)
from annotations.reading.api.people import actor_of
from annotations.reading.selectors import cases as selectors
from annotations.reading.selectors.projects import managed_project_for
from annotations.reading.services.cases import add_cases
from annotations.reading.services.results import request_agreement, request_consensus
from annotations.reading.types import ConsensusRule


class CasesView(APIView):
    """The cases of a project."""

    @extend_schema(operation_id="cases_list", responses=CaseSerializer(many=True))
    def get(self, request: Request, project_id: UUID) -> Response:
        """List cases with readings and newest results (managers, adjudicators, engineers)."""
        rows = selectors.cases_of(actor=actor_of(request), project_id=project_id)
        return Response(CaseSerializer(rows, many=True).data)

    @extend_schema(operation_id="cases_create", request=NewCasesSerializer, responses={201: AddedCasesSerializer})
    def post(self, request: Request, project_id: UUID) -> Response:
        """Make one case per study (managers)."""
        actor = actor_of(request)
        project = managed_project_for(actor=actor, project_id=project_id)
        body = NewCasesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made, skipped = add_cases(actor=actor, project=project, study_uids=body.validated_data.get("study_uids"))
        cases = selectors.case_overviews(actor=actor, project=project, case_ids=[case.pk for case in made])
        answer = AddedCasesSerializer({"cases": cases, "skipped": skipped}).data
        return Response(answer, status=status.HTTP_201_CREATED)


class CaseView(APIView):
    """One case."""

    @extend_schema(operation_id="cases_get", responses=CaseDetailSerializer)
    def get(self, request: Request, case_id: UUID) -> Response:
        """Return the case with readings, newest agreement and consensus (managers, adjudicators, engineers)."""
        return Response(CaseDetailSerializer(selectors.case_overview(actor=actor_of(request), case_id=case_id)).data)


class AgreementView(APIView):
    """Agreement of a case."""

    @extend_schema(operation_id="agreement_request", request=None, responses={202: ResultJobSerializer})
    def post(self, request: Request, case_id: UUID) -> Response:
        """Compare the readings submitted so far, as a job."""
        actor = actor_of(request)
        job = request_agreement(actor=actor, case=selectors.case_for(actor=actor, case_id=case_id))
        return Response(ResultJobSerializer(job).data, status=status.HTTP_202_ACCEPTED)


class ConsensusView(APIView):
    """Consensus of a case."""

    @extend_schema(
        operation_id="consensus_request", request=ConsensusRequestSerializer, responses={202: ResultJobSerializer}
    )
    def post(self, request: Request, case_id: UUID) -> Response:
        """Compute a consensus of the readings submitted so far, as a job."""
        body = ConsensusRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actor = actor_of(request)
        rule = body.validated_data.get("rule")
        job = request_consensus(
            actor=actor,
            case=selectors.case_for(actor=actor, case_id=case_id),
            rule=ConsensusRule(rule) if rule else None,
        )
        return Response(ResultJobSerializer(job).data, status=status.HTTP_202_ACCEPTED)
