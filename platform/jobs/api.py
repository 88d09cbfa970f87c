"""Jobs by HTTP."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import signed_in
from common.api import ErrorSerializer
from jobs import services
from jobs.models import Job, JobLog
from jobs.selectors import job_for, job_payload, visible_jobs
from jobs.types import JobState, Queue


class JobSerializer(serializers.Serializer[Job]):
    """The JSON of a job; `job.changed` events carry the same."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    queue = serializers.ChoiceField(choices=Queue.choices)
    state = serializers.ChoiceField(choices=JobState.choices)
    progress = serializers.FloatField(min_value=0, max_value=1)
    message = serializers.CharField()
    subject = serializers.CharField()
    team = serializers.UUIDField(allow_null=True)
    error_code = serializers.CharField()
    error_message = serializers.CharField()
    result = serializers.DictField()
    attempts = serializers.IntegerField()
    max_attempts = serializers.IntegerField()
    cancel_requested = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: Job) -> dict[str, Any]:
        """Return the one JSON of a job."""
        return job_payload(instance)


class JobLogSerializer(serializers.ModelSerializer[JobLog]):
    """One line a job said."""

    class Meta:
        model = JobLog
        fields = ("at", "text")
        read_only_fields = fields


class JobQuerySerializer(serializers.Serializer[Any]):
    """Which jobs."""

    state = serializers.ChoiceField(choices=JobState.choices, required=False)
    subject = serializers.CharField(max_length=120, required=False, help_text="`kind:id` of what the job works on")
    limit = serializers.IntegerField(default=100, min_value=1, max_value=500)


class JobListView(APIView):
    """All jobs that the actor may see."""

    @extend_schema(
        operation_id="job_list",
        parameters=[JobQuerySerializer],
        responses={200: JobSerializer(many=True), 400: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return them, newest first."""
        query = JobQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wish = query.validated_data
        jobs = visible_jobs(actor=request.user)
        for name in ("state", "subject"):
            if name in wish:
                jobs = jobs.filter(**{name: wish[name]})
        return Response([job_payload(job) for job in jobs[: wish["limit"]]])


class JobView(APIView):
    """One job."""

    @extend_schema(operation_id="job_retrieve", responses={200: JobSerializer, 404: ErrorSerializer})
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return it."""
        return Response(job_payload(job_for(actor=request.user, job_id=job_id)))


class JobCancelView(APIView):
    """An end before its time."""

    @extend_schema(
        operation_id="job_cancel",
        request=None,
        responses={200: JobSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Cancel: at once when it waits, at its next step when it runs."""
        job = job_for(actor=request.user, job_id=job_id)
        return Response(job_payload(services.cancel_job(actor=signed_in(request), job=job)))


class JobRetryView(APIView):
    """A second chance."""

    @extend_schema(
        operation_id="job_retry",
        request=None,
        responses={200: JobSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request, job_id: UUID) -> Response:
        """Queue a failed or cancelled job again."""
        job = job_for(actor=request.user, job_id=job_id)
        return Response(job_payload(services.retry_job(actor=signed_in(request), job=job)))


class JobLogView(APIView):
    """What a job said."""

    @extend_schema(operation_id="job_log", responses={200: JobLogSerializer(many=True), 404: ErrorSerializer})
    def get(self, request: Request, job_id: UUID) -> Response:
        """Return its lines, oldest first."""
        return Response(JobLogSerializer(job_for(actor=request.user, job_id=job_id).log.all(), many=True).data)
