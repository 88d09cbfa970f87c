"""Who is asking."""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from accounts.models import User


def actor_of(request: Request) -> User:
    """Return the signed-in user.

    Raises
    ------
    NotAuthenticated
        There is none (views that ask this require one, so it does not come to that).
    """
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user
