"""Bundles made by the tests: weights written by hand, so that the right answer is known."""

import json
from pathlib import Path
from typing import Any

import torch

LABELS = ["L", "R"], ["P", "A"], ["I", "S"]


def metadata(**entries: Any) -> dict[str, Any]:
    """Return the metadata of a bundle with one label."""
    return {
        "name": "threshold",
        "version": "0.3.1",
        "network_data_format": {
            "inputs": {"image": {"num_channels": 1}},
            "outputs": {"pred": {"channel_def": {"0": "background", "1": "bright"}}},
        },
        **entries,
    }


def config(pixdim: tuple[float, float, float] = (1.0, 1.25, 2.5), invert: bool = True) -> dict[str, Any]:
    """Return an inference config: -160..240 HU to 0..1, one 1x1x1 convolution, softmax, argmax."""
    after: list[dict[str, Any]] = [{"_target_": "Activationsd", "keys": "pred", "softmax": True}]
    if invert:
        after.append({"_target_": "Invertd", "keys": "pred", "transform": "@preprocessing", "orig_keys": "image"})
    after += [
        {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
        {"_target_": "SaveImaged", "keys": "pred", "output_dir": "@output_dir"},
    ]
    return {
        "bundle_root": ".",
        "output_dir": "$@bundle_root + '/eval'",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "network_def": {"_target_": "torch.nn.Conv3d", "in_channels": 1, "out_channels": 2, "kernel_size": 1},
        "network": "$@network_def.to(@device)",
        "preprocessing": {
            "_target_": "Compose",
            "transforms": [
                {"_target_": "LoadImaged", "keys": "image"},
                {"_target_": "EnsureChannelFirstd", "keys": "image"},
                {"_target_": "Orientationd", "keys": "image", "axcodes": "RAS", "labels": LABELS},
                {"_target_": "Spacingd", "keys": "image", "pixdim": list(pixdim), "mode": "bilinear"},
                {
                    "_target_": "ScaleIntensityRanged",
                    "keys": "image",
                    "a_min": -160,
                    "a_max": 240,
                    "b_min": 0,
                    "b_max": 1,
                    "clip": True,
                },
            ],
        },
        "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [16, 16, 16], "sw_batch_size": 2, "overlap": 0.25},
        "postprocessing": {"_target_": "Compose", "transforms": after},
    }


def weights() -> dict[str, torch.Tensor]:
    """Return a 1x1x1 convolution that is positive for label 1 where the scaled image is above one half (40 HU)."""
    return {
        "weight": torch.tensor([0.0, 100.0]).reshape(2, 1, 1, 1, 1),
        "bias": torch.tensor([0.0, -50.0]),
    }


def write(folder: Path, inference: dict[str, Any], meta: dict[str, Any], content: Any) -> Path:
    """Write a bundle folder."""
    (folder / "configs").mkdir(parents=True)
    (folder / "models").mkdir()
    (folder / "configs" / "metadata.json").write_text(json.dumps(meta))
    (folder / "configs" / "inference.json").write_text(json.dumps(inference))
    torch.save(content, folder / "models" / "model.pt")
    return folder


def threshold_bundle(folder: Path, changes: dict[str, Any] | None = None, **options: Any) -> Path:
    """Write the thresholding bundle, with some entries of its config replaced."""
    return write(folder, {**config(**options), **(changes or {})}, metadata(), weights())
