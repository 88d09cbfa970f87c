"""A round of some faults (`python -m tests.browser.faults` plays all of them), and a look back at what was saved."""

import math
import random
import time

import pytest
from playwright.sync_api import Request, expect

from tests.browser.breakage import USERNAME, Bench
from tests.browser.drawing import SPACING_KJI, Drawing
from tests.browser.faults import make_bench, play
from tests.stack import Stack, wait_until


@pytest.fixture(scope="module")
def bench(browser, tmp_path_factory):
    """Return a reader at a small series."""
    folder = tmp_path_factory.mktemp("faults")
    with Stack(folder / "data") as stack:
        bench = make_bench(stack, browser, folder / "dicom")
        yield bench
        bench.close()


def test_no_fault_loses_or_changes_a_mark(bench: Bench, capsys) -> None:
    faults = ["nothing", "tab killed", "server killed", "network gone", "disk full", "second tab", "page frozen"]
    lines: list[str] = []
    played = play(
        bench, rounds=range(len(faults)), seed=7, faults=faults, until=time.monotonic() + 900, say=lines.append
    )
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert played == len(faults)


def test_a_revision_is_looked_at_and_restored_and_that_is_taken_back(bench: Bench) -> None:
    room, person = bench.room, bench.person
    head = room.wait_saved()
    assert head > 2
    now, earlier = bench.page_mask(), room.voxels()
    person.by("history").click()
    person.by(f"preview-{head - 2}").click()
    person.by("preview-banner").wait_for()
    expect(person.by("preview-banner")).to_have_attribute("data-number", str(head - 2))
    then = room.voxels()
    assert then != earlier
    for label in (1, 2):
        volume = then.get(str(label), 0) * math.prod(SPACING_KJI) / 1000
        expect(person.by(f"label-volume-{label}")).to_have_attribute("data-voxels", str(then.get(str(label), 0)))
        shown_volume = float(person.by(f"label-volume-{label}").inner_text().split()[0])
        assert shown_volume == pytest.approx(volume, abs=0.06)
    box = room.box("axial")
    room.stroke("axial", [(0.4, 0.5), (0.5, 0.5)])
    assert room.voxels() == then, "nothing is drawn on an earlier revision"
    assert box == room.box("axial")
    person.by("preview-older").click()
    shown = "document.querySelector('[data-testid=preview-banner]').dataset.number"
    room.until(f"{shown} === '{head - 3}'", timeout_s=20)
    room.page.keyboard.press("Escape")
    person.by("preview-banner").wait_for(state="hidden")
    assert room.voxels() == earlier
    assert (bench.page_mask() == now).all()
    assert room.wait_saved() == head

    person.by("history").click()
    person.by(f"restore-{head - 2}").click()
    person.by(f"restore-{head - 2}-confirm").click()
    room.until(f"fiducialProbe.headRevision === {head + 1}", timeout_s=30)
    room.page.keyboard.press("Escape")
    assert room.voxels() == then
    assert (bench.page_mask() == bench.server_mask()).all()
    person.by("restore-undo").click()
    room.until(f"fiducialProbe.headRevision === {head + 2}", timeout_s=30)
    wait_until(lambda: room.voxels() == earlier, timeout_s=20, what="the marks from before")
    assert (bench.page_mask() == bench.server_mask()).all()
    assert (bench.page_mask() == now).all()


def test_what_waits_in_a_browser_is_sent_for_whoever_made_it_and_shown_to_nobody_else(bench: Bench) -> None:
    person, room, before = bench.person, bench.room, bench.server_mask()
    other = "faults-ben"
    admin = bench.stack.api("faults-admin")
    user = next(one for one in admin.get(f"/api/users?q={other}"))
    password = admin.post(f"/api/users/{user['id']}/reset-password")["password"]
    person.context.clear_cookies(name="sessionid")
    Drawing(bench, random.Random(5)).change()  # noqa: S311  (no secret)
    drawn = bench.page_mask()
    assert not (drawn == before).all()

    # The session is over; somebody else signs in over the page. Nothing of the first one's is there for them.
    sent: list[str] = []
    note = lambda request: sent.append(request.url) if _writes(request) else None  # noqa: E731
    person.by("sign-in-username").fill(other)
    person.by("sign-in-password").fill(password)
    person.page.on("request", note)
    person.by("sign-in-submit").click()
    person.by("panes").wait_for(state="detached")
    person.by("to-worklist").click()
    person.by("worklist-row").first.click()
    room.opened()
    assert not bench.page_mask().any()
    person.by("to-worklist").click()
    person.by("worklist-page").wait_for()
    person.page.wait_for_timeout(2_000)  # longer than a page waits before it sends what was left
    expect(person.by("left-behind")).to_have_count(0)
    person.page.remove_listener("request", note)
    assert sent == []
    assert (bench.server_mask() == before).all()

    # The first one is back, at first without a way to the server: told, and then sent without opening the case.
    person.by("account-menu").click()
    person.by("sign-out").click()
    person.page.wait_for_url("**/sign-in**")
    person.page.route("**/revisions", lambda route: route.abort())
    person.sign_in(USERNAME, bench.password)
    person.by("left-behind").wait_for()
    expect(person.by("left-behind-row")).to_have_attribute("data-reading", bench.reading)
    assert (bench.server_mask() == before).all()
    person.page.unroute("**/revisions")
    wait_until(lambda: (bench.server_mask() == drawn).all(), timeout_s=40, what="the strokes of before")
    person.by("left-behind").wait_for(state="hidden")
    room.open(bench.reading)
    assert (bench.page_mask() == drawn).all()


def _writes(request: Request) -> bool:
    return request.method == "POST" and request.url.endswith(("/revisions", "/restore"))
