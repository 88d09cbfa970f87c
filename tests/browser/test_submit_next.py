"""Submit and go to the next case, which is shown while the server writes; what could not be submitted is told."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import NO_SERVER, Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def flow(tmp_path_factory) -> Flow:
    """Start an installation with three phantom cases."""
    folder = tmp_path_factory.mktemp("submit-next")
    with Stack(folder / "data") as stack:
        flow = Flow(stack)
        stack.manage("import_dicom", str(flow.write_phantoms(folder / "dicom", 3)))
        flow.set_up_project()
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


def fill(room: Room) -> None:
    """Answer what is required."""
    room.person.by("case-form").get_by_role("radio", name="good", exact=True).check()
    room.wait_saved()


def test_the_next_case_comes_at_once_and_a_submission_that_failed_is_told(ann: Person, flow: Flow) -> None:
    first, second, third = (row["reading"] for row in flow.readers[0].get("/api/worklist"))
    room = Room(ann)
    with ann.page.expect_response(re.compile(f"/api/readings/{second}$")):  # it is fetched ahead
        room.open(first)
    fill(room)
    ann.by("submit").click()
    ann.by("submit-next").click()
    ann.page.wait_for_url(f"**/readings/{second}")
    room.opened()
    wait_until(lambda: state_of(flow, first) == "submitted", timeout_s=20, what="the submission")
    assert ann.by("not-submitted").count() == 0

    # The server cannot be reached at that moment: the next case is there, and so is the word about this one.
    with ann.page.expect_response(re.compile(f"/api/readings/{third}$")):
        fill(room)
    ann.expects(*NO_SERVER)
    ann.page.route("**/submit", lambda route: route.abort())
    ann.by("submit").click()
    ann.by("submit-next").click()
    ann.page.wait_for_url(f"**/readings/{third}")
    expect(ann.by("not-submitted")).to_contain_text("Submitting case 2 failed")
    room.opened()
    assert state_of(flow, second) == "open"

    # Back by the button in the word, and submitted.
    ann.page.unroute("**/submit")
    ann.by("not-submitted-open").click()
    ann.page.wait_for_url(f"**/readings/{second}")
    expect(ann.by("not-submitted")).to_have_count(0)
    room.opened()
    room.submit()
    wait_until(lambda: state_of(flow, second) == "submitted", timeout_s=20, what="the submission")


def test_what_the_server_refuses_in_the_room_stays_in_the_dialog(ann: Person, flow: Flow) -> None:
    (third,) = (row["reading"] for row in flow.readers[0].get("/api/worklist") if row["state"] != "submitted")
    room = Room(ann)
    room.open(third)  # the last one: no next case is at hand
    fill(room)
    ann.expects(*NO_SERVER)
    ann.page.route("**/submit", lambda route: route.abort())
    ann.by("submit").click()
    ann.by("submit-next").click()
    expect(ann.page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    assert ann.page.url.endswith(third)
    ann.page.unroute("**/submit")
    ann.by("submit-next").click()
    ann.page.wait_for_url("**/worklist")
    assert state_of(flow, third) == "submitted"
