"""The record by HTTP, read only."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.models import AuditRecord
from audit.selectors import visible_records
from common.api import ErrorSerializer


class AuditRecordSerializer(serializers.ModelSerializer[AuditRecord]):
    """One thing that was done."""

    class Meta:
        model = AuditRecord
        fields = ("id", "at", "actor_id", "actor_name", "action", "subject", "team_id", "detail")
        read_only_fields = fields


class AuditQuerySerializer(serializers.Serializer[Any]):
    """Which records."""

    subject = serializers.CharField(max_length=120, required=False, help_text="`kind:id`")
    team = serializers.UUIDField(required=False)
    before = serializers.IntegerField(required=False, min_value=0, help_text="only records with a smaller id")
    limit = serializers.IntegerField(default=100, min_value=1, max_value=500)


class AuditListView(APIView):
    """What was done, newest first."""

    @extend_schema(
        operation_id="audit_list",
        parameters=[AuditQuerySerializer],
        responses={200: AuditRecordSerializer(many=True), 400: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the records: all for administrators, those of their teams for managers, none for others."""
        query = AuditQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wish = query.validated_data
        records = visible_records(actor=request.user)
        if "subject" in wish:
            records = records.filter(subject=wish["subject"])
        if "team" in wish:
            records = records.filter(team_id=wish["team"])
        if "before" in wish:
            records = records.filter(pk__lt=wish["before"])
        return Response(AuditRecordSerializer(records[: wish["limit"]], many=True).data)
