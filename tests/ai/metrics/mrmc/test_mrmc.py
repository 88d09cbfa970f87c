"""Multi-reader multi-case studies: Van Dyke, slow references, equivalences, simulations of known truth."""

import math

import numpy as np
import pytest
from scipy import stats

from ai.errors import RequestError
from ai.metrics.classification import delong_covariance, placements
from ai.metrics.detection.curves import MarkedCase, wafroc_kernel
from ai.metrics.mrmc.dbm import analyse_pseudovalues
from ai.metrics.mrmc.kernels import CovarianceMethod, covariance_matrix, roc_kernel
from ai.metrics.mrmc.obuchowski_rockette import (
    Covariances,
    Population,
    analyse_figures,
    analyse_study,
    non_inferiority,
)
from ai.metrics.mrmc.sample_size import Pilot, cases_needed, pilot_of, power, readers_needed
from ai.metrics.mrmc.ustatistics import u_difference, u_statistic
from tests.ai.metrics.mrmc.roe_metz import study

VAN_DYKE = [[0.91965, 0.85878, 0.90386, 0.97311, 0.82979], [0.94783, 0.90531, 0.92174, 0.99936, 0.92995]]
VAN_DYKE_COVARIANCES = Covariances(variance=0.00079, cov1=0.00035, cov2=0.00033906, cov3=0.00023561)


@pytest.fixture(scope="module")
def kernel():
    return roc_kernel(*study(np.random.default_rng(4), readers=4, negatives=30, positives=20))


def test_van_dyke():
    """Published: F 4.4896, df2 15.034, p .051162; the areas here are rounded to five places.

    Variance and Cov1 play no part in these.
    """
    found = analyse_figures(VAN_DYKE, VAN_DYKE_COVARIANCES)
    assert found.f == pytest.approx(4.4896, abs=5e-4)
    assert found.df2 == pytest.approx(15.034, abs=5e-3)
    assert found.p_value == pytest.approx(0.051162, abs=2e-5)
    assert found.df1 == 1
    assert found.differences[0, 1].value == pytest.approx(-0.0438, abs=5e-5)
    assert found.differences[0, 1].high == pytest.approx(0.0003, abs=1e-4)


@pytest.mark.parametrize("method", [CovarianceMethod.DELONG, CovarianceMethod.JACKKNIFE])
def test_covariances_are_those_of_the_areas(kernel, method):
    scores, truth = study(np.random.default_rng(4), readers=4, negatives=30, positives=20)
    flat = scores.reshape(8, -1)
    if method == CovarianceMethod.DELONG:
        expected = delong_covariance(placements(flat, truth))
    else:
        left_out = np.stack([placements(np.delete(flat, n, 1), np.delete(truth, n)).auc for n in range(50)])
        centred = left_out - left_out.mean(axis=0)
        expected = 49 / 50 * centred.T @ centred
    np.testing.assert_allclose(covariance_matrix(kernel, method).reshape(8, 8), expected, atol=1e-12)


def slow_moment(a, b, same_negative, same_positive):
    """Mean product of two kernels over all pairs of pairs that share what they should and nothing else."""
    n0, n1 = a.shape
    found = [
        a[i, j] * b[k, m]
        for i in range(n0)
        for j in range(n1)
        for k in range(n0)
        for m in range(n1)
        if (i == k) == same_negative and (j == m) == same_positive
    ]
    return np.mean(found)


def test_unbiased_covariance_is_the_slow_reference():
    rng = np.random.default_rng(0)
    small = rng.integers(0, 3, (2, 2, 4, 5)) / 2
    found = covariance_matrix(small, CovarianceMethod.UNBIASED)
    a, b = small[0, 1], small[1, 0]
    both = slow_moment(a, b, False, False)
    expected = (
        slow_moment(a, b, True, True)
        + 3 * slow_moment(a, b, False, True)
        + 4 * slow_moment(a, b, True, False)
        + 12 * both
    ) / 20 - both
    assert found[0, 1, 1, 0] == pytest.approx(expected)


