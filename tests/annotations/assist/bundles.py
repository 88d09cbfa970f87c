"""A bundle whose answer is known in closed form: label n where the value lies above threshold n.

Its network is one 1×1×1 convolution: channel n is n·x - (t1 + … + tn), so that the largest channel is the number of
thresholds below x.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch


def threshold_bundle(
    folder: Path,
    thresholds: tuple[float, ...] = (20.0,),
    names: tuple[str, ...] = ("organ",),
    *,
    name: str = "Threshold",
    modality: str = "CT",
    network: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Path:
    """Write the bundle into `folder` and return it."""
    channels = len(thresholds) + 1
    slopes = torch.arange(channels, dtype=torch.float32).reshape(channels, 1, 1, 1, 1)
    offsets = -torch.tensor([0.0, *np.cumsum(thresholds)], dtype=torch.float32)
    (folder / "configs").mkdir(parents=True)
    (folder / "models").mkdir()
    torch.save({"weight": slopes, "bias": offsets}, folder / "models" / "model.pt")
    metadata = {
        "name": name,
        "version": "0.1.0",
        "network_data_format": {
            "inputs": {"image": {"modality": modality, "num_channels": 1}},
            "outputs": {"pred": {"channel_def": {str(n): label for n, label in enumerate(("background", *names))}}},
        },
    }
    inference = {
        "network_def": network
        or {"_target_": "torch.nn.Conv3d", "in_channels": 1, "out_channels": channels, "kernel_size": 1},
        "preprocessing": {
            "_target_": "Compose",
            "transforms": [
                {"_target_": "LoadImaged", "keys": "image"},
                {"_target_": "EnsureChannelFirstd", "keys": "image"},
            ],
        },
        "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [16, 16, 8], "overlap": 0.25},
        "postprocessing": {
            "_target_": "Compose",
            "transforms": [{"_target_": "AsDiscreted", "keys": "pred", "argmax": True}],
        },
        **(extra or {}),
    }
    (folder / "configs" / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    (folder / "configs" / "inference.json").write_text(json.dumps(inference), encoding="utf-8")
    return folder


def zipped(folder: Path, into: Path) -> Path:
    """Return a zip of a folder, made the way a person's zip tool makes it: with the folder's name inside."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent))
    return into
