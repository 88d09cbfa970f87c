"""One look at the event table for all WebSockets of a process.

Each connection waits for the newest id to grow; one task asks the database for it, a few times per second and whenever
another process nudges (Redis). The task lives while somebody waits.
"""

import asyncio
import contextlib
import logging

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from channels.exceptions import InvalidChannelLayerError
from channels.layers import get_channel_layer
from django.conf import settings

from jobs.selectors.events import newest_event_id
from jobs.services.events import WAKE_GROUP

logger = logging.getLogger(__name__)

POLL_S = 0.3


class EventPoller:
    """Knows the newest event id, and wakes whoever waits when it grows."""

    def __init__(self) -> None:
        self.newest = 0
        self._grown = asyncio.Condition()
        self._nudged = asyncio.Event()
        self._listeners = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self) -> int:
        """Count one more listener and return the newest id now."""
        self._listeners += 1
        await self._look()
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._poll(), name="event-poller")]
            if settings.REDIS_URL:
                self._tasks.append(asyncio.create_task(self._hear_nudges(), name="event-nudges"))
        return self.newest

    async def leave(self) -> None:
        """Count one listener less; after the last one the polling ends."""
        self._listeners -= 1
        if self._listeners == 0:
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            for task in tasks:
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    async def wait_beyond(self, event_id: int, *, timeout_s: float) -> int:
        """Return the newest id once it is greater than `event_id`, or as it is after `timeout_s` seconds."""
        async with self._grown:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._grown.wait_for(lambda: self.newest > event_id)
        return self.newest

    async def _look(self) -> None:
        newest = await database_sync_to_async(newest_event_id)()
        if newest > self.newest:
            async with self._grown:
                self.newest = newest
                self._grown.notify_all()

    async def _poll(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._nudged.wait()
            self._nudged.clear()
            try:
                await self._look()
            except Exception:  # the database may be away for a moment; the stream goes on when it is back
                logger.exception("Looking for new events failed; trying again")
                await asyncio.sleep(1)

    async def _hear_nudges(self) -> None:
        layer = await sync_to_async(get_channel_layer)()
        if layer is None:
            raise InvalidChannelLayerError("REDIS_URL is set, but no channel layer")
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(WAKE_GROUP, channel)
                while True:
                    await layer.receive(channel)
                    self._nudged.set()
            except Exception:  # Redis may be away; polling goes on meanwhile
                logger.exception("Waiting for nudges failed; trying again")
                await asyncio.sleep(2)


_pollers: dict[asyncio.AbstractEventLoop, EventPoller] = {}


def poller() -> EventPoller:
    """Return the poller of the running event loop (a server has one loop; tests have one after another)."""
    loop = asyncio.get_running_loop()
    for other in [known for known in _pollers if known.is_closed()]:
        del _pollers[other]
    return _pollers.setdefault(loop, EventPoller())
