"""Searches in the fast lane: the views themselves, without Django's middleware around them.

What somebody may see and gets is the view's to say, every time anew.
"""

import asyncio
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from rest_framework.request import Request

from studies.dicomweb.base import compress
from studies.dicomweb.qido import InstancesSearch, QidoView, SeriesSearch
from studies.dicomweb.seen import BELIEVED_S, KEPT_ACCESS, UNKNOWN, Credential, DatabaseVersion, plain_request
from studies.dicomweb.stow import StudiesView

_UID = r"[0-9.]{1,64}"
_SEARCHES: Sequence[tuple[re.Pattern[str], type[QidoView]]] = (
    (re.compile(r"/dicomweb/studies"), StudiesView),
    (re.compile(rf"/dicomweb(?:/studies/(?P<study>{_UID}))?/series"), SeriesSearch),
    (
        re.compile(rf"/dicomweb(?:/studies/(?P<study>{_UID})(?:/series/(?P<series>{_UID}))?)?/instances"),
        InstancesSearch,
    ),
)
THREADS = 4  # a search that takes long does not keep frames waiting
_OWN = ("Content-Type", "Content-Encoding", "ETag", "Link", "Warning")


@dataclass(frozen=True, slots=True)
class SearchCall:
    """The view of an address, and what the address says."""

    view: type[QidoView]
    path: dict[str, str]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a view answered; `kind` names the answers that share all headers but these."""

    kind: str
    status: int
    body: bytes
    headers: list[tuple[bytes, str]]


def search_at(path: str) -> SearchCall | None:
    """Return the search at this address, or None when it is none."""
    for pattern, view in _SEARCHES:
        match = pattern.fullmatch(path)
        if match is not None:
            return SearchCall(view, {name: uid for name, uid in match.groupdict().items() if uid})
    return None


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who a credential belongs to, when that was looked up, and at which version of the database."""

    user: Any
    auth: Any
    at: float
    version: int


class Searches:
    """Answers searches on threads.

    Who a credential belongs to is remembered for a second at most, and only where the database tells when anybody has
    committed anything, until then; what that person sees is asked every time.
    """

    def __init__(self, version: DatabaseVersion) -> None:
        self._version = version
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="searching")
        self._askers: OrderedDict[Credential, _Asker] = OrderedDict()

    async def answer(self, scope: dict[str, Any], call: SearchCall, credential: Credential) -> SearchAnswer | None:
        """Return the view's answer; None for what it does not answer with results, or their absence.

        Raises
        ------
        APIException, DomainError
            As the view does: a stranger, a query that cannot be.
        """
        moment, version = time.monotonic(), self._version.now()
        asker = self._askers.pop(credential, None)
        if asker is not None and not (asker.version == version != UNKNOWN and moment - asker.at < BELIEVED_S):
            asker = None
        loop = asyncio.get_running_loop()
        answer, request = await loop.run_in_executor(self._threads, _answer, scope, call, asker)
        self._askers[credential] = asker or _Asker(request.user, request.auth, moment, version)
        while len(self._askers) > KEPT_ACCESS:
            self._askers.popitem(last=False)
        return answer


def _answer(scope: dict[str, Any], call: SearchCall, asker: _Asker | None) -> tuple[SearchAnswer | None, Request]:
    view = call.view()
    request = plain_request(scope, view, call.path)
    if asker is not None:
        request.user, request.auth = asker.user, asker.auth
    view.initial(request, **call.path)
    response = view.get(request, **call.path)
    if response.status_code not in (200, 204, 304):
        return None, request
    if response.status_code == 200:
        compress(request, response)
    else:
        del response["Content-Type"]
    headers = [(name.lower().encode(), response[name]) for name in _OWN if name in response]
    kind = f"{call.view.__name__} {response.status_code}"
    return SearchAnswer(kind, response.status_code, response.content, headers), request
