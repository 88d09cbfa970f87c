"""Click to mask by mouse on a real CT: what is saved is the server's answer, voxel by voxel, and one undo takes it."""

import base64
import zlib
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.test_segment_tools import ORGAN, SERIES, Case, Desk
from tests.stack import Stack, wait_until

LIVER = (0.35, 0.38)
ASIDE = (0.62, 0.6)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation."""
    with Stack(tmp_path_factory.mktemp("prompts") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def case(stack: Stack, shared_data: Path) -> Case:
    """Return a case of the real CT."""
    return Case(stack, shared_data / SERIES)


def state(desk: Desk, *, count: int) -> int:
    """Wait for the proposal of so many prompts; return its voxels."""
    said = desk.by("prompt-state")
    wait_until(
        lambda: (
            said.count() == 1
            and said.get_attribute("data-count") == str(count)
            and said.get_attribute("data-state") == "ready"
        ),
        timeout_s=30,
        what=f"the proposal of {count} prompts",
    )
    return int(said.get_attribute("data-voxels"))


def server_mask(case: Case, series_uid: str, **prompts) -> np.ndarray:
    """Return the labels that the server proposes for these prompts, asked by the reader's own token."""
    body = {"series_uid": series_uid, "label": ORGAN, **prompts}
    answer = case.ann.post(f"/api/readings/{case.reading}/prompt", body)
    labels = np.zeros(case.hu.shape, np.uint8)
    for frame in answer["frames"]:
        raw = np.frombuffer(zlib.decompress(base64.b64decode(frame["data"])), np.uint8)
        labels[case.uids.index(frame["sop_instance_uid"])] = raw.reshape(frame["rows"], frame["columns"])
    assert (labels > 0).sum() == answer["voxels"]
    return labels


def click(desk: Desk, place: tuple[float, float], key: str = "") -> None:
    """Click in the axial pane, with a key held where one is named."""
    if key:
        desk.page.keyboard.down(key)
    desk.page.mouse.click(*desk.room.point("axial", *place))
    if key:
        desk.page.keyboard.up(key)


def test_click_to_mask(browser, stack: Stack, case: Case, picture) -> None:
    person = Person(browser, stack.url)
    person.sign_in("mark-ann", case.password)
    desk = Desk(person, case, picture)
    desk.room.open(case.reading)
    series = case.ann.get(f"/api/readings/{case.reading}")["series"][0]["series_uid"]
    head = desk.head()
    desk.press("1")
    desk.press("Shift+A")
    desk.by("options-prompt").wait_for()

    click(desk, LIVER)
    first = {"lps": desk.room.world_at("axial", *LIVER), "positive": True}
    voxels = state(desk, count=1)
    one = server_mask(case, series, points=[first])
    assert voxels == (one > 0).sum() > 1000
    assert one[desk.index(*LIVER)] == ORGAN
    assert not case.saved().any(), "a proposal is not saved"
    desk.picture(desk.page, "prompt-one-click")

    click(desk, ASIDE, "Alt")
    second = {"lps": desk.room.world_at("axial", *ASIDE), "positive": False}
    voxels = state(desk, count=2)
    two = server_mask(case, series, points=[first, second])
    assert voxels == (two > 0).sum()
    assert two[desk.index(*ASIDE)] == 0
    desk.press("Backspace")
    assert state(desk, count=1) == (one > 0).sum()
    assert desk.head() == head

    before, taken = desk.does(lambda: desk.press("Enter"))
    assert not before.any()
    assert np.array_equal(taken, one)
    expect(desk.by("prompt-state")).to_have_count(0)
    newest = case.ann.get(f"/api/readings/{case.reading}/revisions")[0]
    assert newest["tool"] == "prompt:geodesic"
    desk.undone(before)

    desk.room.stroke("axial", [(0.33, 0.36), (0.36, 0.38), (0.37, 0.42)])
    assert state(desk, count=1) > 1000
    desk.page.keyboard.down("Shift")
    desk.room.stroke("axial", [(0.28, 0.3), (0.45, 0.5)])
    desk.page.keyboard.up("Shift")
    voxels = state(desk, count=2)
    desk.picture(desk.page, "prompt-scribble-and-box")
    desk.press("Escape")
    expect(desk.by("prompt-state")).to_have_count(0)
    assert desk.head() == head + 2, "what is discarded is no revision"
    assert not case.saved().any()
    assert voxels > 0
    assert person.errors == []
    person.close()
