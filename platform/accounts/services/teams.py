"""Who belongs to a team, and as what."""

from collections.abc import Collection

from django.db import transaction

from accounts import policies
from accounts.models import Membership, Team, User
from accounts.recording import record
from accounts.types import Role
from common.errors import ConflictError, DeniedError


def _check_manager(*, actor: User | None, team: Team) -> None:
    if actor is not None and not policies.can_manage_team(user=actor, team=team):
        raise DeniedError("Only a manager of this project may change who belongs to it.")


@transaction.atomic
def create_team(*, actor: User, name: str) -> Team:
    """Found a team; its founder is its first manager.

    Raises
    ------
    DeniedError
        When `actor` neither administers nor manages any team.
    """
    if not policies.can_make_team(actor):
        raise DeniedError("Only managers and administrators may do this.")
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=actor, role=Role.MANAGER)
    record(actor=actor, action="team.create", subject=f"team:{team.pk}", team=team, detail={"name": name})
    return team


@transaction.atomic
def add_member(*, actor: User | None, team: Team, user: User, role: Role) -> Membership:
    """Give `user` one role in `team`; giving it twice is no error. `actor` None is the system itself.

    Raises
    ------
    DeniedError
        When `actor` does not manage the team.
    """
    _check_manager(actor=actor, team=team)
    membership, made = Membership.objects.get_or_create(team=team, user=user, role=role)
    if made:
        detail = {"user": str(user.pk), "role": str(role)}
        record(actor=actor, action="team.add_member", subject=f"team:{team.pk}", team=team, detail=detail)
    return membership


@transaction.atomic
def remove_member(*, actor: User | None, team: Team, user: User, role: Role | None = None) -> None:
    """Take one role, or every role when None, of `user` in `team`.

    Raises
    ------
    DeniedError
        When `actor` does not manage the team.
    ConflictError
        When the team would be left without a manager (code `last_manager`).
    """
    kept = frozenset() if role is None else policies.roles_of(user=user, team=team) - {role}
    _check_manager(actor=actor, team=team)
    _write_roles(actor=actor, team=team, user=user, roles=kept)


@transaction.atomic
def set_roles(*, actor: User | None, team: Team, user: User, roles: Collection[Role]) -> None:
    """Make `roles` the roles of `user` in `team` (none: no longer a member).

    Raises
    ------
    DeniedError
        When `actor` does not manage the team.
    ConflictError
        When the team would be left without a manager (code `last_manager`).
    """
    _check_manager(actor=actor, team=team)
    _write_roles(actor=actor, team=team, user=user, roles=frozenset(roles))


def _write_roles(*, actor: User | None, team: Team, user: User, roles: frozenset[Role]) -> None:
    team = Team.objects.select_for_update().get(pk=team.pk)
    rows = Membership.objects.filter(team=team)
    if Role.MANAGER not in roles:
        managers = set(rows.filter(role=Role.MANAGER).values_list("user_id", flat=True))
        if managers == {user.pk}:
            raise ConflictError("This is the project's last manager; name another one first.", code="last_manager")
    before = {Role(role) for role in rows.filter(user=user).values_list("role", flat=True)}
    rows.filter(user=user, role__in=before - roles).delete()
    Membership.objects.bulk_create(
        [Membership(team=team, user=user, role=role) for role in sorted(roles - before)], ignore_conflicts=True
    )
    if before != roles:
        detail = {"user": str(user.pk), "roles": sorted(roles)}
        record(actor=actor, action="team.set_roles", subject=f"team:{team.pk}", team=team, detail=detail)
