"""Every row of PS3.15 Table E.1-1: what the standard's action codes say is what happens, on top and nested.

The oracle is the table as data (its action codes) and the meaning that PS3.15 E.3 gives them, written down here anew;
the code under test is asked for bytes only.
"""

import io
import json
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import highdicom
import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag, Tag
from pydicom.uid import CTImageStorage, EnhancedMRImageStorage

from studies.deident.clean import Cleaner, Identity
from studies.deident.iods import type_of
from studies.deident.make import make
from studies.deident.rules import TABLE, Rules
from studies.deident.suspicion import RefusedError
from tests.studies.making import file_of, image

ROWS: dict[str, dict[str, str]] = json.loads(Path(TABLE).read_text(encoding="utf-8"))["rows"]
OPTIONS = (
    "retain_safe_private",
    "retain_uids",
    "retain_device",
    "retain_institution",
    "retain_patient_characteristics",
    "retain_full_dates",
    "retain_modified_dates",
    "clean_descriptors",
    "clean_structured_content",
    "clean_graphics",
)
DAY, SHIFTED, SHIFT = "20190304", "20190204", -28
# Rows whose groups stand for many, and rows that cannot be written in a data set beside others.
TAGS = {"50XXXXXX": 0x50003000, "60XX3000": 0x60003000, "60XX4000": 0x60004000, "PRIVATE": 0x00091001}
NOT_IN_A_FILE = {"00001000", "00001001", "00020003", "00041511"}
REFUSED = {"00420011"}


def secret(row: str) -> str:
    """Return a word that only this row's element has."""
    return f"Zyx{row}q"


def original_uid(row: str) -> str:
    return f"1.2.826.0.1.3680043.2.1125.77.{tag_of(row):d}"


def value_of(row: str, vr: str) -> Any:
    word = secret(row)
    if vr in ("LO", "SH", "LT", "ST", "UT", "UC"):
        return f"{word} abdomen" if vr != "SH" else f"{word} abd"
    return {
        "PN": f"{word}^Anna",
        "AE": word.upper(),
        "UR": f"https://{word}.example/x",
        "CS": word.upper(),
        "AS": "087Y",
        "DA": DAY,
        "DT": f"{DAY}111213",
        "TM": "111213.5",
        "DS": "87.25",
        "IS": "8725",
        "UI": original_uid(row),
        **dict.fromkeys(("US", "SS", "UL", "SL", "UV", "SV"), 8725),
        **dict.fromkeys(("FL", "FD"), 87.25),
        "AT": 0x00100010,
        **dict.fromkeys(("OB", "OW", "OF", "OD", "OL", "OV", "UN"), word.encode().ljust(16, b"\0")),
    }[vr]


def tag_of(row: str) -> BaseTag:
    return Tag(TAGS.get(row) or int(row, 16))


def vr_of(row: str) -> str:
    if row == "PRIVATE":
        return "LO"
    tag = tag_of(row)
    if row.startswith("50"):
        return "OW"
    if not dictionary_has_tag(tag):
        return "LO"
    vr = dictionary_VR(tag)
    return "OW" if " or " in vr and "O" in vr else vr.split(" or ")[0]


def element(row: str) -> DataElement:
    vr = vr_of(row)
    if vr != "SQ":
        return DataElement(tag_of(row), vr, value_of(row, vr))
    item = Dataset()
    item.ValueType, item.RelationshipType = "TEXT", "CONTAINS"
    item.TextValue = f"{secret(row)} abdomen"
    item.PersonName = f"{secret(row)}^Anna"
    item.ReferencedSOPInstanceUID = original_uid(row)
    return DataElement(tag_of(row), "SQ", Sequence([item]))


def fill(place: Dataset, rows: Iterable[str]) -> None:
    """Put every row's element into a data set."""
    for row in rows:
        if row == "PRIVATE":
            place.private_block(0x0009, "ACME 1.0", create=True).add_new(0x01, "LO", value_of(row, "LO"))
        else:
            place[tag_of(row)] = element(row)


IDENTITY = Identity(
    pseudonym="PROJ-0001", shift_days=SHIFT, uid=lambda uid: f"2.25.{zlib.crc32(uid.encode()) + 10**20}"
)
OBJECT = {"00080018", "0020000D", "0020000E"}
"""These say which object it is: never nested."""


