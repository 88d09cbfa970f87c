"""Bring files in through the browser."""

from typing import Any
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies import selectors, services
from studies.api.serializers import (
    FileOutcomesSerializer,
    ImportSerializer,
    NewImportSerializer,
    UploadSerializer,
)
from studies.errors import TooLargeError
from studies.models import Import
from studies.requests import actor_of

MULTIPART_MARGIN_BYTES = 1 << 20


def import_json(batch: Import) -> dict[str, Any]:
    """Return an import as JSON."""
    batch.studies = selectors.studies_of_import(batch=batch)  # type: ignore[attr-defined]  # for the serializer only
    return dict(ImportSerializer(batch).data)


class ImportsView(APIView):
    """One's imports, newest first; open a new one."""

    @extend_schema(operation_id="imports_list", responses=ImportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the last 100 imports the actor may look at."""
        return Response([import_json(batch) for batch in selectors.visible_imports(actor=actor_of(request))[:100]])

    @extend_schema(operation_id="import_open", request=NewImportSerializer, responses={201: ImportSerializer})
    def post(self, request: Request) -> Response:
        """Open an import."""
        values = NewImportSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        batch = services.open_import(actor=actor_of(request), source=values.validated_data["source"])
        return Response(import_json(batch), status=status.HTTP_201_CREATED)


class ImportView(APIView):
    """One import."""

    @extend_schema(operation_id="import_get", responses=ImportSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Return an import with its counts so far."""
        return Response(import_json(selectors.import_for(actor_of(request), import_id)))


class ImportFilesView(APIView):
    """Send files into an open import."""

    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="import_add_file", request=UploadSerializer, responses=FileOutcomesSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Take in one file, or every file of one zip; answers when all of it is durable."""
        batch = selectors.import_for(actor_of(request), import_id)
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > settings.MAX_UPLOAD_BYTES + MULTIPART_MARGIN_BYTES:
            raise TooLargeError(f"The file is larger than the {settings.MAX_UPLOAD_BYTES >> 20} MB that are allowed.")
        values = UploadSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        file = values.validated_data["file"]
        path = values.validated_data.get("path") or file.name
        outcomes = services.store_file(batch=batch, path=path, file=file)
        return Response(FileOutcomesSerializer({"files": outcomes}).data)


class ImportCloseView(APIView):
    """End an import."""

    @extend_schema(operation_id="import_close", request=None, responses=ImportSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Index what came in; answers with the studies."""
        batch = selectors.import_for(actor_of(request), import_id)
        return Response(import_json(services.close_import(actor=actor_of(request), batch=batch)))
