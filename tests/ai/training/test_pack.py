import json
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
import torch

from ai.engines import load_engine
from ai.engines.bundle import inspect_bundle
from ai.errors import TrainingError
from ai.training import pack_bundle, score, train
from ai.types import SegmentRequest, SegmentResult

# MONAI's own LoadImaged makes every reader it knows, the one for NVIDIA's decoder too.
pytestmark = pytest.mark.filterwarnings("ignore:NvImgCodecPydicomReader")


@pytest.fixture(scope="module")
def packed(tmp_path_factory, cases):
    """Return a network trained for one step, with its settings, packed."""
    from ai.training import TrainingSettings

    settings = TrainingSettings(
        epochs=1, steps_per_epoch=1, patch_kji=(16, 16, 16), spacing_mm=(3.0, 2.5, 2.5), channels=(4, 8)
    )
    folder = tmp_path_factory.mktemp("packed")
    network = train(cases, settings, checkpoint=folder / "a.pt", on_epoch=lambda _: None)
    bundle = pack_bundle(network, settings, {1: "organ", 2: "lesion"}, folder / "bundle", {"name": "n", "version": "7"})
    return network, settings, bundle


def test_our_own_bundle_needs_no_trust_and_runs(packed, cases):
    bundle = packed[2]
    report = inspect_bundle(bundle)
    assert (report.name, report.version, report.labels) == ("n", "7", {1: "organ", 2: "lesion"})
    assert report.untrusted_targets == ()
    assert report.problems == ()
    result = load_engine(bundle, device="cpu").segment(SegmentRequest(cases[0].image, cases[0].geometry))
    assert result.labels.shape == cases[0].image.shape
    assert set(np.unique(result.labels)) <= {0, 1, 2}


def test_the_engine_sees_what_training_saw(packed, cases):
    """The curve's Dice (in memory) and the engine's (file, config, inversion) agree: one preprocessing, not two."""
    from ai.training.loop import _Run

    network, settings, bundle = packed
    run = _Run(cases[:1], cases[:1], settings, 3)
    run.network.load_state_dict(network.weights)
    card = score(bundle, cases[:1], [1, 2])
    for value, dice in run.held_out_dice().items():
        assert card.per_label[value] == pytest.approx(dice, abs=0.02)


def test_monai_reads_every_part_of_the_config(packed):
    from monai.bundle import ConfigParser

    bundle = packed[2]
    parser = ConfigParser()
    parser.read_config(str(bundle / "configs" / "inference.json"))
    parser.read_meta(str(bundle / "configs" / "metadata.json"))
    parser["bundle_root"] = str(bundle)
    for part in ("network", "preprocessing", "inferer", "postprocessing", "datalist", "device"):
        parser.get_parsed_content(part)
    parser.get_parsed_content("network").load_state_dict(torch.load(bundle / "models" / "model.pt", weights_only=True))
    meta = json.loads((bundle / "configs" / "metadata.json").read_text())
    required = ("schema", "version", "changelog", "monai_version", "pytorch_version", "numpy_version", "task")
    assert all(meta[name] for name in (*required, "description", "authors", "copyright", "network_data_format"))
    assert (bundle / "LICENSE").is_file()
    assert (bundle / "docs" / "README.md").is_file()


@pytest.mark.skipif(not all(map(find_spec, ("ignite", "fire"))), reason="pytorch-ignite or fire is not installed")
def test_monai_runs_it_alone(packed, cases, tmp_path):
    """The command in the bundle's README, in a process of its own; the product itself needs neither ignite nor fire."""
    import nibabel

    bundle, case = packed[2], cases[0]
    affine = case.geometry.nifti_affine()
    nibabel.save(nibabel.Nifti1Image(case.image.transpose(2, 1, 0), affine), tmp_path / "a.nii.gz")
    command = [sys.executable, "-m", "monai.bundle", "run", "--config_file", "configs/inference.json"]
    command += ["--dataset_dir", str(tmp_path), "--output_dir", str(tmp_path / "eval")]
    subprocess.run(command, cwd=bundle, check=True, capture_output=True)
    (written,) = (tmp_path / "eval").rglob("*.nii.gz")
    ours = load_engine(bundle, device="cpu").segment(SegmentRequest(case.image, case.geometry)).labels
    np.testing.assert_array_equal(np.asarray(nibabel.load(written).dataobj).squeeze().transpose(2, 1, 0), ours)


def test_labels_must_have_channels_and_the_folder_be_empty(packed, tmp_path):
    network, settings, bundle = packed
    for labels in ({}, {3: "x"}, {0: "x"}):
        with pytest.raises(TrainingError, match="label"):
            pack_bundle(network, settings, labels, tmp_path / "a")
    with pytest.raises(TrainingError, match="not empty"):
        pack_bundle(network, settings, {1: "organ"}, bundle)


class _Fixed:
    """An engine with a known answer: the truth, moved along i."""

    name, version, device = "fixed", "1", "cpu"

    def __init__(self, cases, by):
        self.answers = {id(case.image): np.roll(case.labels, by, axis=2) for case in cases}

    def segment(self, request):
        return SegmentResult(self.answers[id(request.image)], request.geometry, None)


def test_scores_are_dice(cases):
    perfect = score(_Fixed(cases, 0), cases, [1, 2, 9])
    assert perfect.per_label == {1: 1.0, 2: 1.0, 9: None}
    assert perfect.mean == 1.0
    moved = score(_Fixed(cases, 2), cases, [1])
    expected = []
    for case in cases:
        a, b = case.labels == 1, np.roll(case.labels, 2, axis=2) == 1
        expected.append(2 * (a & b).sum() / (a.sum() + b.sum()))
    assert moved.per_label[1] == pytest.approx(np.mean(expected))
    assert [case.name for case in moved.per_case] == [case.name for case in cases]


def test_a_label_missing_on_one_side_counts_as_zero(cases):
    class Nothing(_Fixed):
        def segment(self, request):
            return SegmentResult(np.zeros(request.image.shape, np.uint8), request.geometry, None)

    assert score(Nothing(cases, 0), cases, [1]).per_label == {1: 0.0}
