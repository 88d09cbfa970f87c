"""FROC and weighted AFROC: curves counted by hand, MONAI, simulations, edges."""

import math

import numpy as np
import pytest

from ai.errors import RequestError
from ai.metrics.classification import roc_auc
from ai.metrics.detection.curves import MarkedCase, froc, wafroc, wafroc_kernel

SCRIPTED = [
    MarkedCase([0.95, 0.80, 0.40], [0, -1, 1], 2),
    MarkedCase([0.60, 0.55, 0.30], [0, 0, -1], 1),
    MarkedCase([0.70], [-1], 0),
    MarkedCase([], [], 0),
]
"""Three lesions in four cases; falling: hit, false, false, hit, (the same again), hit, false."""


def test_scripted_curve():
    found = froc(SCRIPTED, fp_rates=(0.25, 0.5, 1.0))
    assert found.thresholds.tolist() == [0.95, 0.80, 0.70, 0.60, 0.40, 0.30]
    assert found.false_positives.tolist() == [0, 0.25, 0.5, 0.5, 0.5, 0.75]
    np.testing.assert_allclose(found.sensitivity, np.array([1, 1, 1, 2, 3, 3]) / 3)
    assert found.mean_sensitivity.value == pytest.approx((1 / 3 + 1 + 1) / 3)
    assert found.mean_sensitivity.method == "jackknife"


def test_scripted_weighted_afroc():
    """Cases without lesions: highest marks .70 and none. Lesions .95 and .40, .60: sums by hand."""
    np.testing.assert_allclose(wafroc_kernel(SCRIPTED), [[0.5, 0], [1, 1]])
    assert wafroc(SCRIPTED).value == pytest.approx(2.5 / 4)
    weighted = [MarkedCase([0.95, 0.4], [0, 1], 2, (0.9, 0.1)), *SCRIPTED[1:]]
    assert wafroc(weighted).value == pytest.approx((0.9 + 0 + 1 + 1) / 4)
    nobody = [MarkedCase([], [], 2), MarkedCase([], [], 0)]
    assert wafroc(nobody).value == 0.5
    assert math.isnan(wafroc(nobody).low)


def simulated(seed, cases=120):
    """Lesions are seen with 80 % and score higher by 1.5; 0.8 false marks per case."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(cases):
        lesions = int(rng.integers(0, 3))
        seen = [n for n in range(lesions) if rng.random() < 0.8]
        false = rng.poisson(0.8)
        scores = np.concatenate([rng.normal(1.5, 1, len(seen)), rng.normal(0, 1, false)])
        made.append(MarkedCase(scores, np.array(seen + [-1] * false, dtype=int), lesions))
    return made


def test_curve_equals_monai():
    pytest.importorskip("torch")
    from monai.metrics import compute_froc_curve_data

    cases = simulated(1)
    false = np.concatenate([case.false_scores() for case in cases])
    hits = np.concatenate([case.lesion_scores() for case in cases])
    rates, sensitivity = compute_froc_curve_data(false, hits[np.isfinite(hits)], hits.size, len(cases))
    found = froc(cases)
    for rate in (0.1, 0.3, 0.6):
        ours = found.sensitivity[found.false_positives <= rate].max()
        assert ours == pytest.approx(sensitivity[np.asarray(rates) <= rate].max(), abs=2 / hits.size)


def test_one_lesion_and_one_mark_per_case_is_the_roc():
    rng = np.random.default_rng(2)
    truth = rng.random(100) < 0.5
    scores = rng.normal(0, 1, 100) + truth
    cases = [MarkedCase([s], [0 if t else -1], int(t)) for s, t in zip(scores, truth, strict=True)]
    found, expected = wafroc(cases), roc_auc(scores, truth)
    assert found.value == pytest.approx(expected.value, abs=1e-12)
    assert found.high - found.low == pytest.approx(expected.high - expected.low, rel=0.08)


def test_jackknife_covers_as_it_says():
    truth = np.mean([wafroc(simulated(10_000 + n, 400)).value for n in range(12)])
    rates = (0.25, 0.5)
    sensitivity = np.mean([froc(simulated(20_000 + n, 150), fp_rates=rates).mean_sensitivity.value for n in range(12)])
    covered = [0, 0]
    for seed in range(60):
        cases = simulated(seed, 60)
        for place, (found, value) in enumerate(
            ((wafroc(cases), truth), (froc(cases, fp_rates=rates).mean_sensitivity, sensitivity))
        ):
            covered[place] += found.low <= value <= found.high
    assert all(0.86 <= count / 60 <= 1 for count in covered), covered


def test_nonsense_is_refused():
    for call in (
        lambda: MarkedCase([0.1], [0], 0),
        lambda: MarkedCase([0.1], [], 1),
        lambda: MarkedCase([math.nan], [0], 1),
        lambda: MarkedCase([], [], 2, (0.5, 0.4)),
        lambda: MarkedCase([], [], 2, (1.0,)),
        lambda: froc([]),
        lambda: froc([MarkedCase([], [], 0)]),
        lambda: wafroc([MarkedCase([], [], 1)]),
    ):
        with pytest.raises(RequestError):
            call()
