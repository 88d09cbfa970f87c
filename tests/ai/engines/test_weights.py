import os
import pickle
from pathlib import Path

import pytest
import torch

from ai.engines.weights import state_dict_of
from ai.errors import BundleError


class _Trap:
    """Makes a folder when it is unpickled: proof that code ran."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __reduce__(self):
        return os.mkdir, (str(self.place),)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    return tmp_path


@pytest.mark.parametrize("wrap", [lambda w: w, lambda w: {"model": w}, lambda w: {"state_dict": w, "epoch": 3}])
def test_tensors_are_read_bare_or_wrapped(folder, wrap):
    torch.save(wrap({"a": torch.arange(3.0)}), folder / "models" / "model.pt")
    assert state_dict_of(folder)["a"].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("by", ["torch", "torch, old format", "pickle"])
def test_code_in_a_weights_file_is_refused_and_never_runs(folder, tmp_path, by):
    trap = tmp_path / "ran"
    content = {"a": torch.zeros(1), "b": _Trap(trap)}
    path = folder / "models" / "model.pt"
    if by == "pickle":
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path, _use_new_zipfile_serialization=by == "torch")
    with pytest.raises(BundleError, match=r"model\.pt"):
        state_dict_of(folder)
    assert not trap.exists()
    torch.load(path, weights_only=False) if by != "pickle" else pickle.loads(path.read_bytes())  # noqa: S301 - the proof
    assert trap.exists(), "the trap itself works"


@pytest.mark.parametrize("content", [b"", b"junk", bytes(1000)])
def test_a_damaged_file_is_a_clear_error(folder, content):
    (folder / "models" / "model.pt").write_bytes(content)
    with pytest.raises(BundleError, match=r"model\.pt"):
        state_dict_of(folder)


@pytest.mark.parametrize("content", [{}, [1, 2], torch.zeros(2), {"a": 1}])
def test_what_is_no_state_dict_is_refused(folder, content):
    torch.save(content, folder / "models" / "model.pt")
    with pytest.raises(BundleError, match="state dict"):
        state_dict_of(folder)


def test_no_weights_at_all(folder):
    with pytest.raises(BundleError, match="missing"):
        state_dict_of(folder)
