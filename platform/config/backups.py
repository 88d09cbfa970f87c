"""Copy a whole installation aside while it works, and put it back into an empty one.

A backup is a folder: `database.sqlite3` or `database.dump` (pg_dump's own format), `blobs/` under the names they have
in storage, `secret_key` where the installation keeps one, and `backup.json`. Blobs are never changed, so that a second
backup into the same folder copies only what is new.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection

from common.clock import now
from common.errors import ConflictError, InvalidError

SQLITE, DUMP = "database.sqlite3", "database.dump"
SAID = "backup.json"
FORMAT = 1
PAGES_AT_ONCE = 4096
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup folder says of itself."""

    format: int
    made_at: str
    database: str
    blobs: int
    bytes: int


def back_up(*, target: Path, blobs: bool, tell: Tell) -> Backup:
    """Copy everything into a folder; safe while others work.

    Blobs are copied before the database and once more after it: what the copied database names is there, though
    images come and go meanwhile.

    Parameters
    ----------
    target : Path
        A new folder, or that of an earlier backup of the same installation, which is brought up to date.
    blobs : bool
        False: the database alone, where the bucket itself is kept safe by versioning or replication.

    Raises
    ------
    InvalidError
        The folder holds something else, or pg_dump is not installed or fails.
    """
    if target.exists() and any(target.iterdir()) and not (target / SAID).exists():
        raise InvalidError(f"{target} holds something that is no backup.", code="not_a_backup")
    target.mkdir(parents=True, exist_ok=True)
    if blobs:
        _copy_blobs(target / "blobs", tell)
    database = _dump_postgresql(target) if connection.vendor == "postgresql" else _copy_sqlite(target)
    count, size = _copy_blobs(target / "blobs", tell) if blobs else (0, 0)
    secret = Path(settings.DATA_DIR) / "secret_key"
    if secret.exists():
        shutil.copy2(secret, target / "secret_key")
    made = Backup(FORMAT, now().isoformat(), database, count, size)
    (target / SAID).write_text(json.dumps(asdict(made), indent=1), encoding="utf-8")
    return made


def restore(*, source: Path, tell: Tell) -> Backup:
    """Put a backup into this installation, which must be empty: another DATA, another DATABASE_URL.

    Raises
    ------
    InvalidError
        The folder is no backup, or one of another kind of database; or pg_restore is not installed or fails.
    ConflictError
        There is a database already. Nothing was overwritten.
    """
    try:
        made = Backup(**json.loads((source / SAID).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise InvalidError(f"{source} is no backup.", code="not_a_backup") from error
    wanted = DUMP if connection.vendor == "postgresql" else SQLITE
    if made.format != FORMAT or made.database != wanted:
        raise InvalidError(
            f"This backup holds {made.database}; this installation needs {wanted}.", code="other_database"
        )
    if connection.vendor == "postgresql":
        _restore_postgresql(source)
    else:
        _restore_sqlite(source)
    _restore_blobs(source / "blobs", tell)
    secret = source / "secret_key"
    if secret.exists():  # this process has made a new one as it started; nobody has used it yet
        shutil.copy2(secret, Path(settings.DATA_DIR) / "secret_key")
    return made


# -- database -------------------------------------------------------------------------------------------------------


def _database_path() -> Path:
    return Path(str(settings.DATABASES["default"]["NAME"]))


def _copy_sqlite(target: Path) -> str:
    """Copy with SQLite's own backup: a state that was committed, whatever is written meanwhile."""
    partial = target / f".{SQLITE}.partial"
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(_database_path())) as here, closing(sqlite3.connect(partial)) as there:
        here.backup(there, pages=PAGES_AT_ONCE)
        there.execute("PRAGMA journal_mode=DELETE")
        (whole,) = there.execute("PRAGMA integrity_check").fetchone()
        if whole != "ok":
            raise InvalidError(f"The copied database is damaged: {whole}", code="database_damaged")
    partial.replace(target / SQLITE)
    return SQLITE


def _restore_sqlite(source: Path) -> None:
    path = _database_path()
    if path.exists() and path.stat().st_size:
        raise ConflictError(f"{path} is there already; nothing was overwritten.", code="not_empty")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    shutil.copyfile(source / SQLITE, partial)
    partial.replace(path)


def _dump_postgresql(target: Path) -> str:
    partial = target / f".{DUMP}.partial"
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={partial}", f"--dbname={_address()}")
    partial.replace(target / DUMP)
    return DUMP


def _restore_postgresql(source: Path) -> None:
    if connection.introspection.table_names():
        raise ConflictError("The database holds tables already; nothing was overwritten.", code="not_empty")
    _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={_address()}",
         str(source / DUMP))  # fmt: skip


def _address() -> str:
    """Return DATABASE_URL in libpq's words; the password goes by the environment (`_run`)."""
    known = settings.DATABASES["default"]
    parts = {"host": known["HOST"], "port": known["PORT"], "user": known["USER"], "dbname": known["NAME"]}
    return " ".join(f"{name}='{value}'" for name, value in parts.items() if value)


def _run(*command: str) -> None:
    environment = {**os.environ, "PGPASSWORD": str(settings.DATABASES["default"].get("PASSWORD") or "")}
    try:
        done = subprocess.run(  # noqa: S603  # the commands are ours
            command, env=environment, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        raise InvalidError(f"{command[0]} is not installed (postgresql-client).", code="no_client") from error
    if done.returncode:
        raise InvalidError(f"{command[0]} failed: {done.stderr[-500:]}", code="client_failed")


# -- blobs ----------------------------------------------------------------------------------------------------------


def _names(folder: str) -> Iterator[str]:
    """Yield every name below a folder of storage, a folder at a time."""
    folders, files = default_storage.listdir(folder)
    for name in sorted(files):
        if name and not name.startswith(".partial-"):
            yield f"{folder}/{name}" if folder else name
    for one in sorted(folders):
        if one:
            yield from _names(f"{folder}/{one}" if folder else one)


def _copy_blobs(target: Path, tell: Tell) -> tuple[int, int]:
    """Copy what is not there yet; return how many blobs there are, and their bytes."""
    count = size = copied = 0
    target.mkdir(exist_ok=True)
    for name in _names("") if _has_blobs() else ():
        place = target / PurePosixPath(name)
        try:
            length = default_storage.size(name)
            if not place.exists() or place.stat().st_size != length:
                _copy_out(name, place)
                copied += 1
        except FileNotFoundError:  # deleted in this moment
            continue
        count, size = count + 1, size + length
        if count % 1000 == 0:
            tell(f"{count:,} files, {copied:,} of them new")
    return count, size


def _has_blobs() -> bool:
    try:
        return Path(default_storage.path("")).is_dir()
    except NotImplementedError:
        return True


def _copy_out(name: str, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    partial = place.with_name(f".partial-{place.name}")
    with default_storage.open(name) as stored, partial.open("wb") as out:
        shutil.copyfileobj(stored, out, 1 << 20)
    partial.replace(place)


def _restore_blobs(source: Path, tell: Tell) -> None:
    if not source.is_dir():
        return
    for number, path in enumerate(sorted(one for one in source.rglob("*") if one.is_file()), start=1):
        name = path.relative_to(source).as_posix()
        if path.name.startswith(".partial-"):
            continue
        if not (default_storage.exists(name) and default_storage.size(name) == path.stat().st_size):
            with path.open("rb") as content:
                default_storage.save(name, File(content))
        if number % 1000 == 0:
            tell(f"{number:,} files put back")
