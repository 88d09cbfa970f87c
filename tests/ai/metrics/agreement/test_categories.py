"""Cohen, Fleiss, Krippendorff: published examples, slow references, properties, edges."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ai.errors import RequestError
from ai.metrics.agreement.kappa import Weights, cohen_kappa, counts_of, fleiss_kappa, kappa_of_table
from ai.metrics.agreement.krippendorff import Scale, krippendorff_alpha

FEW = {"resamples": 50}
gap = math.nan

FLEISS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip
"""10 cases, 14 readers, 5 categories: the worked example of the method."""

KRIPPENDORFF = [
    [gap, gap, gap, gap, gap, 3, 4, 1, 2, 1, 1, 3, 3, gap, 3],
    [1, gap, 2, 1, 3, 3, 4, 3, gap, gap, gap, gap, gap, gap, gap],
    [gap, gap, 2, 1, 3, 4, 4, gap, 2, 1, 1, 3, 3, gap, 4],
]
"""3 readers, 15 cases, with gaps: the worked example of the method."""


def test_fleiss_known_answer():
    found = fleiss_kappa(FLEISS)
    assert found.value == pytest.approx(0.2099, abs=5e-5)
    assert found.low < found.value < found.high < 0.5
    assert (found.method, found.level) == ("bootstrap", 0.95)
    assert found == fleiss_kappa(np.array(FLEISS))


@pytest.mark.parametrize(
    ("scale", "expected"), [(Scale.NOMINAL, 0.6914), (Scale.ORDINAL, 0.8067), (Scale.INTERVAL, 0.8108)]
)
def test_krippendorff_known_answers(scale, expected):
    found = krippendorff_alpha(KRIPPENDORFF, scale=scale)
    assert found.value == pytest.approx(expected, abs=5e-5)
    assert found.low < found.value < found.high <= 1


def slow_alpha(table, distance):
    """All pairs of values within a case against all pairs of values at all, one by one."""
    units = [[value for value in column if not math.isnan(value)] for column in np.transpose(table).tolist()]
    units = [unit for unit in units if len(unit) > 1]
    values = [value for unit in units for value in unit]
    seen = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    chance = sum(distance(a, b) for a, b in permutations(values, 2)) / (len(values) - 1)
    return 1 - seen / chance if chance else math.nan


@settings(deadline=None, max_examples=40)
@given(table=npst.arrays(np.float64, (3, 6), elements=st.sampled_from([gap, 0.0, 1.0, 2.0, 5.0])))
def test_alpha_equals_the_slow_reference(table):
    distances = {
        Scale.NOMINAL: lambda a, b: a != b,
        Scale.INTERVAL: lambda a, b: (a - b) ** 2,
        Scale.RATIO: lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    }
    for scale, distance in distances.items():
        found = krippendorff_alpha(table, scale=scale, resamples=2).value
        assert found == pytest.approx(slow_alpha(table, distance), nan_ok=True, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(table=npst.arrays(np.float64, (3, 6), elements=st.sampled_from([gap, 0.0, 1.0, 2.0, 5.0])))
def test_ordinal_alpha_equals_the_slow_reference(table):
    """Two values are as far apart as ratings lie from one to the other, half of each end counted."""
    units = [[value for value in column if not math.isnan(value)] for column in table.T.tolist()]
    pairable = [value for unit in units if len(unit) > 1 for value in unit]

    def distance(a, b):
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in pairable)
        return 0.0 if a == b else (between - (pairable.count(low) + pairable.count(high)) / 2) ** 2

    found = krippendorff_alpha(table, scale=Scale.ORDINAL, resamples=2).value
    assert found == pytest.approx(slow_alpha(table, distance), nan_ok=True, abs=1e-9)


def test_ordinal_alpha_does_not_see_how_far_apart_steps_are_named():
    table = np.array(KRIPPENDORFF)
    renamed = np.where(table == 4, 400, table)
    one, other = (krippendorff_alpha(values, scale=Scale.ORDINAL, **FEW).value for values in (table, renamed))
    assert one == pytest.approx(other)


def test_cohen_known_answers():
    """Fleiss, Cohen and Everitt's example of 200 cases: kappa .429 with variance .002885, weighted .507, .003248."""
    table = 200 * np.array([[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]])
    plain = kappa_of_table(table, weights=np.eye(3))
    assert plain.value == pytest.approx(0.429, abs=5e-4)
    assert ((plain.high - plain.value) / 1.959964) ** 2 == pytest.approx(0.002885, rel=2e-3)
    weights = [[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]]
    weighted = kappa_of_table(table, weights=weights)
    assert weighted.value == pytest.approx(0.507, abs=5e-4)
    assert ((weighted.high - weighted.value) / 1.959964) ** 2 == pytest.approx(0.003248, rel=5e-3)


