"""Clean up after writers that were killed between writing bytes and writing rows."""

import logging
from datetime import timedelta

from django.core.files.storage import default_storage
from django.db import transaction

from common.clock import now
from studies.models import PendingBlobs
from studies.services.blobs import delete_unreferenced, keep_writers_out

logger = logging.getLogger(__name__)
SILENT_FOR = timedelta(minutes=10)
"""A writer that says nothing for so long is taken for dead; live ones speak every 20 s while they write."""


def recover_pending(*, silent_for: timedelta = SILENT_FOR) -> list[str]:
    """Delete blobs that only a dead writer's pending row names, and what it had half written; return their names.

    A writer that was not dead, only slow, loses nothing: the transaction that would write its rows finds its pending
    row gone, and it writes its blobs again. A blob that another writer found there and counts on is named by that
    writer's own pending row, and stays. Each dead row goes in the transaction that deletes its blobs, so that being
    killed here leaves it for the next call.

    Parameters
    ----------
    silent_for : timedelta
        How long a writer must have been silent; zero where it is known that nobody writes.
    """
    deleted: list[str] = []
    for pk in PendingBlobs.objects.filter(alive_at__lte=now() - silent_for).values_list("pk", flat=True):
        with transaction.atomic():
            keep_writers_out()
            row = PendingBlobs.objects.filter(pk=pk, alive_at__lte=now() - silent_for).first()
            if row is None:
                continue
            row.delete()
            for name in row.names:
                deleted += _remove_partial(name, silent_for)
            deleted += delete_unreferenced(row.names)
    if deleted:
        logger.warning("Deleted %s files that a killed import left behind", len(deleted))
    return deleted


def _remove_partial(name: str, silent_for: timedelta) -> list[str]:
    remove = getattr(default_storage, "remove_partial", None)  # other storages show nothing before it is whole
    return remove(name, idle_s=silent_for.total_seconds()) if remove is not None else []
