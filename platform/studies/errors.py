"""What can go wrong in the archive."""

from typing import ClassVar

from common.errors import ConflictError, DomainError, InvalidError
from studies.types import SetAsideReason


class SetAsideError(Exception):
    """A file cannot be taken in. Raised inside intake only, which keeps the bytes and goes on with the next file.

    Parameters
    ----------
    reason : SetAsideReason
        The kind of trouble.
    detail : str
        One or two sentences for the person who brought the file.
    """

    def __init__(self, reason: SetAsideReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class TooLargeError(InvalidError):
    """An upload beyond MAX_UPLOAD_BYTES."""

    default_code: ClassVar[str] = "too_large"


class QuotaExceededError(ConflictError):
    """The archive is as large as it may be; nothing of what was sent is lost at the sender."""

    default_code: ClassVar[str] = "quota_exceeded"


class ImportClosedError(ConflictError):
    """Files were sent to an import that is closed."""

    default_code: ClassVar[str] = "import_closed"


class PixelsError(DomainError):
    """The pixels of a stored instance cannot be decoded here."""

    default_code: ClassVar[str] = "pixels"


class NotAVolumeError(InvalidError):
    """The frames form no regular grid, so there is no 3-D image to read."""

    default_code: ClassVar[str] = "not_a_volume"


class RulesError(InvalidError):
    """De-identification rules that contradict themselves or are not understood."""

    default_code = "deidentification_rules"


class NotDeidentifiedError(ConflictError):
    """A project demands de-identified series, and these have not passed; `fields["series"]` lists them."""

    default_code = "deidentification_required"


class HeldStateError(ConflictError):
    """The held instance has been dealt with already."""

    default_code = "held_state"
