"""A manager de-identifies ultrasound images, blanks one, releases the other, and the project sees only what passed."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.chromium import Person
from tests.browser.installation import installation
from tests.browser.processes import workers_held
from tests.stack import Api, Stack, wait_until

IMAGES = ("multiframe_colour/examples_rgb_color.dcm", "multiframe_colour/examples_palette.dcm")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation with one administrator."""
    with installation(tmp_path_factory.mktemp("deidentification") / "data") as running:
        yield running


def drag(person: Person, frm: tuple[float, float], to: tuple[float, float]) -> None:
    """Draw on the held picture, from and to shares of the place where it lies."""
    box = person.by("held-picture").locator("image").bounding_box()
    assert box is not None
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (frm, to)]
    person.page.mouse.move(*points[0])
    person.page.mouse.down()
    person.page.mouse.move(*points[1], steps=6)
    person.page.mouse.up()


def held_left(person: Person) -> int:
    """Return how many images wait."""
    return int(person.by("held-place").inner_text().split("/")[1])


def stored(api: Api, study: str) -> pydicom.Dataset:
    """Return the one instance of a study as DICOMweb gives it."""
    (instance,) = api.get(f"/dicomweb/studies/{study}/instances")
    address = f"/dicomweb/studies/{study}/series/{instance['0020000E']['Value'][0]}"
    address += f"/instances/{instance['00080018']['Value'][0]}"
    answer = api.session.get(api.url + address, headers={"Accept": "application/dicom"}, timeout=60)
    assert answer.ok, answer.text
    return pydicom.dcmread(io.BytesIO(answer.content))


def test_only_what_passed_reaches_the_project(mira: Person, api: Api, stack: Stack, shared_data: Path, picture) -> None:
    for name in IMAGES:
        stack.manage("import_dicom", str(shared_data / name))
    originals = {study["study_uid"] for study in api.get("/api/studies")["results"]}
    assert len(originals) == 2
    project = pages.new_project(mira, "Ultrasound of the liver")

    mira.go("/deidentification")
    mira.by("profile-new").first.click()
    pages.choose(mira, "profile-team", "Ultrasound")
    mira.by("profile-name").fill("Ultrasound without names")
    mira.by("profile-prefix").fill("us")
    mira.by("profile-create").click()
    mira.by("deident-rules").wait_for()
    assert mira.by("dates-shifted").is_checked()
    picture(mira.page, "deidentification-rules")

    demand(mira, project)
    refused = refusal(mira, project, sorted(originals))
    assert "Ultrasound without names" in refused

    mira.go("/deidentification")
    mira.by("profile-open").click()
    mira.by("run-new").click()
    mira.by("run-study-row").nth(1).wait_for()
    mira.by("run-study-all").check()
    mira.by("run-start").click()
    mira.by("run-page").wait_for()
    wait_until(lambda: mira.by("run-count-held").inner_text() == "2", timeout_s=60, what="both images held")
    mira.by("report-study").first.click()
    mira.by("run-change").first.wait_for()
    picture(mira.page, "deidentification-run")
    assert set(uids(api)) == originals, "nothing is served before a person has looked"

    mira.by("review-open").click()
    mira.by("held-picture").wait_for()
    assert held_left(mira) == 2
    mira.page.wait_for_timeout(500)  # the picture loads
    while mira.by("region").count():  # what was suggested gives way to what is drawn here
        mira.by("region-remove").click()
    drag(mira, (0.02, 0.02), (0.5, 0.2))
    expect(mira.by("region")).to_have_count(1)
    mira.by("held-picture").press("Shift+ArrowDown")
    figures = {name: int(mira.by(f"region-{name}").input_value()) for name in ("x", "y", "width", "height")}
    picture(mira.page, "deidentification-review")
    mira.page.keyboard.press("b")
    wait_until(lambda: held_left(mira) == 1, timeout_s=30, what="one image left")
    mira.by("held-reason").fill("No text in the picture")
    mira.by("held-release").click()
    mira.by("review-empty").wait_for()

    made = [uid for uid in uids(api) if uid not in originals]
    assert len(made) == 2
    files = [stored(api, uid) for uid in made]
    assert {str(file.PatientID)[:3] for file in files} == {"US-"}
    blanked = [file for file in files if is_blank(file, figures)]
    assert len(blanked) == 1

    add_made(mira, project, made)
    reader = member_of(stack, api, project, "ann", "reader")
    assert set(uids(reader)) == set(made)
    for uid in originals:
        reader.call("GET", f"/api/studies/{uid}", expect=404)


def uids(api: Api) -> list[str]:
    """Return the studies of the archive."""
    return [study["study_uid"] for study in api.get("/api/studies")["results"]]


def is_blank(file: pydicom.Dataset, region: dict[str, int]) -> bool:
    """Return whether a region of every frame has one value."""
    pixels = file.pixel_array
    frames = pixels if int(file.get("NumberOfFrames") or 1) > 1 else pixels[np.newaxis]
    down, right = region["y"], region["x"]
    part = frames[:, down : down + region["height"], right : right + region["width"]]
    return bool(part.size and np.all(part == part[:, :1, :1]))


