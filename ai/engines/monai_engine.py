"""Run a MONAI bundle by its own config: preprocessing, network, inferer and postprocessing as the bundle wrote them."""

import inspect
import logging
import pydoc
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import torch
from monai.bundle import ComponentLocator, ConfigComponent, ConfigParser
from monai.data import MetaTensor
from numpy.typing import NDArray

from ai.engines.bundle import TORCHSCRIPT_TARGET, BundleReport, inspect_bundle
from ai.engines.components import RUN_PACKAGES
from ai.engines.config import read_config
from ai.engines.members import plain
from ai.engines.modules import BundleModules
from ai.engines.weights import TORCHSCRIPT, state_dict_of
from ai.engines.windows import counted_network
from ai.errors import BundleError, EngineError, UntrustedBundleError
from ai.imaging.grid import resample_labels
from ai.types import Geometry, Provenance, SegmentRequest, SegmentResult

_READS = ("LoadImage", "LoadImaged", "LoadImageD", "LoadImageDict")
_READ_ARGUMENTS = {
    "_target_",
    "_disabled_",
    "_desc_",
    "keys",
    "dtype",
    "image_only",
    "ensure_channel_first",
    "simple_keys",
}
_WRITES = {"SaveImage": "Identity", "SaveImaged": "Identityd", "SaveImageD": "Identityd", "SaveImageDict": "Identityd"}
logging.getLogger("monai.data.nvimgcodec_pydicom_plugin").setLevel(logging.ERROR)  # tells at each LoadImaged
_DONE_BEFORE, _DONE_AFTER = 0.05, 0.95


class MonaiEngine:
    """A bundle's network with the transforms around it. Made by ``load_monai_engine``."""

    def __init__(
        self,
        report: BundleReport,
        parts: Mapping[str, Any],
        network: torch.nn.Module,
        modules: BundleModules,
        device: str,
    ) -> None:
        self.name = report.name
        self.version = report.version
        self.device = device
        self._report = report
        self._preprocessing = parts["preprocessing"]
        self._inferer = parts["inferer"]
        self._postprocessing = parts.get("postprocessing")
        self._image_key = _image_key(self._preprocessing)
        self.network = network
        self._modules = modules

    def segment(self, request: SegmentRequest) -> SegmentResult:
        """Label the image on its own grid; see ``ai.engines.Engine.segment``."""
        started = time.monotonic()
        report = request.on_progress or _nobody
        report(0.0)
        with torch.inference_mode(), self._modules:
            data = self._prepared(request)
            report(_DONE_BEFORE)
            data["pred"] = self._predicted(data[self._image_key], report)
            report(_DONE_AFTER)
            labels = self._labels(data, request)
        report(1.0)
        provenance = Provenance(
            model=self.name,
            version=self.version,
            weights_sha256=self._report.weights_sha256,
            seed=None,
            device=self.device,
            elapsed_s=time.monotonic() - started,
        )
        return SegmentResult(labels, request.geometry, provenance)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Answer for windows (B, 1, I, J, K) with logits (B, C, I, J, K): the engine as a member of an ensemble."""
        with self._modules:
            return plain(self.network)(windows)

    def input_of(self, request: SegmentRequest) -> torch.Tensor:
        """Return the image as the network gets it, (1, I, J, K), with its affine (RAS mm) in ``.affine``."""
        with torch.inference_mode(), self._modules:
            image: torch.Tensor = self._prepared(request)[self._image_key]
        return image

    def windows_for(self, shape: tuple[int, ...]) -> tuple[tuple[int, ...], float]:
        """Return the size of the windows over an image of this shape and how far they overlap, 0 to 1.

        Raises
        ------
        EngineError
            The bundle does not work by sliding windows over three axes.
        """
        roi, overlap = getattr(self._inferer, "roi_size", None), getattr(self._inferer, "overlap", 0.0)
        sizes = [roi] * len(shape) if isinstance(roi, int) else list(roi or ())
        if len(sizes) != len(shape):
            raise EngineError(f"The bundle {self.name} does not work by sliding windows.")
        window = tuple(int(size) if size > 0 else n for size, n in zip(sizes, shape, strict=True))
        return window, float(max(overlap)) if isinstance(overlap, (list, tuple)) else float(overlap)

    def _prepared(self, request: SegmentRequest) -> dict[str, Any]:
        """Hand the image to the bundle as the NIfTI file that its LoadImaged expects."""
        with tempfile.TemporaryDirectory(prefix="fiducial-") as folder:
            path = Path(folder) / "image.nii"
            affine = request.geometry.nifti_affine()
            nifti = nibabel.Nifti1Image(request.image.transpose(2, 1, 0), affine)  # type: ignore[no-untyped-call]  # nibabel is partly typed
            nibabel.save(nifti, path)
            data = self._preprocessing({self._image_key: str(path)})
        if not isinstance(data, dict):
            raise EngineError("The bundle's preprocessing gives several images for one; it is not made for inference.")
        image = data.get(self._image_key)
        if not isinstance(image, torch.Tensor) or image.ndim != 4:
            raise EngineError("The bundle's preprocessing does not give an image with a channel and three dimensions.")
        return data

    def _predicted(self, image: torch.Tensor, report: Callable[[float], None]) -> Any:
        """Return the network's output for one image (C, I, J, K), with the image's affine."""
        span = _DONE_AFTER - _DONE_BEFORE
        network = counted_network(
            self.network, self._inferer, tuple(image.shape[1:]), lambda share: report(_DONE_BEFORE + span * share)
        )
        output = self._inferer(image[None].to(self.device), network)
        if isinstance(output, (list, tuple)):
            output = output[0]  # deep supervision: the first is the full resolution
        if not isinstance(output, torch.Tensor):
            raise EngineError("The bundle's network does not give a map of labels.")
        prediction = output[0]
        if not isinstance(prediction, MetaTensor):
            prediction = MetaTensor(prediction, affine=getattr(image, "affine", None))
        return prediction

    def _labels(self, data: dict[str, Any], request: SegmentRequest) -> NDArray[np.uint8]:
        """Return what the bundle's postprocessing makes of the prediction, on the grid of the request."""
        if self._postprocessing is not None:
            data = self._postprocessing(data)
        prediction = data["pred"]
        values = _as_labels(torch.as_tensor(prediction).detach().cpu(), with_background=len(self._report.labels) + 1)
        affine = getattr(prediction, "affine", None)
        if affine is None:
            raise EngineError("The bundle's postprocessing loses the place of the image.")
        i, j, k = values.shape
        geometry = Geometry.from_nifti(np.asarray(affine, dtype=np.float64), (i, j, k))
        labels = np.ascontiguousarray(values.transpose(2, 1, 0))
        if geometry.is_close(request.geometry, tolerance_mm=1e-2):
            return labels
        resampled: NDArray[np.uint8] = resample_labels(labels, geometry, request.geometry)
        return resampled


