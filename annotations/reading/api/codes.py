"""Codes for labels."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.marks.codes import find_structures
from annotations.reading.api.exchange_serializers import CodeSerializer


class StructureSerializer(serializers.Serializer[Any]):
    """What a label can say that it shows."""

    type = CodeSerializer()
    category = CodeSerializer()


class StructuresView(APIView):
    """Structures that DICOM has codes for."""

    @extend_schema(
        operation_id="structures_list",
        parameters=[OpenApiParameter("q", str, required=True, description="words of the name, or the code")],
        responses=StructureSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Return the structures that fit some words, the best first, 30 at most."""
        found = find_structures(str(request.query_params.get("q", ""))[:64])
        return Response(StructureSerializer(found, many=True).data)
