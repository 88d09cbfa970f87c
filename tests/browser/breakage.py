"""What can go wrong while somebody draws, done to a real browser and a real server, and mended again."""

import base64
import json
import os
import random
import resource
import signal
import time
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Error, Page, Route, expect

from tests.browser.chromium import NO_SERVER, Person
from tests.browser.drawing import Drawing
from tests.browser.pages import Room
from tests.browser.processes import web_pid
from tests.stack import ROOT, Api, Stack, wait_until

USERNAME = "faults-ann"
OTHER_SLICES, OWN_SLICES = range(1, 3), range(3, 5)
"""Two machines draw on slices of their own where they must not get in each other's way."""


class Bench:
    """A reader at a reading: one machine, and a second one when it is needed."""

    def __init__(self, stack: Stack, browser: Browser, api: Api, password: str) -> None:
        self.stack, self.browser, self.api, self.password = stack, browser, api, password
        self.reading: str = api.get("/api/worklist")[0]["reading"]
        (series,) = api.get(f"/api/readings/{self.reading}")["series"]
        (volume,) = api.get(f"/api/series/{series['series_uid']}/volumes")
        self.order = [frame["sop_instance_uid"] for frame in volume["frames"]]
        rows, columns = (int(n) for n in volume["geometry"]["shape_kji"][1:])
        self.size_ijk = (columns, rows, len(self.order))
        self.expected: dict[tuple[int, int, int], int] = {}
        self.answer: str | None = None
        self.person = self.sign_in()
        self.second: Person | None = None
        self.room = Room(self.person)
        self.room.open(self.reading)

    def sign_in(self) -> Person:
        """Return the reader at a machine (a browser context) of its own."""
        person = Person(self.browser, self.stack.url)
        person.expects(*NO_SERVER, r"responded with a status of 50[0237] ")
        person.sign_in(USERNAME, self.password)
        return person

    def new_page(self) -> None:
        """Open a new tab at the same machine, and work there from now on."""
        self.person.page = self.person.context.new_page()
        self.room = Room(self.person)

    def go_to_slice(self, wanted: int) -> None:
        """Scroll the axial pane by the wheel until the slice with this k is there."""
        self.room.page.mouse.move(*self.room.point("axial", 0.5, 0.5))
        box, step, before = self.room.box("axial"), 100, None
        for _ in range(60):
            k = round(self.room.probe(f"indexAt('axial', {box['width'] / 2}, {box['height'] / 2})")[2])
            if k == wanted:
                return
            if before is not None and abs(k - wanted) > abs(before - wanted):
                step = -step
            before = k
            self.room.page.mouse.wheel(0, step)
            self.room.page.wait_for_timeout(60)
        raise AssertionError(f"slice {wanted} was not reached")

    def server_mask(self) -> np.ndarray:
        """Return what the server holds, uint8 (K, J, I)."""
        i, j, k = self.size_ijk
        mask = np.zeros((k, j, i), np.uint8)
        for frame in self.api.get(f"/api/readings/{self.reading}/frames")["frames"]:
            if frame["data"]:
                raw = zlib.decompress(base64.b64decode(frame["data"]))
                mask[self.order.index(frame["sop_instance_uid"])] = np.frombuffer(raw, np.uint8).reshape(j, i)
        return mask

    def page_mask(self) -> np.ndarray:
        """Return what the page shows, uint8 (K, J, I)."""
        i, j, k = self.size_ijk
        mask = np.zeros((k, j, i), np.uint8)
        for sop, _, _, data in self.room.probe("masks()"):
            mask[self.order.index(sop)] = np.frombuffer(base64.b64decode(data), np.uint8).reshape(j, i)
        return mask

    def compare(self, drawing: Drawing) -> dict[str, int]:
        """Wait until everything is saved, and compare the three witnesses; `drawing.expected` joins what was there."""
        head = self.room.wait_saved()
        server, page = self.server_mask(), self.page_mask()
        assert (server == page).all(), f"{int((server != page).sum())} voxels differ between server and page"
        wrong = {voxel: value for voxel, value in drawing.expected.items() if not _fits(server[voxel[::-1]], value)}
        assert not wrong, f"not as drawn (i, j, k): {wrong}; there: {[int(server[v[::-1]]) for v in wrong]}"
        detail = self.api.get(f"/api/readings/{self.reading}")
        assert detail["head"] == head, (detail["head"], head)
        self.answer = drawing.answer or self.answer
        assert detail["answers"].get("quality") == self.answer
        return {"voxels": int((server > 0).sum()), "points": len(drawing.expected), "head": head}

    def crash(self, tab: Page) -> None:
        """Let the process of a tab die. It gives no answer, so it is told without waiting for one."""
        target = self.person.context.new_cdp_session(tab).send("Target.getTargetInfo")["targetInfo"]["targetId"]
        devtools = self.browser.new_browser_cdp_session()
        session = devtools.send("Target.attachToTarget", {"targetId": target, "flatten": False})["sessionId"]
        message = json.dumps({"id": 1, "method": "Page.crash"})
        with tab.expect_event("crash"):
            devtools.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})

    def picture(self) -> None:
        """Keep a picture of every open page under var/failed/."""
        folder = ROOT / "var" / "failed"
        folder.mkdir(parents=True, exist_ok=True)
        for number, person in enumerate(Person.present):
            try:
                person.page.screenshot(path=folder / f"faults-{number}.png", timeout=15_000)
            except Error as error:
                print(f"no picture of machine {number}: {error}")

    def close(self) -> None:
        """End both machines."""
        for person in (self.second, self.person):
            if person:
                person.close()

    @property
    def web(self) -> int:
        """The web server's process id, once it answers."""
        return int(wait_until(lambda: _pid(self.stack), timeout_s=60, what="a web server"))


