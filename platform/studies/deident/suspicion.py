"""Which images may show text or a face, by rule and before anybody looks; and which objects cannot be vouched for."""

from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import UID

from studies.deident.codestreams import says_more
from studies.types import HeldReason

TEXTUAL_MODALITIES = frozenset(
    {"US", "IVUS", "BDUS", "SC", "OT", "ES", "XC", "GM", "SM", "OP", "OPT", "DOC", "HC", "TG", "EPS", "HD", "IO", "PX"}
    | {"XA", "RF", "DF", "CF", "LS", "DG"}
)
_SCREENS = (
    "1.2.840.10008.5.1.4.1.1.7",  # secondary captures, single and multi-frame
    "1.2.840.10008.5.1.4.1.1.77.1",  # visible light
)
_NO_PIXELS_BY_NATURE = ("PR", "SR", "KO", "RTSTRUCT", "RTPLAN", "REG", "SEG")
_REFUSED_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.104": "Encapsulated documents (PDF, CDA, STL) are not read, so nothing vouches for them.",
    "1.2.840.10008.5.1.4.1.1.66": "Raw data of a scanner are not read, so nothing vouches for them.",
    "1.2.840.10008.5.1.4.1.1.9": "Waveforms are not cleaned here.",
}
_RAW_FAMILY_KEPT = ("1.2.840.10008.5.1.4.1.1.66.",)  # registrations, segmentations, fiducials: known attributes
VIDEO = ("1.2.840.10008.1.2.4.10",)  # MPEG-2 (.100, .101), MPEG-4 (.102 to .106), HEVC (.107, .108)
_SAVED_SCREENS = frozenset({"SCREEN SAVE", "DOSE REPORT", "DOSE_REPORT", "REPORT", "DOSE", "CAPTURE", "SCREENSHOT"})
_HEAD = ("HEAD", "BRAIN", "FACE", "SKULL", "NECK", "HEADNECK", "ORBIT", "SINUS", "JAW", "EAR", "CRANI")
MAX_REGIONS = 16


class RefusedError(Exception):
    """A file that is not de-identified here; raised inside a run only, which reports it and goes on.

    Parameters
    ----------
    code : str
        Machine-readable.
    detail : str
        One sentence without any value of the file.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why the pixels must be looked at.

    Attributes
    ----------
    reasons : tuple of HeldReason
        Empty: they need not be.
    regions : tuple of dict
        Rectangles {"x", "y", "width", "height"} in pixels that are suggested for blanking.
    warnings : tuple of HeldReason
        What is only said in the report.
    """

    reasons: tuple[HeldReason, ...] = ()
    regions: tuple[dict[str, int], ...] = ()
    warnings: tuple[HeldReason, ...] = ()


def refuse_unsafe(dataset: Dataset) -> None:
    """Refuse kinds of object whose content nobody here reads.

    Raises
    ------
    RefusedError
    """
    sop_class = str(dataset.get("SOPClassUID", "") or "")
    if not sop_class.startswith("1.2.840.10008.5."):
        raise RefusedError("private_class", "A private kind of object: what it holds is not known.")
    for start, why in _REFUSED_CLASSES.items():
        if (sop_class == start or sop_class.startswith(start + ".")) and not sop_class.startswith(_RAW_FAMILY_KEPT):
            raise RefusedError("unsupported_class", why)
    if not all(
        str(dataset.get(name, "") or "") for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    ):
        raise RefusedError("no_uid", "The file has no study, series or instance UID.")
    syntax = str(getattr(dataset, "file_meta", {}).get("TransferSyntaxUID", "") or "")
    if syntax.startswith(VIDEO):
        raise RefusedError("video", "Text in video cannot be blanked here.")
    if any(name in dataset for name in ("EncapsulatedDocument", "SpectroscopyData")):
        raise RefusedError("unsupported_class", "It holds data that are not read here.")


