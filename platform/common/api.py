"""The one handler that turns errors into one JSON shape: `{"error": {"code", "message", "fields"}}`."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, TooManyFieldsSent
from django.http import Http404
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import (
    ConflictError,
    DeniedError,
    DomainError,
    InvalidError,
    NotFoundError,
    NotReadyError,
    StorageFullError,
    UnavailableError,
)
from common.failures import unavailable

logger = logging.getLogger(__name__)

STATUS: dict[type[DomainError], int] = {
    InvalidError: status.HTTP_400_BAD_REQUEST,
    DeniedError: status.HTTP_403_FORBIDDEN,
    NotFoundError: status.HTTP_404_NOT_FOUND,
    ConflictError: status.HTTP_409_CONFLICT,
    NotReadyError: status.HTTP_503_SERVICE_UNAVAILABLE,
    StorageFullError: status.HTTP_507_INSUFFICIENT_STORAGE,
    UnavailableError: status.HTTP_503_SERVICE_UNAVAILABLE,
}


class ErrorBodySerializer(serializers.Serializer[Any]):
    """The inside of every error answer."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField()  # type: ignore[assignment]  # DRF's class attribute of the same name is typed


class ErrorSerializer(serializers.Serializer[Any]):
    """Every error answer."""

    error = ErrorBodySerializer()


def error_response(*, code: str, message: str, http_status: int, fields: dict[str, Any] | None = None) -> Response:
    """Return the one error shape."""
    return Response({"error": {"code": code, "message": message, "fields": fields or {}}}, status=http_status)


def status_of(error: DomainError) -> int:
    """Return the HTTP status of a domain error by its kind."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), status.HTTP_400_BAD_REQUEST)


def handle_error(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Render `exc`; None lets Django answer 500 and log it (only for our own defects)."""
    if failure := unavailable(exc):
        reason = getattr(exc.__cause__, "sqlite_errorname", "") or getattr(exc.__cause__, "sqlstate", "") or ""
        logger.error("%s: %s %s", failure.code, exc, reason, exc_info=exc)
        exc = failure
    if isinstance(exc, DomainError):
        answer = error_response(code=exc.code, message=exc.message, http_status=status_of(exc), fields=exc.fields)
        if isinstance(exc, NotReadyError | UnavailableError):
            answer["Retry-After"] = str(exc.retry_after_s)
        return answer
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    elif isinstance(exc, TooManyFieldsSent):
        exc = exceptions.ParseError("A request has at most 1,000 parameters.")
    if isinstance(exc, exceptions.ValidationError):
        fields = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
        return error_response(
            code="invalid", message="Some values are not right.", http_status=exc.status_code, fields=dict(fields)
        )
    response = exception_handler(exc, context)
    if response is None or not isinstance(exc, exceptions.APIException):
        return response
    codes = exc.get_codes()
    answer = error_response(
        code=codes if isinstance(codes, str) else "invalid", message=str(exc.detail), http_status=response.status_code
    )
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            answer[header] = response[header]
    return answer
