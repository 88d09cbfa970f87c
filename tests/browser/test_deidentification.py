"""A manager de-identifies ultrasound images, blanks one, releases the other, and the project sees only what passed."""

import io
from pathlib import Path

import numpy as np
import pydicom
import pytest

from tests.browser import pages
from tests.browser.chromium import Person
from tests.stack import Api, Stack, wait_until

ADMINISTRATOR, PASSWORD = "mira", "a long enough password"
IMAGES = ("multiframe_colour/examples_rgb_color.dcm", "multiframe_colour/examples_palette.dcm")


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an empty installation with one administrator."""
    with Stack(tmp_path_factory.mktemp("deidentification") / "data") as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        running.manage("createsuperuser", "--noinput", "--username", ADMINISTRATOR, "--email", "mira@example.org")
        yield running


@pytest.fixture
def mira(browser, stack: Stack):
    """Return the administrator in the browser."""
    person = Person(browser, stack.url)
    person.sign_in(ADMINISTRATOR, PASSWORD)
    yield person
    person.close()


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


def test_only_what_passed_reaches_the_project(mira: Person, stack: Stack, shared_data: Path, picture) -> None:
    for name in IMAGES:
        stack.manage("import_dicom", str(shared_data / name))
    api = stack.api(ADMINISTRATOR)
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
    mira.by("run-study").nth(1).wait_for()
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
    assert mira.by("region").count() == 1
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
    reader = reader_of(stack, api, project)
    assert set(uids(reader)) == set(made)
    for uid in originals:
        reader.call("GET", f"/api/studies/{uid}", expect=404)


def uids(api: Api) -> list[str]:
    """Return the studies of the archive."""
    return [study["study_uid"] for study in api.get("/api/studies")["results"]]


def is_blank(file: pydicom.Dataset, region: dict[str, int]) -> bool:
    """Return whether a region of every frame has one value."""
    pixels = file.pixel_array
    part = pixels[region["y"] : region["y"] + region["height"], region["x"] : region["x"] + region["width"]]
    return bool(part.size and np.all(part == part.reshape(-1, *part.shape[2:])[0]))


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


def reader_of(stack: Stack, api: Api, project: str) -> Api:
    """Make a reader of the project; return what they see it with."""
    person = api.post("/api/users", {"username": "ann", "display_name": "Ann", "is_administrator": False})
    api.put(f"/api/projects/{project}/members", {"user": person["id"], "roles": ["reader"]})
    return stack.api("ann")
