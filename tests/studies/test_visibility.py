"""Two teams and a stranger at every door of the archive."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.models import Team
from common.clock import now
from common.errors import DeniedError
from studies import selectors
from studies.models import Instance, Series, SeriesGrant, StudyGrant
from studies.services import grant_series, revoke_series
from studies.services.deletion import delete_series
from tests import factories
from tests.studies.making import stack, uid


@pytest.fixture
def people(db):
    """Return people of two teams; the first manager has imported a series that the first team may see."""
    names = ("manager_a", "reader_a", "manager_b", "reader_b", "stranger")
    found = {name: factories.user(name) for name in names}
    found["administrator"] = factories.user("administrator", is_staff=True)
    found["team_a"] = factories.team("A", manager=[found["manager_a"]], reader=[found["reader_a"]])
    found["team_b"] = factories.team("B", manager=[found["manager_b"]], reader=[found["reader_b"]])
    return found


@pytest.fixture
def series(people, bring_in) -> Series:
    bring_in(people["manager_a"], stack(3))
    row = Series.objects.get()
    grant_series(actor=people["manager_a"], series=row, team=people["team_a"])
    return row


SEES = {
    "administrator": True,
    "manager_a": True,
    "reader_a": True,
    "manager_b": False,
    "reader_b": False,
    "stranger": False,
}


def doors(series: Series) -> list[str]:
    instance = Instance.objects.filter(series=series).first()
    study, own = series.study.study_uid, series.series_uid
    one = f"/dicomweb/studies/{study}/series/{own}/instances/{instance.sop_instance_uid}"
    return [
        f"/api/studies/{study}",
        f"/api/series/{own}/volumes",
        f"/api/series/{own}/thumbnail",
        f"/dicomweb/studies/{study}",
        f"/dicomweb/studies/{study}/metadata",
        f"/dicomweb/studies/{study}/thumbnail",
        f"/dicomweb/studies/{study}/series/{own}",
        f"/dicomweb/studies/{study}/series/{own}/metadata",
        f"/dicomweb/studies/{study}/series/{own}/thumbnail",
        one,
        f"{one}/metadata",
        f"{one}/frames/1",
        f"{one}/frames/1/rendered",
        f"{one}/frames/1/thumbnail",
        f"{one}/rendered",
        f"{one}/thumbnail",
        f"{one}/bulkdata/7FE00010",
    ]


def searches(series: Series) -> list[str]:
    study, own = series.study.study_uid, series.series_uid
    return [
        "/dicomweb/studies",
        f"/dicomweb/studies?StudyInstanceUID={study}",
        "/dicomweb/studies?ModalitiesInStudy=CT",
        "/dicomweb/series",
        f"/dicomweb/studies/{study}/series",
        "/dicomweb/instances",
        f"/dicomweb/studies/{study}/instances",
        f"/dicomweb/studies/{study}/series/{own}/instances",
    ]


@pytest.mark.parametrize("name", SEES)
def test_who_sees_a_series(people, series, client_of, name) -> None:
    client = client_of(people[name])
    for address in doors(series):
        response = client.get(address)
        assert response.status_code == (200 if SEES[name] else 404), address
        if not SEES[name]:
            assert response.json()["error"]["code"].endswith("not_found") or "no_thumbnail" in response.content.decode()
    for address in searches(series):
        response = client.get(address)
        assert response.status_code == (200 if SEES[name] else 204), address
    listed = client.get("/api/studies").json()
    assert listed["count"] == (1 if SEES[name] else 0)


def test_nobody_at_all_without_signing_in(series, client_of) -> None:
    for address in [*doors(series), *searches(series), "/api/studies", "/api/imports", "/api/set-aside"]:
        response = client_of().get(address)
        assert response.status_code == 401, address
        assert "error" in response.json()
    assert client_of().post("/dicomweb/studies").status_code == 401


def test_counts_are_over_what_is_seen(people, series, client_of, bring_in) -> None:
    bring_in(people["administrator"], stack(2, StudyInstanceUID=series.study.study_uid, Modality="MR"))
    (seen,) = client_of(people["reader_a"]).get("/dicomweb/studies").json()
    assert seen["00080061"]["Value"] == ["CT"]
    assert (seen["00201206"]["Value"], seen["00201208"]["Value"]) == ([1], [3])
    (seen,) = client_of(people["administrator"]).get("/dicomweb/studies").json()
    assert seen["00080061"]["Value"] == ["CT", "MR"]
    assert (seen["00201206"]["Value"], seen["00201208"]["Value"]) == ([2], [5])
    body = client_of(people["reader_a"]).get(f"/api/studies/{series.study.study_uid}").json()
    assert (body["modalities"], body["instance_count"], len(body["series"])) == (["CT"], 3, 1)
    assert client_of(people["reader_a"]).get("/dicomweb/studies?ModalitiesInStudy=MR").status_code == 204


def test_who_brings_all_of_a_series_sees_it_and_who_holds_a_part_does_not(people, bring_in) -> None:
    slices = stack(3)
    bring_in(people["manager_a"], slices)
    series = Series.objects.get()
    bring_in(people["manager_b"], slices[:1])
    assert not selectors.visible_series(actor=people["manager_b"]).exists()
    bring_in(people["manager_b"], slices[1:])
    assert list(selectors.visible_series(actor=people["manager_b"])) == [series]


def test_knowing_a_uid_does_not_open_a_series(people, bring_in, series) -> None:
    forged = stack(1, StudyInstanceUID=series.study.study_uid, SeriesInstanceUID=series.series_uid)
    batch = bring_in(people["manager_b"], forged)
    assert (batch.accepted, batch.set_aside) == (0, 1)
    assert not selectors.visible_series(actor=people["manager_b"]).exists()
    assert bring_in(people["administrator"], forged).accepted == 1
    assert list(selectors.visible_series(actor=people["manager_a"])) == [series]


def test_only_a_manager_who_sees_it_grants(people, series) -> None:
    for name, team in (("reader_a", "team_a"), ("manager_b", "team_b"), ("manager_a", "team_b")):
        with pytest.raises(DeniedError):
            grant_series(actor=people[name], series=series, team=people[team])
    grant_series(actor=people["manager_a"], series=series, team=people["team_a"])
    assert SeriesGrant.objects.count() == 1
    revoke_series(actor=people["manager_a"], series=series, team=people["team_a"])
    assert not selectors.visible_series(actor=people["reader_a"]).exists()
    grant_series(actor=people["administrator"], series=series, team=people["team_b"])
    assert selectors.visible_series(actor=people["reader_b"]).exists()


def listed(team: Team) -> list[tuple[str, str]]:
    """Return the studies of a team in the order of lists, as lists have them."""
    rows = StudyGrant.objects.filter(team=team).order_by("-study_date", "-study_created_at", "-study")
    return list(rows.values_list("study__study_uid", "study_date"))


def test_the_studies_of_a_team_follow_its_grants(people, bring_in) -> None:
    """A study is in the list of a team exactly as long as some series of it is granted."""
    older, newer = stack(1, StudyDate="20190101"), stack(1, StudyDate="20200101")
    beside = stack(1, StudyDate="20200101", StudyInstanceUID=newer[0].StudyInstanceUID)
    bring_in(people["administrator"], [*older, *newer, *beside])
    team, actor = people["team_a"], people["administrator"]
    rows = [Series.objects.get(series_uid=ds.SeriesInstanceUID) for ds in (older[0], newer[0], beside[0])]
    assert {(row.study_date, row.study_created_at) for row in rows} == {
        (row.study.study_date, row.study.created_at) for row in rows
    }
    for row in rows:
        grant_series(actor=actor, series=row, team=team)
    new, old = (newer[0].StudyInstanceUID, "20200101"), (older[0].StudyInstanceUID, "20190101")
    assert listed(team) == [new, old]
    revoke_series(actor=actor, series=rows[1], team=team)
    assert listed(team) == [new, old]
    delete_series(actor=actor, series=rows[2])
    assert listed(team) == [old]
    revoke_series(actor=actor, series=rows[0], team=team)
    assert listed(team) == []


def test_what_was_granted_before_there_were_lists_is_listed(people, bring_in) -> None:
    """The migration's statements make the same rows that granting makes."""
    bring_in(people["administrator"], [*stack(1, StudyID="7"), *stack(1, StudyDate="20200101")])
    for row in Series.objects.all():
        for team in ("team_a", "team_b"):
            grant_series(actor=people["administrator"], series=row, team=people[team])
    columns = ("study", "team", "study_date", "study_created_at", "grants__series", "grants__team")
    made = set(StudyGrant.objects.values_list(*columns))
    assert len(made) == 4
    Series.objects.update(study_date="", study_created_at=now())
    fill = import_module("studies.migrations.0016_fill_list_order").FILL
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM studies_studygrant")  # foreign keys are looked at when the transaction ends
        for statement in fill:
            cursor.execute(statement)
    assert set(StudyGrant.objects.values_list(*columns)) == made


