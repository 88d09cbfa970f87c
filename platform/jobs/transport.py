"""Kombu's folder transport with two repairs: messages appear whole, and no routing table is shared.

Upstream writes a message in place, so that a consumer that polls every 20 ms now and then reads an empty file, and
keeps bindings in a file that is read while it is rewritten. Here a message is renamed into place, and every queue has
one exchange of its own name, which needs no table.
"""

import os
import time
import uuid
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps

LONGEST_WAIT_S = 0.2


class Channel(filesystem.Channel):
    """Messages as files `<time>_<id>.<queue>.msg` in one folder."""

    supports_fanout = False

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as upstream's own
        """Add a message; names sort by time, also across reboots."""
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        partial = os.path.join(self.data_folder_out, f".{name}.partial")
        with open(partial, "w", encoding="utf-8") as file:
            file.write(dumps(payload))
        os.replace(partial, os.path.join(self.data_folder_out, name))

    def get_table(self, exchange: str) -> list[Any]:
        """Return the one binding of an exchange: the queue of the same name."""
        return [filesystem.exchange_queue_t(exchange, "", exchange)]

    def _queue_bind(self, exchange: str, routing_key: str | None, pattern: str | None, queue: str) -> None:
        """Keep nothing: see `get_table`."""


class Transport(filesystem.Transport):
    """The transport behind `folder://`."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Wait a shorter while than asked, so that a worker told to stop hears it soon."""
        super().drain_events(connection, timeout=LONGEST_WAIT_S if timeout is None else min(timeout, LONGEST_WAIT_S))
