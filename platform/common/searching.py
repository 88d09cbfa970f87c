"""Text that is searched by: folded keys kept beside the text, and DICOM's wildcards as the database's own.

A folded key lets a database find a name whatever its case and accents are, by an index, on every engine alike:
SQLite folds ASCII alone, and PostgreSQL folds by the locale it was made with.
"""

import re
import unicodedata
from typing import Any

from django.db import models
from django.db.models import Field, Lookup


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


@Field.register_lookup
class Wildcard(Lookup):
    """`column__wildcard="A*b?"`: `*` for any text, `?` for one character (PS3.4 C.2.2.2.4), case counts.

    Text before the first wildcard is looked up by an index where there is one (on PostgreSQL with
    `varchar_pattern_ops`).
    """

    lookup_name = "wildcard"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return LIKE."""
        left, params = self.process_lhs(compiler, connection)
        escaped = re.sub(r"([\\%_])", r"\\\1", str(self.rhs))
        return f"{left} LIKE %s", (*params, escaped.replace("*", "%").replace("?", "_"))

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return GLOB, which unlike SQLite's LIKE heeds case and uses indexes."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} GLOB %s", (*params, str(self.rhs).replace("[", "[[]"))
