"""Ensembles: different members, resumed where they were; checkpoints of one run; both answer with doubt."""

import dataclasses

import pytest
import torch

from ai.engines.doubt import estimate_doubt
from ai.engines.members import plain
from ai.errors import BundleError, SettingsError
from ai.training import train
from ai.training.ensemble import KeepCheckpoints, kept_epochs, train_ensemble
from ai.training.networks import build_network


def _member(trained):
    network = build_network(trained.config)
    network.load_state_dict(trained.weights)
    return plain(network.eval())


def test_members_differ_and_finished_ones_are_not_trained_again(cases, tiny, tmp_path):
    told = []
    settings = dataclasses.replace(tiny, epochs=2)

    def train_them():
        return train_ensemble(
            cases, settings, folder=tmp_path, members=2, on_epoch=lambda n, report: told.append((n, report.epoch))
        )

    first = train_them()
    assert told == [(0, 1), (0, 2), (1, 1), (1, 2)]
    again = train_them()
    assert len(told) == 4
    assert [one.settings.seed for one in first] == [settings.seed, settings.seed + 1]
    one, other = (network.weights for network in first)
    assert any(not torch.equal(one[name], other[name]) for name in one)
    assert all(torch.equal(one[name], again[0].weights[name]) for name in one)
    alone = train(cases, settings, checkpoint=tmp_path / "alone.pt", on_epoch=lambda _: None)
    assert all(torch.equal(one[name], alone.weights[name]) for name in one)
    found = estimate_doubt(torch.rand(1, 16, 16, 16), [_member(network) for network in first], window=(16, 16, 16))
    assert found.mutual_information.max() > 0


def test_checkpoints_of_one_run_are_members(cases, tiny, tmp_path):
    told = []
    keep = KeepCheckpoints(tmp_path / "run.pt", kept_epochs(tiny.epochs, 2), lambda report: told.append(report.epoch))
    final = train(cases, tiny, checkpoint=keep.checkpoint, on_epoch=keep)
    members = keep.members(final)
    assert told == [1, 2, 3]
    assert all(torch.equal(members[-1].weights[name], final.weights[name]) for name in final.weights)
    assert any(not torch.equal(members[0].weights[name], final.weights[name]) for name in final.weights)
    found = estimate_doubt(torch.rand(1, 16, 16, 16), [_member(network) for network in members], window=(16, 16, 16))
    assert found.members == 2
    keep.epochs = (1,)
    with pytest.raises(BundleError):
        keep.members(final)


@pytest.mark.parametrize(("epochs", "members"), [(10, 1), (8, 5), (1, 2)])
def test_too_few_epochs_or_members_are_refused(epochs, members):
    with pytest.raises(SettingsError):
        kept_epochs(epochs, members)


def test_the_last_epoch_is_always_kept():
    for epochs in range(10, 60):
        chosen = kept_epochs(epochs)
        assert chosen[-1] == epochs
        assert len(set(chosen)) == 5
        assert chosen[0] > epochs // 2


def test_one_member_is_no_ensemble(cases, tiny, tmp_path):
    with pytest.raises(SettingsError):
        train_ensemble(cases, tiny, folder=tmp_path, members=1, on_epoch=lambda *_: None)