@cache
def results(option: str | None) -> tuple[Dataset, Dataset, bytes]:
    """Return the data set, the one nested in it two sequences down, and the bytes, of a CT with every row's element."""
    rows = set(ROWS) - NOT_IN_A_FILE - REFUSED
    dataset = image()
    inner, outer = Dataset(), Dataset()
    outer.DerivationCodeSequence = [inner]  # (0008,9215): no rule touches the sequence itself
    dataset.SharedFunctionalGroupsSequence = [outer]
    fill(dataset, rows)
    fill(inner, rows - OBJECT)
    rules = Rules(options=frozenset({option} - {None}), keep_identity_uids=True)
    made = make(file_of(dataset).read(), rules=rules, identity=IDENTITY)
    new = dcmread(io.BytesIO(made.data), force=True)
    return new, new.SharedFunctionalGroupsSequence[0].DerivationCodeSequence[0], made.data


def expected(row: str, option: str | None) -> str:
    """Return the action code that counts: the option's, where the table has one, else the basic profile's."""
    return (option and ROWS[row].get(option)) or ROWS[row]["basic"]


def leaves(value: Any) -> str:
    """Return everything in a value as one text."""
    if isinstance(value, Sequence):
        return " ".join(leaves(element.value) for item in value for element in item)
    return value.decode("latin1") if isinstance(value, bytes) else str(value)


BY_TYPE = {
    "X/Z": {"1": "Z", "2": "Z", "3": "X"},
    "X/D": {"1": "D", "2": "D", "3": "X"},
    "Z/D": {"1": "D", "2": "Z", "3": "Z"},
    "X/Z/D": {"1": "D", "2": "Z", "3": "X"},
}


@cache
def standard() -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
    """Return highdicom's tables: objects by SOP class, modules by object, attributes by module."""
    folder = Path(highdicom.__file__).parent / "_standard"
    names = ("sop_class_iod_map", "iod_module_map", "module_attribute_map")
    return tuple(json.loads((folder / f"{name}.json").read_text()) for name in names)  # type: ignore[return-value]


@cache
def types_of(sop_class: str) -> dict[int, str]:
    """Return the strictest type of each attribute on the top level of an object."""
    objects, modules, attributes = standard()
    found: dict[int, str] = {}
    for module in modules[objects[sop_class]]:
        for one in attributes[module["key"]]:
            tag = tag_for_keyword(one["keyword"])
            if not one["path"] and tag is not None:
                found[tag] = min(found.get(tag, "3"), one["type"][0])
    return found


def check(row: str, code: str, option: str | None, dataset: Dataset, data: bytes) -> None:
    """Hold what is left of an element against what its action code allows."""
    tag, vr = tag_of(row), vr_of(row)
    before = element(row)
    if code == "K":
        assert tag in dataset, "retained, but gone"
        if vr != "SQ":
            assert str(dataset[tag].value) == str(before.value)
        return
    kept_inside = vr == "SQ" and option == "retain_uids"  # UIDs in a sequence have rows of their own
    for text in (secret(row), secret(row).upper(), "" if kept_inside else original_uid(row)):
        assert not text or text.encode() not in data, "the original value is still in the file"
    if code == "C" and option == "retain_modified_dates":
        if vr in ("DA", "DT"):
            assert str(dataset[tag].value).startswith(SHIFTED)
        elif vr == "TM":
            assert str(dataset[tag].value) == "111213.5"
    elif code == "X":
        assert tag not in dataset
    elif code == "U":
        assert str(dataset[tag].value) == IDENTITY.uid(original_uid(row))
    elif code == "Z":
        assert tag in dataset
        assert not dataset[tag].value or str(dataset[tag].value) == "PROJ-0001"
    elif code == "D":
        assert tag in dataset
        assert dataset[tag].value not in (None, "", b"")
        assert vr == "SQ" or str(dataset[tag].value) != str(before.value)
    elif code == "C":  # of like meaning, and nothing that identifies
        if tag in dataset and vr in ("LO", "SH", "LT", "ST", "UT", "UC"):
            assert str(dataset[tag].value) in ("abdomen", "abd")
    elif tag in dataset and vr not in ("SQ", "UI"):
        # X/Z, X/D, Z/D, X/Z/D, X/Z/U*: whatever the type of the attribute, nothing of the original is left
        assert str(dataset[tag].value) != str(before.value)


