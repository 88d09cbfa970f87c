"""The leak hunt: nothing that identifies survives anywhere in what is served of de-identified real data.

Every file of the shared data that the archive accepts is de-identified. From the originals every name, ID, date,
time, UID, institution, person and device text is collected, nested sequences and private attributes included, and
looked for in all bytes that the team could be served of the result: Part 10 files (deflated ones inflated), file meta,
DICOM JSON, QIDO answers, the study pages, reports and events; in ASCII, in UTF-8, UTF-16 and the file's own character
sets. What is held for its pixels is searched too.
"""

import gzip
import io
import re
import warnings
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from pydicom import dcmread
from pydicom._dicom_dict import DicomDictionary
from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian
from rest_framework.test import APIClient

from accounts.types import Role
from annotations.reading.services.projects import create_project, set_member
from jobs.models import Event
from jobs.selectors.events import newest_event_id
from studies.deident.clean import STANDARD_SCHEMES
from studies.deident.make import read_original
from studies.deident.vault import Vault
from studies.deident.words import vocabulary
from studies.models import HeldInstance, Instance, Series
from studies.pixels import stored_file
from studies.services import close_import, open_import
from studies.services.deident_profiles import create_profile
from studies.services.deident_runs import start_run
from studies.services.intake import store_files
from studies.services.preparing import Incoming
from studies.types import Origin
from tests import factories

pytestmark = pytest.mark.django_db
ALL_CLEAN = ["clean_descriptors", "clean_structured_content", "clean_graphics", "retain_safe_private"]
TEXTS = {"LO", "SH", "LT", "ST", "UT", "UC", "AE", "UR"}
# What the standard's table leaves, because it says how the pixels came about and not of whom (PS3.15 Table E.1-1 has
# no row for them): make and model, software, codes of the standard, what software writes of its own processing.
STANDARD = {
    0x00080070, 0x00081090, 0x00181020, 0x00181019, 0x00080100, 0x00080102, 0x0008010B, 0x00080115, 0x00080117,
    0x00209421, 0x00189005, 0x00620009, 0x00409210, 0x00283003, 0x00281055, 0x00281054, 0x00541101, 0x00541105,
    0x00181210, 0x00181160, 0x00181401, 0x00185010, 0x00180024, 0x00541103, 0x00187006, 0x00700082, 0x00700080,
    0x00082112, 0x00187062, 0x00201040, 0x00209056,
}  # fmt: skip
OUR_OWN = {
    "REMOVED",
    "19000101",
    "19000101000000",
    "000000",
    "FIDUCIAL",
    "113100",
    "113103",
    "113104",
    "113105",
    "113107",
    "113111",
}
RESEARCH_BYTES = 100 << 10
VENDORS = ("Manufacturer", "ManufacturerModelName", "SoftwareVersions")
PYDICOM_ROOT = "1.2.826.0.1.3680043.8.498"


