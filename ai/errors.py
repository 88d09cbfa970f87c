"""Errors of the library. Each carries a machine-readable ``code`` and a message that a user can act on."""

from typing import ClassVar


class AiError(Exception):
    """Base of all errors that a caller can cause."""

    code: ClassVar[str] = "ai_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class GeometryError(AiError, ValueError):
    """A grid that is none: wrong shape, not finite, or without volume."""

    code = "geometry"


class RequestError(AiError, ValueError):
    """An array handed in has the wrong shape, dtype or values."""

    code = "request"


class ArrayMixError(AiError, TypeError):
    """Arrays of different libraries were handed to one operator."""

    code = "array_mix"


class SettingsError(AiError, ValueError):
    """Training settings that cannot be used."""

    code = "settings"


class BundleError(AiError):
    """A model bundle is incomplete, damaged or unreadable."""

    code = "bundle"


class UntrustedBundleError(BundleError):
    """A bundle names code that nobody has trusted. ``targets`` lists it."""

    code = "bundle_untrusted"

    def __init__(self, message: str, targets: tuple[str, ...]) -> None:
        super().__init__(message)
        self.targets = targets


class EngineError(AiError):
    """A model could not be run on this image."""

    code = "engine"


class TrainingError(AiError):
    """Training cannot start or go on: no usable cases, or a checkpoint of other settings."""

    code = "training"
