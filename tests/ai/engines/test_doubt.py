"""Doubt by known answers: equal members, members who disagree evenly, MONAI's sliding window, views."""

import math

import numpy as np
import pytest
import torch
from monai.inferers import sliding_window_inference
from torch import nn

from ai.engines.doubt import agreement_of, estimate_doubt, voxel_doubt
from ai.engines.members import ALL_FLIPS, augmented_views, dropout_draws, flipped, plain, turned
from ai.errors import EngineError, RequestError
from ai.selection.uncertainty import class_entropy, mutual_information, predictive_entropy
from ai.training.networks import build_network, network_config


def constant(label, classes=4):
    """Return a member that is certain of one label everywhere."""

    def answer(windows):
        logits = torch.full((len(windows), classes, *windows.shape[2:]), -200.0)
        logits[:, label] = 200.0
        return logits

    return answer


def pointwise():
    """Return a network of 1x1x1 convolutions: it knows nothing of places, so that flips change nothing."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Conv3d(1, 6, 1), nn.ReLU(), nn.Conv3d(6, 3, 1)).eval()


def unet(seed):
    torch.manual_seed(seed)
    return build_network(network_config((4, 8), 3)).eval()


def image(*shape):
    return torch.rand(1, *shape, generator=torch.Generator().manual_seed(3))


def test_equal_members_have_no_quarrel_at_all():
    found = estimate_doubt(image(20, 24, 28), [plain(unet(0))] * 5, window=(16, 16, 16))
    assert (found.mutual_information == 0).all()
    assert found.entropy.min() > 0
    assert found.agreement.score == 1.0


@pytest.mark.parametrize("count", [2, 3, 4])
def test_members_who_disagree_evenly_quarrel_as_much_as_can_be(count):
    found = estimate_doubt(image(9, 8, 8), [constant(n) for n in range(count)], window=(8, 8, 8))
    np.testing.assert_allclose(found.entropy, math.log(count), atol=1e-6)
    np.testing.assert_allclose(found.mutual_information, math.log(count), atol=1e-6)
    assert found.agreement.score == 0.0
    certain = estimate_doubt(image(9, 8, 8), [constant(1)], window=(8, 8, 8))
    assert (certain.entropy == 0).all()
    assert np.isnan(certain.agreement.score)  # one member has nobody to agree with


def test_mutual_information_is_the_difference_of_entropies():
    p = torch.rand(5, 4, 100, generator=torch.Generator().manual_seed(1)).softmax(1)
    mean, entropy, mutual = voxel_doubt(p)
    own = -(p.double() * p.double().log()).sum(1).mean(0)
    torch.testing.assert_close(mutual, entropy - own, atol=1e-9, rtol=0)
    torch.testing.assert_close(mean, p.double().mean(0), atol=1e-12, rtol=0)
    assert (mutual <= entropy).all()


def test_the_maps_for_arrays_are_the_same():
    """Doubt is there twice, for tensors and for arrays; this holds them to each other."""
    p = torch.rand(4, 3, 6, 7, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    p = p / p.sum(dim=1, keepdim=True)
    mean, entropy, mutual = voxel_doubt(p)
    np.testing.assert_allclose(entropy.numpy(), predictive_entropy(p.numpy()), atol=1e-12)
    np.testing.assert_allclose(mutual.numpy(), mutual_information(p.numpy()), atol=1e-12)
    np.testing.assert_allclose((mean * entropy).numpy(), class_entropy(p.numpy()), atol=1e-12)


@pytest.mark.parametrize("shape", [(40, 24, 20), (16, 16, 16), (10, 40, 12), (33, 17, 21)])
def test_one_member_is_monais_sliding_window(shape):
    network, window = unet(0), (16, 16, 16)
    found = estimate_doubt(image(*shape), [plain(network)], window=window, batch=3)
    with torch.inference_mode():
        theirs = sliding_window_inference(image(*shape)[None], window, 2, network, overlap=0.25, mode="gaussian")
    expected = torch.as_tensor(theirs).softmax(1)[0].numpy()
    np.testing.assert_allclose(found.probabilities, expected, atol=1e-5)
    assert (found.labels == expected.argmax(0)).mean() > 0.999


def test_streaming_changes_nothing(monkeypatch):
    members = [plain(unet(seed)) for seed in range(3)]
    whole = estimate_doubt(image(50, 20, 18), members, window=(16, 16, 16))
    monkeypatch.setattr("ai.engines.doubt.CHUNK", 1)
    planes = estimate_doubt(image(50, 20, 18), members, window=(16, 16, 16), probabilities_of=(2,))
    np.testing.assert_allclose(whole.mutual_information, planes.mutual_information, atol=1e-6)
    np.testing.assert_allclose(whole.probabilities[2:], planes.probabilities, atol=1e-6)
    assert whole.agreement == planes.agreement


def test_agreement_is_mean_pairwise_dice():
    members = [plain(unet(seed)) for seed in range(3)]
    found = estimate_doubt(image(20, 20, 20), members, window=(20, 20, 20))
    with torch.inference_mode():
        maps = [member(image(20, 20, 20)[None]).argmax(1).numpy() for member in members]
    for label, dice in found.agreement.per_label.items():
        masks = [one == label for one in maps]
        pairs = [(masks[0], masks[1]), (masks[0], masks[2]), (masks[1], masks[2])]
        expected = [2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in pairs if a.any() or b.any()]
        assert dice == pytest.approx(np.mean(expected))
    counts = np.array([[[4, 0, 0], [0, 0, 0], [0, 0, 0]], np.zeros((3, 3))], dtype=np.int64)
    assert agreement_of(counts).per_label == {1: 0.0}  # one found it, two did not; nobody found label 2


def test_views_of_a_network_that_knows_no_places_are_the_plain_result():
    network = pointwise()
    once = estimate_doubt(image(20, 18, 22), [plain(network)], window=(16, 16, 16))
    views = augmented_views(plain(network))
    assert len(views) == len(ALL_FLIPS) == 8
    many = estimate_doubt(image(20, 18, 22), views, window=(16, 16, 16))
    np.testing.assert_array_equal(many.labels, once.labels)
    np.testing.assert_allclose(many.probabilities, once.probabilities, atol=1e-6)
    assert many.mutual_information.max() < 1e-10


def test_flips_are_undone():
    seen = []

    def corner(windows):
        seen.append(windows.clone())
        return torch.cat([windows, -windows], dim=1)

    there = torch.arange(24.0).reshape(1, 1, 2, 3, 4)
    answer = flipped(corner, (0, 2))(there)
    torch.testing.assert_close(answer, corner(there))
    assert float(seen[0][0, 0, 0, 0, 0]) == float(there[0, 0, 1, 0, 3])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_turns_go_by_the_angle_and_are_undone(axis):
    """A line through the middle comes out turned by 12 degrees in a grid whose sides differ; there and back is near."""
    size = [40, 40, 40]
    size[(axis + 1) % 3] = 56
    index = torch.meshgrid(*[torch.arange(n) - (n - 1) / 2 for n in size], indexing="ij")
    one, other = (index[place] for place in range(3) if place != axis)
    ridge = torch.exp(-((other / 2.0) ** 2))[None, None]
    seen = []
    back = turned(lambda windows: seen.append(windows) or windows, 12.0, axis=axis)(ridge)
    inner = (one**2 + other**2 < 14**2)[None, None]
    weight = seen[0] * inner
    slope = float((weight * one * other).sum() / (weight * one**2).sum())
    assert abs(abs(math.degrees(math.atan(slope))) - 12.0) < 1.0
    assert float((back - ridge)[inner].abs().max()) < 0.1
    assert float((back - ridge)[inner].abs().mean()) < 0.02


def test_draws_of_dropout_differ_and_follow_from_the_seed():
    torch.manual_seed(2)
    network = nn.Sequential(nn.Conv3d(1, 8, 3, padding=1), nn.Dropout3d(0.5), nn.Conv3d(8, 3, 1)).eval()
    state = torch.get_rng_state()
    runs = [
        estimate_doubt(image(16, 16, 16), dropout_draws(network, draws=4, seed=seed), window=(16, 16, 16))
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0].mutual_information, runs[1].mutual_information)
    assert (runs[0].mutual_information != runs[2].mutual_information).any()
    assert runs[0].mutual_information.mean() > 1e-4
    assert not any(layer.training for layer in network.modules())
    assert torch.equal(state, torch.get_rng_state())
    with pytest.raises(EngineError):
        dropout_draws(unet(0))


def test_nonsense_is_refused():
    for wrong, members in ((image(8, 8, 8)[0], [constant(0)]), (image(8, 8, 8), [])):
        with pytest.raises(RequestError):
            estimate_doubt(wrong, members, window=(8, 8, 8))
    with pytest.raises(EngineError):
        estimate_doubt(image(8, 8, 8), [constant(0), constant(0, classes=3)], window=(8, 8, 8))


def test_what_progress_raises_ends_the_run():
    shares = []
    estimate_doubt(image(20, 20, 20), [constant(0)], window=(8, 8, 8), on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        estimate_doubt(image(20, 20, 20), [constant(0)], window=(8, 8, 8), on_progress=stop)
