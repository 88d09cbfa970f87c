"""Compressed frames as samples: one table says which library decodes which transfer syntax. No database.

Nothing here guesses: a code stream that is cut off, or whose size is not the header's, is refused, because several
libraries would fill the missing part with grey.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.decoders.base import Decoder, DecodeRunner
from pydicom.uid import UID

Samples = NDArray[Any]
NATIVE = "1.2.840.10008.1.2.1"
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"

_JPEG = "1.2.840.10008.1.2.4."
PLUGINS: dict[str, tuple[str, ...]] = {
    _JPEG + "50": ("pillow", "imagecodecs"),
    _JPEG + "51": ("imagecodecs",),
    _JPEG + "53": ("imagecodecs",),
    _JPEG + "55": ("imagecodecs",),
    _JPEG + "57": ("imagecodecs",),
    _JPEG + "70": ("imagecodecs",),
    _JPEG + "80": ("pyjpegls",),
    _JPEG + "81": ("pyjpegls",),
    _JPEG + "90": ("imagecodecs",),
    _JPEG + "91": ("imagecodecs",),
    _JPEG + "201": ("pylibjpeg",),
    _JPEG + "202": ("pylibjpeg",),
    _JPEG + "203": ("pylibjpeg",),
    RLE: ("pydicom",),
    DEFLATED_FRAMES: ("zlib",),
}
"""Compressed transfer syntaxes, and the libraries tried in turn. GDCM is none of them: a damaged frame makes it end
the whole process (an exception of its C++ that nobody catches), and such frames come in from outside."""
LOSSLESS_JPEG = frozenset({_JPEG + "57", _JPEG + "70"})
JPEG_2000 = frozenset({_JPEG + "90", _JPEG + "91"})
OURS = frozenset({_JPEG + "50", _JPEG + "51", _JPEG + "53", _JPEG + "55"}) | LOSSLESS_JPEG | JPEG_2000
"""What imagecodecs decodes: JPEG (libjpeg-turbo 3 and jpegsof3), for which pydicom has no plug-in, and JPEG 2000, for
which pydicom's plug-in lets no other thread of the server work meanwhile. Both are OpenJPEG and refuse the same."""
DECODER_DEPENDENCIES = {UID(uid): ("imagecodecs",) for uid in OURS}  # what pydicom asks of a plug-in, with the next


def is_available(uid: str) -> bool:
    """Say whether this module decodes a transfer syntax (pydicom asks)."""
    return uid in OURS


