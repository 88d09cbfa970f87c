"""Who may do what, in terms of teams and roles.

Administrators hold every role in every team. An inactive or anonymous user holds none.
"""

from collections.abc import Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Team, User
from accounts.types import Role

Actor = User | AnonymousUser
EVERY_ROLE: frozenset[Role] = frozenset(Role)


def is_administrator(user: Actor | None) -> bool:
    """Return whether `user` administers the installation."""
    return isinstance(user, User) and user.is_active and user.is_staff


def roles_of(*, user: Actor | None, team: Team | Any | None) -> frozenset[Role]:
    """Return the roles of `user` in `team` (a Team or its id); none without a team unless administrator."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    if user.is_staff:
        return EVERY_ROLE
    if team is None:
        return frozenset()
    team_id = team.pk if isinstance(team, Team) else team
    rows = Membership.objects.filter(team_id=team_id, user=user).values_list("role", flat=True)
    return frozenset(Role(role) for role in rows)


def has_role(*, user: Actor | None, team: Team | Any | None, roles: Collection[Role]) -> bool:
    """Return whether `user` holds at least one of `roles` in `team` (a Team or its id)."""
    return bool(roles_of(user=user, team=team) & frozenset(roles))


def is_manager_anywhere(user: Actor | None) -> bool:
    """Return whether `user` manages at least one team, or administers."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return user.is_staff or Membership.objects.filter(user=user, role=Role.MANAGER).exists()


def can_list_users(user: Actor | None) -> bool:
    """Return whether `user` may look people up (to invite them)."""
    return is_manager_anywhere(user)


def can_manage_team(*, user: Actor | None, team: Team) -> bool:
    """Return whether `user` may change who belongs to `team`."""
    return has_role(user=user, team=team, roles={Role.MANAGER})


def can_make_team(user: Actor | None) -> bool:
    """Return whether `user` may found a team."""
    return is_manager_anywhere(user)
