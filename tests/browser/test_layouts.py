"""Layouts, turned planes and slabs: every pane shows what the file holds, and marks are made where they are exact."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from scipy import ndimage

from tests.browser import test_true_picture
from tests.browser.pages import Room
from tests.browser.test_true_picture import likeness
from tests.flow import Flow

flow = test_true_picture.flow
room = test_true_picture.room

BALL_MM = 12.0
TENTHS = np.linspace(0.15, 0.85, 20)


def choose_layout(room: Room, name: str) -> None:
    """Pick a layout in the menu and wait until its panes have images."""
    room.person.by("layout-menu").click()
    room.person.by(f"layout-{name}").click()
    room.until("window.fiducialProbe.ready", timeout_s=30)
    room.page.wait_for_timeout(500)


def panes(room: Room) -> list[str]:
    """Return the names of the panes on the screen."""
    return room.page.evaluate("() => [...document.querySelectorAll('section[data-pane]')].map(e => e.dataset.pane)")


def shown_value(room: Room, pane: str, x: float, y: float) -> float:
    """Return the number under a place in a pane, as it is written there."""
    at = room.point(pane, x, y)
    room.page.mouse.move(at[0] - 3, at[1])
    room.page.mouse.move(*at, steps=2)
    text = room.page.locator(f'[data-testid="viewport-{pane}"] [data-testid="pointer-value"]').inner_text()
    return float(re.match(r"-?[\d.]+", text).group())


def truth_at(flow: Flow, worlds: np.ndarray) -> np.ndarray:
    """Return the phantom's voxel values at LPS points."""
    (phantom,) = flow.phantoms.values()
    index = (np.linalg.inv(phantom.geometry.affine_lps) @ np.c_[worlds, np.ones(len(worlds))].T)[:3]
    return ndimage.map_coordinates(phantom.image, index, order=0, mode="nearest")


def test_layouts_turned_planes_and_slabs(room: Room, flow: Flow) -> None:
    page, person = room.page, room.person
    assert panes(room) == ["axial", "coronal", "sagittal"]
    page.keyboard.press("End")
    page.keyboard.press("Home")
    room.person.page.mouse.move(*room.point("axial", 0.5, 0.5))
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    kept = room.probe("sliceIndex('axial')")
    assert kept == 6

    choose_layout(room, "mprRow")
    assert likeness(room, flow, "sagittal") > 0.9
    choose_layout(room, "stack")
    assert panes(room) == ["stack"]
    assert likeness(room, flow, "stack") > 0.9
    page.keyboard.press("m")
    room.until("window.fiducialProbe.ready", timeout_s=30)
    page.wait_for_timeout(500)
    assert panes(room) == ["axial", "coronal", "sagittal"]
    assert room.probe("sliceIndex('axial')") == kept, "a pane that comes back stands elsewhere"

    page.mouse.dblclick(*room.point("coronal", 0.4, 0.6))
    page.wait_for_timeout(700)
    assert panes(room) == ["coronal"]
    assert likeness(room, flow, "coronal") > 0.9
    page.keyboard.press("v")
    page.wait_for_timeout(700)
    assert len(panes(room)) == 3

    turned_and_thick(room, flow)
    assert person.errors == []


