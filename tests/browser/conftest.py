"""A browser for the session, and pictures of pages when asked for."""

import contextlib
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import Person, chromium
from tests.browser.installation import ADMINISTRATOR, PASSWORD
from tests.stack import ROOT, Api, Stack

SMALL_BYTES = 250_000
EXPECTED_WITHIN_MS = 20_000
TOLD_CHARACTERS = 1500
SIZES = {"1280x800": (1280, 800), "2560x1440": (2560, 1440)}
expect.set_options(timeout=EXPECTED_WITHIN_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, and run it last: Playwright keeps an event loop, beside which no other one runs."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: here in item.path.parents)


def told(person: Person) -> str:
    """Return where somebody is, what their page shows and what it complained of."""
    probe = person.page.evaluate("() => JSON.stringify(window.fiducialProbe ?? null, undefined, 0)")
    focus = person.page.evaluate("() => document.activeElement?.outerHTML.slice(0, 200)")
    shown = " | ".join(person.page.locator("body").inner_text(timeout=15_000).split("\n"))[:TOLD_CHARACTERS]
    return "\n".join((person.page.url, shown, f"focus: {focus}", f"probe: {probe}", *person.errors))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tell what the open pages of a test that fails show, and keep pictures of them under var/failed/."""
    report = yield
    if report.failed:
        folder = ROOT / "var" / "failed"
        folder.mkdir(parents=True, exist_ok=True)
        for number, person in enumerate(Person.present):
            with contextlib.suppress(PlaywrightError):  # a page that has died has no picture
                report.sections.append((f"page {number}", told(person)))
                person.page.screenshot(path=folder / f"{item.name}-{number}.png", timeout=15_000)
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    if not (ROOT / "frontend" / "dist" / "index.html").is_file():
        pytest.skip("the front end is not built: make frontend")
    with chromium() as found:
        if found is None:
            pytest.skip("no Chromium on this machine: apt-get install chromium")
        yield found


@pytest.fixture(autouse=True)
def own_blobs() -> None:
    """Replace the database tests' fixture: the stack has a data folder of its own."""


@pytest.fixture(scope="module")
def api(stack: Stack) -> Api:
    """Return the interface behind the pages, as the administrator of the module's `stack` sees it."""
    return stack.api(ADMINISTRATOR)


@pytest.fixture
def mira(browser: Browser, stack: Stack) -> Iterator[Person]:
    """Return the administrator of the module's `stack` in a browser of her own."""
    person = Person(browser, stack.url)
    person.sign_in(ADMINISTRATOR, PASSWORD)
    yield person
    person.close()


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Return a function that keeps a picture of a page in both sizes, where FIDUCIAL_SCREENSHOTS names a folder."""
    folder = os.environ.get("FIDUCIAL_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if not folder:
            return
        place = ROOT / folder
        place.mkdir(parents=True, exist_ok=True)
        before = page.viewport_size
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(700)
            page.screenshot(path=place / f"{name}-{size}.png")
        if before:
            page.set_viewport_size(before)
            page.wait_for_timeout(300)

    return take


@pytest.fixture
def small_picture() -> Callable[[Page, str], None]:
    """Return a function that keeps one small picture of a page as it is: a guide full of them loads at once."""
    folder = os.environ.get("FIDUCIAL_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            place = ROOT / folder
            place.mkdir(parents=True, exist_ok=True)
            seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            for colours in (256, 128, 64):
                seen.quantize(colours, dither=Image.Dither.NONE).save(place / f"{name}.png", optimize=True)
                if (place / f"{name}.png").stat().st_size < SMALL_BYTES:
                    break

    return take
