"""Which row names which blob, and the one place where a blob of the archive is deleted.

The protocol that makes deletion safe beside writers: a writer first commits a `PendingBlobs` row with the names it is
about to need, only then looks whether they are there and writes those that are not, and deletes the row in the
transaction that writes the rows naming them. A blob that a committed row, or a pending one, names is never deleted.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection, models, transaction

from studies import renditions

BATCH = 200
PENDING = "studies.PendingBlobs"


@dataclass(frozen=True, slots=True)
class BlobColumn:
    """A column that names blobs.

    Attributes
    ----------
    model : str
        `app.Model`.
    field : str
        The column: text with one name, or JSON.
    hash_field : str
        An indexed column that holds the SHA-256 which the blob is named by; "": the column itself is searched.
    names : callable or None
        For JSON: returns the names in a value. None for text.
    """

    model: str
    field: str
    hash_field: str = ""
    names: Callable[[Any], Iterable[str]] | None = None


_columns: dict[tuple[str, str], BlobColumn] = {}
_folders: set[str] = set()


def register_blob_column(column: BlobColumn, *, folders: Iterable[str] = ()) -> None:
    """Declare a column that names blobs; apps above call this in `AppConfig.ready`.

    Parameters
    ----------
    column : BlobColumn
        What is asked before a blob is deleted.
    folders : iterable of str
        First parts of the names whose files belong to nobody else, so that a file without a row is an orphan.
    """
    _columns[column.model, column.field] = column
    _folders.update(folders)


def blob_columns() -> list[BlobColumn]:
    """Return every known column."""
    return list(_columns.values())


def blob_folders() -> list[str]:
    """Return the folders in which every file must be named by a row."""
    return sorted(_folders)


def _listed(value: Any) -> Iterable[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


for _column, _folder in (
    (BlobColumn("studies.Instance", "blob", hash_field="sha256"), "instances"),
    (BlobColumn("studies.Instance", "source_blob"), "sources"),
    (BlobColumn("studies.Series", "metadata_name"), "metadata"),
    (BlobColumn("studies.Series", "thumbnail_name"), "thumbnails"),
    (BlobColumn("studies.Series", "overview_name"), "overviews"),
    (BlobColumn("studies.SetAsideFile", "blob"), "set-aside"),
    (BlobColumn("studies.SetAsideFile", "blob"), "damaged"),
    (BlobColumn(PENDING, "names", names=_listed), ""),
):
    register_blob_column(_column, folders=[_folder] if _folder else [])


def model_of(column: BlobColumn) -> type[models.Model] | None:
    """Return the model of a column; None where this installation has no such table or column."""
    try:
        model = apps.get_model(column.model)
    except LookupError:
        return None
    return model if any(field.name == column.field for field in model._meta.get_fields()) else None


def referenced(names: Iterable[str], *, without: Collection[UUID] = ()) -> set[str]:
    """Return those of `names` that some row needs, but for the pending rows `without`."""
    wanted = {name for name in names if name}
    found: set[str] = set()
    for column in blob_columns():
        left = wanted - found
        model = model_of(column)
        if not left:
            break
        if model is None:
            continue
        rows = model._default_manager.order_by()
        if column.model == PENDING:
            rows = rows.exclude(pk__in=without)
        if column.names is not None:
            for value in rows.values_list(column.field, flat=True).iterator():
                found.update(left.intersection(column.names(value)))
            continue
        if column.hash_field:
            stems = {PurePosixPath(name).name.split(".")[0] for name in left}
            rows = rows.filter(**{f"{column.hash_field}__in": stems})
        found.update(rows.filter(**{f"{column.field}__in": left}).values_list(column.field, flat=True).distinct())
    return found


def delete_unreferenced(names: Iterable[str], *, retired: Collection[UUID] = ()) -> list[str]:
    """Delete those blobs that no row needs; call it after the commit that took the last row away.

    Each batch of 200 names is looked up and deleted under a lock that keeps writers from announcing a name meanwhile:
    SQLite's one write lock, PostgreSQL's share lock on the pending rows. Names that are not there are no error.

    Parameters
    ----------
    names : iterable of str
        What may go.
    retired : collection of UUID
        Pending rows that do not count: those of `retire`. They are deleted at the end.

    Returns
    -------
    list of str
        What was deleted.
    """
    deleted: list[str] = []
    for part in _batches(sorted({name for name in names if name})):
        with transaction.atomic():
            keep_writers_out()
            needed = referenced(part, without=retired)
            for name in part:
                if name not in needed and default_storage.exists(name):
                    default_storage.delete(name)
                    deleted.append(name)
    if retired:
        apps.get_model(PENDING)._default_manager.filter(pk__in=retired).delete()
    for name in deleted:  # copies in other encodings go with what they were made of
        renditions.forget(PurePosixPath(name).stem)
    return deleted


def retire(names: Iterable[str]) -> list[UUID]:
    """Write down, in the transaction that takes rows away, that their blobs may go; returns the pending rows.

    What is not deleted at once (`delete_unreferenced`) goes when recovery finds the rows stale: also when this
    process dies, or when somebody may still be reading them.
    """
    model = apps.get_model(PENDING)
    return [model._default_manager.create(names=part).pk for part in _batches(sorted({name for name in names if name}))]


def _batches(names: list[str]) -> Iterator[list[str]]:
    rest = iter(names)
    while part := list(islice(rest, BATCH)):
        yield part


def keep_writers_out() -> None:
    """Wait for writers that are announcing names, and keep others from it until this transaction ends.

    One holds it at a time. On SQLite the transaction itself is that lock.
    """
    if connection.vendor != "postgresql":  # SQLite: our transactions begin IMMEDIATE, which is the write lock
        return
    column = _columns[PENDING, "names"]
    model = model_of(column)
    if model is not None:
        with connection.cursor() as cursor:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