def suspicion_of(dataset: Dataset, *, faces: bool) -> Suspicion:
    """Return why the pixels of an (original) data set must be looked at.

    Parameters
    ----------
    faces : bool
        Hold head scans from which a face could be rendered; otherwise they are a warning.
    """
    if not any(tag in dataset for tag in (0x7FE00010, 0x7FE00008, 0x7FE00009)):
        return Suspicion()
    reasons: list[HeldReason] = []
    warnings: list[HeldReason] = []
    regions: list[dict[str, int]] = []
    burned = _text(dataset, "BurnedInAnnotation")
    modality = _text(dataset, "Modality")
    sop_class = str(dataset.get("SOPClassUID", "") or "")
    if burned == "YES":
        reasons.append(HeldReason.DECLARED)
    if modality in TEXTUAL_MODALITIES and burned != "NO":
        reasons.append(HeldReason.MODALITY)
    if sop_class.startswith(_SCREENS):
        reasons.append(HeldReason.SOP_CLASS)
    if _saved_screen(dataset):
        reasons.append(HeldReason.DOSE_REPORT)
    if _is_ultrasound(sop_class, modality):
        regions = outside_ultrasound(dataset)
        if regions:
            reasons.append(HeldReason.OUTSIDE_REGIONS)
    if _overlay_in_pixels(dataset):
        reasons.append(HeldReason.OVERLAY_IN_PIXELS)
    if says_more(dataset):
        reasons.append(HeldReason.HIDDEN_TEXT)
    if _may_show_face(dataset, modality):
        (reasons if faces or _text(dataset, "RecognizableVisualFeatures") == "YES" else warnings).append(
            HeldReason.FACE
        )
    return Suspicion(tuple(dict.fromkeys(reasons)), tuple(regions[:MAX_REGIONS]), tuple(warnings))


def outside_ultrasound(dataset: Dataset) -> list[dict[str, int]]:
    """Return the stripes around the ultrasound regions, where scanners write names; the whole image without regions."""
    rows, columns = int(dataset.get("Rows", 0) or 0), int(dataset.get("Columns", 0) or 0)
    boxes = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or ():
        try:
            box = [int(item[name].value) for name in _CORNERS]
        except (KeyError, TypeError, ValueError):
            continue
        if box[0] < box[2] and box[1] < box[3]:
            boxes.append(box)
    if not boxes or not rows or not columns:
        return []
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[2] for box in boxes) + 1, max(box[3] for box in boxes) + 1
    stripes = (
        (0, 0, columns, top),
        (0, bottom, columns, rows - bottom),
        (0, top, left, bottom - top),
        (right, top, columns - right, bottom - top),
    )
    return [
        {"x": x, "y": y, "width": width, "height": height}
        for x, y, width, height in stripes
        if width > 0 and height > 0 and x + width <= columns and y + height <= rows
    ]


_CORNERS = ("RegionLocationMinX0", "RegionLocationMinY0", "RegionLocationMaxX1", "RegionLocationMaxY1")


def _text(dataset: Dataset, name: str) -> str:
    try:
        return str(dataset.get(name, "") or "").strip().upper()
    except Exception:  # noqa: BLE001  # a value that cannot be read says nothing; the cleaner removes it
        return ""


def _is_ultrasound(sop_class: str, modality: str) -> bool:
    return modality == "US" or "Ultrasound" in UID(sop_class).name


def _saved_screen(dataset: Dataset) -> bool:
    try:
        parts = {str(part).upper() for part in dataset.get("ImageType") or ()}
    except Exception:  # noqa: BLE001  # as above
        parts = set()
    described = f"{_text(dataset, 'SeriesDescription')} {_text(dataset, 'ImageComments')}"
    spoken = ("DOSE REPORT", "DOSE INFO", "SCREEN SAVE", "SCREENSHOT", "SCREEN CAPTURE", "PATIENT PROTOCOL", "SUMMARY")
    return bool(parts & _SAVED_SCREENS) or any(words in described for words in spoken)


def _overlay_in_pixels(dataset: Dataset) -> bool:
    """Say whether an overlay plane lies in spare bits of the pixels (PS3.5 8.1.2)."""
    groups = (group << 16 for group in range(0x6000, 0x601F, 2))
    return any(group | 0x0010 in dataset and group | 0x3000 not in dataset for group in groups)


def _may_show_face(dataset: Dataset, modality: str) -> bool:
    if modality not in ("CT", "MR", "PT"):
        return False
    if _text(dataset, "RecognizableVisualFeatures") == "NO":
        return False
    place = " ".join(_text(dataset, name) for name in ("BodyPartExamined", "StudyDescription", "SeriesDescription"))
    return any(word in place for word in _HEAD)
