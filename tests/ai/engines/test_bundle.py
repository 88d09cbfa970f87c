import json

import pytest
import torch
import yaml

from ai.engines.bundle import TORCHSCRIPT_TARGET, inspect_bundle
from ai.errors import BundleError
from tests.ai import bundles


def test_a_good_bundle_is_described(threshold_bundle):
    report = inspect_bundle(threshold_bundle)
    assert (report.name, report.version) == ("threshold", "0.3.1")
    assert report.labels == {1: "bright"}
    assert report.network == "torch.nn.Conv3d"
    assert report.untrusted_targets == ()
    assert report.problems == ()
    assert len(report.weights_sha256) == 64


def test_yaml_is_read_like_json(threshold_bundle):
    inference = threshold_bundle / "configs" / "inference.json"
    (threshold_bundle / "configs" / "inference.yaml").write_text(yaml.safe_dump(json.loads(inference.read_text())))
    inference.unlink()
    assert inspect_bundle(threshold_bundle).network == "torch.nn.Conv3d"


@pytest.mark.parametrize("network", [{}, {"in_channels": 1}, None, "UNet"])
def test_a_config_without_a_network_is_a_clear_error(tmp_path, network):
    changes = {"network_def": network, "network": "$@network_def.to(@device)"}
    folder = bundles.threshold_bundle(tmp_path / "b", changes)
    with pytest.raises(BundleError, match=r"describes no network.*network_def"):
        inspect_bundle(folder)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("configs/metadata.json", "metadata.json"),
        ("configs/inference.json", "inference.json"),
        ("models/model.pt", "no weights"),
    ],
)
def test_a_missing_file_is_named(threshold_bundle, missing, message):
    (threshold_bundle / missing).unlink()
    with pytest.raises(BundleError, match=message):
        inspect_bundle(threshold_bundle)


@pytest.mark.parametrize("content", ["", "{", "[]", "[" * 100_000, json.dumps(list(range(3))), '{"a": NaN'])
def test_a_broken_config_is_a_clear_error(threshold_bundle, content):
    (threshold_bundle / "configs" / "inference.json").write_text(content)
    with pytest.raises(BundleError, match=r"inference\.json"):
        inspect_bundle(threshold_bundle)


def test_a_config_that_grows_without_end_is_refused(threshold_bundle):
    (threshold_bundle / "configs" / "inference.json").unlink()
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (threshold_bundle / "configs" / "inference.yaml").write_text("\n".join(lines))
    with pytest.raises(BundleError, match="values"):
        inspect_bundle(threshold_bundle)


def test_yaml_cannot_make_objects(threshold_bundle, tmp_path):
    (threshold_bundle / "configs" / "inference.json").unlink()
    trap = tmp_path / "ran"
    (threshold_bundle / "configs" / "inference.yaml").write_text(f"a: !!python/object/apply:os.mkdir ['{trap}']")
    with pytest.raises(BundleError, match="cannot be read"):
        inspect_bundle(threshold_bundle)
    assert not trap.exists()


def test_code_anywhere_in_the_config_is_listed(tmp_path):
    changes = {
        "aside": {"_target_": "os.system", "command": "true"},
        "initialize": ["$import subprocess", "$subprocess.run('true')"],
        "network_def": {"_target_": "scripts.net.Mine"},
    }
    report = inspect_bundle(bundles.threshold_bundle(tmp_path / "b", changes))
    assert report.untrusted_targets == (
        "$subprocess.run('true')",
        "import subprocess",
        "os.system",
        "scripts.net.Mine",
    )
    assert report.network == "scripts.net.Mine"


def test_what_inference_reaches_is_held_to_the_stricter_list(tmp_path):
    changes = {
        "saver": {"_target_": "CheckpointSaver", "save_dir": "x"},
        "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [16] * 3, "_requires_": "@saver"},
    }
    assert inspect_bundle(bundles.threshold_bundle(tmp_path / "b", changes)).untrusted_targets == ("CheckpointSaver",)


def test_torchscript_is_a_program_and_needs_trust(threshold_bundle):
    (threshold_bundle / "models" / "model.pt").rename(threshold_bundle / "models" / "model.ts")
    report = inspect_bundle(threshold_bundle)
    assert report.untrusted_targets == (TORCHSCRIPT_TARGET,)
    assert report.network == "TorchScript"


def test_what_this_product_cannot_run_is_said_at_inspection(tmp_path):
    meta = bundles.metadata(
        network_data_format={
            "inputs": {"image": {"num_channels": 4}},
            "outputs": {"pred": {"channel_def": {"0": "Tumor core", "1": "Whole tumor"}}},
        }
    )
    config = bundles.config()
    del config["inferer"]
    report = inspect_bundle(bundles.write(tmp_path / "b", config, meta, {"w": torch.zeros(1)}))
    assert [word in " ".join(report.problems) for word in ("4 images", "overlapping", "inferer")] == [True] * 3


def test_macros_and_relative_ids_are_followed(tmp_path):
    changes = {
        "nets": {
            "mine": {"_target_": "torch.nn.Conv3d", "in_channels": 1, "out_channels": 2, "kernel_size": "@##size"}
        },
        "size": 1,
        "network_def": "%nets#mine",
    }
    report = inspect_bundle(bundles.threshold_bundle(tmp_path / "b", changes))
    assert report.network == "torch.nn.Conv3d"
    assert report.untrusted_targets == ()
