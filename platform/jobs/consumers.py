"""Streaming events to browsers and programs: `/ws/events?since=<id>`."""

import asyncio
import contextlib
import logging
import time
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.websocket import user_of
from jobs.models import Event
from jobs.selectors.events import visible_events
from jobs.streaming import EventPoller, poller

logger = logging.getLogger(__name__)

UNAUTHENTICATED = 4401
BAD_REQUEST = 4400
TRY_AGAIN = 1013
RECHECK_S = 10.0
PAGE = 200


def _rows(*, actor: User, after: int, limit: int) -> list[Event]:
    return list(visible_events(actor=actor).filter(pk__gt=after)[:limit])


class EventConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels is untyped
    """One connection.

    First `{"type": "hello", "last_id": n}`: what follows are the events after n (`since`, or the newest id at the
    time). Then `{"type": "event", "id", "at", "kind", "subject", "payload"}`, in the order of their ids. A client
    that comes back with `since` = the last id it has seen misses nothing. Who is nobody, or ceases to be somebody
    (signed out, deactivated, token expired), is closed with code 4401.
    """

    # No channel layer of its own: the poller hears the nudges for all connections, which then survive a Redis that is
    # away.
    channel_layer_alias = "none"
    _stream: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Greet and start streaming."""
        await self.accept()
        if not isinstance(self.scope["user"], User):
            await self.close(code=UNAUTHENTICATED)
            return
        since = parse_qs(self.scope["query_string"].decode("latin1")).get("since", [""])[0]
        if since and not (since.isascii() and since.isdigit() and len(since) < 19):
            await self.close(code=BAD_REQUEST)
            return
        self._stream = asyncio.create_task(self._run(since), name="event-stream")

    async def disconnect(self, code: int) -> None:
        """Stop streaming."""
        if self._stream is not None:
            self._stream.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._stream

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """Ignore what clients say; a message serves as a sign of life."""

    async def _run(self, since: str) -> None:
        source = poller()
        newest = await source.join()
        try:
            # A number from the future (the database was restored from a backup) would wait for ever.
            cursor = min(int(since), newest) if since else newest
            await self.send_json({"type": "hello", "last_id": cursor})
            await self._follow(source, cursor)
        except OSError:
            logger.info("A client left while it was being told something")
        except Exception:  # the client must learn that its stream has ended, and come back
            logger.exception("An event stream ended")
            await self.close(code=TRY_AGAIN)
        finally:
            await source.leave()

    async def _follow(self, source: EventPoller, cursor: int) -> None:
        checked_at = time.monotonic()
        while True:
            newest = await source.wait_beyond(cursor, timeout_s=RECHECK_S)
            if time.monotonic() - checked_at >= RECHECK_S:
                checked_at = time.monotonic()
                if not await self._is_still_somebody():
                    await self.close(code=UNAUTHENTICATED)
                    return
            if newest > cursor:
                cursor = await self._send_after(cursor, newest)

    async def _send_after(self, cursor: int, newest: int) -> int:
        rows: list[Event] = await database_sync_to_async(_rows)(actor=self.scope["user"], after=cursor, limit=PAGE)
        for row in rows:
            body = {"id": row.pk, "at": row.at.isoformat(), "kind": row.kind, "subject": row.subject}
            await self.send_json({"type": "event", **body, "payload": row.payload})
        if len(rows) == PAGE:
            return rows[-1].pk
        # All up to `newest`, which was read before, has been looked at.
        return max(newest, rows[-1].pk if rows else 0)

    async def _is_still_somebody(self) -> bool:
        user: User | AnonymousUser = await database_sync_to_async(user_of)(self.scope)
        return bool(user.pk == self.scope["user"].pk)
