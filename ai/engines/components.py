"""Which names a bundle's config may use without anybody's trust, found out without importing torch or MONAI.

MONAI's own ``__init__`` files are read as text: a name is a component when one of the packages below exports it as a
class. Everything else, MONAI's own helpers that run commands, download or unpickle included, needs trust.
"""

import ast
import importlib.util
import re
from functools import lru_cache
from pathlib import Path

RUN_PACKAGES = (
    "monai.transforms",
    "monai.networks.nets",
    "monai.networks.blocks",
    "monai.networks.layers",
    "monai.inferers",
    "monai.losses",
    "monai.metrics",
)
"""What the parts of a config that we run may be made of: nothing here writes files or loads more than tensors."""

SHOWN_PACKAGES = (
    *RUN_PACKAGES,
    "monai.networks.schedulers",
    "monai.data",
    "monai.handlers",
    "monai.engines",
    "monai.optimizers",
)
"""What the other parts may name, which only MONAI's own runner would run: evaluators, data loaders, handlers."""


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text."""
    return tuple(text.split())


_CLASS = re.compile(r"[A-Z]\w*")
_TORCH_CLASS = re.compile(r"torch\.(nn|optim|optim\.lr_scheduler|nn\.modules\.[a-z]+)\.[A-Z][A-Za-z0-9]*")

_DENIED = re.compile(
    r"(WriteFileMapping"  # writes where the config says
    r"|(Rand)?(TorchVision|TorchIO|CuCIM)|TorchVisionFCModel|CellSamWrapper"  # reach into other libraries by name
    r"|PerceptualLoss|MultiModal|Transchex"  # download and load code or weights
    r"|GaussianMixtureModel"  # compiles
    r"|(Persistent|CacheNTrans|LMDB|GDS)Dataset)"  # unpickle what lies in a folder
    r"(d|D|Dict)?"
)

TORCH_NAMES = frozenset(
    f"torch.{name}"
    for name in words(
        "device Generator tensor as_tensor zeros ones full arange linspace stack cat where argmax argmin softmax "
        "sigmoid sum mean max min abs clamp exp log sqrt round unsqueeze squeeze permute reshape flip numel "
        "float float16 float32 float64 bfloat16 half double int int8 int16 int32 int64 uint8 long short bool "
        "cuda.is_available cuda.device_count backends.mps.is_available nn.functional.softmax nn.functional.sigmoid "
        "nn.functional.relu nn.functional.interpolate nn.functional.pad nn.functional.one_hot inf pi"
    )
)
NUMPY_NAMES = frozenset(
    f"numpy.{name}"
    for name in words(
        "array asarray zeros ones full arange linspace stack concatenate where argmax argmin sum mean max min abs clip "
        "exp log sqrt ceil floor round rint prod inf pi nan float16 float32 float64 int8 int16 int32 int64 uint8 "
        "uint16 bool_ transpose moveaxis flip eye"
    )
)
MONAI_NAMES = frozenset(
    {"monai.utils.set_determinism", "monai.handlers.from_engine", "monai.handlers.utils.from_engine"}
)
PYTHON_NAMES = frozenset(
    words(
        "math.ceil math.floor math.sqrt math.exp math.log math.pi math.inf math.prod glob.glob "
        "os.path.join os.path.basename os.path.dirname os.path.abspath os.path.exists os.path.isfile os.sep"
    )
)
PLAIN_NAMES = TORCH_NAMES | NUMPY_NAMES | MONAI_NAMES | PYTHON_NAMES
"""Functions and constants that an expression may name."""

MODULES = frozenset(words("torch torch.nn torch.nn.functional monai monai.transforms numpy math glob os os.path"))
"""Modules that a config may import: of each, only the names above can be used."""


def is_component(target: str, packages: tuple[str, ...] = SHOWN_PACKAGES) -> bool:
    """Say whether a ``_target_`` names a class of MONAI's or torch's building blocks, or a plain function of torch.

    ``UNet`` (MONAI's short form), ``monai.networks.nets.UNet`` and ``monai.networks.nets.unet.UNet`` do;
    ``os.system``, ``monai.utils.run_cmd``, ``torch.load`` and ``monai.transforms.utils.os.system`` do not.
    """
    if target in PLAIN_NAMES or _TORCH_CLASS.fullmatch(target):
        return True
    module, _, name = target.rpartition(".")
    if not _CLASS.fullmatch(name) or _DENIED.fullmatch(name):
        return False
    if not module:
        return any(name in _exports(package) for package in packages)
    if module in packages:
        return name in _exports(module)
    return module.startswith(tuple(f"{package}." for package in packages)) and name in _classes(module)


@lru_cache(maxsize=1)
def _monai_folder() -> Path | None:
    spec = importlib.util.find_spec("monai")  # a top-level name: found, not imported
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _source(module: str, suffix: str) -> ast.Module | None:
    folder = _monai_folder()
    parts = module.split(".")[1:]
    if folder is None or not all(part.isidentifier() and not part.startswith("_") for part in parts):
        return None
    path = folder.joinpath(*parts[:-1], parts[-1] + suffix) if suffix == ".py" else folder.joinpath(*parts, suffix)
    return ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else None


@lru_cache(maxsize=64)
def _exports(package: str) -> frozenset[str]:
    """Return the names that a package's ``__init__`` takes from its own modules."""
    tree = _source(package, "__init__.py")
    if tree is None:
        return frozenset()
    own = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.level > 0]
    return frozenset(alias.asname or alias.name for node in own for alias in node.names)


@lru_cache(maxsize=256)
def _classes(module: str) -> frozenset[str]:
    """Return the classes defined at the top of a module, and other names for them."""
    tree = _source(module, ".py")
    if tree is None:
        return frozenset()
    classes = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in classes:
            classes |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(classes)
