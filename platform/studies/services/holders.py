"""Who holds on to images: what must not be deleted or replaced because somebody above refers to it.

`studies` knows nothing of cases, marks and releases. The apps above say in `AppConfig.ready` how to ask them.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol

from studies.models import Series


class SeriesHolder(Protocol):
    """Answers which of some series are held."""

    def __call__(self, series: Collection[Series], /) -> dict[str, int]:
        """Return {Series Instance UID: how many things refer to it}, without those that nothing refers to."""


class InstanceHolder(Protocol):
    """Answers which of some instances are held."""

    def __call__(self, sop_instance_uids: Collection[str], /) -> dict[str, int]:
        """Return {SOP Instance UID: how many things refer to it}, without those that nothing refers to."""


@dataclass(frozen=True, slots=True)
class Held:
    """One reason why a series or instance must stay.

    Attributes
    ----------
    uid : str
        Series or SOP Instance UID.
    what : str
        What refers to it, in the plural, such as `cases`.
    count : int
        How many.
    """

    uid: str
    what: str
    count: int

    def as_json(self) -> dict[str, str | int]:
        """Return it for the fields of an error."""
        return {"uid": self.uid, "what": self.what, "count": self.count}


_series: dict[str, Callable[[Collection[Series]], dict[str, int]]] = {}
_instances: dict[str, Callable[[Collection[str]], dict[str, int]]] = {}


def register_series_holder(what: str, ask: SeriesHolder) -> None:
    """Declare what may refer to series; `what` is its plural, such as `cases`."""
    _series[what] = ask


def register_instance_holder(what: str, ask: InstanceHolder) -> None:
    """Declare what may refer to instances; `what` is its plural, such as `masks`."""
    _instances[what] = ask


def series_held(series: Collection[Series]) -> list[Held]:
    """Return why any of these series must stay; empty: they may go."""
    return [Held(uid, what, count) for what, ask in _series.items() for uid, count in ask(series).items()]


def instances_held(sop_instance_uids: Collection[str]) -> list[Held]:
    """Return why any of these instances must stay as they are."""
    return [Held(uid, what, count) for what, ask in _instances.items() for uid, count in ask(sop_instance_uids).items()]
