"""What in a bundle's config could run code of its own, found by reading alone.

A MONAI config runs code through ``_target_`` (any importable callable), through ``$`` expressions (Python's ``eval``),
through imports, and through string arguments that MONAI itself looks up (``reader``, ``merger_cls``, ``pretrained``).
Without trust only a small, closed language is left: building blocks of MONAI and torch, and expressions whose every
name, call and attribute is on a list. What falls outside is listed as it stands, for a person to read and to trust.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ai.engines.components import MODULES, PLAIN_NAMES, RUN_PACKAGES, SHOWN_PACKAGES, is_component, words

_REFERENCE = re.compile(r"@(?:\w*)(?:::\w*)*")  # as MONAI's ReferenceResolver.id_matcher
_REFS = "__local_refs"

_BUILTINS = frozenset(
    words("int float bool str len min max sum abs round range list tuple dict set sorted zip enumerate any all slice")
)
_ATTRIBUTES = frozenset(
    words(
        "shape ndim dtype device affine meta pixdim in_channels out_channels roi_size num_classes "
        "to eval train parameters state_dict cpu cuda float long int half bool double keys values items sum mean "
        "max min argmax softmax sigmoid unsqueeze squeeze permute reshape view astype clip clamp lower upper strip "
        "split join startswith endswith replace item numel dim size abs any all index count"
    )
)
_NODES = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Call, ast.keyword, ast.Starred),
    *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Subscript, ast.Slice, ast.IfExp, ast.Compare, ast.cmpop),
    *(ast.BoolOp, ast.boolop, ast.BinOp, ast.operator, ast.UnaryOp, ast.unaryop, ast.JoinedStr, ast.FormattedValue),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension, ast.Lambda, ast.arguments, ast.arg),
)
_ALIASES = {"torch": {"torch"}, "monai": {"monai"}, "np": {"numpy"}, "numpy": {"numpy"}}
_MERGERS = ("AvgMerger", "ZarrAvgMerger")


def untrusted_in(config: Any, *, runs: bool) -> tuple[str, ...]:
    """Return, sorted, all that needs trust in a resolved config: targets, imports and whole expressions.

    Parameters
    ----------
    config : dict
        A config whose macros and relative ids are resolved (``ai.engines.config``).
    runs : bool
        True for the parts that we run, which must not reach evaluators, handlers or data loaders. False for the
        whole, of which the rest is for MONAI's own runner.
    """
    strings = [value for value in _walk(config) if isinstance(value, str) and value.startswith("$")]
    imports = [parsed for text in strings if (parsed := _import_of(text)) is not None]
    aliases = {name: set(paths) for name, paths in _ALIASES.items()}
    found: set[str] = set()
    for node in imports:
        found |= _check_import(node, aliases)
    found |= {text for text in strings if _import_of(text) is None and not _is_safe(text, aliases, runs)}
    for component in _walk(config):
        if isinstance(component, Mapping) and "_target_" in component:
            found |= _check_component(component, RUN_PACKAGES if runs else SHOWN_PACKAGES)
    found |= {value for value in _walk(config) if isinstance(value, str) and value.startswith("%")}
    return tuple(sorted(found))


def references_in(text: str) -> list[str]:
    """Return the ids that a config string refers to, as MONAI reads them."""
    text = text.replace("#", "::")
    found = _REFERENCE.findall(text)
    return [item[1:] for item in found if text.startswith("$") or text == item]


def names_in(text: str) -> set[str]:
    """Return the plain names in an expression; empty when it cannot be parsed."""
    try:
        return {node.id for node in ast.walk(_parse(text)) if isinstance(node, ast.Name)}
    except (SyntaxError, ValueError, RecursionError):
        return set()


def imported_name(text: str) -> str | None:
    """Return the name that an import expression such as ``$import numpy as np`` binds, else None."""
    node = _import_of(text)
    if node is None or not node.names:
        return None
    return node.names[0].asname or node.names[0].name


def _walk(config: Any) -> Iterator[Any]:
    stack = [config]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, Mapping):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _import_of(text: str) -> ast.Import | ast.ImportFrom | None:
    """Return the import that MONAI would run: it looks at the first statement alone."""
    if not text.startswith("$"):
        return None
    try:
        body = ast.parse(text[1:]).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0] if body and isinstance(body[0], (ast.Import, ast.ImportFrom)) else None


def _check_import(node: ast.Import | ast.ImportFrom, aliases: dict[str, set[str]]) -> set[str]:
    """Return the import as text if it needs trust; else note what its name stands for."""
    text = ast.unparse(node)
    if len(node.names) != 1:
        return {text}
    alias = node.names[0]
    if isinstance(node, ast.ImportFrom):
        path = f"{node.module}.{alias.name}"
        if node.level or path not in PLAIN_NAMES | MODULES:
            return {text}
    else:
        path = alias.name
        if path not in MODULES or (alias.asname is None and "." in path):
            return {text}
    aliases.setdefault(alias.asname or alias.name, set()).add(path)
    return set()


def _parse(text: str) -> ast.Expression:
    """Parse an expression after the very replacement of references that MONAI makes before it evaluates."""
    text = text.replace("#", "::")
    for item in sorted(_REFERENCE.findall(text), key=len, reverse=True):
        text = text.replace(item, f"{_REFS}['{item[1:]}']")
    return ast.parse(text[1:].lstrip(" \t"), mode="eval")


def _is_safe(text: str, aliases: Mapping[str, set[str]], runs: bool) -> bool:
    try:
        tree = _parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    if _REFS in bound:
        return False
    try:
        attributes = _ATTRIBUTES if runs else _ATTRIBUTES | {"run"}
        return _Expression(bound, aliases, attributes).allows(tree.body)
    except RecursionError:
        return False


class _Expression:
    """The closed language of expressions: every node, name, attribute and call must be on a list."""

    def __init__(self, bound: set[str], aliases: Mapping[str, set[str]], attributes: frozenset[str]) -> None:
        self.bound = bound
        self.attributes = attributes
        self.aliases = aliases

    def allows(self, node: ast.AST) -> bool:
        """Say whether the node and all below it are safe."""
        if not isinstance(node, _NODES):
            return False
        if isinstance(node, ast.Name):
            return node.id in self.bound or node.id in _BUILTINS
        if self._is_reference(node):
            return True
        if isinstance(node, ast.Attribute):
            paths = self._module_paths(node)
            if paths is not None:
                return paths <= PLAIN_NAMES
            return node.attr in self.attributes and self.allows(node.value)
        if isinstance(node, ast.Call):
            return self._allows_call(node)
        return all(self.allows(child) for child in ast.iter_child_nodes(node))

    def _allows_call(self, node: ast.Call) -> bool:
        callee = node.func
        if isinstance(callee, ast.Name):
            named = callee.id not in self.bound and (callee.id in _BUILTINS or self._plain(callee.id))
        else:
            named = isinstance(callee, ast.Attribute) and self.allows(callee)
        return named and all(self.allows(child) for child in (*node.args, *node.keywords))

    def _plain(self, name: str) -> bool:
        paths = self.aliases.get(name)
        return paths is not None and paths <= PLAIN_NAMES

    def _is_reference(self, node: ast.AST) -> bool:
        if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Name) or node.value.id != _REFS:
            return False
        return isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)

    def _module_paths(self, node: ast.Attribute) -> set[str] | None:
        """Return what a dotted name that starts at a module stands for, else None."""
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.insert(0, inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name) or inner.id in self.bound or inner.id not in self.aliases:
            return None
        return {".".join([root, *parts]) for root in self.aliases[inner.id]}


def _check_component(component: Mapping[str, Any], packages: tuple[str, ...]) -> set[str]:
    """Return what in a component needs trust: its target, a mode that stops the process, an argument looked up."""
    target = component["_target_"]
    if not isinstance(target, str) or target.startswith(("$", "@")):
        return {f"_target_ {target}"}
    found = set() if is_component(target, packages) else {target}
    if component.get("_mode_", "default") not in ("default", "callable") or component.get("_debug_"):
        found.add(f"{target}(debug)")
    if component.get("merger_cls") not in (None, *_MERGERS):
        found.add(f"{target}(merger_cls={component['merger_cls']})")
    for name, value in component.items():
        if str(name).startswith("pretrained") and value:
            found.add(f"{target}({name}={value})")
    return found
