"""What the fast lane knows of a series, and for how long it may believe it."""

import asyncio
import itertools
import sqlite3
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.files.storage import default_storage
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpResponse
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from studies.dicomweb.base import DicomwebView
from studies.models import Instance, Series
from studies.requests import actor_of
from studies.selectors import visible_series

BELIEVED_S = 1.0
"""How long an answer about access is believed, at most."""
ROWS_KEPT_S = 5.0
"""How long the places of a series' frames are kept; bytes are never changed, but may be replaced or deleted."""
WHOLE_SERIES = 1_000
KEPT_FRAMES = 200_000
KEPT_ACCESS = 10_000

UNKNOWN = 0  # a database that does not say when it changes
STALE = -(1 << 40)  # read at an earlier version: good for frames, not for what must be exact
Credential = tuple[bytes, str]


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed of a series besides itself: some instances, or all of them as they are at this moment."""

    instances: tuple[str, ...] = ()
    all_files: bool = False

    @property
    def exact(self) -> bool:
        """Whether what others added or took away a moment ago counts: for all but a frame, whose bytes never change."""
        return not self.instances


@dataclass(slots=True)
class SeenSeries:
    """A visible series with those of its instances that were asked for, or all when `complete`."""

    series: Series
    complete: bool
    loaded_at: float
    version: int
    instances: dict[str, Instance] = field(default_factory=dict)
    formats: dict[tuple[UUID, bytes], object] = field(default_factory=dict)
    _paths: dict[UUID, str] = field(default_factory=dict)

    def path_of(self, row: Instance) -> str:
        """Return where the file lies."""
        path = self._paths.get(row.pk)
        if path is None:
            path = self._paths[row.pk] = default_storage.path(row.blob)
        return path

    def has(self, need: Need) -> bool:
        """Return whether it holds the instances that are needed, from not too long ago."""
        if not need.instances and not need.all_files:
            return True
        if time.monotonic() - self.loaded_at > ROWS_KEPT_S:
            return False
        return self.complete or (bool(need.instances) and all(uid in self.instances for uid in need.instances))

    @property
    def frames(self) -> int:
        """How many frames' places are held."""
        return sum(max(len(row.frame_spans), 1) for row in self.instances.values())


class DatabaseVersion:
    """A number that is another one after anybody has committed anything, where the database can say so cheaply.

    SQLite counts commits of other connections (`PRAGMA data_version`); this connection of its own never writes.
    """

    def __init__(self, name: str | None = None) -> None:
        self._name = str(connections.settings["default"]["NAME"]) if name is None else name
        self._counts = connections["default"].vendor == "sqlite"
        self._connection: sqlite3.Connection | None = None
        self._fresh = itertools.count(STALE - 1, -1)

    @property
    def believed_s(self) -> float:
        """How long something read may be believed: not at all in a database in memory, whose changes nobody tells."""
        in_memory = self._counts and ("memory" in self._name or not self._name)
        return 0.0 if in_memory else BELIEVED_S

    def now(self) -> int:
        """Return the number; always UNKNOWN where the database cannot say, always another one when asking fails."""
        if not self._counts or not self.believed_s:
            return UNKNOWN
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._name, isolation_level=None, check_same_thread=False)
            (number,) = self._connection.execute("PRAGMA data_version").fetchone()
            return int(number)
        except sqlite3.Error:
            self._connection = None
            return next(self._fresh)


