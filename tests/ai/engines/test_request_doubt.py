"""Doubt about a request, through bundles whose right answer is known."""

import numpy as np
import pytest
import torch

from ai.engines.members import ALL_FLIPS
from ai.engines.monai_engine import load_monai_engine
from ai.engines.request_doubt import doubt_about
from ai.errors import EngineError, RequestError
from ai.types import SegmentRequest
from tests.ai import bundles


def engine(folder, bias=-50.0, **options):
    """Return the thresholding bundle: label 1 above 40 HU, or where another bias puts it."""
    bundle = bundles.threshold_bundle(folder, **options)
    torch.save({**bundles.weights(), "bias": torch.tensor([0.0, bias])}, bundle / "models" / "model.pt")
    return load_monai_engine(bundle, frozenset(), "cpu")


@pytest.fixture
def request_40(oblique):
    """Return an image of -60 HU on its one half, 39 HU in its middle third, 140 HU beyond, along i."""
    image = np.full(oblique.shape_kji, -60.0, dtype=np.float32)
    image[:, :, 9:18], image[:, :, 18:] = 39.0, 140.0
    return SegmentRequest(image, oblique)


def test_equal_bundles_do_not_quarrel_and_say_what_they_say_alone(tmp_path, request_40):
    one, two = engine(tmp_path / "a"), engine(tmp_path / "b")
    found = doubt_about(request_40, [one, two], flips=ALL_FLIPS, probabilities_of=(1,))
    np.testing.assert_array_equal(found.labels, one.segment(request_40).labels)
    assert found.members == 16
    assert found.mutual_information.max() < 1e-9
    assert found.agreement.score == 1.0
    assert found.entropy.shape == found.labels.shape == found.probabilities.shape[1:] == request_40.image.shape


def test_bundles_quarrel_where_their_thresholds_differ(tmp_path, request_40):
    """One says 1 above 40 HU, the other above 38: they disagree about the middle third alone."""
    found = doubt_about(request_40, [engine(tmp_path / "a"), engine(tmp_path / "b", bias=-49.5)])
    inside = found.mutual_information[3:-3, 3:-3]
    assert inside[:, :, 11:16].min() > 0.9 * inside.max() > 0.001
    assert max(inside[:, :, :7].max(), inside[:, :, 20:].max()) < 1e-6
    assert found.agreement.score < 0.8


def test_another_spacing_comes_back_onto_the_grid(tmp_path, request_40):
    found = doubt_about(request_40, [engine(tmp_path / "a", pixdim=(2.0, 2.0, 2.0))])
    assert found.labels.shape == request_40.image.shape
    assert (found.labels[3:-3, 3:-3, 21:-3] == 1).all()
    assert (found.labels[:, :, :8] == 0).all()


def test_what_does_not_belong_together_is_refused(tmp_path, request_40):
    with pytest.raises(RequestError):
        doubt_about(request_40, [])
    with pytest.raises(EngineError):
        doubt_about(request_40, [engine(tmp_path / "a"), engine(tmp_path / "b", pixdim=(2.0, 2.0, 2.0))])
    with pytest.raises(EngineError):
        doubt_about(request_40, [engine(tmp_path / "c")], draws=3)  # a convolution has no dropout
