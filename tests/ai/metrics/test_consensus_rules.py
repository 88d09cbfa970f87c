"""Rules beyond majority and STAPLE per label, and what comes with a consensus."""

import math

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  # the name that its own documentation uses

from ai.errors import RequestError
from ai.metrics.consensus import disputed, majority, staple, staple_labels, staple_soft, weighted_vote
from ai.metrics.consensus.confusion import staple_confusion
from ai.metrics.consensus.pruning import simple_consensus
from ai.metrics.consensus.result import Rule, find_consensus
from ai.metrics.overlap import dice
from tests.ai.metrics.shapes import sphere
from tests.ai.metrics.test_consensus import raters

GOOD = [(0.95, 0.95)] * 5
TWO_BAD = [(0.96, 0.96)] * 3 + [(0.65, 0.62)] * 2


@pytest.mark.parametrize(("rates", "least", "error"), [(GOOD, 0.995, 0.004), (TWO_BAD, 0.99, 0.010)])
def test_readers_get_their_true_sensitivity(rates, least, error):
    truth = sphere(20)
    found = find_consensus(raters(truth, rates).astype(np.uint8), Rule.STAPLE)
    assert dice(found.labels, truth) >= least
    expected = [sensitivity for sensitivity, _ in rates]
    assert found.reliability[1].sensitivity == pytest.approx(expected, abs=error)


def test_two_bad_readers_are_pruned():
    truth = sphere(20)
    stack = raters(truth, TWO_BAD).astype(np.uint8)
    found = simple_consensus(stack)
    assert found.kept == (0, 1, 2)
    assert dice(found.labels, truth) > dice(majority(stack), truth)
    np.testing.assert_array_equal(found.labels, weighted_vote(stack, found.performance))
    kept = simple_consensus(raters(truth, GOOD).astype(np.uint8))
    assert kept.kept == (0, 1, 2, 3, 4)


def test_weights_decide():
    stack = np.array([[1, 1, 0], [2, 0, 0], [2, 0, 3]], dtype=np.uint8)
    assert weighted_vote(stack, [1, 1, 1]).tolist() == [2, 0, 0]
    assert weighted_vote(stack, [3, 1, 1]).tolist() == [1, 1, 0]
    assert weighted_vote(stack, [2, 1, 1]).tolist() == [0, 0, 0]
    assert weighted_vote(stack, [0, 0, 0.5]).tolist() == [2, 0, 3]
    assert weighted_vote(np.array([[1], [1], [2]], dtype=np.uint8), [0.1, 0.2, 0.1 + 0.2]).tolist() == [0]


def test_soft_votes_of_nought_and_one_are_votes():
    votes = raters(sphere(8), [(0.9, 0.95), (0.8, 0.9), (0.95, 0.7)]).reshape(3, -1)
    hard, soft = staple(votes), staple(votes.astype(np.float32))
    np.testing.assert_allclose(soft.posterior, hard.posterior, atol=1e-6)
    np.testing.assert_allclose(soft.sensitivity, hard.sensitivity, atol=1e-6)
    np.testing.assert_allclose(soft.specificity, hard.specificity, atol=1e-6)


def test_doubtful_soft_votes_count_less():
    """Three readers who are sure where they are right and doubtful where they are wrong."""
    truth = sphere(10).ravel()
    rng = np.random.default_rng(3)
    right = rng.random((3, truth.size)) < 0.8
    sure = np.where(right, 0.95, 0.6)
    soft = np.where(right == truth, sure, 1 - sure)
    assert dice(staple(soft).posterior > 0.5, truth) > dice(staple(soft > 0.5).posterior > 0.5, truth) + 0.02


def test_soft_masks_are_settled_on_disputed_voxels_alone():
    """Space around the marks changes nothing; votes of 0 and 1 give the consensus of the masks; doubt counts less."""
    masks = raters(sphere(9), [(0.9, 0.95), (0.85, 0.97), (0.95, 0.8)])
    found = staple_soft(masks.astype(np.float32))
    np.testing.assert_array_equal(found.posterior > 0.5, staple_labels(masks.astype(np.uint8)).labels == 1)
    assert found.posterior.shape == masks.shape[1:]
    rng = np.random.default_rng(8)
    soft = np.clip(masks * 0.8 + rng.random(masks.shape) * 0.2, 0, 1)
    soft[:, 0], soft[:, 1] = 0.0, 0.25  # of one mind, also where nobody is sure
    small, wide = staple_soft(soft), staple_soft(np.pad(soft, [(0, 0), (7, 7), (7, 7), (7, 7)]))
    np.testing.assert_allclose(wide.posterior[7:-7, 7:-7, 7:-7], small.posterior, atol=1e-9)
    assert (small.posterior[0] == 0).all()
    assert (small.posterior[1] == 0.25).all()
    np.testing.assert_allclose(wide.sensitivity, small.sensitivity)


