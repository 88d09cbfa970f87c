"""The study page shows what was made from the images; the administrator looks after storage and deletes."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import pages
from tests.browser.chromium import Person
from tests.browser.installation import installation
from tests.stack import Api, wait_until

VOLUMES_ML = {"CT": "53.30 mL", "PT": "54.28 mL", "MR": "53.29 mL"}  # of the contours, from the MANIFEST


@pytest.fixture(scope="module")
def stack(tmp_path_factory, shared_data: Path):
    """Start an installation that holds a registered PET, CT and MR with contours, and a report with a segmentation."""
    with installation(tmp_path_factory.mktemp("study") / "data") as running:
        running.manage("import_dicom", str(shared_data / "petct/STS_002/dicom"))
        yield running


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
        expect(row.get_by_test_id("derived-total")).to_have_text(VOLUMES_ML[modality])
        expect(row.get_by_test_id("derived-volume")).to_have_text(VOLUMES_ML[modality])
        expect(row.get_by_test_id("derived-link")).to_have_attribute("data-how", "by_geometry")
        expect(row.locator('[data-testid="finding"][data-code="linked_by_geometry"]')).to_have_count(1)
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
    expect(mira.by("series-delete-confirm")).to_be_disabled()
    mira.by("series-delete-typed").fill(doomed["description"])
    mira.by("series-delete-confirm").click()
    row.wait_for(state="detached")
    left = api.get(f"/api/studies/{study['study_uid']}")["series"]
    assert doomed["series_uid"] not in {one["series_uid"] for one in left}
    assert len(left) == len(detail["series"]) - 1


def test_machines_that_may_send_are_listed_and_changed(mira: Person, api: Api, picture) -> None:
    api.post("/api/projects", {"name": "Sarcoma", "description": ""})
    mira.go("/admin/storage")
    mira.by("node-add").click()
    mira.by("node-title").fill("BACK\\SLASH")
    mira.by("node-add-confirm").click()
    expect(mira.by("error-box")).to_contain_text("no backslash")
    mira.by("node-title").fill("SCANNER-1")
    mira.by("node-host").fill("10.0.0.7")
    mira.by("node-description").fill("CT in room 4")
    pages.choose(mira, "node-project", "Sarcoma")
    picture(mira.page, "administration-machine")
    mira.by("node-add-confirm").click()
    row = mira.by("node-row")
    row.wait_for()
    assert [text in row.inner_text() for text in ("SCANNER-1", "10.0.0.7", "CT in room 4", "Sarcoma")] == [True] * 4
    mira.by("node-add").click()
    mira.by("node-title").fill("SCANNER-1")
    mira.by("node-add-confirm").click()
    expect(mira.by("error-box")).to_contain_text("Another machine")
    mira.page.keyboard.press("Escape")
    row.locator(".mantine-Switch-track").click()
    wait_until(lambda: not api.get("/api/dicom-nodes")[0]["enabled"], timeout_s=10, what="the machine is refused")
    mira.by("node-remove").click()
    mira.by("node-remove-confirm").click()
    row.wait_for(state="detached")
    assert api.get("/api/dicom-nodes") == []


def test_a_study_goes_after_its_name_was_typed_and_the_record_stays(mira: Person, api: Api, picture) -> None:
    (study,) = api.get("/api/studies")["results"]
    mira.go(f"/studies/{study['study_uid']}")
    mira.by("study-delete").click()
    mira.by("study-delete-typed").fill("STS_00")
    expect(mira.by("study-delete-confirm")).to_be_disabled()
    mira.by("study-delete-typed").fill(study["patient_id"])
    picture(mira.page, "study-delete")
    mira.by("study-delete-confirm").click()
    mira.page.wait_for_url("**/studies")
    assert api.get("/api/studies")["results"] == []
    mira.go(f"/studies/{study['study_uid']}")
    mira.by("error-box").wait_for()
    mira.go("/admin/audit")
    record = mira.page.locator("tr", has_text=study["study_uid"][:30]).filter(has_text="delete").first
    record.wait_for()
    expect(record).to_contain_text("mira")