class CodecError(Exception):
    """A frame cannot be decoded; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """What the header says of one frame: sizes in pixels and bits, names as in PS3.3 C.7.6.3."""

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    bits_stored: int
    pixel_representation: int
    photometric: str
    planar_configuration: int


def decodable(syntax: str) -> bool:
    """Say whether frames of a compressed transfer syntax can be decoded here."""
    return syntax in PLUGINS


def decode(data: bytes, syntax: str, facts: FrameFacts, *, raw: bool) -> Samples:
    """Return one compressed frame as (rows, columns) or (rows, columns, samples).

    Parameters
    ----------
    data : bytes
        The frame as it stands in the file, all its fragments joined, padding allowed.
    syntax : str
        Transfer Syntax UID.
    facts : FrameFacts
        What the header says of it.
    raw : bool
        True: stored values. False: YCbCr becomes RGB.

    Raises
    ------
    CodecError
        The transfer syntax is not known here, the stream is cut off, or its size is not the header's.
    Exception
        A codec may raise anything on damaged data.
    """
    if syntax not in PLUGINS:
        name = UID(syntax).name
        raise CodecError(f"there is no decoder for the transfer syntax {name if name != syntax else syntax}")
    if syntax == DEFLATED_FRAMES:
        return _native(_inflated(data, facts), facts, raw=raw)
    if syntax == RLE and facts.bits_allocated == 1:
        return _bits(_unrolled(data, (facts.rows * facts.columns + 7) // 8), facts)
    if syntax.startswith(_JPEG):
        check_stream(data, facts)
    return _by_pydicom(data, syntax, facts, raw=raw)


def frames_of(dataset: Dataset, *, raw: bool) -> Iterator[Samples]:
    """Yield every frame of a data set that is held in memory with its pixels; see `decode`, which it raises like."""
    from pydicom.encaps import generate_frames
    from pydicom.pixels import iter_pixels

    syntax = str(dataset.file_meta.TransferSyntaxUID)
    if syntax not in PLUGINS:
        yield from iter_pixels(dataset, raw=raw)
        return
    facts = FrameFacts(
        rows=int(dataset.Rows),
        columns=int(dataset.Columns),
        samples_per_pixel=int(dataset.get("SamplesPerPixel", 1) or 1),
        bits_allocated=int(dataset.BitsAllocated),
        bits_stored=int(dataset.get("BitsStored") or dataset.BitsAllocated),
        pixel_representation=int(dataset.get("PixelRepresentation", 0) or 0),
        photometric=str(dataset.get("PhotometricInterpretation") or "MONOCHROME2"),
        planar_configuration=int(dataset.get("PlanarConfiguration", 0) or 0),
    )
    count = int(dataset.get("NumberOfFrames", 1) or 1)
    for data in generate_frames(dataset.PixelData, number_of_frames=count):
        yield decode(data, syntax, facts, raw=raw)


def _by_pydicom(data: bytes, syntax: str, facts: FrameFacts, *, raw: bool) -> Samples:
    even = data + b"\0" * (len(data) % 2)
    wrapped = struct.pack("<HHLHHL", 0xFFFE, 0xE000, 0, 0xFFFE, 0xE000, len(even)) + even
    failure: Exception | None = None
    for plugin in PLUGINS[syntax]:
        try:
            samples, _ = _decoder(syntax).as_array(wrapped, index=0, raw=raw, decoding_plugin=plugin, **_options(facts))
            return cast(Samples, samples)
        except Exception as error:  # noqa: BLE001  # codecs raise anything; the last one's word is passed on
            failure = error
    raise cast(Exception, failure)


def _options(facts: FrameFacts) -> dict[str, Any]:
    """Return the facts as pydicom's decoding options."""
    options = {
        "number_of_frames": 1,
        "rows": facts.rows,
        "columns": facts.columns,
        "samples_per_pixel": facts.samples_per_pixel,
        "photometric_interpretation": facts.photometric,
        "bits_allocated": facts.bits_allocated,
        "bits_stored": facts.bits_stored,
        "pixel_representation": facts.pixel_representation,
        "pixel_keyword": "PixelData",
    }
    if facts.samples_per_pixel > 1:
        options["planar_configuration"] = facts.planar_configuration
    return options


@cache
def _decoder(syntax: str) -> Decoder:
    """Return pydicom's decoder, or one of our own that has this module as its plug-in."""
    from pydicom.pixels import get_decoder

    if syntax not in OURS:
        return get_decoder(UID(syntax))
    decoder = Decoder(UID(syntax))
    decoder.add_plugin("imagecodecs", ("studies.codecs", "_decode_frame"))
    if "pillow" in PLUGINS[syntax]:
        decoder.add_plugin("pillow", ("pydicom.pixels.decoders.pillow", "_decode_frame"))
    return decoder


def _decode_frame(src: bytes, runner: DecodeRunner) -> bytes:
    """Decode one frame without touching its colours (pydicom turns those of a JPEG where that is wanted)."""
    import imagecodecs

    if str(runner.transfer_syntax) in LOSSLESS_JPEG:
        return _as_bytes(imagecodecs.jpegsof3_decode(src), runner)
    if str(runner.transfer_syntax) in JPEG_2000:
        if runner.photometric_interpretation in ("YBR_ICT", "YBR_RCT"):
            runner.set_option("photometric_interpretation", "RGB")  # the code stream's own colour transform is undone
        return _as_bytes(imagecodecs.jpeg2k_decode(src), runner)
    same = "RGB" if runner.samples_per_pixel == 3 else None  # from RGB to RGB: whatever it is, it stays so
    return _as_bytes(imagecodecs.jpeg8_decode(src, colorspace=same, outcolorspace=same), runner)


def _as_bytes(frame: Samples, runner: DecodeRunner) -> bytes:
    """Tell pydicom the size of the samples, and that colours lie side by side; return their bytes."""
    runner.set_option("bits_allocated", 8 * frame.dtype.itemsize)
    if runner.samples_per_pixel > 1:
        runner.set_option("planar_configuration", 0)
    return frame.tobytes()


