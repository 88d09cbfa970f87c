"""Making a project, its people, going live."""

import pytest

from accounts.types import Role
from annotations.reading.models import Reading
from annotations.reading.services.projects import go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import ProtocolDraft, ReadingState
from audit.models import AuditRecord
from studies.derived.reports import KEY_OBJECT_SELECTION
from studies.models import Instance, Series
from studies.selectors import visible_series
from tests import factories
from tests.annotations.reading.bodies import draw
from tests.annotations.reading.conftest import ORGAN_LESION, make_house, seen_study


def test_a_manager_sets_up_a_project_by_api_alone(api, db):
    admin = factories.user("admin", is_staff=True)
    manager, ann, ben = factories.user("manager"), factories.user("ann"), factories.user("ben")
    first = api(admin, "post", "projects", {"name": "Seed"}).json()
    assert (
        api(admin, "put", f"projects/{first['id']}/members", {"user": manager.pk, "roles": ["manager"]}).status_code
        == 200
    )

    made = api(manager, "post", "projects", {"name": "Liver", "description": "CT"})
    assert made.status_code == 201
    project = made.json()
    assert project["roles"] == ["manager"]
    assert (project["state"], project["protocol"]) == ("draft", None)
    url = f"projects/{project['id']}"
    assert api(manager, "patch", url, {"description": "CT of the liver"}).json()["description"] == "CT of the liver"

    refused = api(manager, "post", f"{url}/go-live")
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "not_ready"
    assert refused.json()["error"]["fields"]["missing"] == ["protocol", "readers", "cases"]

    protocol = {
        "labels": [{"name": "organ"}, {"name": "lesion", "type_code": "52988006", "type_meaning": "Lesion"}],
        "form": {"questions": [{"key": "visible", "text": "Lesion?", "kind": "yes_no", "required": True}]},
    }
    answer = api(manager, "put", f"{url}/protocol", protocol)
    assert answer.status_code == 200
    assert [(label["value"], label["name"]) for label in answer.json()["labels"]] == [(1, "organ"), (2, "lesion")]
    assert answer.json()["labels"][0]["colour"] == "#e69f00"
    assert (answer.json()["version"], answer.json()["blinded"], answer.json()["readers_per_case"]) == (1, True, 2)

    for reader in (ann, ben):
        assert api(manager, "put", f"{url}/members", {"user": reader.pk, "roles": ["reader"]}).status_code == 200
    members = api(manager, "get", f"{url}/members").json()
    assert {row["user"]["display_name"]: row["roles"] for row in members} == {
        "Manager": ["manager"],
        "Ann": ["reader"],
        "Ben": ["reader"],
    }

    study = seen_study(manager).study
    assert api(ann, "get", "projects").json() == []
    added = api(manager, "post", f"{url}/cases", {"study_uids": [study.study_uid, study.study_uid, "1.2.3"]})
    assert added.status_code == 201
    assert [case["number"] for case in added.json()["cases"]] == [1]
    assert added.json()["skipped"] == [{"study_uid": "1.2.3", "reason": "not_visible"}]
    again = api(manager, "post", f"{url}/cases", {"all_studies": True}).json()
    assert (again["cases"], again["skipped"]) == ([], [{"study_uid": study.study_uid, "reason": "present"}])

    live = api(manager, "post", f"{url}/go-live").json()
    assert (live["state"], live["counts"]) == ("live", {"cases": 1, "readings": 2, "submitted": 0})
    assert [row["name"] for row in api(ann, "get", "projects").json()] == ["Liver"]
    progress = api(manager, "get", f"{url}/progress").json()
    assert progress["readings_by_state"] == {"assigned": 2, "open": 0, "submitted": 0, "returned": 0}
    assert [(row["reader"]["display_name"], row["assigned"]) for row in progress["per_reader"]] == [
        ("Ann", 1),
        ("Ben", 1),
    ]

    assert api(manager, "post", f"{url}/close").json()["state"] == "closed"
    assert api(ann, "get", "projects").json() == []
    assert api(ann, "get", "worklist").json() == []
    actions = set(AuditRecord.objects.filter(subject=f"project:{project['id']}").values_list("action", flat=True))
    assert actions == {
        "project.create",
        "project.update",
        "project.set_member",
        "project.go_live",
        "project.close",
        "protocol.set",
        "case.add",
        "reading.assign",
    }


