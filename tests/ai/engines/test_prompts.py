import numpy as np
import pytest

from ai.engines.prompts import PROMPT_ENGINES, load_prompt_engine, segment_around
from ai.errors import EngineError, RequestError
from ai.imaging.prompt_region import NEIGHBOURHOOD_VOXELS, box_on_grid, drawn, neighbourhood
from ai.types import PromptLine, PromptRequest, PromptResult

CUBE = (1.0, 1.0, 1.0)


def image_of(shape, centre, radius):
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    truth = ((index - np.array(centre)) ** 2).sum(axis=-1) <= radius**2
    rng = np.random.default_rng(0)
    return (truth * 5.0 + rng.normal(0, 1, shape)).astype(np.float32), truth


def marked(image, lines, box=None):
    """Return the mask on the whole image, and what was read of it."""
    read = []

    def part(region):
        read.append(region)
        return image[tuple(slice(a, b) for a, b in zip(*region, strict=True))]

    mask, region = segment_around(load_prompt_engine(), part, image.shape, CUBE, lines, box)
    whole = np.zeros(image.shape, dtype=bool)
    whole[tuple(slice(a, b) for a, b in zip(*region, strict=True))] = mask
    return whole, read


def dice(a, b):
    return 2.0 * (a & b).sum() / (a.sum() + b.sum())


def test_only_the_neighbourhood_of_the_prompts_is_read():
    image, truth = image_of((40, 200, 400), (20, 60, 300), 12)
    mask, read = marked(image, [PromptLine(((20, 60, 300),))])
    assert dice(mask, truth) > 0.97
    assert len(read) == 1
    assert np.prod(np.subtract(read[0][1], read[0][0])) <= NEIGHBOURHOOD_VOXELS
    assert load_prompt_engine().name == "geodesic"
    assert set(PROMPT_ENGINES) == {"geodesic"}


def test_what_reaches_over_the_edge_is_looked_at_once_more_in_full():
    image, truth = image_of((60, 320, 320), (30, 150, 150), 110)
    mask, read = marked(image, [PromptLine(((30, 150, 150),))])
    assert len(read) == 2
    assert dice(mask, truth) > 0.97


def test_a_scribble_is_obeyed_along_its_whole_way_and_a_box_bounds():
    image, _ = image_of((30, 60, 60), (15, 30, 30), 10)
    box = ((5.0, 20.0, 20.0), (25.0, 40.0, 32.0))
    with pytest.raises(RequestError, match="outside of the box"):
        marked(image, [PromptLine(((15, 25, 25), (15, 35, 35)))], box)
    line = PromptLine(((15, 25, 25), (15, 30, 31)))
    mask, _ = marked(image, [line], box)
    assert mask[drawn((line,), ((0, 0, 0), image.shape), positive=True)].all()
    assert np.argwhere(mask)[:, 2].max() <= 32


def test_lines_have_no_gaps_and_boxes_may_be_given_by_any_corners():
    region = ((0, 0, 0), (10, 20, 20))
    mask = drawn((PromptLine(((0, 0, 0), (9, 19, 7))),), region, positive=True)
    assert mask.any(axis=(0, 2)).all()
    assert mask.any(axis=(1, 2)).all()
    assert box_on_grid(((9, 3, 4), (1, 8, 30)), (10, 20, 20)) == ((1, 3, 4), (10, 9, 20))
    assert box_on_grid(((2, 3, 4), (2, 3, 4)), (10, 20, 20)) == ((2, 3, 4), (3, 4, 5))


@pytest.mark.parametrize(
    ("shape", "spacing"),
    [((300, 512, 512), (1.0, 0.7, 0.7)), ((51, 512, 512), (5.0, 0.8, 0.8)), ((1, 3000, 2400), CUBE), ((4, 4, 4), CUBE)],
)
def test_a_neighbourhood_is_bounded_and_holds_the_prompts(shape, spacing):
    place = tuple(float(n - 1) for n in shape)
    low, high = neighbourhood(shape, spacing, [PromptLine((place,))], None)
    assert np.prod(np.subtract(high, low)) <= NEIGHBOURHOOD_VOXELS
    assert (np.array(low) <= place).all()
    assert (np.array(high) > place).all()
    assert (np.array(high) <= shape).all()