@pytest.mark.parametrize("weights", list(Weights))
def test_cohen_interval_is_near_the_jackknife(weights):
    rng = np.random.default_rng(3)
    a = rng.integers(0, 4, 300)
    b = np.clip(a + rng.integers(-1, 2, 300), 0, 3)
    found = cohen_kappa(a, b, weights=weights)
    left_out = [cohen_kappa(np.delete(a, n), np.delete(b, n), weights=weights).value for n in range(300)]
    expected = 1.959964 * math.sqrt(299 * np.var(left_out))
    assert found.high - found.value == pytest.approx(expected, rel=0.03)


def test_quadratic_kappa_is_near_the_intraclass_correlation():
    """Fleiss and Cohen 1973: with quadratic weights kappa is an intraclass correlation but for 1/N."""
    from ai.metrics.agreement.icc import IccForm, intraclass_correlation

    rng = np.random.default_rng(4)
    a = rng.integers(0, 5, 500)
    b = np.clip(a + rng.integers(-1, 2, 500), 0, 4)
    kappa = cohen_kappa(a, b, weights=Weights.QUADRATIC).value
    assert kappa == pytest.approx(intraclass_correlation(np.stack([a, b], 1))[IccForm.TWO_SINGLE].value, abs=2e-3)


def test_missing_categories_of_a_scale_count():
    seen = cohen_kappa([1, 3, 1, 3], [1, 3, 3, 3], weights=Weights.LINEAR)
    scaled = cohen_kappa([1, 3, 1, 3], [1, 3, 3, 3], weights=Weights.LINEAR, categories=[1, 2, 3, 4, 5])
    assert seen.value == pytest.approx(0.5)
    assert scaled.value == pytest.approx(0.5)
    assert cohen_kappa([1, 2, gap], [1, 2, 1]).value == 1


def test_fleiss_of_two_readers_is_near_cohen():
    rng = np.random.default_rng(1)
    a = rng.integers(0, 3, 400)
    b = np.where(rng.random(400) < 0.7, a, rng.integers(0, 3, 400))
    assert fleiss_kappa(counts_of([a, b]), **FEW).value == pytest.approx(cohen_kappa(a, b).value, abs=5e-3)


def test_edges():
    assert math.isnan(cohen_kappa([1, 1], [1, 1]).value)
    assert math.isnan(cohen_kappa([gap], [1]).value)
    assert math.isnan(fleiss_kappa([[3, 0], [3, 0]], **FEW).value)
    assert math.isnan(krippendorff_alpha([[1, gap], [gap, 1]], scale=Scale.NOMINAL).value)
    assert math.isnan(krippendorff_alpha([[1, 1], [1, 1]], scale=Scale.INTERVAL, **FEW).value)
    assert krippendorff_alpha([[1, 2], [1, 2]], scale=Scale.RATIO, **FEW).value == 1


def test_nonsense_is_refused():
    for call in (
        lambda: cohen_kappa([1, 2], [1]),
        lambda: cohen_kappa([1, 2], [1, 3], categories=[1, 2]),
        lambda: cohen_kappa([1, 2], [2, 2], level=1.5),
        lambda: fleiss_kappa([[1, 2], [2, 2]]),
        lambda: fleiss_kappa([[1, 0]]),
        lambda: fleiss_kappa([[1, gap]]),
        lambda: krippendorff_alpha([1, 2], scale=Scale.NOMINAL),
        lambda: krippendorff_alpha([[1, -2], [1, 1]], scale=Scale.RATIO),
    ):
        with pytest.raises(RequestError):
            call()
