"""Models and their versions."""

from pathlib import Path
from uuid import UUID

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.assist import policies
from annotations.assist.api.actor import actor_of
from annotations.assist.api.serializers import (
    BundleUploadSerializer,
    ModelSerializer,
    ModelVersionSerializer,
    TrustSerializer,
)
from annotations.assist.bundles import scratch
from annotations.assist.selectors.models import model_for, version_for, visible_models
from annotations.assist.services.registry import check_size, register_bundle, trust_targets
from common.api import ErrorSerializer
from common.downloads import stream_blob
from common.errors import DeniedError


class ModelListView(APIView):
    """All models."""

    def get_parsers(self) -> list[BaseParser]:
        """Take a form with a file."""
        return [MultiPartParser()]

    @extend_schema(operation_id="model_list", responses={200: ModelSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Return the models one may use."""
        return Response(ModelSerializer(visible_models(actor=actor_of(request)), many=True).data)

    @extend_schema(
        operation_id="model_register",
        request={"multipart/form-data": BundleUploadSerializer},
        responses={201: ModelVersionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Register a bundle (a zip) as a new model version; for administrators."""
        actor = actor_of(request)
        if not policies.can_register(user=actor):
            raise DeniedError("Only an administrator may register a model: a bundle can carry code.")
        wish = BundleUploadSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        upload = wish.validated_data["bundle"]
        check_size(upload.size)
        with scratch("upload") as folder:
            path = folder / (Path(str(upload.name)).stem[:80] + ".zip")
            with path.open("wb") as out:
                for chunk in upload.chunks():
                    out.write(chunk)
            version = register_bundle(actor=actor, source=path, name=wish.validated_data["name"])
        return Response(ModelVersionSerializer(version).data, status=status.HTTP_201_CREATED)


class ModelView(APIView):
    """One model."""

    @extend_schema(operation_id="model_retrieve", responses={200: ModelSerializer, 404: ErrorSerializer})
    def get(self, request: Request, model_id: UUID) -> Response:
        """Return a model with its versions."""
        return Response(ModelSerializer(model_for(actor=actor_of(request), model_id=model_id)).data)


class ModelVersionView(APIView):
    """One model version."""

    @extend_schema(operation_id="model_version_retrieve", responses={200: ModelVersionSerializer, 404: ErrorSerializer})
    def get(self, request: Request, version_id: UUID) -> Response:
        """Return a model version."""
        return Response(ModelVersionSerializer(version_for(actor=actor_of(request), version_id=version_id)).data)


class ModelVersionTrustView(APIView):
    """Trust in the code that a bundle names."""

    @extend_schema(
        operation_id="model_version_trust",
        request=TrustSerializer,
        responses={200: ModelVersionSerializer, 400: ErrorSerializer, 403: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request, version_id: UUID) -> Response:
        """Allow the named targets to run; for administrators, and recorded."""
        actor = actor_of(request)
        wish = TrustSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        version = version_for(actor=actor, version_id=version_id)
        version = trust_targets(actor=actor, version=version, targets=wish.validated_data["targets"])
        return Response(ModelVersionSerializer(version).data)


class ModelVersionBundleView(APIView):
    """A model version as bytes."""

    @extend_schema(
        operation_id="model_version_bundle",
        responses={(200, "application/zip"): OpenApiTypes.BINARY, 404: ErrorSerializer},
    )
    def get(self, request: Request, version_id: UUID) -> StreamingHttpResponse:
        """Download the bundle as a zip."""
        version = version_for(actor=actor_of(request), version_id=version_id)
        name = f"{version.model.name}-{version.number}.zip".replace("/", "-")
        return stream_blob(
            request,
            name=version.bundle,
            filename=name,
            content_type="application/zip",
            size_bytes=version.size_bytes,
            sha256=version.bundle_sha256,
        )
