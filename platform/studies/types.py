"""The vocabulary of the archive."""

from django.db import models


class SetAsideReason(models.TextChoices):
    """Why a file was not taken into the archive; its bytes are kept."""

    NOT_DICOM = "not_dicom", "Not a DICOM file"
    TRUNCATED = "truncated", "Cut off before its end"
    UNREADABLE = "unreadable", "Damaged: cannot be read"
    MISSING_UID = "missing_uid", "No study, series or instance UID"
    NO_PIXELS = "no_pixels", "An image without pixel data"
    UNSUPPORTED = "unsupported", "A kind of object that is not supported yet"
    CONFLICT = "conflict", "Same UID as a stored instance, but other bytes"
    UNSAFE_ARCHIVE = "unsafe_archive", "An archive that climbs out of its folder or inflates without end"


class ImportState(models.TextChoices):
    """An import is open while files arrive, then closed."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Outcome(models.TextChoices):
    """What became of one file."""

    ACCEPTED = "accepted", "Accepted"
    DUPLICATE = "duplicate", "Already there"
    SET_ASIDE = "set_aside", "Set aside"
