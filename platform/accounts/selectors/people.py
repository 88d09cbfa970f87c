"""People and teams."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import policies
from accounts.models import Membership, Team, User
from accounts.types import Role
from common.errors import NotFoundError


def visible_users(*, actor: policies.Actor, search: str = "") -> QuerySet[User]:
    """Return the people `actor` may see, by name: everybody for managers and administrators, else oneself.

    Parameters
    ----------
    actor : User or AnonymousUser
        Who asks.
    search : str, optional
        Part of the user name or display name, in any case.
    """
    users = User.objects.order_by("username")
    if actor.pk is None:
        return users.none()
    if not policies.can_list_users(actor):
        users = users.filter(pk=actor.pk)
    if search:
        users = users.filter(Q(username__icontains=search) | Q(display_name__icontains=search))
    return users


def user_for(*, actor: policies.Actor, user_id: UUID) -> User:
    """Return one visible user.

    Raises
    ------
    NotFoundError
        When there is none, or none that `actor` may see.
    """
    user = visible_users(actor=actor).filter(pk=user_id).first()
    if user is None:
        raise NotFoundError("There is no such user.")
    return user


def roles_by_team(*, actor: policies.Actor) -> dict[str, list[str]]:
    """Return the actor's own roles as team id → role names (an administrator's implied roles are not listed)."""
    roles: dict[str, list[str]] = defaultdict(list)
    if actor.pk is not None:
        for team_id, role in (
            Membership.objects.filter(user_id=actor.pk).values_list("team_id", "role").order_by("role")
        ):
            roles[str(team_id)].append(role)
    return dict(roles)


def teams_of(*, actor: policies.Actor, roles: Collection[Role] | None = None) -> QuerySet[Team]:
    """Return the teams in which `actor` holds any of `roles` (any role at all when None); all for administrators."""
    if policies.is_administrator(actor):
        return Team.objects.all()
    if actor.pk is None or not actor.is_active:
        return Team.objects.none()
    memberships = Membership.objects.filter(user_id=actor.pk)
    if roles is not None:
        memberships = memberships.filter(role__in=list(roles))
    return Team.objects.filter(pk__in=memberships.values("team_id"))


def members_of(*, team: Team) -> dict[User, list[Role]]:
    """Return who belongs to `team` with which roles, by user name. The caller has checked that the actor may see it."""
    members: dict[User, list[Role]] = defaultdict(list)
    rows = Membership.objects.filter(team=team).select_related("user").order_by("user__username", "role")
    for row in rows:
        members[row.user].append(Role(row.role))
    return dict(members)
