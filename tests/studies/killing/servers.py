"""What an archive may stand on: a folder or moto's S3 server, SQLite or a PostgreSQL of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.services import fresh_bucket, fresh_database, running_postgres, running_s3


@contextmanager
def servers(storage: str, database: str) -> Iterator[dict[str, str]]:
    """Start what is asked for, and give the environment variables that choose it."""
    with _storage(storage) as first, _database(database) as second:
        yield first | second


@contextmanager
def _storage(kind: str) -> Iterator[dict[str, str]]:
    if kind == "folder":
        yield {}
        return
    with running_s3() as server:
        yield fresh_bucket(server, "killing")


@contextmanager
def _database(kind: str) -> Iterator[dict[str, str]]:
    if kind == "sqlite":
        yield {}
        return
    with running_postgres() as server:
        yield {"DATABASE_URL": fresh_database(server)}
