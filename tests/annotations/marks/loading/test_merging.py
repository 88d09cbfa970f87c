"""Masks put onto marks: joined, replaced, and never over other labels unasked."""

import numpy as np
import pytest

from annotations.marks.dicom.types import Code
from annotations.marks.frames import decode_labels, encode_labels
from annotations.marks.loading.matching import match_segments
from annotations.marks.loading.merging import merge_masks
from annotations.marks.loading.types import Choice, FoundSegment, Mode
from annotations.marks.models import Label
from annotations.marks.types import FrameKey, FrameLabels
from studies.derived.masks import FrameMask

LAYERS = {1: 0, 2: 0, 3: 1}
INSIDE = frozenset({("1.2", 1), ("1.2", 2)})


def frame(values, number=1, layer=0):
    """Return a frame of one row."""
    plane = np.array([values], dtype=np.uint8)
    return FrameLabels(FrameKey("1.2", number, layer), 1, len(values), encode_labels(plane))


def mask(segment, bits, number=1):
    """Return a mask of one row."""
    return FrameMask("1.2", number, segment, np.array([bits], dtype=bool))


def merged(masks, present=(), choices=None, *, over=False):
    """Return the frames that change as lists by (frame, layer), and the counts."""
    found = merge_masks(
        masks,
        present=present,
        inside=INSIDE,
        choices=choices or {7: Choice(1)},
        layers=LAYERS,
        over_others=over,
    )
    frames = {
        (one.key.frame_number, one.key.layer): decode_labels(one.data, rows=1, columns=one.columns)[0].tolist()
        for one in found.frames
    }
    return frames, found.counts


def test_new_marks_join_those_that_are_there():
    frames, counts = merged([mask(7, [0, 1, 1, 0])], [frame([1, 0, 0, 0])])
    assert frames == {(1, 0): [1, 1, 1, 0]}
    assert (counts[7].placed, counts[7].frames, counts[7].removed) == (2, 1, 0)


def test_replacing_takes_the_label_away_from_the_images_in_question_alone():
    present = [frame([1, 1, 2, 0]), frame([1, 0, 0, 0], number=2), frame([1, 1, 1, 1], number=3)]
    frames, counts = merged([mask(7, [0, 1, 0, 1])], present, {7: Choice(1, Mode.REPLACE)})
    assert frames == {(1, 0): [0, 1, 2, 1], (2, 0): [0, 0, 0, 0]}
    assert counts[7].removed == 2


@pytest.mark.parametrize(("over", "wanted", "kept", "taken"), [(False, [2, 1], 1, 0), (True, [1, 1], 0, 1)])
def test_other_labels_of_the_layer_stay_unless_they_may_go(over, wanted, kept, taken):
    frames, counts = merged([mask(7, [1, 1])], [frame([2, 0])], over=over)
    assert frames == {(1, 0): wanted}
    assert (counts[7].kept, counts[7].taken) == (kept, taken)


def test_labels_of_other_layers_are_not_touched():
    frames, _ = merged([mask(7, [1, 1])], [frame([2, 2])], {7: Choice(3)})
    assert frames == {(1, 1): [3, 3]}


def test_segments_that_are_left_out_change_nothing():
    assert merged([mask(7, [1, 1]), mask(8, [1, 1])], [frame([1, 1])], {7: Choice(None), 8: Choice(1)})[0] == {}


def label(value, name, code="85756007"):
    """Return a label that is not stored."""
    return Label(value=value, name=name, type_scheme="SCT", type_code=code, layer=0)


def matches(segments, labels, *, by_value=False):
    """Return (label, how) of each segment."""
    return [(one.label, one.by) for one in match_segments(segments, labels, by_value=by_value)]


def test_a_code_is_stronger_than_a_name():
    labels = [label(1, "liver", "10200004"), label(2, "mass", "4147007")]
    liver = Code("SCT", "10200004", "Liver")
    assert matches([FoundSegment(5, "mass", liver)], labels) == [(1, "code")]
    assert matches([FoundSegment(5, "Mass")], labels) == [(2, "name")]
    assert matches([FoundSegment(5, "spleen")], labels) == [(None, "")]


def test_a_code_of_several_labels_or_of_many_things_needs_the_name():
    labels = [label(1, "left kidney", "64033007"), label(2, "right kidney", "64033007"), label(3, "fat")]
    kidney, tissue = Code("SCT", "64033007", "Kidney"), Code("SCT", "85756007", "Tissue")
    found = matches([FoundSegment(1, "Right_Kidney", kidney), FoundSegment(2, "kidney", kidney)], labels)
    assert found == [(2, "code"), (None, "")]
    assert matches([FoundSegment(1, "muscle", tissue), FoundSegment(2, "Fat", tissue)], labels) == [
        (None, ""),
        (3, "code"),
    ]


def test_values_without_names_go_to_the_labels_of_those_values():
    labels = [label(1, "liver"), label(2, "mass")]
    assert matches([FoundSegment(2, ""), FoundSegment(9, "")], labels, by_value=True) == [(2, "value"), (None, "")]
    assert matches([FoundSegment(2, "")], labels) == [(None, "")]
