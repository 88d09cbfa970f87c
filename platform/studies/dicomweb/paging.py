"""Places in the list of studies, so that a page deep in it costs what the first costs.

A client that follows `Link: …; rel="next"` says where the page before ended, and the index begins there. A client that
counts (`offset=…`) makes the database walk over what it has had, unless this process remembers where the page before
ended: it does for a minute, for pages that begin beyond the first thousand. What may be seen is asked anew each time;
a place only says where to begin.
"""

import base64
import binascii
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from common.errors import InvalidError

ORDER = ("study_date", "created_at", "id")
NEWEST_FIRST = tuple(f"-{name}" for name in ORDER)
REMEMBERED_BEYOND = 1_000
REMEMBERED_S = 60.0
REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Place:
    """The last study of a page, by what lists are ordered by."""

    study_date: str
    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        text = json.dumps([self.study_date, self.created_at.isoformat(), self.id.hex])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def beyond(self, rows: QuerySet[Any], order: Sequence[str] = ORDER) -> QuerySet[Any]:
        """Return the rows that come after this one; `order` names what they have of a Place."""
        # The date once more by itself: where Django writes the tuple as ORs, an index begins there all the same.
        not_newer = {f"{order[0]}__lte": self.study_date}
        return rows.filter(TupleLessThan(Tuple(*order), (self.study_date, self.created_at, self.id)), **not_newer)


def place_of(text: str) -> Place:
    """Read what `str(place)` wrote.

    Raises
    ------
    InvalidError
        It is nothing of ours.
    """
    try:
        date, created, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        moment = datetime.fromisoformat(created)
        if not isinstance(date, str) or moment.tzinfo is None:
            raise ValueError(text)
        date.encode()  # lone surrogates are no text to a database
        return Place(date, moment.astimezone(UTC), UUID(key))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error) as error:
        raise InvalidError("after must come from the Link header of an answer.", code="bad_query") from error


@dataclass(slots=True)
class Places:
    """Where pages ended, by who asked and for what: {(asker and query, offset of the next page): (place, when)}."""

    _kept: OrderedDict[tuple[str, int], tuple[Place, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, query: str, offset: int, place: Place) -> None:
        """Remember that what stands at `offset` comes right after `place`."""
        if offset < REMEMBERED_BEYOND:
            return
        with self._lock:
            self._kept[query, offset] = (place, time.monotonic())
            self._kept.move_to_end((query, offset))
            while len(self._kept) > REMEMBERED:
                self._kept.popitem(last=False)

    def find(self, query: str, offset: int) -> Place | None:
        """Return the place right before `offset`, unless it is unknown or was kept more than a minute ago."""
        with self._lock:
            found = self._kept.get((query, offset))
        return found[0] if found is not None and time.monotonic() - found[1] < REMEMBERED_S else None

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


PLACES = Places()
