"""Accounts, by administrators."""

import secrets

from django.db import IntegrityError, transaction

from accounts import policies
from accounts.errors import LastAdministratorError
from accounts.models import User
from accounts.recording import record
from common.errors import ConflictError, DeniedError


def _check_administrator(actor: User | None) -> None:
    if actor is not None and not policies.is_administrator(actor):
        raise DeniedError("Only an administrator may do this.")


@transaction.atomic
def create_user(
    *,
    actor: User | None,
    username: str,
    display_name: str = "",
    is_administrator: bool = False,
    password: str = "",
) -> tuple[User, str]:
    """Make an account.

    Parameters
    ----------
    actor : User or None
        An administrator; None for the system itself (start-up commands).
    username, display_name : str
        The name to sign in with (unique) and the one that others see.
    is_administrator : bool
        Whether the new user administers the installation.
    password : str, optional
        A one-time password is made when it is left out.

    Returns
    -------
    tuple of (User, str)
        The user and the password, which is kept nowhere in readable form.

    Raises
    ------
    DeniedError
        When `actor` is no administrator.
    ConflictError
        With code `username_taken`.
    """
    _check_administrator(actor)
    secret = password or secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username=username, password=secret, display_name=display_name or username, is_staff=is_administrator
            )
    except IntegrityError as error:
        raise ConflictError(
            f"The user name {username} is taken.", code="username_taken", fields={"username": username}
        ) from error
    record(actor=actor, action="user.create", subject=f"user:{user.pk}", detail={"is_administrator": is_administrator})
    return user, secret


@transaction.atomic
def change_user(
    *,
    actor: User,
    user: User,
    display_name: str | None = None,
    is_active: bool | None = None,
    is_administrator: bool | None = None,
) -> User:
    """Change an account; what is None stays.

    Raises
    ------
    DeniedError
        When `actor` is no administrator.
    LastAdministratorError
        When nobody active would administer the installation afterwards.
    """
    _check_administrator(actor)
    # Every administrator's row is locked, so that two of them cannot retire each other at the same moment.
    administrators = {row.pk for row in User.objects.select_for_update().filter(is_staff=True, is_active=True)}
    user = User.objects.select_for_update().get(pk=user.pk)
    user.display_name = user.display_name if display_name is None else display_name
    user.is_active = user.is_active if is_active is None else is_active
    user.is_staff = user.is_staff if is_administrator is None else is_administrator
    if not (user.is_active and user.is_staff) and administrators == {user.pk}:
        raise LastAdministratorError("This is the last administrator; make another one first.")
    user.save(update_fields=["display_name", "is_active", "is_staff"])
    detail = {"display_name": display_name, "is_active": is_active, "is_administrator": is_administrator}
    record(
        actor=actor,
        action="user.change",
        subject=f"user:{user.pk}",
        detail={key: value for key, value in detail.items() if value is not None},
    )
    return user


@transaction.atomic
def reset_password(*, actor: User | None, user: User, password: str = "") -> str:
    """Give `user` a new one-time password (made here unless given) and return it; its sessions end.

    Raises
    ------
    DeniedError
        When `actor` is no administrator.
    """
    _check_administrator(actor)
    secret = password or secrets.token_urlsafe(12)
    user.set_password(secret)
    user.save(update_fields=["password"])
    record(actor=actor, action="user.reset_password", subject=f"user:{user.pk}")
    return secret
