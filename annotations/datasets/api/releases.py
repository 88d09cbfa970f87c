"""Releases of a project: list, preview, freeze, manifest, download."""

import json
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.datasets.api.serializers import DefinitionSerializer, PreviewSerializer, ReleaseSerializer
from annotations.datasets.errors import FormatError
from annotations.datasets.members import counts_by_split, members_to_json, missing_to_json
from annotations.datasets.selectors.releases import release_for, releases_for, require_frozen, require_unblinded
from annotations.datasets.services.archive_names import download_name
from annotations.datasets.services.releases import Preview, create_release, preview_release, record_download
from annotations.datasets.types import Definition, Format
from annotations.reading.api.people import actor_of
from common.api import ErrorSerializer
from common.downloads import stream_blob

_ERRORS = {400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer}


def _definition(request: Request) -> Definition:
    body = DefinitionSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    return body.definition()


class ReleasesView(APIView):
    """The releases of one project."""

    @extend_schema(operation_id="releases_list", responses={200: ReleaseSerializer(many=True), **_ERRORS})
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return the releases, newest first."""
        releases = releases_for(actor=actor_of(request), project_id=project_id)
        return Response(ReleaseSerializer(releases, many=True).data)

    @extend_schema(
        operation_id="release_create", request=DefinitionSerializer, responses={201: ReleaseSerializer, **_ERRORS}
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Fix the members of a release and start freezing it."""
        release = create_release(actor=actor_of(request), project_id=project_id, definition=_definition(request))
        return Response(ReleaseSerializer(release).data, status=status.HTTP_201_CREATED)


class ReleasePreviewView(APIView):
    """What a definition would come to."""

    @extend_schema(
        operation_id="release_preview", request=DefinitionSerializer, responses={200: PreviewSerializer, **_ERRORS}
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Return counts per split and the cases that would be missing; writes nothing."""
        definition = _definition(request)
        preview = preview_release(actor=actor_of(request), project_id=project_id, definition=definition)
        return Response(PreviewSerializer(_preview_answer(preview, definition)).data)


def _preview_answer(preview: Preview, definition: Definition) -> dict[str, Any]:
    members = members_to_json(preview.cohort)
    return {
        "cases": len(members),
        "patients": len({member["patient_key"] for member in members}),
        "per_split": counts_by_split(members),
        "per_format": {
            form.value: sum(form.value in member["formats"] for member in members) for form in definition.formats
        },
        "missing": [missing_to_json(one) for one in preview.cohort.missing],
    }


class ReleaseView(APIView):
    """One release."""

    @extend_schema(operation_id="release_retrieve", responses={200: ReleaseSerializer, **_ERRORS})
    def get(self, request: Request, release_id: UUID) -> Response:
        """Return the release."""
        return Response(ReleaseSerializer(release_for(actor=actor_of(request), release_id=release_id)).data)


class ReleaseManifestView(APIView):
    """What is in a release."""

    @extend_schema(
        operation_id="release_manifest",
        responses={200: OpenApiResponse(OpenApiTypes.OBJECT, description="format → manifest.json"), **_ERRORS},
    )
    def get(self, request: Request, release_id: UUID) -> Response:
        """Return the manifest of each archive by format, as it lies in the archive."""
        release = release_for(actor=actor_of(request), release_id=release_id)
        require_unblinded(actor=actor_of(request), release=release)
        require_frozen(release)
        manifests: dict[str, Any] = {}
        for form in release.definition["formats"]:
            with default_storage.open(release.archives[form]["manifest"]) as file:
                manifests[form] = json.loads(file.read())
        return Response(manifests)


class ReleaseDownloadView(APIView):
    """One archive of a release."""

    @extend_schema(
        operation_id="release_download",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 409: ErrorSerializer, **_ERRORS},
    )
    def get(self, request: Request, release_id: UUID, archive_format: str) -> StreamingHttpResponse:
        """Stream the archive, with its length, its name and its SHA-256 as ETag and Digest."""
        release = release_for(actor=actor_of(request), release_id=release_id)
        if archive_format not in Format.values:
            raise FormatError("There is no such format.")
        form = Format(archive_format)
        archive = record_download(actor=actor_of(request), release=release, form=form)
        return stream_blob(
            request,
            content_type="application/zip",
            name=str(archive["blob"]),
            size_bytes=int(str(archive["size_bytes"])),
            sha256=str(archive["sha256"]),
            filename=download_name(release, form),
        )
