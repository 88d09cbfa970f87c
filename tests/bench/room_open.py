"""From the click to the image: the worklist, the next case, a slow line; and OHIF on the same server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError

from tests.bench.room_data import READER, Cases
from tests.bench.room_page import Bench, throttle
from tests.browser.chromium import Person
from tests.browser.ohif import ohif_folder, served

if TYPE_CHECKING:
    from tests.bench.room import Figures

SLICES = 200
QUIET_MS, SETTLED_S = 1500, 120.0
SLOW_MBIT_S, SLOW_LATENCY_MS = 30.0, 40.0
ALL_THERE = "window.fiducialProbe && window.fiducialProbe.ready"
FRAME_BYTES = 512 * 512 * 2
OHIF_ALL = f"window.cornerstone && window.cornerstone.cache.getCacheSize() >= {SLICES * FRAME_BYTES}"


@contextmanager
def reader(browser: Browser, cases: Cases, *, slow: bool = False) -> Iterator[tuple[Person, Bench]]:
    """Give a reader on the worklist, in a browser profile of their own, with the watcher in the page.

    `slow`: their line is, from the first page on.
    """
    person = Person(browser, cases.stack.url)
    bench = Bench(person.page)
    try:
        if slow:
            throttle(person.context.new_cdp_session(person.page), mbit_s=SLOW_MBIT_S, latency_ms=SLOW_LATENCY_MS)
        person.sign_in(READER, cases.password)
        person.go("/worklist")
        person.by("worklist-table").wait_for()
        yield person, bench
    finally:
        Person.present.remove(person)
        with suppress(PlaywrightError):  # a page that has died cannot leave
            leave(person)
        person.context.close()


def leave(person: Person) -> None:
    """Give the reading back by the link that people press: the next browser would be told that it is taken."""
    if person.by("to-worklist").count():
        with person.page.expect_response(lambda answer: answer.url.endswith("/desk"), timeout=10_000):
            person.by("to-worklist").click()


def settled(bench: Bench) -> None:
    """Wait until the page asks for nothing more: people look at a list, and at a case, before they go on.

    That means the next case too, which is fetched ahead. Playwright's "networkidle" comes once for each document.
    """
    bench.page.wait_for_load_state("networkidle")
    deadline = time.monotonic() + SETTLED_S
    while time.monotonic() < deadline:
        asked = bench.asked
        bench.page.wait_for_timeout(QUIET_MS)
        if bench.asked == asked:
            return
    raise SystemExit("the page does not come to rest")


def open_row(person: Person, bench: Bench, reading: str) -> None:
    """Click a row of the worklist; the clock starts."""
    bench.arm()
    person.page.locator(f'[data-testid="worklist-row"][data-reading="{reading}"]').click()


def measure_opening(browser: Browser, cases: Cases, figures: Figures, rounds: int) -> None:
    """Click to first image and to all of a 200-slice CT, Fiducial and OHIF in turn, each with an empty cache."""
    (reading,) = cases.bring_in(SLICES, 1)
    study = cases.study_of(1)
    try:
        ohif = ohif_folder()
    except pytest.skip.Exception as reason:
        print(f"  without OHIF: {reason}")
        ohif = None
    for _ in range(rounds):
        with reader(browser, cases) as (person, bench):
            settled(bench)
            open_row(person, bench, reading)
            all_there = bench.since_click_ms(f"{ALL_THERE} && window.bench.image !== null")
            figures.add("open image", bench.image_ms())
            figures.add("open all", all_there)
        if ohif is not None:
            with served(ohif, upstream=cases.stack.url, token=cases.token) as (url, _):
                _open_in_ohif(browser, url, study, figures)


def _open_in_ohif(browser: Browser, url: str, study: str, figures: Figures) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=url)
    context.set_default_timeout(60_000)
    page = context.new_page()
    bench = Bench(page)
    try:
        page.goto("/")
        page.get_by_text("CRLM-CT-1006").first.click()
        button = page.locator(f'[data-cy="mode-basic-{study}"]').or_(page.get_by_role("button", name="Basic Viewer"))
        button.first.wait_for()
        settled(bench)
        bench.arm()
        button.first.click()
        all_there = bench.since_click_ms(f"{OHIF_ALL} && window.bench.image !== null")
        figures.add("ohif image", bench.image_ms())
        figures.add("ohif all", all_there)
    finally:
        context.close()


def measure_next(browser: Browser, cases: Cases, figures: Figures, rounds: int) -> None:
    """Submit a reading and go to the next: to its first image."""
    readings = cases.bring_in(SLICES, rounds + 1)
    with reader(browser, cases) as (person, bench):
        settled(bench)
        open_row(person, bench, readings[0])
        bench.until(ALL_THERE)
        for _ in range(rounds):
            settled(bench)
            person.by("submit").click()
            button = person.by("submit-next")
            button.wait_for()
            person.page.wait_for_timeout(300)
            bench.arm()
            button.click()
            figures.add("next image", bench.image_ms())
            bench.until(ALL_THERE)


def measure_slow(browser: Browser, cases: Cases, figures: Figures, rounds: int) -> None:
    """30 Mbit/s and 40 ms: the first image, and all slices, as the room loads them and with uncompressed frames.

    Each time a case that was not opened before and is not the first of the list: nothing of it is fetched ahead.
    """
    _, *readings = cases.bring_in(SLICES, 1 + 2 * max(1, rounds // 2))
    for number, reading in enumerate(readings):
        raw = number % 2 == 1
        with reader(browser, cases, slow=True) as (person, bench):
            if raw:
                person.page.evaluate("() => localStorage.setItem('fiducial.frames', 'stored')")
            settled(bench)  # what is fetched ahead comes over the slow line too
            open_row(person, bench, reading)
            seconds = bench.since_click_ms(f"{ALL_THERE} && window.bench.image !== null") / 1000
            if not raw:
                figures.add("slow image", bench.image_ms())
            figures.add("slow raw" if raw else "slow all", seconds)
