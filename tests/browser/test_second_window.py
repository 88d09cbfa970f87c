"""A second window on the same case, for a second monitor: it shows, follows, and goes on with the first."""

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation with two phantom cases."""
    with Stack(tmp_path_factory.mktemp("second") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def flow(stack, tmp_path_factory) -> Flow:
    """Set the project up."""
    flow = Flow(stack)
    stack.manage("import_dicom", str(flow.write_phantoms(tmp_path_factory.mktemp("phantoms"), 2)))
    flow.set_up_project()
    user = next(one for one in flow.admin.get("/api/users?q=flow-ann"))
    flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
    return flow


class Beside(Room):
    """The second window as a room."""

    def __init__(self, person: Person, page) -> None:
        super().__init__(person)
        self.page = page


def slice_of(room: Room) -> int:
    """Return the axial slice in view."""
    return room.probe('sliceIndex("axial")')


def test_the_second_window_shows_what_the_first_does(browser, stack: Stack, flow: Flow) -> None:
    ann = Person(browser, stack.url)
    ann.sign_in("flow-ann", flow.password)
    room = Room(ann)
    reading = room.open_next()
    ann.by("second-window").wait_for()
    with ann.context.expect_page() as opening:
        ann.page.keyboard.press("Shift+E")
    page = opening.value
    page.on("pageerror", lambda error: ann.errors.append(f"second window: {error}"))
    beside = Beside(ann, page)
    assert beside.opened() == reading
    page.get_by_test_id("second-window-note").wait_for()
    for test_id in ("next-case", "to-worklist", "second-window", "take-over"):
        expect(page.get_by_test_id(test_id), test_id).to_have_count(0)
    expect(ann.by("other-tab"), "the first keeps the reading").to_have_count(0)

    box = room.box("axial")
    ann.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    first = slice_of(room)
    for _ in range(3):
        ann.page.mouse.wheel(0, 100)
        ann.page.wait_for_timeout(60)
    wait_until(lambda: slice_of(room) != first, timeout_s=20, what="the first window scrolls")
    wait_until(lambda: slice_of(beside) == slice_of(room), timeout_s=20, what="the second window follows")

    box = beside.box("axial")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    before = slice_of(room)
    for _ in range(2):
        page.mouse.wheel(0, -100)
        page.wait_for_timeout(60)
    wait_until(lambda: slice_of(beside) != before, timeout_s=20, what="the second window scrolls")
    wait_until(lambda: slice_of(beside) == slice_of(room), timeout_s=20, what="the first window follows")

    ann.by("tool-brush").click()
    room.stroke("axial", [(0.4, 0.4), (0.5, 0.5)])
    room.wait_saved()
    drawn = room.voxels()
    assert drawn
    wait_until(lambda: beside.voxels() == drawn, timeout_s=20, what="the second window shows what was saved")
    page.keyboard.press("b")
    beside.stroke("axial", [(0.6, 0.6), (0.65, 0.65)])
    assert beside.voxels() == drawn == room.voxels(), "the second window only shows"

    page.keyboard.press("m")  # a layout of its own
    beside.until("document.querySelectorAll('[data-testid^=viewport-]').length === 1", timeout_s=10)
    ann.by("next-case").first.click()
    ann.page.wait_for_url(lambda url: reading not in url)
    following = room.opened()
    assert following != reading
    page.wait_for_url(f"**/readings/{following}**")
    assert beside.opened() == following
    beside.until("document.querySelectorAll('[data-testid^=viewport-]').length === 1", timeout_s=10)
    page.close()
    ann.close()
