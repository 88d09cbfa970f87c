"""What rows are searched and listed by: keys kept beside what they are made of, and DICOM's wildcards.

A folded key lets a database find a name whatever its case and accents are, by an index, on every engine alike:
SQLite folds ASCII alone, and PostgreSQL folds by the locale it was made with. A copied field lets an index hold what
stands in another table.
"""

import json
import re
import unicodedata
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import ExpressionWrapper, F, Field, Lookup
from django.db.models.fields.related import ForeignObject


def fold(text: str) -> str:
    """Return text as it is searched by: without case, accents, and the blanks around it; one blank inside.

    Compatibility forms are one (full-width letters, ligatures). Letters that are composed of parts by themselves, such
    as Hangul syllables, stay one character each, so that the wildcard `?` stands for what people call a letter.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(one for one in parts if unicodedata.category(one) != "Mn")
    return " ".join(unicodedata.normalize("NFC", bare).split())


def fold_name(text: str) -> str:
    """Return a DICOM person's name as it is searched by: every part folded, empty parts at the end left out.

    The writings (alphabetic=ideographic=phonetic, PS3.5 6.2.1) stay apart by `=`, the parts of each by `^`.
    """
    writings = ("^".join(fold(part) for part in writing.split("^")).rstrip("^") for writing in text.split("="))
    return "=".join(writings).rstrip("=")


_FOLDS = {"text": fold, "name": fold_name}


class SearchKeyField(models.CharField):  # type: ignore[type-arg]  # generic for the type checker alone
    """The folded form of another field of the same row, written whenever the row is.

    `QuerySet.update` and `save(update_fields=…)` of the source alone pass it by: whoever changes the source that way
    names the key too.
    """

    def __init__(self, *args: Any, source: str, folds: str = "text", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 400)
        settings: dict[str, Any] = {"blank": True, "default": "", "editable": False} | kwargs
        super().__init__(*args, **settings)
        self.source, self.folds = source, folds

    def deconstruct(self) -> Any:
        """Return how to make the field again."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source, "folds": self.folds}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the folded source, which is also put on the instance; folding may lengthen text: it is cut then."""
        value = _FOLDS[self.folds](str(getattr(model_instance, self.source)))[: self.max_length]
        setattr(model_instance, self.attname, value)
        return value


class _Copied(models.Field):  # type: ignore[type-arg]  # generic for the type checker alone
    """A value of a row that this one belongs to, written when this row is made: for what is never changed there."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False} | kwargs)
        self.source = source

    def deconstruct(self) -> Any:
        """Return how to make the field again."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the value there when the row is new, which is also put on the instance; what is held otherwise."""
        if add:
            setattr(model_instance, self.attname, attrgetter(self.source)(model_instance))
        return getattr(model_instance, self.attname)


class CopiedCharField(_Copied, models.CharField):  # type: ignore[type-arg]
    """A text that is copied; `source` is a path of attributes ("study.study_date")."""


class CopiedDateTimeField(_Copied, models.DateTimeField):  # type: ignore[type-arg]
    """A moment that is copied."""


@Field.register_lookup
class Wildcard(Lookup):
    """`column__wildcard="A*b?"`: `*` for any text, `?` for one character (PS3.4 C.2.2.2.4), case counts.

    Text before the first wildcard is looked up by an index where there is one (on PostgreSQL with
    `varchar_pattern_ops`).
    """

    lookup_name = "wildcard"
    prepare_rhs = False

    def like(self, compiler: Any, connection: Any, operator: str) -> tuple[str, tuple[Any, ...]]:
        """Return a comparison by LIKE or its kin."""
        left, params = self.process_lhs(compiler, connection)
        escaped = re.sub(r"([\\%_])", r"\\\1", str(self.rhs))
        return f"{left} {operator} %s", (*params, escaped.replace("*", "%").replace("?", "_"))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return LIKE."""
        return self.like(compiler, connection, "LIKE")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return GLOB, which unlike SQLite's LIKE heeds case and uses indexes."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} GLOB %s", (*params, str(self.rhs).replace("[", "[[]"))


@Field.register_lookup
class LooseWildcard(Wildcard):
    """`column__loose_wildcard="A*b?"`: as `wildcard`, but case does not count (on SQLite, that of A to Z)."""

    lookup_name = "loose_wildcard"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return ILIKE."""
        return self.like(compiler, connection, "ILIKE")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return SQLite's own LIKE, which does not heed case."""
        sql, params = self.like(compiler, connection, "LIKE")
        return f"{sql} ESCAPE '\\'", params


@Field.register_lookup
@ForeignObject.register_lookup
class Among(Lookup):
    """`column__among=ids`: one of these UUIDs, as a single parameter.

    With a parameter each, as `__in` has it, a hundred of them take longer to write down than to look up.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a comparison with an array."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", (*params, list(self.rhs))

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return a membership in a JSON array; SQLite keeps UUIDs as 32 digits."""
        left, params = self.process_lhs(compiler, connection)
        inner = "SELECT value FROM json_each(%s)"
        ids = [one if isinstance(one, str) else one.hex for one in self.rhs]
        return f"{left} IN ({inner})", (*params, json.dumps(ids))


StoredId = str | UUID
"""A UUID as the database's driver gives it: SQLite's 32 digits, an object of PostgreSQL's."""


class AsStored(ExpressionWrapper):  # type: ignore[type-arg]  # generic for the type checker alone
    """A column as the database's driver gives it.

    To make objects of SQLite's texts of UUIDs and moments takes longer, for a page of a list, than to find it.
    """

    def __init__(self, name: str) -> None:
        super().__init__(F(name), output_field=Field())


def stored_id(key: UUID) -> StoredId:
    """Return a UUID as `AsStored` gives it."""
    return key.hex if connection.vendor == "sqlite" else key


def id_of(stored: StoredId) -> UUID:
    """Return the UUID of a stored one."""
    return stored if isinstance(stored, UUID) else UUID(stored)


def moment_of(stored: datetime) -> datetime:
    """Return the moment of a stored one; SQLite's are in UTC, and do not say so."""
    return stored if stored.tzinfo is not None else stored.replace(tzinfo=UTC)