def _fits(label: int, expected: int) -> bool:
    return label == expected if expected > 0 else label != -expected


def _pid(stack: Stack) -> int | None:
    try:
        return web_pid(stack)
    except AssertionError:
        return None


def nothing(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """Nothing goes wrong."""
    drawing.some()


def tab_killed(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The tab's process dies in the middle of a stroke."""
    drawing.some()
    drawing.stroke(finish=False)
    bench.room.page.wait_for_timeout(400)  # longer than the journal waits within a stroke
    drawn = bench.page_mask()
    tab = bench.room.page
    bench.crash(tab)
    tab.close()
    bench.new_page()
    bench.room.open(bench.reading)
    assert (bench.page_mask() == drawn).all(), "the stroke of the killed tab"


def server_killed(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The server is killed, between strokes or during one, and starts again by itself."""
    drawing.stroke()
    during = choice.random() < 0.5
    if during:
        drawing.stroke(finish=False)
    os.kill(bench.web, signal.SIGKILL)
    if during:
        bench.room.page.mouse.up()
    drawing.some()


def network_gone(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The network is gone for a while, and drawing goes on."""
    bench.person.context.set_offline(True)
    drawing.change()
    bench.room.until("fiducialProbe.saveStatus === 'offline'", timeout_s=30)
    drawing.some()
    bench.person.context.set_offline(False)


def answers_lost(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """Changes arrive, but the server's answers do not."""
    lost: list[int] = []

    def swallow(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort("connectionreset")

    bench.room.page.route("**/revisions", swallow, times=2)
    drawing.stroke()
    drawing.stroke()
    wait_until(lambda: bench.room.page.evaluate("() => true") and lost, timeout_s=60, what="a lost answer")
    bench.room.page.unroute("**/revisions")


def session_expired(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The session ends while drawing; the password is asked for over the page, which stays."""
    drawing.stroke()
    bench.room.wait_saved()
    bench.person.context.clear_cookies(name="sessionid")
    drawn = drawing.change()
    sign_in_again(bench, drawn=drawn)
    drawing.stroke()


def sign_in_again(bench: Bench, *, drawn: bool = True) -> None:
    """Type the password that is asked for over the page; `drawn`: something waits to be saved."""
    bench.person.by("sign-in-password").wait_for()
    assert not drawn or bench.room.probe("pendingEntries") > 0
    bench.person.by("sign-in-password").fill(bench.password)
    bench.person.by("sign-in-submit").click()
    bench.person.by("sign-in-password").wait_for(state="detached")


def disk_full(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The server's process can write no byte more to any file (a limit of the operating system)."""
    drawing.stroke()
    bench.room.wait_saved()
    pid = bench.web
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    statuses: list[int] = []
    listen = lambda answer: statuses.append(answer.status) if answer.url.endswith("/revisions") else None  # noqa: E731
    bench.room.page.on("response", listen)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        drawing.change()
        bench.person.page.wait_for_selector("[data-testid=save-state][data-state=offline]")
        expect(bench.person.by("save-state")).to_contain_text("disk is full")
        drawing.some()
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard, hard))
    bench.room.page.remove_listener("response", listen)
    assert set(statuses) == {507}, statuses


def second_tab(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """A second tab of the same machine takes over, while the first one holds what is not sent."""
    bench.person.context.set_offline(True)
    drawing.some()
    bench.room.page.wait_for_timeout(300)
    first = bench.room.page
    first.route("**/revisions", lambda route: route.abort())  # what is to be saved has to come from the second tab
    bench.person.context.set_offline(False)
    bench.new_page()
    bench.person.go(f"/readings/{bench.reading}")
    bench.person.by("other-tab").wait_for()
    look_on(bench)
    bench.person.by("take-over").click()
    bench.room.opened()
    first.get_by_test_id("other-tab").wait_for()
    drawing.some()
    first.close()


def look_on(bench: Bench) -> None:
    """Who does not have the reading sees what is saved, and can change nothing."""
    bench.room.until("document.querySelector('[data-testid=room]').dataset.phase === 'occupied'", timeout_s=60)
    saved = bench.server_mask()
    wait_until(lambda: (bench.page_mask() == saved).all(), timeout_s=60, what="the saved marks")
    bench.room.page.keyboard.press("b")
    bench.room.stroke("axial", [(0.4, 0.5), (0.5, 0.5)])
    assert (bench.page_mask() == saved).all(), "drawn where the reading is only looked at"


def second_machine(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The same reader takes over at another machine, while the first one holds strokes that it could not send."""
    here = bench.person
    drawing.stroke(slices=OWN_SLICES)
    bench.room.wait_saved()
    here.context.set_offline(True)
    drawing.stroke(slices=OWN_SLICES, erase=False)
    first = bench.room
    if bench.second is None:
        bench.second = bench.sign_in()
    bench.person, bench.second = bench.second, here
    bench.new_page()
    bench.person.go(f"/readings/{bench.reading}")
    bench.person.by("other-tab").wait_for()
    look_on(bench)
    bench.person.by("take-over").click()
    bench.room.opened()
    drawing.stroke(slices=OTHER_SLICES, erase=False)
    bench.room.wait_saved()
    here.context.set_offline(False)
    first.page.get_by_test_id("other-tab").wait_for()
    first.until("fiducialProbe.pendingEntries === 0", timeout_s=60)  # it is told, and what it held is saved
    head = first.probe("headRevision")
    bench.room.until(f"fiducialProbe.headRevision >= {head}", timeout_s=60)
    first.page.close()


def storage_full(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The browser has no room for the journal: the reader is told, and goes on by direct saving.

    Chromium asks how much room there is at most every 30 s, and counts on the answer until then.
    """
    devtools = bench.person.context.new_cdp_session(bench.room.page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": bench.stack.url, "quotaSize": 1})
    try:
        until = time.monotonic() + 60
        while not bench.person.by("not-kept").is_visible():
            assert time.monotonic() < until, "a full storage was not noticed"
            drawing.change()
            bench.room.page.wait_for_timeout(1_000)
        drawing.stroke()
        bench.room.wait_saved()
    finally:
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": bench.stack.url})
        devtools.detach()
    drawing.change()
    bench.person.by("not-kept").wait_for(state="hidden")


def page_frozen(bench: Bench, drawing: Drawing, choice: random.Random) -> None:
    """The lid is closed in the middle of a stroke: the page stands still while server, connection and session end."""
    drawing.stroke()
    drawing.stroke(finish=False)
    drawn = bench.page_mask()
    devtools = bench.person.context.new_cdp_session(bench.room.page)
    devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    os.kill(bench.web, signal.SIGKILL)
    bench.person.context.clear_cookies(name="sessionid")
    wait_until(lambda: _pid(bench.stack), timeout_s=60, what="a web server")
    time.sleep(2)
    devtools.send("Page.setWebLifecycleState", {"state": "active"})
    devtools.detach()
    bench.room.page.mouse.up()
    assert (bench.page_mask() == drawn).all()
    sign_in_again(bench)
    drawing.change()


FAULTS: dict[str, Callable[[Bench, Drawing, random.Random], Any]] = {
    fault.__name__.replace("_", " "): fault
    for fault in (
        nothing,
        tab_killed,
        server_killed,
        network_gone,
        answers_lost,
        session_expired,
        disk_full,
        second_tab,
        second_machine,
        storage_full,
        page_frozen,
    )
}