def turned_and_thick(room: Room, flow: Flow) -> None:
    """Draw a ball, turn the planes, and look at masks, values and slabs there."""
    page, person = room.page, room.person
    page.keyboard.press("x")
    page.mouse.click(*room.point("coronal", 0.5, 0.5))
    page.mouse.click(*room.point("axial", 0.5, 0.5))
    page.keyboard.press("b")
    page.keyboard.press("d")
    while person.by("brush-radius-value").inner_text() != f"{BALL_MM:g} mm":
        page.keyboard.press("]")
    page.mouse.click(*room.point("axial", 0.5, 0.5))
    centre = np.array(room.world_at("axial", 0.5, 0.5))
    room.wait_saved()
    drawn = room.voxels()
    assert drawn

    page.keyboard.press("x")
    room.stroke("axial", [(0.9, 0.5), (0.88, 0.62), (0.84, 0.7)])
    page.wait_for_timeout(600)
    expect(person.by("viewport-coronal").get_by_text("oblique")).to_have_count(1)
    assert likeness(room, flow, "coronal") > 0.9
    check_ball(room, "coronal", centre, BALL_MM)

    page.keyboard.press("b")
    page.mouse.click(*room.point("coronal", 0.4, 0.4))
    expect(person.by("blocked-coronal")).to_have_count(1)
    assert room.voxels() == drawn, "marked on a turned plane"

    page.keyboard.press("w")
    for x, y in ((0.42, 0.47), (0.55, 0.5), (0.5, 0.58)):
        world = np.array([room.world_at("coronal", x, y)])
        assert shown_value(room, "coronal", x, y) == pytest.approx(truth_at(flow, world)[0], abs=0.06)

    doubly_turned(room, flow)
    person.by("pane-menu-sagittal").click()
    slider = person.by("slab-mm-sagittal").bounding_box()
    page.mouse.click(slider["x"] + slider["width"] / 4, slider["y"] + slider["height"] / 2)
    page.keyboard.press("Escape")
    page.wait_for_timeout(1500)
    thick = float(re.search(r"MIP (\d+) mm", person.by("viewport-sagittal").inner_text()).group(1))
    assert thick > 5
    corner = np.array(room.world_at("sagittal", 0.5, 0.5))
    right, down = (np.array(room.world_at("sagittal", *at)) - corner for at in ((0.6, 0.5), (0.5, 0.6)))
    normal = np.cross(right, down) / np.linalg.norm(np.cross(right, down))
    steps = np.linspace(-thick / 2, thick / 2, 400)[:, None] * normal
    brightest = truth_at(flow, np.array(room.world_at("sagittal", 0.5, 0.52)) + steps).max()
    assert shown_value(room, "sagittal", 0.5, 0.52) == pytest.approx(brightest, abs=40)
    page.keyboard.press("r")
    page.wait_for_timeout(600)
    expect(person.by("viewport-coronal").get_by_text("oblique")).to_have_count(0)


def doubly_turned(room: Room, flow: Flow) -> None:
    """Turn again, about another axis: one plane is then oblique about two, and still shows what the file holds."""
    page, person = room.page, room.person
    before = plane_of(room, "axial"), plane_of(room, "coronal"), plane_of(room, "sagittal")
    page.keyboard.press("x")
    y = line_of(room, "axial", "coronal", 0.9)
    room.stroke("coronal", [(0.9, y), (0.88, y + 0.1), (0.85, y + 0.16)])
    page.wait_for_timeout(600)
    after = plane_of(room, "axial"), plane_of(room, "coronal"), plane_of(room, "sagittal")
    turned = [round(float(np.degrees(np.arccos(min(1, abs(a @ b)))))) for a, b in zip(before, after, strict=True)]
    assert (turned[1], turned[0]) == (0, turned[2]), f"turned by {turned} degrees"
    assert turned[0] > 5, f"turned by {turned} degrees"
    assert sum(abs(part) > 0.05 for part in after[2]) == 3, f"the sagittal plane is not turned twice: {after[2]}"
    assert max(abs(a @ b) for a, b in zip(after, [*after[1:], after[0]], strict=True)) < 1e-3, "no right angles"
    page.keyboard.press("w")
    for pane in ("axial", "sagittal"):
        person.by(f"viewport-{pane}").get_by_text("oblique").wait_for()
        assert likeness(room, flow, pane) > 0.9
        world = np.array([room.world_at(pane, 0.45, 0.55)])
        assert shown_value(room, pane, 0.45, 0.55) == pytest.approx(truth_at(flow, world)[0], abs=0.06)
        off = off_by(room, flow, pane)
        assert off < 3, f"{pane}: the greys are off by {off:.1f} of 255 from the trilinear sample"


def off_by(room: Room, flow: Flow, pane: str) -> float:
    """Return the median distance of the screen's greys (0..255) from the phantom's own, trilinear, at their places."""
    (phantom,) = flow.phantoms.values()
    width, level = (float(part) for part in re.findall(r"-?[\d.]+", room.person.by("window-menu").inner_text()))
    box = room.box(pane)
    room.page.mouse.move(2, 400)
    asked = [[int(x * box["width"]), int(y * box["height"])] for x in TENTHS for y in TENTHS]
    worlds = room.page.evaluate(
        "([pane, points]) => points.map(([x, y]) => window.fiducialProbe.worldAt(pane, x + 0.5, y + 0.5))",
        [pane, asked],
    )
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
    picture = np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("L"), dtype=float)
    index = (np.linalg.inv(phantom.geometry.affine_lps) @ np.c_[np.array(worlds), np.ones(len(worlds))].T)[:3]
    inside = np.all([(at >= 0) & (at <= size - 1) for at, size in zip(index, phantom.image.shape, strict=True)], axis=0)
    sampled = ndimage.map_coordinates(phantom.image.astype(float), index[:, inside], order=1)
    expected = np.clip((sampled - level) / width + 0.5, 0, 1) * 255
    seen = np.array([picture[y, x] for x, y in asked])[inside]
    shaded = (expected > 5) & (expected < 250)
    assert shaded.sum() > 60, "too few points on the image"
    return float(np.median(np.abs(seen - expected)[shaded]))


