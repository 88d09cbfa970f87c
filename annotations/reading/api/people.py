"""Who asks."""

from rest_framework.request import Request

from accounts.models import User
from common.errors import DeniedError


def actor_of(request: Request) -> User:
    """Return the signed-in user; the permission classes have refused strangers already."""
    if not isinstance(request.user, User):
        raise DeniedError("Sign in first.")
    return request.user
