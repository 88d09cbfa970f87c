"""Engines stay loaded between the jobs of one worker process."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from annotations.assist import bundles
from annotations.assist.errors import UntrustedModelError
from annotations.assist.models import ModelVersion

if TYPE_CHECKING:
    from ai.engines import Engine

KEPT = 2
"""So many engines stay in memory; the one used longest ago goes first."""

_lock = threading.Lock()
_loaded: "OrderedDict[tuple[str, tuple[str, ...]], Engine]" = OrderedDict()


def engine_of(version: ModelVersion) -> "Engine":
    """Return the engine of a model version, loaded on first use in this process.

    The key is what it is made of (the bundle's SHA-256 and the trusted targets), so that it can never be stale.

    Raises
    ------
    UntrustedModelError
        The bundle names code that no administrator has trusted.
    BundleError
        The bundle cannot be loaded.
    """
    from ai.engines import load_engine

    if not version.may_run:
        raise UntrustedModelError(
            f"{version} names code that no administrator has trusted.",
            fields={"untrusted_targets": version.untrusted_targets},
        )
    key = (version.bundle_sha256, tuple(sorted(version.trusted_targets)))
    with _lock:
        engine = _loaded.get(key)
        if engine is None:
            engine = load_engine(bundles.unpacked(version), trusted_targets=frozenset(version.trusted_targets))
            _loaded[key] = engine
        _loaded.move_to_end(key)
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return engine
