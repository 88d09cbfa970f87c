"""Pack what was trained as a MONAI bundle, which runs here, in MONAI itself, and wherever bundles run."""

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ai.errors import TrainingError
from ai.training.loop import TrainedNetwork
from ai.training.settings import TrainingSettings

_SCHEMA = "https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema_20240725.json"
_README = """# {name}

{description}

A MONAI bundle. Labels: {labels}.

Run it with MONAI alone (pytorch-ignite and fire installed):

    python -m monai.bundle run --config_file configs/inference.json --dataset_dir FOLDER_OF_NIFTI

The prediction is written to `eval/`. Not for clinical use.
"""
_LICENSE = """Apache License, Version 2.0, January 2004

Licensed under the Apache License, Version 2.0; you may obtain a copy at http://www.apache.org/licenses/LICENSE-2.0.
Distributed on an "AS IS" BASIS, WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
"""


def pack_network(
    network: TrainedNetwork,
    settings: TrainingSettings,
    labels: Mapping[int, str],
    into: Path,
    metadata: Mapping[str, Any],
) -> Path:
    """Write the bundle and return its folder; see ``ai.training.pack_bundle``."""
    wrong = [value for value in labels if not 0 < value < network.out_channels]
    if wrong or not labels:
        raise TrainingError(f"The network has {network.out_channels} channels; it has no label {wrong or 'at all'}.")
    if into.exists() and any(into.iterdir()):
        raise TrainingError(f"The folder {into.name} is not empty.")
    for folder in ("configs", "models", "docs"):
        (into / folder).mkdir(parents=True, exist_ok=True)
    meta = bundle_metadata(network, settings, labels, metadata)
    _write_json(into / "configs" / "metadata.json", meta)
    _write_json(into / "configs" / "inference.json", inference_config(network.config, settings))
    torch.save(network.weights, into / "models" / "model.pt")
    names = ", ".join(f"{value} {name}" for value, name in sorted(labels.items()))
    text = _README.format(name=meta["name"], description=meta["description"], labels=names)
    (into / "docs" / "README.md").write_text(text, encoding="utf-8")
    (into / "LICENSE").write_text(_LICENSE, encoding="utf-8")
    return into


def bundle_metadata(
    network: TrainedNetwork, settings: TrainingSettings, labels: Mapping[int, str], metadata: Mapping[str, Any]
) -> dict[str, Any]:
    """Return ``metadata.json`` by MONAI's schema; the caller's entries (name, version, authors…) win."""
    channels = {str(n): labels.get(n, f"unused {n}") for n in range(1, network.out_channels)}
    patch = list(settings.patch_kji[::-1])
    low, high = settings.window_hu
    image = {
        "type": "image",
        "format": "hounsfield",
        "modality": "CT",
        "num_channels": 1,
        "spatial_shape": patch,
        "dtype": "float32",
        "value_range": [low, high],
        "is_patch_data": True,
        "channel_def": {"0": "image"},
    }
    prediction = {
        "type": "image",
        "format": "segmentation",
        "num_channels": network.out_channels,
        "spatial_shape": patch,
        "dtype": "float32",
        "value_range": [0, network.out_channels - 1],
        "is_patch_data": True,
        "channel_def": {"0": "background", **channels},
    }
    return {
        "schema": _SCHEMA,
        "version": "1.0.0",
        "name": "Trained network",
        "description": "A small 3-D U-Net for CT.",
        "task": "Segmentation",
        "authors": "Fiducial",
        "copyright": "Its makers",
        "changelog": {"1.0.0": "Trained"},
        "monai_version": importlib.metadata.version("monai"),
        "pytorch_version": torch.__version__.split("+")[0],
        "numpy_version": importlib.metadata.version("numpy"),
        "required_packages_version": {"nibabel": importlib.metadata.version("nibabel")},
        "intended_use": "Drafts that a person checks. Not for clinical use.",
        "network_data_format": {"inputs": {"image": image}, "outputs": {"pred": prediction}},
        "training_settings": settings.to_dict(),
        **metadata,
    }


def inference_config(network: Mapping[str, Any], settings: TrainingSettings) -> dict[str, Any]:
    """Return ``inference.json``: what MONAI's own bundle runner and our engine both run."""
    low, high = settings.window_hu
    return {
        "imports": ["$import glob"],
        "bundle_root": ".",
        "dataset_dir": "$@bundle_root + '/data'",
        "output_dir": "$@bundle_root + '/eval'",
        "datalist": "$sorted(glob.glob(@dataset_dir + '/*.nii.gz'))",
        "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
        "network_def": dict(network),
        "network": "$@network_def.to(@device)",
        "preprocessing": {"_target_": "Compose", "transforms": _before(settings, low, high)},
        "dataset": {
            "_target_": "Dataset",
            "data": "$[{'image': name} for name in @datalist]",
            "transform": "@preprocessing",
        },
        "dataloader": {"_target_": "DataLoader", "dataset": "@dataset", "batch_size": 1, "num_workers": 0},
        "inferer": {
            "_target_": "SlidingWindowInferer",
            "roi_size": list(settings.patch_kji[::-1]),
            "sw_batch_size": 2,
            "overlap": 0.25,
            "mode": "gaussian",
        },
        "postprocessing": {"_target_": "Compose", "transforms": _after()},
        "handlers": [
            {
                "_target_": "CheckpointLoader",
                "load_path": "$@bundle_root + '/models/model.pt'",
                "load_dict": {"model": "@network"},
                "map_location": "@device",
            }
        ],
        "evaluator": {
            "_target_": "SupervisedEvaluator",
            "device": "@device",
            "val_data_loader": "@dataloader",
            "network": "@network",
            "inferer": "@inferer",
            "postprocessing": "@postprocessing",
            "val_handlers": "@handlers",
        },
        "run": ["$@evaluator.run()"],
    }


def _before(settings: TrainingSettings, low: float, high: float) -> list[dict[str, Any]]:
    return [
        {"_target_": "LoadImaged", "keys": "image"},
        {"_target_": "EnsureChannelFirstd", "keys": "image"},
        {
            "_target_": "Orientationd",
            "keys": "image",
            "axcodes": "RAS",
            "labels": [["L", "R"], ["P", "A"], ["I", "S"]],
        },
        {"_target_": "Spacingd", "keys": "image", "pixdim": list(settings.spacing_mm[::-1]), "mode": "bilinear"},
        {
            "_target_": "ScaleIntensityRanged",
            "keys": "image",
            "a_min": low,
            "a_max": high,
            "b_min": 0.0,
            "b_max": 1.0,
            "clip": True,
        },
        {"_target_": "EnsureTyped", "keys": "image"},
    ]


def _after() -> list[dict[str, Any]]:
    return [
        {"_target_": "Activationsd", "keys": "pred", "softmax": True},
        {
            "_target_": "Invertd",
            "keys": "pred",
            "transform": "@preprocessing",
            "orig_keys": "image",
            "nearest_interp": False,
            "to_tensor": True,
        },
        {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
        {"_target_": "SaveImaged", "keys": "pred", "output_dir": "@output_dir", "output_postfix": "seg"},
    ]


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
