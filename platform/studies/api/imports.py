"""Bring files in through the browser."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from studies import selectors, services
from studies.api.serializers import (
    FileOutcomesSerializer,
    ImportedFilePageSerializer,
    ImportedFileQuerySerializer,
    ImportSerializer,
    KnownFilesSerializer,
    NewImportSerializer,
    OfferedFilesSerializer,
    UploadSerializer,
)
from studies.errors import TooLargeError
from studies.models import Import
from studies.requests import actor_of
from studies.services.imports import is_large
from studies.services.preparing import Incoming
from studies.services.resuming import files_known

MULTIPART_MARGIN_BYTES = 1 << 20


def import_json(batch: Import, *, listed: bool = False) -> dict[str, Any]:
    """Return an import as JSON; in a list, long ones without their studies."""
    found = [] if listed and selectors.is_long(batch=batch) else selectors.studies_of_import(batch=batch)
    batch.studies = found  # type: ignore[attr-defined]  # for the serializer only
    return dict(ImportSerializer(batch).data)


class ImportsView(APIView):
    """One's imports, newest first; open a new one."""

    @extend_schema(operation_id="imports_list", responses=ImportSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the last 100 imports the actor may look at; those of more than 5,000 files without their studies."""
        last = selectors.visible_imports(actor=actor_of(request))[:100]
        return Response([import_json(batch, listed=True) for batch in last])

    @extend_schema(operation_id="import_open", request=NewImportSerializer, responses={201: ImportSerializer})
    def post(self, request: Request) -> Response:
        """Open an import."""
        values = NewImportSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        batch = services.open_import(actor=actor_of(request), **values.validated_data)
        return Response(import_json(batch), status=status.HTTP_201_CREATED)


class ImportView(APIView):
    """One import."""

    @extend_schema(operation_id="import_get", responses=ImportSerializer)
    def get(self, request: Request, import_id: UUID) -> Response:
        """Return an import with its counts so far."""
        return Response(import_json(selectors.import_for(actor_of(request), import_id)))


class ImportFilesView(APIView):
    """Send files into an open import; look at what became of its files."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="import_files", parameters=[ImportedFileQuerySerializer], responses=ImportedFilePageSerializer
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        """List files with their outcomes in the order of their coming, a page at a time."""
        batch = selectors.import_for(actor_of(request), import_id)
        query = ImportedFileQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        found = list(
            selectors.files_of_import(batch=batch, state=wanted["state"], after=wanted["after"])[: wanted["limit"]]
        )
        following = found[-1].pk if len(found) == wanted["limit"] else None
        return Response(ImportedFilePageSerializer({"results": found, "next": following}).data)

    @extend_schema(operation_id="import_add_file", request=UploadSerializer, responses=FileOutcomesSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Take in files, or every file of a zip; answers when all of it is durable."""
        batch = selectors.import_for(actor_of(request), import_id)
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        if length > settings.MAX_UPLOAD_BYTES + MULTIPART_MARGIN_BYTES:
            raise TooLargeError(f"The file is larger than the {settings.MAX_UPLOAD_BYTES >> 20} MB that are allowed.")
        sent = request.data if isinstance(request.data, QueryDict) else QueryDict()  # of a request without a body
        values = UploadSerializer(
            data={"file": sent.getlist("file")} | ({"path": sent.getlist("path")} if "path" in sent else {})
        )
        values.is_valid(raise_exception=True)
        files = values.validated_data["file"]
        paths = values.validated_data.get("path") or [""] * len(files)
        incoming = [Incoming(path or file.name, file) for path, file in zip(paths, files, strict=True)]
        outcomes = list(services.store_files(batch=batch, files=incoming))
        return Response(FileOutcomesSerializer({"files": outcomes}).data)


class ImportKnownView(APIView):
    """What need not be sent again after a broken connection."""

    @extend_schema(operation_id="import_known", request=OfferedFilesSerializer, responses=KnownFilesSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Return the paths of those files that the import has an outcome for."""
        batch = selectors.import_for(actor_of(request), import_id)
        values = OfferedFilesSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        offered = [(file["path"], file["size_bytes"]) for file in values.validated_data["files"]]
        return Response({"known": files_known(batch=batch, files=offered)})


class ImportCloseView(APIView):
    """End an import."""

    @extend_schema(operation_id="import_close", request=None, responses=ImportSerializer)
    def post(self, request: Request, import_id: UUID) -> Response:
        """Index what came in, a large import by a job that tells how far it is; answers with the studies."""
        batch = selectors.import_for(actor_of(request), import_id)
        later = is_large(batch)
        closed = services.close_import(actor=actor_of(request), batch=batch, index=not later, one_job=later)
        return Response(import_json(closed))
