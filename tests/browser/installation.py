"""An installation with one administrator, for the tests of the archive's pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stack import Stack

ADMINISTRATOR, PASSWORD = "mira", "a long enough password"


@contextmanager
def installation(data: Path, **environment: str) -> Iterator[Stack]:
    """Start an empty installation, whose administrator can sign in."""
    with Stack(data, **environment) as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        running.manage("createsuperuser", "--noinput", "--username", ADMINISTRATOR, "--email", "mira@example.org")
        yield running
