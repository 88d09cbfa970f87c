"""Storage, deletion, and machines that send: for administrators."""

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Team, User
from accounts.policies import is_administrator
from common.errors import DeniedError, NotFoundError
from studies import selectors, services
from studies.models import Instance, RemoteNode, Series, Study
from studies.requests import actor_of
from studies.services.quota import storage_rules, storage_usage
from studies.services.retention import MAX_DAYS, describe_expired, expired_studies, set_storage_rules

SHOWN_EXPIRED = 200


class StorageRulesSerializer(serializers.Serializer[Any]):
    """Rules of storage; null is no limit."""

    quota_bytes = serializers.IntegerField(allow_null=True, min_value=0, max_value=1 << 60)
    warn_percent = serializers.IntegerField(min_value=1, max_value=100)
    retention_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=MAX_DAYS)
    set_aside_days = serializers.IntegerField(allow_null=True, min_value=1, max_value=MAX_DAYS)
    apply_retention = serializers.BooleanField()


class StorageSerializer(StorageRulesSerializer):
    """What the archive holds, and its rules. `state`: ok, warn (above `warn_percent` of the quota) or full."""

    images_bytes = serializers.IntegerField()
    set_aside_bytes = serializers.IntegerField()
    held_bytes = serializers.IntegerField()
    disk_free_bytes = serializers.IntegerField(allow_null=True)
    studies = serializers.IntegerField()
    series = serializers.IntegerField()
    instances = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["ok", "warn", "full"])


class ExpiredSerializer(serializers.Serializer[Any]):
    """A study that retention would delete."""

    study_uid = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    last_arrival = serializers.DateTimeField()
    series = serializers.IntegerField()
    instances = serializers.IntegerField()
    bytes = serializers.IntegerField()


class ExpiredQuerySerializer(serializers.Serializer[Any]):
    """After how many days; the rule's when left out."""

    days = serializers.IntegerField(required=False, min_value=1, max_value=MAX_DAYS)


class NodeSerializer(serializers.ModelSerializer[RemoteNode]):
    """A machine that may send images by DICOM."""

    user = serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), allow_null=True, required=False)
    team = serializers.PrimaryKeyRelatedField(queryset=Team.objects.all(), allow_null=True, required=False)

    class Meta:
        model = RemoteNode
        fields = ("id", "ae_title", "host", "description", "user", "team", "enabled", "created_at")
        read_only_fields = ("id", "created_at")
        # A taken title is a conflict, which the service tells.
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {"ae_title": {"validators": []}}


def require_administrator(request: Request) -> User:
    """Return the actor, or refuse."""
    actor = actor_of(request)
    if not is_administrator(actor):
        raise DeniedError("Only administrators look after storage.", code="administrators_only")
    return actor


def storage_json() -> dict[str, Any]:
    """Return usage and rules."""
    rules, usage = storage_rules(), storage_usage()
    state = "ok"
    if rules.quota_bytes is not None:
        full = usage.total >= rules.quota_bytes
        state = "full" if full else "warn" if usage.total * 100 >= rules.quota_bytes * rules.warn_percent else "ok"
    return {
        "quota_bytes": rules.quota_bytes,
        "warn_percent": rules.warn_percent,
        "retention_days": rules.retention_days,
        "set_aside_days": rules.set_aside_days,
        "apply_retention": rules.apply_retention,
        "images_bytes": usage.images,
        "set_aside_bytes": usage.set_aside,
        "held_bytes": usage.held,
        "disk_free_bytes": usage.disk_free,
        "studies": Study.objects.count(),
        "series": Series.objects.count(),
        "instances": Instance.objects.count(),
        "state": state,
    }


class StorageView(APIView):
    """What the archive holds, and its rules."""

    @extend_schema(operation_id="storage_get", responses=StorageSerializer)
    def get(self, request: Request) -> Response:
        """Return bytes, counts and rules."""
        require_administrator(request)
        return Response(StorageSerializer(storage_json()).data)

    @extend_schema(operation_id="storage_patch", request=StorageRulesSerializer, responses=StorageSerializer)
    def patch(self, request: Request) -> Response:
        """Change quota and retention."""
        actor = require_administrator(request)
        values = StorageRulesSerializer(data=request.data, partial=True)
        values.is_valid(raise_exception=True)
        set_storage_rules(actor=actor, changes=values.validated_data)
        return Response(StorageSerializer(storage_json()).data)


class ExpiredView(APIView):
    """What retention would delete."""

    @extend_schema(
        operation_id="storage_expired", parameters=[ExpiredQuerySerializer], responses=ExpiredSerializer(many=True)
    )
    def get(self, request: Request) -> Response:
        """List the oldest 200 studies that would go; nothing is deleted."""
        require_administrator(request)
        query = ExpiredQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        days = query.validated_data.get("days") or storage_rules().retention_days
        found = []
        if days is not None:
            for study in expired_studies(days=days):
                found.append(describe_expired(study))
                if len(found) == SHOWN_EXPIRED:
                    break
        return Response(ExpiredSerializer(found, many=True).data)


class NodesView(APIView):
    """Machines that may send images by DICOM."""

    @extend_schema(operation_id="dicom_nodes_list", responses=NodeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List them."""
        require_administrator(request)
        return Response(NodeSerializer(RemoteNode.objects.all(), many=True).data)

    @extend_schema(operation_id="dicom_node_add", request=NodeSerializer, responses={201: NodeSerializer})
    def post(self, request: Request) -> Response:
        """Add one."""
        actor = require_administrator(request)
        values = NodeSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        node = services.set_node(actor=actor, draft=services.NodeDraft(**values.validated_data))
        return Response(NodeSerializer(node).data, status=status.HTTP_201_CREATED)


class NodeView(APIView):
    """One machine."""

    @extend_schema(operation_id="dicom_node_change", request=NodeSerializer, responses=NodeSerializer)
    def patch(self, request: Request, node_id: UUID) -> Response:
        """Change it."""
        actor, node = require_administrator(request), _node(node_id)
        values = NodeSerializer(node, data=request.data, partial=True)
        values.is_valid(raise_exception=True)
        fields = ("ae_title", "host", "description", "user", "team", "enabled")
        draft = services.NodeDraft(**({name: getattr(node, name) for name in fields} | values.validated_data))
        return Response(NodeSerializer(services.set_node(actor=actor, draft=draft, node=node)).data)

    @extend_schema(operation_id="dicom_node_remove", responses={204: None})
    def delete(self, request: Request, node_id: UUID) -> Response:
        """Take it off the list; what it sent stays."""
        services.remove_node(actor=require_administrator(request), node=_node(node_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _node(node_id: UUID) -> RemoteNode:
    node = RemoteNode.objects.filter(pk=node_id).first()
    if node is None:
        raise NotFoundError("There is no such machine.", code="node_not_found")
    return node


class SeriesView(APIView):
    """One series."""

    @extend_schema(operation_id="series_delete", responses={204: None})
    def delete(self, request: Request, series_uid: str) -> Response:
        """Delete it for good; refused while cases or masks refer to it."""
        series = selectors.series_for(actor_of(request), series_uid)
        services.delete_series(actor=actor_of(request), series=series)
        return Response(status=status.HTTP_204_NO_CONTENT)
