"""A bundle laid out as MONAI's model zoo lays out spleen_ct_segmentation: config, scripts and idioms, own weights."""

import json

import numpy as np
import pytest
import torch
from monai.networks.nets import UNet

from ai.engines import load_engine
from ai.engines.bundle import inspect_bundle
from ai.errors import UntrustedBundleError
from ai.types import Geometry, SegmentRequest

NETWORK = {
    "spatial_dims": 3,
    "in_channels": 1,
    "out_channels": 2,
    "channels": [4, 8, 16],
    "strides": [2, 2],
    "num_res_units": 2,
    "norm": "batch",
}
INFERENCE = {
    "imports": ["$import glob", "$import os"],
    "bundle_root": ".",
    "image_key": "image",
    "output_dir": "$@bundle_root + '/eval'",
    "output_ext": ".nii.gz",
    "output_dtype": "$np.float32",
    "output_postfix": "trans",
    "separate_folder": True,
    "load_pretrain": True,
    "dataset_dir": "/workspace/data/Task09_Spleen",
    "datalist": "$list(sorted(glob.glob(@dataset_dir + '/imagesTs/*.nii.gz')))",
    "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
    "network_def": {"_target_": "UNet", **NETWORK},
    "network": "$@network_def.to(@device)",
    "preprocessing": {
        "_target_": "Compose",
        "transforms": [
            {"_target_": "LoadImaged", "keys": "@image_key"},
            {"_target_": "EnsureChannelFirstd", "keys": "@image_key"},
            {"_target_": "Orientationd", "keys": "@image_key", "axcodes": "RAS"},
            {"_target_": "Spacingd", "keys": "@image_key", "pixdim": [1.5, 1.5, 2.0], "mode": "bilinear"},
            {
                "_target_": "ScaleIntensityRanged",
                "keys": "@image_key",
                "a_min": -57,
                "a_max": 164,
                "b_min": 0,
                "b_max": 1,
                "clip": True,
            },
            {"_target_": "EnsureTyped", "keys": "@image_key"},
        ],
    },
    "dataset": {
        "_target_": "Dataset",
        "data": "$[{'image': i} for i in @datalist]",
        "transform": "@preprocessing",
    },
    "dataloader": {
        "_target_": "DataLoader",
        "dataset": "@dataset",
        "batch_size": 1,
        "shuffle": False,
        "num_workers": 4,
    },
    "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [32, 32, 32], "sw_batch_size": 4, "overlap": 0.5},
    "postprocessing": {
        "_target_": "Compose",
        "transforms": [
            {"_target_": "Activationsd", "keys": "pred", "softmax": True},
            {
                "_target_": "Invertd",
                "keys": "pred",
                "transform": "@preprocessing",
                "orig_keys": "@image_key",
                "nearest_interp": False,
                "to_tensor": True,
            },
            {"_target_": "AsDiscreted", "keys": "pred", "argmax": True},
            {
                "_target_": "SaveImaged",
                "keys": "pred",
                "output_dir": "@output_dir",
                "output_ext": "@output_ext",
                "output_dtype": "@output_dtype",
                "output_postfix": "@output_postfix",
                "separate_folder": "@separate_folder",
            },
        ],
    },
    "handlers": [
        {"_target_": "StatsHandler", "iteration_log": False},
        {
            "_target_": "CheckpointLoader",
            "_disabled_": "$not @load_pretrain",
            "load_path": "$@bundle_root + '/models/model.pt'",
            "load_dict": {"model": "@network"},
        },
    ],
    "evaluator": {
        "_target_": "SupervisedEvaluator",
        "device": "@device",
        "val_data_loader": "@dataset#data",
        "network": "@network",
        "inferer": "@inferer",
        "postprocessing": "@postprocessing",
        "val_handlers": "@handlers",
        "amp": True,
    },
    "initialize": ["$setattr(torch.backends.cudnn, 'benchmark', True)"],
    "run": ["$@evaluator.run()"],
}
METADATA = {
    "schema": "https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema.json",
    "version": "0.6.0",
    "task": "Spleen segmentation",
    "name": "Spleen CT segmentation",
    "network_data_format": {
        "inputs": {"image": {"type": "image", "num_channels": 1, "channel_def": {"0": "image"}}},
        "outputs": {"pred": {"num_channels": 2, "channel_def": {"0": "background", "1": "spleen"}}},
    },
}

