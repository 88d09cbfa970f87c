"""Frames and whole instances in another transfer syntax; never with loss that the stored bytes do not have already."""

import io
import struct
import warnings
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID

from studies.dicomfile.spans import BIG_ENDIAN, DEFLATED
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import PLAIN, decode_frame

EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
RLE, JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
HTJ2K, HTJ2K_RPCL = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202"
LOSSY = frozenset(
    f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 81, 91, 93, 203, 111, 112, *range(100, 110))
)
"""JPEG, near-lossless JPEG-LS, JPEG 2000 and XL that may have lost something, and video: sent as stored by default."""
_WORD_BYTES = {"OW": 2, "US or OW": 2, "OB or OW": 2, "US or SS or OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
REVERSIBLE_COLOUR = frozenset({JPEG_2000, HTJ2K, HTJ2K_RPCL})
"""Encodings in which colour goes through the reversible transform (PS3.3 C.7.6.3.1.2, YBR_RCT)."""
MAX_DECODED_BYTES = 1 << 30
Samples = NDArray[Any]


def encodings() -> tuple[str, ...]:
    """Return the compressed transfer syntaxes that can be made here, the preferred first."""
    return HTJ2K, HTJ2K_RPCL, JPEG_LS, JPEG_2000, RLE


def can_encode(instance: Instance, syntax: str) -> bool:
    """Say whether an instance's frames can be made in `syntax` without loss: whole samples of 8 or 16 bits."""
    whole = instance.bits_allocated in (8, 16) and instance.samples_per_pixel in (1, 3)
    return syntax in encodings() and whole and instance.frame_count > 0


def encode_frame(samples: Samples, syntax: str, *, bits_stored: int) -> bytes:
    """Return one frame's samples in a lossless compressed transfer syntax.

    Parameters
    ----------
    samples : ndarray, (rows, columns) or (rows, columns, 3)
        Of 8 or 16 bits, signed or not.
    syntax : str
        One of `encodings()`.
    bits_stored : int
        How many low bits of a sample count.

    Raises
    ------
    PixelsError
        The encoder refuses.
    """
    import imagecodecs  # not before it is needed: it is large

    samples = np.ascontiguousarray(samples, dtype=samples.dtype.newbyteorder("="))
    try:
        if syntax in (HTJ2K, HTJ2K_RPCL):
            return bytes(imagecodecs.htj2k_encode(samples, reversible=True, tlm=syntax == HTJ2K_RPCL))
        if syntax == JPEG_2000:
            # As many resolutions as halving the shorter side allows, six at most, which is OpenJPEG's own choice.
            levels = min(6, min(samples.shape[:2]).bit_length())
            options = {"codecformat": "j2k", "reversible": True, "bitspersample": bits_stored, "resolutions": levels}
            return bytes(imagecodecs.jpeg2k_encode(samples, level=0, **options))
        return _rle(samples) if syntax == RLE else _jpeg_ls(samples, bits_stored)
    except Exception as error:  # encoders raise anything
        raise PixelsError(f"The frame cannot be written as {UID(syntax).name}: {_said(error)}") from error


def _rle(samples: Samples) -> bytes:
    """Return a frame as DICOM RLE (PS3.5 annex G): a segment per byte of a sample, the highest first, row by row.

    The packing is imagecodecs' PackBits; pydicom's own encoder takes forty times as long, and GDCM's can abort the
    process.
    """
    import imagecodecs

    planes = [samples] if samples.ndim == 2 else [samples[..., index] for index in range(samples.shape[2])]
    segments = []
    for plane in planes:
        octets = np.ascontiguousarray(plane).view(np.uint8).reshape(*plane.shape, plane.dtype.itemsize)
        for index in reversed(range(plane.dtype.itemsize)):  # little endian, as every machine we run on
            packed = imagecodecs.packbits_encode(np.ascontiguousarray(octets[..., index]), axis=-1)
            segments.append(packed + b"\0" * (len(packed) % 2))
    offsets = np.cumsum([64, *map(len, segments[:-1])])
    return struct.pack("<16L", len(segments), *offsets, *[0] * (15 - len(segments))) + b"".join(segments)


def _jpeg_ls(samples: Samples, bits_stored: int) -> bytes:
    from pydicom.pixels.encoders import JPEGLSLosslessEncoder

    options = {
        "rows": samples.shape[0],
        "columns": samples.shape[1],
        "samples_per_pixel": 1 if samples.ndim == 2 else samples.shape[2],
        "number_of_frames": 1,
        "bits_allocated": samples.dtype.itemsize * 8,
        "bits_stored": bits_stored,
        "pixel_representation": int(samples.dtype.kind == "i"),
        "photometric_interpretation": "MONOCHROME2" if samples.ndim == 2 else "RGB",
        **({"planar_configuration": 0} if samples.ndim == 3 else {}),
    }
    return bytes(JPEGLSLosslessEncoder.encode(samples, **options))


def transcoded(instance: Instance, file: BinaryIO, syntax: str) -> bytes:
    """Return an instance as a Part 10 file in another transfer syntax; its UIDs and other attributes stay.

    Memory: the whole file and its decoded pixels.

    Parameters
    ----------
    instance : Instance
        Which; `file` is its stored file, with or without preamble and file meta.
    syntax : str
        Explicit little endian or one of `encodings()`.

    Raises
    ------
    PixelsError
        Its pixels cannot be decoded or encoded here, or take more than 1 GiB.
    """
    stored = instance.transfer_syntax_uid
    if decoded_bytes(instance) > MAX_DECODED_BYTES:
        raise PixelsError("The decoded pixels of this instance are larger than 1 GiB; ask for it as it is stored.")
    out = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # odd values are the sender's; they are passed on
        file.seek(0)
        try:
            dataset = dcmread(file, force=True)
            meta = _meta(dataset, stored)
            dataset = unbound(dataset, turn=stored == BIG_ENDIAN)
            if instance.frame_count and (stored not in PLAIN or syntax != EXPLICIT_LITTLE):
                _replace_pixels(dataset, instance, file, syntax)
            meta.TransferSyntaxUID = UID(syntax)
            dataset.preamble = getattr(dataset, "preamble", None) or b"\0" * 128
            dataset.save_as(out, implicit_vr=False, little_endian=True, enforce_file_format=True)
        except PixelsError:
            raise
        except Exception as error:  # a data set may be readable and still break the rules for writing one
            raise PixelsError(f"This instance cannot be written as {UID(syntax).name}: {_said(error)}") from error
    return out.getvalue()


def decoded_bytes(instance: Instance) -> int:
    """Return how many bytes an instance's decoded frames take."""
    bits = instance.rows * instance.columns * max(instance.samples_per_pixel, 1) * max(instance.bits_allocated, 1)
    return bits * instance.frame_count // 8


def _replace_pixels(dataset: Dataset, instance: Instance, file: BinaryIO, syntax: str) -> None:
    """Put decoded, or newly compressed, frames into a data set, and say how they are laid out."""
    if "PixelData" not in dataset:
        if instance.transfer_syntax_uid in (*PLAIN, DEFLATED, BIG_ENDIAN) and syntax == EXPLICIT_LITTLE:
            return  # floating-point pixels, turned before where it was needed
        raise PixelsError("Floating-point pixels are not compressed.")
    frames = (decode_frame(instance, number, file=file, raw=False) for number in range(1, instance.frame_count + 1))
    colour = instance.samples_per_pixel == 3
    if syntax == EXPLICIT_LITTLE:
        samples = np.stack(list(frames))
        packed = np.packbits(samples.ravel(), bitorder="little") if instance.bits_allocated == 1 else samples
        value = packed.astype(packed.dtype.newbyteorder("<"), copy=False).tobytes()
        dataset.PixelData = value + b"\0" * (len(value) % 2)
    else:
        bits = int(dataset.BitsStored)
        encoded = [encode_frame(frame, syntax, bits_stored=bits) for frame in frames]
        dataset.PixelData = encapsulate(encoded)
    dataset["PixelData"].VR = "OB" if syntax != EXPLICIT_LITTLE or instance.bits_allocated <= 8 else "OW"
    dataset["PixelData"].is_undefined_length = syntax != EXPLICIT_LITTLE
    for name in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        dataset.pop(name, None)
    if colour:
        dataset.PhotometricInterpretation = "YBR_RCT" if syntax in REVERSIBLE_COLOUR else "RGB"
        dataset.PlanarConfiguration = 0


def unbound(dataset: Dataset, *, turn: bool) -> Dataset:
    """Return a data set that can be written in any encoding: nothing of it is kept as it was read.

    pydicom hands elements that nobody has looked at through as bytes, which goes wrong where a file is not encoded as
    it says; and it refuses to change the byte order, though it turns all numbers as it reads them. The bytes of binary
    values are turned here, with `turn`.
    """

    def look(_: Dataset, element: DataElement) -> None:
        size = _WORD_BYTES.get(element.VR) if turn else None
        if size and isinstance(element.value, bytes) and len(element.value) % size == 0:
            element.value = np.frombuffer(element.value, np.uint8).reshape(-1, size)[:, ::-1].tobytes()

    dataset.walk(look)
    fresh = Dataset()
    fresh.file_meta = dataset.file_meta
    for element in dataset:
        fresh.add(element)
    return fresh


def _said(error: Exception) -> str:
    """Return what a library says of an error, without the traceback that some write into it."""
    return " ".join(str(error).partition("\nTraceback")[0].split())[:300]


def _meta(dataset: Dataset, stored: str) -> FileMetaDataset:
    """Return the file meta, made where the file has none, or one without what Part 10 demands."""
    meta = getattr(dataset, "file_meta", None)
    if meta is None:
        meta = dataset.file_meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(stored)
    meta.MediaStorageSOPClassUID = meta.get("MediaStorageSOPClassUID") or dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = meta.get("MediaStorageSOPInstanceUID") or dataset.SOPInstanceUID
    return cast(FileMetaDataset, meta)
