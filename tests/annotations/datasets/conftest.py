"""Projects to be released."""

import pytest

from tests.annotations.datasets.makers import Read, make_project


@pytest.fixture
def project(db) -> Read:
    """Return a live project with four cases of four patients; nothing is read yet."""
    return make_project({"A": 1, "B": 2, "C": 3, "D": 4})


@pytest.fixture
def read(project: Read, run_jobs) -> Read:
    """Return the project with every case read by both readers, and a consensus of each."""
    for case in project.world.cases:
        project.read(case)
    run_jobs()
    return project
