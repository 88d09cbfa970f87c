"""The study page shows what was made from the images; the administrator looks after storage and deletes."""

from pathlib import Path

import pytest

from tests.browser.chromium import Person
from tests.stack import Api, Stack, wait_until

ADMINISTRATOR, PASSWORD = "mira", "a long enough password"
VOLUMES_ML = {"CT": "53.30 mL", "PT": "54.28 mL", "MR": "53.29 mL"}  # of the contours, from the MANIFEST


@pytest.fixture(scope="module")
def stack(tmp_path_factory, shared_data: Path):
    """Start an installation that holds a registered PET, CT and MR with contours, and a report with a segmentation."""
    with Stack(tmp_path_factory.mktemp("study") / "data") as running:
        running.environment["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        running.manage("createsuperuser", "--noinput", "--username", ADMINISTRATOR, "--email", "mira@example.org")
        running.manage("import_dicom", str(shared_data / "petct/STS_002/dicom"))
        yield running


@pytest.fixture
def mira(browser, stack: Stack):
    """Return the administrator in the browser."""
    person = Person(browser, stack.url)
    person.sign_in(ADMINISTRATOR, PASSWORD)
    yield person
    person.close()


@pytest.fixture
def api(stack: Stack) -> Api:
    """Return the interface behind the pages."""
    return stack.api(ADMINISTRATOR)


def test_contours_lie_under_their_images_with_volumes(mira: Person, api: Api, picture) -> None:
    (study,) = api.get("/api/studies")["results"]
    mira.go(f"/studies/{study['study_uid']}")
    mira.by("series-row").first.wait_for()
    rows = mira.by("series-row").all()
    assert len(rows) == 3, "contours are shown under their images, not beside them"
    for row in rows:
        modality = next(name for name in VOLUMES_ML if f"{name} ·" in row.inner_text())
        row.get_by_test_id("derived-open").click()
        row.get_by_test_id("derived-part").wait_for()
        assert row.get_by_test_id("derived-total").inner_text() == VOLUMES_ML[modality]
        assert row.get_by_test_id("derived-volume").inner_text() == VOLUMES_ML[modality]
        assert row.get_by_test_id("derived-link").get_attribute("data-how") == "by_geometry"
        assert row.locator('[data-testid="finding"][data-code="linked_by_geometry"]').count() == 1
    picture(mira.page, "study-derived")
    mira.by("scheme-switch").click()
    picture(mira.page, "study-derived-light")
    mira.by("scheme-switch").click()
    mira.by("series-overview-open").first.click()
    wait_until(
        lambda: mira.by("series-overview").evaluate("node => node.complete && node.naturalWidth > 200"),
        timeout_s=30,
        what="the overview",
    )
    picture(mira.page, "study-overview")


def test_storage_is_counted_and_a_series_goes_after_its_name_was_typed(mira: Person, api: Api, picture) -> None:
    mira.go("/admin/storage")
    mira.by("storage-usage").wait_for()
    mira.by("storage-days").fill("30")
    mira.by("storage-try").click()
    mira.by("expired-none").wait_for()
    picture(mira.page, "administration-storage")

    (study,) = api.get("/api/studies")["results"]
    detail = api.get(f"/api/studies/{study['study_uid']}")
    doomed = next(one for one in detail["series"] if one["modality"] == "MR")
    mira.go(f"/studies/{study['study_uid']}")
    row = mira.page.locator(f'[data-testid="series-row"][data-series="{doomed["series_uid"]}"]')
    row.get_by_test_id("series-delete").click()
    assert mira.by("series-delete-confirm").is_disabled()
    mira.by("series-delete-typed").fill(doomed["description"])
    mira.by("series-delete-confirm").click()
    row.wait_for(state="detached")
    left = api.get(f"/api/studies/{study['study_uid']}")["series"]
    assert doomed["series_uid"] not in {one["series_uid"] for one in left}
    assert len(left) == len(detail["series"]) - 1
