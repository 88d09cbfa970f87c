"""Real servers and a real installation for the tests of jobs."""

from collections.abc import Callable, Iterator

import pytest

from tests.jobs.installation import Installation
from tests.services import postgres_server, postgres_url, redis_url

__all__ = ["postgres_server", "postgres_url", "redis_url"]


def _installations(tmp_path_factory) -> Iterator[Callable[..., Installation]]:
    made: list[Installation] = []

    def make(**environment: str) -> Installation:
        made.append(Installation(tmp_path_factory.mktemp("installation"), **environment))
        return made[-1]

    yield make
    for installation in made:
        installation.destroy()


@pytest.fixture(scope="module")
def install(tmp_path_factory) -> Iterator[Callable[..., Installation]]:
    """Return a function that makes an installation in a fresh folder; all its processes end with the module."""
    yield from _installations(tmp_path_factory)


@pytest.fixture
def install_once(tmp_path_factory) -> Iterator[Callable[..., Installation]]:
    """Do the same for one test; ask for it after the servers that it uses, so that it ends before them."""
    yield from _installations(tmp_path_factory)
