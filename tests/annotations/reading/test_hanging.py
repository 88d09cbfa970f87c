"""Hanging rules and priors, through the API."""

import pytest

from annotations.reading.models import HangingRules
from studies.models import Study

CT = {
    "name": "CT beside its prior",
    "layout": "priors",
    "modality": "CT",
    "body_part": "",
    "description": "liver",
    "priors": 1,
    "slots": [{"slot": "prior", "modality": "CT", "description": ""}],
}
ANY = {"name": "all", "layout": "mprRow", "modality": "", "body_part": "", "description": "", "priors": 0, "slots": []}


@pytest.fixture
def url(house):
    """Return the address of a project's rules."""
    return f"projects/{house.project.pk}/hanging"


def test_a_project_and_a_person_have_rules_of_their_own(api, house, url):
    ann, ben = house.readers.values()
    assert api(ann, "get", url).json() == {"own": [], "project": []}
    assert api(house.manager, "put", url, {"rules": [CT, ANY]}).json()["project"] == [CT, ANY]
    assert api(ann, "put", f"{url}/own", {"rules": [ANY]}).json() == {"own": [ANY], "project": [CT, ANY]}
    assert api(ben, "get", url).json() == {"own": [], "project": [CT, ANY]}
    assert api(ann, "put", f"{url}/own", {"rules": []}).json()["own"] == []
    assert HangingRules.objects.count() == 2


def test_who_may_set_what(api, house, other_house, stranger, url):
    ann = house.readers["ann"]
    assert api(ann, "put", url, {"rules": []}).status_code == 403
    assert api(stranger, "put", f"{url}/own", {"rules": []}).status_code == 404
    assert api(other_house.manager, "get", url).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"layout": "nine"},
        {"name": ""},
        {"priors": -1},
        {"slots": [{"slot": "fifth"}]},
        {"slots": [{"slot": "prior"}, {"slot": "prior"}]},
    ],
)
def test_a_wrong_rule_is_refused_whole(api, house, url, change):
    answer = api(house.manager, "put", url, {"rules": [ANY, {**CT, **change}]})
    assert answer.status_code == 400
    assert api(house.manager, "get", url).json()["project"] == []


def test_priors_are_earlier_studies_of_the_same_patient(api, house):
    ann = house.readers["ann"]
    first, second = house.cases
    url = f"readings/{house.reading('ann', 2).pk}"
    assert api(ann, "get", url).json()["priors"] == []
    house.project.cases.update(patient_key=first.patient_key)
    for case, day in ((first, "20200101"), (second, "20200131")):
        Study.objects.filter(series__cases=case).update(study_date=day)
    (prior,) = api(ann, "get", url).json()["priors"]
    assert prior["days_before"] == 30
    assert prior["series"]["series_uid"] == first.series.get().series_uid
    assert "study_date" not in prior["series"]
    assert api(ann, "get", f"readings/{house.reading('ann', 1).pk}").json()["priors"] == []
    Study.objects.filter(series__cases=first).update(study_date="nonsense")
    assert api(ann, "get", url).json()["priors"] == []