def three_labels(rates, seed=4):
    """Readers who take label 1 for 2 and 2 for 1, each at a rate of their own."""
    rng = np.random.default_rng(seed)
    truth = np.where(sphere(12), 1, 0)
    truth[:, :, truth.shape[2] // 2 :] *= 2
    stack = []
    for rate in rates:
        wrong = rng.random(truth.shape) < rate
        stack.append(np.where(wrong & (truth > 0), 3 - truth, truth))
    return np.stack(stack).astype(np.uint8), truth


def test_confusion_of_labels_is_found():
    rates = (0.05, 0.1, 0.1, 0.4, 0.45)
    stack, truth = three_labels(rates)
    found = staple_confusion(stack)
    assert found.converged
    assert found.values == (1, 2)
    assert (found.labels == truth).mean() > (majority(stack) == truth).mean()
    wrong = found.confusion[:, 0, 1]
    assert np.argsort(wrong)[-2:].tolist() in ([3, 4], [4, 3])
    np.testing.assert_allclose(found.confusion.sum(axis=1), 1, atol=1e-6)


def test_confusion_equals_simpleitk_on_the_same_voxels():
    stack, _ = three_labels((0.05, 0.1, 0.15, 0.2, 0.25))
    votes = stack[:, disputed(stack)]
    images = [sitk.GetImageFromArray(vote[None, None]) for vote in votes]
    expected = sitk.GetArrayFromImage(sitk.MultiLabelSTAPLE(images)).ravel()
    found = staple_confusion(votes, weight=0.0).labels
    assert (found == expected).mean() > 0.999


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule != Rule.WEIGHTED])
def test_space_around_the_marks_changes_nothing(rule):
    stack = raters(sphere(10), [(0.9, 0.95), (0.8, 0.99), (0.7, 0.9), (0.9, 0.9)]).astype(np.uint8)
    wide = np.pad(stack, [(0, 0), (9, 9), (9, 9), (9, 9)])
    small, large = find_consensus(stack, rule), find_consensus(wide, rule)
    np.testing.assert_array_equal(large.labels[9:-9, 9:-9, 9:-9], small.labels)
    np.testing.assert_array_equal(large.dissent[9:-9, 9:-9, 9:-9], small.dissent)
    assert large.reliability == small.reliability
    assert (small.rule, small.parameters) == (rule, large.parameters)
    np.testing.assert_array_equal(small.dissent, (stack != small.labels).sum(axis=0))


def test_agreed_labels_are_known_to_all():
    stack = np.array([[1, 2, 0]] * 3, dtype=np.uint8)
    for rule in (Rule.MAJORITY, Rule.STAPLE, Rule.STAPLE_CONFUSION, Rule.SIMPLE):
        found = find_consensus(stack, rule)
        assert found.labels.tolist() == [1, 2, 0]
        assert found.reliability[2].sensitivity == (1, 1, 1)
        assert math.isnan(found.reliability[2].specificity[0])
    assert find_consensus(stack * 0, Rule.STAPLE).reliability == {}


def test_nonsense_is_refused():
    stack = np.array([[1, 0], [0, 1]], dtype=np.uint8)
    for call in (
        lambda: weighted_vote(stack, [1]),
        lambda: weighted_vote(stack, [0, 0]),
        lambda: weighted_vote(stack, [-1, 2]),
        lambda: staple(np.array([[0.5, 1.5]])),
        lambda: find_consensus(stack, Rule.WEIGHTED),
        lambda: find_consensus(stack, Rule.STAPLE, weights=[1, 1]),
        lambda: simple_consensus(stack, spread=-1),
        lambda: staple_confusion(
            np.tile(np.arange(250, dtype=np.uint8), (9, 1)) + np.arange(9, dtype=np.uint8)[:, None]
        ),
    ):
        with pytest.raises(RequestError):
            call()
