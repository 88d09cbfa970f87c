"""What has no answer is refused or NaN as documented, never a number that looks like one."""

import math

import numpy as np
import pytest

from ai.errors import RequestError
from ai.metrics.agreement.concordance import concordance_correlation
from ai.metrics.agreement.icc import IccForm, intraclass_correlation
from ai.metrics.agreement.kappa import cohen_kappa, fleiss_kappa, kappa_of_table
from ai.metrics.agreement.krippendorff import Scale, krippendorff_alpha
from ai.metrics.agreement.masks import pairwise_dice
from ai.metrics.calibration.errors import boundary_calibration_error, classwise_calibration_error, reliability
from ai.metrics.calibration.temperature import fit_temperatures, probabilities_at
from ai.metrics.classification import roc_auc
from ai.metrics.consensus import majority, staple, staple_soft
from ai.metrics.consensus.confusion import staple_confusion
from ai.metrics.consensus.result import Rule, find_consensus
from ai.metrics.detection.curves import MarkedCase, froc, wafroc
from ai.metrics.detection.matching import match_lesions
from ai.metrics.guarantees.intervals import calibrate_interval, chance_of_coverage, coverage_band
from ai.metrics.guarantees.margin import calibrate_margin, needed_margin_mm, with_margin
from ai.metrics.guarantees.risk import false_negative_rates
from ai.metrics.mrmc.kernels import covariance_matrix, roc_kernel
from ai.metrics.mrmc.obuchowski_rockette import Covariances
from ai.metrics.mrmc.sample_size import Pilot, cases_needed, power, readers_needed
from ai.metrics.mrmc.ustatistics import u_difference
from ai.metrics.overlap import dice, volume_ml
from ai.metrics.surface import surface_dice, surface_distances
from ai.metrics.table import compare_labels

NAN = math.nan
CUBE = (1.0, 1.0, 1.0)
MASK = np.zeros((4, 5, 6), dtype=bool)
MASK[1:3, 1:3, 1:4] = True
GAPPY = np.where(MASK, 1.0, NAN)
LABELS = MASK.astype(np.uint8)
PILOT = Pilot(0.001, Covariances(0.0008, 0.0003, 0.0003, 0.0002), 100)
VOTES = np.array([[1, 0, 1], [1, 1, 0]], dtype=np.uint8)


@pytest.mark.parametrize("spacing", [(1, NAN, 1), (1, math.inf, 1), (1, -1, 1), (1, 0, 1), (1, 1)])
def test_what_is_no_spacing(spacing):
    for call in (
        lambda: volume_ml(MASK, spacing_mm=spacing),
        lambda: surface_distances(MASK, MASK, spacing_mm=spacing),
        lambda: surface_dice(MASK, MASK, spacing_mm=spacing, tolerances_mm=(1,)),
        lambda: compare_labels(LABELS, LABELS, spacing_mm=spacing),
        lambda: compare_labels(LABELS * 0, LABELS * 0, spacing_mm=spacing),
        lambda: match_lesions(LABELS, LABELS, spacing_mm=spacing),
        lambda: boundary_calibration_error(MASK * 0.5, MASK, spacing_mm=spacing, within_mm=1),
        lambda: needed_margin_mm(MASK, MASK, spacing_mm=spacing),
        lambda: with_margin(MASK, margin_mm=1, spacing_mm=spacing),
    ):
        with pytest.raises(RequestError):
            call()


