"""Protocol versions, labels in use, forms."""

import pytest

from annotations.marks.errors import WrongLayerError
from annotations.marks.models import LabelSet
from annotations.reading.errors import LabelInUseError, ProtocolError
from annotations.reading.models import Protocol
from annotations.reading.selectors.projects import current_protocol
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import OKABE_ITO, LabelDraft, ProtocolDraft
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import draw
from tests.annotations.reading.conftest import FORM, ORGAN_LESION


def change(house, *labels, **fields):
    draft = ProtocolDraft(labels=labels or ORGAN_LESION, **{"questions": FORM, **fields})
    return set_protocol(actor=house.manager, project=house.project, draft=draft)


def labels_of(house):
    return {label.value: label.name for label in current_protocol(project=house.project).label_set.labels.all()}


def test_versions_are_kept_and_labels_shared_while_they_stay(house):
    before = current_protocol(project=house.project)
    after = change(house, blinded=False)
    assert (after.version, before.version) == (2, 1)
    assert after.label_set == before.label_set
    assert Protocol.objects.get(pk=before.pk).blinded is True
    third = change(house, *ORGAN_LESION, LabelDraft(name="vessel"))
    assert third.label_set != before.label_set
    assert labels_of(house) == {1: "organ", 2: "lesion", 3: "vessel"}
    assert LabelSet.objects.filter(labels__name="organ").count() == 2


def test_open_readings_can_use_a_new_label(house):
    change(house, *ORGAN_LESION, LabelDraft(name="vessel"))
    draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(3)),))
    assert house.reading("ann").mark_set.used_values == [3]


def test_a_label_with_marks_can_be_renamed_but_not_lost_or_renumbered(house):
    draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(2)),))
    draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(0)),))
    with pytest.raises(LabelInUseError) as caught:
        change(house, LabelDraft(name="organ"))
    assert caught.value.fields == {"name": "lesion", "value": 2}
    with pytest.raises(LabelInUseError):
        change(house, LabelDraft(name="organ", value=2), LabelDraft(name="lesion", value=1))
    change(house, LabelDraft(name="tumour", value=2))
    assert labels_of(house) == {2: "tumour"}
    change(house, LabelDraft(name="vessel"), LabelDraft(name="tumour"))
    assert labels_of(house) == {1: "vessel", 2: "tumour"}


def test_the_layer_of_a_label_with_marks_stays(house):
    change(house, LabelDraft(name="organ"), LabelDraft(name="lesion", layer=1))
    draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(2), 1),))
    change(house, LabelDraft(name="organ", layer=2), LabelDraft(name="lesion"))  # unsaid: as it was
    layers = {label.name: label.layer for label in current_protocol(project=house.project).label_set.labels.all()}
    assert layers == {"organ": 2, "lesion": 1}
    with pytest.raises(LabelInUseError, match="overlap"):
        change(house, LabelDraft(name="organ"), LabelDraft(name="lesion", layer=0))


def test_a_label_lies_in_its_own_layer_alone(house):
    change(house, LabelDraft(name="organ"), LabelDraft(name="lesion", layer=1))
    with pytest.raises(WrongLayerError) as caught:
        draw(house.reading("ann"), (rows.frame(house.place(), rows.plane(2)),))
    assert caught.value.fields["value"] == 2
    both = (rows.frame(house.place(), rows.plane(1)), rows.frame(house.place(), rows.plane(2), 1))
    draw(house.reading("ann"), both)
    assert house.reading("ann").mark_set.used_values == [1, 2]


def test_colours_are_given_in_turn(house):
    change(house, *(LabelDraft(name=f"label {number}") for number in range(9)))
    colours = [label.colour for label in current_protocol(project=house.project).label_set.labels.all()]
    assert colours == [*OKABE_ITO, OKABE_ITO[0]]


@pytest.mark.parametrize(
    "labels",
    [
        [LabelDraft(name=" ")],
        [LabelDraft(name="a"), LabelDraft(name="A")],
        [LabelDraft(name="a", value=1), LabelDraft(name="b", value=1)],
        [LabelDraft(name="a", value=256)],
        [LabelDraft(name="a", colour="red")],
        [LabelDraft(name=f"label {number}") for number in range(256)],
    ],
)
def test_labels_that_contradict_themselves_are_refused(house, labels):
    with pytest.raises(ProtocolError):
        change(house, *labels)
    assert Protocol.objects.filter(project=house.project).count() == 1


@pytest.mark.parametrize(
    "question",
    [
        {"key": "Bad Key", "text": "?", "kind": "text"},
        {"key": "x", "text": "  ", "kind": "text"},
        {"key": "x", "text": "?", "kind": "choice", "choices": ["one"]},
        {"key": "x", "text": "?", "kind": "choice", "choices": ["one", "one"]},
        {"key": "x", "text": "?", "kind": "number", "minimum": 2, "maximum": 1},
        {"key": "visible", "text": "twice", "kind": "text"},
    ],
)
def test_forms_that_contradict_themselves_are_refused(house, question):
    with pytest.raises(ProtocolError):
        change(house, questions=(*FORM, question))


def test_no_labels_is_refused_by_the_api(api, house):
    answer = api(house.manager, "put", f"projects/{house.project.pk}/protocol", {"labels": []})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "protocol_invalid")


def test_codes_for_labels_are_searched(api, house):
    reader = next(iter(house.readers.values()))
    answer = api(reader, "get", "structures?q=t12 vertebra").json()
    assert answer[0]["type"] == {"scheme": "SCT", "value": "23215003", "meaning": "T12 vertebra"}
    assert answer[0]["category"]["value"] == "123037004"
    assert api(None, "get", "structures?q=liver").status_code in (401, 403)
