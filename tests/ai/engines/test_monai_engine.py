import json
import sys
import warnings

import numpy as np
import pytest
import torch

from ai.engines import load_engine
from ai.engines.bundle import TORCHSCRIPT_TARGET
from ai.errors import BundleError, EngineError, UntrustedBundleError
from ai.imaging.phantoms import PhantomStyle, make_phantom
from ai.types import Geometry, SegmentRequest
from tests.ai import bundles


def _image(geometry: Geometry) -> np.ndarray:
    """Return noise that keeps clear of the threshold (40 HU), so that rounding cannot decide."""
    noise = np.random.default_rng(3).normal(40.0, 60.0, geometry.shape_kji)
    return (noise + np.sign(noise - 40.0) * 2.0).astype(np.float32)


def test_the_answer_is_exact_on_an_oblique_grid(threshold_bundle, oblique):
    image = _image(oblique)
    result = load_engine(threshold_bundle, device="cpu").segment(SegmentRequest(image, oblique))
    np.testing.assert_array_equal(result.labels, (image > 40).astype(np.uint8))
    assert result.geometry == oblique
    provenance = result.provenance
    assert (provenance.model, provenance.version, provenance.device) == ("threshold", "0.3.1", "cpu")
    assert len(provenance.weights_sha256) == 64
    assert provenance.elapsed_s > 0
    assert not list(threshold_bundle.rglob("eval*")), "SaveImaged must not write"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("signs", [(1, 1, 1), (-1, 1, -1)])
def test_the_answer_is_exact_in_every_orientation(tmp_path, order, signs):
    affine = np.zeros((4, 4))
    for axis, (row, sign) in enumerate(zip(order, signs, strict=True)):
        affine[row, axis] = sign * (2.5, 1.25, 1.0)[axis]
    affine[3, 3] = 1.0
    geometry = Geometry((9, 12, 15), affine)
    spacing = np.linalg.norm(affine[:3, :3], axis=1)  # along x, y, z: what the bundle's pixdim means after RAS
    folder = bundles.threshold_bundle(tmp_path / "b", pixdim=tuple(spacing.tolist()))
    image = _image(geometry)
    result = load_engine(folder, device="cpu").segment(SegmentRequest(image, geometry))
    np.testing.assert_array_equal(result.labels, (image > 40).astype(np.uint8))


@pytest.mark.parametrize("invert", [True, False])
def test_another_spacing_is_inverted_to_the_grid_of_the_request(tmp_path, invert):
    phantom = make_phantom(1, style=PhantomStyle(noise_hu=0.0))
    folder = bundles.threshold_bundle(tmp_path / "b", pixdim=(2.0, 2.0, 2.0), invert=invert)
    result = load_engine(folder, device="cpu").segment(SegmentRequest(phantom.image, phantom.geometry))
    direct = phantom.image > 40
    agreement = 2 * (direct & (result.labels == 1)).sum() / (direct.sum() + (result.labels == 1).sum())
    assert result.labels.shape == phantom.geometry.shape_kji
    assert agreement > 0.95
    # one voxel off along any axis fits worse: the result lies in the right place
    for axis in range(3):
        shifted = np.roll(result.labels == 1, 1, axis=axis)
        assert 2 * (direct & shifted).sum() / (direct.sum() + shifted.sum()) < agreement


def test_progress_rises_to_one_and_an_exception_cancels(threshold_bundle, oblique):
    engine = load_engine(threshold_bundle, device="cpu")
    shares: list[float] = []
    engine.segment(SegmentRequest(_image(oblique), oblique, shares.append))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 5

    class CancelledError(Exception):
        pass

    def cancel(share: float) -> None:
        if share > 0.3:
            raise CancelledError

    with pytest.raises(CancelledError):
        engine.segment(SegmentRequest(_image(oblique), oblique, cancel))


def test_nothing_runs_without_trust(tmp_path, oblique):
    trap = tmp_path / "ran"
    changes = {
        "aside": {"_target_": "os.mkdir", "path": str(trap)},
        "imports": ["$import os"],
        "inferer": f"$os.mkdir('{trap}')",
    }
    folder = bundles.threshold_bundle(tmp_path / "b", changes)
    with pytest.raises(UntrustedBundleError) as caught:
        load_engine(folder, device="cpu")
    assert caught.value.targets == (f"$os.mkdir('{trap}')", "os.mkdir")
    with pytest.raises(UntrustedBundleError) as caught:
        load_engine(folder, frozenset({"os.mkdir"}), device="cpu")
    assert caught.value.targets == (f"$os.mkdir('{trap}')",)
    assert not trap.exists()


def test_what_inference_does_not_need_is_not_run_even_when_trusted(tmp_path, oblique):
    trap = tmp_path / "ran"
    changes = {
        "aside": {"_target_": "os.mkdir", "path": str(trap)},
        "imports": ["$import subprocess"],
        "initialize": [f"$subprocess.run(['mkdir', '{trap}'])"],
    }
    folder = bundles.threshold_bundle(tmp_path / "b", changes)
    trusted = frozenset({"os.mkdir", "import subprocess", f"$subprocess.run(['mkdir', '{trap}'])"})
    image = _image(oblique)
    result = load_engine(folder, trusted, device="cpu").segment(SegmentRequest(image, oblique))
    np.testing.assert_array_equal(result.labels, image > 40)
    assert not trap.exists()


