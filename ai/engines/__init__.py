"""What runs a model: one Protocol, and a loader that brings torch in only when a model is to run."""

from pathlib import Path
from typing import Protocol

from ai.types import SegmentRequest, SegmentResult


class Engine(Protocol):
    """A model that is ready to run.

    Attributes
    ----------
    name, version : str
        The model's own.
    device : str
        Where it runs, ``cpu`` or ``cuda:0``.
    """

    name: str
    version: str
    device: str

    def segment(self, request: SegmentRequest) -> SegmentResult:
        """Label the image on its own grid.

        Raises
        ------
        EngineError
            The model cannot be run on this image.
        """
        ...


def load_engine(folder: Path, trusted_targets: frozenset[str] = frozenset(), device: str | None = None) -> Engine:
    """Load the MONAI bundle in a folder.

    Parameters
    ----------
    folder : Path
        The bundle's root.
    trusted_targets : frozenset of str
        What an administrator has allowed, of the report's ``untrusted_targets``.
    device : str, optional
        ``cpu``, ``cuda`` or ``cuda:n``; by default CUDA when there is one.

    Raises
    ------
    UntrustedBundleError
        The config names code that is not trusted. Nothing has been run.
    BundleError
        The bundle is incomplete, or its weights do not fit its network.
    """
    from ai.engines.monai_engine import load_monai_engine

    return load_monai_engine(folder, trusted_targets, device)
