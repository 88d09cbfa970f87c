"""Damaged files by the thousand: made from real ones and phantoms, each by a seed that is kept.

    python -m tests.studies.fuzzing --count 10000

parses so many in this process under a limit of memory, and prints what became of them.
"""

import argparse
import gzip
import io
import json
import random
import re
import resource
import struct
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.studies.making import encapsulated, file_of, image

REAL = (
    "transfer_syntax/small/CT_small.dcm",
    "transfer_syntax/small/MR_small_RLE.dcm",
    "transfer_syntax/small/MR_small_implicit.dcm",
    "transfer_syntax/small/MR_small_bigendian.dcm",
    "transfer_syntax/small/image_dfl.dcm",
    "transfer_syntax/small/JPEG-LL.dcm",
    "transfer_syntax/small/MR_small_jp2klossless.dcm",
    "transfer_syntax/small/MR_small_jpeg_ls_lossless.dcm",
    "transfer_syntax/small/SC_rgb_jpeg_gdcm.dcm",
    "transfer_syntax/small/SC_rgb_rle_2frame.dcm",
    "transfer_syntax/small/SC_ybr_full_422_uncompressed.dcm",
    "seg/dcmqi/24x38x3",
    "sr/misc/test-SR.dcm",
    "rt/pydicom/rtstruct.dcm",
    "odd/pydicom/UN_sequence.dcm",
    "odd/pydicom/meta_missing_tsyntax.dcm",
    "pr",
    "paramap",
    "dicomdir",
)
"""Files, or folders of which the small files are taken."""
LARGEST_BYTES = 400_000
VRS = b"AE AS AT CS DA DS DT FL FD IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV".split()
_VR = re.compile(rb"[\x02-\x7f]\x00..(" + b"|".join(VRS) + rb")", re.DOTALL)
LENGTHS = (0xFFFFFFFF, 0x7FFFFFFE, 0x80000000, 0xFFFFFFFE, 0x7FFFFFFF, 0, 1, 0x10000, 0x00FFFFFF)
HEAD_BYTES = 8000


def phantoms() -> list[bytes]:
    """Return small files of every shape of pixels that are made here."""
    made = [
        image(),
        image(Rows=16, Columns=16, NumberOfFrames=3, PixelData=bytes(16 * 16 * 2 * 3)),
        image(SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0, BitsAllocated=8, BitsStored=8,
              HighBit=7, PixelRepresentation=0, PixelData=bytes(6 * 4 * 3)),
        encapsulated(image(NumberOfFrames=3), [b"\xff\xd8" + bytes(30)] * 3),
        image(PixelData=None, Rows=None, Columns=None, SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR"),
    ]  # fmt: skip
    for number, one in enumerate(made):  # the same bytes in every run
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(one, name, f"1.2.826.0.1.3680043.10.1471.9.{len(name)}.{number + 1}")
    return [file_of(one).getvalue() for one in made]


def sources(data: Path | None) -> list[bytes]:
    """Return what is mutated: phantoms, and real files where they are at hand."""
    found = phantoms()
    for name in REAL if data is not None else ():
        path = data / name
        files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())[:40]
        found += [one.read_bytes() for one in files if 132 < one.stat().st_size < LARGEST_BYTES]
    return found


# -- how they are damaged ---------------------------------------------------------------------------------------------


def _place(data: bytearray, rng: random.Random) -> int:
    """Return a place, mostly in the header."""
    return rng.randrange(min(len(data), HEAD_BYTES) if rng.random() < 0.9 else len(data))


def _vr_places(data: bytearray) -> list[int]:
    return [match.start(1) for match in _VR.finditer(bytes(data[:HEAD_BYTES]))]


def flip_bits(data: bytearray, rng: random.Random) -> None:
    """Flip up to 16 bits."""
    for _ in range(rng.randint(1, 16)):
        data[_place(data, rng)] ^= 1 << rng.randrange(8)


def cut_off(data: bytearray, rng: random.Random) -> None:
    """Cut the end off."""
    del data[rng.randrange(len(data)) :]


def blow_length(data: bytearray, rng: random.Random) -> None:
    """Make an element claim 2 GB, or nothing, or an undefined length."""
    places = _vr_places(data)
    length = rng.choice(LENGTHS)
    if not places:
        at = _place(data, rng)
        data[at : at + 4] = struct.pack("<L", length)
        return
    at = rng.choice(places)
    if bytes(data[at : at + 2]) in (b"OB", b"OW", b"SQ", b"UN", b"UT", b"OF", b"OD", b"OL", b"UC", b"UR"):
        data[at + 4 : at + 8] = struct.pack("<L", length)
    else:
        data[at + 2 : at + 4] = struct.pack("<H", length & 0xFFFF)


def swap_vr(data: bytearray, rng: random.Random) -> None:
    """Give up to 3 elements another VR."""
    places = _vr_places(data)
    for _ in range(rng.randint(1, 3)):
        at = rng.choice(places) if places else _place(data, rng)
        data[at : at + 2] = rng.choice(VRS)


def delete_stretch(data: bytearray, rng: random.Random) -> None:
    """Take a stretch out."""
    at = _place(data, rng)
    del data[at : at + rng.randint(1, 400)]


def double_stretch(data: bytearray, rng: random.Random) -> None:
    """Put a stretch in twice."""
    at = _place(data, rng)
    data[at:at] = data[at : at + rng.randint(1, 2000)]


