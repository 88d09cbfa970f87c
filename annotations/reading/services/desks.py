"""At which machine a reader works on a reading: the second one is told, and may take over.

This keeps two screens of one person from drifting apart unseen. It guards nothing: whoever sends a change on an old
base gets a conflict, with or without a desk, and what was drawn at the first machine is still sent from there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts.models import User
from annotations.reading.models import Reading
from annotations.reading.selectors.readings import own_reading_for
from annotations.reading.types import DeskAction
from common.clock import now
from jobs.services import emit_event

GONE_AFTER = timedelta(seconds=150)
"""A machine that was not heard of for so long has left (a page in the background speaks once a minute)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whether the asking machine has the reading, and since when another one was last heard of where it has not."""

    held: bool
    other_at: datetime | None


@transaction.atomic
def use_desk(*, actor: User, reading_id: UUID, machine: UUID, action: DeskAction) -> Desk:
    """Sit down at a reading, take it over from another machine, or leave it.

    Raises
    ------
    NotFoundError
        It is not the actor's own reading in a live project.
    """
    own = own_reading_for(actor=actor, reading_id=reading_id)
    row = Reading.objects.select_for_update().get(pk=own.pk)
    elsewhere = row.desk is not None and row.desk != machine and _present(row)
    if action == DeskAction.LEAVE:
        if row.desk == machine:
            _write(row, None)
        return Desk(held=False, other_at=row.desk_at if elsewhere else None)
    if elsewhere and action == DeskAction.SIT:
        return Desk(held=False, other_at=row.desk_at)
    _write(row, machine)
    if elsewhere:
        emit_event(
            kind="reading.taken",
            subject=f"reading:{row.pk}",
            payload={"id": str(row.pk), "machine": str(machine)},
            user=own.reader,
        )
    return Desk(held=True, other_at=None)


def _present(row: Reading) -> bool:
    return row.desk_at is not None and now() - row.desk_at < GONE_AFTER


def _write(row: Reading, machine: UUID | None) -> None:
    row.desk, row.desk_at = machine, now() if machine else None
    row.save(update_fields=["desk", "desk_at"])
