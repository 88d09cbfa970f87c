"""The vocabulary of the archive."""

from dataclasses import dataclass, field

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
    SERIES_TAKEN = "series_taken", "Its series UID is taken, by another study or by somebody else"
    OTHER_STUDY = "other_study", "Sent to the address of another study"
    SUPERSEDED = "superseded", "Was stored, and was replaced by other bytes"
    DAMAGED = "damaged", "Was stored, and its bytes have changed in storage"
    DIRECTORY = "directory", "A DICOMDIR: it lists other files and holds no image itself"
    UNSAFE_ARCHIVE = "unsafe_archive", "An archive that climbs out of its folder or inflates without end"


class RepairAction(models.TextChoices):
    """What can be done to a set-aside file so that it can be taken in."""

    GIVE_UIDS = "give_uids", "Give it the UIDs that it lacks"


class Trouble(models.TextChoices):
    """What can be wrong with the archive."""

    MISSING_BLOB = "missing_blob", "Files that are not in storage"
    CHANGED_BLOB = "changed_blob", "Files that have changed in storage"
    ORPHAN_FILE = "orphan_file", "Files that no row names"
    PARTIAL_FILE = "partial_file", "Files that were never finished"
    STALE_PENDING = "stale_pending", "Writers that died at work"
    NO_HEADER = "no_header", "Instances without a readable header"
    WRONG_COUNT = "wrong_count", "Series with a wrong count"
    NOT_INDEXED = "not_indexed", "Series without volumes, metadata or thumbnail"
    EMPTY_STUDY = "empty_study", "Studies without series"
    LEFT_OPEN = "left_open", "Imports that were never closed"


class SettleChoice(models.TextChoices):
    """How a person settles a conflict: two files that claim to be the same instance."""

    KEEP_STORED = "keep_stored", "Keep what is stored and throw the other away"
    REPLACE = "replace", "Take the other in its place; what was stored is kept among the set-aside files"
    KEEP_BOTH = "keep_both", "Take the other in beside it, under a UID of its own"


class ImportState(models.TextChoices):
    """An import is open while files arrive, then closed."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Outcome(models.TextChoices):
    """What became of one file."""

    ACCEPTED = "accepted", "Accepted"
    DUPLICATE = "duplicate", "Already there"
    SET_ASIDE = "set_aside", "Set aside"


class Finding(models.TextChoices):
    """What is odd about a file that was taken in all the same; the label is what a person reads."""

    UID_FROM_META = "uid_from_meta", "UIDs were missing in the data set and were read from the file's head"
    BAD_VALUE = "bad_value", "A value breaks DICOM's rules; it is kept as it came"
    ODD_CHARSET = "odd_charset", "Text in an unknown or wrong character set; some letters may be wrong"
    NO_META = "no_meta", "The file has no DICOM head; its encoding was recognised from its content"
    NO_GEOMETRY = "no_geometry", "The image does not say where it lies in the patient"
    NO_SPACING = "no_spacing", "The image does not say how large its pixels are"
    GZIP = "gzip", "The file was packed with gzip and was unpacked"
    UNDECODABLE = "undecodable", "The pixels cannot be decoded here"
    UNEVEN = "uneven", "The slices are not evenly spaced"
    MISSING_SLICES = "missing_slices", "Slices are missing"
    DUPLICATE_SLICES = "duplicate_slices", "Several images lie at the same place and nothing tells them apart"
    TILTED = "tilted", "The slices are stacked at a slant (gantry tilt)"
    MIXED_SERIES = "mixed_series", "The series holds images that do not belong together; they are kept apart"
    NO_SUV = "no_suv", "No standardised uptake values can be computed"
    BROKEN_REFERENCES = "broken_references", "It refers to images that are not here"
    LINKED_BY_GEOMETRY = "linked_by_geometry", "It was put on the images that lie in the same place"
    UNLINKED = "unlinked", "No images were found that it speaks of"
    SEVERAL_TIMES = "several_times", "The images were taken at several times; it does not say which it was drawn on"
    BROKEN_CONTENT = "broken_content", "Parts of it are damaged and are not shown"
    TOO_MUCH_CONTENT = "too_much_content", "It holds more than is shown"
    NOT_MEASURED = "not_measured", "No volume can be computed"
    ASSUMED_MODALITY = "assumed_modality", "The file does not say what made the images; that was assumed"
    ASSUMED_GEOMETRY = "assumed_geometry", "The file does not say where the images lie in the patient; that was assumed"
    SCALED = "scaled", "Values were rounded to 16 bits"
    VALUES_REPLACED = "values_replaced", "Values that are no numbers were replaced"
    TREATED_AS_LABELS = "treated_as_labels", "Taken as a label map"
    BEING_PREPARED = "being_prepared", "Its images came just now and are being prepared"


class SeriesKind(models.TextChoices):
    """What a series holds, told by SOP class."""

    IMAGE = "image", "Images"
    SEGMENTATION = "segmentation", "Segmentation"
    REPORT = "report", "Report"
    STRUCTURES = "structures", "Contours (RT structure set)"
    PRESENTATION = "presentation", "Presentation state"
    PARAMETRIC = "parametric", "Parametric map"
    OTHER = "other", "Other object"


class LinkKind(models.TextChoices):
    """How a derived object was found to speak of a series."""

    BY_REFERENCE = "by_reference", "It names these images"
    BY_GEOMETRY = "by_geometry", "It lies where these images lie"
    UNLINKED = "unlinked", "It names images that are not here"


class Origin(models.TextChoices):
    """Where the bytes of an instance come from."""

    RECEIVED = "received", "Received as it is"
    REPAIRED = "repaired", "Repaired from a file that was set aside"
    CONVERTED = "converted", "Converted from a research format"
    DEIDENTIFIED = "deidentified", "De-identified copy"


class VolumeReason(models.TextChoices):
    """Why the frames of a volume do not form one regular grid."""

    UNEVEN_SPACING = "uneven_spacing", "The slices are not evenly spaced"
    MISSING_SLICES = "missing_slices", "Slices are missing"
    TILTED = "tilted", "The slices are stacked at a slant (gantry tilt)"
    MIXED_ORIENTATION = "mixed_orientation", "The series holds several orientations"
    NO_GEOMETRY = "no_geometry", "The images do not say where they lie in the patient"
    COLOUR = "colour", "Colour images"
    SINGLE_FRAME = "single_frame", "Only one image"
    MIXED_SIZE = "mixed_size", "The series holds images of several sizes"
    DUPLICATE_POSITIONS = "duplicate_positions", "Several images lie at the same place"
    ONE_PLACE = "one_place", "One slice, seen several times"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file of an import; the UIDs are empty where the file did not say them."""

    path: str
    outcome: Outcome
    reason: SetAsideReason | None = None
    detail: str = ""
    study_uid: str = ""
    series_uid: str = ""
    sop_instance_uid: str = ""
    sop_class_uid: str = ""
    findings: list[dict[str, str]] = field(default_factory=list)


