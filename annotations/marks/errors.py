"""What can be wrong with marks; each has a code that the browser knows."""

from common.errors import ConflictError, InvalidError


class StaleBaseError(ConflictError):
    """The mark set has moved on since the base of this change: `fields` hold `head`, `changed_frames`,
    `changed_measurements` and `changed_answers`."""

    default_code = "stale_base"


class LockedError(ConflictError):
    """The mark set takes no revision now, because its reading was submitted or it is a computed result."""

    default_code = "locked"


class MaskShapeError(InvalidError):
    """A mask does not fit its frame, or its bytes are not zlib of exactly rows × columns values."""

    default_code = "mask_shape"


class UnknownFrameError(InvalidError):
    """A frame that does not exist, or does not belong to what is being marked."""

    default_code = "unknown_frame"


class UnknownLabelError(InvalidError):
    """A mask holds a value that is no label."""

    default_code = "unknown_label"


class WrongLayerError(InvalidError):
    """A mask holds a label that belongs in another layer; `fields` say which."""

    default_code = "wrong_layer"


class MeasurementError(InvalidError):
    """A measurement is not of a known form."""

    default_code = "measurement_shape"


class TooLargeError(InvalidError):
    """More in one change than the server takes at once."""

    default_code = "too_large"


class UnreadableMarksError(InvalidError):
    """A file holds no marks that can be read here."""

    default_code = "marks_unreadable"


class MarksMisfitError(InvalidError):
    """Marks lie on other images, or on another grid, than those of the case."""

    default_code = "marks_misfit"
