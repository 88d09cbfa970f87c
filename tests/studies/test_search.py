"""Searching the archive: keys, ways to a page, places in the list, and that none of it shows more than is visible."""

import itertools
import json
import random
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.db import ProgrammingError

from accounts.models import Membership
from accounts.types import Role
from common.errors import InvalidError
from common.searching import fold, fold_name, id_of
from studies import policies
from studies.dicomweb import finding, paging
from studies.dicomweb.finding import studies_page
from studies.dicomweb.matching import KEYS, Search, condition, parse_search
from studies.dicomweb.paging import PLACES, Place, place_of
from studies.models import Import, ImportedFile, Instance, Series, SeriesGrant, Study
from studies.types import Outcome
from tests import factories
from tests.studies.making import stack, uid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_places_of_others() -> None:
    """Forget where the pages of other tests ended."""
    PLACES.clear()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("  Ärzte   Haus ", "arzte haus"),
        ("STRASSE", "strasse"),
        ("straße", "strasse"),
        ("ＷＡＮＧ", "wang"),
        ("김희중", "김희중"),
        ("王小東", "王小東"),
        ("Ångström", "angstrom"),
        ("", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(fold(text)) == fold(text)


def test_folding_of_names() -> None:
    assert fold_name("Müller^Jürgen^^Dr") == "muller^jurgen^^dr"
    assert fold_name("Doe^Jane^^") == "doe^jane"
    assert fold_name("Hong^Gildong=洪^吉洞=홍^길동") == "hong^gildong=洪^吉洞=홍^길동"
    assert fold_name("Doe==") == "doe"


def a_study(**values: str) -> Study:
    """Make a study with one CT series of one instance, without files."""
    study = Study.objects.create(study_uid=uid(), **values)
    a_series(study)
    return study


def a_series(study: Study, modality: str = "CT", **values: object) -> Series:
    """Make a series of one instance, without files."""
    series = Series.objects.create(study=study, series_uid=uid(), modality=modality, instance_count=1, **values)
    Instance.objects.create(
        series=series, sop_instance_uid=uid(), sop_class_uid="1.2.3", transfer_syntax_uid="1.2.840.10008.1.2.1",
        size_bytes=1, sha256="0" * 64, blob="x",
    )  # fmt: skip
    return series


def test_keys_follow_however_rows_are_written() -> None:
    made = a_study(patient_name="Ähre^Öl", referring_physician="Doe^J^^", description="  Thorax  A ")
    Study.objects.bulk_create([Study(study_uid=uid(), patient_name="Ähre^Öl")])
    assert set(Study.objects.values_list("patient_name_key", flat=True)) == {"ahre^ol"}
    made.refresh_from_db()
    assert (made.referring_physician_key, made.description_key) == ("doe^j", "thorax a")
    made.patient_name = "New^Name"
    made.save()
    assert Study.objects.get(pk=made.pk).patient_name_key == "new^name"


def found(query: str, client) -> list[str]:
    """Return the Study Instance UIDs that a query finds, in order."""
    response = client.get(f"/dicomweb/studies?{query}")
    assert response.status_code in (200, 204), response.content
    return [one["0020000D"]["Value"][0] for one in response.json()] if response.content else []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("PatientName=MULLER^JURGEN", "a"),
        ("PatientName=" + quote("Müller^Jürgen"), "a"),
        ("PatientName=mull*", "a"),
        ("PatientName=m%3Fller^j*", "a"),
        ("PatientName=*jurgen", "a"),
        ("PatientName=mull", ""),
        ("PatientName=Hong^Gildong", "b"),
        ("PatientName=Hong^Gildong^^", "b"),
        ("PatientName=" + quote("홍^길동"), "b"),
        ("PatientName=" + quote("洪*"), "b"),
        ("PatientName=" + quote("?^吉洞"), "b"),
        ("PatientName=gildong*", ""),
        ("fuzzymatching=true&PatientName=gildong", "b"),
        ("fuzzymatching=true&PatientName=" + quote("jürgen MULLER"), "a"),
        ("fuzzymatching=true&PatientName=jurgen^hong", ""),
        ("PatientID=A_1", "a"),
        ("PatientID=A%3F1", "abc"),
        ("PatientID=a_1", ""),
        ("PatientID=A%25*", "b"),
        ("PatientID=*[1]*", "d"),
        ("PatientID=A_1%5CA%251", "ab"),
        ("StudyDescription=thorax*", "ab"),
        ("StudyDescription=thorax+mit+kontrast", "a"),
        ("StudyDate=20200101", "a"),
        ("StudyDate=20200101-20201231", "ab"),
        ("StudyDate=20200102-", "bc"),
        ("StudyDate=-20200101", "a"),
        ("StudyTime=1030-1030", "a"),
        ("AccessionNumber=X*", "c"),
        ("ReferringPhysicianName=doe*", "c"),
        ("ModalitiesInStudy=MR", "b"),
        ("ModalitiesInStudy=CT%5CMR", "abcd"),
        ("ModalitiesInStudy=M*", "b"),
        ("ModalitiesInStudy=MR&ModalitiesInStudy=PT", "b"),
        ("SeriesDescription=arm*", "c"),
        ("SeriesDescription=ARM+LINKS", "c"),
        ("SeriesDescription=*m%3FL%3Fnk*", "c"),
        ("SeriesDescription=arm%25*", ""),
        ("SeriesDescription=arm%3F%3F%3F", ""),
        ("SOPClassesInStudy=1.2.3", "abcd"),
        ("SOPInstanceUID=1.2.3.4.5", ""),
        ("PatientBirthDate=19700101", ""),
    ],
)
def test_what_matches(administrator, client_of, query: str, expected: str) -> None:
    studies = {
        "a": a_study(
            patient_name="Müller^Jürgen", patient_id="A_1", study_date="20200101", study_time="103059.99",
            description="Thorax mit Kontrast",
        ),
        "b": a_study(
            patient_name="Hong^Gildong=洪^吉洞=홍^길동", patient_id="A%1", study_date="20201231", study_time="11",
            description="THORAX",
        ),
        "c": a_study(
            patient_name="Doe^Jane", patient_id="AB1", study_date="20210101", accession_number="X1",
            referring_physician="Doe^J",
        ),
        "d": a_study(patient_name="Roe^Richard", patient_id="A[1]"),
    }  # fmt: skip
    a_series(studies["b"], modality="MR")
    a_series(studies["c"], description="Arm links")
    names = {study.study_uid: name for name, study in studies.items()}
    assert sorted(names[one] for one in found(query, client_of(administrator))) == sorted(expected)


