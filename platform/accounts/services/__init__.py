"""What may be done with people, teams and tokens."""

from accounts.services.people import change_user, create_user, reset_password
from accounts.services.sessions import change_profile, set_password, sign_in, sign_out
from accounts.services.teams import add_member, create_team, remove_member, set_roles
from accounts.services.tokens import issue_token, note_token_use, revoke_token

__all__ = [
    "add_member",
    "change_profile",
    "change_user",
    "create_team",
    "create_user",
    "issue_token",
    "note_token_use",
    "remove_member",
    "reset_password",
    "revoke_token",
    "set_password",
    "set_roles",
    "sign_in",
    "sign_out",
]
