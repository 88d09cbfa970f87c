"""Who a WebSocket is from: the session cookie, or a bearer token (programs; browsers cannot send one)."""

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from channels.db import database_sync_to_async
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, parse_cookie

from accounts.errors import TokenExpiredError, TokenUnknownError
from accounts.models import User
from accounts.selectors.tokens import token_for

Scope = dict[str, Any]
Application = Callable[[Scope, Any, Any], Awaitable[None]]


def user_of(scope: Scope) -> User | AnonymousUser:
    """Return who the connection is from, as the database says now (it blocks: call it in a thread)."""
    headers = {name.lower(): value.decode("latin1") for name, value in scope.get("headers", [])}
    scheme, _, secret = headers.get(b"authorization", "").partition(" ")
    if scheme:  # a connection with this header is never taken for the cookie's: see OriginMiddleware
        if scheme.lower() != "bearer":
            return AnonymousUser()
        try:
            return token_for(secret=secret.strip()).user
        except (TokenUnknownError, TokenExpiredError):
            return AnonymousUser()
    key = parse_cookie(headers.get(b"cookie", "")).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return AnonymousUser()
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if isinstance(user, User) else AnonymousUser()


class OriginMiddleware:
    """Refuse a browser's connection from another site's page; a program with a bearer token needs no Origin.

    A cookie is sent along by any page; a bearer token only by who has it, so it needs no such check.
    """

    def __init__(self, application: Application) -> None:
        self.application = application
        self.checked: Application = AllowedHostsOriginValidator(application)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the connection on, or refuse it."""
        by_token = any(name.lower() == b"authorization" for name, _ in scope.get("headers", []))
        await (self.application if by_token else self.checked)(scope, receive, send)


class AccountMiddleware:
    """Put `scope["user"]` in place: a User, or AnonymousUser."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass the connection on with its user."""
        user = await database_sync_to_async(user_of)(scope)
        await self.application({**scope, "user": user}, receive, send)
