"""Read what a run learns from: images, and the recorded consensus on them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.types import TrainingCase
from annotations.assist.errors import NoVolumeError
from annotations.assist.volumes import regular_volumes
from annotations.learning.errors import NotReadyError
from annotations.learning.models import TrainingRun
from annotations.learning.types import Part
from annotations.marks.models import MarkSet
from annotations.marks.selectors import frames_of, label_volume
from annotations.reading.models import Case, Consensus
from jobs.registry import JobContext
from studies.models import Volume
from studies.pixels import read_volume


@dataclass(frozen=True, slots=True)
class TrainingData:
    """Volumes with their truth on both sides of the split.

    `names`: class (1, 2, …) → label name of the project; `modalities`: DICOM modalities of the volumes.
    """

    train: list[TrainingCase]
    held_out: list[TrainingCase]
    names: dict[int, str]
    modalities: frozenset[str]


def load_data(context: JobContext, *, run: TrainingRun, until: float) -> TrainingData:
    """Read all volumes of a run into memory (float32 images: 4 bytes per voxel, and 1 for the truth).

    Cases without a regular volume are left out, with a line in the job's log.

    Parameters
    ----------
    until : float
        Share of the progress bar that reading takes.

    Raises
    ------
    NotReadyError
        Nothing is left on one side.
    """
    names = {int(place): str(label["name"]) for place, label in run.labels.items()}
    sides: dict[Part, list[TrainingCase]] = {Part.TRAIN: [], Part.HELD_OUT: []}
    modalities: set[str] = set()
    table = class_table(run=run)
    wanted = [(part, case_id) for part in sides for case_id in run.split.get(part.value, [])]
    for place, (part, case_id) in enumerate(wanted):
        context.progress(until * place / len(wanted), f"Reading case {place + 1} of {len(wanted)}")
        case = Case.objects.get(pk=case_id)
        consensus_id, revision = run.inputs[case_id]
        truth = Consensus.objects.select_related("mark_set").get(pk=consensus_id).mark_set
        try:
            volumes = marked_volumes(regular_volumes(case), mark_set=truth, at=revision)
        except NoVolumeError as error:
            context.log(f"Left out: {error.message}")
            continue
        sides[part] += [_training_case(case, volume, truth, revision, table) for volume in volumes]
        modalities |= {volume.series.modality for volume in volumes}
    for part, found in sides.items():
        if not found:
            raise NotReadyError(f"No case on the side “{part.label}” has a regular volume.")
    return TrainingData(
        train=sides[Part.TRAIN], held_out=sides[Part.HELD_OUT], names=names, modalities=frozenset(modalities)
    )


def marked_volumes(volumes: list[Volume], *, mark_set: MarkSet, at: int) -> list[Volume]:
    """Return the volumes that carry marks; when none does, the first: there the truth is that nothing is there."""
    marked = {
        (frame.key.sop_instance_uid, frame.key.frame_number)
        for frame in frames_of(mark_set=mark_set, at=at)
        if frame.data
    }
    found = [volume for volume in volumes if any((uid, number) in marked for uid, number in volume.frames)]
    return found or volumes[:1]


def class_table(*, run: TrainingRun) -> NDArray[np.uint8]:
    """Return a table (256,) from label values to the run's classes; others become 0.

    A label keeps its value through all versions of the protocol once it has marks, so values serve for old ones too.
    """
    table = np.zeros(256, dtype=np.uint8)
    for place, label in run.labels.items():
        table[label["value"]] = int(place)
    return table


def _training_case(case: Case, volume: Volume, mark_set: MarkSet, revision: int, table: NDArray[Any]) -> TrainingCase:
    image, geometry = read_volume(volume)
    labels = table[label_volume(mark_set=mark_set, volume=volume, at=revision)]
    return TrainingCase(image=image, labels=labels, geometry=geometry, name=f"case {case.number}")
