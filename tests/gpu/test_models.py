"""Drafting and training on CUDA against the CPU, where MONAI and nibabel are there."""

import importlib.util

import numpy as np
import pytest
import torch

NEEDED = ("monai", "nibabel")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device"),
    pytest.mark.skipif(
        any(importlib.util.find_spec(name) is None for name in NEEDED), reason="MONAI or nibabel is not installed"
    ),
]


@pytest.fixture(autouse=True)
def full_precision():
    """Let convolutions count in float32, not in the shorter TF32 that cuDNN prefers."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = before


def test_a_draft_is_the_same(tmp_path):
    from ai.engines import load_engine
    from ai.imaging.phantoms import make_phantom
    from ai.types import SegmentRequest
    from tests.ai.bundles import threshold_bundle

    bundle, phantom = threshold_bundle(tmp_path / "bundle"), make_phantom(1)
    request = SegmentRequest(phantom.image, phantom.geometry)
    ours, theirs = (load_engine(bundle, device=device).segment(request).labels for device in ("cpu", "cuda"))
    assert ours.any()
    assert np.mean(ours != theirs) <= 1e-4


def test_a_step_of_training_is_the_same():
    from monai.losses import DiceCELoss

    from ai.training.networks import build_network, network_config

    torch.manual_seed(0)
    network = build_network(network_config((8, 16, 32), 3))
    image, label = torch.rand(2, 1, 32, 32, 32), torch.randint(0, 3, (2, 1, 32, 32, 32)).float()
    answers = []
    for device in ("cpu", "cuda"):
        placed = network.to(device)
        placed.zero_grad()
        output = placed(image.to(device))
        DiceCELoss(to_onehot_y=True, softmax=True, batch=True)(output, label.to(device)).backward()
        gradient = torch.cat([one.grad.flatten() for one in placed.parameters() if one.grad is not None])
        answers.append((output.detach().cpu(), gradient.cpu()))
    for ours, theirs in zip(*answers, strict=True):
        assert float((ours - theirs).abs().max()) <= 1e-4 * float(ours.max() - ours.min())


def test_a_training_runs_on_the_device_and_goes_on_after_a_stop(tmp_path):
    from ai.imaging.phantoms import make_phantom
    from ai.training import TrainingSettings, train

    cases = [make_phantom(seed, (24, 32, 32), (3.0, 2.5, 2.5)).case() for seed in range(2)]
    settings = TrainingSettings(
        epochs=4, steps_per_epoch=8, patch_kji=(16, 16, 16), spacing_mm=(3.0, 2.5, 2.5), channels=(4, 8)
    )
    losses = []
    train(cases, settings, checkpoint=tmp_path / "run.pt", on_epoch=lambda report: losses.append(report.loss))
    assert losses[-1] < losses[0]
    again = train(cases, settings, checkpoint=tmp_path / "run.pt", on_epoch=lambda report: losses.append(report.loss))
    assert len(losses) == 4
    assert all(not weight.is_cuda for weight in again.weights.values())


def test_doubt_is_the_same():
    from ai.engines.doubt import estimate_doubt
    from ai.engines.members import augmented_views, plain
    from ai.training.networks import build_network, network_config

    torch.manual_seed(0)
    networks = [build_network(network_config((4, 8), 3)).eval() for _ in range(2)]
    image, answers = torch.rand(1, 40, 36, 32), []
    for device in ("cpu", "cuda"):
        members = [view for one in networks for view in augmented_views(plain(one.to(device)), flips=((), (0,)))]
        answers.append(estimate_doubt(image, members, window=(24, 24, 24), device=device))
    ours, theirs = answers
    for name in ("probabilities", "entropy", "mutual_information"):
        expected = getattr(ours, name)
        assert np.abs(expected - getattr(theirs, name)).max() <= 1e-4 * np.ptp(expected)
    assert theirs.agreement.score == pytest.approx(ours.agreement.score, abs=1e-3)
