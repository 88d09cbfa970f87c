"""Hanging rules as the reading room asks for them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from annotations.reading.models import HangingRules
from annotations.reading.selectors.projects import project_for


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rules in the order in which they are asked: the actor's own, then the project's."""

    own: list[dict[str, Any]]
    project: list[dict[str, Any]]


def hanging_for(*, actor: User, project_id: UUID | str) -> Hanging:
    """Return the rules that count for the actor in a visible project, or raise NotFoundError."""
    project = project_for(actor=actor, project_id=project_id)
    counting = HangingRules.objects.filter(project=project).filter(Q(owner=actor) | Q(owner=None))
    rows = {row.owner_id: row.rules for row in counting}
    return Hanging(own=rows.get(actor.pk, []), project=rows.get(None, []))
