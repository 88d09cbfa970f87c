"""Everything the index keeps of one file, found in one pass."""

import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pydicom.uid import UID

from studies.dicomfile.directory import listed_files
from studies.dicomfile.header import (
    DOUBLE_PIXEL_DATA,
    FLOAT_PIXEL_DATA,
    MEDIA_CLASS,
    MEDIA_INSTANCE,
    Header,
    read_header,
)
from studies.dicomfile.metadata import first, text
from studies.dicomfile.oddities import Findings, look_at_places, look_at_text
from studies.dicomfile.part10 import file_head
from studies.dicomfile.spans import UNCOMPRESSED, FrameShape, frame_spans, whole_frames
from studies.errors import SetAsideError
from studies.types import Finding, SetAsideReason

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"
_UID = re.compile(r"[0-9.]{1,64}")
_DOTTED_DATE = re.compile(r"\d{4}\.\d{2}\.\d{2}")  # as ACR-NEMA wrote it (PS3.5 6.2)
PACK_LEVEL = 6
_IDS = {
    "StudyInstanceUID": "0020000D",
    "SeriesInstanceUID": "0020000E",
    "SOPInstanceUID": "00080018",
    "SOPClassUID": "00080016",
}
_STUDY = {
    "patient_id": ("00100020", 64),
    "patient_name": ("00100010", 324),
    "patient_birth_date": ("00100030", 8),
    "patient_sex": ("00100040", 16),
    "study_date": ("00080020", 8),
    "study_time": ("00080030", 16),
    "study_id": ("00200010", 16),
    "accession_number": ("00080050", 64),
    "referring_physician": ("00080090", 324),
    "description": ("00081030", 64),
}
_SERIES = {
    "modality": ("00080060", 16),
    "description": ("0008103E", 64),
    "body_part": ("00180015", 16),
    "frame_of_reference_uid": ("00200052", 64),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a DICOM file says of itself.

    Attributes
    ----------
    study_uid, series_uid, sop_instance_uid : str
        Valid UIDs, never empty.
    study, series, instance : dict
        Values for the fields of the models of the same names, without UIDs and blobs.
    header : dict
        The data set as DICOM JSON, without bulk values.
    packed_header : bytes
        `header` as zlib-compressed JSON.
    findings : list of dict
        [{"code", "detail"}, …]: what is odd about it.
    new_head : bytes
        Empty, or, for a file that does not say its transfer syntax, the preamble and file meta information to be put
        in the place of its first `head_bytes`; `frame_spans` count in the file so made.
    """

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    study: dict[str, Any]
    series: dict[str, Any]
    instance: dict[str, Any]
    header: dict[str, Any]
    packed_header: bytes
    findings: list[dict[str, str]] = field(default_factory=list)
    new_head: bytes = b""
    head_bytes: int = 0


def read_facts(stream: BinaryIO, size: int) -> Facts:
    """Read what the index needs from a whole DICOM file.

    Raises
    ------
    SetAsideError
        The file cannot be taken in; the reason and a sentence for the person who brought it. Nothing else is raised,
        whatever the bytes are.
    """
    try:
        return _facts(read_header(stream, size))
    except SetAsideError:
        raise
    except RecursionError as error:
        detail = "The file is damaged: it holds sequences within sequences without end."
        raise SetAsideError(SetAsideReason.UNREADABLE, detail) from error
    except Exception as error:  # a hostile file may make the parser raise anything
        said = " ".join(str(error).split())[:200]
        raise SetAsideError(
            SetAsideReason.UNREADABLE, f"The file is damaged ({type(error).__name__}: {said})."
        ) from error


def _facts(header: Header) -> Facts:
    findings = Findings()
    values = header.values
    ids = _uids(header, findings)
    shape, frames = _image(header, findings)
    spans = frame_spans(header, shape, frames)
    root = "/dicomweb/studies/{}/series/{}/instances/{}/bulkdata".format(*ids)
    for element in header.bulk:
        element["BulkDataURI"] = root + element["BulkDataURI"]
    for path in header.bad:
        findings.add(Finding.BAD_VALUE, f"Element {path.strip('/')} does not hold what its kind of value asks for.")
    stated_charset = [str(term) for term in values.get("00080005", {}).get("Value", [])]
    _describe_pixels(header, values, shape, root)
    packed = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    look_at_text(packed, stated_charset, findings)
    look_at_places(values, frames, findings)
    head = b""
    if not header.syntax_stated:
        head = file_head(text(values, "00080016"), ids[2], header.transfer_syntax_uid)
        spans = [[offset + len(head) - header.start, length] for offset, length in spans]
        findings.add(Finding.NO_META, f"Recognised as transfer syntax {UID(header.transfer_syntax_uid).name}.")
    return Facts(
        *ids,
        study=_fields(values, _STUDY),
        series=_fields(values, _SERIES) | {"number": _integer(values, "00200011")},
        instance={
            "sop_class_uid": text(values, "00080016")[:64],
            "number": _integer(values, "00200013"),
            "transfer_syntax_uid": header.transfer_syntax_uid[:64],
            "rows": shape.rows if frames else 0,
            "columns": shape.columns if frames else 0,
            "frame_count": frames,
            "bits_allocated": shape.bits_allocated if frames else 0,
            "samples_per_pixel": shape.samples_per_pixel if frames else 0,
            "frame_spans": spans,
        },
        header=values,
        packed_header=zlib.compress(packed.encode(), PACK_LEVEL),
        findings=findings.found,
        new_head=head,
        head_bytes=header.start if head else 0,
    )


def _uids(header: Header, findings: Findings) -> tuple[str, str, str]:
    """Return study, series and instance UID, or set the file aside for the lack of them.

    What the data set does not say of its own class and instance is taken from the file meta information.
    """
    values = header.values
    if text(values, "00080016") == DICOMDIR_CLASS or "00041220" in values:
        listed = len(listed_files(values))
        raise SetAsideError(
            SetAsideReason.DIRECTORY, f"It lists {listed:,} files of its folder; these are brought in by themselves."
        )
    said = {name: text(values, tag) for name, tag in _IDS.items()}
    for name, tag in (("SOPInstanceUID", MEDIA_INSTANCE), ("SOPClassUID", MEDIA_CLASS)):
        spare = header.meta.get(tag, "")
        if not said[name] and _UID.fullmatch(spare):
            said[name] = spare
            values[_IDS[name]] = {"vr": "UI", "Value": [spare]}
            findings.add(Finding.UID_FROM_META, f"{name} was read from the head of the file.")
    missing = [name for name, uid in said.items() if not uid]
    if missing:
        raise SetAsideError(SetAsideReason.MISSING_UID, f"The file has no {', '.join(missing)}.")
    broken = [name for name, uid in said.items() if not _UID.fullmatch(uid)]
    if broken:
        raise SetAsideError(SetAsideReason.MISSING_UID, f"Not a UID by DICOM's rules: {', '.join(broken)}.")
    return said["StudyInstanceUID"], said["SeriesInstanceUID"], said["SOPInstanceUID"]


def _image(header: Header, findings: Findings) -> tuple[FrameShape, int]:
    """Return the shape of a frame and how many there are; 0 for what is no image."""
    values = header.values
    numbers = [_integer(values, tag) or 0 for tag in ("00280010", "00280011", "00280002", "00280100")]
    rows, columns, samples, bits = numbers
    shape = FrameShape(rows, columns, samples or 1, bits, text(values, "00280004"))
    if header.pixels is None:
        # A copy that was cut off looks the same; taken in, it would keep the whole file out as a conflict.
        if (rows and columns) or "Image Storage" in UID(text(values, "00080016")).name:
            raise SetAsideError(SetAsideReason.NO_PIXELS, "The header describes an image, but there are no pixel data.")
        return shape, 0
    if min(rows, columns, bits) <= 0 or samples < 0:
        raise SetAsideError(SetAsideReason.UNREADABLE, "There are pixel data, but not their rows, columns and bits.")
    element = values.get("00280008", {})
    frames = _integer(values, "00280008")
    if frames is None and ("Value" in element or "InlineBinary" in element):
        frames = whole_frames(header, shape)
        if not frames:
            raise SetAsideError(SetAsideReason.UNREADABLE, "The number of frames is not a number.")
        values["00280008"] = {"vr": "IS", "Value": [frames]}
        findings.add(Finding.BAD_VALUE, f"The number of frames is not a number; the pixel data are {frames:,} frames.")
    return shape, 1 if frames is None else max(frames, 1)


def _describe_pixels(header: Header, values: dict[str, Any], shape: FrameShape, root: str) -> None:
    """Add what a client needs to fetch the pixels to the header's JSON."""
    values["00080005"] = {"vr": "CS", "Value": ["ISO_IR 192"]}  # JSON is UTF-8 whatever the file was
    values["00083002"] = {"vr": "UI", "Value": [header.transfer_syntax_uid]}
    if header.pixels is None:
        return
    vr = {FLOAT_PIXEL_DATA: "OF", DOUBLE_PIXEL_DATA: "OD"}.get(header.pixels.tag, "OW")
    values[f"{header.pixels.tag:08X}"] = {"vr": vr, "BulkDataURI": f"{root}/{header.pixels.tag:08X}"}
    if header.transfer_syntax_uid in UNCOMPRESSED and shape.photometric == "YBR_FULL_422":
        # Browsers cannot read it, so frames go out as RGB, and the header says what goes out.
        values["00280004"] = {"vr": "CS", "Value": ["RGB"]}
        values["00280006"] = {"vr": "US", "Value": [0]}


def _fields(values: dict[str, Any], wanted: dict[str, tuple[str, int]]) -> dict[str, str]:
    found = {name: text(values, tag) for name, (tag, _) in wanted.items()}
    for name in found:
        if _DOTTED_DATE.fullmatch(found[name]):
            found[name] = found[name].replace(".", "")
    return {name: found[name][:length] for name, (_, length) in wanted.items()}


def _integer(values: dict[str, Any], tag: str) -> int | None:
    """Return a whole number that fits a database column, or None."""
    try:
        number = int(first(values, tag))
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1 << 31 else None
