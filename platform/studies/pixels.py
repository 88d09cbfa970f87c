"""Stored instances as arrays: one frame, or a whole volume in real values."""

import base64
import json
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, BinaryIO, cast

import numpy as np
from django.core.files.storage import default_storage
from numpy.typing import NDArray

from ai.types import Geometry
from common.errors import NotFoundError
from studies import codecs
from studies.dicomfile.metadata import first, numbers, text
from studies.dicomfile.spans import DEFLATED, UNCOMPRESSED
from studies.errors import NotAVolumeError, PixelsError
from studies.models import Instance, Volume

MAX_FRAME_BYTES = 1 << 30
PLAIN = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1")
"""Implicit and explicit VR little endian, uncompressed."""
Samples = NDArray[Any]


@contextmanager
def stored_file(instance: Instance) -> Iterator[BinaryIO]:
    """Open the untouched Part 10 file of an instance.

    Raises
    ------
    NotFoundError
        Its bytes are not in storage.
    """
    try:
        with default_storage.open(instance.blob) as file:
            yield cast(BinaryIO, file)
    except FileNotFoundError as error:  # on opening from a folder, on the first read from S3
        raise NotFoundError("The stored bytes of this instance are missing.", code="blob_missing") from error


def header_of(instance: Instance) -> dict[str, Any]:
    """Return the instance's header as DICOM JSON, without bulk values."""
    return unpack_header(instance.header.packed)


def unpack_header(packed: bytes | memoryview) -> dict[str, Any]:
    """Return a header from its packed form (zlib of JSON)."""
    header: dict[str, Any] = json.loads(zlib.decompress(packed))
    return header


def decode_frame(
    instance: Instance, frame_number: int, *, file: BinaryIO, raw: bool = True, header: dict[str, Any] | None = None
) -> Samples:
    """Return one frame as stored (raw) or with colour converted to RGB.

    Parameters
    ----------
    instance : Instance
        Which instance; `file` is its stored file, opened.
    frame_number : int
        Counted from 1.
    raw : bool
        True: stored values. False: YCbCr becomes RGB (palettes are left as indices).
    header : dict, optional
        The instance's DICOM JSON, where the caller has it.

    Returns
    -------
    ndarray, (rows, columns) or (rows, columns, samples)

    Raises
    ------
    PixelsError
        No codec here decodes it, it is damaged or not whole, or one frame would take more than 1 GiB.
    """
    size = instance.rows * instance.columns * max(instance.samples_per_pixel, 1) * max(instance.bits_allocated, 8) // 8
    if size > MAX_FRAME_BYTES:
        raise PixelsError("A frame of this instance is larger than 1 GiB; it is not decoded here.")
    header = header_of(instance) if header is None else header
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd but decodable headers are pydicom's to warn of, not the caller's
            if instance.transfer_syntax_uid not in UNCOMPRESSED:
                data = encoded_frame(instance, frame_number, file=file)
                facts = frame_facts(instance, header)
                return codecs.decode(data, instance.transfer_syntax_uid, facts, raw=raw)
            found = native_frame(instance, frame_number, file=file, header=header)
            if found is not None:
                return found
            if instance.bits_allocated == 1 and instance.transfer_syntax_uid in PLAIN:
                return native_bits(instance, frame_number, _pixel_data(file))
            return _by_pydicom(instance, frame_number, file, raw)
    except Exception as error:  # codecs raise anything on damaged data
        said = " ".join(str(error).split())[:300]
        raise PixelsError(f"Frame {frame_number} of {instance.sop_instance_uid} cannot be decoded: {said}") from error


def encoded_frame(instance: Instance, frame_number: int, *, file: BinaryIO) -> bytes:
    """Return the bytes of one compressed frame, its fragments joined.

    Raises
    ------
    ValueError
        The fragments cannot be told apart (pydicom's word).
    """
    from pydicom import dcmread
    from pydicom.encaps import get_frame

    if instance.frame_spans:
        offset, length = instance.frame_spans[frame_number - 1]
        file.seek(offset)
        return file.read(length)
    file.seek(0)
    tags = ["PixelData", "ExtendedOffsetTable", "ExtendedOffsetTableLengths"]
    pixels = dcmread(file, force=True, specific_tags=tags)
    return bytes(get_frame(pixels.PixelData, frame_number - 1, number_of_frames=instance.frame_count))


