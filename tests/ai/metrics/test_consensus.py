"""Majority and STAPLE: known truths, a slow reference, SimpleITK's answer, properties, edges."""

from collections import Counter

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813  # the name that its own documentation uses
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import ndimage

from ai.errors import RequestError
from ai.metrics.consensus import disputed, majority, staple, staple_labels
from ai.metrics.overlap import dice
from tests.ai.metrics.shapes import sphere

stacks = st.tuples(st.integers(1, 5), st.integers(1, 12)).flatmap(
    lambda shape: npst.arrays(np.uint8, shape, elements=st.integers(0, 3))
)


def raters(truth, rates, seed=7):
    """Return one noisy copy of a binary truth per (sensitivity, specificity), with independent errors."""
    rng = np.random.default_rng(seed)
    return np.stack([np.where(truth, rng.random(truth.shape) < p, rng.random(truth.shape) > q) for p, q in rates])


def slow_majority(stack):
    """Count votes voxel by voxel."""
    result = []
    for votes in stack.reshape(len(stack), -1).T.tolist():
        (best, count), *others = Counter(votes).most_common()
        result.append(0 if others and others[0][1] == count else best)
    return np.array(result, dtype=np.uint8).reshape(stack.shape[1:])


@settings(deadline=None)
@given(stack=stacks)
def test_majority_counts_votes(stack):
    np.testing.assert_array_equal(majority(stack), slow_majority(stack))


def test_majority_equals_simpleitk():
    """Where readers are an odd number and labels two, no vote is tied."""
    stack = raters(sphere(9), [(0.9, 0.95), (0.8, 0.9), (0.7, 0.99)]).astype(np.uint8)
    expected = sitk.GetArrayFromImage(sitk.LabelVoting([sitk.GetImageFromArray(one) for one in stack], 0))
    np.testing.assert_array_equal(majority(stack), expected)


@settings(deadline=None)
@given(stack=stacks, seed=st.integers(0, 9))
def test_the_order_of_readers_does_not_matter(stack, seed):
    shuffled = np.random.default_rng(seed).permutation(stack)
    np.testing.assert_array_equal(majority(stack), majority(shuffled))


@settings(deadline=None)
@given(stack=stacks)
def test_what_all_agree_on_stands(stack):
    same = ~disputed(stack)
    for found in (majority(stack), staple_labels(stack).labels):
        np.testing.assert_array_equal(found[same], stack[0][same])
        assert set(np.unique(found)) <= {0, *np.unique(stack)}


def test_ties_are_background():
    stack = np.array([[1, 1, 0, 2], [2, 1, 1, 2], [0, 2, 0, 1], [0, 2, 1, 2]], dtype=np.uint8)
    assert majority(stack).tolist() == [0, 0, 0, 2]
    assert majority(stack[:2]).tolist() == [0, 1, 0, 2]


def test_five_independent_raters():
    truth = sphere(20)
    stack = raters(truth, [(0.95, 0.95)] * 5).astype(np.uint8)
    assert dice(staple_labels(stack).labels, truth) >= 0.995
    assert dice(majority(stack), truth) >= 0.995


def test_two_bad_raters_of_five_are_outvoted_by_staple_alone():
    truth = sphere(20)
    stack = raters(truth, [(0.96, 0.96)] * 3 + [(0.65, 0.62)] * 2).astype(np.uint8)
    found = staple_labels(stack)
    assert dice(majority(stack), truth) == pytest.approx(0.964, abs=0.005)
    assert dice(found.labels, truth) >= 0.99
    sensitivity = found.per_label[1].sensitivity
    assert sensitivity[:3].min() > sensitivity[3:].max() + 0.1


def wobbly(radius, wobbles, *, seed):
    """Return one mask of a ball per reader, its boundary moved by smooth noise of so many voxels, and the ball."""
    rng = np.random.default_rng(seed)
    half = radius + 12
    k, j, i = np.mgrid[-half : half + 1, -half : half + 1, -half : half + 1]
    distance = np.sqrt(k**2 + j**2 + i**2)
    masks = []
    for wobble in wobbles:
        noise = ndimage.gaussian_filter(rng.standard_normal(distance.shape), 3)
        masks.append(distance <= radius + wobble * noise / noise.std())
    return np.stack(masks), distance <= radius


@pytest.mark.parametrize("wobbles", [[1.5] * 3, [1.0, 1.0, 5.0], [1.0, 1.0, 1.0, 5.0], [1.0] * 3 + [5.0] * 2])
@pytest.mark.parametrize("seed", [11, 12])
def test_no_reader_is_declared_the_truth(wobbles, seed):
    """Plain STAPLE on the disputed voxels of three readers falls behind majority; the consensus must not."""
    masks, truth = wobbly(15, wobbles, seed=seed)
    stack = masks.astype(np.uint8)
    assert dice(staple_labels(stack).labels, truth) >= dice(majority(stack), truth) - 0.006


