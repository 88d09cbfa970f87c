"""Write the record; services call this inside their own transaction."""

from typing import Any
from uuid import UUID

from accounts.models import Team, User
from audit.models import AuditRecord


def record_action(
    *,
    actor: User | None,
    action: str,
    subject: str,
    team: Team | UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append one record.

    Parameters
    ----------
    actor : User or None
        None when the system itself acts (a trigger, the sweeper).
    action : str
        `noun.verb`, such as `reading.submit`.
    subject : str
        `kind:id`, such as `reading:6f1c…`.
    team : Team or UUID, optional
        The team whose managers may see the record.
    detail : dict, optional
        JSON facts; never pixels, passwords or tokens.
    """
    AuditRecord.objects.create(
        actor_id=actor.pk if actor else None,
        actor_name=str(actor) if actor else "system",
        action=action,
        subject=subject,
        team_id=team.pk if isinstance(team, Team) else team,
        detail=detail or {},
    )
