"""Every scene, saved in every format, read by every program that reads it.

The outcome of each is asserted against `EXPECTED`: what is not listed there must be exact. With ROUNDTRIP_REPORT set,
the outcomes are written to that file for the table (`python -m tests.bench roundtrip`).
"""

import json
import os
import shutil
from pathlib import Path

import pytest

from annotations.marks.loading.types import Choices, Target
from annotations.reading.errors import NothingToSaveError
from annotations.reading.types import ExchangeFormat
from tests.conftest import ROOT
from tests.roundtrip import programs
from tests.roundtrip.rooms import Room, open_room, same
from tests.roundtrip.scenes import scenes

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::UserWarning")]

EXACT = "exact"
NAMES = [scene.name for scene in scenes()]
UNPLACED, IRREGULAR, NOTHING = "not placed", "no volume", "nothing marked"
EVEN_GRID = "differs"
INSIDE_BYTES = "labels of one layer overlap"
WITHOUT_PLACE = "refuses frames without a place"
EXPECTED: dict[tuple[str, str], str] = {
    # dcmqi makes volumes of even steps at right angles: slices of a tilted or uneven stack lie elsewhere in them
    ("gantry-tilted", "seg → dcmqi, SimpleITK"): EVEN_GRID,
    ("unevenly spaced", "seg → dcmqi, SimpleITK"): EVEN_GRID,
    # the adapter loses its place where a frame ends inside a byte (PS3.5 8.1.1 packs across frames)
    ("frames ending inside bytes", "seg → Cornerstone adapter"): INSIDE_BYTES,
    **{
        (scene, f"{form} → Cornerstone adapter"): WITHOUT_PLACE
        for form in ("seg", "seg-labelmap")
        for scene in ("ultrasound loop", "projection X-ray")
    },
    # contours are places in the patient, label maps need a regular volume
    **{(scene, "rtstruct → ours"): UNPLACED for scene in ("ultrasound loop", "projection X-ray")},
    **{
        (scene, "nifti → ours"): IRREGULAR
        for scene in ("gantry-tilted", "unevenly spaced", "ultrasound loop", "projection X-ray")
    },
    **{
        ("empty", f"{form} → {reader}"): NOTHING
        for form in ("seg", "seg-fractional", "seg-labelmap", "rtstruct", "nifti")
        for reader in ("ours", "highdicom")
    },
}


def report(scene: str, path: str, outcome: str) -> None:
    """Keep an outcome for the table, and hold it against what is expected."""
    if target := os.environ.get("ROUNDTRIP_REPORT"):
        with Path(target).open("a") as file:
            file.write(json.dumps([scene, path, outcome]) + "\n")
    assert outcome == EXPECTED.get((scene, path), EXACT), f"{scene}, {path}: {outcome}"


def saved(room: Room, form: ExchangeFormat) -> dict[str, bytes] | str:
    """Return the files of a format without the list of labels, or why there are none."""
    try:
        files = room.save(form)
    except NothingToSaveError as error:
        return {"not_placed": UNPLACED, "no_regular_volume": IRREGULAR}.get(error.fields["reason"], NOTHING)
    return {name: data for name, data in files.items() if not name.endswith(".json")}


def load_all(room: Room, files: dict[str, bytes]) -> str:
    """Load files into the other reading and compare."""
    for name, data in files.items():
        target = None
        if "_volume_" in name:  # which time point a label map belongs to, a file cannot say: a person does
            index = int(name.split("_volume_")[1][:2]) - 1
            target = Target(str(room.scene.images[0].SeriesInstanceUID), index)
        room.load(name, data, Choices(target=target))
    return EXACT if same(room.found(), room.scene.masks) else "differs"