def words_of(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Yield (text, where) for everything that identifies in a data set, nested ones included."""
    made_of = {str(dataset.get(name, "")) for name in VENDORS}
    for source in (getattr(dataset, "file_meta", Dataset()), dataset):
        for element, coded in elements(source):
            try:
                values = element.value if element.VM > 1 else [element.value]
                found = [str(value or "").strip("\0 ") for value in values]
            except Exception:  # noqa: BLE001  # a value that cannot be read cannot be searched for
                found = []
            for text in found:
                if coded and element.tag == 0x00080104:
                    continue  # the meaning of a code of the standard
                if element.tag.is_private_creator or any(text and text in one for one in made_of):
                    continue  # a vendor's own name, as in make and model
                for part in telling(element, text):
                    yield part, f"{element.tag} {element.name}"


def elements(dataset: Dataset) -> Iterator[tuple[Any, bool]]:
    """Yield every element, and whether it stands in an item with a code of a standard scheme."""
    coded = str(dataset.get("CodingSchemeDesignator", "")) in STANDARD_SCHEMES
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:  # noqa: BLE001, S112  # as above
            continue
        if element.VR == "SQ":
            for item in element.value or ():
                yield from elements(item)
        else:
            yield element, coded


DICTIONARY = {word for row in DicomDictionary.values() for word in re.findall(r"[a-z]+", row[2].lower())}
"""Words in the names of attributes: our reports say them."""


def telling(element: Any, text: str) -> list[str]:
    """Return what of a value would give somebody away."""
    tag, vr = int(element.tag), element.VR
    if tag in STANDARD or text in OUR_OWN:
        return []
    if vr == "UI":
        return [] if text.startswith("1.2.840.10008") or text == PYDICOM_ROOT or len(text) < 8 else [text]
    if vr == "PN":
        parts = re.split(r"[\^=\s,]+", text)
        known = vocabulary() | DICTIONARY
        return [part for part in parts if len(part.strip("-._")) >= 3 and part.casefold() not in known]
    if vr in ("DA", "DT"):
        return [text[:8]] if len(text) >= 8 and text[:8].isdigit() else []
    if vr == "TM":
        return [text] if len(text.rstrip("0.")) >= 8 else []
    if vr in TEXTS and len(text) >= 4:
        plain = all(
            word in vocabulary() or (word.isdigit() and len(word) < 5)
            for word in re.findall(r"[^\W\d_]+|\d+", text.casefold())
        )
        return [] if plain else [text]
    return []


def spellings(text: str, dataset: Dataset) -> set[bytes]:
    """Return a text as bytes in every encoding in which it could stand in a file."""
    found = set()
    stated = dataset.get("SpecificCharacterSet") or "ISO_IR 6"
    for encoding in {"utf-8", "utf-16-le", "utf-16-be", *convert_encodings(stated)}:
        try:
            found.add(text.encode(encoding))
        except (UnicodeEncodeError, LookupError):
            continue
    return {spelling for spelling in found if len(spelling) >= 3}


def without_pixels(data: bytes) -> bytes:
    """Return a Part 10 file without the values of its pixels: decoded numbers spell anything by chance."""
    dataset = dcmread(io.BytesIO(data), force=True)
    if dataset.file_meta.TransferSyntaxUID == DeflatedExplicitVRLittleEndian:
        begin = 144 + int.from_bytes(data[140:144], "little")
        data = data[:begin] + zlib.decompress(data[begin:], -15)
    for tag in (0x7FE00010, 0x7FE00008, 0x7FE00009):
        value = getattr(dataset.get_item(tag), "value", None) if tag in dataset else None
        if isinstance(value, bytes) and len(value) > 32:
            start = data.find(value[:32])
            data = data[:start] + data[start + len(value) :]
    return data


def originals(folder: Path) -> list[Path]:
    """Return the files to bring in: one in 25 of long series, small research volumes, everything else."""
    found = []
    research = {".nii", ".gz", ".nrrd", ".mha", ".mhd", ".raw"}
    for place in sorted({path.parent for path in folder.rglob("*") if path.is_file()}):
        files = sorted(path for path in place.iterdir() if path.is_file())
        files = [path for path in files if path.suffix not in research or path.stat().st_size < RESEARCH_BYTES]
        found += files if len(files) < 12 else files[::25]
    return found


@pytest.fixture
def world(shared_data):
    """De-identify the shared data; return the member of the team, the project and the profile."""
    owner, member = factories.user("owner", is_staff=True), factories.user("member")
    batch = open_import(actor=owner, source="hunt")
    files = (Incoming(path.name, io.BytesIO(path.read_bytes())) for path in originals(shared_data))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in store_files(batch=batch, files=files):
            pass
        close_import(actor=owner, batch=batch, index=False)
        project = create_project(actor=owner, name="Hunt")
        set_member(actor=owner, project=project, user=member, roles={Role.MANAGER})
        profile = create_profile(actor=owner, team=project.team, name="Hunt", options=ALL_CLEAN)
        keys = list(Series.objects.values_list("series_uid", flat=True))
        begin = newest_event_id()
        run = start_run(actor=owner, profile=profile, series_uids=keys)
        from jobs.execution import run_job
        from jobs.models import Job

        assert run.job is not None
        run_job(run.job.pk)
        run.refresh_from_db()
        assert run.job.state == "succeeded" or Job.objects.get(pk=run.job.pk).state == "succeeded"
    return member, run, begin


def answers(member: Any, run: Any, begin: int) -> Iterator[tuple[str, bytes]]:
    """Yield (where, bytes) of every answer and event that speaks of many instances at once."""
    api = APIClient()
    api.force_login(member)
    for path in (
        "/dicomweb/studies?includefield=all",
        "/dicomweb/series?includefield=all",
        "/dicomweb/instances?includefield=all&limit=1000",
        "/api/studies?limit=500",
        f"/api/deidentification/runs/{run.pk}",
        "/api/deidentification/runs",
        "/api/deidentification/held?limit=200",
        "/api/deidentification/profiles",
        "/api/jobs",
        "/api/audit?limit=500",
        "/api/imports",
    ):
        answer = api.get(path)
        assert answer.status_code in (200, 204), path
        yield path, answer.content
    for event in Event.objects.filter(pk__gt=begin):
        yield f"event {event.kind}", str(event.payload).encode() + event.subject.encode()


def pages(member: Any) -> Iterator[tuple[str, str, bytes]]:
    """Yield (series UID, where, bytes) of what is served of each series: its metadata and the page of its study."""
    api = APIClient()
    api.force_login(member)
    rows = Series.objects.filter(deidentified__isnull=False)
    for series, study in rows.values_list("series_uid", "study__study_uid"):
        for path in (f"/dicomweb/studies/{study}/series/{series}/metadata", f"/api/studies/{study}"):
            answer = api.get(path)
            assert answer.status_code == 200, path
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield series, path, gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def made_from(row: Instance, vault: Vault) -> list[tuple[str, bytes]]:
    """Return (where, bytes) of the file and header made from an original, or of the file that is held."""
    uid = vault.uid(row.sop_instance_uid, version=1)
    held = HeldInstance.objects.filter(sop_instance_uid=uid).first()
    if held is not None:
        with default_storage.open(held.blob) as file:
            return [("held", without_pixels(file.read()))]
    made = Instance.objects.select_related("header").filter(sop_instance_uid=uid).first()
    if made is None:  # refused
        return []
    with default_storage.open(made.blob) as file:
        return [("file", without_pixels(file.read())), ("header", zlib.decompress(made.header.packed))]


def test_nothing_that_identifies_is_served(world) -> None:
    member, run, begin = world
    assert run.counts["made"] > 100
    assert run.counts["held"] > 20
    vault = Vault(run.version.profile.secret)
    everything: dict[bytes, str] = {}
    leaks: dict[str, set[str]] = {}
    searched, vendors = 0, set()
    of_series: dict[str, dict[bytes, str]] = defaultdict(dict)
    for row in Instance.objects.exclude(origin=Origin.DEIDENTIFIED).select_related("series"):
        with stored_file(row) as file:
            dataset = read_original(file.read())
        wanted = {spelling: where for text, where in words_of(dataset) for spelling in spellings(text, dataset)}
        everything |= wanted
        of_series[vault.uid(row.series.series_uid, version=1)] |= wanted
        vendors |= {str(dataset.get(name, "")).encode() for name in VENDORS}
        for place, content in made_from(row, vault):
            searched += 1
            note(leaks, wanted, place, content)
    assert searched > 250
    assert len(everything) > 1500
    everything = {text: where for text, where in everything.items() if not any(text in one for one in vendors)}
    for place, content in answers(member, run, begin):
        note(leaks, everything, place, content)
    for series, place, content in pages(member):
        note(leaks, of_series[series], place, content)
    assert not leaks, "\n".join(f"{text}: {sorted(places)[:3]}" for text, places in sorted(leaks.items()))


def note(leaks: dict[str, set[str]], wanted: dict[bytes, str], place: str, content: bytes) -> None:
    """Add what of `wanted` stands in `content`; short texts count as whole words only."""
    words = set(re.findall(rb"[A-Za-z0-9\x80-\xff]+", content))
    for text, where in wanted.items():
        if (text in content if len(text) >= 6 else text in words) and not by_chance(text, content):
            leaks.setdefault(f"{where} {text!r}", set()).add(place)


def by_chance(hit: bytes, content: bytes) -> bool:
    """Say whether every occurrence is digits within a longer number: a UID or a coordinate spells any of them."""
    if not re.fullmatch(rb"[\d.]+", hit):
        return False
    return re.search(rb"(?<![\d.])" + re.escape(hit) + rb"(?![\d.])", content) is None
