"""Put files on the disk while those before them are being stored: without a name, so that nothing is left of them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from io import BytesIO

from django.core.files.storage import default_storage

from common.storage import DurableFileStorage, Staged
from common.threads import KeptThreads
from studies.services.preparing import Prepared

disk = KeptThreads(16, "disk")
"""Threads that write: the disk gathers what they flush."""
Looked = Callable[[], Iterable[Prepared]]
Stage = Callable[[Looked], Looked]


@contextmanager
def staging() -> Iterator[Stage]:
    """Give a function that has what a look finds written to the disk at once; for storage on a folder.

    At the end of the block all is written that was begun: who asked for the files may not have stored the last yet.

    Not what is there already, a research volume, the files of a zip, or a file that is too large for memory: those are
    written with their group (studies.services.storing), and so is what could not be staged.
    """
    storage: object = default_storage
    if not isinstance(storage, DurableFileStorage):
        yield lambda look: look
        return

    def write(content: BytesIO) -> Staged | None:
        return storage.stage(content.getvalue())

    under_way: set[Future[Staged | None]] = set()  # not those that are done: they keep a file open

    def staged(look: Looked) -> Looked:
        def look_and_stage() -> Iterable[Prepared]:
            found = look()
            for one in found if isinstance(found, list) else ():
                stream = one.content.stream
                if not one.research and isinstance(stream, BytesIO) and not storage.exists(one.blob):
                    one.content.staged = writing = disk.submit(write, stream)
                    under_way.add(writing)
                    writing.add_done_callback(under_way.discard)
            return found

        return look_and_stage

    try:
        yield staged
    finally:
        wait(set(under_way))