def test_unbiased_covariance_has_no_bias():
    rng = np.random.default_rng(1)
    small = {"readers": 2, "negatives": 8, "positives": 6, "reader": 0, "test_reader": 0}
    kernels = [roc_kernel(*study(rng, **small)) for _ in range(3000)]
    figures = np.stack([one.mean(axis=(2, 3)).ravel() for one in kernels])
    found = np.mean([covariance_matrix(one, CovarianceMethod.UNBIASED).reshape(4, 4) for one in kernels], axis=0)
    expected = np.cov(figures.T)
    # 3000 draws know a variance to 2.6 %, a covariance to some 5 %.
    np.testing.assert_allclose(found.trace(), expected.trace(), rtol=0.06)
    np.testing.assert_allclose(found, expected, atol=0.12 * expected[0, 0])


def test_pseudovalues_give_the_same_study(kernel):
    by_pseudovalues = analyse_pseudovalues(kernel)
    found = analyse_study(kernel, method=CovarianceMethod.JACKKNIFE)
    assert by_pseudovalues.f == pytest.approx(found.f, rel=1e-9)
    assert by_pseudovalues.df2 == pytest.approx(found.df2, rel=1e-9)
    assert by_pseudovalues.p_value == pytest.approx(found.p_value, rel=1e-9)
    np.testing.assert_allclose(by_pseudovalues.pseudovalues.mean(axis=2), found.figures)


def test_u_statistics_give_the_variance_of_the_unbiased_study(kernel):
    """2 / r (MS(TR) + r (Cov2 - Cov3)) is unbiased too, and of the same moments: they are equal where not cut at 0."""
    found = analyse_study(kernel, method=CovarianceMethod.UNBIASED)
    expected = 2 / 4 * (found.ms_test_reader + 4 * (found.covariances.cov2 - found.covariances.cov3))
    other = u_difference(kernel, first=0, second=1)
    assert other.variance == pytest.approx(expected, rel=1e-9)
    assert other.value.value == pytest.approx(found.differences[0, 1].value)
    assert sum(other.coefficients) == pytest.approx(0)


def test_u_statistic_has_no_bias():
    rng = np.random.default_rng(2)
    found = [
        u_statistic(roc_kernel(*study(rng, readers=3, negatives=15, positives=12, reader=0.1))[0]) for _ in range(1500)
    ]
    expected = np.var([one.value.value for one in found], ddof=1)
    assert np.mean([one.variance for one in found]) == pytest.approx(expected, rel=0.1)


def test_type_one_error_on_null_studies():
    """2000 studies without a difference: the standard error of the share is .005."""
    rng = np.random.default_rng(20)
    rejected = dict.fromkeys(CovarianceMethod, 0)
    for _ in range(2000):
        kernel = roc_kernel(*study(rng, negatives=40, positives=40))
        for method in CovarianceMethod:
            rejected[method] += analyse_study(kernel, method=method).p_value < 0.05
    for method, count in rejected.items():
        assert count / 2000 == pytest.approx(0.05, abs=0.01), method


def test_planning_gives_the_power_it_promises():
    """Variances from large pilots; then studies of the planned size are simulated."""
    rng = np.random.default_rng(7)
    options = {"gain": 0.5, "reader": 0.01, "test_reader": 0.01}
    pilots = [analyse_study(roc_kernel(*study(rng, readers=8, **options))) for _ in range(60)]
    difference = float(np.mean([one.differences[0, 1].value for one in pilots]))
    mean = Covariances(
        *(float(np.mean([getattr(p.covariances, n) for p in pilots])) for n in ("variance", "cov1", "cov2", "cov3"))
    )
    component = float(np.mean([p.ms_test_reader for p in pilots])) - (mean.variance - mean.cov1 - mean.cov2 + mean.cov3)
    pilot = Pilot(max(component, 0.0), mean, 100)
    expected = power(pilot, readers=5, cases=80, difference=difference)
    found = [
        analyse_study(roc_kernel(*study(rng, negatives=40, positives=40, **options))).p_value < 0.05 for _ in range(600)
    ]
    assert np.mean(found) == pytest.approx(expected, abs=0.06)
    assert 0.3 < expected < 0.95


def test_cases_needed():
    pilot = pilot_of(analyse_figures(VAN_DYKE, VAN_DYKE_COVARIANCES), cases=114)
    needed = {readers: cases_needed(pilot, readers=readers, difference=0.0438) for readers in (6, 8, 12)}
    assert list(needed.values()) == sorted(needed.values(), reverse=True)
    for readers, cases in needed.items():
        assert power(pilot, readers=readers, cases=cases, difference=0.0438) >= 0.8
        assert power(pilot, readers=readers, cases=cases - 1, difference=0.0438) < 0.8
    assert cases_needed(pilot, readers=2, difference=0.002) is None
    assert power(pilot, readers=5, cases=100, difference=0.0) == pytest.approx(0.05)


