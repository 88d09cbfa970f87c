"""Modules that a trusted bundle brings along (``scripts/``), kept apart from those of other bundles.

Not a sandbox against malice: whoever trusts a bundle's code lets it run with all rights of the worker.
"""

import sys
from pathlib import Path
from types import ModuleType
from typing import Self


class BundleModules:
    """While entered, ``import scripts`` finds this bundle's folder; afterwards no trace is left for the next bundle.

    The interpreter's module table is one per process: two bundles must not be run from two threads at once.
    """

    def __init__(self, folder: Path, *, allowed: bool) -> None:
        self._folder = str(folder.resolve())
        self._allowed = allowed
        self._own: dict[str, ModuleType] = {}

    def __enter__(self) -> Self:
        if self._allowed:
            sys.path.insert(0, self._folder)
            sys.modules.update(self._own)
        return self

    def __exit__(self, *_: object) -> None:
        if self._allowed:
            sys.path.remove(self._folder)
            self._own = {name: module for name, module in list(sys.modules.items()) if self._is_ours(module)}
            for name in self._own:
                del sys.modules[name]

    def _is_ours(self, module: ModuleType) -> bool:
        file = getattr(module, "__file__", None)
        places = [file] if file else list(getattr(module, "__path__", []))
        return any(str(Path(place).resolve()).startswith(self._folder + "/") for place in places)
