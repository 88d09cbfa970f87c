"""NIfTI, NRRD and MetaImage volumes in the reading room, against nibabel and SimpleITK.

At the place that the room names under the pointer lies the file's own voxel: its value is the one that is written, its
grey the one on the screen, and the letters at the edges are the patient's sides of it. Files of either handedness, of
several times, and turned against the patient.
"""

import io
import math
import re
from pathlib import Path

import numpy as np
import pytest
import SimpleITK
from PIL import Image
from scipy import ndimage
from scipy.stats import spearmanr

from ai.types import Geometry
from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until
from tests.studies.test_research_formats import read_here

FILES = (
    "image_label/nibabel/anatomical.nii",
    "image_label/nibabel/example4d.nii.gz",
    "image_label/pyradiomics/brain1_image.nrrd",
)
POINTS = ((0.5, 0.49), (0.42, 0.46), (0.57, 0.54), (0.35, 0.475), (0.62, 0.53))
PANES = "() => [...document.querySelectorAll('section[data-pane]')].map(e => e.dataset.pane)"
EDGES = """pane => Object.fromEntries([...document.querySelectorAll(
  `[data-testid="viewport-${pane}"] [data-edge]`)].map(e => [e.dataset.edge, e.textContent]))"""


@pytest.fixture(scope="module")
def flow(tmp_path_factory, shared_data: Path) -> Flow:
    """Start an installation with the files, each a study and a case of its own."""
    folder = tmp_path_factory.mktemp("research")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        paths = [write_turned(folder / "turned.mha"), *(shared_data / name for name in FILES)]
        lines = stack.manage("import_dicom", "--each", *map(str, paths)).splitlines()
        taken = [line.split("\t") for line in lines if line.startswith("accepted")]
        flow.files = {uid: path for _, uid, said in taken for path in paths if said.endswith(path.name)}
        flow.studies = [row["study_uid"] for row in flow.admin.get("/api/studies?limit=100")["results"]]
        flow.set_up_project()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


@pytest.fixture
def room(browser, flow: Flow):
    """Return the reading room of a reader who has signed in."""
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.password)
    yield Room(person)
    person.close()


def write_turned(path: Path) -> Path:
    """Write a MetaImage turned by 20 degrees about two axes, left-handed, with voxels of three lengths."""
    k, j, i = np.mgrid[0:20, 0:48, 0:40].astype(float)
    values = 40 * i + 5 * j + 300 * np.exp(-((i - 12) ** 2 + (j - 30) ** 2 + 4 * (k - 8) ** 2) / 60) + 2 * k
    image = SimpleITK.GetImageFromArray(values.astype(np.int16))
    image.SetSpacing((1.2, 0.9, 2.5))
    image.SetOrigin((-31.0, 12.0, -140.0))
    turn = math.radians(20)
    about_z = np.array([[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, math.cos(turn), -math.sin(turn)], [0, math.sin(turn), math.cos(turn)]])
    image.SetDirection((about_z @ about_x @ np.diag([1.0, 1.0, -1.0])).ravel())
    SimpleITK.WriteImage(image, str(path))
    return path


def test_what_lies_under_the_pointer_is_the_voxel_of_the_file(room: Room, flow: Flow, picture) -> None:
    reader = flow.readers[0]
    seen = []
    for row in reader.get("/api/worklist"):
        (series,) = reader.get(f"/api/readings/{row['reading']}")["series"]
        volumes = reader.get(f"/api/series/{series['series_uid']}/volumes")
        uids = {frame["sop_instance_uid"] for volume in volumes for frame in volume["frames"]}
        (path,) = (path for uid, path in flow.files.items() if uid in uids)
        values, grid = read_here(path)
        room.open(row["reading"])
        assert len(volumes) == len(values)
        for time in sorted({0, len(values) - 1}):
            if time:
                room.person.by("time-slider").get_by_role("slider").press("End")
                room.until("document.querySelector('[data-testid=time-bar]').dataset.position > 0", timeout_s=20)
                room.until("window.fiducialProbe.ready", timeout_s=60)
            for pane in room.page.evaluate(PANES):
                check(room, pane, values[time], grid, f"{path.name} {time} {pane}")
        picture(room.page, f"see-research-{path.name.split('.')[0]}")
        seen.append(path)
    assert sorted(seen) == sorted(flow.files.values())
    assert room.person.errors == []


