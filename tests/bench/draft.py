"""A draft through the platform (DICOM read, sliding window, marks written) against the same MONAI bundle alone."""

import os
import statistics
import time
from pathlib import Path
from typing import Any

from tests.bench.table import Table

SHAPE_KJI = (128, 128, 128)
SPACING_MM = (1.5, 1.5, 1.5)
ROUNDS = 9


def measure(data: Path) -> Table:
    """Alternate both on one 128³ CT volume in one process, and compare medians.

    The bundle alone reads the volume from a NIfTI file by its own preprocessing and ends with the label array in
    memory, as MONAI's own runner does before it saves. The platform's draft is a whole job: claim, DICOM files,
    inference, masks on frames, commit.
    """
    os.environ["DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    version, project = _set_up()
    nifti = _as_nifti(project, data)
    alone = _bundle_alone(version, data)
    alone(nifti)
    _draft(project, version)  # both are warm now
    seconds: dict[str, list[float]] = {"alone": [], "platform": []}
    labels: dict[str, Any] = {}
    for _ in range(ROUNDS):
        started = time.perf_counter()
        labels["alone"] = alone(nifti)
        seconds["alone"].append(time.perf_counter() - started)
        _forget_drafts(project)
        started = time.perf_counter()
        _draft(project, version)
        seconds["platform"].append(time.perf_counter() - started)
    labels["platform"] = _drafted(project)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    share = (medians["platform"] - medians["alone"]) / medians["platform"]
    same = bool((labels["alone"] == labels["platform"]).all())
    table = Table("Draft of a 128³ CT volume on the CPU (medians)", ["what", "seconds", "share of the platform %"])
    table.add("MONAI bundle alone", medians["alone"], "")
    table.add("job through the platform", medians["platform"], 100 * share)
    table.remark = f"{ROUNDS} alternating rounds; the same labels: {same}; gate: share at most 10 %"
    return table


def _set_up() -> tuple[Any, Any]:
    """Import one phantom as a DICOM series, make a project on it, and register the shipped bundle."""
    import io

    from accounts.services import create_user
    from ai.imaging.phantoms import make_phantom
    from annotations.assist.services.registry import register_shipped
    from annotations.reading.services.cases import add_cases
    from annotations.reading.services.projects import create_project
    from annotations.reading.services.protocols import set_protocol
    from annotations.reading.types import ProtocolDraft
    from config.demo.project import LABELS
    from config.demo.series import SeriesHeader, ct_series
    from studies.services import close_import, open_import, store_file

    admin, _ = create_user(actor=None, username="bench", is_administrator=True)
    phantom = make_phantom(77, SHAPE_KJI, SPACING_MM)
    batch = open_import(actor=admin, source="bench")
    for k, file in enumerate(ct_series(phantom.image, phantom.geometry, SeriesHeader("B", "Bench", "128 cubed"))):
        store_file(batch=batch, path=f"{k}.dcm", file=io.BytesIO(file))
    close_import(actor=admin, batch=batch)
    project = create_project(actor=admin, name="Bench")
    set_protocol(actor=admin, project=project, draft=ProtocolDraft(labels=LABELS))
    add_cases(actor=admin, project=project)
    return register_shipped()[0], project


def _as_nifti(project: Any, data: Path) -> Path:
    import nibabel
    import numpy as np

    from studies.models import Volume
    from studies.pixels import read_volume

    image, geometry = read_volume(Volume.objects.get(series__cases__project=project))
    path = data / "volume.nii.gz"
    nibabel.save(nibabel.Nifti1Image(image.T.astype(np.int16), geometry.nifti_affine()), path)
    return path


def _bundle_alone(version: Any, data: Path) -> Any:
    """Return a function that runs the bundle by MONAI's own parser, as `monai.bundle run` would."""
    import zipfile

    import numpy as np
    import torch
    from django.core.files.storage import default_storage
    from monai.bundle import ConfigParser

    folder = data / "bundle"
    with default_storage.open(version.bundle) as file, zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    root = next(folder.rglob("configs")).parent
    parser = ConfigParser()
    parser.read_config(root / "configs" / "inference.json")
    parser["bundle_root"] = str(root)
    network = parser.get_parsed_content("network")
    network.load_state_dict(torch.load(root / "models" / "model.pt", weights_only=True))
    network.eval()
    before, inferer, after = (
        parser.get_parsed_content(name) for name in ("preprocessing", "inferer", "postprocessing")
    )
    after.transforms = tuple(step for step in after.transforms if type(step).__name__ != "SaveImaged")

    def run(nifti: Path) -> Any:
        item = before({"image": str(nifti)})
        with torch.inference_mode():
            item["pred"] = inferer(item["image"][None], network)[0]
        return np.asarray(after(item)["pred"][0]).astype(np.uint8).T

    return run


def _forget_drafts(project: Any) -> None:
    from annotations.assist.models import Draft

    Draft.objects.filter(case__project=project).delete()


def _draft(project: Any, version: Any) -> None:
    """Ask for a draft and run its job to the end, as a worker does."""
    from annotations.assist.services.prelabel import request_prelabel
    from jobs.execution import run_job

    (job,) = request_prelabel(actor=project.created_by, project=project, version=version)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "succeeded", job.error_message


def _drafted(project: Any) -> Any:
    from annotations.assist.models import Draft
    from annotations.marks.selectors import label_volume
    from studies.models import Volume

    draft = Draft.objects.get(case__project=project)
    return label_volume(mark_set=draft.mark_set, volume=Volume.objects.get(series__cases__project=project))