def test_readers_needed():
    """The least number that reaches the power; with few cases no number does, for what readers share remains."""
    pilot = pilot_of(analyse_figures(VAN_DYKE, VAN_DYKE_COVARIANCES), cases=114)
    options = {"cases": 150, "difference": 0.0438}
    readers = readers_needed(pilot, **options)
    assert power(pilot, readers=readers, **options) >= 0.8 > power(pilot, readers=readers - 1, **options)
    assert cases_needed(pilot, readers=readers, difference=0.0438) <= 150
    assert readers_needed(pilot, cases=20, difference=0.005) is None


def test_populations(kernel):
    both, cases, readers = (analyse_study(kernel, population=one) for one in Population)
    assert both.standard_error >= readers.standard_error
    assert (math.isinf(cases.df2), readers.df2) == (True, 3)
    z = (cases.differences[0, 1].high - cases.differences[0, 1].value) / cases.standard_error
    assert z == pytest.approx(1.959964)
    paired = stats.ttest_rel(*both.figures)
    assert readers.p_value == pytest.approx(paired.pvalue)
    # Chi-square of the mean over these readers, straight from the covariance matrix.
    matrix = covariance_matrix(kernel)
    contrast = np.array([[1.0], [-1.0]]) * np.full((1, 4), 0.25)
    direct = np.einsum("tr,trus,us->", contrast, matrix, contrast)
    assert cases.standard_error == pytest.approx(math.sqrt(direct))


def test_non_inferiority():
    result = analyse_figures(VAN_DYKE, VAN_DYKE_COVARIANCES)
    worse, better = (
        non_inferiority(result, new=0, old=1, margin=0.05),
        non_inferiority(result, new=1, old=0, margin=0.05),
    )
    assert (worse.shown, better.shown) == (False, True)
    assert better.p_value < 0.001 < 0.05 < worse.p_value
    for margin in (0.0, 0.06, 0.09):
        found = non_inferiority(result, new=0, old=1, margin=margin)
        assert found.shown == (found.p_value < 0.05)
    superior = non_inferiority(result, new=1, old=0, margin=0.0)
    assert superior.p_value == pytest.approx(result.p_value / 2)


def test_lesions_enter_by_the_weighted_afroc():
    rng = np.random.default_rng(9)

    def marked(seen):
        cases = []
        for lesions in [0] * 20 + [1] * 15 + [2] * 10:
            hits = [n for n in range(lesions) if rng.random() < seen]
            false = rng.poisson(0.5)
            scores = np.concatenate([rng.normal(1, 1, len(hits)), rng.normal(0, 1, false)])
            cases.append(MarkedCase(scores, np.array(hits + [-1] * false, dtype=int), lesions))
        return wafroc_kernel(cases)

    kernel = np.stack([[marked(seen) for _ in range(4)] for seen in (0.4, 0.95)])
    found = analyse_study(kernel)
    assert found.differences[0, 1].high < 0
    assert found.p_value < 0.05


def test_nonsense_is_refused(kernel):
    result = analyse_figures(VAN_DYKE, VAN_DYKE_COVARIANCES)
    pilot = pilot_of(result, cases=114)
    for call in (
        lambda: roc_kernel(np.zeros((2, 3, 4)), [0, 1, 1, 1]),
        lambda: roc_kernel(np.full((2, 3, 4), np.nan), [0, 0, 1, 1]),
        lambda: roc_kernel(np.zeros((2, 4)), [0, 0, 1, 1]),
        lambda: analyse_study(kernel[:1]),
        lambda: analyse_study(kernel[:, :1]),
        lambda: analyse_pseudovalues(kernel[:1]),
        lambda: analyse_figures([[0.5, 0.6]], VAN_DYKE_COVARIANCES),
        lambda: u_statistic(kernel[0][:1]),
        lambda: non_inferiority(result, new=0, old=0, margin=0.1),
        lambda: non_inferiority(result, new=0, old=1, margin=-0.1),
        lambda: power(pilot, readers=1, cases=50, difference=0.1),
    ):
        with pytest.raises(RequestError):
            call()
