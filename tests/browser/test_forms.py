"""The case form and findings by keyboard, a reading that cannot be read, and keys of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import Person
from tests.browser.installation import installation
from tests.browser.pages import Room, choose
from tests.flow import LABELS, Flow
from tests.stack import Stack, wait_until

BI_RADS = [{"value": value, "caption": ""} for value in ("0", "1", "2", "3", "4A", "4B", "4C", "5", "6")]
FORM = {
    "questions": [
        {"key": "visible", "text": "Is there a lesion?", "kind": "yes_no", "required": True},
        {
            "key": "count",
            "text": "How many?",
            "kind": "number",
            "minimum": 1,
            "maximum": 9,
            "unit": "lesions",
            "required": True,
            "help": "Those above 5 mm",
            "shown_if": {"question": "visible", "values": [True]},
        },
        {"key": "birads", "text": "Score", "kind": "score", "scale": BI_RADS, "required": True},
        {"key": "signs", "text": "Signs", "kind": "several", "choices": ["rim", "capsule", "wash-out"]},
        {"key": "note", "text": "Anything else?", "kind": "text"},
    ],
    "lesion": [
        {"key": "margin", "text": "Margin", "kind": "choice", "choices": ["sharp", "blurred"], "required": True},
        {"key": "size", "text": "Size", "kind": "number", "minimum": 0, "unit": "mm", "labels": [2]},
    ],
}


class House:
    """A project of two phantom cases with one reader, and the reader's password."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        flow = Flow(stack, "forms")
        stack.manage("import_dicom", str(flow.write_phantoms(folder, 2)))
        user = flow.admin.post("/api/users", {"username": "ann", "display_name": "Ann", "is_administrator": False})
        self.password = flow.admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        self.project = flow.admin.post("/api/projects", {"name": "Breast", "description": ""})["id"]
        here = f"/api/projects/{self.project}"
        flow.admin.put(f"{here}/members", {"user": user["id"], "roles": ["reader"]})
        protocol = {"labels": LABELS, "form": FORM, "readers_per_case": 1, "blinded": True, "ai_drafts": False}
        flow.admin.put(f"{here}/protocol", {**protocol, "consensus_rule": "majority"})
        flow.admin.post(f"{here}/cases", {"study_uids": flow.studies})
        flow.admin.post(f"{here}/go-live")
        self.admin = flow.admin
        self.ann = stack.api("ann")

    def answers(self, reading: str) -> dict[str, Any]:
        """Return what the server holds."""
        return dict(self.ann.get(f"/api/readings/{reading}")["answers"])

    def until(self, reading: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until what the server holds is as it should be; return it."""
        wait_until(lambda: fits(self.answers(reading)), timeout_s=60, what=f"answers, now {self.answers(reading)}")
        return self.answers(reading)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation."""
    with installation(tmp_path_factory.mktemp("forms") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def house(stack: Stack, tmp_path_factory) -> House:
    """Return the project."""
    return House(stack, tmp_path_factory.mktemp("phantoms"))


def test_forms_findings_and_keys(browser, stack: Stack, house: House, picture) -> None:
    ann = Person(browser, stack.url)
    ann.sign_in("ann", house.password)
    room = Room(ann)
    reading = room.open_next()
    keys = ann.page.keyboard

    # The form by keyboard alone: into it, digits choose, Enter goes on, what is asked follows the answers.
    keys.press("q")
    ann.page.locator("[data-question] :focus, [data-question]:focus").wait_for(state="attached")
    expect(ann.by("question-count")).to_have_count(0)
    keys.press("1")
    ann.by("question-count").wait_for()
    keys.press("Enter")
    keys.type("12")
    ann.page.get_by_text("At most 9 lesions").wait_for()
    keys.press("Backspace")  # not Ctrl+A: the number field puts the caret back a moment after each digit
    keys.press("Backspace")
    keys.type("3")
    keys.press("Enter")
    keys.press("4")
    keys.press("4")
    keys.press("Enter")
    keys.press("3")
    keys.press("1")
    keys.press("Enter")
    keys.type("Seen on two slices")
    keys.press("Control+Enter")
    keys.type("Good images")
    picture(ann.page, "room-form")
    keys.press("Escape")
    expected = {
        "visible": True,
        "count": 3,
        "birads": "4B",
        "signs": ["rim", "wash-out"],
        "note": "Seen on two slices",
        ":comment": "Good images",
    }
    house.until(reading, lambda answers: answers == expected)

    # Back at the images the keys are the room's again, and undo takes back answers too.
    keys.press("Control+z")
    house.until(reading, lambda answers: ":comment" not in answers)
    keys.press("Control+Shift+z")
    house.until(reading, lambda answers: answers == expected)

    clicked_and_back_at_the_images(ann, room, house, reading)
    found_and_answered(ann, room, house, reading, picture)
    not_readable(ann, room, house, reading)
    keys_of_ones_own(ann, room, house, picture)
    ann.close()


def clicked_and_back_at_the_images(ann: Person, room: Room, house: House, reading: str) -> None:
    """An answer that was clicked keeps the focus; the keys after it are meant for the images."""
    expected = house.answers(reading)
    ann.by("answer-visible-1").click()
    assert ann.page.evaluate("document.activeElement.type") == "radio"
    ann.page.keyboard.press("2")
    ann.page.locator("[data-active=true]", has=ann.by("label-volume-2")).wait_for()
    there = room.probe("sliceIndex('axial')")
    ann.page.keyboard.press("ArrowDown")
    room.until(f"fiducialProbe.sliceIndex('axial') !== {there}", timeout_s=20)
    ann.page.keyboard.press("ArrowUp")
    ann.page.keyboard.press("1")
    room.wait_saved()
    assert house.answers(reading) == expected
    ann.page.keyboard.press("Tab")  # by keyboard again
    ann.page.keyboard.press("Shift+Tab")
    ann.page.keyboard.press("2")
    house.until(reading, lambda answers: answers["visible"] is False)
    ann.page.keyboard.press("1")
    house.until(reading, lambda answers: answers == expected)
    ann.page.keyboard.press("Escape")


def found_and_answered(ann: Person, room: Room, house: House, reading: str, picture) -> None:
    keys = ann.page.keyboard
    room.page.mouse.move(*room.point("axial", 0.4, 0.6))
    world = room.world_at("axial", 0.4, 0.6)
    keys.press("Shift+n")
    ann.by("finding-name").wait_for()
    answers = house.until(reading, lambda answers: any(key.startswith("finding:") for key in answers))
    (key,) = [key for key in answers if key.startswith("finding:")]
    finding = house.answers(reading)[key]
    assert finding["place"]["point_lps"] == pytest.approx(world, abs=4)  # a voxel of the phantom
    keys.type("Left kidney")
    ann.by("answer-margin-2").focus()
    keys.press("1")
    choose(ann, "finding-label", "lesion")
    ann.by("answer-size").fill("7.5")
    keys.press("Escape")
    wanted = {"name": "Left kidney", "label": 2, "answers": {"margin": "sharp", "size": 7.5}}
    finding = house.until(reading, lambda answers: {**answers[key], **wanted} == answers[key])[key]
    picture(ann.page, "room-findings")
    there = room.probe("sliceIndex('axial')")
    keys.press("Home")
    room.until("fiducialProbe.sliceIndex('axial') === 0", timeout_s=20)
    ann.by("finding-show").click()
    room.until(f"fiducialProbe.sliceIndex('axial') === {there}", timeout_s=20)
    ann.by("finding-delete").click()
    house.until(reading, lambda answers: key not in answers)
    keys.press("Control+z")
    house.until(reading, lambda answers: answers.get(key) == finding)


def not_readable(ann: Person, room: Room, house: House, reading: str) -> None:
    keys = ann.page.keyboard
    keys.press("Escape")
    keys.press("Shift+x")
    ann.by("not-readable-text").wait_for()
    keys.press("6")
    expect(ann.by("not-readable-confirm")).to_be_disabled()
    keys.press("1")
    expect(ann.by("not-readable-motion")).to_be_focused()
    ann.by("not-readable-text").focus()
    keys.press("Control+Enter")
    ann.by("not-readable-note").wait_for()
    house.until(reading, lambda answers: answers.get(":not_readable") == {"reason": "motion", "text": ""})
    ann.by("submit").click()
    ann.by("submit-not-readable").wait_for()
    ann.by("submit-cancel").click()
    ann.by("not-readable-back").click()
    house.until(reading, lambda answers: ":not_readable" not in answers)


def keys_of_ones_own(ann: Person, room: Room, house: House, picture) -> None:
    keys = ann.page.keyboard
    keys.press("Escape")
    keys.press("?")
    ann.by("help-change-keys").click()
    ann.by("key-eraser").click()
    keys.press("b")
    ann.by("keys-conflict").wait_for()
    picture(ann.page, "room-keys")
    ann.by("keys-take").click()
    wait_until(
        lambda: house.ann.get("/api/session")["user"]["hotkeys"] == {"brush": [], "eraser": ["B"]},
        timeout_s=30,
        what="keys",
    )
    ann.by("key-brush").click()
    keys.press("Alt+Shift+P")
    wait_until(
        lambda: "Alt+Shift+P" in house.ann.get("/api/session")["user"]["hotkeys"].get("brush", []),
        timeout_s=30,
        what="keys",
    )
    keys.press("Escape")
    keys.press("b")
    expect(ann.by("tool-eraser")).to_have_attribute("aria-pressed", "true")
    keys.press("Alt+Shift+P")
    expect(ann.by("tool-brush")).to_have_attribute("aria-pressed", "true")
    keys.press("?")
    expect(ann.by("help-brush")).to_contain_text("Alt Shift P")
    keys.press("Escape")
    ann.page.reload()
    room.opened()
    ann.by("tool-eraser").hover()
    ann.page.get_by_role("tooltip", name="Eraser (B)").wait_for()
    keys.press("Control+,")
    ann.by("keys-reset-all").click()
    wait_until(lambda: house.ann.get("/api/session")["user"]["hotkeys"] == {}, timeout_s=30, what="keys")
    keys.press("Escape")
