"""Maps of doubt and rows of figures: known answers, oracles, edges."""

import numpy as np
import pytest
from scipy import stats

from ai.errors import RequestError
from ai.selection.disagreement import case_disagreement, vote_entropy
from ai.selection.regions import Region, patches, whole_case
from ai.selection.scoring import Aggregation, Candidates, join, region_means, score_case, with_columns
from ai.selection.uncertainty import class_entropy, mutual_information, predictive_entropy


def members(shape=(5, 4, 6, 7), seed=1, dtype=np.float64):
    return np.moveaxis(np.random.default_rng(seed).dirichlet(np.ones(shape[1]), (shape[0], *shape[2:])), -1, 1).astype(
        dtype
    )


def test_entropy_and_mutual_information_are_those_of_scipy():
    p = members()
    whole = stats.entropy(p.mean(axis=0), axis=0)
    np.testing.assert_allclose(predictive_entropy(p), whole, atol=1e-12)
    np.testing.assert_allclose(mutual_information(p), whole - stats.entropy(p, axis=1).mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(class_entropy(p).sum(axis=0), whole, atol=1e-12)


def test_known_answers():
    uniform, certain = np.full((1, 4, 2), 0.25), np.zeros((1, 4, 2))
    certain[:, 2] = 1
    assert predictive_entropy(uniform) == pytest.approx(np.log(4))
    assert (predictive_entropy(certain) == 0).all()
    apart = np.zeros((2, 3, 1))
    apart[0, 0] = apart[1, 1] = 1
    assert mutual_information(apart) == pytest.approx(np.log(2))
    assert class_entropy(apart)[:, 0] == pytest.approx([np.log(2) / 2, np.log(2) / 2, 0])


def test_members_that_say_the_same_have_no_mutual_information():
    same = np.repeat(members((1, 4, 9, 9), dtype=np.float32), 5, axis=0)
    found = mutual_information(same)
    assert (found >= 0).all()
    assert found.max() < 1e-6
    assert (mutual_information(same[:1]) == 0).all()


def test_entropy_is_never_below_zero():
    """In float32 a probability a little above 1 gives -p log p < 0, and NaN after another logarithm."""
    almost = np.array([[[1 + 2e-7], [0.0]]], dtype=np.float32)
    assert (predictive_entropy(almost) == 0).all()
    assert (class_entropy(almost) == 0).all()


def test_dtypes():
    assert predictive_entropy(members(dtype=np.float64)).dtype == np.float64
    for dtype in (np.float16, np.float32):
        found = predictive_entropy(members(dtype=dtype))
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, predictive_entropy(members()), atol=0.01)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((0, 2, 3)),
        np.full((1, 1, 3), 1.0),
        np.full(3, 0.5),
        np.full((1, 2, 3), np.nan),
        np.full((1, 2, 3), 0.4),
        np.array([[[1.5], [-0.5]]]),
        np.array([[[4.0], [-2.0]]]),
    ],
)
def test_what_is_no_probability_is_refused(wrong):
    for figure in (predictive_entropy, mutual_information, class_entropy):
        with pytest.raises(RequestError):
            figure(wrong)


def test_votes():
    stack = np.array([[1, 1, 2], [1, 2, 2], [1, 2, 0], [1, 1, 1]], dtype=np.uint8)
    expected = [stats.entropy(np.bincount(column)) for column in stack.T]
    np.testing.assert_allclose(vote_entropy(stack), expected, atol=1e-6)
    assert case_disagreement(np.zeros((3, 4, 4), dtype=np.uint8)) == 0
    # pairs: Dice 2/3 (one voxel of two and one), 0 and 0
    assert case_disagreement([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]) == pytest.approx(1 - 2 / 9)
    for wrong in (np.zeros((1, 4), dtype=np.uint8), np.zeros((2, 4)), np.zeros((2, 0), dtype=np.uint8)):
        for figure in (vote_entropy, case_disagreement):
            with pytest.raises(RequestError):
                figure(wrong)


def test_patches_cover_a_case_and_stay_inside():
    found = patches("a", (7, 10, 3), (4, 4, 8))
    covered = np.zeros((7, 10, 3), dtype=int)
    for region in found:
        assert covered[region.slices].shape == (4, 4, 3)
        covered[region.slices] += 1
    assert covered.min() >= 1
    assert len({region.corner for region in found}) == len(found)
    assert patches("a", (4, 4), (4, 4)) == [whole_case("a", (4, 4))]
    for nonsense in (((0, 4), (2, 2)), ((4, 4), (2,)), ((4, 4), (0, 2))):
        with pytest.raises(RequestError):
            patches("a", *nonsense)