def test_mere_readers_make_no_project(api, house, stranger):
    for user in (stranger, house.readers["ann"], house.others["engineer"]):
        assert api(user, "post", "projects", {"name": "Mine"}).status_code == 403
    assert api(None, "post", "projects", {"name": "Mine"}).status_code == 401


@pytest.mark.parametrize("body", [{}, {"study_uids": []}, {"study_uids": ["1"], "all_studies": True}])
def test_cases_come_from_named_studies_or_from_all(api, house, body):
    assert api(house.manager, "post", f"projects/{house.project.pk}/cases", body).status_code == 400


def test_a_manager_cannot_take_in_what_they_do_not_see(api, house, other_house):
    foreign = other_house.cases[0].series.first().study.study_uid
    answer = api(house.manager, "post", f"projects/{house.project.pk}/cases", {"study_uids": [foreign]}).json()
    assert answer == {"cases": [], "skipped": [{"study_uid": foreign, "reason": "not_visible"}]}


def test_series_about_images_are_no_case(api, house):
    seg = seen_study(house.manager, modality="SEG")
    body = {"study_uids": [seg.study.study_uid]}
    answer = api(house.manager, "post", f"projects/{house.project.pk}/cases", body).json()
    assert answer["skipped"] == [{"study_uid": seg.study.study_uid, "reason": "no_images"}]


def test_key_images_of_a_study_are_shown_with_its_case_and_nothing_else_about_it(api, house, stranger):
    images = seen_study(house.manager)
    report = "1.2.840.10008.5.1.4.1.1.88.33"
    chosen, mixed, *_ = (
        seen_study(house.manager, study=images.study, modality=modality, frames=2)
        for modality in ("KO", "KO", "SR", "SEG", "RTSTRUCT", "PR")
    )
    Series.objects.filter(modality="KO").update(frame_count=0)
    Instance.objects.filter(series__modality="KO").update(sop_class_uid=KEY_OBJECT_SELECTION, frame_count=0)
    Instance.objects.filter(pk=mixed.instances.first().pk).update(sop_class_uid=report)
    body = {"study_uids": [images.study.study_uid]}
    answer = api(house.manager, "post", f"projects/{house.project.pk}/cases", body).json()
    assert len(answer["cases"]) == 1
    case = house.project.cases.get(pk=answer["cases"][0]["id"])
    assert list(case.series.all()) == [images]
    for reader in house.readers.values():
        assert set(visible_series(actor=reader).filter(study=images.study)) == {images, chosen}
    assert not visible_series(actor=stranger).filter(study=images.study).exists()


def test_readings_are_spread_evenly_and_always_alike(db):
    def spread(name):
        house = make_house(name, readers=("cat", "ann", "ben"), cases=4)
        return [
            sorted(reading.reader.username.removeprefix(f"{name}-") for reading in case.readings.all())
            for case in house.cases
        ]

    first = spread("north")
    assert first == spread("south")
    assert first == [["ann", "ben"], ["ann", "cat"], ["ben", "cat"], ["ann", "ben"]]


def test_who_joins_later_gets_what_lacks_a_reader(db):
    house = make_house("north", readers=("ann",), cases=2, live=False, readers_per_case=1)

    go_live(actor=house.manager, project=house.project)
    assert Reading.objects.count() == 2

    set_protocol(actor=house.manager, project=house.project, draft=ProtocolDraft(labels=ORGAN_LESION))
    assert Reading.objects.count() == 2
    ben = factories.user("ben")
    set_member(actor=house.manager, project=house.project, user=ben, roles=[Role.READER])
    assert Reading.objects.filter(reader=ben).count() == 2
    assert Reading.objects.count() == 4


def test_who_leaves_gives_up_what_was_not_begun(db):

    house = make_house("north", readers=("ann", "ben", "cat"), cases=2)
    ann = house.readers["ann"]
    draw(house.reading("ann", 1), visible=True)
    set_member(actor=house.manager, project=house.project, user=ann, roles=[])
    assert [(row.case.number, row.state) for row in Reading.objects.filter(reader=ann)] == [(1, ReadingState.OPEN)]
    for case in house.cases:
        assert case.readings.count() == 2


def test_the_last_manager_stays(api, house):
    body = {"user": str(house.manager.pk), "roles": ["reader"]}
    answer = api(house.manager, "put", f"projects/{house.project.pk}/members", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "last_manager")


def test_only_a_live_project_can_be_closed(api, db):
    house = make_house("north", live=False)
    answer = api(house.manager, "post", f"projects/{house.project.pk}/close")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "project_state")
