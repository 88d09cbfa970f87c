"""Look into a MONAI bundle without running anything of it and without importing torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ai.engines.config import read_config, read_json
from ai.engines.trust import untrusted_in
from ai.engines.weights import TORCHSCRIPT, sha256_of, weights_file
from ai.errors import BundleError

TORCHSCRIPT_TARGET = f"TorchScript program {TORCHSCRIPT.as_posix()}"
"""What has to be trusted before a TorchScript file runs: it is a program, not a list of tensors."""


@dataclass(frozen=True, slots=True, eq=False)
class BundleReport:
    """What a bundle is, from its files alone.

    Parameters
    ----------
    name, version : str
        From ``configs/metadata.json``.
    labels : dict
        Label value (1 and up) to its name.
    network : str
        The network's ``_target_``, or "TorchScript".
    untrusted_targets : tuple of str
        Everything that could run code outside the building blocks of MONAI and torch, as it stands in the config.
    metadata : dict
        ``configs/metadata.json``.
    weights_sha256 : str
        SHA-256 of the weights file.
    problems : tuple of str
        Why this bundle cannot segment here; empty when it can.
    """

    name: str
    version: str
    labels: Mapping[int, str]
    network: str
    untrusted_targets: tuple[str, ...]
    metadata: Mapping[str, Any]
    weights_sha256: str
    problems: tuple[str, ...]


def inspect_bundle(folder: Path) -> BundleReport:
    """Read a bundle's files and say what it is. Nothing of it is run or unpickled.

    Parameters
    ----------
    folder : Path
        The bundle's root: ``configs/metadata.json``, ``configs/inference.json`` (or .yaml) and ``models/model.pt``.

    Raises
    ------
    BundleError
        A file is missing or unreadable, or the config describes no network.
    """
    metadata_file = folder / "configs" / "metadata.json"
    if not metadata_file.is_file():
        raise BundleError("The bundle has no configs/metadata.json: it does not say what its labels mean.")
    metadata = read_json(metadata_file)
    config = read_config(folder)
    weights = weights_file(folder)
    program = weights.suffix == ".ts"
    if config.network is None and not program:
        raise BundleError(
            "The bundle describes no network: configs/inference.json needs 'network_def' with a '_target_', "
            "such as {'_target_': 'UNet', ...}."
        )
    untrusted = set(untrusted_in(config.whole, runs=False)) | set(untrusted_in(config.reachable(), runs=True))
    untrusted |= {TORCHSCRIPT_TARGET} if program else set()
    labels = _labels(metadata)
    return BundleReport(
        name=str(metadata.get("name") or folder.name),
        version=str(metadata.get("version") or ""),
        labels=labels,
        network="TorchScript" if program or config.network is None else config.network,
        untrusted_targets=tuple(sorted(untrusted)),
        metadata=metadata,
        weights_sha256=sha256_of(weights),
        problems=_problems(metadata, labels, config.parts),
    )


def _format(metadata: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = metadata.get("network_data_format")
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _labels(metadata: Mapping[str, Any]) -> dict[int, str]:
    """Return label names by value from ``network_data_format``; channel 0 is background and left out."""
    channels = _format(metadata, "outputs", "pred", "channel_def")
    labels = {int(key): str(name) for key, name in channels.items() if str(key).isdigit() and 0 < int(key) < 256}
    return dict(sorted(labels.items()))


def _problems(metadata: Mapping[str, Any], labels: Mapping[int, str], parts: Mapping[str, Any]) -> tuple[str, ...]:
    problems = []
    inputs = _format(metadata, "inputs", "image").get("num_channels", 1)
    if inputs != 1:
        problems.append(f"The model wants {inputs} images of a patient at once; one is what can be given.")
    if not labels:
        problems.append("configs/metadata.json names no labels (network_data_format, outputs, pred, channel_def).")
    first = _format(metadata, "outputs", "pred", "channel_def").get("0")
    if labels and first is not None and str(first).casefold() != "background":
        problems.append("The model's channels are overlapping regions without a background; only labels are supported.")
    problems += [f"The inference config has no {part}." for part in ("preprocessing", "inferer") if part not in parts]
    return tuple(problems)