def test_a_pattern_of_many_stars_is_answered(administrator, client_of) -> None:
    a_series(a_study(), description="a" * 64)
    stars = "*a" * 30
    client = client_of(administrator)
    assert len(found(f"SeriesDescription={stars}*", client)) == 1
    assert found(f"SeriesDescription={stars}*b", client) == []  # by a regular expression: never


@pytest.mark.parametrize(
    "query",
    [
        "StudyDate=2020-01-31",
        "StudyDate=yesterday",
        "StudyDate=-",
        "StudyDate=20200101-20200102-20200103",
        "StudyTime=10:30",
        "SeriesNumber=one",
        "limit=1e3",
        "limit=٣",
        "after=nothing",
        "after=WzFd",
    ],
)
def test_what_cannot_be_is_refused(administrator, client_of, query: str) -> None:
    response = client_of(administrator).get(f"/dicomweb/studies?{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_query")


def test_a_search_without_one_of_its_conditions(rf) -> None:
    search = parse_search(rf.get("/", {"ModalitiesInStudy": "MR", "Modality": "CT", "PatientID": "1"}).GET)
    kept = search.without(search.at("series")[0])
    assert [value for _, value in kept.conditions] == ["CT", "1"]


def test_every_kind_of_key_has_a_condition(rf) -> None:
    values = {"date": "20200101", "time": "10", "number": "1"}
    for tag, key in KEYS.items():
        search = parse_search(rf.get("/", {tag: values.get(key.kind, "x*")}).GET)
        assert search.conditions[0][0] is key
        assert condition(key.column, key.kind, values.get(key.kind, "x*"))


def pages(query: str, client, *, by_link: bool, limit: int = 3) -> list[str]:
    """Return all studies of a search, page by page."""
    collected: list[str] = []
    address = f"/dicomweb/studies?limit={limit}&{query}"
    for number in itertools.count(1):
        response = client.get(address)
        if response.status_code == 204:
            return collected
        collected += [one["0020000D"]["Value"][0] for one in response.json()]
        if by_link:
            if "Link" not in response:
                return collected
            address = response["Link"].split("<")[1].split(">")[0]
            assert response["Link"].endswith('rel="next"')
        else:
            address = f"/dicomweb/studies?limit={limit}&{query}&offset={limit * number}"
    raise AssertionError


