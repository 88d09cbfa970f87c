"""Scrolling, drawing and undoing on a 512×512×200 CT: how long the main thread is held."""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, Page

from tests.bench.room_data import Cases
from tests.bench.room_open import ALL_THERE, SLICES, open_row, reader, settled
from tests.browser.pages import Room

if TYPE_CHECKING:
    from tests.bench.room import Figures

STEP_MS = 30  # between two moves of the mouse: each gets a frame of its own
STROKES, MOVES = 6, 40
TRACED = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel"]


def measure_scrolling(browser: Browser, cases: Cases, figures: Figures, _rounds: int) -> None:
    """Turn the wheel through all 200 slices and back."""
    (reading,) = cases.bring_in(SLICES, 1)
    with reader(browser, cases) as (person, bench):
        open_row(person, bench, reading)
        bench.until(ALL_THERE)
        settled(bench)
        room = Room(person)
        pane = "axial" if person.by("viewport-axial").count() else "stack"
        person.page.mouse.move(*room.point(pane, 0.5, 0.5))
        bench.watch()
        for direction in (1, -1):
            for _ in range(SLICES):
                person.page.mouse.wheel(0, 100 * direction)
        person.page.wait_for_timeout(200)
        seen = bench.seen()
        gaps = sorted(seen["gaps"])
        figures.add("scroll gap", gaps[-1])
        figures.add("scroll p95", gaps[int(len(gaps) * 0.95)])
        figures.add("scroll task", max(seen["tasks"], default=0.0))


def measure_brush(browser: Browser, cases: Cases, figures: Figures, rounds: int) -> None:
    """Draw with the mouse; then undo a 3-D operation (a sphere of some hundred thousand voxels)."""
    (reading,) = cases.bring_in(SLICES, 1)
    with reader(browser, cases) as (person, bench):
        open_row(person, bench, reading)
        bench.until(ALL_THERE)
        settled(bench)
        room, page = Room(person), person.page
        pane = "axial" if person.by("viewport-axial").count() else "stack"
        page.keyboard.press("b")
        room.stroke(pane, [(0.5, 0.5), (0.6, 0.6)])  # the first stroke makes what later ones reuse
        page.wait_for_timeout(1000)
        work = []
        for number in range(STROKES):
            browser.start_tracing(page=page, categories=TRACED)
            draw(page, room, pane, 0.25 + 0.08 * number)
            work += work_between_moves(json.loads(browser.stop_tracing()))
        figures.add("brush work", statistics.quantiles(work, n=20)[-1])
        figures.add("brush median", statistics.median(work))
        person.by("tool-sphere").click()
        for _ in range(rounds):
            room.wait_saved()
            undo_once(page, room, pane, figures)


def draw(page: Page, room: Room, pane: str, y: float) -> None:
    """Draw one stroke of many moves at a hand's pace."""
    # Where the pane lies is asked before: to ask at each move, as this did, is work that no hand makes for the page.
    path = [room.point(pane, 0.25 + 0.5 * step / MOVES, y + 0.03 * (step % 5) / 5) for step in range(MOVES)]
    page.mouse.move(*path[0])
    page.mouse.down()
    for place in path:
        page.mouse.move(*place)
        page.wait_for_timeout(STEP_MS)
    page.mouse.up()


def undo_once(page: Page, room: Room, pane: str, figures: Figures) -> None:
    """Make one 3-D change and take it back by Ctrl+Z: from the key until its picture was drawn."""
    room.stroke(pane, [(0.4, 0.4), (0.5, 0.5)])
    page.wait_for_timeout(1500)
    script = """() => new Promise((resolve) => {
      const before = JSON.stringify(window.fiducialProbe.voxelsByLabel());
      addEventListener("keydown", (event) => {
        if (event.key !== "z") return;
        const begin = performance.now();
        const look = () => JSON.stringify(window.fiducialProbe.voxelsByLabel()) !== before
          ? requestAnimationFrame(() => resolve(performance.now() - begin)) : setTimeout(look, 1);
        look();
      }, { capture: true });
      window.benchUndo = true;
    })"""
    page.evaluate(f"() => {{ window.benchUndone = ({script})(); }}")
    page.keyboard.press("Control+z")
    figures.add("undo work", float(page.evaluate("() => window.benchUndone")))


def work_between_moves(trace: dict[str, Any]) -> list[float]:
    """Return the processor time (ms) of the page's main thread from each pointer move to the next.

    Counted are the outermost tasks of that one thread: everything that runs there, drawing into 2-D canvases and the
    trace itself too, and nothing of the compositor's and the GPU's threads.
    """
    events = trace["traceEvents"]
    moves = [
        event
        for event in events
        if event.get("name") == "EventDispatch" and event["args"].get("data", {}).get("type") == "pointermove"
    ]
    if len(moves) < MOVES // 2:
        raise SystemExit(f"the trace has {len(moves)} pointer moves")
    thread = (moves[0]["pid"], moves[0]["tid"])
    starts = sorted(move["ts"] for move in moves)
    sums = [0.0] * (len(starts) - 1)
    for task in outermost_tasks(events, thread):
        at = next((index for index in range(len(sums)) if task["ts"] <= starts[index + 1]), None)
        if at is not None and task["ts"] + task["dur"] >= starts[at]:
            sums[at] += task.get("tdur", task["dur"]) / 1000
    return sums


def outermost_tasks(events: list[dict[str, Any]], thread: tuple[int, int]) -> list[dict[str, Any]]:
    """Return a thread's tasks in order, without those that run inside another: Chromium writes most of them twice."""
    tasks = [
        event
        for event in events
        if event.get("ph") == "X" and (event["pid"], event["tid"]) == thread and event["name"].endswith("RunTask")
    ]
    outer: list[dict[str, Any]] = []
    for task in sorted(tasks, key=lambda task: (task["ts"], -task["dur"])):
        if not outer or task["ts"] >= outer[-1]["ts"] + outer[-1]["dur"]:
            outer.append(task)
    return outer
