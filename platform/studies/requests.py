"""Who is asking."""

from typing import cast

from rest_framework.request import Request

from accounts.models import User


def actor_of(request: Request) -> User:
    """Return the signed-in person; the permission classes have refused strangers already."""
    return cast(User, request.user)
