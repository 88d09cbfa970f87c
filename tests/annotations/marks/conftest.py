"""A series granted to a team, and an empty mark set on it."""

import sqlite3

import pytest
from django.db import connection

from tests import factories
from tests.annotations.marks import rows


@pytest.fixture
def team(db):
    """Return a team."""
    return factories.team("A")


@pytest.fixture
def ct(team):
    """Return a series of four frames of 6 × 5 that the team may see."""
    return rows.series(team=team)


@pytest.fixture
def marks(team):
    """Return an empty mark set with the labels 1 and 2."""
    return rows.mark_set(team)


@pytest.fixture
def shared_database(transactional_db, tmp_path):
    """Let several threads use one database at the same time, as in service.

    SQLite's in-memory test database has no locking between connections worth the name (it answers "table is locked"
    instead of waiting), so its schema is copied to a file for this test. Other databases are used as they are.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    memory, name = connection.connection, connection.settings_dict["NAME"]
    with sqlite3.connect(tmp_path / "test.sqlite3") as file:
        memory.backup(file)
    file.close()
    connection.connection = None
    connection.settings_dict["NAME"] = str(tmp_path / "test.sqlite3")
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory
