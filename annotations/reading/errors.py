"""What can be wrong with readings and projects."""

from common.errors import ConflictError, InvalidError


class NotReadyError(InvalidError):
    """A project cannot go live yet; `fields["missing"]` lists what is missing, in codes."""

    default_code = "not_ready"


class ProtocolError(InvalidError):
    """A protocol contradicts itself or the marks that exist."""

    default_code = "protocol_invalid"


class LabelInUseError(ConflictError):
    """A label that has marks cannot be removed or get another number."""

    default_code = "label_in_use"


class AnswerError(InvalidError):
    """An answer does not fit its question; `fields` are by question key."""

    default_code = "answer_invalid"


class AnswersMissingError(InvalidError):
    """Required questions are not answered; `fields["questions"]` are their keys."""

    default_code = "answers_missing"


class ReadingStateError(ConflictError):
    """The reading is not in a state that allows this."""

    default_code = "reading_state"


class HangingRuleError(InvalidError):
    """A hanging rule contradicts itself or names what does not exist."""

    default_code = "hanging_rule"


class NothingToSaveError(InvalidError):
    """The marks hold nothing that the format can say; `fields["reason"]` says what is missing, in a code."""

    default_code = "nothing_to_save"


class NothingToLoadError(InvalidError):
    """Loading a file would change no mark."""

    default_code = "nothing_to_load"


class ProjectStateError(ConflictError):
    """The project is not in a state that allows this."""

    default_code = "project_state"
