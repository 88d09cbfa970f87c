"""What may be read of the record."""

from django.db.models import QuerySet

from accounts.policies import Actor, is_administrator
from accounts.selectors.people import teams_of
from accounts.types import Role
from audit.models import AuditRecord


def visible_records(*, actor: Actor) -> QuerySet[AuditRecord]:
    """Return the records `actor` may see, newest first: all for administrators, their team's for managers."""
    if is_administrator(actor):
        return AuditRecord.objects.all()
    return AuditRecord.objects.filter(team_id__in=teams_of(actor=actor, roles={Role.MANAGER}).values("pk"))