def demand(person: Person, project: str) -> None:
    """Let the project demand the profile."""
    person.go(f"/projects/{project}/set-up/data")
    pages.choose(person, "project-demand", "Ultrasound without names")
    person.page.get_by_text("Saved").first.wait_for()


def choose_studies(person: Person, project: str, studies: list[str]) -> None:
    """Choose studies for the project, and press the button."""
    person.go(f"/projects/{project}/set-up/data")
    for uid in studies:
        row = person.page.locator(f'[data-testid="data-study-row"][data-study="{uid}"]')
        row.get_by_test_id("data-study-select").check()
    person.by("data-add-selected").click()


def refusal(person: Person, project: str, studies: list[str]) -> str:
    """Try to add studies; return what the page says against it."""
    choose_studies(person, project, studies)
    notice = person.page.locator(".mantine-Notification-root")
    notice.first.wait_for()
    return str(notice.first.inner_text())


def add_made(person: Person, project: str, made: list[str]) -> None:
    """Add the studies that were made."""
    choose_studies(person, project, made)
    wait_until(lambda: "2" in person.by("data-case-count").inner_text(), timeout_s=30, what="both cases")


def made_in_all(person: Person) -> int:
    """Return how many copies a run has: its own, and those of an attempt before it."""
    return sum(int(person.by(f"run-count-{name}").inner_text()) for name in ("made", "present"))


def member_of(stack: Stack, api: Api, project: str, name: str, role: str) -> Api:
    """Make somebody a member of the project; return what they see it with."""
    person = api.post("/api/users", {"username": name, "display_name": name.title(), "is_administrator": False})
    api.put(f"/api/projects/{project}/members", {"user": person["id"], "roles": [role]})
    return stack.api(name)


CINE = "multiframe_colour/US-PAL-8-10x-echo"


@pytest.fixture
def manager(browser, stack: Stack, api: Api, cine: dict[str, str]):
    """Return a manager of the project of `cine`, whom nobody has named, in a browser of their own."""
    person = api.post("/api/users", {"username": "mo", "display_name": "Mo", "is_administrator": False})
    api.put(f"/api/projects/{cine['project']}/members", {"user": person["id"], "roles": ["manager"]})
    mo = Person(browser, stack.url)
    mo.sign_in("mo", person["password"])
    yield mo
    mo.close()


@pytest.fixture
def cine(stack: Stack, api: Api, shared_data: Path) -> dict[str, str]:
    """Bring in an echocardiogram of ten frames; return its study, and a project with a profile for it."""
    before = set(uids(api))
    stack.manage("import_dicom", str(shared_data / CINE))
    (study,) = set(uids(api)) - before
    return {"study": study} | new_profile(api, "Hearts", "HEART")


def new_profile(api: Api, name: str, prefix: str) -> dict[str, str]:
    """Make a project with a profile that holds what may show text; return both ids."""
    project = api.post("/api/projects", {"name": name, "description": ""})
    wish = {"team": project["team"], "name": f"{name} without names", "pseudonym_prefix": prefix}
    profile = api.post("/api/deidentification/profiles", wish | {"options": ["clean_pixels"]})
    return {"project": project["id"], "profile": profile["id"]}


def edit_private_tags(mira: Person) -> None:
    """Let a private attribute stay; rows that are not whole cannot be saved."""
    mira.by("option-retain_safe_private").check(force=True)
    mira.by("private-add").click()
    expect(mira.by("rules-save"), "an empty row").to_be_disabled()
    mira.by("private-creator").fill("Philips Imaging DD 001")
    mira.by("private-group").fill("2002")
    mira.by("private-element").fill("03")
    expect(mira.by("rules-save"), "an even group is not private").to_be_disabled()
    mira.by("private-group").fill("2001")
    mira.by("private-add").click()
    mira.by("private-remove").nth(1).click()
    expect(mira.by("private-tag")).to_have_count(1)


def shown(person: Person) -> bytes:
    """Return the bytes of the picture that is on the screen."""
    address = person.by("held-picture").locator("image").get_attribute("href")
    return bytes(person.page.request.get(person.url + address).body())


