"""The harness: figures with known answers, tests against scipy, a task played through, and the claim of ClaSP PE."""

import numpy as np
import pytest
from scipy import stats

from ai.errors import RequestError
from ai.selection.simulation.comparing import compare, holm, paired_t
from ai.selection.simulation.curves import area_under_budget_curve, foreground_efficiency
from ai.selection.simulation.running import simulate
from ai.selection.simulation.setup import IGNORE, LabelledPool, Plan
from ai.selection.strategies import Strategy
from tests.ai.selection import synthetic


def test_clasp_beats_plain_random_on_a_rare_class():
    """The gate of .03 in AUBC. `python -m tests.bench selection` prints all strategies, with six seeds: there
    foreground-aware random is as good as ClaSP PE."""
    pool = synthetic.pool()
    plan = Plan(size=(8, 8), budget=8, rounds=4)
    runs = simulate(pool, synthetic.PixelEnsemble, plan, [Strategy.RANDOM, Strategy.CLASP])
    random, clasp = ([curve.aubc for curve in runs[one]] for one in (Strategy.RANDOM, Strategy.CLASP))
    assert np.mean(clasp) - np.mean(random) >= 0.03
    assert runs[Strategy.CLASP][0].scores[0] == runs[Strategy.RANDOM][0].scores[0]
    rare = [np.mean([curve.class_scores[-1, synthetic.RARE - 1] for curve in runs[one]]) for one in runs]
    assert rare[1] > rare[0]


def test_area_under_a_curve():
    assert area_under_budget_curve(np.array([1, 2, 3]), np.full(3, 0.7)) == pytest.approx(0.7)
    assert area_under_budget_curve(np.array([0, 1, 3]), np.array([0.0, 1.0, 1.0])) == pytest.approx(2.5 / 3)
    for wrong in (([1.0], [1.0]), ([1.0, 1.0], [0.0, 1.0]), ([1.0, 2.0], [0.0])):
        with pytest.raises(RequestError):
            area_under_budget_curve(*(np.array(one) for one in wrong))


def test_foreground_efficiency_is_the_rate_of_the_gap():
    shares = np.linspace(0.02, 0.3, 7)
    for rate in (-1.0, 0.5, 20.0):
        scores = 0.9 - 0.4 * np.exp(-rate * (shares - 0.02))
        assert foreground_efficiency(shares, scores, full=0.9) == pytest.approx(rate, rel=1e-5)
    assert np.isnan(foreground_efficiency(shares, np.full(7, 0.9), full=0.9))
    assert np.isnan(foreground_efficiency(np.full(7, 0.1), shares, full=0.9))
    with pytest.raises(RequestError):
        foreground_efficiency(shares, shares[:3], full=0.9)


def test_paired_test_is_that_of_scipy():
    rng = np.random.default_rng(4)
    a, b = rng.normal(0.1, 1, 9), rng.normal(0, 1, 9)
    oracle = stats.ttest_rel(a, b)
    mean, low, high, p = paired_t(a - b)
    interval = oracle.confidence_interval(0.95)
    assert (mean, low, high, p) == pytest.approx(((a - b).mean(), interval.low, interval.high, oracle.pvalue))
    assert paired_t([0.5, 0.5]) == (0.5, 0.5, 0.5, 0.0)
    assert paired_t([0.0, 0.0])[3] == 1
    assert np.isnan(paired_t([0.0, np.nan])[3])
    with pytest.raises(RequestError):
        paired_t([1.0])


def test_holm():
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx((0.04, 0.06, 0.06, 0.06))
    assert holm([0.5, 0.9]) == (1.0, 1.0)
    assert holm([0.01, float("nan"), 0.04])[::2] == pytest.approx((0.02, 0.04))
    assert holm([]) == ()
    for wrong in (-0.1, 2.0):
        with pytest.raises(RequestError):
            holm([wrong, 0.1])


def test_comparison_pairs_seeds():
    figures = {Strategy.RANDOM: [0.1, 0.5, 0.9, 0.3], Strategy.BALD: [0.2, 0.61, 0.99, 0.4], Strategy.CLASP: [0.1] * 4}
    bald, clasp = compare(figures, against=Strategy.RANDOM)
    assert (bald.strategy, bald.against) == (Strategy.BALD, Strategy.RANDOM)
    assert bald.difference == pytest.approx(0.1)
    assert bald.low < 0.1 < bald.high
    assert bald.p < 0.001 < clasp.p
    assert bald.p_holm == pytest.approx(2 * bald.p)
    assert clasp.p_holm == pytest.approx(clasp.p)
    for wrong in ({Strategy.BALD: [1.0, 2.0]}, {Strategy.RANDOM: [1.0, 2.0], Strategy.BALD: [1.0]}):
        with pytest.raises(RequestError):
            compare(wrong, against=Strategy.RANDOM)