@pytest.mark.parametrize("form", ["seg", "seg-fractional", "seg-labelmap", "rtstruct", "nifti"])
@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_ours_to_a_file_and_back(number, form):
    room = open_room(scenes()[number])
    files = saved(room, ExchangeFormat(form))
    report(room.scene.name, f"{form} → ours", files if isinstance(files, str) else load_all(room, files))


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_other_programs_see_every_voxel_in_its_place(number, tmp_path):
    room = open_room(scenes()[number])
    scene = room.scene
    for form in ("seg", "seg-fractional", "seg-labelmap"):
        files = saved(room, ExchangeFormat(form))
        if isinstance(files, str):
            report(scene.name, f"{form} → highdicom", files)
            continue
        if form != "seg-labelmap":  # the checker does not know label maps (Supplement 243) yet
            assert programs.errors_by_dciodvfy(files, tmp_path / f"{form}.dcm") == []
        outcome = EXACT if same(programs.by_highdicom(scene, files), scene.masks) else "differs"
        report(scene.name, f"{form} → highdicom", outcome)
        if form == "seg" and scene.placed:
            found = programs.by_dcmqi(files, tmp_path / "dcmqi")
            agreed = programs.agree(found, programs.places(scene, scene.masks))
            report(scene.name, "seg → dcmqi, SimpleITK", EXACT if agreed else "differs")
    structures = saved(room, ExchangeFormat.RTSTRUCT)
    if not isinstance(structures, str):
        assert programs.errors_by_dciodvfy(structures, tmp_path / "rtstruct.dcm") == []
        outcome = EXACT if same(programs.by_skimage(scene, structures), scene.masks) else "differs"
        report(scene.name, "rtstruct → scikit-image", outcome)
    volumes = saved(room, ExchangeFormat.NIFTI)
    if not isinstance(volumes, str):
        found = programs.by_simpleitk(volumes, tmp_path / "sitk")
        agreed = programs.agree(found, programs.places(scene, scene.masks))
        report(scene.name, "nifti → SimpleITK", EXACT if agreed else "differs")


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_what_other_programs_write_comes_back(number, tmp_path):
    """Ours, read and written anew by dcmqi (SEG) and SimpleITK (turned and mirrored), and loaded."""
    room = open_room(scenes()[number])
    scene = room.scene
    volumes = saved(room, ExchangeFormat.NIFTI)
    if isinstance(volumes, str):
        pytest.skip(volumes)
    again = {
        name.replace(".nii.gz", ".nrrd"): programs.turned_by_simpleitk(data, tmp_path / f"sitk{place}")
        for place, (name, data) in enumerate(volumes.items())
    }
    for name, data in again.items():
        index = int(name.split("_volume_")[1][:2]) - 1
        room.load(name, data, Choices(target=Target(str(scene.images[0].SeriesInstanceUID), index)))
    report(scene.name, "nifti → SimpleITK → ours", EXACT if same(room.found(), scene.masks) else "differs")
    segs = saved(room, ExchangeFormat.SEG)
    if scene.name in ("4-D", "multi-frame (enhanced)") or isinstance(segs, str):
        return  # dcmqi writes on single-frame images of one time alone
    other = open_room(scenes()[number])
    (data,) = saved(other, ExchangeFormat.SEG).values()  # type: ignore[union-attr]
    other.load("again.dcm", programs.rewritten_by_dcmqi(other.scene, data, tmp_path / "dcmqi"))
    report(scene.name, "seg → dcmqi → ours", EXACT if same(other.found(), other.scene.masks) else "differs")


@pytest.mark.skipif(
    not shutil.which("npx") or not (ROOT / "frontend/node_modules/@cornerstonejs/adapters").is_dir(),
    reason="needs the front end's packages",
)
def test_cornerstones_own_adapter_sees_every_voxel(tmp_path):
    rooms = [open_room(scene) for scene in scenes()]
    for form in ("seg", "seg-labelmap"):
        files = {room.scene.name: saved(room, ExchangeFormat(form)) for room in rooms}
        jobs = {
            room.scene.name: (room.scene, found) for room in rooms if isinstance(found := files[room.scene.name], dict)
        }
        answers = programs.by_adapter(jobs, tmp_path / form)
        for name, (scene, _) in jobs.items():
            answer = answers[name]
            if isinstance(answer, str):
                outcome = WITHOUT_PLACE if "ImageOrientationPatient" in answer else answer
            else:
                outcome = EXACT if same(answer, scene.masks) else "differs"
            report(name, f"{form} → Cornerstone adapter", outcome)