@pytest.mark.parametrize(
    "call",
    {
        "a mask with gaps": lambda: dice(GAPPY, MASK),
        "a mask of words": lambda: dice(np.array(["a", ""]), np.array(["a", "b"])),
        "no mask at all": lambda: dice(None, None),
        "a number for a mask": lambda: dice(1, 1),
        "background as a label": lambda: compare_labels(LABELS, LABELS, spacing_mm=CUBE, labels=[0]),
        "no such rule of matching": lambda: match_lesions(LABELS, LABELS, spacing_mm=CUBE, rule="centres"),
        "a truth with gaps": lambda: roc_auc([1, 2, 3], [0, 1, NAN]),
        "outcomes with gaps": lambda: reliability([0.1, 0.2], [0, NAN]),
        "an ignored label": lambda: classwise_calibration_error(np.full((2, 3), 0.5), np.array([0, 1, 255])),
        "a truth of another shape": lambda: boundary_calibration_error(
            np.zeros((2, 2, 2)), np.eye(4)[None], spacing_mm=CUBE, within_mm=1
        ),
        "a boundary with gaps": lambda: boundary_calibration_error(MASK * 0.5, GAPPY, spacing_mm=CUBE, within_mm=1),
        "labels between": lambda: fit_temperatures(np.ones((2, 3)), np.array([0, 0.5, 1])),
        "a temperature of 0": lambda: probabilities_at(np.ones((2, 3)), (0.0, 1.0)),
        "too few temperatures": lambda: probabilities_at(np.ones((2, 3)), (1.0,)),
        "parts of readers": lambda: fleiss_kappa([[1.5, 0.5], [1, 1]]),
        "a category twice": lambda: cohen_kappa([1, 2], [2, 2], categories=[1, 1, 2]),
        "categories as words": lambda: cohen_kappa(["a", "b"], ["a", "b"]),
        "a negative count": lambda: kappa_of_table([[-1, 2], [3, 4]], weights=np.eye(2)),
        "weights of another size": lambda: kappa_of_table([[1, 2], [3, 4]], weights=np.eye(3)),
        "no such scale": lambda: krippendorff_alpha([[1, 2], [1, 3]], scale="ordinary"),
        "no such level": lambda: krippendorff_alpha([[1, 2]], scale=Scale.NOMINAL, level=3),
        "an infinite rating": lambda: krippendorff_alpha([[1, math.inf], [1, 2]], scale=Scale.INTERVAL),
        "grids that would broadcast": lambda: pairwise_dice([[np.ones((4, 4), int), np.ones((1, 4), int)]]),
        "a spread of 0": lambda: calibrate_interval([1.0, 2.0], [1.0, 3.0], [1.0, 1.0]).around([1.0], [0.0]),
        "spreads of other cases": lambda: calibrate_interval([1.0], [1.0], [1.0]).around([1.0, 2.0], [1.0]),
        "no new case": lambda: coverage_band(10, test_cases=0),
        "bounds the wrong way": lambda: chance_of_coverage(10, 0.95, 0.8),
        "a share above 1": lambda: calibrate_margin([1.0] * 20, share=3),
        "a missing margin": lambda: with_margin(MASK, margin_mm=NAN, spacing_mm=CUBE),
        "a negative margin": lambda: with_margin(MASK, margin_mm=-1, spacing_mm=CUBE),
        "a missing threshold": lambda: false_negative_rates(np.array([0.5, 1]), np.array([1, 1]), (NAN,)),
        "a missing truth": lambda: false_negative_rates(np.array([0.5, 1]), np.array([1, NAN]), (0.5,)),
        "fewer lesions than none": lambda: MarkedCase([], [], -1),
        "a missing rate": lambda: froc([MarkedCase([0.2], [0], 1)], fp_rates=(NAN,)),
        "a negative rate": lambda: froc([MarkedCase([0.2], [0], 1)], fp_rates=(-1.0,)),
        "votes in a list": lambda: majority([[1, 0], [1, 1]]),
        "votes that are no labels": lambda: majority(np.ones((2, 3), dtype=bool)),
        "more readers than can be counted": lambda: majority(np.ones((256, 3), dtype=np.uint8)),
        "no such rule of consensus": lambda: find_consensus(VOTES, "plurality"),
        "expected more than certain": lambda: staple(VOTES > 0, expected=2.0, weight=0.5),
        "a missing weight": lambda: staple(VOTES > 0, weight=NAN),
        "a negative weight": lambda: staple_confusion(VOTES, weight=-1.0),
        "soft votes above 1": lambda: staple_soft(VOTES * 2.0),
        "soft votes with gaps": lambda: staple_soft(np.array([[NAN, 0.0], [1.0, 0.0]])),
        "hard votes for soft": lambda: staple_soft(VOTES),
        "a missing difference": lambda: power(PILOT, readers=5, cases=100, difference=NAN),
        "more power than there is": lambda: cases_needed(PILOT, readers=5, difference=0.1, wanted=2.0),
        "no power": lambda: readers_needed(PILOT, cases=50, difference=0.1, wanted=0.0),
        "a study's truth with gaps": lambda: roc_kernel(np.zeros((2, 2, 4)), [0, 0, 1, NAN]),
        "no such covariance": lambda: covariance_matrix(np.zeros((2, 2, 3, 3)), "bootstrap"),
        "no such test": lambda: u_difference(np.zeros((2, 2, 3, 3)), first=0, second=2),
    }.items(),
    ids=lambda one: one[0],
)
def test_refused(call):
    with pytest.raises(RequestError):
        call[1]()


