"""Read a bundle's inference config and cut it down to what inference needs. Plain data in, plain data out."""

import copy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ai.engines.trust import imported_name, names_in, references_in
from ai.errors import BundleError

_NAMES = ("inference.json", "inference.yaml", "inference.yml")
_MOST_BYTES = 4 << 20
_MOST_NODES = 100_000
_RELATIVE = re.compile(r"(?:@|%)(?:::)+")
_PLACES = {
    "network_def": ("network_def", "network", "net"),
    "preprocessing": ("preprocessing", "dataset::transform", "pre_transforms"),
    "inferer": ("inferer", "evaluator::inferer"),
    "postprocessing": ("postprocessing", "evaluator::postprocessing", "post_transforms"),
}


@dataclass(frozen=True, slots=True)
class InferenceConfig:
    """A config with its macros resolved (``whole``), and the ids under which the parts of inference were found."""

    whole: dict[str, Any]
    parts: Mapping[str, Any]

    @property
    def network(self) -> str | None:
        """The network's ``_target_``, None when the config has no network."""
        network = self.parts.get("network_def")
        return str(network["_target_"]) if isinstance(network, Mapping) else None

    def reachable(self) -> dict[str, Any]:
        """Return a config with the four parts and only what they refer to: nothing else of the bundle is run."""
        kept: dict[str, Any] = {name: copy.deepcopy(part) for name, part in self.parts.items()}
        waiting = list(kept.values())
        names: set[str] = set()
        while waiting:
            for value in _walk(waiting.pop()):
                if not isinstance(value, str):
                    continue
                names |= names_in(value) if value.startswith("$") else set()
                for top in (reference.split("::")[0] for reference in references_in(value)):
                    if top in self.whole and top not in kept:
                        kept[top] = copy.deepcopy(self.whole[top])
                        waiting.append(kept[top])
        imports = [value for value in _walk(self.whole) if isinstance(value, str) and imported_name(value) in names]
        return {"imports_in_use": imports, **kept} if imports else kept


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON or YAML object.

    Raises
    ------
    BundleError
        The file is too large, no JSON or YAML, or no object.
    """
    name = f"{path.parent.name}/{path.name}"
    if path.stat().st_size > _MOST_BYTES:
        raise BundleError(f"{name} is larger than {_MOST_BYTES >> 20} MiB.")
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise BundleError(f"{name} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BundleError(f"{name} is no object of names and values.")
    if sum(1 for _ in zip(_walk(content), range(_MOST_NODES + 1), strict=False)) > _MOST_NODES:
        raise BundleError(f"{name} holds more than {_MOST_NODES} values.")
    return content


def read_config(folder: Path) -> InferenceConfig:
    """Return the inference config of a bundle; its ``network`` is None when it describes none.

    Raises
    ------
    BundleError
        There is no inference config, it cannot be read, or uses a feature that is refused.
    """
    paths = [folder / "configs" / name for name in _NAMES if (folder / "configs" / name).is_file()]
    if not paths:
        raise BundleError("The bundle has no configs/inference.json (or .yaml): it does not say how to run the model.")
    whole = read_json(paths[0])
    merged = [name for name in whole if not isinstance(name, str) or "::" in name or "#" in name or name[:1] == "+"]
    if merged:
        raise BundleError(f"{paths[0].name}: the name {merged[0]!r} merges several configs, which is not supported.")
    whole = _resolved(whole, "", whole)
    parts = {name: part for name, places in _PLACES.items() if (part := _first(whole, name, places)) is not None}
    return InferenceConfig(whole, parts)


def _first(whole: Mapping[str, Any], name: str, places: tuple[str, ...]) -> Any:
    for place in places:
        found = _at(whole, place)
        # a network is taken where it is described, not where it is moved to a device
        usable = isinstance(found, Mapping) and "_target_" in found if name == "network_def" else found is not None
        if usable:
            return found
    return None


def _at(config: Any, place: str) -> Any:
    for key in place.split("::") if place else []:
        if isinstance(config, Mapping) and key in config:
            config = config[key]
        elif isinstance(config, list) and key.isdigit() and int(key) < len(config):
            config = config[int(key)]
        else:
            return None
    return config


def _resolved(value: Any, place: str, whole: Mapping[str, Any]) -> Any:
    """Replace relative ids (``@#x``) and macros of the same file (``%x``); one of another file stays, to be refused."""
    if isinstance(value, dict):
        return {key: _resolved(item, f"{place}::{key}" if place else str(key), whole) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(item, f"{place}::{n}" if place else str(n), whole) for n, item in enumerate(value)]
    if not isinstance(value, str) or not value.startswith(("@", "%", "$")):
        return value
    text = _absolute(value, place)
    if text.startswith("%"):
        found = _at(whole, text[1:].replace("#", "::"))
        return text if found is None else copy.deepcopy(found)
    return text


def _absolute(text: str, place: str) -> str:
    text = text.replace("#", "::")
    levels = place.split("::")
    for prefix in sorted(set(_RELATIVE.findall(text)), reverse=True):
        up = prefix.count("::")
        if up > len(levels):
            raise BundleError(f"The relative id in {text!r} leads out of the config.")
        base = "::".join(levels[:-up])
        text = text.replace(prefix, prefix[0] + (f"{base}::" if base else ""))
    return text


def _walk(value: Any) -> Any:
    stack = [value]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
