"""OHIF opens a CT, and its segmentation, from a real installation by DICOMweb."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page
from pydicom import dcmread

from tests.browser.ohif import ohif_folder, served
from tests.stack import Api, Stack

LIVER_PIXELS = (36_233, 35_645, 35_220)
"""Of the three frames of seg/dcmqi/liver.dcm, as MANIFEST.md has them."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory, shared_data) -> Iterator[Api]:
    """Return an administrator's client of an installation with a CT and its segmentation, and another CT."""
    ohif_folder()  # no installation is started where there is no viewer to connect
    data = tmp_path_factory.mktemp("ohif") / "data"
    with Stack(data, DJANGO_SUPERUSER_PASSWORD="an unguessable one") as stack:
        stack.manage("createsuperuser", "--noinput", "--username", "ohif", "--email", "ohif@example.org")
        dcmqi = shared_data / "seg" / "dcmqi"
        sources = [dcmqi / "ct-3slice", dcmqi / "liver.dcm", shared_data / "ct" / "CRLM-CT-1006"]
        stack.manage("import_dicom", *map(str, sources))
        yield stack.api("ohif")


@pytest.fixture
def page(browser: Browser, archive: Api) -> Iterator[Page]:
    """Return a page on OHIF; a script that breaks, or an answer that is no success, fails the test."""
    token = archive.session.headers["Authorization"].split()[1]
    with served(ohif_folder(), upstream=archive.url, token=token) as (url, seen):
        context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=url)
        context.set_default_timeout(45_000)
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        context.close()
        assert errors == []
        assert seen
        assert {status for status, _, _ in seen} <= {200, 204, 206, 304}, seen


def open_study(page: Page, study: str) -> None:
    """Open a study and put OHIF's tour and warning away."""
    page.goto(f"/viewer?StudyInstanceUIDs={study}")
    page.get_by_text("Skip all").click()
    page.get_by_text("Confirm and hide").click()
    page.get_by_text("Confirm and hide").wait_for(state="hidden")


def shown(page: Page) -> np.ndarray:
    """Return the square of the viewport that holds the picture, as (side, side, 3) of uint8."""
    box = page.locator(".cornerstone-canvas").first.bounding_box()
    side = min(box["width"], box["height"])
    clip = {
        "x": box["x"] + (box["width"] - side) / 2,
        "y": box["y"] + (box["height"] - side) / 2,
        "width": side,
        "height": side,
    }
    return np.asarray(Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB"))


def likeness(page: Page, archive: Api, address: str) -> float:
    """Return the correlation of the middle of the screen with what our server renders."""
    screen = shown(page).astype(float).mean(axis=2)
    side = len(screen)
    query = f"window=40,400,linear&viewport={side},{side}"
    png = archive.session.get(f"{archive.url}{address}/rendered?{query}", headers={"Accept": "image/png"}, timeout=60)
    ours = np.asarray(Image.open(io.BytesIO(png.content)).convert("L").resize((side, side)), dtype=float)
    inner = slice(side // 6, -side // 6)  # OHIF writes into the corners
    assert screen[inner, inner].std() > 20, "the picture is flat"
    return float(np.corrcoef(screen[inner, inner].ravel(), ours[inner, inner].ravel())[0, 1])


def wait_for_picture(page: Page, archive: Api, address: str, least: float) -> None:
    """Wait until the screen is like the rendered frame."""
    found = 0.0
    for _ in range(60):
        found = max(found, likeness(page, archive, address)) if shown(page).std() > 20 else found
        if found > least:
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"the picture on the screen is not the rendered one: {found:.3f}")


def first_instance(page: Page, archive: Api, series: dict[str, str], count: int) -> str:
    """Return the address of the instance that OHIF shows first, by the instance number it writes on the picture."""
    page.get_by_text(f"(1/{count})").first.wait_for()
    found = re.search(rf"I:\s*(\d+)\s*\(1/{count}\)", page.inner_text("body"))
    assert found, page.inner_text("body")
    root = "/dicomweb/studies/{study}/series/{series}".format(**series)
    (instance,) = archive.get(f"{root}/instances?InstanceNumber={found.group(1)}")
    return f"{root}/instances/{instance['00080018']['Value'][0]}"


def series_in(folder: Path) -> dict[str, str]:
    """Return the UIDs of the CT in a folder."""
    header = dcmread(next(folder.glob("*.dcm")), stop_before_pixels=True)
    return {"study": header.StudyInstanceUID, "series": header.SeriesInstanceUID}


def test_the_study_list_and_a_ct(page: Page, archive: Api, shared_data) -> None:
    page.goto("/")
    for text in ("CRLM-CT-1006", "CT CH/AB/PEL WITH LIVER TRIPHASIC", "JANCT000", "CT\\SEG"):
        page.get_by_text(text).first.wait_for()
    ct = series_in(shared_data / "ct" / "CRLM-CT-1006")
    open_study(page, ct["study"])
    wait_for_picture(page, archive, first_instance(page, archive, ct, 51), 0.97)


def test_a_ct_with_its_segmentation(page: Page, archive: Api, shared_data, picture) -> None:
    ct = series_in(shared_data / "seg" / "dcmqi" / "ct-3slice")
    open_study(page, ct["study"])
    wait_for_picture(page, archive, first_instance(page, archive, ct, 3), 0.97)
    page.get_by_text("Liver Segmentation").first.dblclick()
    page.get_by_text("Do you want to open this Segmentation?").wait_for()
    page.get_by_text("Yes", exact=True).click()
    coloured = 0
    for _ in range(60):
        page.wait_for_timeout(500)
        screen = shown(page).astype(int)
        coloured = int(((screen.max(axis=2) - screen.min(axis=2)) > 25).sum() * (512 / len(screen)) ** 2)
        if coloured > LIVER_PIXELS[2] * 0.9:
            break
    assert min(LIVER_PIXELS) * 0.93 < coloured < max(LIVER_PIXELS) * 1.07, "not the liver that the file holds"
    picture(page, "ohif-segmentation")


def test_a_stranger_gets_no_study(archive: Api) -> None:
    response = requests.get(f"{archive.url}/dicomweb/studies", timeout=10)
    assert response.status_code == 401
