import tracemalloc

import numpy as np
import pytest

from ai.errors import RequestError
from ai.imaging.phantoms import make_touching_phantom
from ai.imaging.prompting import pooling_factors, segment_prompts

CUBE = (1.0, 1.0, 1.0)


def dice(a, b):
    return 2.0 * (a & b).sum() / (a.sum() + b.sum())


def at(shape, *places):
    mask = np.zeros(shape, dtype=bool)
    for place in places:
        mask[place] = True
    return mask


def ball(shape, centre, radius_mm, spacing=CUBE):
    index = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    return (((index - np.array(centre)) * np.array(spacing)) ** 2).sum(axis=-1) <= radius_mm**2


def noisy(mask, contrast=6.0, seed=0):
    return (mask * contrast + np.random.default_rng(seed).normal(0, 1, mask.shape)).astype(np.float32)


def test_touching_objects_of_one_grey_part_where_they_touch():
    """ALGORITHMS 2.7 at CNR 2: three positive and three negative strokes, under 1 % of the lesion's voxels."""
    scores = []
    for seed in range(10):
        phantom = make_touching_phantom(seed)
        assert phantom.inside.sum() < 0.01 * phantom.lesion.sum()
        mask = segment_prompts(phantom.image, phantom.inside, phantom.outside, CUBE)
        scores.append(dice(mask, phantom.lesion))
    assert np.mean(scores) >= 0.98
    assert min(scores) >= 0.97


def test_the_same_on_128_cubed():
    for seed in (20, 21):
        phantom = make_touching_phantom(seed, size=128)
        assert dice(segment_prompts(phantom.image, phantom.inside, phantom.outside, CUBE), phantom.lesion) >= 0.98


def test_one_click_takes_a_ball_and_a_negative_click_gives_part_of_it_back():
    shape = (40, 44, 48)
    truth = ball(shape, (20, 22, 24), 11.0)
    image, nothing = noisy(truth), np.zeros(shape, dtype=bool)
    click = at(shape, (20, 22, 24))
    found = segment_prompts(image, click, nothing, CUBE)
    assert dice(found, truth) > 0.97
    less = segment_prompts(image, click, at(shape, (20, 22, 33)), CUBE)
    assert not less[20, 22, 33]
    assert less[20, 22, 24]
    assert less.sum() < found.sum()


@pytest.mark.parametrize("seed", range(6))
def test_prompts_are_obeyed_on_noise(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(1, 40, 3))
    image = rng.normal(0, 100, shape).astype(np.float32)
    inside, outside = rng.random(shape) < 0.01, rng.random(shape) < 0.01
    inside[tuple(n // 2 for n in shape)] = True
    outside &= ~inside
    mask = segment_prompts(image, inside, outside, tuple(rng.uniform(0.3, 4, 3)))
    assert mask[inside].all()
    assert not mask[outside].any()
    again = segment_prompts(image, inside, outside, CUBE)
    np.testing.assert_array_equal(again, segment_prompts(image, inside, outside, CUBE))


def test_a_flat_image_and_a_single_voxel_do_no_harm():
    for shape in ((1, 1, 1), (1, 9, 9), (7, 7, 7)):
        start = at(shape, tuple(n // 2 for n in shape))
        assert segment_prompts(np.zeros(shape, np.float32), start, np.zeros(shape, bool), CUBE)[start].all()


def test_flips_and_turned_axes_give_the_same_mask():
    shape, spacing = (40, 56, 64), (2.0, 1.0, 1.0)
    truth = ball(shape, (18, 25, 30), 15.0, spacing)
    image, click, stop = noisy(truth, 4.0), at(shape, (18, 25, 30)), at(shape, (18, 25, 52))
    found = segment_prompts(image, click, stop, spacing)
    assert dice(found, truth) > 0.95
    flip = np.s_[::-1, :, ::-1]
    flipped = segment_prompts(*(np.ascontiguousarray(a[flip]) for a in (image, click, stop)), spacing)
    assert dice(flipped[flip], found) > 0.995
    turned = segment_prompts(
        *(np.ascontiguousarray(a.transpose(2, 0, 1)) for a in (image, click, stop)), (1.0, 2.0, 1.0)
    )
    assert dice(turned.transpose(1, 2, 0), found) > 0.995


def test_the_border_between_click_and_stop_lies_half_way_in_millimetres():
    """Two balls that touch, seen on a cubic grid and on one with steps of 3 mm: the same object in the patient."""
    volumes = []
    for shape, spacing in (((48, 48, 80), CUBE), ((16, 48, 80), (3.0, 1.0, 1.0))):
        centre = (24 / spacing[0], 24.0, 24.0)
        truth = ball(shape, centre, 14.0, spacing)
        other = ball(shape, (*centre[:2], 50.0), 14.0, spacing)
        click, stop = (at(shape, (int(centre[0]), 24, i)) for i in (24, 50))
        found = segment_prompts(noisy(truth | other, 5.0), click, stop, spacing)
        assert dice(found, truth) > 0.95
        volumes.append(found.sum() * spacing[0])
    assert volumes[0] == pytest.approx(volumes[1], rel=0.06)


def test_a_box_alone_takes_what_stands_out_in_it():
    shape = (32, 64, 64)
    lesion, other = ball(shape, (16, 20, 20), 8.0), ball(shape, (16, 46, 46), 8.0)
    nothing = np.zeros(shape, dtype=bool)
    found = segment_prompts(noisy(lesion | other), nothing, nothing, CUBE, ((6, 27), (10, 31), (10, 31)))
    assert dice(found, lesion) > 0.95
    assert not (found & other).any()


def test_a_plane_is_an_image_too():
    shape = (1, 200, 240)
    truth = ball(shape, (0, 90, 110), 30.0, (1.0, 0.8, 0.8))
    found = segment_prompts(noisy(truth, 4.0), at(shape, (0, 90, 110)), np.zeros(shape, bool), (1.0, 0.8, 0.8))
    assert dice(found, truth) > 0.97


def test_contradictions_are_named():
    shape = (8, 8, 8)
    image, here, nothing = np.zeros(shape, np.float32), at(shape, (4, 4, 4)), np.zeros(shape, bool)
    for arguments, words in (
        ((here, here, CUBE), "inside and as outside"),
        ((nothing, here, CUBE), "Nothing says"),
        ((here, np.zeros((8, 8, 9), bool), CUBE), "one grid"),
        ((here, nothing, CUBE, ((0, 2), (0, 8), (0, 8))), "outside of the box"),
        ((here, nothing, CUBE, ((0, 9), (0, 8), (0, 8))), "leaves the image"),
    ):
        with pytest.raises(RequestError, match=words):
            segment_prompts(image, *arguments)


def test_memory_stays_within_a_few_images():
    phantom = make_touching_phantom(1, size=96)
    tracemalloc.start()
    segment_prompts(phantom.image, phantom.inside, phantom.outside, CUBE)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * phantom.image.nbytes


def test_coarse_voxels_are_as_cubic_as_can_be():
    assert pooling_factors((128, 128, 128), CUBE, 48**3) == (3, 3, 3)
    assert pooling_factors((30, 300, 300), (5.0, 1.0, 1.0), 48**3) == (1, 5, 5)
    assert pooling_factors((1, 512, 512), CUBE, 48**3) == (1, 2, 2)
