"""Every strategy on pools small enough to count by hand; what holds for all of them."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ai.errors import RequestError
from ai.selection.choosing import choose
from ai.selection.combining import mean_rank
from ai.selection.noise import power_scores, scheduled_beta
from ai.selection.regions import Region, patches
from ai.selection.scoring import Candidates
from ai.selection.strategies import NEEDS, TAKERS, Strategy


def apart(count, **columns):
    """Return candidates that never overlap, one per case."""
    return Candidates(tuple(Region(str(place), (0,), (1,)) for place in range(count)), **columns)


def test_every_strategy_is_there():
    assert set(NEEDS) == set(TAKERS) == set(Strategy)


def test_random_has_equal_chances():
    pool = apart(6)
    drawn = Counter(
        place for seed in range(3000) for place in choose(pool, 2, strategy=Strategy.RANDOM, seed=seed).places
    )
    assert stats.chisquare([drawn[place] for place in range(6)]).pvalue > 0.001


def test_strided_is_even():
    assert choose(apart(12), 4, strategy=Strategy.STRIDED, seed=0).places == (1, 4, 7, 10)
    assert choose(apart(12), 4, strategy=Strategy.STRIDED, seed=9).places == (1, 4, 7, 10)
    labelled = [Region("4", (0,), (1,)), Region("0", (0,), (1,))]
    # ten are left: 1 2 3 5 6 7 8 9 10 11, the middles of their quarters are the second, fourth, seventh and ninth
    assert choose(apart(12), 4, strategy=Strategy.STRIDED, seed=0, labelled=labelled).places == (2, 5, 8, 10)


@pytest.mark.parametrize(("strategy", "column"), [(Strategy.ENTROPY, "entropy"), (Strategy.BALD, "mutual_information")])
def test_highest_scores_first(strategy, column):
    pool = apart(5, **{column: np.array([0.3, 0.0, 0.9, 0.5, 0.4])})
    found = choose(pool, 3, strategy=strategy, seed=4)
    assert found.places == (2, 3, 4)
    assert set(found.reasons) == {column.replace("_", " ")}


def test_the_seed_decides_between_equal_scores():
    pool = apart(4, entropy=np.zeros(4))
    first = Counter(choose(pool, 1, strategy=Strategy.ENTROPY, seed=seed).places[0] for seed in range(400))
    assert stats.chisquare([first[place] for place in range(4)]).pvalue > 0.001


@pytest.mark.parametrize(
    ("strategy", "column"), [(Strategy.POWER_ENTROPY, "entropy"), (Strategy.POWER_BALD, "mutual_information")]
)
def test_power_draws_in_proportion_to_the_score(strategy, column):
    """The first is drawn with score / sum; the second without replacement, as Gumbel-top-k does."""
    scores = np.array([1.0, 2.0, 3.0, 4.0])
    pool = apart(4, **{column: scores})
    runs = 4000
    found = [choose(pool, 2, strategy=strategy, seed=seed).places for seed in range(runs)]
    first = np.bincount([one[0] for one in found], minlength=4)
    assert stats.chisquare(first, runs * scores / 10).pvalue > 0.001
    second = {(a, b): scores[a] / 10 * scores[b] / (10 - scores[a]) for a in range(4) for b in range(4) if a != b}
    pairs = Counter(found)
    assert stats.chisquare([pairs[one] for one in second], [runs * p for p in second.values()]).pvalue > 0.001


def test_power_sharpens_with_beta():
    scores, rng = np.array([1.0, 2.0]), np.random.default_rng(5)
    wins = np.mean([power_scores(scores, beta=3.0, rng=rng).argmax() for _ in range(4000)])
    assert wins == pytest.approx(8 / 9, abs=0.02)
    assert power_scores([0.0, -1e-9, 1.0], beta=2.0, rng=rng)[:2].tolist() == [-np.inf, -np.inf]
    for wrong in ([np.nan], [np.inf], [-0.1]):
        with pytest.raises(RequestError):
            power_scores(wrong, beta=1.0, rng=rng)
    with pytest.raises(RequestError):
        power_scores([1.0], beta=0.0, rng=rng)


def test_beta_grows_by_equal_factors():
    betas = [scheduled_beta(number, 7) for number in range(7)]
    assert betas[0] == 1
    assert betas[-1] == pytest.approx(100)
    np.testing.assert_allclose(np.diff(np.log(betas)), np.log(100) / 6)
    assert scheduled_beta(0, 1) == 1
    for wrong in ((-1, 3), (0, 0)):
        with pytest.raises(RequestError):
            scheduled_beta(*wrong)


@pytest.mark.parametrize(("strategy", "expected"), [(Strategy.FOREGROUND_33, 3), (Strategy.FOREGROUND_66, 6)])
def test_foreground_aware_draws_classes_alike(strategy, expected):
    """Class 2 shows in 2 of 200 regions, class 1 in 60: classes are drawn alike, so both of class 2 nearly always."""
    share = np.zeros((200, 3))
    share[:60, 1], share[60:62, 2] = 0.5, 0.1
    share[:, 0] = 1 - share[:, 1:].sum(axis=1)
    pool = apart(200, class_share=share)
    found = [choose(pool, 10, strategy=strategy, seed=seed) for seed in range(200)]
    for one in found:
        by_reason = Counter(reason for reason in one.reasons)
        assert by_reason["random"] + by_reason["random, for want of others"] == 10 - expected
        for place, reason in zip(one.places, one.reasons, strict=True):
            if reason.startswith("shows class"):
                assert share[place, int(reason[-1])] > 0
    rare = np.mean([sum(60 <= place < 62 for place in one.places) for one in found])
    # three fair draws of a class give class 2 twice at most: 0*1/8 + 1*3/8 + 2*4/8; six: nearly 2
    assert rare == pytest.approx({3: 11 / 8, 6: 2 - 8 / 64}[expected], abs=0.2)


def test_foreground_aware_without_foreground_is_random():
    pool = apart(20, class_share=np.tile([1.0, 0.0], (20, 1)))
    found = choose(pool, 6, strategy=Strategy.FOREGROUND_66, seed=1)
    assert len(found.places) == 6
    assert set(found.reasons) == {"random, for want of others"}


def test_clasp_splits_the_budget_and_ends_without_noise():
    """100 candidates, budget 10: six to two classes, four to entropy; at beta 100 clear leaders are chosen."""
    rng = np.random.default_rng(3)
    per_class = rng.uniform(0.01, 0.02, (100, 3))
    per_class[:20, 1], per_class[20:40, 2], per_class[40:60, 0] = 1, 1, 9
    pool = apart(100, class_entropy=per_class, entropy=per_class.sum(axis=1))
    found = choose(pool, 10, strategy=Strategy.CLASP, seed=2, round_number=5, rounds=6)
    assert Counter(found.reasons) == {"class 1": 3, "class 2": 3, "entropy": 4}
    ranges = {"class 1": range(20), "class 2": range(20, 40), "entropy": range(40, 60)}
    assert all(place in ranges[reason] for place, reason in zip(found.places, found.reasons, strict=True))


def test_clasp_is_noisy_at_first():
    """With beta 1 the first of a class is drawn in proportion to its score."""
    scores = np.array([1.0, 2.0, 3.0, 4.0])
    pool = apart(4, class_entropy=np.stack([scores * 0, scores], axis=1), entropy=scores)
    found = [choose(pool, 2, strategy=Strategy.CLASP, seed=seed, rounds=6) for seed in range(3000)]
    assert {one.reasons for one in found} == {("class 1", "entropy")}
    first = np.bincount([one.places[0] for one in found], minlength=4)
    assert stats.chisquare(first, 300 * scores).pvalue > 0.001


def test_k_centre_on_a_line():
    """0 1 2 5 9 10: the mean is 4.5, hence 5 first; then 0 and 10, both 5 away; then 2, which is 2 from 0."""
    line = np.array([[0.0], [1.0], [2.0], [5.0], [9.0], [10.0]])
    pool = apart(6, embedding=line)
    assert choose(pool, 4, strategy=Strategy.K_CENTRE, seed=0).places == (3, 0, 5, 2)
    known = choose(pool, 2, strategy=Strategy.K_CENTRE, seed=0, known=np.array([[10.0]]))
    assert known.places == (0, 3)
    for wrong in (np.array([[1.0, 2.0]]), np.array([[np.nan]])):
        with pytest.raises(RequestError):
            choose(pool, 2, strategy=Strategy.K_CENTRE, seed=0, known=wrong)


def test_k_centre_is_at_most_twice_the_best_radius():
    rng = np.random.default_rng(8)
    from itertools import combinations

    for _ in range(20):
        points = rng.random((9, 2))
        between = np.linalg.norm(points[:, None] - points[None], axis=2)
        best = min(between[:, list(chosen)].min(axis=1).max() for chosen in combinations(range(9), 3))
        found = choose(apart(9, embedding=points), 3, strategy=Strategy.K_CENTRE, seed=0).places
        assert between[:, list(found)].min(axis=1).max() <= 2 * best + 1e-12


def test_disagreement_and_combinations():
    entropy, readers = np.array([0.1, 0.2, 0.3, 0.4]), np.array([9.0, 1.0, 8.0, 7.0])
    pool = apart(4, entropy=entropy, disagreement=readers, embedding=np.array([[0.0], [0.0], [5.0], [5.1]]))
    assert choose(pool, 2, strategy=Strategy.DISAGREEMENT, seed=0).places == (0, 2)
    # ranks of entropy 0 1 2 3, of disagreement 3 0 2 1: sums 3 1 4 4
    assert set(choose(pool, 2, strategy=Strategy.ENTROPY_AND_DISAGREEMENT, seed=0).places) == {2, 3}
    np.testing.assert_allclose(mean_rank({"a": entropy, "b": readers}, weights={"b": 0}), [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(mean_rank({"a": [1.0, 1.0, 2.0]}), (stats.rankdata([1, 1, 2]) - 1) / 2)
    assert mean_rank({"a": [3.0]}).tolist() == [0.5]
    for wrong in ({}, {"a": [1.0], "b": [1.0, 2.0]}, {"a": [np.nan]}):
        with pytest.raises(RequestError):
            mean_rank(wrong)
    with pytest.raises(RequestError):
        mean_rank({"a": [1.0]}, weights={"b": 1.0})


def test_short_list_then_farthest():
    """Budget 1: the short list holds the four of highest entropy, places 4 to 7; 5 is nearest to their mean."""
    pool = apart(8, entropy=np.arange(8.0), embedding=np.array([[90.0], [80], [70], [60], [0], [4], [5], [12]]))
    assert choose(pool, 1, strategy=Strategy.ENTROPY_THEN_K_CENTRE, seed=0).places == (6,)
    far = choose(pool, 1, strategy=Strategy.ENTROPY_THEN_K_CENTRE, seed=0, known=np.array([[12.0]]))
    assert far.places == (4,)


def test_a_budget_can_be_shared():
    pool = apart(40, entropy=np.arange(40.0))
    found = choose(pool, 5, strategy={Strategy.ENTROPY: 0.5, Strategy.RANDOM: 0.5}, seed=0)
    assert Counter(found.reasons) == {"entropy": 3, "random": 2}
    assert found.places[:3] == (39, 38, 37)
    for wrong in ({}, {Strategy.RANDOM: 0.0}):
        with pytest.raises(RequestError):
            choose(pool, 5, strategy=wrong, seed=0)


def test_empty_pools_missing_columns_and_nonsense():
    assert choose(Candidates(()), 5, seed=0).places == ()
    assert choose(apart(3), 5, strategy=Strategy.RANDOM, seed=0).asked == 5
    assert len(choose(apart(3), 5, strategy=Strategy.RANDOM, seed=0).places) == 3
    for strategy, needed in NEEDS.items():
        if needed:
            with pytest.raises(RequestError, match=needed[0].replace("_", " ")):
                choose(apart(3), 2, strategy=strategy, seed=0)
    for wrong in ({"budget": 0}, {"round_number": -1}, {"rounds": 0}, {"seed": -1}, {"cap_per_case": 0}):
        with pytest.raises(RequestError):
            choose(apart(3), **{"budget": 1, "seed": 0, "strategy": Strategy.RANDOM, **wrong})


@settings(max_examples=150, deadline=None)
@given(
    strategy=st.sampled_from(Strategy),
    budget=st.integers(1, 12),
    cap=st.none() | st.integers(1, 3),
    seed=st.integers(0, 10_000),
    labelled=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8), st.integers(0, 8)), max_size=4),
)
def test_never_twice_the_same_voxel_never_beyond_the_cap_always_the_same(strategy, budget, cap, seed, labelled):
    regions = tuple(region for case in range(3) for region in patches(str(case), (12, 12), (4, 4)))
    rng = np.random.default_rng(seed)
    count = len(regions)
    share = rng.dirichlet(np.ones(3), count) * (rng.random((count, 3)) < 0.5)
    columns = {name: rng.random(count) for name in ("entropy", "mutual_information", "disagreement")}
    pool = Candidates(
        regions,
        **columns,
        class_entropy=rng.random((count, 3)),
        class_share=share,
        embedding=rng.normal(size=(count, 2)),
    )
    known = [Region(str(case), (j, i), (4, 4)) for case, j, i in labelled]
    found, again = (
        choose(pool, budget, strategy=strategy, seed=seed, rounds=4, round_number=1, labelled=known, cap_per_case=cap)
        for _ in range(2)
    )
    assert found == again
    assert len(found.places) <= budget == found.asked
    assert len(found.places) == len(found.reasons)
    assert found.regions == tuple(regions[place] for place in found.places)
    for place, region in enumerate(found.regions):
        assert not any(region.overlaps(other) for other in (*known, *found.regions[:place]))
    per_case = Counter(region.case for region in found.regions)
    assert cap is None or not per_case or max(per_case.values()) <= cap
    if len(found.places) < budget:
        taken = (*known, *found.regions)
        left = [r for r in regions if not any(r.overlaps(one) for one in taken) and (not cap or per_case[r.case] < cap)]
        assert left == []


def test_strategies_by_name_and_what_is_none():
    """A name is the strategy; no name and no share makes a choice that looks like one."""
    pool = Candidates(tuple(Region(name, (0,), (2,)) for name in "abc"), entropy=np.array([0.1, 0.5, 0.3]))
    assert choose(pool, 2, strategy="entropy", seed=0).places == (1, 2)
    for wrong in (
        {"strategy": "entropie"},
        {"strategy": {Strategy.ENTROPY: np.nan}},
        {"strategy": {Strategy.ENTROPY: np.inf, Strategy.RANDOM: 1.0}},
        {"strategy": {"entropie": 1.0}},
        {"budget": 1.5},
        {"budget": np.nan},
    ):
        with pytest.raises(RequestError):
            choose(pool, **{"budget": 2, "strategy": Strategy.ENTROPY, "seed": 0, **wrong})
