"""Small makers of rows for tests."""

from typing import Any

from accounts.models import Membership, Team, User
from accounts.types import Role

PASSWORD = "correct horse battery"


def user(username: str, **fields: Any) -> User:
    """Make a user whose password is PASSWORD."""
    fields.setdefault("display_name", username.title())
    return User.objects.create_user(username=username, password=PASSWORD, **fields)


def team(name: str = "Team", **roles: list[User]) -> Team:
    """Make a team; keyword arguments are role → users, as `team("A", reader=[ann, ben])`."""
    row = Team.objects.create(name=name)
    for role, users in roles.items():
        for member in users:
            Membership.objects.create(team=row, user=member, role=Role(role))
    return row