def test_imports_and_set_aside_files_are_their_owners(people, client_of, bring_in) -> None:
    broken = stack(1, StudyInstanceUID=None)
    batch = bring_in(people["manager_a"], broken)
    mine, theirs = client_of(people["manager_a"]), client_of(people["manager_b"])
    (row,) = mine.get("/api/set-aside").json()
    assert theirs.get("/api/set-aside").json() == []
    for method, address in (
        ("get", f"/api/imports/{batch.pk}"),
        ("post", f"/api/imports/{batch.pk}/files"),
        ("post", f"/api/imports/{batch.pk}/close"),
        ("get", f"/api/set-aside/{row['id']}/file"),
        ("post", f"/api/set-aside/{row['id']}/retry"),
        ("delete", f"/api/set-aside/{row['id']}"),
    ):
        assert getattr(theirs, method)(address).status_code == 404, address
    assert client_of(people["reader_a"]).post("/api/imports").status_code == 403
    assert b"".join(mine.get(f"/api/set-aside/{row['id']}/file")).startswith(bytes(128) + b"DICM")


def test_an_unknown_uid_is_not_found(people, client_of) -> None:
    client = client_of(people["administrator"])
    for address in (f"/dicomweb/studies/{uid()}", f"/api/studies/{uid()}", f"/dicomweb/studies/{uid()}/metadata"):
        assert client.get(address).status_code == 404
