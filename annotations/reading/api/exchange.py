"""Marks of a reading as files, and files as marks."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from annotations.marks.errors import TooLargeError
from annotations.marks.loading.opening import opened_file
from annotations.marks.loading.types import Source
from annotations.reading.api.exchange_serializers import (
    ExportQuerySerializer,
    LoadedSerializer,
    LoadPlanSerializer,
    LoadSerializer,
    PreviewLoadSerializer,
)
from annotations.reading.api.people import actor_of
from annotations.reading.selectors.readings import own_reading_for, reading_for
from annotations.reading.services.importing import derived_source, load_marks, plan_load
from annotations.reading.types import ExchangeFormat
from common.api import ErrorSerializer
from common.errors import NotFoundError

_ERRORS = {400: ErrorSerializer, 404: ErrorSerializer}


class ExportView(APIView):
    """Saving marks."""

    @extend_schema(
        operation_id="reading_export",
        parameters=[
            ExportQuerySerializer,
            OpenApiParameter("form", enum=ExchangeFormat.values, location=OpenApiParameter.PATH),
        ],
        responses={(200, "application/dicom"): OpenApiTypes.BINARY, **_ERRORS},
    )
    def get(self, request: Request, reading_id: UUID, form: str) -> HttpResponse:
        """Return the marks of a revision as a DICOM file, or as a zip where they need several files."""
        from annotations.reading.services.exporting import export_marks  # loads highdicom: a second, once

        actor = actor_of(request)
        reading_for(actor=actor, reading_id=reading_id)
        if form not in ExchangeFormat.values:
            raise NotFoundError("There is no such format.", code="unknown_format")
        query = ExportQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        file = export_marks(
            actor=actor,
            reading_id=reading_id,
            form=ExchangeFormat(form),
            at=query.validated_data.get("at"),
            shown=query.shown(),
        )
        response = HttpResponse(file.data, content_type=file.content_type)
        response["Content-Disposition"] = content_disposition_header(True, file.filename) or "attachment"
        response["Cache-Control"] = "private, no-store"
        return response


class ImportPreviewView(APIView):
    """Looking at a file before its marks are loaded."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="reading_import_preview",
        request=PreviewLoadSerializer,
        responses={200: LoadPlanSerializer, **_ERRORS},
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Return what maps to what, what is left out and what changes; nothing is written."""
        actor = actor_of(request)
        own_reading_for(actor=actor, reading_id=reading_id)
        body = PreviewLoadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        with _source(actor, reading_id, body.validated_data) as source:
            plan = plan_load(actor=actor, reading_id=reading_id, source=source, choices=body.validated_data["choices"])
            return Response(LoadPlanSerializer(plan).data)


class ImportView(APIView):
    """Loading marks."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="reading_import",
        request=LoadSerializer,
        responses={201: LoadedSerializer, 200: LoadedSerializer, 409: ErrorSerializer, **_ERRORS},
    )
    def post(self, request: Request, reading_id: UUID) -> Response:
        """Load a file as one revision; 200 when this `client_id` was known already, 409 `stale_base` or `locked`."""
        actor = actor_of(request)
        own_reading_for(actor=actor, reading_id=reading_id)
        body = LoadSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        data = body.validated_data
        with _source(actor, reading_id, data) as source:
            saved, plan = load_marks(
                actor=actor,
                reading_id=reading_id,
                source=source,
                choices=data["choices"],
                base_revision=data["base_revision"],
                client_id=data["client_id"],
            )
            answer = LoadedSerializer({"saved": saved, "plan": plan}).data
        return Response(answer, status=status.HTTP_201_CREATED if saved.created else status.HTTP_200_OK)


def _source(actor: User, reading_id: UUID, data: Mapping[str, Any]) -> AbstractContextManager[Source]:
    upload: Any = data.get("file")
    if upload is None:
        reading = own_reading_for(actor=actor, reading_id=reading_id)
        return derived_source(actor=actor, reading=reading, sop_instance_uid=data["derived"])
    size = upload.size or 0
    if size > settings.MAX_UPLOAD_BYTES:
        raise TooLargeError("This file is larger than the server takes.")
    return opened_file(upload.name or "", cast(BinaryIO, upload.file), size)
