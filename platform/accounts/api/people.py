"""People, for managers and administrators."""

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import policies, services
from accounts.api.serializers import (
    OneTimePasswordSerializer,
    UserChangeSerializer,
    UserCreatedSerializer,
    UserCreateSerializer,
    UserSerializer,
)
from accounts.authentication import signed_in
from accounts.selectors.people import user_for, visible_users
from common.api import ErrorSerializer
from common.errors import DeniedError


class UserListView(APIView):
    """All accounts."""

    @extend_schema(
        operation_id="user_list",
        parameters=[OpenApiParameter("q", str, description="part of the user name or display name")],
        responses={200: UserSerializer(many=True), 403: ErrorSerializer},
    )
    def get(self, request: Request) -> Response:
        """Return the people one may invite."""
        if not policies.can_list_users(request.user):
            raise DeniedError("Only managers and administrators may look people up.")
        users = visible_users(actor=request.user, search=request.query_params.get("q", ""))
        return Response(UserSerializer(users, many=True).data)

    @extend_schema(
        operation_id="user_create",
        request=UserCreateSerializer,
        responses={201: UserCreatedSerializer, 403: ErrorSerializer, 409: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make an account; the answer holds a one-time password."""
        wish = UserCreateSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        user, password = services.create_user(actor=signed_in(request), **wish.validated_data)
        body = UserCreatedSerializer(user, context={"password": password})
        return Response(body.data, status=status.HTTP_201_CREATED)


class UserView(APIView):
    """One account."""

    @extend_schema(
        operation_id="user_update",
        request=UserChangeSerializer,
        responses={200: UserSerializer, 403: ErrorSerializer, 404: ErrorSerializer, 409: ErrorSerializer},
    )
    def patch(self, request: Request, user_id: UUID) -> Response:
        """Change it."""
        wish = UserChangeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        user = user_for(actor=request.user, user_id=user_id)
        return Response(
            UserSerializer(services.change_user(actor=signed_in(request), user=user, **wish.validated_data)).data
        )


class UserResetPasswordView(APIView):
    """A forgotten password."""

    @extend_schema(
        operation_id="user_reset_password",
        request=None,
        responses={200: OneTimePasswordSerializer, 403: ErrorSerializer, 404: ErrorSerializer},
    )
    def post(self, request: Request, user_id: UUID) -> Response:
        """Replace it by a one-time password, which is shown once."""
        user = user_for(actor=request.user, user_id=user_id)
        password = services.reset_password(actor=signed_in(request), user=user)
        return Response(OneTimePasswordSerializer({"password": password}).data)
