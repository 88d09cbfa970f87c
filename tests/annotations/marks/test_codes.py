"""Codes of structures: every one is searched by words, the best first."""

import pytest

from annotations.marks.codes import MOST, find_structures, structures


def test_the_whole_name_comes_first_then_its_beginning_then_its_words():
    found = [one.type.meaning for one in find_structures("lung")]
    assert found[0] == "Lung"
    assert "Upper lobe of lung" in found
    assert [one.type.value for one in find_structures("LOBE lung upper")] == ["45653009"]
    assert find_structures("10200004")[0].type.meaning == "Liver"


@pytest.mark.parametrize(
    ("name", "category"),
    [("Liver", "123037004"), ("Necrosis", "49755003"), ("Subcutaneous tissue", "85756007"), ("Needle", "260787004")],
)
def test_a_structure_knows_its_category(name, category):
    best = find_structures(name)[0]
    assert (best.type.meaning, best.category.value) == (name, category)


@pytest.mark.parametrize("text", ["", "  ", "no such thing", "??"])
def test_words_that_fit_nothing_find_nothing(text):
    assert find_structures(text) == []


def test_codes_come_once_and_fit_into_a_label():
    """A label's code has 16 letters, its scheme 16, its meaning 64."""
    every = structures()
    assert len({(one.type.scheme, one.type.value) for one in every}) == len(every) > 800
    assert all(len(one.type.value) <= 16 and len(one.type.meaning) <= 64 for one in every)
    assert len(find_structures("a")) == MOST
