"""Let pydicom read odd values without a warning for each: they are kept as they are."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_one_at_a_time = threading.RLock()


@contextmanager
def quietly() -> Iterator[None]:
    """Ignore warnings in the block. One thread at a time: the filters belong to the whole process."""
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
