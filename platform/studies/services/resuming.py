"""An import that was interrupted: find it again, know whether somebody is at it, and what it has seen."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.models import User
from studies.dicomfile.metadata import storable_text
from studies.models import Import, ImportedFile
from studies.services.imports import open_import
from studies.services.preparing import PATH_CHARACTERS
from studies.types import ImportState


@contextmanager
def continued_import(*, actor: User | None, source: str, fresh: bool = False) -> Iterator[tuple[Import, bool]]:
    """Give the newest unfinished import of the same source by the same person, and True; else a new one, and False.

    While the block runs a lock file says that this process is at it: another process on this machine that is given
    the same source opens an import of its own. The lock goes with the process, however that ends.

    Raises
    ------
    DeniedError
        The actor may not import.
    """
    unfinished = Import.objects.filter(
        created_by=actor, source=storable_text(source)[:200], state=ImportState.OPEN
    ).order_by("-created_at")
    for batch in [] if fresh else unfinished[:5]:
        handle = _lock(batch)
        if handle is not None:
            try:
                yield batch, True
            finally:
                _unlock(batch, handle)
            return
    batch = open_import(actor=actor, source=source)
    handle = _lock(batch)
    try:
        yield batch, False
    finally:
        _unlock(batch, handle)


def _lock(batch: Import) -> int | None:
    """Lock the import for this process; None when another has it."""
    place = _place(batch)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _unlock(batch: Import, handle: int | None) -> None:
    if handle is not None:
        _place(batch).unlink(missing_ok=True)
        os.close(handle)


def _place(batch: Import) -> Path:
    return Path(settings.DATA_DIR) / "locks" / f"import-{batch.pk}"


def files_seen(batch: Import) -> set[tuple[str, int, int]]:
    """Return (path, size, time in ns) of what the import has an outcome for, as the command line knows files."""
    rows = _settled(ImportedFile.objects.filter(batch=batch)).values_list("path", "size_bytes", "modified_ns")
    return {(path, size, time) for path, size, time in rows if time is not None}


def files_known(*, batch: Import, files: Iterable[tuple[str, int]]) -> list[str]:
    """Return those paths of (path, size) for which the import has an outcome already, in the given order."""
    wanted = [(path, storable_text(path)[-PATH_CHARACTERS:], size) for path, size in files]
    rows = _settled(ImportedFile.objects.filter(batch=batch))
    found: set[tuple[str, int]] = set()
    paths = sorted({kept for _, kept, _ in wanted})
    for start in range(0, len(paths), 500):
        found |= set(rows.filter(path__in=paths[start : start + 500]).values_list("path", "size_bytes"))
    return [path for path, kept, size in wanted if (kept, size) in found]


def _settled(rows: QuerySet[ImportedFile]) -> QuerySet[ImportedFile]:
    """Leave out what is gone from the archive since: it is to be sent again."""
    return rows.filter(Q(instance__isnull=False) | Q(set_aside__isnull=False))
