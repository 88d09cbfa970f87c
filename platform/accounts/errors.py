"""What can go wrong with people, their passwords and their tokens."""

from common.errors import ConflictError, DeniedError, InvalidError


class SignInError(InvalidError):
    """The user name and password do not belong together."""

    default_code = "wrong_credentials"


class TooManyAttemptsError(DeniedError):
    """Too many wrong passwords in a short time; it is lifted by itself."""

    default_code = "too_many_attempts"


class PasswordError(InvalidError):
    """The new password is too weak, or the old one is wrong."""

    default_code = "password"


class LastAdministratorError(ConflictError):
    """The change would leave the installation without an administrator."""

    default_code = "last_administrator"


class TokenUnknownError(DeniedError):
    """No active user has this token."""

    default_code = "token_unknown"


class TokenExpiredError(DeniedError):
    """The token's time is over."""

    default_code = "token_expired"
