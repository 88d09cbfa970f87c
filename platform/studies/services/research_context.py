"""What a research volume is told by what came with it: the images a label map lies on, and nnU-Net's dataset.json."""

import json
import re
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q

from ai.types import Geometry
from studies.derived.links import image_planes
from studies.derived.placing import grid_map
from studies.models import Import, Instance, ResearchGroup, ResearchSource, Series, SetAsideFile, Study
from studies.research.convert import Choices, ReadVolume
from studies.research.geometry import slices_like
from studies.research.labels import Target
from studies.research.naming import MODALITY_WORDS, Named
from studies.types import SeriesKind
from studies.volumes import find_volumes

MAX_TARGETS = 20
MAX_DESCRIPTION_BYTES = 4 << 20


def study_of(series: Series) -> dict[str, Any]:
    """Return patient and study of stored images, as far as highdicom takes the values."""
    study: Study = series.study
    sound = {
        "PatientBirthDate": study.patient_birth_date if re.fullmatch(r"\d{8}", study.patient_birth_date) else "",
        "StudyDate": study.study_date if re.fullmatch(r"\d{8}", study.study_date) else "",
        "StudyTime": study.study_time if re.fullmatch(r"\d{6}(\.\d{1,6})?", study.study_time) else "",
        "PatientSex": study.patient_sex if study.patient_sex in ("M", "F", "O") else "",
    }
    return sound | {
        "StudyInstanceUID": study.study_uid,
        "PatientID": study.patient_id,
        "PatientName": study.patient_name[:64],
        "StudyID": study.study_id,
        "AccessionNumber": study.accession_number[:16],
        "StudyDescription": study.description,
    }


def find_target(
    batch: Import, group: ResearchGroup, read: ReadVolume, previous: ResearchSource | None, *, instead_of: str = ""
) -> tuple[Target, Series] | None:
    """Return the images a label map lies on: those it lay on before, of its subject, else of its import.

    Their grid must be the label map's own, turned or mirrored at most. Images of another subject of the import are
    taken only where those of one patient alone lie on that grid.
    """
    grid = read.slices.grid
    if previous is not None and previous.target_series_uid:
        before = _fitting(Series.objects.filter(series_uid=previous.target_series_uid).select_related("study"), grid)
        if before:
            return before[0]
    beside = group.sources.filter(is_label=False).exclude(series_uid=instead_of).values("series_uid")
    same_subject = _fitting(Series.objects.filter(series_uid__in=beside).select_related("study"), grid)
    if same_subject:
        return same_subject[0]
    sides = sorted(grid.shape_kji)
    near = Series.objects.filter(
        instances__imports__batch=batch, instances__rows__in=sides, instances__columns__in=sides, kind=SeriesKind.IMAGE
    ).exclude(Q(modality="SEG") | Q(series_uid=instead_of))
    found = _fitting(near.distinct().select_related("study").order_by("created_at")[:MAX_TARGETS], grid)
    if len({(series.study.patient_id, series.study.patient_name) for _, series in found}) == 1:
        return found[0]
    return None


def _fitting(series: Any, grid: Geometry) -> list[tuple[Target, Series]]:
    """Return the series with a volume on the grid, one file per slice."""
    found = []
    for one in series:
        for volume in find_volumes(image_planes(one)):
            uids = [plane.sop_instance_uid for plane in volume.planes]
            turn = grid_map(grid, volume.geometry) if volume.geometry is not None else None
            if turn is None or volume.geometry is None or len(set(uids)) != len(uids):
                continue
            classes = dict(Instance.objects.filter(series=one).values_list("sop_instance_uid", "sop_class_uid"))
            frames = [(uid, classes[uid]) for uid in uids]
            found.append((Target(frames, slices_like(volume.geometry), turn, one.series_uid), one))
            break
    return found


def choices_for(batch: Import, name: Named) -> Choices:
    """Return what nnU-Net's dataset.json says, when it came before in the same import (and was set aside)."""
    path = f"{name.folder}/dataset.json" if name.folder else "dataset.json"
    row = SetAsideFile.objects.filter(batch=batch, path=path, size_bytes__lt=MAX_DESCRIPTION_BYTES).first()
    if row is None:
        return Choices()
    try:
        with default_storage.open(row.blob) as file:
            described = json.loads(file.read())
        return _described(described, name) if isinstance(described, dict) else Choices()
    except (OSError, ValueError, RecursionError):
        return Choices()


def _described(described: dict[str, Any], name: Named) -> Choices:
    channels = described.get("channel_names") or described.get("modality") or {}
    said = str(channels.get(str(name.channel or 0), "")) if isinstance(channels, dict) else ""
    modality = next((MODALITY_WORDS[word] for word in re.split(r"\W+", said.lower()) if word in MODALITY_WORDS), "")
    names: dict[int, str] = {}
    labels = described.get("labels")
    for key, value in labels.items() if isinstance(labels, dict) else ():
        number, text = (key, value) if str(key).isdecimal() else (value, key)
        if str(number).isdecimal():
            names[int(number)] = str(text)[:64]
    return Choices(modality=modality, modality_said_by="dataset.json" if modality else "", names=names)