def frame_facts(instance: Instance, header: dict[str, Any]) -> codecs.FrameFacts:
    """Return what a decoder must know of a frame, from the instance's DICOM JSON."""
    stored, signed, planar = (numbers(header, tag) for tag in ("00280101", "00280103", "00280006"))
    return codecs.FrameFacts(
        rows=instance.rows,
        columns=instance.columns,
        samples_per_pixel=instance.samples_per_pixel or 1,
        bits_allocated=instance.bits_allocated,
        bits_stored=int(stored[0]) if stored else instance.bits_allocated,
        pixel_representation=int(signed[0]) if signed else 0,
        photometric=text(header, "00280004") or ("MONOCHROME2" if instance.samples_per_pixel <= 1 else "RGB"),
        planar_configuration=int(planar[0]) if planar else 0,
    )


def _pixel_data(file: BinaryIO) -> bytes:
    from pydicom import dcmread

    file.seek(0)
    return bytes(dcmread(file, force=True, specific_tags=["PixelData"]).PixelData)


def native_bits(instance: Instance, frame_number: int, data: bytes) -> Samples:
    """Return one frame of uncompressed single bits, which may begin inside a byte (PS3.5 8.1.1, D.2).

    pydicom 3.0 loses bits of some frames that begin and end inside bytes.

    Parameters
    ----------
    instance, frame_number
        As for `decode_frame`.
    data : bytes
        The whole pixel data, little endian.
    """
    pixels = instance.rows * instance.columns
    start = (frame_number - 1) * pixels
    some = np.frombuffer(data, np.uint8)[start // 8 : (start + pixels + 7) // 8]
    bits = np.unpackbits(some, bitorder="little")[start % 8 : start % 8 + pixels]
    return bits.reshape(instance.rows, instance.columns)


def _by_pydicom(instance: Instance, frame_number: int, file: BinaryIO, raw: bool) -> Samples:
    """Decode what the short ways do not: big endian, deflated, uncompressed YCbCr, frames that begin inside a byte."""
    from pydicom import dcmread
    from pydicom.dataset import FileMetaDataset
    from pydicom.pixels import pixel_array
    from pydicom.uid import UID

    file.seek(128)
    if file.read(4) == b"DICM" and instance.transfer_syntax_uid != DEFLATED:
        file.seek(0)  # pydicom reads one frame out of a file by itself, but not out of a deflated one
        return cast(Samples, pixel_array(file, index=frame_number - 1, raw=raw))
    file.seek(0)
    source = dcmread(file, force=True)
    if not hasattr(source, "file_meta"):
        source.file_meta = FileMetaDataset()
    source.file_meta.TransferSyntaxUID = UID(instance.transfer_syntax_uid)
    return cast(Samples, pixel_array(source, index=frame_number - 1, raw=raw))


def native_frame(instance: Instance, frame_number: int, *, file: BinaryIO, header: dict[str, Any]) -> Samples | None:
    """Return the stored values of an uncompressed little-endian grey or RGB frame straight from its bytes, else None.

    Several times faster than parsing the file again; equal to `decode_frame(raw=True)` where it answers.

    Parameters
    ----------
    instance, frame_number, file
        As for `decode_frame`.
    header : dict
        The instance's DICOM JSON.

    Raises
    ------
    ValueError
        The frame is not whole.
    """
    spans, samples = instance.frame_spans, instance.samples_per_pixel
    if instance.transfer_syntax_uid not in PLAIN or not spans or instance.bits_allocated not in (8, 16, 32):
        return None
    if samples != 1 and not (samples == 3 and text(header, "00280004") == "RGB"):
        return None
    stored, high, signed = (numbers(header, tag) for tag in ("00280101", "00280102", "00280103"))
    spare = instance.bits_allocated - int(stored[0]) if stored else -1
    if spare < 0 or not high or int(high[0]) != int(stored[0]) - 1 or not signed or "7FE00008" in header:
        return None
    offset, length = spans[frame_number - 1]
    wanted = instance.rows * instance.columns * samples * instance.bits_allocated // 8
    file.seek(offset)
    data = file.read(min(length, wanted))
    if len(data) != wanted:
        raise ValueError(f"only {len(data):,} of its {wanted:,} bytes are there")
    kind = "i" if int(signed[0]) else "u"
    flat = np.frombuffer(data, dtype=f"<{kind}{instance.bits_allocated // 8}")
    if spare:
        flat = (flat << spare) >> spare  # bits above the stored ones mean nothing
    if samples == 1:
        return flat.reshape(instance.rows, instance.columns)
    planes = numbers(header, "00280006")
    if planes and planes[0] == 1:
        return flat.reshape(samples, instance.rows, instance.columns).transpose(1, 2, 0)
    return flat.reshape(instance.rows, instance.columns, samples)


def rescaled(samples: Samples, header: dict[str, Any], frame_number: int) -> NDArray[np.float32]:
    """Return stored values as real ones by slope and intercept, or by the modality LUT (PS3.3 C.11.1)."""
    table = first(header, "00283000")
    if isinstance(table, dict) and not numbers(header, "00281053"):
        return _looked_up(samples, table)
    slope, intercept = rescale_of(header, frame_number)
    with np.errstate(over="ignore", invalid="ignore"):  # a damaged slope may leave float32's range: infinite then
        if samples.dtype.itemsize > 2:  # more digits than float32 has: scaled first, rounded then
            return (samples.astype(np.float64) * slope + intercept).astype(np.float32)
        values = samples.astype(np.float32)
        if slope != 1.0:
            values *= np.float32(slope)
        if intercept != 0.0:
            values += np.float32(intercept)
        return values


def rescale_of(header: dict[str, Any], frame_number: int) -> tuple[float, float]:
    """Return (slope, intercept) of a frame; functional groups beat the top level."""
    per_frame = header.get("52009230", {}).get("Value") or []
    layers = [per_frame[frame_number - 1]] if len(per_frame) >= frame_number else []
    layers.append(first(header, "52009229") or {})
    for spot in [*(first(layer, "00289145") or {} for layer in layers), header]:
        slope, intercept = numbers(spot, "00281053"), numbers(spot, "00281052")
        if slope and intercept:
            return slope[0] or 1.0, intercept[0]
    dose = numbers(header, "3004000E")  # RT Dose has a factor of its own (PS3.3 C.8.8.3)
    return (dose[0] if dose and dose[0] > 0 else 1.0), 0.0


def looked_up_values(values: Samples, table: dict[str, Any]) -> NDArray[np.float32] | None:
    """Return values by an item of a modality or VOI LUT sequence (PS3.3 C.11.1.1, C.11.2.1.1); None: it is damaged."""
    descriptor = numbers(table, "00283002")
    inline = table.get("00283006", {})
    if "InlineBinary" in inline:
        binary = base64.b64decode(inline["InlineBinary"])
        count = int(descriptor[0]) or 65536 if descriptor else 0
        data = np.frombuffer(binary, dtype="<u1" if len(binary) == count else "<u2")
    else:
        data = np.array(numbers(table, "00283006"), dtype=np.float32)
    if len(descriptor) != 3 or data.size == 0:
        return None
    first_mapped = int(descriptor[1])
    if first_mapped > 32767 and values.min(initial=0) < 0:  # written as unsigned, meant as signed
        first_mapped -= 65536
    index = np.clip(np.rint(values).astype(np.int64) - first_mapped, 0, data.size - 1)
    return data[index].astype(np.float32)


def _looked_up(samples: Samples, table: dict[str, Any]) -> NDArray[np.float32]:
    found = looked_up_values(samples, table)
    if found is None:
        raise PixelsError("The modality lookup table of this image is damaged.")
    return found


def read_volume(volume: Volume) -> tuple[NDArray[np.float32], Geometry]:
    """Return a volume's real values and its grid.

    The values are in `volume.units`: HU for CT; SUV by body weight for PET where it can be computed, and
    `volume.details["suv"]` then holds the factor and what it was computed from. Slope and intercept are each frame's
    own. Memory: the result itself (4 bytes per voxel) and one decoded frame at a time.

    Returns
    -------
    ndarray of float32, (K, J, I)
        Ordered along the slice normal.
    Geometry
        Index (k, j, i) to LPS millimetres.

    Raises
    ------
    NotAVolumeError
        The frames form no regular grid; `fields["reasons"]` says why.
    PixelsError
        A frame cannot be decoded.
    """
    if volume.geometry is None:
        raise NotAVolumeError(
            "These images form no regular volume.", fields={"reasons": volume.reasons, "index": volume.index}
        )
    geometry = Geometry(tuple(volume.geometry["shape_kji"]), np.array(volume.geometry["affine_lps"]))
    uids = {uid for uid, _ in volume.frames}
    found = Instance.objects.select_related("header").filter(series=volume.series_id, sop_instance_uid__in=uids)
    instances = {instance.sop_instance_uid: instance for instance in found}
    values = np.empty(geometry.shape_kji, dtype=np.float32)
    for uid, group in groupby(enumerate(volume.frames), key=lambda item: item[1][0]):
        instance = instances[uid]
        header = header_of(instance)
        factor = np.float32(suv_factor(volume, uid))
        with stored_file(instance) as file:
            for k, (_, frame_number) in group:
                samples = decode_frame(instance, frame_number, file=file, header=header)
                values[k] = rescaled(samples, header, frame_number)
                if factor != 1.0:
                    values[k] *= factor
    return values, geometry


def suv_factor(volume: Volume, sop_instance_uid: str) -> float:
    """Return what a frame's rescaled values are multiplied by to be in `volume.units`; 1 for all but PET."""
    suv = volume.details.get("suv", {})
    return float(suv.get("factors", {}).get(sop_instance_uid, suv.get("factor", 1.0)))