def test_pages_hold_every_study_once(administrator, client_of, monkeypatch) -> None:
    chance = random.Random(1)  # noqa: S311  (a fixed draw)
    for _ in range(20):
        a_study(study_date=chance.choice(["", "20200101", "20200102"]), patient_name=chance.choice(["A^B", "A^C", "D"]))
    client = client_of(administrator)
    for query in ("", "PatientName=A*", "PatientName=*%5E*", "ModalitiesInStudy=CT"):
        whole = found(query, client)
        assert len(set(whole)) == len(whole) > 3
        assert pages(query, client, by_link=True) == whole
        assert pages(query, client, by_link=False) == whole
    monkeypatch.setattr(paging, "REMEMBERED_BEYOND", 0)
    assert pages("", client, by_link=False) == found("", client)


def test_a_page_by_number_goes_on_where_the_last_one_ended(administrator, client_of, monkeypatch) -> None:
    monkeypatch.setattr(paging, "REMEMBERED_BEYOND", 0)
    for day in range(1, 10):
        a_study(study_date=f"202001{day:02d}")
    client = client_of(administrator)
    whole = found("", client)
    assert found("limit=4", client) == whole[:4]
    a_study(study_date="20210101")  # meanwhile a newer one has come: nothing is shown twice
    assert found("limit=4&offset=4", client) == whole[4:8]
    PLACES.clear()
    assert found("limit=4&offset=4", client) == whole[3:7]


def test_places_are_their_own_text() -> None:
    study = a_study(study_date="20200101")
    place = Place(study.study_date, study.created_at, study.pk)
    assert place_of(str(place)) == place
    with pytest.raises(InvalidError):
        place_of(str(place)[:-4])


