"""Area under the ROC curve: Mann-Whitney, the jackknife, simulations, edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import stats

from ai.errors import RequestError
from ai.metrics.classification import compare_auc, delong_covariance, placements, roc_auc


def drawn(seed, cases=200, shift=1.0, coarse=False):
    rng = np.random.default_rng(seed)
    truth = rng.random(cases) < 0.4
    skill = rng.normal(0, 1, cases) + shift * truth
    scores = np.stack([skill + rng.normal(0, 0.7, cases) for _ in range(3)])
    return np.round(scores) if coarse else scores, truth


@pytest.mark.parametrize("coarse", [False, True])
def test_area_is_mann_whitney(coarse):
    for seed in range(5):
        scores, truth = drawn(seed, coarse=coarse)
        u = stats.mannwhitneyu(scores[0][truth], scores[0][~truth]).statistic
        expected = u / (truth.sum() * (~truth).sum())
        assert abs(roc_auc(scores[0], truth).value - expected) < 1e-12


@settings(deadline=None)
@given(
    scores=npst.arrays(np.int64, st.integers(2, 12), elements=st.integers(-3, 3)),
    seed=st.integers(0, 100),
)
def test_area_counts_pairs(scores, seed):
    truth = np.random.default_rng(seed).permutation(np.arange(len(scores)) < max(1, len(scores) // 2))
    pairs = [(p > n) + 0.5 * (p == n) for p in scores[truth] for n in scores[~truth]]
    assert roc_auc(scores, truth).value == pytest.approx(np.mean(pairs), abs=1e-12)
    assert roc_auc(-scores, truth).value == pytest.approx(1 - np.mean(pairs), abs=1e-12)


@pytest.mark.parametrize("coarse", [False, True])
def test_delong_is_near_the_jackknife(coarse):
    scores, truth = drawn(1, coarse=coarse)
    n = len(truth)
    left_out = np.stack([placements(np.delete(scores, k, 1), np.delete(truth, k)).auc for k in range(n)])
    centred = left_out - left_out.mean(axis=0)
    jackknife = (n - 1) / n * centred.T @ centred
    found = delong_covariance(placements(scores, truth))
    np.testing.assert_allclose(found, jackknife, rtol=0.05)


def test_interval_covers_and_test_holds_its_level():
    truth_area = stats.norm.cdf(1 / math.sqrt(2 * 1.49))
    covered = rejected = 0
    for seed in range(400):
        scores, truth = drawn(seed, cases=120)
        found = roc_auc(scores[0], truth)
        covered += found.low <= truth_area <= found.high
        rejected += compare_auc(scores[0], scores[1], truth).p_value < 0.05
    assert 0.925 <= covered / 400 <= 0.975
    assert 0.03 <= rejected / 400 <= 0.075


def test_a_better_score_is_found_better():
    scores, truth = drawn(3)
    found = compare_auc(scores[0] + np.random.default_rng(0).normal(0, 3, len(truth)), scores[0], truth)
    assert found.difference.low > 0
    assert found.p_value < 0.001


def test_edges():
    assert roc_auc([1, 2, 3], [0, 1, 1]).value == 1
    assert math.isnan(roc_auc([1, 2, 3], [0, 1, 1]).low)
    assert roc_auc([5, 5, 5, 5], [0, 0, 1, 1]).value == 0.5
    assert math.isnan(compare_auc([1, 2, 3, 2], [1, 2, 3, 2], [0, 0, 1, 1]).p_value)
    assert roc_auc([-math.inf, 0, -math.inf], [False, True, True]).value == 0.75
    for scores, truth in (([1, 2], [1, 1]), ([1, 2], [0, 0]), ([1, math.nan], [0, 1]), ([1, 2, 3], [0, 1])):
        with pytest.raises(RequestError):
            roc_auc(scores, truth)
