"""Signing in and out, and one's own account."""

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import selectors, services
from accounts.api.serializers import PasswordSerializer, ProfileSerializer, SessionSerializer, SignInSerializer
from accounts.authentication import SessionAuthentication, signed_in
from accounts.models import User
from accounts.policies import Actor
from accounts.selectors.people import roles_by_team
from common.api import ErrorSerializer


def _version() -> str:
    return selectors.product_version()


def _session(actor: Actor) -> dict[str, Any]:
    user = actor if isinstance(actor, User) else None
    body = {"user": user, "roles": roles_by_team(actor=actor), "version": _version()}
    return SessionSerializer(body).data


def _plain(request: Request) -> HttpRequest:
    """Return Django's request inside DRF's, which the session functions want."""
    return request._request


class SessionView(APIView):
    """The browser's session."""

    def get_permissions(self) -> list[BasePermission]:
        """Let strangers look and sign in."""
        return [AllowAny()] if self.request.method in ("GET", "POST", "OPTIONS") else [IsAuthenticated()]

    @extend_schema(operation_id="session_retrieve", responses={200: SessionSerializer}, auth=[])
    def get(self, request: Request) -> Response:
        """Return who is signed in (user null: nobody) and set the CSRF cookie."""
        get_token(_plain(request))
        return Response(_session(request.user))

    @extend_schema(
        operation_id="session_create",
        request=SignInSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer, 403: ErrorSerializer},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Sign in."""
        SessionAuthentication().enforce_csrf(request)
        wish = SignInSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        user = services.sign_in(request=_plain(request), **wish.validated_data)
        return Response(_session(user))

    @extend_schema(
        operation_id="session_update",
        request=ProfileSerializer,
        responses={200: SessionSerializer, 400: ErrorSerializer},
    )
    def patch(self, request: Request) -> Response:
        """Change one's own name, language, hotkeys or texts over images."""
        wish = ProfileSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        return Response(_session(services.change_profile(actor=signed_in(request), **wish.validated_data)))

    @extend_schema(operation_id="session_delete", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out."""
        services.sign_out(request=_plain(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SessionPasswordView(APIView):
    """One's own password."""

    @extend_schema(
        operation_id="session_password", request=PasswordSerializer, responses={204: None, 400: ErrorSerializer}
    )
    def post(self, request: Request) -> Response:
        """Change it; this session stays signed in, others of the same user end."""
        wish = PasswordSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        services.set_password(actor=signed_in(request), request=_plain(request), **wish.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)
