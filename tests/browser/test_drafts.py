"""A reader takes a draft as it is, or takes it and goes on; the manager sees which. And two tabs on one reading."""

import pytest

from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def flow(tmp_path_factory) -> Flow:
    """Start an installation with two drafted phantom cases."""
    folder = tmp_path_factory.mktemp("drafts")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(flow.write_phantoms(folder / "dicom", 2)))
        flow.set_up_project()
        flow.prelabel()
        user = flow.admin.get("/api/users?q=flow-ann")[0]
        flow.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        yield flow


@pytest.fixture
def ann(browser, flow: Flow):
    """Return a reader in the browser."""
    person = Person(browser, flow.stack.url)
    person.sign_in("flow-ann", flow.password)
    yield person
    person.close()


def state_of(flow: Flow, reading: str) -> str:
    """Return the state of the first reader's reading."""
    return str(flow.readers[0].get(f"/api/readings/{reading}")["state"])


def outcome(flow: Flow, reading: str) -> str:
    """Return what the manager sees of the one draft in this reading."""
    rows = flow.admin.get(f"/api/projects/{flow.project}/drafts")
    return next(
        one["outcome"]
        for row in rows
        for draft in row["drafts"]
        for one in draft["readings"]
        if one["reading"] == reading
    )


def test_accepted_and_edited_drafts_are_told_apart(ann: Person, flow: Flow) -> None:
    first, second = (row["reading"] for row in flow.readers[0].get("/api/worklist"))
    room = Room(ann)
    for reading, action, expected in ((first, "accept", "accepted"), (second, "edit", "accepted")):
        room.open(reading)
        assert room.voxels() == {}
        ann.by(f"draft-{action}").first.click()
        ann.by("draft-decision").first.wait_for()
        wait_until(room.voxels, timeout_s=30, what="the draft on the screen")
        room.wait_saved()
        assert set(room.voxels()) == {"1", "2"}
        assert outcome(flow, reading) == expected
    ann.page.keyboard.press("b")
    ann.page.keyboard.press("1")
    room.stroke("axial", [(0.2, 0.3), (0.25, 0.3)])
    room.wait_saved()
    assert outcome(flow, first) == "accepted"
    assert outcome(flow, second) == "edited"


def test_a_second_tab_is_told_and_may_take_over(ann: Person, flow: Flow) -> None:
    reading = flow.readers[0].get("/api/worklist")[0]["reading"]
    room = Room(ann)
    room.open(reading)
    first = ann.page
    ann.page = ann.context.new_page()
    second = Room(ann)
    ann.go(f"/readings/{reading}")
    ann.by("other-tab").wait_for()
    ann.by("take-over").click()
    second.opened()
    ann.page.keyboard.press("b")
    second.stroke("axial", [(0.7, 0.3), (0.75, 0.3)])
    second.wait_saved()
    first.get_by_test_id("other-tab").wait_for()
    assert flow.readers[0].get(f"/api/readings/{reading}")["head"] == second.probe("headRevision")

    # Submitted, and on to the next case: no dialog stays, and that case can be marked.
    other = flow.readers[0].get("/api/worklist")[1]["reading"]
    ann.by("case-form").get_by_role("radio", name="good", exact=True).check()
    second.wait_saved()
    ann.by("submit").click()
    ann.by("submit-next").click()
    ann.page.wait_for_url(f"**/readings/{other}")
    second.taken_over()  # the browser of the test before had it open when it was closed
    wait_until(lambda: state_of(flow, reading) == "submitted", timeout_s=20, what="the submission")  # it goes on beside
    ann.by("submit-next").wait_for(state="detached")
    before = second.voxels()
    ann.page.keyboard.press("b")
    second.stroke("axial", [(0.7, 0.3), (0.75, 0.3)])
    second.wait_saved()
    assert second.voxels() != before