@pytest.mark.parametrize("row", sorted(set(ROWS) - NOT_IN_A_FILE - REFUSED))
def test_every_attribute(row: str) -> None:
    for option in (None, *OPTIONS):
        code = expected(row, option)
        top, nested, data = results(option)
        by_type = BY_TYPE.get(code, {}).get(types_of(CTImageStorage).get(tag_of(row), "3"), code)
        for where, dataset, counts in (("top", top, by_type), ("nested", nested, code)):
            if where == "nested" and row in OBJECT:
                continue
            try:
                check(row, counts, option, dataset, data)
            except AssertionError as error:
                said = f"{ROWS[row]['name']} ({row}, {where}) under {option or 'basic'}: {code}: {error}"
                raise AssertionError(said) from error


@pytest.mark.parametrize("row", sorted(NOT_IN_A_FILE))
def test_groups_that_no_data_set_may_hold(row: str) -> None:
    """Commands, file meta and directories do not belong into a data set: they go, whatever the options are."""
    dataset = image()
    dataset[tag_of(row)] = element(row)
    Cleaner(Rules(options=frozenset({"retain_uids"})), IDENTITY).clean(dataset)
    assert tag_of(row) not in dataset


def test_file_meta_names_the_new_instance_and_no_machine() -> None:
    dataset = image()
    dataset.file_meta.SourceApplicationEntityTitle = "SECRET_AE"
    dataset.file_meta.SendingApplicationEntityTitle = "SECRET_AE"
    dataset.file_meta.PrivateInformationCreatorUID, dataset.file_meta.PrivateInformation = "1.2.3", b"SECRET"
    data = bytearray(file_of(dataset).read())
    data[:10] = b"SECRET-PRE"
    made = make(bytes(data), rules=Rules(), identity=IDENTITY)
    assert b"SECRET" not in made.data
    meta = dcmread(io.BytesIO(made.data)).file_meta
    assert meta.MediaStorageSOPInstanceUID == made.sop_instance_uid != dataset.SOPInstanceUID


@pytest.mark.parametrize("row", sorted(REFUSED))
def test_documents_are_refused(row: str) -> None:
    dataset = image()
    dataset[tag_of(row)] = element(row)
    with pytest.raises(RefusedError):
        make(file_of(dataset).read(), rules=Rules(), identity=IDENTITY)


COMPOUND = sorted(row for row in ROWS if ROWS[row]["basic"] in BY_TYPE)


def test_types_are_those_of_the_standard() -> None:
    """Every kind of object that highdicom knows, every attribute whose action depends on its type."""
    objects, modules, attributes = standard()
    whole = [uid for uid, name in objects.items() if all(one["key"] in attributes for one in modules[name])]
    assert len(whole) > 170
    for uid in whole:
        known = types_of(uid)
        assert {row: type_of(uid, tag_of(row)) for row in COMPOUND} == {
            row: known.get(tag_of(row), "3") for row in COMPOUND
        }
    assert type_of("1.2.3.4", tag_of(COMPOUND[0])) == ""


def test_what_an_object_requires_stays_with_a_dummy() -> None:
    """Acquisition DateTime: required in an enhanced MR, optional in a CT, not known of an unknown object."""
    found = {}
    for uid in (EnhancedMRImageStorage, CTImageStorage, "1.2.826.0.1.3680043.10.1471.9.9"):
        dataset = image(SOPClassUID=uid, AcquisitionDateTime="20190304111213", StationName="SECRET")
        Cleaner(Rules(), IDENTITY).clean(dataset)
        found[uid] = str(dataset.AcquisitionDateTime) if "AcquisitionDateTime" in dataset else None
        assert "SECRET" not in str(dataset)
    enhanced, plain, unknown = found.values()
    assert enhanced == unknown == "19000101000000"
    assert plain is None


def test_the_table_is_whole() -> None:
    """621 rows of 2024e and 35 that 2026c added, each with an action code that is one."""
    assert sum("edition" not in row for row in ROWS.values()) == 621
    assert sum(row.get("edition") == "2026c" for row in ROWS.values()) == 35
    assert {row["basic"] for row in ROWS.values()} == {"X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"}
    assert {key for row in ROWS.values() for key in row} == {"name", "basic", "edition", *OPTIONS}
