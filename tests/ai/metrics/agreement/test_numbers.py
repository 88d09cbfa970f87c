"""Intraclass correlation, concordance, limits of agreement: published examples, simulations, edges."""

import math

import numpy as np
import pytest

from ai.errors import RequestError
from ai.metrics.agreement.concordance import bland_altman, concordance_correlation
from ai.metrics.agreement.icc import IccForm, intraclass_correlation

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
WRIGHT = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
"""Peak flow (l/min) of 17 people by two meters: Bland and Altman 1986, first measurements."""


@pytest.mark.parametrize(
    ("form", "value", "low", "high"),
    [
        (IccForm.ONE_SINGLE, 0.1657, -0.1329, 0.7226),
        (IccForm.TWO_SINGLE, 0.2898, 0.0188, 0.7611),
        (IccForm.THREE_SINGLE, 0.7148, 0.3425, 0.9459),
        (IccForm.ONE_MEAN, 0.4428, -0.8844, 0.9124),
        (IccForm.TWO_MEAN, 0.6201, 0.0711, 0.9272),
        (IccForm.THREE_MEAN, 0.9093, 0.6757, 0.9859),
    ],
)
def test_shrout_and_fleiss(form, value, low, high):
    found = intraclass_correlation(SHROUT_FLEISS)[form]
    assert found.value == pytest.approx(value, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((low, high), abs=2e-4)
    assert found.method == "analytic"


def test_intervals_of_icc_cover_as_they_say():
    """Cases of variance 2, readers of 0.5, error 1: ICC(2,1) = 2 / 3.5; ICC(3,1) = 2 / 3 with these readers."""
    rng = np.random.default_rng(11)
    covered = {IccForm.TWO_SINGLE: 0, IccForm.THREE_SINGLE: 0}
    truth = {IccForm.TWO_SINGLE: 2 / 3.5, IccForm.THREE_SINGLE: 2 / 3}
    for _ in range(400):
        cases, readers = rng.normal(0, 2**0.5, (30, 1)), rng.normal(0, 0.5**0.5, (1, 5))
        found = intraclass_correlation(cases + readers + rng.normal(0, 1, (30, 5)))
        for form, value in truth.items():
            covered[form] += found[form].low <= value <= found[form].high
    assert all(0.92 <= count / 400 <= 0.98 for count in covered.values()), covered


def test_icc_edges():
    flat = intraclass_correlation([[1, 1], [1, 1], [1, 1]])
    assert all(math.isnan(one.value) for one in flat.values())
    for table in ([[1, 2]], [[1], [2]], [[1, math.nan], [2, 3]]):
        with pytest.raises(RequestError):
            intraclass_correlation(table)


@pytest.mark.parametrize("table", [[[0, 2], [1, 1]], [[1, 4], [3, 0], [1, 3], [2, 0], [3, 0]]])
def test_the_mean_of_readers_who_oppose_each_other_is_worth_nothing(table):
    """The variance of the cases' means that is left when the readers' is taken off is 0, but for rounding."""
    for rows in (table, table[::-1], [row[::-1] for row in table]):
        assert intraclass_correlation(rows)[IccForm.TWO_MEAN].value == -math.inf
    assert intraclass_correlation(table)[IccForm.TWO_SINGLE].value == pytest.approx(-1.0)  # -1 / (k - 1)


def test_variances_that_add_up_to_nothing_have_no_icc():
    """Every case and every reader has the same mean: what is left is their interaction alone."""
    found = intraclass_correlation([[0, 2], [2, 0]])
    assert math.isnan(found[IccForm.TWO_SINGLE].value)
    assert math.isnan(found[IccForm.TWO_MEAN].value)


def test_bland_and_altman():
    found = bland_altman(MINI, WRIGHT)
    assert found.bias.value == pytest.approx(-2.1, abs=0.05)
    assert found.deviation == pytest.approx(38.8, abs=0.05)
    assert (found.bias.low, found.bias.high) == pytest.approx((-22.0, 17.8), abs=0.1)
    assert found.upper_limit.value == pytest.approx(-2.1 + 1.96 * 38.8, abs=0.1)
    # The paper takes 2 for 1.96 and sqrt(3 s^2 / n) for the standard error: -114.3 to -45.1.
    assert (found.lower_limit.low, found.lower_limit.high) == pytest.approx((-114.3, -45.1), abs=4)


def test_limits_hold_the_share_they_promise():
    rng = np.random.default_rng(2)
    a = rng.normal(50, 10, 20_000)
    found = bland_altman(a, a + rng.normal(1, 3, a.size), share=0.9)
    fresh = rng.normal(1, 3, 50_000)
    inside = np.mean((found.lower_limit.value < fresh) & (fresh < found.upper_limit.value))
    assert inside == pytest.approx(0.9, abs=0.01)
    # Noise in b alone makes the difference grow with the mean: 9 / 2 over 100 + 9 / 4.
    assert found.slope == pytest.approx(4.5 / 102.25, abs=0.005)
    assert bland_altman(a, 1.2 * a).slope == pytest.approx(0.2 / 1.1, abs=1e-6)


def test_concordance_is_correlation_times_closeness():
    rng = np.random.default_rng(6)
    a = rng.normal(0, 1, 200)
    b = 0.8 * a + rng.normal(0.3, 0.5, 200)
    r, bias, scale = np.corrcoef(a, b)[0, 1], a.mean() - b.mean(), a.std() / b.std()
    closeness = 2 / (scale + 1 / scale + bias**2 / (a.std() * b.std()))
    found = concordance_correlation(a, b)
    assert found.value == pytest.approx(r * closeness)
    assert concordance_correlation(b, a).value == pytest.approx(found.value)


def test_interval_of_concordance_covers_as_it_says():
    rng = np.random.default_rng(8)
    covered = 0
    truth = 2 * 0.8 / (1 + 0.64 + 0.25 + 0.09)
    for _ in range(500):
        a = rng.normal(0, 1, 100)
        found = concordance_correlation(a, 0.8 * a + rng.normal(0.3, 0.5, 100))
        covered += found.low <= truth <= found.high
    assert 0.92 <= covered / 500 <= 0.98


def test_concordance_edges():
    assert concordance_correlation([1, 2, 3], [1, 2, 3]).value == 1
    assert math.isnan(concordance_correlation([1, 1, 1], [1, 1, 1]).value)
    assert concordance_correlation([1, 1, 1], [1, 2, 3]).value == 0
    for call in (concordance_correlation, bland_altman):
        for pair in (([1, 2, 3], [1, 2]), ([1, 2, math.nan], [1, 2, 3])):
            with pytest.raises(RequestError):
                call(*pair)
