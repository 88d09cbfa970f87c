"""One's own API tokens."""

from datetime import timedelta
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import services
from accounts.api.serializers import TokenCreatedSerializer, TokenCreateSerializer, TokenSerializer
from accounts.authentication import signed_in
from accounts.selectors.tokens import tokens_of
from common.api import ErrorSerializer
from common.errors import NotFoundError


class TokenListView(APIView):
    """All tokens of the signed-in user."""

    @extend_schema(operation_id="token_list", responses={200: TokenSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """Return them, newest first."""
        return Response(TokenSerializer(tokens_of(actor=signed_in(request)), many=True).data)

    @extend_schema(
        operation_id="token_create",
        request=TokenCreateSerializer,
        responses={201: TokenCreatedSerializer, 400: ErrorSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make one; the answer holds its secret, which is shown once."""
        wish = TokenCreateSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        token, secret = services.issue_token(
            actor=signed_in(request),
            user=signed_in(request),
            name=wish.validated_data["name"],
            lifetime=timedelta(days=wish.validated_data["days"]),
        )
        body = TokenCreatedSerializer(token, context={"secret": secret})
        return Response(body.data, status=status.HTTP_201_CREATED)


class TokenView(APIView):
    """One token."""

    @extend_schema(operation_id="token_delete", responses={204: None, 404: ErrorSerializer})
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke it."""
        token = tokens_of(actor=signed_in(request)).filter(pk=token_id).first()
        if token is None:
            raise NotFoundError("There is no such token.")
        services.revoke_token(actor=signed_in(request), token=token)
        return Response(status=status.HTTP_204_NO_CONTENT)