@pytest.mark.parametrize("shape", [(0, 3, 3), (3, 0, 3), (0, 0, 0)])
def test_no_voxels(shape):
    nothing = np.zeros(shape, dtype=np.uint8)
    assert math.isnan(dice(nothing, nothing))
    assert volume_ml(nothing, spacing_mm=CUBE) == 0
    assert compare_labels(nothing, nothing, spacing_mm=CUBE) == ()
    (row,) = compare_labels(nothing, nothing, spacing_mm=CUBE, labels=(4,))
    assert (row.voxels_a, row.voxels_b) == (0, 0)
    assert math.isnan(row.dice)
    assert math.isnan(row.surface_dice[1.0])
    assert match_lesions(nothing, nothing, spacing_mm=CUBE).pairs == ()
    for rule in (one for one in Rule if one != Rule.WEIGHTED):
        assert find_consensus(np.stack([nothing] * 3), rule).labels.shape == shape


def test_one_reader_alone_is_the_consensus():
    one = np.random.default_rng(0).integers(0, 4, (1, 5, 6), dtype=np.uint8)
    for rule in (some for some in Rule if some != Rule.WEIGHTED):
        found = find_consensus(one, rule)
        np.testing.assert_array_equal(found.labels, one[0])
        assert not found.dissent.any()


def test_one_case_has_no_interval():
    for found in (
        cohen_kappa([1], [2]),
        fleiss_kappa([[2, 1]]),
        krippendorff_alpha([[1], [2]], scale=Scale.INTERVAL),
        pairwise_dice([np.ones((2, 3), dtype=np.uint8)]).mean,
        wafroc([MarkedCase([0.1], [-1], 0), MarkedCase([0.2], [0], 1), MarkedCase([], [], 1)]),
    ):
        assert math.isnan(found.low), found
        assert math.isnan(found.high), found
    assert math.isnan(krippendorff_alpha([[1, 2, 3]], scale=Scale.NOMINAL).value)


@pytest.mark.parametrize("step", [1.0, 0.1, 1e9])
def test_readers_who_say_the_same_agree_whatever_the_numbers(step):
    """0.1 is not exact: sums of it leave 1e-17, of which no F must be made."""
    same = intraclass_correlation(step * np.array([[1, 1, 1], [2, 2, 2], [3, 3, 3]]))
    for form in IccForm:
        assert same[form].value == 1
        assert math.isnan(same[form].low)
    levels = intraclass_correlation(step * np.array([[1, 2], [2, 3], [3, 4]]))
    assert levels[IccForm.THREE_SINGLE].value == 1
    assert levels[IccForm.TWO_SINGLE].value == pytest.approx(2 / 3)
    assert math.isnan(levels[IccForm.TWO_SINGLE].low)
    flat = np.full((3, 3), step)
    assert all(math.isnan(one.value) for one in intraclass_correlation(flat).values())
    assert math.isnan(concordance_correlation(flat[0], flat[0]).value)
    perfect = cohen_kappa([1, 2, 2, 3], [1, 2, 2, 3])
    assert perfect.value == 1
    assert math.isnan(perfect.low)


def test_whole_probabilities_are_compared_as_numbers():
    """Thresholds were once taken in the type of the probabilities, where .5 of a whole type is 0."""
    assert false_negative_rates(np.array([0, 1, 1]), np.array([1, 1, 1]), (0.5,)).tolist() == [1 / 3]