def test_prompts_too_far_apart_are_refused():
    lines = [PromptLine(((0, 0, 0), (399, 399, 399)))]
    with pytest.raises(RequestError, match="too far apart"):
        neighbourhood((400, 400, 400), CUBE, lines, None)


def test_requests_and_results_are_checked():
    image = np.zeros((4, 5, 6), dtype=np.float32)
    inside = (PromptLine(((1, 1, 1),)),)
    for arguments, words in (
        ((image.astype(np.float64), CUBE, inside), "float32"),
        ((image[0], CUBE, inside), "three-dimensional"),
        ((image, (1.0, 0.0, 1.0), inside), "Spacing"),
        ((image, CUBE, ()), "Nothing says"),
        ((image, CUBE, (PromptLine(((1, 1, 1),), positive=False),)), "Nothing says"),
        ((image, CUBE, (PromptLine(((1, 1, 6),)),)), "off the image"),
        ((image, CUBE, (), ((9, 9, 9), (12, 12, 12))), "off the image"),
    ):
        with pytest.raises(RequestError, match=words):
            PromptRequest(*arguments)
    for places in ((), ((1, 2),), ((1, 2, float("nan")),)):
        with pytest.raises(RequestError, match="at least one place"):
            PromptLine(places)
    with pytest.raises(RequestError, match="three-dimensional array of bool"):
        PromptResult(np.zeros((2, 2), bool), 0.0)
    with pytest.raises(EngineError, match="no prompt engine"):
        load_prompt_engine("magic")


def test_values_that_are_not_finite_are_refused():
    image = np.full((4, 5, 6), np.nan, dtype=np.float32)
    with pytest.raises(RequestError, match="not finite"):
        PromptRequest(image, CUBE, (PromptLine(((1, 1, 1),)),))


class Leaking:
    """An engine that finds a ball around each positive prompt, and everything once there are so many of them."""

    name = "leaking"

    def __init__(self, leaks_at: int) -> None:
        self.leaks_at, self.asked = leaks_at, 0

    def segment(self, request: PromptRequest) -> PromptResult:
        """Answer."""
        self.asked += 1
        positive = [line.places_kji[0] for line in request.lines if line.positive]
        index = np.indices(request.image.shape)
        near = [sum((index[axis] - place[axis]) ** 2 for axis in range(3)) <= 36 for place in positive]
        mask = np.logical_or.reduce(near) | (len(positive) >= self.leaks_at)
        return PromptResult(mask, 0.0)


def test_a_prompt_that_leaks_changes_what_lies_around_it_alone():
    image = np.zeros((40, 40, 40), np.float32)
    lines = [PromptLine(((20.0, 20.0, 12.0),)), PromptLine(((20.0, 20.0, 23.0),))]
    engine = Leaking(leaks_at=2)
    mask, region = segment_around(engine, lambda _: image, image.shape, CUBE, lines)
    assert region == ((0, 0, 0), (40, 40, 40))
    k, j, i = np.indices(image.shape)
    first = (k - 20) ** 2 + (j - 20) ** 2 + (i - 12) ** 2 <= 36
    # The click lies 5 voxels from the mask before it: nothing farther than 2.5 times that is added.
    added = ((k - 20) ** 2 + (j - 20) ** 2 + (i - 23) ** 2 <= 12.5**2) & ~first
    assert np.array_equal(mask, first | added)


def test_prompts_before_are_asked_once_and_are_the_same_with_and_without():
    image = np.zeros((40, 40, 40), np.float32)
    lines = [PromptLine(((20.0, 20.0, float(i)),)) for i in (8, 16, 24)]
    engine, known = Leaking(leaks_at=3), {}
    for count in (1, 2, 3):
        mask, _ = segment_around(engine, lambda _: image, image.shape, CUBE, lines[:count], known=known)
    assert engine.asked == 3
    assert np.array_equal(segment_around(engine, lambda _: image, image.shape, CUBE, lines)[0], mask)
    assert not mask.all()