def plane_of(room: Room, pane: str) -> np.ndarray:
    """Return the normal of the plane that a pane shows."""
    corner = np.array(room.world_at(pane, 0.3, 0.3))
    right, down = (np.array(room.world_at(pane, *at)) - corner for at in ((0.7, 0.3), (0.3, 0.7)))
    normal = np.cross(right, down)
    return normal / np.linalg.norm(normal)


def line_of(room: Room, plane: str, pane: str, x: float) -> float:
    """Return how far down a pane the line of another plane runs, at a share of its width."""
    through, normal = np.array(room.world_at(plane, 0.5, 0.5)), plane_of(room, plane)
    high, low = ((np.array(room.world_at(pane, x, y)) - through) @ normal for y in (0.0, 1.0))
    return float(high / (high - low))


def check_ball(room: Room, pane: str, centre: np.ndarray, radius_mm: float) -> None:
    """Compare the mask painted over a pane with the ball that was drawn: voxels are the only excuse."""
    box = room.box(pane)
    shares = [(x, y) for x in np.linspace(0.1, 0.9, 60) for y in np.linspace(0.1, 0.9, 60)]
    asked = [[x * box["width"], y * box["height"]] for x, y in shares]
    worlds, painted = room.page.evaluate(PAINTED, [pane, asked])
    away = np.linalg.norm(np.array(worlds) - centre, axis=1)
    painted = np.array(painted)
    assert (away < radius_mm - 3).sum() > 10, "too few points inside"
    assert painted[away < radius_mm - 3].mean() > 0.97
    assert painted[away > radius_mm + 3].mean() < 0.01


# Where a pane's points lie, and whether the mask's canvas has colour there.
PAINTED = """([pane, points]) => {
  const box = document.querySelector(`[data-testid="viewport-${pane}"]`)
  const canvas = [...box.querySelectorAll('canvas')].find(
    c => c.style.pointerEvents === 'none' && c.style.zIndex === '')
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  const ratio = canvas.width / canvas.clientWidth
  return [
    points.map(([x, y]) => window.fiducialProbe.worldAt(pane, x, y)),
    points.map(([x, y]) => {
      const at = 4 * (Math.round(y * ratio) * canvas.width + Math.round(x * ratio))
      return data[at + 3] > 60 && data[at] > data[at + 2] + 60
    }),
  ]
}"""


def solid(room: Room) -> dict[str, str]:
    """Wait until the 3-D pane is whole; return what it says of itself."""
    room.until("document.querySelector('[data-testid=\"solid-volume\"]')?.dataset.busy === 'false'", timeout_s=60)
    return room.person.by("solid-volume").evaluate("node => ({...node.dataset})")


def coloured(room: Room, rgb: tuple[int, int, int]) -> float:
    """Return the area (mm²) of the 3-D picture that has about this hue, by the pane's own scale bar."""
    box = room.box("volume")
    clip = {"x": box["x"], "y": box["y"] + 40, "width": box["width"], "height": box["height"] - 100}
    picture = np.asarray(Image.open(io.BytesIO(room.page.screenshot(clip=clip))).convert("RGB"), dtype=float)
    bright = picture.max(axis=2)
    hue = picture / np.maximum(bright, 1)[..., None]
    alike = (np.abs(hue - np.array(rgb) / max(rgb)).max(axis=2) < 0.2) & (bright > 40)
    bar = room.page.locator('[data-testid="viewport-volume"] [data-testid="scale-bar"]')
    length, unit = re.match(r"([\d.]+) (cm|mm)", bar.inner_text().strip()).groups()
    mm = float(length) * (10 if unit == "cm" else 1)
    return float(alike.sum()) * (mm / bar.locator("i").bounding_box()["width"]) ** 2


