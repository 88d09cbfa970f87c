"""How an API request says who it is from: a bearer token or the browser's session."""

import base64
import binascii

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from accounts.errors import TokenExpiredError, TokenUnknownError
from accounts.models import Token, User
from accounts.selectors.tokens import token_for
from accounts.services.tokens import note_token_use


def signed_in(request: Request) -> User:
    """Return the user a request is from, for views that strangers cannot reach.

    Raises
    ------
    rest_framework.exceptions.NotAuthenticated
        For a stranger.
    """
    if not isinstance(request.user, User):
        raise exceptions.NotAuthenticated
    return request.user


class BearerTokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer fid_…`; unknown or expired: 401, code `token_unknown` or `token_expired`."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Return the token's user, or None when the request bears no token."""
        secret = self.secret_in(request.headers.get("Authorization", ""))
        if secret is None:
            return None
        try:
            token = token_for(secret=secret.strip())
        except (TokenUnknownError, TokenExpiredError) as error:
            raise exceptions.AuthenticationFailed(error.message, code=error.code) from error
        note_token_use(token=token)
        return token.user, token

    def secret_in(self, header: str) -> str | None:
        """Return the token in an Authorization header, or None when it is of another scheme."""
        scheme, _, secret = header.partition(" ")
        return secret if scheme.lower() == "bearer" else None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, which makes the answer to a stranger 401 instead of 403."""
        return 'Bearer realm="Fiducial"'


class BasicTokenAuthentication(BearerTokenAuthentication):
    """A token as the password of HTTP Basic, under any user name, for DICOMweb clients that can send nothing else.

    People's own passwords are not taken: they would get round limits and second factors. No Basic challenge is ever
    sent, so that browsers neither ask for a password nor keep one and send it by themselves (which CSRF lives on).
    """

    def secret_in(self, header: str) -> str | None:
        """Return the password of a Basic header, or None when it is of another scheme or cannot be read."""
        scheme, _, packed = header.partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            return base64.b64decode(packed.strip(), validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""


class SessionAuthentication(authentication.SessionAuthentication):
    """The browser's session with CSRF enforced (403, code `csrf_failed`); a stranger gets 401."""

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge, which makes the answer to a stranger 401 instead of 403."""
        return 'Session realm="Fiducial"'

    def enforce_csrf(self, request: Request) -> None:
        """Refuse a changing request without the CSRF token."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(str(error.detail), code="csrf_failed") from error