def check_stream(data: bytes, facts: FrameFacts) -> None:
    """Refuse a JPEG, JPEG-LS or JPEG 2000 stream that has no end, or another size than the header says.

    Raises
    ------
    CodecError
        In words for a person.
    """
    if b"\xff\xd9" not in data[-8:]:  # both families end so; a byte or two of padding may follow
        raise CodecError("the compressed frame is cut off before its end")
    size = _stream_size(data)
    wanted = (facts.rows, facts.columns, facts.samples_per_pixel)
    if size is not None and size != wanted:
        said = " x ".join(map(str, wanted))
        found = " x ".join(map(str, size))
        raise CodecError(f"the header says {said} (rows, columns, samples), the compressed frame is {found}")


def _stream_size(data: bytes) -> tuple[int, int, int] | None:
    """Return (rows, columns, components) of a stream, or None where it does not say them at its beginning."""
    if data[:4] == b"\xff\x4f\xff\x51" and len(data) >= 42:  # J2K: SOC, SIZ (ISO 15444-1 A.5.1)
        right, bottom, left, top = struct.unpack(">4L", data[8:24])
        return bottom - top, right - left, struct.unpack(">H", data[40:42])[0]
    position = 2
    while data[:2] == b"\xff\xd8" and position + 10 <= len(data):
        marker = data[position + 1]
        if data[position] != 0xFF or marker == 0xDA:
            return None
        if marker == 0xFF:  # fill bytes may stand before a marker
            position += 1
            continue
        (length,) = struct.unpack(">H", data[position + 2 : position + 4])
        frame_header = 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC)
        if frame_header or marker == 0xF7:  # ISO 10918-1 B.2.2; ISO 14495-1 C.2.2
            rows, columns, components = struct.unpack(">HHB", data[position + 5 : position + 10])
            return (rows, columns, components) if rows else None  # 0: the number of lines comes later
        position += 2 + length
    return None


def _inflated(data: bytes, facts: FrameFacts) -> bytes:
    """Inflate one frame of Deflated Image Frame Compression (PS3.5 A.4.12), never beyond its size."""
    bits = facts.rows * facts.columns * facts.samples_per_pixel * facts.bits_allocated
    wanted = (bits + 7) // 8
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    return _whole(inflater.decompress(data, wanted + 2), wanted)


def _whole(frame: bytes, wanted: int) -> bytes:
    """Return a frame without its padding byte; refuse one of any other length."""
    if not wanted <= len(frame) <= wanted + 1:
        found = f"only {len(frame):,}" if len(frame) < wanted else "more"
        raise CodecError(f"the frame needs {wanted:,} bytes, {found} come out of the compressed ones")
    return frame[:wanted]


def _unrolled(data: bytes, wanted: int) -> bytes:
    """Decode the one RLE segment of a frame of bits (PS3.5 Annex G)."""
    if len(data) < 64:
        raise CodecError("the compressed frame is cut off before its end")
    count, start = struct.unpack("<LL", data[:8])
    if count != 1:
        raise CodecError(f"a frame of single bits has one RLE segment, not {count}")
    out, position = bytearray(), start
    while len(out) < wanted and position < len(data):
        control = data[position]
        if control < 128:
            out += data[position + 1 : position + 2 + control]
            position += 2 + control
        elif control > 128:
            out += data[position + 1 : position + 2] * (257 - control)
            position += 2
        else:
            position += 1
    return _whole(bytes(out), wanted)


def _bits(data: bytes, facts: FrameFacts) -> Samples:
    """Return single bits, the lowest of a byte first (PS3.5 8.2), as 0 and 1 of uint8."""
    flat = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little", count=facts.rows * facts.columns)
    return flat.reshape(facts.rows, facts.columns)


def _native(data: bytes, facts: FrameFacts, *, raw: bool) -> Samples:
    if facts.bits_allocated == 1:
        return _bits(data, facts)
    from pydicom.pixels import get_decoder

    samples, _ = get_decoder(UID(NATIVE)).as_array(data, index=0, raw=raw, **_options(facts))
    return cast(Samples, samples)