def test_overlap_is_that_of_voxels():
    rng = np.random.default_rng(2)
    for _ in range(200):
        one, other = (
            Region("a", tuple(rng.integers(0, 5, 3).tolist()), tuple(rng.integers(1, 5, 3).tolist())) for _ in range(2)
        )
        grid = np.zeros((9, 9, 9), dtype=int)
        grid[one.slices] += 1
        grid[other.slices] += 1
        assert one.overlaps(other) == other.overlaps(one) == bool((grid == 2).any())
    with pytest.raises(RequestError):
        Region("a", (0,), (1,)).overlaps(Region("a", (0, 0), (1, 1)))
    for corner, size in (((-1,), (2,)), ((0,), (0,)), ((0, 0), (1,)), ((), ())):
        with pytest.raises(RequestError):
            Region("a", corner, size)


def test_regions_of_maps():
    maps = np.arange(200.0).reshape(2, 10, 10)
    regions = patches("a", (10, 10), (4, 5))
    np.testing.assert_allclose(
        region_means(maps, regions), [maps[(slice(None), *r.slices)].mean((1, 2)) for r in regions]
    )
    top = region_means(maps, [whole_case("a", (10, 10))], aggregation=Aggregation.TOP)
    np.testing.assert_allclose(top, [[97, 197]])  # the five highest of a hundred
    assert region_means(maps, []).shape == (0, 2)
    for outside in (Region("a", (7, 7), (4, 4)), Region("a", (0,), (4,))):
        with pytest.raises(RequestError):
            region_means(maps, [outside])


def test_rows_of_a_case():
    p = members((3, 4, 8, 8), dtype=np.float32)
    regions = [whole_case("a", (8, 8)), Region("a", (2, 2), (1, 1))]
    rows = score_case(p, regions)
    assert rows.entropy[0] == pytest.approx(predictive_entropy(p).mean(), abs=1e-6)
    assert rows.mutual_information[1] == pytest.approx(mutual_information(p)[2, 2], abs=1e-6)
    assert rows.disagreement[0] == pytest.approx(vote_entropy(p.argmax(axis=1)).mean(), abs=1e-6)
    np.testing.assert_allclose(rows.class_entropy.sum(axis=1), rows.entropy, atol=1e-6)
    np.testing.assert_allclose(
        rows.class_share[0], np.bincount(p.mean(axis=0).argmax(axis=0).ravel(), minlength=4) / 64
    )
    assert score_case(p[:1], regions).disagreement is None
    assert len(score_case(p, [])) == 0
    with pytest.raises(RequestError):
        score_case(p, [*regions, whole_case("b", (8, 8))])


def test_pools_of_rows():
    regions = patches("a", (8,), (4,))
    one = Candidates(tuple(regions), entropy=np.arange(3.0), disagreement=np.ones(3))
    both = join([one, Candidates(()), Candidates((whole_case("b", (8,)),), entropy=np.array([7.0]))])
    assert both.entropy.tolist() == [0, 1, 2, 7]
    assert both.disagreement is None
    assert len(join([])) == 0
    assert with_columns(both, embedding=np.zeros((4, 2))).embedding.shape == (4, 2)
    with pytest.raises(RequestError, match="embedding"):
        both.column("embedding")
    with pytest.raises(RequestError):
        with_columns(both, colour=np.zeros(4))
    with pytest.raises(RequestError):
        join([Candidates((regions[0],), embedding=np.zeros((1, width))) for width in (2, 3)])


@pytest.mark.parametrize("wrong", [[0.1, np.nan], [0.1, np.inf], [0.1, -0.1], [0.1], [[0.1], [0.2]]])
def test_rows_with_gaps_are_refused(wrong):
    with pytest.raises(RequestError):
        Candidates((Region("a", (0,), (1,)), Region("b", (0,), (1,))), entropy=np.array(wrong))


@pytest.mark.gpu
def test_cupy_answers_as_numpy():
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if not cupy.cuda.is_available():
        pytest.skip("there is no CUDA device")
    p = members((5, 4, 16, 24, 24), dtype=np.float32)
    for figure in (predictive_entropy, mutual_information, class_entropy):
        found = figure(cupy.asarray(p))
        assert isinstance(found, cupy.ndarray)
        np.testing.assert_allclose(found.get(), figure(p), atol=1e-4 * np.log(4))
    regions = patches("a", (16, 24, 24), (8, 8, 8))
    for aggregation in Aggregation:
        here, there = (score_case(one, regions, aggregation=aggregation) for one in (p, cupy.asarray(p)))
        for name in ("entropy", "mutual_information", "class_entropy", "class_share", "disagreement"):
            np.testing.assert_allclose(there.column(name), here.column(name), atol=1e-4)