def load_monai_engine(folder: Path, trusted_targets: frozenset[str], device: str | None) -> MonaiEngine:
    """Load a bundle; see ``ai.engines.load_engine``."""
    report = inspect_bundle(folder)
    refused = tuple(target for target in report.untrusted_targets if target not in trusted_targets)
    if refused:
        raise UntrustedBundleError(
            f"The bundle {report.name} may run code that nobody has trusted: {'; '.join(refused)}", refused
        )
    if report.problems:
        raise BundleError(" ".join(report.problems))
    place = _device(device)
    config = _own_config(read_config(folder).reachable(), folder, place)
    modules = BundleModules(folder, allowed=bool(report.untrusted_targets))
    with modules, warnings.catch_warnings():
        # LoadImaged makes every reader it knows, the one for NVIDIA's decoder too, which says that it is not there
        warnings.filterwarnings("ignore", message="NvImgCodecPydicomReader")
        # a default that changed in MONAI 1.6 and that the zoo's bundles rely on either way: our image is RAS
        warnings.filterwarnings("ignore", message=".*Orientationd.*labels", category=FutureWarning)
        parser = ConfigParser(config)  # builds nothing yet
        _check_resolved(config, trusted_targets, parser.locator)
        try:
            parts = {
                name: parser.get_parsed_content(name)
                for name in config
                if name in ("preprocessing", "inferer", "postprocessing")
            }
            network = _network(parser, folder, report, place)
        except (RuntimeError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
            raise BundleError(
                f"The bundle {report.name} cannot be built from its config: {_first_cause(error)}"
            ) from error
    return MonaiEngine(report, parts, network, modules, str(place))


def _device(device: str | None) -> torch.device:
    return torch.device(device or ("cuda:0" if torch.cuda.is_available() else "cpu"))


def _network(parser: ConfigParser, folder: Path, report: BundleReport, device: torch.device) -> torch.nn.Module:
    if TORCHSCRIPT_TARGET in report.untrusted_targets:
        # No Python is unpickled: the C++ reader knows TorchScript alone. It still is a program, hence the trust above.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="`torch.jit.load` is deprecated")  # bundles in the field use it
            scripted: torch.nn.Module = torch.jit.load(  # type: ignore[no-untyped-call]  # torch leaves it untyped
                str(folder / TORCHSCRIPT), map_location=device
            )
        return scripted.eval()
    network = parser.get_parsed_content("network_def")
    if not isinstance(network, torch.nn.Module):
        raise BundleError("The bundle's network_def does not build a network.")
    network.load_state_dict(state_dict_of(folder))
    return network.to(device).eval()


def _own_config(config: dict[str, Any], folder: Path, device: torch.device) -> dict[str, Any]:
    """Put our device and folder into the bundle's config, read NIfTI, and write no files."""
    if "device" in config:
        config["device"] = f"$torch.device('{device}')"
    if "bundle_root" in config:
        config["bundle_root"] = str(folder)
    return {name: _without_files(value) for name, value in config.items()}


def _without_files(value: Any) -> Any:
    """Make LoadImage read with the default reader (ours is a NIfTI file) and SaveImage do nothing."""
    if isinstance(value, list):
        return [_without_files(item) for item in value]
    if not isinstance(value, dict):
        return value
    name = str(value.get("_target_", "")).rpartition(".")[2]
    if name in _READS:
        return {key: item for key, item in value.items() if key in _READ_ARGUMENTS}
    if name in _WRITES:
        kept = {"keys": value["keys"]} if "keys" in value else {}
        return {"_target_": f"monai.transforms.{_WRITES[name]}", **kept}
    return {key: _without_files(item) for key, item in value.items()}


def _check_resolved(config: Any, trusted: frozenset[str], locator: ComponentLocator) -> None:
    """Refuse a target that turns out to be something else than its name says: the second of two locks."""
    children = config.values() if isinstance(config, dict) else config if isinstance(config, list) else ()
    for child in children:
        _check_resolved(child, trusted, locator)
    if not isinstance(config, dict) or "_target_" not in config or config["_target_"] in trusted:
        return
    target = config["_target_"]
    if not isinstance(target, str) or target.startswith(("$", "@")):
        return  # such a one has been trusted as it stands, or it would have been refused above
    found = pydoc.locate(ConfigComponent(config, locator=locator).resolve_module_name())
    module = str(getattr(found, "__module__", ""))
    ours = module.startswith(RUN_PACKAGES) and inspect.isclass(found)
    if not (ours or module.split(".")[0] == "torch"):
        raise UntrustedBundleError(f"The target {target} is {found!r}, not a part of MONAI or torch.", (target,))


def _image_key(preprocessing: Any) -> str:
    """Return the key under which the bundle's own LoadImaged wants its image."""
    for transform in getattr(preprocessing, "transforms", (preprocessing,)):
        keys = getattr(transform, "keys", None)
        if type(transform).__name__ == "LoadImaged" and keys:
            return str(keys[0])
    raise BundleError("The bundle's preprocessing has no LoadImaged, so it cannot be given an image.")


def _as_labels(values: torch.Tensor, with_background: int) -> NDArray[np.uint8]:
    """Turn a prediction (1 or C, I, J, K) into label values (I, J, K).

    Raises
    ------
    EngineError
        It is neither a map of whole label values nor one channel per label.
    """
    if values.ndim == 4 and values.shape[0] == with_background and with_background > 1:
        values = values.argmax(0, keepdim=True)
    if values.ndim != 4 or values.shape[0] != 1:
        raise EngineError(f"The bundle gives a result of shape {tuple(values.shape)}, not one map of labels.")
    array = values[0].numpy()
    whole = np.rint(array)
    if not np.isfinite(array).all() or np.abs(array - whole).max(initial=0) > 1e-3:
        raise EngineError("The bundle gives values that are no whole labels; its postprocessing lacks AsDiscreted.")
    if whole.min(initial=0) < 0 or whole.max(initial=0) > 255:
        raise EngineError("The bundle gives label values outside 0 to 255.")
    labels: NDArray[np.uint8] = whole.astype(np.uint8)
    return labels


def _first_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"


def _nobody(_: float) -> None:
    """Take progress that nobody asked for."""
