"""Cases of which a part is labelled: no gradient where nobody decided, and something is learnt all the same."""

import dataclasses

import numpy as np
import pytest
import torch
from monai.losses import DiceCELoss

from ai.engines import Engine
from ai.errors import TrainingError
from ai.training import score, train
from ai.training.partial import PartialLoss
from ai.types import IGNORED, SegmentResult


def _batch(classes=3):
    torch.manual_seed(0)
    logits = torch.randn(2, classes, 6, 7, 8, requires_grad=True)
    return logits, torch.randint(0, classes, (2, 1, 6, 7, 8)).float()


def test_the_gradient_of_what_is_ignored_is_exactly_nought():
    logits, labels = _batch()
    labels[0, 0, :3] = IGNORED
    loss = PartialLoss()(logits, labels)
    loss.backward()
    assert (logits.grad[0, :, :3] == 0).all()
    assert (logits.grad[0, :, 3:] != 0).all()
    assert (logits.grad[1] != 0).all()
    changed = logits.detach().clone()
    changed[0, :, :3] += 50.0
    assert PartialLoss()(changed, labels) == loss


def test_without_such_voxels_it_is_monais_loss_bit_by_bit():
    logits, labels = _batch()
    theirs = DiceCELoss(to_onehot_y=True, softmax=True, batch=True)(logits, labels)
    assert torch.equal(PartialLoss()(logits, labels), theirs)


def test_it_is_the_loss_of_the_known_part_alone():
    logits, labels = _batch()
    part = PartialLoss()(logits[..., :5], labels[..., :5])
    labels[..., 5:] = IGNORED
    torch.testing.assert_close(PartialLoss()(logits, labels), part)


def test_nothing_known_is_no_loss():
    logits, labels = _batch()
    loss = PartialLoss()(logits, torch.full_like(labels, IGNORED))
    loss.backward()
    assert loss == 0
    assert (logits.grad == 0).all()


def test_every_third_slice_is_enough(cases, held_out, tiny, tmp_path):
    """Taken for background, what nobody labelled would teach the network to find nothing (Dice 0 in this run)."""
    partly = []
    for case in cases:
        labels = case.labels.copy()
        labels[np.arange(len(labels)) % 3 != 0] = IGNORED
        partly.append(dataclasses.replace(case, labels=labels))
    settings = dataclasses.replace(
        tiny, epochs=4, steps_per_epoch=10, channels=(8, 16), patch_kji=(16, 24, 24), learning_rate=2e-2
    )
    trained = train(partly, settings, checkpoint=tmp_path / "a.pt", on_epoch=lambda _: None, held_out=held_out)
    assert trained.out_channels == 1 + max(int(case.labels.max()) for case in cases)
    assert trained.reports[-1].held_out[1] > 0.7


def test_what_is_ignored_is_not_scored(cases):
    class Same(Engine):
        def segment(self, request):
            return SegmentResult(cases[0].labels, request.geometry, None)

    labels = cases[0].labels.copy()
    labels[:12] = IGNORED
    card = score(Same(), [dataclasses.replace(cases[0], labels=labels)], [1])
    assert card.mean == 1.0


def test_nothing_decided_or_too_many_labels_is_refused(cases, tiny, tmp_path):
    nothing = dataclasses.replace(cases[0], labels=np.full_like(cases[0].labels, IGNORED))
    for wrong, classes in (([nothing], None), (cases, 256)):
        with pytest.raises(TrainingError):
            train(wrong, tiny, checkpoint=tmp_path / "a.pt", on_epoch=lambda _: None, classes=classes)
