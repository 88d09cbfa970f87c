"""What people do on the pages, in their own steps."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.stack import wait_until


def choose(person: Person, test_id: str, text: str) -> None:
    """Pick an entry of a drop-down list by what it says."""
    field = person.by(test_id)
    (field if field.evaluate("node => node.tagName") == "INPUT" else field.locator("input").first).click()
    person.page.get_by_role("option", name=re.compile(re.escape(text))).first.click()


def add_person(admin: Person, username: str, display_name: str) -> str:
    """Make an account on the administration page; return its one-time password."""
    admin.by("user-new").click()
    admin.by("user-username").fill(username)
    admin.by("user-display-name").fill(display_name)
    admin.by("user-create").click()
    password = admin.by("user-password").first.inner_text().split()[0]
    admin.by("user-done").click()
    return password


def bring_in(manager: Person, folder: Path, *, accepted: int, set_aside: int) -> None:
    """Upload a folder on the import page and wait for the totals."""
    manager.go("/import")
    manager.by("import-folder-input").set_input_files(folder)
    manager.page.wait_for_selector('[data-testid="import-state"][data-phase="done"]', timeout=180_000)
    expect(manager.by("import-count-accepted")).to_have_text(str(accepted))
    expect(manager.by("import-count-set-aside")).to_have_text(str(set_aside))


def new_project(manager: Person, name: str) -> str:
    """Make a project; return its id."""
    manager.go("/projects")
    manager.by("project-new").first.click()
    manager.by("project-name").fill(name)
    manager.by("project-create").click()
    manager.page.wait_for_url("**/set-up/data")
    return re.search(r"/projects/([0-9a-f-]{36})/", manager.page.url).group(1)


def set_labels(manager: Person, labels: dict[str, str]) -> None:
    """Define labels, name → structure in the built-in list."""
    manager.by("step-labels").click()
    for index, (name, structure) in enumerate(labels.items()):
        if manager.by(f"label-name-{index}").count() == 0:
            manager.by("label-add").click()
        manager.by(f"label-name-{index}").fill(name)
        choose(manager, f"label-structure-{index}", structure)
        manager.by(f"label-name-{index}").fill(name)
    manager.by("labels-save").click()
    saved(manager)


def set_question(manager: Person, text: str, choices: list[str]) -> None:
    """Ask one question with choices."""
    manager.by("step-form").click()
    manager.by("question-add").click()
    manager.by("question-text-0").fill(text)
    choose(manager, "question-kind-0", "One of several")
    field = manager.by("question-choices-0")
    for choice in choices:
        (field if field.evaluate("node => node.tagName") == "INPUT" else field.locator("input").first).fill(choice)
        manager.page.keyboard.press("Enter")
    manager.by("form-save").click()
    saved(manager)


def set_rules(manager: Person, *, readers: int) -> None:
    """Set how many readers a case has; blinding is on by default."""
    manager.by("step-rules").click()
    assert manager.by("rules-blinded").is_checked()
    manager.by("rules-readers").fill(str(readers))
    manager.by("rules-save").click()
    saved(manager)


def add_readers(manager: Person, names: list[str]) -> None:
    """Make people readers of the project."""
    manager.by("step-readers").click()
    for name in names:
        choose(manager, "member-user", name)
        manager.by("member-add").click()
        manager.page.wait_for_selector(f'[data-testid="member-row"][data-name*="{name}"]')


def saved(person: Person) -> None:
    """Wait for the word that it is saved."""
    person.page.get_by_text(re.compile("saved|version", re.IGNORECASE)).first.wait_for()


class Room:
    """A reader in the reading room, with the test's read-only probe."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.page = person.page

    def open_next(self) -> str:
        """Press "next case" in the worklist; return the reading's id."""
        self.person.go("/worklist")
        self.person.by("next-case").first.click()
        self.page.wait_for_url("**/readings/*")
        return self.taken_over()

    def taken_over(self) -> str:
        """Wait until the images are there; where an earlier browser died without a word, take its place."""
        ready = "window.fiducialProbe && window.fiducialProbe.ready"
        take = "document.querySelector('[data-testid=take-over]')"
        self.until(f"({ready}) || {take}", timeout_s=120)
        if self.person.by("take-over").count():
            self.person.by("take-over").click()
        return self.opened()

    def open(self, reading: str) -> str:
        """Open a reading by its address."""
        self.person.go(f"/readings/{reading}")
        return self.taken_over()

    def opened(self) -> str:
        """Wait until the images are there, and the bars that are drawn after them."""
        self.until("window.fiducialProbe && window.fiducialProbe.ready", timeout_s=120)
        self.page.get_by_test_id("case-number").wait_for()
        return re.search(r"/readings/([0-9a-f-]{36})", self.page.url).group(1)

    def until(self, expression: str, *, timeout_s: float) -> None:
        """Wait until an expression is true in the page (asked from outside: the page's own policy forbids eval)."""
        wait_until(lambda: self.page.evaluate(f"() => Boolean({expression})"), timeout_s=timeout_s, what=expression)

    def probe(self, expression: str) -> Any:
        """Return a figure of the probe."""
        return self.page.evaluate(f"() => window.fiducialProbe.{expression}")

    def box(self, pane: str) -> dict[str, float]:
        """Return where a pane lies on the page."""
        box = self.person.by(f"viewport-{pane}").bounding_box()
        assert box is not None
        return box

    def point(self, pane: str, x: float, y: float) -> tuple[float, float]:
        """Return page coordinates of a place in a pane, given as shares of its size."""
        box = self.box(pane)
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def world_at(self, pane: str, x: float, y: float) -> list[float]:
        """Return the LPS millimetres under a place in a pane."""
        box = self.box(pane)
        world = self.probe(f"worldAt({pane!r}, {x * box['width']}, {y * box['height']})")
        assert world is not None
        return [float(value) for value in world]

    def stroke(self, pane: str, path: list[tuple[float, float]], *, release: bool = True) -> None:
        """Draw with the mouse along shares of the pane."""
        x, y = self.point(pane, *path[0])
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in path[1:]:
            self.page.mouse.move(*self.point(pane, *step), steps=4)
        if release:
            self.page.mouse.up()

    def voxels(self) -> dict[str, int]:
        """Return the voxel count of each label on the screen."""
        return {str(label): int(count) for label, count in self.probe("voxelsByLabel()").items() if count}

    def wait_saved(self) -> int:
        """Wait until nothing waits to be sent; return the head revision."""
        self.until("fiducialProbe.pendingEntries === 0 && fiducialProbe.saveStatus === 'saved'", timeout_s=60)
        return int(self.probe("headRevision"))

    def submit(self) -> None:
        """Submit the reading."""
        self.person.by("submit").click()
        self.person.by("submit-confirm").click()
        self.person.by("submit-next").or_(self.person.by("read-only")).first.wait_for(timeout=60_000)
