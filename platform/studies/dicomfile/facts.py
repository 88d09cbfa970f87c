"""Everything the index keeps of one file, found in one pass."""

import json
import re
import warnings
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO

from pydicom.uid import UID

from studies.dicomfile.header import DOUBLE_PIXEL_DATA, FLOAT_PIXEL_DATA, Header, read_header
from studies.dicomfile.metadata import dataset_json, first, text
from studies.dicomfile.spans import UNCOMPRESSED, FrameShape, frame_spans
from studies.errors import SetAsideError
from studies.types import SetAsideReason

DICOMDIR_CLASS = "1.2.840.10008.1.3.10"
_UID = re.compile(r"[0-9.]{1,64}")
_DOTTED_DATE = re.compile(r"\d{4}\.\d{2}\.\d{2}")  # as ACR-NEMA wrote it (PS3.5 6.2)
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
    """

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    study: dict[str, Any]
    series: dict[str, Any]
    instance: dict[str, Any]
    header: dict[str, Any]

    @property
    def packed_header(self) -> bytes:
        """`header` as zlib-compressed JSON."""
        return zlib.compress(json.dumps(self.header, ensure_ascii=False, separators=(",", ":")).encode(), 6)


def read_facts(stream: BinaryIO, size: int) -> Facts:
    """Read what the index needs from a whole DICOM file.

    Raises
    ------
    SetAsideError
        The file cannot be taken in; the reason and a sentence for the person who brought it. Nothing else is raised,
        whatever the bytes are.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydicom warns of odd values; they are kept as they are
            return _facts(read_header(stream, size))
    except SetAsideError:
        raise
    except Exception as error:  # a hostile file may make the parser raise anything
        said = " ".join(str(error).split())[:200]
        raise SetAsideError(
            SetAsideReason.UNREADABLE, f"The file is damaged ({type(error).__name__}: {said})."
        ) from error


def _facts(header: Header) -> Facts:
    ids = _uids(header)
    root = "/dicomweb/studies/{}/series/{}/instances/{}/bulkdata".format(*ids)
    values = dataset_json(header.dataset, bulk_root=root)
    shape, frames = _image(header, values)
    spans = frame_spans(header, shape, frames)
    _describe_pixels(header, values, shape, root)
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
    )


def _uids(header: Header) -> tuple[str, str, str]:
    """Return study, series and instance UID, or set the file aside for the lack of them."""
    dataset = header.dataset
    if str(dataset.get("SOPClassUID", "")) == DICOMDIR_CLASS or 0x00041220 in dataset:
        raise SetAsideError(SetAsideReason.UNSUPPORTED, "A DICOMDIR lists other files and holds no image itself.")
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID")
    found = [str(dataset.get(name) or "").strip("\0 ") for name in names]
    missing = [name for name, uid in zip(names, found, strict=True) if not uid]
    if missing:
        raise SetAsideError(SetAsideReason.MISSING_UID, f"The file has no {', '.join(missing)}.")
    broken = [name for name, uid in zip(names, found, strict=True) if not _UID.fullmatch(uid)]
    if broken:
        raise SetAsideError(SetAsideReason.MISSING_UID, f"Not a UID by DICOM's rules: {', '.join(broken)}.")
    return found[0], found[1], found[2]


def _image(header: Header, values: dict[str, Any]) -> tuple[FrameShape, int]:
    """Return the shape of a frame and how many there are; 0 for what is no image."""
    numbers = [_integer(values, tag) or 0 for tag in ("00280010", "00280011", "00280002", "00280100")]
    rows, columns, samples, bits = numbers
    shape = FrameShape(rows, columns, samples or 1, bits, text(values, "00280004"))
    if header.pixels is None:
        if (rows and columns) or "Image Storage" in UID(text(values, "00080016")).name:
            raise SetAsideError(SetAsideReason.NO_PIXELS, "The header describes an image, but there are no pixel data.")
        return shape, 0
    if min(rows, columns, bits) <= 0 or samples < 0:
        raise SetAsideError(SetAsideReason.UNREADABLE, "There are pixel data, but not their rows, columns and bits.")
    said = first(values, "00280008")
    if said is None and "InlineBinary" in values.get("00280008", {}):
        raise SetAsideError(SetAsideReason.UNREADABLE, "The number of frames is not a number.")
    frames = _integer(values, "00280008")
    if said is not None and frames is None:
        raise SetAsideError(SetAsideReason.UNREADABLE, f"The number of frames is not a number: {str(said)[:40]!r}.")
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