class SeriesAccess:
    """Answers "may this credential see this series", by the views' own means, remembered for a moment."""

    def __init__(self) -> None:
        self.version = DatabaseVersion()
        self.threads = ThreadPoolExecutor(4, thread_name_prefix="access")
        self._access: OrderedDict[tuple[Credential, str, str], tuple[UUID, float, int]] = OrderedDict()
        self._rows: OrderedDict[UUID, SeenSeries] = OrderedDict()
        self._asking: dict[tuple[Any, ...], asyncio.Future[SeenSeries | None]] = {}

    async def series(
        self, scope: dict[str, Any], credential: Credential, study: str, series: str, need: Need
    ) -> SeenSeries | None:
        """Return the series if this credential sees it now (a frame's: or did a moment ago), with what is needed."""
        key = (credential, study, series)
        moment, version = time.monotonic(), self.version.now()
        believed = self._access.get(key)
        if believed is not None and believed[2] == version and moment - believed[1] < self.version.believed_s:
            seen = self._rows.get(believed[0])
            current = seen is not None and (not need.exact or seen.version == version != UNKNOWN)
            if seen is not None and current and seen.has(need):
                return seen
        return await self._ask(scope, key, need, moment, version)

    async def _ask(
        self, scope: dict[str, Any], key: tuple[Credential, str, str], need: Need, moment: float, version: int
    ) -> SeenSeries | None:
        """Look it up on a thread; requests that ask the same at the same time share the answer."""
        question = (key, need, version)
        asking = self._asking.get(question)
        if asking is None:
            loop = asyncio.get_running_loop()
            asking = loop.run_in_executor(self.threads, self._look, scope, key, need, version)
            self._asking[question] = asking
            asking.add_done_callback(lambda _: self._asking.pop(question, None))
        seen = await asyncio.shield(asking)
        if seen is None:
            self._access.pop(key, None)
            return None
        self._access[key] = (seen.series.pk, moment, version)  # as of before the look
        self._access.move_to_end(key)
        while len(self._access) > KEPT_ACCESS:
            self._access.popitem(last=False)
        self._keep(seen)
        return seen

    def _keep(self, seen: SeenSeries) -> None:
        self._rows[seen.series.pk] = seen
        self._rows.move_to_end(seen.series.pk)
        while len(self._rows) > 1 and sum(one.frames for one in self._rows.values()) > KEPT_FRAMES:
            self._rows.popitem(last=False)

    def _look(
        self, scope: dict[str, Any], key: tuple[Credential, str, str], need: Need, version: int
    ) -> SeenSeries | None:
        """Ask the database; runs on a thread that keeps its connection."""
        view = DicomwebView()
        request = plain_request(scope, view, {})
        try:
            view.perform_authentication(request)
            view.check_permissions(request)
        except APIException:
            return None
        _, study, uid = key
        series = visible_series(actor=actor_of(request)).filter(series_uid=uid, study__study_uid=study).first()
        return None if series is None else self._with_instances(series, need, version)

    def _with_instances(self, series: Series, need: Need, version: int) -> SeenSeries:
        """Return the series with its instances: all when they are few, else those that are asked for."""
        held = self._rows.get(series.pk)
        if held is not None and held.series.instance_count == series.instance_count and held.has(need):
            current = held.version == version != UNKNOWN
            if current or not need.all_files:
                return replace(held, series=series, version=version if current else STALE)
        found = SeenSeries(series=series, complete=False, loaded_at=time.monotonic(), version=version)
        if not need.instances and not need.all_files:
            return found
        rows = Instance.objects.filter(series=series).order_by("number", "sop_instance_uid")
        found.complete = series.instance_count <= WHOLE_SERIES and series.frame_count <= 10 * WHOLE_SERIES
        if not found.complete:
            rows = rows.filter(sop_instance_uid__in=need.instances)
            if held is not None and held.has(Need()) and time.monotonic() - held.loaded_at < ROWS_KEPT_S:
                found.instances.update(held.instances)
                found.loaded_at = held.loaded_at
        found.instances.update((row.sop_instance_uid, row) for row in rows)
        return found


def plain_request(scope: dict[str, Any], view: DicomwebView, path: dict[str, str]) -> Request:
    """Return the request as the view sees it behind Django's middleware, on a thread that keeps its connection."""
    for connection in connections.all(initialized_only=True):
        connection.close_at = None
        connection.close_if_unusable_or_obsolete()
    plain = ASGIRequest(scope, BytesIO())
    for middleware in (SessionMiddleware, AuthenticationMiddleware):
        middleware(_nothing).process_request(plain)
    view.setup(plain, **path)
    request = view.request = view.initialize_request(plain, **path)
    return request


def _nothing(request: Any) -> HttpResponse:
    return HttpResponse()