def test_two_readers_tie_wherever_they_differ():
    masks, _ = wobbly(12, [1.5, 3.0], seed=1)
    stack = masks.astype(np.uint8)
    np.testing.assert_array_equal(staple_labels(stack).labels, majority(stack))
    np.testing.assert_array_equal(majority(stack), masks.all(axis=0))


@pytest.mark.parametrize("pad", [0, 5, 40])
def test_space_around_the_marks_changes_nothing(pad):
    truth = sphere(10)
    stack = raters(truth, [(0.9, 0.95), (0.8, 0.99), (0.7, 0.9)]).astype(np.uint8)
    wide = np.pad(stack, [(0, 0), (pad, pad), (pad, pad), (pad, pad)])
    inner = (slice(pad, pad + truth.shape[0]), slice(pad, pad + truth.shape[1]), slice(pad, pad + truth.shape[2]))
    for rule in (majority, lambda votes: staple_labels(votes).labels):
        np.testing.assert_array_equal(rule(wide)[inner], rule(stack))


def test_five_boundary_raters_are_not_inflated():
    """Readers who differ by where they put the boundary (-1.5 to +3 voxels): run over a whole scan, plain STAPLE swells
    the volume by a quarter; on disputed voxels alone it stays with the majority."""
    radii = [13.5, 14.25, 15.0, 16.5, 18.0]
    stack = np.stack([sphere(radius, margin=20 + round(18 - np.ceil(radius))) for radius in radii]).astype(np.uint8)
    whole = staple(stack.reshape(5, -1).astype(bool)).posterior > 0.5
    assert whole.sum() > 1.2 * majority(stack).sum()
    np.testing.assert_array_equal(staple_labels(stack).labels, majority(stack))


@pytest.mark.parametrize("rates", [[(0.9, 0.9)] * 5, [(0.95, 0.97), (0.9, 0.8), (0.7, 0.9)], [(0.99, 0.6)] * 4])
def test_equal_to_simpleitk_on_the_same_voxels(rates):
    truth = sphere(9)
    stack = raters(truth, rates)
    votes = stack[:, disputed(stack.astype(np.uint8))]
    images = [sitk.GetImageFromArray(vote.astype(np.uint8)[None, None]) for vote in votes]
    oracle = sitk.STAPLEImageFilter()
    oracle.SetForegroundValue(1)
    expected = sitk.GetArrayFromImage(oracle.Execute(images)).ravel()
    found = staple(votes)
    assert found.converged
    np.testing.assert_allclose(found.posterior, expected, atol=1e-4)
    np.testing.assert_allclose(found.sensitivity, oracle.GetSensitivity(), atol=1e-4)
    np.testing.assert_allclose(found.specificity, oracle.GetSpecificity(), atol=1e-4)


def test_several_labels_are_found_together():
    organs, organ = wobbly(20, [0.7] * 5, seed=5)
    lesions, lesion = wobbly(8, [0.5] * 5, seed=6)
    inner = np.pad(lesions, [(0, 0), (12, 12), (12, 12), (12, 12)])
    stack = np.where(inner, 2, organs).astype(np.uint8)
    truth = np.where(np.pad(lesion, 12), 2, organ)
    found = staple_labels(stack)
    assert set(found.per_label) == {1, 2}
    for value in (1, 2):
        singles = [dice(one == value, truth == value) for one in stack]
        assert dice(found.labels == value, truth == value) > max(singles)


@pytest.mark.parametrize("readers", [1, 3])
def test_readers_who_agree_need_no_estimate(readers):
    stack = np.repeat(sphere(4).astype(np.uint8)[None] * 3, readers, axis=0)
    found = staple_labels(stack)
    np.testing.assert_array_equal(found.labels, stack[0])
    np.testing.assert_array_equal(majority(stack), stack[0])
    assert found.per_label == {}


def test_nothing_marked_is_nothing():
    stack = np.zeros((3, 0), dtype=np.uint8)
    assert majority(stack).size == staple_labels(stack).labels.size == 0
    empty = staple(np.zeros((2, 0), dtype=bool))
    assert empty.converged
    assert empty.posterior.size == 0


@pytest.mark.parametrize("stack", [np.zeros((0, 3), dtype=np.uint8), np.zeros((2, 3)), np.zeros(3, dtype=np.uint8)])
def test_nonsense_is_refused(stack):
    with pytest.raises(RequestError):
        majority(stack)
    with pytest.raises(RequestError):
        staple_labels(stack)
    with pytest.raises(RequestError):
        staple(np.zeros(3, dtype=bool))