def check(room: Room, pane: str, values: np.ndarray, grid: Geometry, what: str) -> None:
    """Compare values, letters and greys of a pane with the file."""
    compared = sum(value_is_right(room, pane, at, values, grid, what) for at in POINTS)
    assert compared >= 2, f"{what}: only {compared} places were on voxels"
    left, right, top, bottom = (
        np.array(room.world_at(pane, *at)) for at in ((0.3, 0.5), (0.7, 0.5), (0.5, 0.3), (0.5, 0.7))
    )
    letters = room.page.evaluate(EDGES, pane)
    for edge, way in {"left": left - right, "right": right - left, "top": top - bottom, "bottom": bottom - top}.items():
        axis = int(np.argmax(np.abs(way)))
        assert letters[edge].startswith("RAI"[axis] if way[axis] < 0 else "LPS"[axis]), f"{what}: {letters} {way}"
    wait_until(lambda: likeness(room, pane, values, grid) > 0.9, timeout_s=60, what=f"{what}: the greys of the file")


def value_is_right(
    room: Room, pane: str, share: tuple[float, float], values: np.ndarray, grid: Geometry, what: str
) -> bool:
    """Compare the value under the pointer with the file's; False where the place is outside or between voxels."""
    box = room.box(pane)
    x, y = (round(at) for at in room.point(pane, *share))
    world = room.probe(f"worldAt('{pane}', {x - box['x']}, {y - box['y']})")
    index = np.linalg.solve(grid.affine_lps, [*world, 1])[:3]
    voxel = np.round(index).astype(int)
    if np.abs(index - voxel).max() > 0.45 or (voxel < 0).any() or (voxel >= values.shape).any():
        return False
    room.page.mouse.move(x - 4, y)
    room.page.mouse.move(x, y, steps=2)
    wanted = float(values[tuple(voxel)])
    text = room.page.locator(f'[data-testid="viewport-{pane}"] [data-testid="pointer-value"]')

    def shown() -> bool:
        number = re.match(r"-?\d+(\.\d+)?", text.inner_text() if text.count() else "")
        return number is not None and math.isclose(float(number[0]), wanted, abs_tol=0.06)

    wait_until(shown, timeout_s=5, what=f"{what}: {wanted} at {voxel}")
    return True


def likeness(room: Room, pane: str, values: np.ndarray, grid: Geometry) -> float:
    """Return the rank correlation of the screen's greys with the file's values at the places the room names."""
    box = room.box(pane)
    room.page.mouse.move(2, 400)  # what is written under the pointer is no part of the image
    asked = [
        [x * box["width"], y * box["height"]] for x in np.linspace(0.2, 0.8, 20) for y in np.linspace(0.2, 0.8, 20)
    ]
    worlds = room.page.evaluate(
        "([pane, points]) => points.map(([x, y]) => window.fiducialProbe.worldAt(pane, x, y))", [pane, asked]
    )
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    drawn = np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("L"), dtype=float)
    index = np.linalg.solve(grid.affine_lps, np.c_[np.array(worlds), np.ones(len(worlds))].T)[:3]
    inside = np.all([(row >= 0) & (row <= size - 1) for row, size in zip(index, values.shape, strict=True)], axis=0)
    greys = np.array([drawn[int(y), int(x)] for x, y in asked])
    seen, stored = greys[inside], ndimage.map_coordinates(values, index[:, inside], order=1)
    shaded = (seen > 3) & (seen < 252)  # the window cuts the rest off
    return float(spearmanr(seen[shaded], stored[shaded]).statistic) if shaded.sum() > 60 else 0.0
