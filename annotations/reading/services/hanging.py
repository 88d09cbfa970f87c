"""Hanging rules of projects and of people."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from annotations.reading.hanging import HangingRule, clean_rules
from annotations.reading.models import HangingRules, Project
from annotations.reading.policies import require_manager
from audit.services import record_action


@transaction.atomic
def set_project_rules(*, actor: User, project: Project, rules: Sequence[HangingRule]) -> HangingRules:
    """Replace the rules of a project.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    HangingRuleError
        The rules contradict themselves.
    """
    require_manager(actor=actor, project=project)
    row = _replace(project, None, rules)
    detail = {"rules": len(rules)}
    record_action(actor=actor, action="hanging.set", subject=f"project:{project.pk}", team=project.team, detail=detail)
    return row


@transaction.atomic
def set_own_rules(*, actor: User, project: Project, rules: Sequence[HangingRule]) -> HangingRules:
    """Replace the actor's own rules in a project they know of. It is a matter of taste, so nothing is audited.

    Raises
    ------
    HangingRuleError
        The rules contradict themselves.
    """
    return _replace(project, actor, rules)


def _replace(project: Project, owner: User | None, rules: Sequence[HangingRule]) -> HangingRules:
    cleaned = clean_rules(rules=rules)
    return HangingRules.objects.update_or_create(project=project, owner=owner, defaults={"rules": cleaned})[0]
