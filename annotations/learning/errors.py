"""What can go wrong in learning."""

from common.errors import ConflictError, InvalidError


class NotReadyError(InvalidError):
    """Too few consensus cases to train on and to score on; the message says what is missing."""

    default_code = "not_ready"


class TrainingRunningError(ConflictError):
    """The project is training already."""

    default_code = "training_running"


class SplitFixedError(ConflictError):
    """The split cannot change once a network has been trained on it."""

    default_code = "split_fixed"


class NoPreviousChampionError(ConflictError):
    """There was no champion before the present one."""

    default_code = "no_previous_champion"
