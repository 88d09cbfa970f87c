"""Signing in and out, and what people change about themselves."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.errors import PasswordError, SignInError, TooManyAttemptsError
from accounts.models import User
from accounts.recording import record
from common.errors import InvalidError

LANGUAGES = ("en", "zh-hans")
FAILURES_ALLOWED = 10
FAILURES_WINDOW_S = 300
MAX_HOTKEYS = 300
_COMMAND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}")


def _failures_key(*, request: HttpRequest, username: str) -> str:
    address = request.META.get("REMOTE_ADDR", "")
    return "sign-in-failures-" + hashlib.sha256(f"{address}\0{username}".encode()).hexdigest()


def sign_in(*, request: HttpRequest, username: str, password: str) -> User:
    """Sign in on this browser session.

    Wrong passwords are counted per address and user name, in each web process for itself.

    Raises
    ------
    SignInError
        When the two do not belong together, or the account is inactive.
    TooManyAttemptsError
        After 10 failures within 5 minutes.
    """
    key = _failures_key(request=request, username=username)
    failures: int = cache.get(key, 0)
    if failures >= FAILURES_ALLOWED:
        raise TooManyAttemptsError("Too many wrong passwords. Wait five minutes and try again.")
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        cache.set(key, failures + 1, FAILURES_WINDOW_S)
        raise SignInError("The user name or the password is wrong.")
    cache.delete(key)
    with transaction.atomic():
        login(request, user)
        record(actor=user, action="session.open", subject=f"user:{user.pk}")
    return user


def sign_out(*, request: HttpRequest) -> None:
    """End this browser session; signing out twice is no error."""
    with transaction.atomic():
        if isinstance(request.user, User):
            record(actor=request.user, action="session.close", subject=f"user:{request.user.pk}")
        logout(request)


@transaction.atomic
def set_password(*, actor: User, old: str, new: str, request: HttpRequest | None = None) -> None:
    """Change one's own password; other sessions of the user end, the one of `request` stays.

    Raises
    ------
    PasswordError
        When `old` is wrong (code `wrong_password`) or `new` too weak (code `weak_password`, field `new`).
    """
    if not actor.check_password(old):
        raise PasswordError("The present password is wrong.", code="wrong_password", fields={"old": ["wrong"]})
    try:
        validate_password(new, actor)
    except ValidationError as error:
        raise PasswordError(" ".join(error.messages), code="weak_password", fields={"new": error.messages}) from error
    actor.set_password(new)
    actor.save(update_fields=["password"])
    if request is not None:
        update_session_auth_hash(request, actor)
    record(actor=actor, action="user.set_password", subject=f"user:{actor.pk}")


@transaction.atomic
def change_profile(
    *,
    actor: User,
    display_name: str | None = None,
    language: str | None = None,
    hotkeys: Mapping[str, Sequence[str]] | None = None,
    overlay: Mapping[str, bool] | None = None,
) -> User:
    """Change one's own name, language, hotkeys or texts over images; what is None stays.

    `hotkeys` are all that differ from the usual ones, by command; no keys at all take a command's away. `overlay` are
    the texts over images that are shown or hidden otherwise than usual, by name.

    Raises
    ------
    InvalidError
        For a language that does not ship (code `language_unknown`), for commands with malformed names, too many of
        them, or one key for two commands (code `hotkeys`, fields by command); for texts with malformed names or too
        many of them (code `overlay`).
    """
    if overlay is not None and (len(overlay) > MAX_HOTKEYS or not all(map(_COMMAND.fullmatch, overlay))):
        raise InvalidError(
            f"At most {MAX_HOTKEYS} texts, each named by letters and digits, can be shown or hidden.", code="overlay"
        )
    if language is not None and language.lower() not in LANGUAGES:
        raise InvalidError(
            f"The language {language} is not available.", code="language_unknown", fields={"language": list(LANGUAGES)}
        )
    if hotkeys is not None:
        _check_hotkeys(hotkeys)
    actor.display_name = actor.display_name if display_name is None else display_name
    actor.language = actor.language if language is None else language.lower()
    actor.hotkeys = actor.hotkeys if hotkeys is None else {command: list(keys) for command, keys in hotkeys.items()}
    actor.overlay = actor.overlay if overlay is None else dict(overlay)
    actor.save(update_fields=["display_name", "language", "hotkeys", "overlay"])
    return actor


def _check_hotkeys(hotkeys: Mapping[str, Sequence[str]]) -> None:
    if len(hotkeys) > MAX_HOTKEYS or not all(_COMMAND.fullmatch(command) for command in hotkeys):
        raise InvalidError(
            f"At most {MAX_HOTKEYS} commands, each named by letters and digits, can have keys.", code="hotkeys"
        )
    taken: dict[str, str] = {}
    for command, keys in hotkeys.items():
        for key in keys:
            if key in taken:
                raise InvalidError(
                    f"The key {key} is given to two commands.", code="hotkeys", fields={command: key, taken[key]: key}
                )
            taken[key] = command
