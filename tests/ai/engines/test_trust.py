import pytest

from ai.engines.components import PLAIN_NAMES, RUN_PACKAGES, is_component
from ai.engines.trust import untrusted_in

GOOD_TARGETS = [
    "UNet",
    "BasicUNet",
    "LoadImaged",
    "SlidingWindowInferer",
    "monai.networks.nets.UNet",
    "monai.networks.nets.unet.UNet",
    "monai.transforms.Compose",
    "monai.transforms.io.dictionary.LoadImageD",
    "torch.nn.Conv3d",
    "torch.nn.modules.conv.Conv3d",
    "torch.optim.AdamW",
    "torch.device",
]
BAD_TARGETS = [
    "os.system",
    "subprocess.Popen",
    "builtins.eval",
    "eval",
    "print",
    "run_cmd",
    "monai.utils.run_cmd",
    "monai.utils.misc.run_cmd",
    "monai.utils.misc.subprocess.Popen",
    "monai.transforms.utils.os.system",
    "monai.transforms.io.array.Path",
    "monai.bundle.ConfigParser",
    "monai.bundle.run",
    "monai.bundle.download",
    "monai.bundle.scripts.load",
    "monai.apps.download_url",
    "monai.data.PersistentDataset",
    "monai.transforms.TorchVisiond",
    "torch.load",
    "torch.hub.load",
    "torch.jit.load",
    "torch.os.system",
    "torch.nn._reduction.Enum",
    "torch.utils.cpp_extension.load",
    "torch.serialization.load",
    "scripts.networks.MyNet",
    " UNet",
    "unet",
    "",
]


@pytest.mark.parametrize("target", GOOD_TARGETS)
def test_building_blocks_need_no_trust(target):
    assert is_component(target)
    assert untrusted_in({"network_def": {"_target_": target}}, runs=False) == ()


@pytest.mark.parametrize("target", BAD_TARGETS)
def test_everything_else_does(target):
    assert untrusted_in({"a": [{"b": {"_target_": target}}]}, runs=False) == (target,)


def test_every_component_of_the_list_exists_in_monai():
    import monai.inferers
    import monai.networks.nets
    import monai.transforms

    from ai.engines.components import _exports

    for package in (monai.transforms, monai.networks.nets, monai.inferers):
        names = {name for name in _exports(package.__name__) if name[:1].isupper()}
        assert len(names) > 3
        assert all(hasattr(package, name) for name in names)


def test_every_plain_name_exists():
    import pydoc

    import monai.handlers  # noqa: F401 - so that pydoc finds it

    missing = {name for name in PLAIN_NAMES if pydoc.locate(name) is None and not name.startswith("monai.handlers")}
    assert missing == set()


SAFE = [
    "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
    "$@network_def.to(@device)",
    "$@bundle_root + '/eval'",
    "$import glob",
    "$import os",
    "$import numpy as np",
    "$list(sorted(glob.glob(@dataset_dir + '/imagesTs/*.nii.gz')))",
    "$[{'image': i} for i in @datalist]",
    "$os.path.join(@bundle_root, 'models', 'model.pt')",
    "$lambda x: torch.where(x > 0.5, 1.0, 0.0)",
    "$lambda x: x.sum(dim=0, keepdim=True)",
    "$np.prod([2, 3]) ** 2 // 3",
    '$f"{@bundle_root}/x"',
    "$@roi_size[0] * 2",
    "$monai.utils.set_determinism(seed=123)",
    "$@evaluator.run()",
    "$from torch import float32",
]
UNSAFE = [
    "$__import__('os').system('x')",
    "$eval('1')",
    "$exec('1')",
    "$open('/etc/passwd').read()",
    "$os.system('x')",
    "$os.environ",
    "$torch.load('x')",
    "$torch.os.system('x')",
    "$torch",
    "$[torch]",
    "$monai.utils.run_cmd(['x'])",
    "$monai.bundle.ConfigParser({}).get_parsed_content('x')",
    "$monai.transforms.LoadImage('subprocess.Popen')",
    "$().__class__.__base__.__subclasses__()",
    "$(x for x in []).gi_frame.f_builtins['eval']",
    "$(lambda f: f('x'))(str)",
    "$[f('x') for f in [str]]",
    "$getattr(torch, 'load')('x')",
    "$@parser.get_parsed_content('x')",
    "$@net.__class__",
    "$'{0.__class__}'.format(1)",
    "$(torch := 1)",
    "$[torch.load(x) for torch in [1]]",
    "$@x(1)",
    "$@x['y'](1)",
    "$print(1)",
    "$1 +",
    "$'@a' + __local_refs",
    "$lambda __local_refs: __local_refs['x']",
    "$'@x.__class__'",
    "$torch.nn.Module.__subclasses__()",
    "$np.load('x', allow_pickle=True)",
    "$os.path.os.system('x')",
    "$glob.os.system('x')",
]


@pytest.mark.parametrize("text", SAFE)
def test_expressions_of_everyday_bundles_are_understood(text):
    config = {"imports": ["$import glob", "$import os"], "x": text}
    assert untrusted_in(config, runs=False) == ()


@pytest.mark.parametrize("text", UNSAFE)
def test_an_expression_that_could_do_more_is_listed_as_it_stands(text):
    config = {"imports": ["$import glob", "$import os"], "x": text}
    assert untrusted_in(config, runs=False) == (text,)


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("$import subprocess", "import subprocess"),
        ("$import scripts", "import scripts"),
        ("$from os import system", "from os import system"),
        ("$from torch import load", "from torch import load"),
        ("$from . import x", "from . import x"),
        ("$import torch, os", "import torch, os"),
        ("$import os; os.system('x')", None),
    ],
)
def test_imports(text, listed):
    assert untrusted_in({"imports": [text]}, runs=False) == ((listed,) if listed else ())


def test_another_name_for_a_module_hides_nothing():
    config = {"imports": ["$import torch as np"], "x": "$np.load('x')", "y": "$np.zeros(3)"}
    # np may now be NumPy or torch, so only what both allow passes
    assert untrusted_in(config, runs=False) == ("$np.load('x')",)


@pytest.mark.parametrize(
    "component",
    [
        {"_target_": "@net"},
        {"_target_": "$@model.forward"},
        {"_target_": ["UNet"]},
        {"_target_": "UNet", "_mode_": "debug"},
        {"_target_": "UNet", "_debug_": True},
        {"_target_": "PatchInferer", "merger_cls": "os.system"},
        {"_target_": "DenseNet121", "pretrained": True},
        {"_target_": "HoVerNet", "pretrained_url": "http://somewhere"},
    ],
)
def test_other_ways_to_reach_code(component):
    assert untrusted_in({"x": component}, runs=False)


def test_a_macro_of_another_file_is_listed():
    assert untrusted_in({"x": "%/etc/config.json::net"}, runs=False) == ("%/etc/config.json::net",)


def test_what_we_run_may_not_reach_evaluators():
    config = {"x": {"_target_": "SupervisedEvaluator"}, "y": "$@x.run()", "z": {"_target_": "CheckpointSaver"}}
    assert untrusted_in(config, runs=False) == ()
    assert untrusted_in(config, runs=True) == ("$@x.run()", "CheckpointSaver", "SupervisedEvaluator")
    assert is_component("UNet", RUN_PACKAGES)
