"""Machines that may send images by DICOM."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

from django.db import transaction

from accounts.models import Team, User
from accounts.policies import is_administrator
from audit.services import record_action
from common.errors import ConflictError, DeniedError, InvalidError
from studies import policies
from studies.models import RemoteNode

_AE_TITLE = re.compile(r"[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?")
"""1 to 16 characters of ASCII without backslash and control characters, no space at the ends (PS3.5 table 6.2-1)."""


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """What a machine is to be: see `RemoteNode`."""

    ae_title: str
    host: str = ""
    description: str = ""
    user: User | None = None
    team: Team | None = None
    enabled: bool = True


@transaction.atomic
def set_node(*, actor: User | None, draft: NodeDraft, node: RemoteNode | None = None) -> RemoteNode:
    """Add a machine, or change `node`. None as actor is the command line.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    InvalidError
        The AE title or the address is none, or the user may not bring in images.
    ConflictError
        Another machine has this AE title.
    """
    _require_administrator(actor)
    if not _AE_TITLE.fullmatch(draft.ae_title):
        raise InvalidError("An AE title has 1 to 16 characters, no backslash, no space at its ends.", code="ae_title")
    host = _address(draft.host.strip())
    if draft.user is not None and not policies.can_import(user=draft.user):
        raise InvalidError("This person may not bring in images: make them a manager first.", code="cannot_import")
    row = node or RemoteNode()
    if RemoteNode.objects.filter(ae_title=draft.ae_title).exclude(pk=row.pk).exists():
        raise ConflictError("Another machine has this AE title.", code="ae_title_taken")
    row.ae_title, row.host, row.description = draft.ae_title, host, draft.description
    row.user, row.team, row.enabled = draft.user, draft.team, draft.enabled
    row.save()
    record_action(
        actor=actor,
        action="dicom_node.set",
        subject=f"dicom_node:{row.ae_title}",
        detail={
            "host": row.host,
            "user": str(row.user or ""),
            "team": str(row.team or ""),
            "enabled": row.enabled,
        },
    )
    return row


def _address(text: str) -> str:
    """Return an IP address in the spelling that connections come with; names are not looked up."""
    try:
        found = ip_address(text) if text else ""
    except ValueError as error:
        message = f"{text!r} is no IP address. Write one such as 10.0.0.5, or none for any."
        raise InvalidError(message, code="node_address") from error
    return str(getattr(found, "ipv4_mapped", None) or found)


@transaction.atomic
def remove_node(*, actor: User | None, node: RemoteNode) -> None:
    """Take a machine off the list; what it sent stays.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    """
    _require_administrator(actor)
    record_action(actor=actor, action="dicom_node.remove", subject=f"dicom_node:{node.ae_title}")
    RemoteNode.objects.filter(pk=node.pk).delete()


def _require_administrator(actor: User | None) -> None:
    if actor is not None and not is_administrator(actor):
        raise DeniedError("Only administrators say which machines may send images.", code="administrators_only")
