"""Explanations by known answers: a planted blob, a linear network, and weights that are made random."""

import numpy as np
import pytest
import torch
from monai.networks.layers import GaussianFilter
from torch import nn

from ai.engines.explain import BLUR, Score, grad_cam, integrated_gradients, kept_after_randomising, occlusion
from ai.errors import RequestError
from ai.training.networks import build_network, network_config

SHAPE = (16, 20, 24)
BLOB = (slice(4, 9), slice(10, 15), slice(6, 11))
LAYER = "model.0"


def planted(seed=0):
    """Return an image of noise and a bright blob, and the blob's mask."""
    image = 0.1 * torch.rand(1, *SHAPE, generator=torch.Generator().manual_seed(seed))
    mask = torch.zeros(SHAPE, dtype=torch.bool)
    mask[BLOB] = True
    image[0][mask] += 0.8
    return image, mask


@pytest.fixture(scope="module")
def network():
    """Return a small U-Net that has learnt to find bright blobs, wherever they are."""
    torch.manual_seed(0)
    net = build_network(network_config((4, 8), 2))
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-2)
    image, mask = planted()
    for step in range(60):
        shift = (step % 5 - 2, step % 3 - 1, step % 7 - 3)
        there, truth = image.roll(shift, (1, 2, 3))[None], mask.roll(shift, (0, 1, 2))[None].long()
        optimiser.zero_grad()
        nn.functional.cross_entropy(net(there), truth, weight=torch.tensor([1.0, 10.0])).backward()
        optimiser.step()
    assert ((net(image[None]).argmax(1)[0] == 1) & mask).sum() > 0.9 * mask.sum()
    return net.eval()


def methods(image, mask):
    """Return every method, ready for a network."""
    return {
        "grad_cam": lambda net: grad_cam(net, image, label=1, layer=LAYER, region=mask),
        "occlusion": lambda net: occlusion(net, image, label=1, patch=4, overlap=0.0, region=mask),
        "integrated_gradients": lambda net: integrated_gradients(net, image, label=1, steps=10, region=mask),
    }


@pytest.mark.parametrize("name", ["grad_cam", "occlusion", "integrated_gradients"])
def test_a_map_points_at_what_was_planted_and_random_weights_destroy_it(network, name):
    image, mask = planted(7)
    explain = methods(image, mask)[name]
    before = [weight.clone() for weight in network.parameters()]
    found = explain(network)
    assert found.shape == SHAPE
    assert bool(mask[np.unravel_index(found.argmax(), SHAPE)])
    inside = np.abs(found)[mask.numpy()].mean()
    assert inside > 3 * np.abs(found)[~mask.numpy()].mean()
    np.testing.assert_array_equal(found, explain(network))
    kept = [kept_after_randomising(network, explain, seed=seed) for seed in range(3)]
    assert max(kept) < 0.5
    assert all(torch.equal(one, other) for one, other in zip(before, network.parameters(), strict=True))
    assert not any(layer._forward_hooks for layer in network.modules())


def test_a_map_of_the_image_alone_does_not_pass_the_check(network):
    image, _ = planted()
    assert kept_after_randomising(network, lambda _: image[0].numpy()) == pytest.approx(1.0)
    assert kept_after_randomising(network, lambda _: np.zeros(SHAPE, np.float32)) == 0.0


def test_integrated_gradients_of_a_linear_network_are_exact():
    torch.manual_seed(1)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(60, 3)).double()
    image, start = torch.randn(2, 1, 3, 4, 5, dtype=torch.float64)
    found = integrated_gradients(linear, image, label=2, baseline=start, steps=1)
    expected = (linear[1].weight[2].reshape(3, 4, 5) * (image - start)[0]).detach()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_integrated_gradients_add_up_to_the_score(network):
    image, mask = planted(3)
    found = integrated_gradients(network, image, label=1, steps=100, region=mask)
    with torch.no_grad():
        scores = Score(network, mask)(torch.stack([image, GaussianFilter(3, sigma=BLUR)(image[None])[0]]))[:, 1]
    assert found.sum() == pytest.approx(float(scores[0] - scores[1]), rel=1e-2)


def test_occlusion_is_the_fall_of_the_score(network):
    image, mask = planted(3)
    found = occlusion(network, image, label=1, patch=SHAPE, region=mask)
    with torch.no_grad():
        scores = Score(network, mask)(torch.stack([image, torch.zeros_like(image)]))[:, 1]
    np.testing.assert_allclose(found, float(scores[0] - scores[1]), rtol=1e-4)


def test_nonsense_is_refused(network):
    image, _ = planted()
    nothing = torch.zeros(SHAPE, dtype=torch.bool)
    for wrong in (
        lambda: grad_cam(network, image, label=1, layer="nowhere"),
        lambda: grad_cam(network, image, label=5, layer=LAYER),
        lambda: grad_cam(network, image, label=1, layer=LAYER, region=nothing),
        lambda: occlusion(network, image, label=1, patch=30),
        lambda: occlusion(network, image[0], label=1, patch=4),
        lambda: integrated_gradients(network, image, label=1, baseline=image[:, 1:]),
    ):
        with pytest.raises(RequestError):
            wrong()