def test_frames_are_leafed_through_and_only_the_named_ask_who_it_is(
    mira: Person, manager: Person, api: Api, cine: dict[str, str], picture
) -> None:
    known = set(uids(api))
    mira.go(f"/deidentification/{cine['profile']}")
    edit_private_tags(mira)
    picture(mira.page, "deidentification-private")
    mira.by("rules-save").click()
    mira.page.get_by_text("Saved").first.wait_for()
    stored_tags = api.get(f"/api/deidentification/profiles/{cine['profile']}")["private_tags"]
    assert stored_tags == [{"creator": "Philips Imaging DD 001", "group": "2001", "element": "03"}]

    run = api.post(f"/api/deidentification/profiles/{cine['profile']}/runs", {"study_uids": [cine["study"]]})
    mira.go(f"/deidentification/runs/{run['id']}")
    wait_until(lambda: mira.by("run-count-held").inner_text() == "1", timeout_s=60, what="the cine is held")
    mira.by("review-open").click()
    mira.by("held-frame").wait_for()
    expect(mira.by("held-frame")).to_have_text("Frame 1 of 10")
    first = shown(mira)
    thumb = mira.by("held-frame-slider").get_by_role("slider")
    thumb.focus()
    for _ in range(4):
        mira.page.keyboard.press("ArrowRight")
    expect(mira.by("held-frame")).to_have_text("Frame 5 of 10")
    assert shown(mira) != first
    while mira.by("region").count():
        mira.by("region-remove").click()
    drag(mira, (0.1, 0.1), (0.4, 0.3))
    figures = {name: int(mira.by(f"region-{name}").input_value()) for name in ("x", "y", "width", "height")}
    picture(mira.page, "deidentification-frames")
    mira.by("held-blank").click()
    mira.by("review-empty").wait_for()
    (made,) = set(uids(api)) - known
    file = stored(api, made)
    assert (int(file.NumberOfFrames), is_blank(file, figures)) == (10, True)
    ask_who_it_is(mira, manager, api, cine, str(file.PatientName), made)
    picture(mira.page, "deidentification-who")
    manager.go(f"/deidentification/{cine['profile']}")
    manager.by("reidentify-wanted").fill(str(file.PatientName))
    manager.by("reidentify-ask").click()
    manager.by("reidentified").wait_for()
    expect(manager.by("reidentify-named"), "only an administrator names").to_have_count(0)
    records = api.get(f"/api/audit?subject=deidentification:{cine['profile']}")
    asked = [one for one in records if one["action"] == "deidentification.reidentify"]
    found = {(one["actor_name"], one["detail"]["wanted"], one["detail"]["allowed"]) for one in asked}
    assert found == {
        ("mira", "HEART-9999", True),
        ("mira", made, True),
        ("Mo", "HEART-0001", False),
        ("Mo", "HEART-0001", True),
    }


def ask_who_it_is(mira: Person, manager: Person, api: Api, cine: dict[str, str], pseudonym: str, made: str) -> None:
    """Ask wrongly, as somebody who may not, and rightly; then name the manager."""
    here = f"/deidentification/{cine['profile']}"
    manager.go(here)
    manager.by("reidentify-denied").wait_for()
    expect(manager.by("reidentify-ask")).to_have_count(0)
    refused = manager.page.request.post(
        f"{manager.url}/api{here.replace('/deidentification/', '/deidentification/profiles/')}/reidentify",
        data={"pseudonym": pseudonym},
        headers={"X-CSRFToken": next(one["value"] for one in manager.context.cookies() if "csrf" in one["name"])},
    )
    assert refused.json()["error"]["code"] == "reidentify_denied"
    mira.go(here)
    mira.by("reidentify-wanted").fill("HEART-9999")
    mira.by("reidentify-ask").click()
    expect(mira.by("deident-reidentify").get_by_test_id("error-box")).to_contain_text("no such pseudonym")
    expect(mira.by("reidentified")).to_have_count(0)
    mira.by("reidentify-wanted").fill(made)
    mira.by("reidentify-ask").click()
    answer = mira.by("reidentified")
    answer.wait_for()
    expect(answer).to_contain_text(pseudonym)
    assert cine["study"] in answer.inner_text()
    pages.choose(mira, "reidentify-named", "Mo")
    wait_until(
        lambda: api.get(f"/api/deidentification/profiles/{cine['profile']}")["reidentifiers"],
        timeout_s=10,
        what="the manager is named",
    )
    mira.page.keyboard.press("Escape")


def test_a_run_is_cancelled_and_goes_on(mira: Person, api: Api, stack: Stack, shared_data: Path, picture) -> None:
    before = set(uids(api))
    stack.manage("import_dicom", str(shared_data / "mr/UCSF-BR-06_DCE/dicom"))
    (study,) = set(uids(api)) - before
    made = new_profile(api, "Breasts", "BREAST")
    profile = made["profile"]
    member = member_of(stack, api, made["project"], "bea", "manager")
    run = api.post(f"/api/deidentification/profiles/{profile}/runs", {"study_uids": [study]})
    mira.go("/deidentification")
    running = lambda: api.get(f"/api/jobs/{run['job']}")["state"] == "running"  # noqa: E731
    wait_until(running, timeout_s=30, what="the run begins", every_s=0.02)
    with workers_held(stack):  # else a quick machine is done before the page is there
        mira.go(f"/deidentification/runs/{run['id']}")
        with mira.page.expect_response(lambda answer: answer.url.endswith("/cancel")):
            mira.by("job-cancel").click()
    mira.page.get_by_text("Cancelled. Series").wait_for()
    picture(mira.page, "deidentification-cancelled")
    assert uids(member) == [], "what is not finished is not shown"
    mira.by("job-retry").click()
    wait_until(lambda: made_in_all(mira) == 180, timeout_s=90, what="the run went on")
    expect(mira.by("job-retry")).to_have_count(0)
    assert len(uids(member)) == 1
    assert len(uids(api)) == len(before) + 2
