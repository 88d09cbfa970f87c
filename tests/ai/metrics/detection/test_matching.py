"""Which found lesion is which true one: drawn cases with answers counted by hand."""

import math

import numpy as np
import pytest

from ai.errors import RequestError
from ai.metrics.detection.matching import Matching, MatchRule, lesions_of, match_lesions, score_matches

CUBE = (1.0, 1.0, 1.0)


def boxes(*places, shape=(4, 12, 40)):
    """Return a map with one box of 2 x 4 x width voxels per (start, width)."""
    labels = np.zeros(shape, dtype=np.int32)
    for value, (start, width) in enumerate(places, start=1):
        labels[1:3, 4:8, start : start + width] = value
    return labels


TRUTH = boxes((0, 6), (10, 6), (20, 6))
FOUND = boxes((1, 6), (14, 6), (30, 4), (20, 2), (23, 3))
"""One moved by 1 (5/7), one by 4 (2/10), one false, two within the third lesion (1/3 and 1/2)."""


def test_by_overlap():
    found = match_lesions(TRUTH, FOUND, spacing_mm=CUBE)
    assert found.pairs == ((1, 1, pytest.approx(5 / 7)), (3, 5, 0.5))
    assert (found.missed, found.extra, found.repeated) == ((2,), (2, 3, 4), ())
    scores = score_matches([found])
    assert (scores.precision, scores.recall, scores.f1) == pytest.approx((2 / 5, 2 / 3, 0.5))
    assert scores.panoptic_quality == pytest.approx((5 / 7 + 1 / 2) / (2 + (1 + 3) / 2))


def test_by_centre():
    """The centre of the second lies at 16.5, just outside the lesion that ends at 15."""
    found = match_lesions(TRUTH, FOUND, spacing_mm=CUBE, rule=MatchRule.CENTRE)
    assert [pair[:2] for pair in found.pairs] == [(1, 1), (3, 5)]
    assert (found.missed, found.extra, found.repeated) == ((2,), (2, 3), (4,))
    wide = match_lesions(TRUTH, FOUND, spacing_mm=(1, 1, 2), rule=MatchRule.CENTRE, tolerance_mm=3.2)
    assert [pair[:2] for pair in wide.pairs] == [(1, 1), (2, 2), (3, 5)]
    narrow = match_lesions(TRUTH, FOUND, spacing_mm=(1, 1, 2), rule=MatchRule.CENTRE, tolerance_mm=2.9)
    assert narrow.missed == (2,)


def test_the_sum_of_overlaps_is_greatest():
    truth = boxes((0, 10), (10, 10))
    found = boxes((4, 10), (0, 4))
    loose = match_lesions(truth, found, spacing_mm=CUBE, min_iou=0.1)
    assert [pair[:2] for pair in loose.pairs] == [(1, 2), (2, 1)]


def test_parts_that_touch_by_a_corner_are_one():
    mask = np.zeros((3, 4, 4), dtype=bool)
    mask[0, 0, 0] = mask[1, 1, 1] = mask[2, 3, 3] = True
    assert lesions_of(mask).max() == 2


def test_edges():
    nothing = np.zeros_like(TRUTH)
    for rule in MatchRule:
        both = score_matches([match_lesions(nothing, nothing, spacing_mm=CUBE, rule=rule)])
        assert all(math.isnan(value) for value in (both.precision, both.recall, both.f1, both.panoptic_quality))
        missed = match_lesions(TRUTH, nothing, spacing_mm=CUBE, rule=rule)
        assert missed == Matching((), (1, 2, 3), (), ())
        assert (score_matches([missed]).recall, score_matches([missed]).f1) == (0, 0)
        assert match_lesions(nothing, FOUND, spacing_mm=CUBE, rule=rule).extra == (1, 2, 3, 4, 5)
    for wrong in ({"min_iou": 0}, {"tolerance_mm": -1}, {"spacing_mm": (1, 0, 1)}):
        with pytest.raises(RequestError):
            match_lesions(TRUTH, FOUND, **{"spacing_mm": CUBE, **wrong})
    with pytest.raises(RequestError):
        match_lesions(TRUTH, FOUND[:1], spacing_mm=CUBE)
