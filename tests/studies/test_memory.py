"""Memory at intake: lengths are not believed, many files are not held at once."""

import io
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from studies.dicomfile.facts import read_facts
from studies.errors import SetAsideError
from tests.studies.making import file_of, image

ROOT = Path(__file__).resolve().parents[2]
LIE = 2_000_000_000
LONG = [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"UC", b"UN", b"UR", b"UT", b"SV", b"UV"]
KB = 1024


def lying(element: bytes) -> bytes:
    """Return a file of about 1 kB with an element before the pixel data that is not what it says."""
    content = file_of(image(PixelData=bytes(48))).getvalue()
    at = content.rindex(b"\x28\x00\x02\x00US")
    return (content[:at] + element + content[at:])[:1100].ljust(1000, b"\0")


def peak_of(content: bytes) -> int:
    """Return the most bytes that reading a file allocates."""
    tracemalloc.start()
    try:
        read_facts(io.BytesIO(content), len(content))
    except SetAsideError:
        pass
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak


@pytest.mark.parametrize("vr", LONG)
@pytest.mark.parametrize("length", [LIE, 0xFFFFFFFE, 0xFFFFFFFF, 1 << 20])
def test_a_length_of_gigabytes_in_a_file_of_a_kilobyte(vr: bytes, length: int) -> None:
    content = lying(struct.pack("<HH2sHL", 0x0027, 0x1010, vr, 0, length))
    assert len(content) < 1200
    peak_of(content)  # what is imported and cached by the first call is not of the file
    assert peak_of(content) < 512 * KB


@pytest.mark.parametrize("length", [LIE, 0xFFFFFFFF])
def test_a_length_in_a_sequence_item(length: int) -> None:
    item = struct.pack("<HHL", 0xFFFE, 0xE000, length)
    content = lying(struct.pack("<HH2sHL", 0x0027, 0x1010, b"SQ", 0, 0xFFFFFFFF) + item)
    peak_of(content)
    assert peak_of(content) < 512 * KB


def test_numbers_that_promise_much() -> None:
    for changes in ({"Rows": 65535, "Columns": 65535}, {"NumberOfFrames": 190_000}, {"BitsAllocated": 64}):
        content = file_of(image(PixelData=bytes(48), **changes)).getvalue()
        peak_of(content)
        assert peak_of(content) < 512 * KB


def test_a_million_items_are_refused() -> None:
    """Each costs memory many times its eight bytes."""
    content = file_of(image(PixelData=bytes(48))).getvalue()
    at = content.rindex(b"\x28\x00\x02\x00US")
    items = struct.pack("<HHL", 0xFFFE, 0xE000, 0) * 1_000_001
    element = struct.pack("<HH2sHL", 0x0027, 0x1010, b"SQ", 0, len(items)) + items
    with pytest.raises(SetAsideError, match="sequence items"):
        read_facts(io.BytesIO(content[:at] + element + content[at:]), len(content) + len(element))


@pytest.mark.processes
def test_a_large_folder_takes_the_memory_of_a_group(tmp_path: Path) -> None:
    """300 files of 2 MB and one of 80 MB, with 400 MB on top of what the command takes by itself."""
    place = tmp_path / "files"
    place.mkdir()
    side = 1024
    for number in range(300):
        pixels = bytes(2 * side * side)
        ds = image(Rows=side, Columns=side, PixelData=pixels, InstanceNumber=number)
        (place / f"{number}.dcm").write_bytes(file_of(ds).getvalue())
    large = image(Rows=side, Columns=side, NumberOfFrames=40, PixelData=bytes(2 * side * side * 40))
    (place / "large.dcm").write_bytes(file_of(large).getvalue())
    del large
    code = (
        "import resource, sys\n"
        "from django.core.management import call_command\n"
        "from studies.services import folders, intake, open_import\n"
        "batch = open_import(actor=None, source='x')\n"
        "files = folders.files_below(folders.Path(sys.argv[-1]))\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "done = sum(1 for _ in intake.store_prepared(batch=batch, files=folders.read_ahead(files, complain=print)))\n"
        "print(done, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    environment = {
        "DATA": str(tmp_path / "data"),
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
    }
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "-v0"], check=True, env=environment)
    ran = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}", str(place)],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    done, grown_mb = map(int, ran.stdout.split())
    assert done == 301
    assert grown_mb < 400


def test_sequences_within_sequences_without_end_are_said_as_that() -> None:
    head = bytes(128) + b"DICM" + b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
    nest = b"\x08\x00\x40\x11SQ\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    content = head + nest * 5000
    with pytest.raises(SetAsideError, match="sequences within sequences"):
        read_facts(io.BytesIO(content), len(content))
