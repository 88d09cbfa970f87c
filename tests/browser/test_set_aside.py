"""What was set aside is repaired and settled by clicking, until it opens in the viewer."""

import shutil
from pathlib import Path

import pydicom
import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.chromium import Person
from tests.browser.pages import Room
from tests.flow import Flow
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation."""
    with Stack(tmp_path_factory.mktemp("set-aside") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def flow(stack: Stack) -> Flow:
    """Make the administrator, who can sign in."""
    flow = Flow(stack)
    flow.password = stack.environment["DJANGO_SUPERUSER_PASSWORD"]
    return flow


@pytest.fixture
def admin(browser, stack: Stack, flow: Flow):
    """Return the administrator in the browser."""
    person = Person(browser, stack.url)
    person.sign_in("flow-admin", flow.password)
    yield person
    person.close()


def password_of(flow: Flow, username: str) -> str:
    """Give somebody a new password."""
    (user,) = flow.admin.get(f"/api/users?q={username}")
    return str(flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"])


def test_a_series_without_uids_is_given_them_and_opens(
    browser, admin: Person, flow: Flow, stack: Stack, shared_data: Path, picture
) -> None:
    stack.manage("import_dicom", str(shared_data / "ct/TotalSegmentator_example/dicom"))
    admin.go("/set-aside")
    pages.choose(admin, "set-aside-reason", "No study, series")
    wait_until(lambda: admin.by("set-aside-list").get_attribute("data-rows") == "20", timeout_s=20, what="20 files")
    picture(admin.page, "set-aside")
    admin.by("set-aside-select-all").check()
    admin.by("set-aside-repair").first.click()
    admin.by("repair-series").wait_for()
    promised = admin.by("repair-series").get_attribute("data-series")
    expect(admin.by("repair-series")).to_contain_text("is made")
    assert flow.admin.get("/api/studies")["results"] == [], "the preview makes nothing"
    picture(admin.page, "set-aside-repair")
    admin.by("set-aside-repair-confirm").click()
    admin.by("set-aside-empty").wait_for(timeout=60_000)
    (study,) = flow.admin.get("/api/studies")["results"]
    admin.go(f"/studies/{study['study_uid']}")
    admin.by("series-row").first.wait_for()
    expect(admin.by("series-row")).to_have_count(1)
    expect(admin.by("series-row")).to_have_attribute("data-series", promised)
    expect(admin.by("series-row")).to_contain_text("20 × 512 × 512")
    picture(admin.page, "study-repaired")

    flow.studies = [study["study_uid"]]
    flow.set_up_project()
    ann = Person(browser, stack.url)
    ann.sign_in("flow-ann", password_of(flow, "flow-ann"))
    room = Room(ann)
    room.open_next()
    expect(ann.by("viewport-axial")).to_have_count(1)
    ann.close()


@pytest.fixture
def rivals(shared_data: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Return a folder with a slice, and one with the same slice after somebody wrote a comment into it."""
    source = min((shared_data / "ct/CRLM-CT-1006").iterdir())
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    shutil.copy(source, first / "slice.dcm")
    changed = pydicom.dcmread(source)
    changed.ImageComments = "Seen again at follow-up"
    changed.save_as(second / "slice.dcm")
    return first, second


def test_a_conflict_is_compared_and_settled(
    admin: Person, flow: Flow, stack: Stack, rivals: tuple[Path, Path], picture
) -> None:
    for folder in rivals:
        stack.manage("import_dicom", str(folder))
    admin.go("/set-aside?reason=conflict")
    admin.by("set-aside-row").wait_for()
    admin.by("conflict-open").click()
    admin.by("conflict-differences").wait_for()
    expect(admin.by("conflict-difference")).to_have_count(1)
    expect(admin.by("conflict-difference")).to_contain_text("Seen again at follow-up")
    expect(admin.by("conflict-verdicts")).to_have_attribute("data-pixels", "true")
    admin.by("conflict-keep-both").check()
    picture(admin.page, "set-aside-conflict")
    admin.by("conflict-settle").click()
    admin.by("set-aside-empty").wait_for()
    studies = flow.admin.get("/api/studies?q=CRLM")["results"]
    assert [study["instance_count"] for study in studies] == [2]
    assert flow.admin.get("/api/set-aside?reason=conflict") == []
