"""What can go wrong in the domain, said without HTTP.

Services and selectors raise a `DomainError`; `common.api.handle_error` alone turns it into a response.
Subclass one of the kinds per app (in its `errors.py`) when callers need to tell cases apart by `code`.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal a person can understand: what is wrong, what is safe, what to do.

    Parameters
    ----------
    message : str
        One or two plain sentences.
    code : str, optional
        Machine-readable name; the class's own when left out.
    fields : mapping, optional
        What is wrong per field, or facts a client needs (such as the head revision of a conflict).
    """

    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str = "", fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fields: dict[str, Any] = dict(fields or {})


class InvalidError(DomainError):
    """The request is wrong in itself; sending it again will not help."""

    default_code = "invalid"


class DeniedError(DomainError):
    """The actor may not do this."""

    default_code = "denied"


class NotFoundError(DomainError):
    """It does not exist, or not for this actor: the two look the same on purpose."""

    default_code = "not_found"


class ConflictError(DomainError):
    """The state has moved on, or two states exclude each other; nothing was lost."""

    default_code = "conflict"


class NotReadyError(DomainError):
    """It is being made; asking again after `retry_after_s` may find it."""

    default_code = "not_ready"
    retry_after_s: ClassVar[int] = 2


class UnavailableError(DomainError):
    """The server cannot do it now, through no fault of the request; the same request later may succeed."""

    default_code = "unavailable"
    retry_after_s: ClassVar[int] = 5


class StorageFullError(UnavailableError):
    """No space is left where the server keeps its data. Nothing was written."""

    default_code = "storage_full"
    retry_after_s: ClassVar[int] = 30
