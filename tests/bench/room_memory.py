"""Large series and many cases: how long the page stands still, what it holds, and what it gives back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import Browser

from tests.bench.room_data import Cases
from tests.bench.room_open import ALL_THERE, open_row, reader, settled
from tests.bench.room_page import Bench, memory_mb, renderer_rss_mb
from tests.browser.chromium import Person

if TYPE_CHECKING:
    from tests.bench.room import Figures

MANY, LARGE = 1000, 1500
ROW, ROW_SLICES = 20, 60
SETTLED_AT = 5  # the case from which on nothing may grow
GIVEN_BACK_MS = 2500  # what was fetched ahead is kept for a moment, for a room that opens next


def measure_many_slices(browser: Browser, cases: Cases, figures: Figures, _rounds: int) -> None:
    """1,000 slices: the longest main-thread task from click to loaded; 1,500: memory, open and after closing."""
    for slices in (MANY, LARGE):
        (reading,) = cases.bring_in(slices, 1)
        with reader(browser, cases) as (person, bench):
            settled(bench)
            cdp = person.context.new_cdp_session(person.page)
            before = memory_mb(cdp)
            bench.watch()
            open_row(person, bench, reading)
            figures.add(f"{slices} all s", bench.since_click_ms(ALL_THERE, timeout_s=300) / 1000)
            seen = bench.seen()
            if slices == MANY:
                figures.add("many task", max(seen["tasks"], default=0.0))
                continue
            person.page.wait_for_timeout(1000)
            after = memory_mb(cdp)
            figures.add("large heap", after["heap"])
            figures.add("large buffers", after["buffers"])
            figures.add("large rss", largest_renderer_mb(browser))
            close(person)
            left = memory_mb(cdp)
            figures.add("large left", sum(left.values()) - sum(before.values()))


def measure_cases_in_a_row(browser: Browser, cases: Cases, figures: Figures, _rounds: int) -> None:
    """Open and close 20 cases one after the other: what heap and buffers have grown by between the 5th and the last."""
    readings = cases.bring_in(ROW_SLICES, ROW)
    with reader(browser, cases) as (person, bench):
        settled(bench)
        cdp = person.context.new_cdp_session(person.page)
        held = []
        for reading in readings:
            open_row(person, bench, reading)
            bench.until(ALL_THERE)
            close(person)
            memory = memory_mb(cdp)
            held.append(sum(memory.values()))
            figures.add("row heap", memory["heap"])
            figures.add("row buffers", memory["buffers"])
        figures.add("row growth", held[-1] - held[SETTLED_AT - 1])


def close(person: Person) -> None:
    """Leave the room for the worklist, by the link that people press."""
    person.by("to-worklist").click()
    person.by("worklist-table").wait_for()
    person.page.wait_for_timeout(GIVEN_BACK_MS)


def largest_renderer_mb(browser: Browser) -> float:
    """Return the resident memory of the renderer that holds most: the page of the case."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    sizes = []
    for process in found["processInfo"]:
        if process["type"] == "renderer":
            sizes.append(renderer_rss_mb(process["id"]))
    return max(sizes)


__all__ = ["Bench", "measure_cases_in_a_row", "measure_many_slices"]
