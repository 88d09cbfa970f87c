"""Hanging rules: of the project, and one's own."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.reading.api.people import actor_of
from annotations.reading.hanging import LAYOUTS, SLOTS, HangingRule, SlotRule
from annotations.reading.selectors.hanging import hanging_for
from annotations.reading.selectors.projects import managed_project_for, project_for
from annotations.reading.services.hanging import set_own_rules, set_project_rules


class SlotRuleSerializer(serializers.Serializer[Any]):
    """Which series goes into a slot."""

    slot = serializers.ChoiceField(choices=SLOTS)
    modality = serializers.CharField(max_length=16, allow_blank=True, default="")
    description = serializers.CharField(max_length=64, allow_blank=True, default="")


class HangingRuleSerializer(serializers.Serializer[Any]):
    """A condition on the case, and the layout that follows. What is empty fits every case."""

    name = serializers.CharField(max_length=100)
    layout = serializers.ChoiceField(choices=LAYOUTS)
    modality = serializers.CharField(max_length=16, allow_blank=True, default="")
    body_part = serializers.CharField(max_length=16, allow_blank=True, default="")
    description = serializers.CharField(max_length=64, allow_blank=True, default="")
    priors = serializers.IntegerField(min_value=0, max_value=100, default=0)
    slots = SlotRuleSerializer(many=True, default=list)


class HangingSerializer(serializers.Serializer[Any]):
    """One's own rules are asked before the project's."""

    own = HangingRuleSerializer(many=True)
    project = HangingRuleSerializer(many=True)


class HangingRulesSerializer(serializers.Serializer[Any]):
    """All rules of a list, in the order in which they are asked."""

    rules = HangingRuleSerializer(many=True)

    def drafts(self) -> list[HangingRule]:
        """Return the rules as the services take them."""
        rows = self.validated_data["rules"]
        return [HangingRule(**{**row, "slots": tuple(SlotRule(**part) for part in row["slots"])}) for row in rows]


class HangingView(APIView):
    """Hanging rules of a project."""

    @extend_schema(operation_id="hanging_get", responses=HangingSerializer)
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return the rules that count for the asker."""
        return Response(HangingSerializer(hanging_for(actor=actor_of(request), project_id=project_id)).data)

    @extend_schema(operation_id="hanging_set", request=HangingRulesSerializer, responses=HangingSerializer)
    def put(self, request: Request, project_id: UUID) -> Response:
        """Replace the project's rules (managers)."""
        actor = actor_of(request)
        project = managed_project_for(actor=actor, project_id=project_id)
        set_project_rules(actor=actor, project=project, rules=_drafts(request))
        return Response(HangingSerializer(hanging_for(actor=actor, project_id=project_id)).data)


class OwnHangingView(APIView):
    """The asker's own hanging rules in a project."""

    @extend_schema(operation_id="hanging_set_own", request=HangingRulesSerializer, responses=HangingSerializer)
    def put(self, request: Request, project_id: UUID) -> Response:
        """Replace one's own rules."""
        actor = actor_of(request)
        project = project_for(actor=actor, project_id=project_id)
        set_own_rules(actor=actor, project=project, rules=_drafts(request))
        return Response(HangingSerializer(hanging_for(actor=actor, project_id=project_id)).data)


def _drafts(request: Request) -> list[HangingRule]:
    body = HangingRulesSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.drafts()