def insert_noise(data: bytearray, rng: random.Random) -> None:
    """Put random bytes in."""
    at = _place(data, rng)
    data[at:at] = rng.randbytes(rng.randint(1, 200))


def overwrite_value(data: bytearray, rng: random.Random) -> None:
    """Write values that are odd for most VRs over what is there."""
    at = _place(data, rng)
    odd = rng.choice((b"\0" * 8, b"\xff" * 8, b"1e999999", b"NaN\\inf ", b"-0000001", b"\\\\\\\\\\\\\\\\", b"9" * 16))
    data[at : at + len(odd)] = odd


def nest_sequences(data: bytearray, rng: random.Random) -> None:
    """Put sequences into sequences, up to thousands deep, with and without their ends."""
    depth = rng.choice((2, 50, 500, 3000))
    begin = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    end = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
    places = _vr_places(data)
    at = (rng.choice(places) - 4) if places else min(132, len(data))
    data[at:at] = begin * depth + (end * depth if rng.random() < 0.7 else b"")


def move_stretch(data: bytearray, rng: random.Random) -> None:
    """Put a stretch elsewhere: elements out of order."""
    at = _place(data, rng)
    taken = bytes(data[at : at + rng.randint(4, 300)])
    del data[at : at + len(taken)]
    to = _place(data, rng) if data else 0
    data[to:to] = taken


MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    flip_bits,
    cut_off,
    blow_length,
    swap_vr,
    delete_stretch,
    double_stretch,
    insert_noise,
    overwrite_value,
    nest_sequences,
    move_stretch,
)


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return a damaged copy."""
    data = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        if len(data) > 140:
            rng.choice(MUTATIONS)(data, rng)
    return bytes(data)


def _member(name: str) -> zipfile.ZipInfo:
    """Return a zip entry that says no time."""
    member = zipfile.ZipInfo(name)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def packed(content: bytes, rng: random.Random) -> bytes:
    """Return a file packed by zip or gzip, sound, damaged, or a bomb."""
    kind = rng.randrange(6)
    bomb = content + bytes(rng.choice((1 << 20, 40 << 20)))
    if kind == 0:
        return gzip.compress(content, 1, mtime=0)
    if kind == 1:
        return gzip.compress(bomb, 1, mtime=0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_member("a/1.dcm"), bomb if kind == 2 else content)
        if kind == 3:
            archive.writestr(_member("../../out.dcm"), content)
        if kind == 4:
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as nested:
                nested.writestr(_member("b.dcm"), bomb)
            archive.writestr(_member("inner.zip"), inner.getvalue())
    whole = out.getvalue()
    return mutated(whole, rng) if kind == 5 else whole


def damaged_files(data: Path | None, seeds: range, *, pack_share: float = 0.0) -> Iterator[tuple[int, bytes]]:
    """Yield (seed, damaged file): the same for the same seed and the same sources."""
    known = sources(data)
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311  # seeds are kept to repeat what fails
        content = rng.choice(known)
        if rng.random() < pack_share:
            yield seed, packed(mutated(content, rng) if rng.random() < 0.5 else content, rng)
        else:
            yield seed, mutated(content, rng)


# -- a run in a process of its own -----------------------------------------------------------------------------------


def main() -> None:
    """Parse many damaged files under a limit of memory; exit code 1 when anything escapes."""
    import django

    django.setup()
    from studies.dicomfile.facts import read_facts
    from studies.errors import SetAsideError
    from studies.planes import planes_of
    from studies.volumes import find_volumes

    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--memory-mb", type=int, default=512, help="more than the process has at the start")
    wanted = parser.parse_args()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    at_start = int(re.search(r"VmSize:\s+(\d+) kB", status).group(1)) << 10
    resource.setrlimit(resource.RLIMIT_AS, (at_start + (wanted.memory_mb << 20),) * 2)
    became: Counter[str] = Counter()
    escaped, slowest, begun = [], (0.0, 0), time.monotonic()
    for seed, content in damaged_files(wanted.data, range(wanted.first_seed, wanted.first_seed + wanted.count)):
        moment = time.monotonic()
        try:
            facts = read_facts(io.BytesIO(content), len(content))
            assert facts.packed_header
            find_volumes(list(planes_of(facts.header, frame_count=min(facts.instance["frame_count"], 100))))
            became["accepted"] += 1
        except SetAsideError as error:
            became[str(error.reason)] += 1
            if "MemoryError" in error.detail or "RecursionError" in error.detail:
                became["said " + error.detail.partition("(")[2].partition(":")[0]] += 1
                if "MemoryError" in error.detail:
                    escaped.append((seed, "MemoryError inside the parser"))
        except BaseException as error:  # noqa: BLE001  # this is what is looked for
            escaped.append((seed, f"{type(error).__name__}: {error}"[:300]))
        slowest = max(slowest, (time.monotonic() - moment, seed))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(json.dumps({  # this is a program
        "count": wanted.count, "seconds": round(time.monotonic() - begun, 1), "peak_rss_mb": peak,
        "slowest_s": round(slowest[0], 2), "slowest_seed": slowest[1], "became": dict(became), "escaped": escaped[:20],
    }))  # fmt: skip
    sys.exit(bool(escaped))


if __name__ == "__main__":
    main()