class DeidentificationOption(models.TextChoices):
    """Options of the Basic Application Level Confidentiality Profile (DICOM PS3.15 Annex E.3)."""

    RETAIN_SAFE_PRIVATE = "retain_safe_private", "Retain safe private attributes"
    RETAIN_UIDS = "retain_uids", "Retain UIDs other than those of studies, series and instances"
    RETAIN_DEVICE = "retain_device", "Retain device identity"
    RETAIN_INSTITUTION = "retain_institution", "Retain institution identity"
    RETAIN_PATIENT = "retain_patient_characteristics", "Retain patient characteristics"
    RETAIN_FULL_DATES = "retain_full_dates", "Retain dates and times as they are"
    RETAIN_MODIFIED_DATES = "retain_modified_dates", "Retain dates, shifted by the same days per patient"
    CLEAN_DESCRIPTORS = "clean_descriptors", "Clean descriptors"
    CLEAN_STRUCTURED = "clean_structured_content", "Clean structured content"
    CLEAN_GRAPHICS = "clean_graphics", "Clean graphics"
    CLEAN_PIXELS = "clean_pixels", "Clean pixel data: hold every image that may show text"
    CLEAN_FACES = "clean_recognizable_features", "Hold images from which a face can be rendered"


class HeldReason(models.TextChoices):
    """Why the pixels of an instance must be looked at before anybody is shown it."""

    DECLARED = "declared", "The file says that text is burned into the image"
    MODALITY = "modality", "Images of this modality often show text"
    SOP_CLASS = "sop_class", "A screenshot or secondary capture often shows text"
    OUTSIDE_REGIONS = "outside_regions", "There is image outside the ultrasound regions, where scanners write text"
    DOSE_REPORT = "dose_report", "It looks like a dose report or another screen that was saved as an image"
    OVERLAY_IN_PIXELS = "overlay_in_pixels", "An overlay is kept in spare bits of the pixels"
    HIDDEN_TEXT = "hidden_text", "The compressed pixels carry comments or metadata of their own"
    FACE = "face", "A face may be rendered from these images"
    UNREADABLE_PIXELS = "unreadable_pixels", "The pixels cannot be decoded here, so nothing can be said of them"


class HeldState(models.TextChoices):
    """held → released | blanked | discarded."""

    HELD = "held", "Held for review"
    RELEASED = "released", "Released as it is"
    BLANKED = "blanked", "Released with regions blanked"
    DISCARDED = "discarded", "Discarded"
