"""Failures of what the server stands on (disk, database), as errors a client can act on."""

import errno
import sqlite3

from django.db.utils import OperationalError

from common.errors import StorageFullError, UnavailableError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SQLITE_NO_SPACE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_POSTGRES_NO_SPACE = "53100"  # disk_full, https://www.postgresql.org/docs/current/errcodes-appendix.html


def unavailable(error: Exception) -> UnavailableError | None:
    """Return what a failed write or a lost database means for the caller; None for anything else.

    A change that meets this was rolled back as a whole, so that it may be sent again.
    """
    if isinstance(error, OSError) and error.errno in _FULL:
        return _full()
    if not isinstance(error, OperationalError):
        return None
    cause = error.__cause__
    code = getattr(cause, "sqlite_errorcode", None)
    if code in _SQLITE_NO_SPACE or getattr(cause, "sqlstate", None) == _POSTGRES_NO_SPACE:
        return _full()
    if code == sqlite3.SQLITE_ERROR:
        return None  # wrong SQL: a defect of ours
    return UnavailableError("The database did not answer. Nothing was written; it is worth trying again.")


def _full() -> StorageFullError:
    return StorageFullError("The server's disk is full. Nothing was written or lost; an administrator must make room.")