# Bounds that make 25 studies take each of the ways: few, mine, long walk, deep.
WAYS = {"walk": (0, 0, 50, 1), "collect": (8_000, 0, 2, 99), "few": (8_000, 1_000, 300, 3), "chunks": (1, 1, 2, 99)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_no_way_finds_anything_else_than_the_plain_question(monkeypatch, administrator, way: str, seed: int) -> None:
    """Whatever way a search takes, it finds what filtering everything and looking at each series would find."""
    few, mine, long_walk, deep = WAYS[way]
    monkeypatch.setattr(finding, "DEEP", deep)
    monkeypatch.setattr(finding, "FEW", few)
    monkeypatch.setattr(finding, "MINE", mine)
    monkeypatch.setattr(finding, "LONG_WALK", long_walk)
    chance = random.Random(seed)  # noqa: S311  (a fixed draw)
    member, importer, reader = (factories.user(name) for name in ("member", "importer", "reader"))
    team, other = factories.team("T", reader=[member]), factories.team("U", reader=[importer])
    Membership.objects.create(team=other, user=member, role=Role.READER)
    Membership.objects.create(team=team, user=reader, role=Role.READER)
    batch = Import.objects.create(created_by=importer, source="x")
    for number in range(25):
        study = Study.objects.create(
            study_uid=uid(), patient_name=chance.choice(["Ab^C", "Ad^E", "F"]), patient_id=f"P{number % 4}",
            study_date=chance.choice(["", "20200101", "20200601"]), description=chance.choice(["Head", "Chest"]),
        )  # fmt: skip
        for _ in range(chance.randint(1, 3)):
            series = a_series(study, modality=chance.choice(["CT", "MR"]), created_by=chance.choice([None, importer]))
            for one in (team, other):
                if chance.random() < 0.3:
                    SeriesGrant.objects.give(series=series, team=one)
            if chance.random() < 0.3:
                for instance in series.instances.all():
                    ImportedFile.objects.create(
                        batch=batch, path="x", outcome=Outcome.DUPLICATE, instance=instance, size_bytes=1
                    )
    text = [("00100010", "A*"), ("00100010", "*E*"), ("00081030", "head"), ("00100020", "P1")]
    questions = [
        [],
        [("00080061", "MR")],
        [("00080020", "20200101-")],
        [("00080016", "1.2.3")],
        *[[one] for one in text],
    ]
    questions += [[text[0], text[2], ("00080061", "CT")], [("00080061", "CT"), ("0020000E", "1.2")]]
    questions += [[("00080061", "CT"), ("00080020", "20200101-20200301")], [("00080061", "CT"), ("00080060", "MR")]]
    for actor, question in itertools.product([administrator, member, importer, reader], questions):
        asked = [(KEYS[tag], value) for tag, value in question]
        seen = policies.visible_series(user=actor)
        plain = Study.objects.filter(Search(asked, frozenset(), 0, 0, False).q({"study": ""})).filter(series__in=seen)
        for key, value in asked:
            single = Search([(key, value)], frozenset(), 0, 0, False)
            if key.level == "series":
                plain = plain.filter(series__in=seen.filter(single.q({"series": ""})))
            if key.level == "instance":
                plain = plain.filter(series__in=seen.filter(single.q({"instance": "instances__"})))
        expected = list(plain.distinct().order_by("-study_date", "-created_at", "-id").values_list("pk", flat=True))
        for limit, offset in ((50, 0), (3, 0), (3, 4), (2, 60)):
            search = Search(asked, frozenset(), limit, offset, False)
            page = studies_page(actor=actor, search=search, asked=f"{question}")
            assert list(map(id_of, page.studies)) == expected[offset : offset + limit]
            assert page.more == (len(expected) > offset + limit)
        assert set(seen.values_list("pk", flat=True)) == {
            pk for part in policies.visible_parts(user=actor) for pk in part.seen.values_list("pk", flat=True)
        }


def test_postgresql_without_its_extension_is_told_and_goes_on(capsys) -> None:
    def refuse(statement: str) -> None:
        raise ProgrammingError("permission denied to create extension")

    migration = import_module("studies.migrations.0018_search_within_texts")
    migration.add(
        None, SimpleNamespace(connection=SimpleNamespace(vendor="postgresql", alias="default"), execute=refuse)
    )
    told = capsys.readouterr().err
    assert "permission denied" in told
    assert f"{migration.EXTENSION}; {migration.INDEX};" in told
    assert Study.objects.count() == 0  # the connection goes on


def test_the_parts_of_what_is_visible_are_all_of_it(bring_in, administrator) -> None:
    granted, importer, sharer = factories.user("granted"), factories.user("importer"), factories.user("sharer")
    holder, both, nobody = factories.user("holder"), factories.user("both"), factories.user("nobody")
    team, other = factories.team("T", reader=[granted, both]), factories.team("O", reader=[both])
    slices = stack(2)
    bring_in(administrator, slices)
    for one in (team, other):
        SeriesGrant.objects.give(series=Series.objects.get(), team=one)
    for name, importing in (("I", importer), ("S", sharer), ("H", holder)):
        factories.team(name, manager=[importing])
    bring_in(importer, stack(2))
    bring_in(sharer, slices)  # every instance of somebody else's series
    bring_in(holder, slices[:1])  # a part of it
    expected = {granted: 1, importer: 1, sharer: 1, holder: 0, both: 1, nobody: 0, administrator: 2}
    for user, count in expected.items():
        visible = set(policies.visible_series(user=user).values_list("pk", flat=True))
        assert len(visible) == count, user
        parts = policies.visible_parts(user=user)
        assert visible == {pk for part in parts for pk in part.seen.values_list("pk", flat=True)}
        studies = set(Series.objects.filter(pk__in=visible).values_list("study", flat=True))
        assert studies <= {pk for part in parts for one in part.found for pk in one.values_list("study_id", flat=True)}


def test_search_answers_have_a_version_and_say_what_they_skip(administrator, client_of) -> None:
    a_study()
    client = client_of(administrator)
    response = client.get("/dicomweb/studies?Nonsense=1&limit=1")
    assert "Nonsense is not searched by" in response["Warning"]
    again = client.get("/dicomweb/studies?Nonsense=1&limit=1", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    a_study()
    later = client.get("/dicomweb/studies?Nonsense=1&limit=1", headers={"If-None-Match": response["ETag"]})
    assert later.status_code == 200
    assert "Link" in later


def test_included_attributes_of_a_study_come_from_a_visible_header(bring_in, administrator, client_of) -> None:
    bring_in(administrator, stack(2, PatientAge="042Y", Manufacturer="Maker"))
    client = client_of(administrator)
    (plain,) = client.get("/dicomweb/studies").json()
    assert "00101010" not in plain
    (study,) = json.loads(client.get("/dicomweb/studies?includefield=PatientAge&includefield=Manufacturer").content)
    assert study["00101010"]["Value"] == ["042Y"]
    assert "00080070" not in study  # of an equipment, not of a study
