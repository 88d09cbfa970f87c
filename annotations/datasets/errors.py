"""What can be wrong with a release."""

from common.errors import ConflictError, InvalidError, NotFoundError


class DefinitionError(InvalidError):
    """The definition of a release contradicts itself."""

    default_code = "definition"


class EmptyReleaseError(InvalidError):
    """Nothing would be in the release, or in one of its formats."""

    default_code = "empty_release"


class NotFrozenError(ConflictError):
    """The release is still being frozen, or its freezing failed."""

    default_code = "not_frozen"


class FormatError(NotFoundError):
    """The release was not frozen in this format."""

    default_code = "format_not_in_release"


class FrozenInputError(ConflictError):
    """Something that a frozen definition points to is not there any more."""

    default_code = "input_gone"


class ArchiveLayoutError(InvalidError):
    """Two files of an archive would have the same path."""

    default_code = "archive_layout"