def test_masks_and_voxels_in_three_dimensions(room: Room, flow: Flow) -> None:
    page, person = room.page, room.person
    page.keyboard.press("Shift+D")
    page.wait_for_timeout(300)
    assert panes(room) == ["axial", "coronal", "sagittal", "volume"]
    assert "2:" not in solid(room)["triangles"]

    person.by("label-visible-1").click()
    page.keyboard.press("2")
    page.keyboard.press("d")
    while person.by("brush-radius-value").inner_text() != f"{BALL_MM:g} mm":
        page.keyboard.press("]")
    page.mouse.click(*room.point("axial", 0.5, 0.5))
    room.wait_saved()
    room.until(
        "document.querySelector('[data-testid=\"solid-volume\"]').dataset.triangles.includes('2:')", timeout_s=20
    )
    assert int(re.search(r"2:(\d+)", solid(room)["triangles"]).group(1)) > 500
    person.by("solid-preset").select_option("none")
    page.wait_for_timeout(2500)
    colour = person.by("label-row-2").evaluate("node => getComputedStyle(node.firstElementChild).backgroundColor")
    rgb = tuple(int(part) for part in re.findall(r"\d+", colour)[:3])
    disc = np.pi * BALL_MM**2
    for view in ("A", "R", "S"):
        person.by(f"solid-view-{view}").click()
        page.wait_for_timeout(1500)
        assert coloured(room, rgb) == pytest.approx(disc, rel=0.15), f"seen from {view}"

    assert person.by("solid-volume").get_attribute("data-direction").split() == ["0.000", "0.000", "-1.000"]
    room.stroke("volume", [(0.4, 0.4), (0.6, 0.4)])
    page.wait_for_timeout(500)
    assert person.by("solid-volume").get_attribute("data-direction").split()[2] != "-1.000", "a drag did not roll it"

    person.by("solid-surfaces").click()
    page.wait_for_timeout(1000)
    assert coloured(room, rgb) < disc / 100, "surfaces that were switched off are still there"
    person.by("solid-surfaces").click()
    page.keyboard.press("Control+z")
    room.until(
        "document.querySelector('[data-testid=\"solid-volume\"]').dataset.triangles.includes('2:') === false",
        timeout_s=20,
    )
    page.wait_for_timeout(1000)
    assert coloured(room, rgb) < disc / 100, "the surface of what was taken back is still there"
    room.wait_saved()
    assert person.errors == []


def test_nothing_moves_under_a_hand_that_draws(room: Room) -> None:
    """Keys and a loop that plays wait until the button is lifted: a mark is all on the image that it was begun on."""
    page, person = room.page, room.person
    page.keyboard.press("l")
    here = room.probe("sliceIndex('axial')")
    place = room.world_at("axial", 0.3, 0.3)
    known = len(room.probe("measurements()"))
    room.stroke("axial", [(0.35, 0.6), (0.45, 0.6)], release=False)
    for key in ("ArrowDown", "Home", "PageDown", "t", "y", "r", "f", "m", "Shift+v", "."):
        page.keyboard.press(key)
    page.mouse.move(*room.point("axial", 0.55, 0.6), steps=4)
    page.mouse.up()
    assert room.probe("sliceIndex('axial')") == here
    assert room.world_at("axial", 0.3, 0.3) == pytest.approx(place)
    room.until(f"fiducialProbe.measurements().length > {known}", timeout_s=10)
    first, last = room.probe("measurements()")[-1]["pointsLps"]
    assert first[2] == pytest.approx(last[2]), "the line goes from one slice to another"

    page.keyboard.press("b")
    page.keyboard.press("Shift+v")
    expect(person.by("cine-axial")).to_have_count(1)
    before = room.voxels()
    room.stroke("axial", [(0.35, 0.7)], release=False)
    held = room.probe("sliceIndex('axial')")
    for x in (0.4, 0.45, 0.5):
        page.wait_for_timeout(250)
        page.mouse.move(*room.point("axial", x, 0.7), steps=3)
    assert room.probe("sliceIndex('axial')") == held
    frames = {tuple(frame[:2]) for frame in room.probe("masks()")}
    page.mouse.up()
    assert room.voxels() != before
    room.until(f"fiducialProbe.sliceIndex('axial') !== {held}", timeout_s=10)
    page.keyboard.press("Shift+v")
    page.keyboard.press("Control+z")
    assert len(frames - {tuple(frame[:2]) for frame in room.probe("masks()")}) <= 1
    assert person.errors == []
