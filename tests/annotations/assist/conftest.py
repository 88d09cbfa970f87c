"""A project, and a model whose answer is known."""

from pathlib import Path

import pytest

from annotations.assist.models import ModelVersion
from annotations.assist.services.registry import register_bundle
from tests.annotations.assist.bundles import threshold_bundle
from tests.annotations.assist.world import World, make_world


@pytest.fixture
def world(db) -> World:
    """Return a live project with two cases and two readers."""
    return make_world({"A": 1, "B": 2})


@pytest.fixture
def version(world: World, tmp_path: Path) -> ModelVersion:
    """Return a registered model that calls everything above 20 HU “organ”."""
    return register_bundle(actor=world.administrator, source=threshold_bundle(tmp_path / "threshold"))
