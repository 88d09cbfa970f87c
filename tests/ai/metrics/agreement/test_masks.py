"""Dice of readers' pairs, and of pairs and labels together."""

import math

import numpy as np
import pytest

from ai.errors import RequestError
from ai.metrics.agreement.masks import LabelWeights, generalised_dice, pairwise_dice
from ai.metrics.overlap import dice
from tests.ai.metrics.shapes import sphere


def readers(seed, count=3):
    rng = np.random.default_rng(seed)
    return np.stack([sphere(6, shift=tuple(rng.integers(-1, 2, 3))) for _ in range(count)]).astype(np.uint8)


def test_pairs_are_means_over_cases():
    cases = [readers(seed) for seed in range(6)]
    found = pairwise_dice(cases, resamples=200)
    expected = {(a, b): np.mean([dice(case[a], case[b]) for case in cases]) for a, b in ((0, 1), (0, 2), (1, 2))}
    assert {pair: one.value for pair, one in found.pairs.items()} == pytest.approx(expected)
    assert found.mean.value == pytest.approx(np.mean(list(expected.values())))
    assert found.mean.low < found.mean.value < found.mean.high


def test_one_label_of_two_readers_is_dice():
    case = readers(1, count=2)
    for weights in LabelWeights:
        assert generalised_dice([case], labels=[1], weights=weights).value == pytest.approx(dice(*case))
    assert pairwise_dice([case]).mean.value == pytest.approx(dice(*case))


def test_cases_without_marks_take_no_part():
    case, empty = readers(1), np.zeros((3, 4, 4, 4), dtype=np.uint8)
    assert pairwise_dice([case, empty], resamples=20).mean.value == pairwise_dice([case]).mean.value
    assert math.isnan(pairwise_dice([empty]).mean.value)
    assert math.isnan(generalised_dice([empty], labels=[1, 2]).value)
    assert math.isnan(pairwise_dice([case]).mean.low)


def test_other_readers_are_refused():
    for cases in ([], [readers(1)[:1]], [readers(1), readers(1)[:2]]):
        with pytest.raises(RequestError):
            pairwise_dice(cases)