def test_a_reader_named_in_the_config_is_not_looked_up(tmp_path, oblique):
    trap = tmp_path / "ran"
    config = bundles.config()
    config["preprocessing"]["transforms"][0] |= {"reader": "os.mkdir", "path": str(trap)}
    folder = bundles.write(tmp_path / "b", config, bundles.metadata(), bundles.weights())
    load_engine(folder, device="cpu").segment(SegmentRequest(_image(oblique), oblique))
    assert not trap.exists()


def test_a_name_that_is_not_what_it_says_is_refused_when_resolved(tmp_path):
    folder = bundles.threshold_bundle(tmp_path / "b", {"network_def": {"_target_": "torch.nn.modules.module.Any"}})
    with pytest.raises(UntrustedBundleError, match=r"typing\.Any"):
        load_engine(folder, device="cpu")


def test_code_of_the_bundle_runs_once_trusted_and_does_not_leak(tmp_path, oblique):
    image = _image(oblique)
    for name, bias in (("one", -50.0), ("two", 50.0)):
        folder = bundles.threshold_bundle(tmp_path / name, {"network_def": {"_target_": "scripts.net.Mine"}})
        (folder / "scripts").mkdir()
        (folder / "scripts" / "__init__.py").touch()
        (folder / "scripts" / "net.py").write_text(
            "import torch\n\nclass Mine(torch.nn.Conv3d):\n"
            "    def __init__(self):\n        super().__init__(1, 2, 1)\n"
            "    def forward(self, x):\n"
            "        from scripts import late\n        return super().forward(x) + late.EXTRA\n"
        )
        extra = "import torch\nEXTRA = torch.tensor([0.0, %s]).reshape(1, 2, 1, 1, 1)\n" % (bias + 50.0)
        (folder / "scripts" / "late.py").write_text(extra)
        with pytest.raises(UntrustedBundleError):
            load_engine(folder, device="cpu")
        engine = load_engine(folder, frozenset({"scripts.net.Mine"}), device="cpu")
        for _ in range(2):
            result = engine.segment(SegmentRequest(image, oblique))
        expected = image > 40 if name == "one" else image > -np.inf
        np.testing.assert_array_equal(result.labels, expected)
    assert not [name for name in sys.modules if name.split(".")[0] == "scripts"]


def test_torchscript_runs_once_trusted(threshold_bundle, oblique):
    network = torch.nn.Conv3d(1, 2, 1)
    network.load_state_dict(bundles.weights())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch calls its own TorchScript deprecated; bundles in the field use it
        torch.jit.trace(network, torch.zeros(1, 1, 16, 16, 16)).save(str(threshold_bundle / "models" / "model.ts"))
    (threshold_bundle / "models" / "model.pt").unlink()
    with pytest.raises(UntrustedBundleError, match="TorchScript"):
        load_engine(threshold_bundle, device="cpu")
    engine = load_engine(threshold_bundle, frozenset({TORCHSCRIPT_TARGET}), device="cpu")
    image = _image(oblique)
    np.testing.assert_array_equal(engine.segment(SegmentRequest(image, oblique)).labels, image > 40)


def test_weights_that_do_not_fit_are_a_clear_error(tmp_path):
    folder = bundles.threshold_bundle(tmp_path / "b")
    torch.save({"weight": torch.zeros(3, 1, 1, 1, 1), "bias": torch.zeros(3)}, folder / "models" / "model.pt")
    with pytest.raises(BundleError, match="size mismatch"):
        load_engine(folder, device="cpu")


def test_a_network_that_cannot_be_built_is_a_clear_error(tmp_path):
    folder = bundles.threshold_bundle(tmp_path / "b", {"network_def": {"_target_": "UNet", "spatial_dims": 3}})
    with pytest.raises(BundleError, match="cannot be built"):
        load_engine(folder, device="cpu")


def test_a_result_without_labels_is_a_clear_error(tmp_path, oblique):
    config = bundles.config()
    config["postprocessing"]["transforms"] = [{"_target_": "Lambdad", "keys": "pred", "func": "$lambda x: x[:1] + 0.5"}]
    folder = bundles.write(tmp_path / "b", config, bundles.metadata(), bundles.weights())
    with pytest.raises(EngineError, match="AsDiscreted"):
        load_engine(folder, device="cpu").segment(SegmentRequest(_image(oblique), oblique))


def test_without_postprocessing_the_largest_channel_wins(tmp_path, oblique):
    config = bundles.config()
    del config["postprocessing"]
    folder = bundles.write(tmp_path / "b", config, bundles.metadata(), bundles.weights())
    image = _image(oblique)
    result = load_engine(folder, device="cpu").segment(SegmentRequest(image, oblique))
    np.testing.assert_array_equal(result.labels, image > 40)


def test_a_bundle_with_problems_does_not_load(tmp_path):
    meta = json.loads(json.dumps(bundles.metadata()))
    meta["network_data_format"]["inputs"]["image"]["num_channels"] = 2
    folder = bundles.write(tmp_path / "b", bundles.config(), meta, bundles.weights())
    with pytest.raises(BundleError, match="2 images"):
        load_engine(folder, device="cpu")


@pytest.mark.gpu
def test_cuda_agrees_with_the_cpu(threshold_bundle, oblique):
    if not torch.cuda.is_available():
        pytest.skip("there is no CUDA device")
    engine = load_engine(threshold_bundle)
    assert engine.device.startswith("cuda")
    image = _image(oblique)
    np.testing.assert_array_equal(engine.segment(SegmentRequest(image, oblique)).labels, image > 40)
