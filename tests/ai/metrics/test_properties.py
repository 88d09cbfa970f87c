"""What every figure must do whatever it is given: symmetry, turning, renaming, other types and strides of arrays."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from ai.metrics.agreement.icc import intraclass_correlation
from ai.metrics.agreement.kappa import Weights, cohen_kappa, counts_of, fleiss_kappa
from ai.metrics.agreement.krippendorff import Scale, krippendorff_alpha
from ai.metrics.agreement.masks import generalised_dice, pairwise_dice
from ai.metrics.classification import compare_auc, roc_auc
from ai.metrics.consensus.result import Rule, find_consensus
from ai.metrics.detection.matching import MatchRule, match_lesions, score_matches
from ai.metrics.surface import surface_dice, surface_distances
from ai.metrics.table import compare_labels

SPACING = (3.0, 0.5, 1.25)
QUICK = settings(deadline=None, max_examples=25)
maps = npst.array_shapes(min_dims=3, max_dims=3, max_side=5).flatmap(
    lambda shape: npst.arrays(np.uint8, (2, *shape), elements=st.integers(0, 3))
)
ratings = npst.arrays(np.float64, st.tuples(st.integers(2, 8), st.integers(2, 4)), elements=st.integers(0, 4))
stacks = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: npst.arrays(np.uint8, shape, elements=st.integers(0, 3))
)


def figures(row):
    """Return what must not depend on how the pair is laid out."""
    distances = row.hausdorff_mm, row.hd95_mm, row.assd_mm
    return [row.dice, row.jaccard, row.volume_a_ml, row.volume_b_ml, *distances, *row.surface_dice.values()]


def table(a, b, spacing=SPACING):
    rows = compare_labels(a, b, spacing_mm=spacing, tolerances_mm=(0.6, 2.0))
    return {row.label: figures(row) for row in rows}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for label, values in found.items():
        np.testing.assert_allclose(values, expected[label], rtol=1e-9, atol=1e-12)


@QUICK
@given(pair=maps)
def test_masks_swapped(pair):
    a, b = pair
    swapped = {k: [v[0], v[1], v[3], v[2], *v[4:]] for k, v in table(b, a).items()}
    assert_same(table(a, b), swapped)


@QUICK
@given(pair=maps, order=st.permutations((0, 1, 2)))
def test_masks_turned_with_their_spacing(pair, order):
    turned = pair.transpose(0, *(axis + 1 for axis in order))
    assert_same(table(*turned, spacing=tuple(SPACING[axis] for axis in order)), table(*pair))


@QUICK
@given(pair=maps, move=st.tuples(*[st.integers(0, 3)] * 3), flip=st.tuples(*[st.booleans()] * 3))
def test_masks_moved_and_flipped(pair, move, flip):
    wide = np.pad(pair, [(0, 0), *((step, 3 - step) for step in move)])
    flipped = wide[(slice(None), *(slice(None, None, -1 if one else 1) for one in flip))]
    assert_same(table(*flipped), table(*pair))


@QUICK
@given(pair=maps, seed=st.integers(0, 5))
def test_labels_renamed(pair, seed):
    names = np.concatenate([[0], np.random.default_rng(seed).permutation(250)[:3] + 1])
    found = table(*names[pair].astype(np.uint8))
    assert_same(found, {int(names[label]): values for label, values in table(*pair).items()})


@QUICK
@given(pair=maps, kind=st.sampled_from([np.uint16, np.int16, np.int64, np.uint32]))
def test_types_and_strides_of_label_maps(pair, kind):
    holder = np.zeros([2 * n for n in pair.shape], dtype=kind)
    view = holder[tuple(slice(None, None, 2) for _ in pair.shape)]
    view[...] = pair
    assert not view[0].flags.c_contiguous or view[0].size < 2
    assert_same(table(*view), table(*pair))
    assert_same(table(*np.asfortranarray(pair)), table(*pair))


@QUICK
@given(pair=maps, kind=st.sampled_from([np.bool_, np.uint8, np.int64, np.float32, np.float64]))
def test_types_of_masks(pair, kind):
    a, b = pair > 0
    one, other = (surface_distances(*masks, spacing_mm=SPACING) for masks in ((a, b), (a.astype(kind), b.astype(kind))))
    assert str((one.assd_mm, one.hd95_mm)) == str((other.assd_mm, other.hd95_mm))
    options = {"spacing_mm": SPACING, "tolerances_mm": (1.0,)}
    assert str(surface_dice(a, b, **options)) == str(surface_dice(a.astype(kind), b.astype(kind), **options))


@QUICK
@given(pair=maps, factor=st.sampled_from([0.25, 7.0]))
def test_distances_scale_with_the_spacing(pair, factor):
    a, b = pair > 0
    found, wide = (
        surface_distances(a, b, spacing_mm=tuple(step * times for step in SPACING)) for times in (1.0, factor)
    )
    for name in ("assd_mm", "hausdorff_mm", "hd95_mm"):
        assert getattr(wide, name) == pytest.approx(factor * getattr(found, name), nan_ok=True)


@QUICK
@given(pair=maps, rule=st.sampled_from(list(MatchRule)))
def test_lesions_turned_and_renamed(pair, rule):
    options = {"rule": rule, "min_iou": 0.1, "tolerance_mm": 1.0}
    found = score_matches([match_lesions(*pair, spacing_mm=SPACING, **options)])
    turned = pair.transpose(0, 3, 1, 2) * np.uint8(5)
    spacing = SPACING[2], SPACING[0], SPACING[1]
    again = score_matches([match_lesions(*turned, spacing_mm=spacing, **options)])
    assert (again.hits, again.missed) == (found.hits, found.missed)
    assert again.panoptic_quality == pytest.approx(found.panoptic_quality, nan_ok=True)


@QUICK
@given(table=ratings, seed=st.integers(0, 5))
def test_cases_and_readers_in_another_order(table, seed):
    rng = np.random.default_rng(seed)
    moved = rng.permutation(rng.permutation(table, axis=0), axis=1)
    few = {"resamples": 2}
    for one, other in (
        (fleiss_kappa(counts_of(table.T), **few), fleiss_kappa(counts_of(moved.T), **few)),
        *(
            (krippendorff_alpha(table.T, scale=scale, **few), krippendorff_alpha(moved.T, scale=scale, **few))
            for scale in Scale
        ),
        *zip(intraclass_correlation(table).values(), intraclass_correlation(moved).values(), strict=True),
    ):
        assert one.value == pytest.approx(other.value, nan_ok=True, abs=1e-9)


@QUICK
@given(table=ratings)
def test_two_readers_swapped_and_categories_renamed(table):
    a, b = table[:, 0], table[:, 1]
    for weights in Weights:
        here, swapped = cohen_kappa(a, b, weights=weights), cohen_kappa(b, a, weights=weights)
        assert here.value == pytest.approx(swapped.value, nan_ok=True)
        assert (here.low, here.high) == pytest.approx((swapped.low, swapped.high), nan_ok=True)
        scaled = cohen_kappa(10 * a - 3, 10 * b - 3, weights=weights)
        assert here.value == pytest.approx(scaled.value, nan_ok=True)
        assert math.isnan(here.value) or -1 <= here.value <= 1
    assert krippendorff_alpha(table.T, scale=Scale.INTERVAL, resamples=2).value == pytest.approx(
        krippendorff_alpha(5 * table.T + 2, scale=Scale.INTERVAL, resamples=2).value, nan_ok=True
    )


@QUICK
@given(scores=npst.arrays(np.float64, 9, elements=st.integers(-3, 3)), seed=st.integers(0, 9))
def test_scores_by_another_name(scores, seed):
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.arange(9) < 4)
    found = roc_auc(scores, truth)
    for same in (np.exp(scores), scores.astype(np.float32), scores.astype(np.int64), (2 * scores)[::-1][::-1]):
        assert str(roc_auc(same, truth)) == str(found)
    assert roc_auc(scores, ~truth).value == pytest.approx(1 - found.value)
    there, back = compare_auc(scores, -scores, truth), compare_auc(-scores, scores, truth)
    assert there.difference.value == pytest.approx(-back.difference.value)
    assert there.p_value == pytest.approx(back.p_value, nan_ok=True)


@QUICK
@given(stack=stacks, seed=st.integers(0, 5), rule=st.sampled_from([one for one in Rule if one != Rule.WEIGHTED]))
def test_consensus_of_readers_in_another_order_and_of_voxels_elsewhere(stack, seed, rule):
    found = find_consensus(stack, rule)
    order = np.random.default_rng(seed).permutation(len(stack))
    again = find_consensus(stack[order], rule)
    turned = find_consensus(stack.transpose(0, 2, 1)[:, ::-1], rule)
    np.testing.assert_array_equal(turned.labels[::-1].T, found.labels)
    np.testing.assert_array_equal(turned.dissent[::-1].T, found.dissent)
    if rule != Rule.SIMPLE:  # who is left out first may hang on the order where readers are equally far
        np.testing.assert_array_equal(again.labels, found.labels)
        for label, one in found.reliability.items():
            assert again.reliability[label].sensitivity == pytest.approx(
                tuple(one.sensitivity[place] for place in order), nan_ok=True
            )


@QUICK
@given(stack=stacks)
def test_masks_of_readers_agree_symmetrically(stack):
    if len(stack) < 2:
        return
    found, turned = (pairwise_dice([one], label=2, resamples=2) for one in (stack, stack[::-1]))
    assert found.mean.value == pytest.approx(turned.mean.value, nan_ok=True)
    one, other = (generalised_dice([some], labels=(1, 2, 3), resamples=2) for some in (stack, stack[::-1]))
    assert one.value == pytest.approx(other.value, nan_ok=True)
    assert math.isnan(one.value) or 0 <= one.value <= 1
