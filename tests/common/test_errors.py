"""One shape for every refusal."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions

from common.api import handle_error
from common.errors import ConflictError, DeniedError, DomainError, InvalidError, NotFoundError


class OutOfRangeError(InvalidError):
    """A kind of its own."""

    default_code = "out_of_range"


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidError("no"), 400, "invalid"),
        (OutOfRangeError("no"), 400, "out_of_range"),
        (DeniedError("no"), 403, "denied"),
        (NotFoundError("no"), 404, "not_found"),
        (ConflictError("no", code="stale_base", fields={"head": 3}), 409, "stale_base"),
        (DomainError("no"), 400, "error"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (exceptions.ValidationError({"name": ["required"]}), 400, "invalid"),
        (exceptions.ParseError("bad JSON"), 400, "parse_error"),
        (exceptions.Throttled(), 429, "throttled"),
    ],
)
def test_every_error_has_one_shape(error: Exception, status: int, code: str) -> None:
    response = handle_error(error, {})
    assert response is not None
    assert response.status_code == status
    assert set(response.data) == {"error"}
    assert set(response.data["error"]) == {"code", "message", "fields"}
    assert response.data["error"]["code"] == code
    assert response.data["error"]["message"]


def test_our_own_defects_stay_500() -> None:
    assert handle_error(RuntimeError("a defect"), {}) is None
