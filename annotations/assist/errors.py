"""What can go wrong at the door to AI."""

from ai.errors import AiError
from common.errors import ConflictError, DomainError, InvalidError, NotReadyError


class BundleRefusedError(InvalidError):
    """A bundle that cannot be registered; the message says what is wrong with it."""

    default_code = "bundle_refused"


class NoLabelMapError(InvalidError):
    """None of the model's labels has a place among the project's."""

    default_code = "no_label_map"


class UntrustedModelError(ConflictError):
    """The model's config names code that no administrator has trusted."""

    default_code = "model_untrusted"


class NoVolumeError(InvalidError):
    """No series of the case forms a regular volume that the model can read."""

    default_code = "no_volume"


class PromptBusyError(NotReadyError):
    """All slots for answers to prompts are taken."""

    default_code = "prompt_busy"


class AlignRefusedError(InvalidError):
    """Two series cannot be brought onto each other; the message says why."""

    default_code = "align_refused"


def domain_error(error: AiError) -> DomainError:
    """Return what the library said as a refusal that the API and the job log can show."""
    return InvalidError(error.message, code=error.code)
