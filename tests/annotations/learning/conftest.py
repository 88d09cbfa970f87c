"""A project whose cases are read, and settings that train in a second or two."""

import pytest

from annotations.learning.services.setup import update_setup
from tests.annotations.assist.world import World, make_world

TINY = {
    "epochs": 4,
    "steps_per_epoch": 8,
    "batch": 2,
    "patch_kji": [8, 16, 16],
    "spacing_mm": [5.0, 4.0, 4.0],
    "channels": [4, 8],
    "learning_rate": 0.02,
    "score_every": 2,
    "threads": 1,
}


@pytest.fixture
def world(db) -> World:
    """Return a live project of four patients with one reader each, and tiny training settings."""
    made = make_world({"A": 1, "B": 2, "C": 3, "D": 4}, readers=1, labels=("organ",))
    update_setup(actor=made.engineer, project=made.project, changes={"settings": TINY})
    return made


@pytest.fixture
def read(world: World, run_jobs):
    """Return a function that lets the cases be read, all or those at some places, up to their consensus."""

    def read_cases(*places: int) -> None:
        cases = world.cases
        for case in [cases[place] for place in places] if places else cases:
            labels = (world.phantom(case).labels > 0).astype("uint8")
            world.draw(case, world.readers[0], labels)
            world.submit(case, world.readers[0])
        run_jobs()

    return read_cases
