"""What a training run is told, validated as it is made."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ai.errors import SettingsError

_DOWN_STEPS = 2
"""Each further level of the network halves the patch."""


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How to train. The defaults suit eight small CT cases on two CPU cores in under a minute.

    Parameters
    ----------
    epochs, steps_per_epoch, batch : int
        Optimiser steps are epochs times steps; each sees ``batch`` patches.
    patch_kji : tuple of int
        Voxels of a patch; each must be a multiple of 2 to the power of (levels - 1).
    spacing_mm : tuple of float
        Grid (k, j, i) that images are resampled to, in training and in inference.
    window_hu : tuple of float
        Values that become 0 and 1; what lies outside is clipped.
    channels : tuple of int
        Features of each level of the U-Net, finest first.
    learning_rate, weight_decay : float
        AdamW's; the rate falls to zero along a half cosine.
    foreground_share : float
        Share of patches centred on foreground, spread evenly over the labels.
    intensity_jitter : float
        Largest random scaling and shift of a patch, as a share of the window.
    score_every : int
        Held-out Dice is taken at every so many epochs, and at the last; 0 only at the last.
    seed : int
        Decides everything random.
    threads : int
        CPU threads for torch.

    Raises
    ------
    SettingsError
        A value is out of its range.
    """

    epochs: int = 8
    steps_per_epoch: int = 20
    batch: int = 2
    patch_kji: tuple[int, int, int] = (32, 64, 64)
    spacing_mm: tuple[float, float, float] = (3.0, 1.5, 1.5)
    window_hu: tuple[float, float] = (-160.0, 240.0)
    channels: tuple[int, ...] = (8, 16, 32, 64)
    learning_rate: float = 3e-3
    weight_decay: float = 1e-5
    foreground_share: float = 0.75
    intensity_jitter: float = 0.1
    score_every: int = 2
    seed: int = 0
    threads: int = 2

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            object.__setattr__(self, field.name, _coerced(field.name, value, field.default))
        for name in ("epochs", "steps_per_epoch", "batch", "threads"):
            _require(getattr(self, name) >= 1, name, "must be at least 1")
        for name in ("score_every", "seed", "weight_decay", "intensity_jitter"):
            _require(getattr(self, name) >= 0, name, "must not be negative")
        _require(self.learning_rate > 0, "learning_rate", "must be above 0")
        _require(0 <= self.foreground_share <= 1, "foreground_share", "must lie between 0 and 1")
        _require(min(self.spacing_mm) > 0, "spacing_mm", "must be above 0")
        _require(self.window_hu[0] < self.window_hu[1], "window_hu", "must rise")
        _require(len(self.channels) >= 2 and min(self.channels) >= 1, "channels", "needs two levels or more")
        step = _DOWN_STEPS ** (len(self.channels) - 1)
        fits = all(n >= step and n % step == 0 for n in self.patch_kji)
        _require(fits, "patch_kji", f"must be multiples of {step} for {len(self.channels)} levels")

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Make settings from plain values (JSON); what is left out keeps its default.

        Raises
        ------
        SettingsError
            A name is unknown, or a value of the wrong type or out of range.
        """
        unknown = set(values) - {field.name for field in dataclasses.fields(cls)}
        if unknown:
            raise SettingsError(f"There is no training setting {', '.join(sorted(unknown))}.")
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; ``from_dict`` takes them back."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in dataclasses.asdict(self).items()}


def _require(holds: bool, name: str, rule: str) -> None:
    if not holds:
        raise SettingsError(f"{name} {rule}.")


def _coerced(name: str, value: Any, default: Any) -> Any:
    """Return the value in the type of its default: whole numbers stay whole, lists become tuples."""
    if isinstance(default, tuple):
        if not isinstance(value, (list, tuple)) or (name != "channels" and len(value) != len(default)):
            raise SettingsError(f"{name} needs {len(default)} numbers.")
        return tuple(_coerced(name, item, default[0]) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SettingsError(f"{name} must be a number.")
    if isinstance(default, int):
        if int(value) != value:
            raise SettingsError(f"{name} must be a whole number.")
        return int(value)
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):
        raise SettingsError(f"{name} must be finite.")
    return number
