import dataclasses

import numpy as np
import pytest
import torch

from ai.errors import TrainingError
from ai.training import pack_bundle, train
from ai.types import TrainingCase


def _same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def _ignore(_):
    pass


class StoppedError(Exception):
    pass


def test_a_run_stopped_and_resumed_ends_with_the_same_weights(cases, held_out, tiny, tmp_path):
    through = train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore, held_out=held_out)

    def stop(report):
        if report.epoch == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        train(cases, tiny, checkpoint=tmp_path / "b.pt", on_epoch=stop, held_out=held_out)
    epochs = []
    torch.manual_seed(999)  # what others do with the global generator does not matter
    resumed = train(
        cases, tiny, checkpoint=tmp_path / "b.pt", on_epoch=lambda r: epochs.append(r.epoch), held_out=held_out
    )
    assert epochs == [3]
    assert _same(through.weights, resumed.weights)
    assert [r.loss for r in through.reports] == [r.loss for r in resumed.reports]
    assert [r.held_out for r in through.reports] == [r.held_out for r in resumed.reports]
    assert not list(tmp_path.glob("*.part"))


def test_the_seed_decides(cases, tiny, tmp_path):
    one = train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    again = train(cases, tiny, checkpoint=tmp_path / "b.pt", on_epoch=_ignore)
    other = dataclasses.replace(tiny, seed=6)
    different = train(cases, other, checkpoint=tmp_path / "c.pt", on_epoch=_ignore)
    assert _same(one.weights, again.weights)
    assert not _same(one.weights, different.weights)


def test_it_learns_the_organ_of_unseen_phantoms(cases, held_out, tiny, tmp_path):
    longer = dataclasses.replace(tiny, epochs=4, steps_per_epoch=10, channels=(8, 16), patch_kji=(16, 24, 24))
    longer = dataclasses.replace(longer, score_every=1, learning_rate=2e-2)
    reports = train(cases, longer, checkpoint=tmp_path / "a.pt", on_epoch=_ignore, held_out=held_out).reports
    assert reports[-1].loss < 0.75 * reports[0].loss
    assert reports[-1].held_out[1] > 0.8
    assert reports[-1].held_out[1] > reports[0].held_out[1]


def test_every_epoch_is_told_once_its_checkpoint_is_written(cases, tiny, tmp_path):
    written = []

    def told(report):
        content = torch.load(tmp_path / "a.pt", weights_only=True)
        written.append((report.epoch, len(content["reports"])))

    train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=told)
    assert written == [(1, 1), (2, 2), (3, 3)]


def test_starting_from_a_bundle_takes_its_weights(cases, tiny, tmp_path):
    first = train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    bundle = pack_bundle(first, tiny, {1: "organ", 2: "lesion"}, tmp_path / "bundle")
    barely = dataclasses.replace(tiny, epochs=1, steps_per_epoch=1, learning_rate=1e-12, weight_decay=0.0)
    second = train(cases, barely, checkpoint=tmp_path / "b.pt", on_epoch=_ignore, start=bundle)
    assert second.carried_over == 1.0
    for name, tensor in first.weights.items():
        torch.testing.assert_close(second.weights[name], tensor, rtol=0, atol=1e-9)
    wider = train(cases, barely, checkpoint=tmp_path / "c.pt", on_epoch=_ignore, start=bundle, classes=4)
    assert 0.3 < wider.carried_over < 1.0
    assert wider.out_channels == 4


def test_a_checkpoint_of_another_run_is_refused(cases, tiny, tmp_path):
    train(cases, dataclasses.replace(tiny, epochs=1), checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    with pytest.raises(TrainingError, match="other cases or settings"):
        train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    (tmp_path / "a.pt").write_bytes(b"half a file")
    with pytest.raises(TrainingError, match="cannot be read"):
        train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)


def test_there_must_be_something_to_learn(cases, tiny, tmp_path):
    empty = [TrainingCase(c.image, np.zeros_like(c.labels), c.geometry, c.name) for c in cases]
    for wrong, message in (([], "no cases"), (empty, "label drawn")):
        with pytest.raises(TrainingError, match=message):
            train(wrong, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    with pytest.raises(TrainingError, match="label 2"):
        train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore, classes=2)


def test_a_case_without_one_label_and_a_case_smaller_than_the_patch_are_fine(cases, tiny, tmp_path):
    case = cases[0]
    organ_alone = TrainingCase(case.image, (case.labels > 0).astype(np.uint8), case.geometry, "no lesion")
    larger = dataclasses.replace(tiny, epochs=1, patch_kji=(32, 32, 32))
    network = train([organ_alone, cases[1]], larger, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    assert np.isfinite(network.reports[0].loss)


def test_threads_are_given_back(cases, tiny, tmp_path):
    before = torch.get_num_threads()
    one = dataclasses.replace(tiny, epochs=1, steps_per_epoch=1, threads=1)
    train(cases, one, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    assert torch.get_num_threads() == before


@pytest.mark.gpu
def test_it_trains_on_cuda(cases, tiny, tmp_path):
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")
    network = train(cases, tiny, checkpoint=tmp_path / "a.pt", on_epoch=_ignore)
    assert all(tensor.device.type == "cpu" for tensor in network.weights.values())
