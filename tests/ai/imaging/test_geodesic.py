import numpy as np
import pytest

from ai.errors import RequestError
from ai.imaging.geodesic import geodesic_distance


def seeds(shape, *places):
    start = np.full((1, *shape), np.inf, dtype=np.float32)
    for place in places:
        start[0][place] = 0.0
    return start


def test_another_library_finds_the_same_paths():
    from skimage.graph import MCP_Geometric

    rng = np.random.default_rng(3)
    price = (0.2 + rng.random((17, 20, 23)) ** 3).astype(np.float32)
    spacing = (2.5, 1.0, 0.7)
    ours = geodesic_distance(price, seeds(price.shape, (3, 4, 5), (12, 18, 20)), spacing)[0]
    peer = MCP_Geometric(price, fully_connected=True, sampling=spacing)
    theirs, _ = peer.find_costs([(3, 4, 5), (12, 18, 20)])
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_a_uniform_price_gives_the_chamfer_distance_in_millimetres():
    found = geodesic_distance(np.ones((5, 9, 9), np.float32), seeds((5, 9, 9), (2, 4, 4)), (3.0, 1.0, 1.0))[0]
    assert found[2, 4, 4] == 0
    assert found[4, 4, 4] == pytest.approx(6.0)
    assert found[2, 8, 4] == pytest.approx(4.0)
    assert found[2, 8, 8] == pytest.approx(4 * 2**0.5)
    assert found[3, 5, 5] == pytest.approx(11**0.5)


def test_a_path_goes_round_a_wall_and_one_plane_is_enough():
    price = np.ones((1, 21, 21), dtype=np.float32)
    price[0, 10, :-1] = 1000.0  # one gap, at the end
    found = geodesic_distance(price, seeds(price.shape, (0, 0, 0)), (1.0, 1.0, 1.0))[0]
    assert 20 < found[0, 20, 0] < 60


def test_flips_and_turned_axes_change_nothing_but_the_place():
    rng = np.random.default_rng(5)
    price = (0.5 + rng.random((12, 14, 16))).astype(np.float32)
    start = seeds(price.shape, (2, 3, 4))
    found = geodesic_distance(price, start, (2.0, 1.0, 0.5))
    flipped = geodesic_distance(price[::-1, :, ::-1], start[:, ::-1, :, ::-1], (2.0, 1.0, 0.5))
    np.testing.assert_allclose(flipped[:, ::-1, :, ::-1], found, rtol=1e-5)
    turned = geodesic_distance(price.transpose(2, 0, 1), start.transpose(0, 3, 1, 2), (0.5, 2.0, 1.0))
    np.testing.assert_allclose(turned.transpose(0, 2, 3, 1), found, rtol=1e-5)


def test_a_field_without_a_seed_is_infinite_and_shapes_are_checked():
    assert np.isinf(geodesic_distance(np.ones((4, 4, 4), np.float32), seeds((4, 4, 4)), (1, 1, 1))).all()
    with pytest.raises(RequestError):
        geodesic_distance(np.ones((4, 4, 4), np.float32), seeds((4, 4, 5)), (1, 1, 1))
