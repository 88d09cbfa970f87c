"""A project that has been read, and what it takes to release it."""

from dataclasses import dataclass

import numpy as np

from accounts.models import User
from accounts.types import Role
from annotations.datasets.models import Release
from annotations.datasets.services.releases import create_release
from annotations.datasets.types import Definition, Format, LabelSource, Split
from annotations.reading.models import Case
from annotations.reading.services.projects import set_member
from tests import factories
from tests.annotations.assist.world import World, make_world

SHARES = {Split.TRAIN: 0.5, Split.VAL: 0.25, Split.TEST: 0.25}
BOTH = (Format.NNUNET, Format.DICOM_SEG)


@dataclass
class Read:
    """A project with its researcher."""

    world: World
    researcher: User

    @property
    def url(self) -> str:
        """Return the address of the project's releases."""
        return f"/api/projects/{self.world.project.pk}/releases"

    def freeze(self, actor: User | None = None, **changes) -> Release:
        """Create a release; the job that freezes it is queued."""
        return create_release(
            actor=actor or self.researcher, project_id=self.world.project.pk, definition=definition(**changes)
        )

    def drawing(self, case: Case, number: int) -> np.ndarray:
        """Return what reader `number` (0, 1) draws: the truth; or its lesion, and its organ moved by two columns."""
        truth = self.world.phantom(case).labels
        moved = np.roll(truth == 1, 2 * number, axis=2).astype(np.uint8)
        return np.where(truth == 2, truth, moved)

    def read(self, case: Case) -> None:
        """Let both readers draw and submit."""
        for number, reader in enumerate(self.world.readers):
            self.world.draw(case, reader, self.drawing(case, number))
            self.world.submit(case, reader)


def definition(**changes) -> Definition:
    """Return a definition."""
    values = {
        "name": "Livers of spring",
        "label_source": LabelSource.CONSENSUS,
        "formats": BOTH,
        "shares": SHARES,
        "seed": 3,
        **changes,
    }
    return Definition(**values)


def body(**changes) -> dict[str, object]:
    """Return a definition as JSON."""
    return {
        "name": "Livers of spring",
        "label_source": "consensus",
        "formats": ["nnunet", "dicom_seg"],
        "shares": {"train": 0.5, "val": 0.25, "test": 0.25},
        "seed": 3,
        **changes,
    }


def make_project(patients: dict[str, int]) -> Read:
    """Make a live project with two readers and a researcher; nothing is read yet."""
    world = make_world(patients)
    researcher = factories.user("researcher")
    set_member(actor=world.administrator, project=world.project, user=researcher, roles={Role.RESEARCHER})
    return Read(world, researcher)
