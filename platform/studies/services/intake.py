"""Take files in: in groups, each group looked at, kept and indexed together."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from accounts.models import User
from studies.dicomfile.facts import Facts
from studies.dicomfile.spool import Readable, Spooled
from studies.errors import ImportClosedError
from studies.models import Import
from studies.services.ahead import in_order, in_order_beside
from studies.services.preparing import Incoming, Prepared, finish, prepare
from studies.services.research import store_research
from studies.services.staging import staging
from studies.services.storing import store_group
from studies.types import FileOutcome, ImportState, Origin

GROUP_FILES = 64
GROUP_BYTES = 64 << 20


def store_file(*, batch: Import, path: str, file: Readable, only_study: str = "") -> list[FileOutcome]:
    """Take in a file, or every file of a zip; the actor is who opened the batch.

    With `only_study`, instances of any other study are set aside.

    When this returns, accepted bytes are durable and their rows committed. A file that cannot be taken in is set
    aside with its bytes and does not stop the rest. Files that are no images by their names (hidden files, resource
    forks) are passed over: no outcome.

    Raises
    ------
    TooLargeError
        More than MAX_UPLOAD_BYTES.
    ImportClosedError
        The batch is closed.
    """
    return list(store_files(batch=batch, files=[Incoming(path, file)], only_study=only_study))


def store_files(
    *,
    batch: Import,
    files: Iterable[Incoming],
    only_study: str = "",
    origin: Origin | None = None,
    stop: Callable[[], None] | None = None,
) -> Iterator[FileOutcome]:
    """Take in many files as `store_file` does one; each outcome is yielded when it is durable.

    Files are stored in groups of at most 64 or about 64 MB: two transactions for a group, and its blobs written by
    several threads. Memory: one group.

    Parameters
    ----------
    files : iterable of Incoming
        Asked for one after the other, each only when the one before was read to its end.
    origin : Origin, optional
        What to write down where the caller made the files.
    stop : callable, optional
        With it, files are read on a thread of its own, also while a group is being stored: for files that come over a
        network. It is called when no more is wanted, and must end a read that waits. `files` touches no database then.

    Raises
    ------
    TooLargeError, ImportClosedError
        As `store_file`; what was yielded before is stored.
    """
    require_open(batch)
    with staging() as staged:
        ready = filter(None, (prepare(incoming, only_study=only_study) for incoming in files))
        looks = ((size, staged(look)) for size, look in ready)
        looked = in_order(looks) if stop is None else in_order_beside(looks, stop=stop)
        yield from store_prepared(batch=batch, files=chain.from_iterable(looked), origin=origin)


def store_prepared(*, batch: Import, files: Iterable[Prepared], origin: Origin | None = None) -> Iterator[FileOutcome]:
    """Store what was looked at already, in groups; the files are closed as they are done with."""
    for group in _groups(files):
        try:
            for one in group:
                one.origin = origin or one.origin
            if group[0].research:
                outcomes = [store_research(batch=batch, one=group[0])]
            else:
                outcomes = store_group(batch=batch, files=group)
        finally:
            for one in group:
                one.close()
        yield from outcomes


def _groups(files: Iterable[Prepared]) -> Iterator[list[Prepared]]:
    group: list[Prepared] = []
    size = 0
    try:
        for one in files:
            if one.research:  # becomes a group of its own, and the files before it come first
                if group:
                    yield group
                    group, size = [], 0
                yield [one]
                continue
            group.append(one)
            size += one.content.size
            if len(group) >= GROUP_FILES or size >= GROUP_BYTES:
                yield group
                group, size = [], 0
    except Exception:
        if group:  # what came before the trouble is not lost by it
            yield group
        raise
    if group:
        yield group


def require_open(batch: Import) -> None:
    """Refuse a batch that is closed.

    Raises
    ------
    ImportClosedError
        It is.
    """
    if not Import.objects.filter(pk=batch.pk, state=ImportState.OPEN).exists():
        raise ImportClosedError("This import is closed; open a new one.")


def admit(*, batch: Import, path: str, held: Spooled, facts: Facts, adder: User | None = None) -> FileOutcome:
    """Store one file that was looked at already, also into a closed batch; `adder` must see the series.

    Raises
    ------
    SetAsideError
        `conflict`: the UID is taken by other bytes, or the series is not the adder's to add to. Nothing is set aside.
    """
    one = finish(Prepared(path=path, content=held, size_bytes=held.size, facts=facts))
    return store_group(batch=batch, files=[one], adder=adder, into_closed=True, refuse=True)[0]