# MONAI's own LoadImaged makes every reader it knows, the one for NVIDIA's decoder too.
# The zoo's Orientationd names no labels, a default that MONAI has changed.
pytestmark = [
    pytest.mark.filterwarnings("ignore:NvImgCodecPydicomReader"),
    pytest.mark.filterwarnings("ignore:.*Orientationd.*labels:FutureWarning"),
]


@pytest.fixture
def zoo(tmp_path):
    """Return the folder of the bundle, and its network for a run beside it."""
    folder = tmp_path / "spleen_ct_segmentation"
    for name in ("configs", "models", "docs"):
        (folder / name).mkdir(parents=True)
    (folder / "configs" / "inference.json").write_text(json.dumps(INFERENCE, indent=4))
    (folder / "configs" / "metadata.json").write_text(json.dumps(METADATA, indent=4))
    (folder / "configs" / "train.json").write_text('{"anything": "$not looked at"}')
    (folder / "configs" / "logging.conf").write_text("[loggers]\nkeys=root\n")
    (folder / "docs" / "README.md").write_text("# Model Overview\n")
    (folder / "LICENSE").write_text("Apache\n")
    torch.manual_seed(4)
    network = UNet(**NETWORK).eval()
    torch.save({"model": network.state_dict()}, folder / "models" / "model.pt")
    return folder, network


def test_only_the_odd_line_needs_trust(zoo):
    folder, _ = zoo
    report = inspect_bundle(folder)
    assert report.labels == {1: "spleen"}
    assert report.network == "UNet"
    assert report.problems == ()
    assert report.untrusted_targets == ("$setattr(torch.backends.cudnn, 'benchmark', True)",)
    with pytest.raises(UntrustedBundleError):
        load_engine(folder, device="cpu")


def test_it_runs_unchanged_once_trusted_and_agrees_with_monai_alone(zoo, tmp_path):
    from monai.bundle import ConfigParser
    from monai.data import decollate_batch, list_data_collate

    folder, network = zoo
    rng = np.random.default_rng(0)
    image = rng.normal(50, 80, (20, 40, 44)).astype(np.float32)
    geometry = Geometry.axial(image.shape, (3.0, 1.2, 1.2), (-10.0, 5.0, 80.0))
    engine = load_engine(folder, frozenset(inspect_bundle(folder).untrusted_targets), device="cpu")
    result = engine.segment(SegmentRequest(image, geometry))
    assert not (folder / "eval").exists()

    # MONAI's way: its parser on the very files, its data loader's batch, its inferer, its postprocessing
    import nibabel

    nibabel.save(nibabel.Nifti1Image(image.transpose(2, 1, 0), geometry.nifti_affine()), tmp_path / "x.nii.gz")
    parser = ConfigParser()
    parser.read_config(str(folder / "configs" / "inference.json"))
    parser["postprocessing"]["transforms"].pop()
    before, inferer, after = (parser.get_parsed_content(n) for n in ("preprocessing", "inferer", "postprocessing"))
    with torch.inference_mode():
        batch = list_data_collate([before({"image": str(tmp_path / "x.nii.gz")})])
        batch["pred"] = inferer(batch["image"], network)
        expected = after(decollate_batch(batch)[0])["pred"]
    np.testing.assert_array_equal(result.labels, expected[0].numpy().transpose(2, 1, 0))
    assert 0 < result.labels.mean() < 1
