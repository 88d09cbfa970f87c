"""Cases and settings so small that a training takes seconds."""

import pytest

from ai.imaging.phantoms import PhantomStyle, make_phantom
from ai.training import TrainingSettings
from ai.types import TrainingCase

STYLE = PhantomStyle(noise_hu=5.0)


def tiny_case(seed: int) -> TrainingCase:
    """Return a phantom of 24 x 32 x 32 voxels."""
    return make_phantom(seed, (24, 32, 32), (3.0, 2.5, 2.5), STYLE).case()


@pytest.fixture(scope="session")
def cases() -> list[TrainingCase]:
    """Return four small cases."""
    return [tiny_case(seed) for seed in range(4)]


@pytest.fixture(scope="session")
def held_out() -> list[TrainingCase]:
    """Return two other small cases."""
    return [tiny_case(seed) for seed in (50, 51)]


@pytest.fixture
def tiny() -> TrainingSettings:
    """Return settings of three epochs of two steps."""
    return TrainingSettings(
        epochs=3,
        steps_per_epoch=2,
        patch_kji=(16, 16, 16),
        spacing_mm=(3.0, 2.5, 2.5),
        channels=(4, 8),
        learning_rate=1e-2,
        seed=5,
    )
