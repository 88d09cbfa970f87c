"""API tokens."""

import hashlib

from django.db.models import QuerySet

from accounts.errors import TokenExpiredError, TokenUnknownError
from accounts.models import Token, User
from common.clock import now

TOKEN_PREFIX = "fid_"  # noqa: S105  (the public prefix that tells our tokens from others, no secret)


def digest_of(secret: str) -> str:
    """Return the SHA-256 (hexadecimal) under which `secret` is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def tokens_of(*, actor: User) -> QuerySet[Token]:
    """Return the actor's own tokens, newest first."""
    return Token.objects.filter(user=actor).order_by("-created_at")


def token_for(*, secret: str) -> Token:
    """Return the valid token with this secret, its user loaded.

    Raises
    ------
    TokenUnknownError
        When no active user has such a token.
    TokenExpiredError
        When its time is over.
    """
    token = Token.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or not token.user.is_active:
        raise TokenUnknownError("This token is not known here. Make a new one on the page Account.")
    if token.expires_at <= now():
        raise TokenExpiredError("This token has expired. Make a new one on the page Account.")
    return token
