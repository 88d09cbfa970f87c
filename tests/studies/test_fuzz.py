"""Damaged files, made from real ones with kept seeds: nothing raises, memory stays bounded."""

import io
import random
import resource
from pathlib import Path

import pytest

from studies.dicomfile.facts import read_facts
from studies.errors import SetAsideError
from studies.planes import planes_of
from studies.services import close_import, open_import, store_file
from studies.types import Outcome
from studies.volumes import find_volumes

SOURCES = (
    "transfer_syntax/small/CT_small.dcm",
    "transfer_syntax/small/MR_small_RLE.dcm",
    "transfer_syntax/small/MR_small_implicit.dcm",
    "seg/dcmqi/24x38x3/multiframe",
    "sr/misc/test-SR.dcm",
)
ROUNDS = 120
MEMORY_BYTES = 128 << 20


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return a copy with a few bytes, a length, or a stretch spoilt, mostly in the header."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(128, max(129, min(len(data), 6000)))
        kind = rng.randrange(6)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at : at + 4] = rng.choice((b"\xff\xff\xff\xff", b"\xfe\xff\xff\x7f", b"\0\0\0\0"))
        elif kind == 2:
            del data[at : at + rng.randint(1, 40)]
        elif kind == 3:
            data[at:at] = rng.randbytes(rng.randint(1, 40))
        elif kind == 4:
            data[at : at + 2] = rng.choice((b"SQ", b"UN", b"DS", b"OB", b"\xfe\xff", b"PN"))
        else:
            del data[rng.randrange(128, len(data)) :]
        if len(data) < 130:
            break
    return bytes(data)


def source_file(path: Path) -> Path:
    return path if path.is_file() else next(one for one in sorted(path.iterdir()) if one.is_file())


@pytest.mark.parametrize("source", SOURCES)
def test_no_mutation_of_a_real_file_raises(shared_data, source) -> None:
    content = source_file(shared_data / source).read_bytes()
    accepted = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for seed in range(ROUNDS):
        damaged = mutated(content, random.Random(seed))  # noqa: S311  # seeds are kept to repeat what fails
        try:
            facts = read_facts(io.BytesIO(damaged), len(damaged))
        except SetAsideError:
            continue
        assert facts.packed_header
        find_volumes(planes_of(facts.header, frame_count=min(facts.instance["frame_count"], 100)))
        accepted += 1
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10 < MEMORY_BYTES
    assert 0 < accepted < ROUNDS


def test_damaged_files_go_through_the_whole_intake(shared_data, importer) -> None:
    content = (shared_data / SOURCES[0]).read_bytes()
    batch = open_import(actor=importer, source="fuzz")
    outcomes = []
    for seed in range(60):
        damaged = mutated(content, random.Random(1000 + seed))  # noqa: S311  # see above
        outcomes += store_file(batch=batch, path=f"{seed}.dcm", file=io.BytesIO(damaged))
    close_import(actor=importer, batch=batch)
    assert {outcome.outcome for outcome in outcomes} == {Outcome.ACCEPTED, Outcome.SET_ASIDE}
    assert len(outcomes) == 60