class Threshold:
    """Learns one grey value between background and foreground; remembers what it was shown."""

    shown = []

    def __init__(self, seed):
        self.seed = seed

    def fit(self, images, labels):
        dark = [image[0][truth == 0] for image, truth in zip(images, labels, strict=True)]
        bright = [image[0][truth == 1] for image, truth in zip(images, labels, strict=True)]
        self.level = (np.concatenate(dark).mean() + np.concatenate(bright).mean()) / 2
        Threshold.shown.append(sum(int((truth != IGNORE).sum()) for truth in labels))

    def predict(self, image):
        inside = np.concatenate([1 / (1 + np.exp(level - image)) for level in (self.level, self.level + 0.5)])
        return np.stack([1 - inside, inside], axis=1)


def bright_squares(**changes):
    labels = [np.zeros((8, 8), dtype=np.uint8) for _ in range(6)]
    for place, truth in enumerate(labels):
        truth[2:6, place % 4 : place % 4 + 3] = 1
    images = [truth[None] * 4.0 for truth in labels]
    parts = {"images": images[:4], "labels": labels[:4], "held_out_images": images[4:], "held_out_labels": labels[4:]}
    return LabelledPool(**{**parts, "classes": 2, "embedding": lambda part: part.mean(axis=(1, 2)), **changes})


PLAN = Plan(size=(4, 4), stride=(4, 4), budget=2, rounds=2, start_per_class=1)


def test_every_strategy_plays_the_same_task():
    Threshold.shown.clear()
    shares = []
    runs = simulate(bright_squares(), Threshold, PLAN, list(Strategy), on_progress=shares.append)
    assert len(shares) == 4 * (2 + len(Strategy) * 2)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert Threshold.shown[1] == 4 * 64  # the second model of a seed has seen everything
    for curves in runs.values():
        assert len(curves) == 4
        for curve in curves:
            # a region of 16 voxels each, none twice
            assert np.diff(curve.voxels).tolist() == [32, 32]
            assert curve.final == curve.full_score == 1
            assert curve.aubc == pytest.approx(1)
            assert np.isnan(curve.foreground_efficiency)  # nothing was left to gain
            assert (np.diff(curve.foreground_voxels) >= 0).all()
    again = simulate(bright_squares(), Threshold, PLAN, [Strategy.RANDOM, Strategy.CLASP])
    for strategy, curves in again.items():
        for one, other in zip(curves, runs[strategy], strict=True):
            np.testing.assert_array_equal(one.foreground_voxels, other.foreground_voxels)


def test_it_can_be_cancelled():
    class CancelledError(Exception):
        pass

    def stop(share):
        if share > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        simulate(bright_squares(), Threshold, PLAN, [Strategy.RANDOM], on_progress=stop)


def test_what_cannot_be_played_is_refused():
    with pytest.raises(RequestError, match="seeds"):
        Plan(size=(4, 4), budget=1, rounds=1, seeds=(0, 1, 2))
    with pytest.raises(RequestError, match="seeds"):
        Plan(size=(4, 4), budget=1, rounds=1, seeds=(0, 1, 2, 2))
    with pytest.raises(RequestError):
        Plan(size=(4, 4), budget=0, rounds=1)
    with pytest.raises(RequestError, match="embedding"):
        simulate(bright_squares(embedding=None), Threshold, PLAN, [Strategy.K_CENTRE])
    for strategies in ([], [Strategy.RANDOM, Strategy.RANDOM]):
        with pytest.raises(RequestError, match="different"):
            simulate(bright_squares(), Threshold, PLAN, strategies)
    greedy = Plan(size=(4, 4), stride=(4, 4), budget=7, rounds=3, start_per_class=1)
    with pytest.raises(RequestError, match="round 3"):
        simulate(bright_squares(), Threshold, greedy, [Strategy.RANDOM])
    for changes in (
        {"images": []},
        {"classes": 1},
        {"labels": [np.zeros((8, 8), dtype=np.uint8)] * 4},
        {"labels": [np.zeros((8, 8))] * 4},
        {"labels": [np.zeros((8, 9), dtype=np.uint8)] * 4},
    ):
        with pytest.raises(RequestError):
            bright_squares(**changes)
