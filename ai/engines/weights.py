"""Weights of a bundle, loaded without running what they may carry."""

import hashlib
import pickle
import struct
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ai.errors import BundleError

STATE_DICT = Path("models") / "model.pt"
TORCHSCRIPT = Path("models") / "model.ts"
UNREADABLE = (RuntimeError, EOFError, ValueError, LookupError, OSError, struct.error)
"""What torch's reader raises on a damaged file."""

_WRAPPERS = ("model", "state_dict", "network", "net")


def weights_file(folder: Path) -> Path:
    """Return the bundle's weights: ``models/model.pt`` (a state dict), else ``models/model.ts`` (TorchScript).

    Raises
    ------
    BundleError
        There are none.
    """
    for name in (STATE_DICT, TORCHSCRIPT):
        if (folder / name).is_file():
            return folder / name
    raise BundleError("The bundle has no weights: models/model.pt (or models/model.ts) is missing.")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def state_dict_of(folder: Path) -> dict[str, Any]:
    """Return the tensors of a bundle's ``models/model.pt`` by name, on the CPU; see `state_dict_of_file`."""
    return state_dict_of_file(folder / STATE_DICT)


def state_dict_of_file(path: Path) -> dict[str, Any]:
    """Return the tensors of a state dict or training checkpoint by name, on the CPU.

    A .pt file is a pickle, and a pickle can run code when it is read. torch's ``weights_only`` reader knows tensors
    and plain containers only and stops at anything else before it is called.

    Raises
    ------
    BundleError
        The file is missing, damaged, carries code, or holds no tensors.
    """
    import torch

    name = "/".join(path.parts[-2:])
    if not path.is_file():
        raise BundleError(f"There are no weights: {name} is missing.")
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Detected pickle protocol")  # refused or read all the same
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise BundleError(
            f"{name} holds more than tensors (a pickle that would run code) and was not loaded. "
            "Save the state dict alone: torch.save(network.state_dict(), 'models/model.pt')."
        ) from error
    except UNREADABLE as error:
        raise BundleError(f"{name} cannot be read as weights: {error}") from error
    return _tensors(content)


def _tensors(content: Any) -> dict[str, Any]:
    """Return the state dict itself, or the one that a training checkpoint wraps."""
    import torch

    if isinstance(content, Mapping):
        for key in _WRAPPERS:
            if isinstance(content.get(key), Mapping):
                content = content[key]
                break
        if content and all(isinstance(value, torch.Tensor) for value in content.values()):
            return {str(name): value for name, value in content.items()}
    raise BundleError("models/model.pt holds no state dict (names and tensors).")
