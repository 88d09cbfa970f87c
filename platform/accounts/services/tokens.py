"""API tokens; the secret is shown once."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import Token, User
from accounts.policies import is_administrator
from accounts.recording import record
from accounts.selectors.tokens import TOKEN_PREFIX, digest_of
from common.clock import now
from common.errors import DeniedError, InvalidError

LONGEST_LIFETIME = timedelta(days=366)
USE_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def issue_token(*, actor: User | None, user: User, name: str, lifetime: timedelta) -> tuple[Token, str]:
    """Make a token for `user`.

    Parameters
    ----------
    actor : User or None
        The user or an administrator; None for the command line of the server.
    user : User
        Whose rights the token carries.
    name : str
        What it is for.
    lifetime : timedelta
        More than nothing, at most 366 days.

    Returns
    -------
    tuple of (Token, str)
        The row and the secret, which is not kept.

    Raises
    ------
    DeniedError
        When `actor` is somebody else and no administrator.
    InvalidError
        For a lifetime out of range.
    """
    if actor is not None and actor.pk != user.pk and not is_administrator(actor):
        raise DeniedError("Only an administrator may make a token for somebody else.")
    if not timedelta(0) < lifetime <= LONGEST_LIFETIME:
        raise InvalidError("A token lives for 1 to 366 days.", code="token_lifetime", fields={"days": ["1 to 366"]})
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(user=user, name=name, digest=digest_of(secret), expires_at=now() + lifetime)
    detail = {"user": str(user.pk), "expires_at": token.expires_at.isoformat()}
    record(actor=actor, action="token.issue", subject=f"token:{token.pk}", detail=detail)
    return token, secret


@transaction.atomic
def revoke_token(*, actor: User, token: Token) -> None:
    """End a token now.

    Raises
    ------
    DeniedError
        When it belongs to somebody else and `actor` is no administrator.
    """
    if token.user_id != actor.pk and not is_administrator(actor):
        raise DeniedError("Only an administrator may revoke somebody else's token.")
    record(actor=actor, action="token.revoke", subject=f"token:{token.pk}", detail={"user": str(token.user_id)})
    token.delete()


def note_token_use(*, token: Token) -> None:
    """Keep when the token was last used, to within five minutes: reading must not cost a write each time."""
    moment = now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=moment - USE_NOTED_EVERY)
    if token.last_used_at is None or token.last_used_at < moment - USE_NOTED_EVERY:
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=moment)
