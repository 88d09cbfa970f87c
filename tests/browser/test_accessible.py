"""WCAG 2.2 AA by axe in dark and light; both languages whole at the smallest size; nothing jumps; what ends is told."""

import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import NO_SERVER, Person
from tests.browser.installation import ADMINISTRATOR, PASSWORD, installation
from tests.browser.pages import Room
from tests.flow import LABELS, Flow
from tests.stack import ROOT, Stack, wait_until

Picture = Callable[[Page, str], None]

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
MOST_SHIFT = 0.01
SCORE = [{"value": value, "caption": ""} for value in ("0", "1", "2", "3", "4A", "4B", "4C", "5", "6")]
FORM = {
    "questions": [
        {"key": "visible", "text": "有无病灶？", "kind": "yes_no", "required": True},
        {
            "key": "count",
            "text": "几个？",
            "kind": "number",
            "minimum": 1,
            "maximum": 9,
            "unit": "个",
            "required": True,
        },
        {"key": "birads", "text": "评分", "kind": "score", "scale": SCORE, "required": True},
        {"key": "signs", "text": "征象", "kind": "several", "choices": ["环形强化", "包膜", "廓清"]},
        {"key": "note", "text": "其他", "kind": "text"},
    ],
    "lesion": [{"key": "margin", "text": "边缘", "kind": "choice", "choices": ["清楚", "模糊"], "required": True}],
}
# Words that a page in Chinese does not hold, outside names and formats.
ENGLISH = re.compile(
    r"\b(the|of|is|are|and|not|no|yes|files?|study|studies|images?|open|close|cancel|delete|save|add|show|hide|next)\b",
    re.IGNORECASE,
)
TEXT = """() => {
  const page = document.body.cloneNode(true);
  page.querySelectorAll("[lang=en], script, style, code, .fid-mono").forEach((one) => one.remove());
  return page.textContent.replace(/\\S*\\/\\S*/g, " ").replace(/[\\w.-]*[_^.:][\\w.^:-]*/g, " ");
}"""
# Controls and heads whose text is cut off, and whether the page can be pushed sideways.
CUT = """() => [
  ...[...document.querySelectorAll("button, th, label, h1, h2, [role=tab], legend")]
    .filter((one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1)
    .map((one) => `cut off: ${one.innerText}`),
  ...(document.documentElement.scrollWidth > window.innerWidth ? ["wider than the window"] : []),
]"""
WATCH = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput)
    window.shifts.push([entry.value, ...entry.sources.map((one) => one.node?.textContent?.slice(0, 40) ?? "")]);
}).observe({ type: "layout-shift", buffered: true });
"""
# Asks again, after a failure, in a twentieth of the time.
IMPATIENT = """
const later = window.setTimeout;
window.setTimeout = (run, ms, ...rest) => later(run, ms >= 900 && ms < 10_000 ? ms / 20 : ms, ...rest);
"""
# What opens a dialog or a menu, by the last part of a page's address.
OPENERS = {
    "worklist": ("jobs-tray", "language-menu", "account-menu"),
    "projects": ("project-new",),
    "cases": ("prelabel-open",),
    "live": ("project-close",),
    "learning": ("champion-choose",),
    "deidentification": ("profile-new",),
    "models": ("model-register",),
    "users": ("user-new",),
    "storage": ("node-add",),
}
NOT_SESSION = re.compile(r"/api/(?!session)")
GO = """(path) => {
  window.shifts = [];
  window.history.pushState({}, "", path);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    """Start an installation."""
    with installation(tmp_path_factory.mktemp("accessible") / "data") as running:
        yield running


class House:
    """A project of one phantom case with one reader, and the reader's password."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        flow = Flow(stack, "access")
        stack.manage("import_dicom", str(flow.write_phantoms(folder, 1)))
        admin = flow.admin
        user = admin.post("/api/users", {"username": "ann", "display_name": "安医生", "is_administrator": False})
        self.password = admin.post(f"/api/users/{user['id']}/reset-password")["password"]
        project = admin.post("/api/projects", {"name": "乳腺", "description": ""})
        here = f"/api/projects/{project['id']}"
        admin.put(f"{here}/members", {"user": user["id"], "roles": ["reader"]})
        protocol = {"labels": LABELS, "form": FORM, "readers_per_case": 1, "blinded": True, "ai_drafts": False}
        admin.put(f"{here}/protocol", {**protocol, "consensus_rule": "majority"})
        admin.post(f"{here}/cases", {"study_uids": flow.studies})
        admin.post(f"{here}/go-live")
        self.reading = stack.api("ann").get("/api/worklist")[0]["reading"]
        profile = {"team": project["team"], "name": "匿名", "pseudonym_prefix": "P", "options": ["clean_pixels"]}
        profile_id = admin.post("/api/deidentification/profiles", profile)["id"]
        page = f"/projects/{project['id']}"
        self.pages = [
            "/worklist",
            "/projects",
            *(f"{page}/set-up/{step}" for step in ("data", "labels", "form", "readers", "ai", "rules", "live")),
            f"{page}/cases",
            f"{page}/cases/{admin.get(f'{here}/cases')[0]['id']}",
            f"{page}/progress",
            f"{page}/learning",
            f"{page}/datasets",
            "/studies",
            f"/studies/{flow.studies[0]}",
            "/import",
            f"/import/{admin.get('/api/imports')[0]['id']}",
            "/set-aside",
            "/deidentification",
            f"/deidentification/{profile_id}",
            "/models",
            "/jobs",
            "/admin/users",
            "/admin/storage",
            "/admin/audit",
            "/account",
            "/nowhere",
        ]


@pytest.fixture(scope="module")
def house(stack: Stack, tmp_path_factory) -> House:
    """Return the project."""
    return House(stack, tmp_path_factory.mktemp("phantoms"))


STANDS = """async () => {
  const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
  for (let still = 0; still < 3; still += 1) {  // what opens begins to grow a frame or two later
    await frame();
    const moves = (one) => one.playState === "running" && one.effect.getComputedTiming().iterations !== Infinity;
    const moving = document.getAnimations().filter(moves);
    if (moving.length) still = 0;
    await Promise.allSettled(moving.map((one) => one.finished));
  }
}"""


def violations(page: Page, where: str, *, part: str = "body", contrast_alone: bool = False) -> list[str]:
    """Return what axe finds in a part of the page, outside the images."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(f"() => {{ {AXE.read_text()} }}")
    only = {"type": "rule", "values": ["color-contrast"]} if contrast_alone else {"type": "tag", "values": RULES}
    page.evaluate(STANDS)
    context = {"include": [[part]], "exclude": [["[data-testid^='viewport-'] canvas"]]}
    options = {"runOnly": only, "resultTypes": ["violations"]}
    found = page.evaluate("([context, options]) => window.axe.run(context, options)", [context, options])
    return [
        f"{where}: {rule['id']}: {node['target'][0]}: {node['failureSummary'].splitlines()[-1].strip()[:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def language(person: Person, code: str) -> None:
    """Choose a language in the menu at the top."""
    person.by("language-menu").click()
    person.by(f"language-{code}").click()
    wait_until(
        lambda: person.page.evaluate("() => document.documentElement.lang").lower() == code, timeout_s=10, what=code
    )


def settled(person: Person) -> None:
    """Wait until what was loading is there."""
    person.page.wait_for_load_state("networkidle")
    person.page.locator('[data-testid="loading"]:visible').first.wait_for(state="detached")


def turn_to(person: Person, path: str) -> None:
    """Go to a page as a link does; it is there when the tab says so: no two have the same title."""
    page, before = person.page, person.page.title()
    elsewhere = not page.url.endswith(path)
    page.evaluate(GO, path)
    if elsewhere:
        wait_until(lambda: page.title() != before, timeout_s=20, what=f"the title of {path}")
    page.wait_for_timeout(60)
    settled(person)


def words(page: Page) -> list[str]:
    """Return English words on a page that is in Chinese."""
    return [f"in English: {word}" for word in sorted({w.lower() for w in ENGLISH.findall(page.evaluate(TEXT))})]


def moved(page: Page) -> list[str]:
    """Say whether the page jumped while it was loading."""
    shifts: list[list[Any]] = page.evaluate("() => window.shifts")
    return [f"jumped: {shifts}"] if sum(one[0] for one in shifts) > MOST_SHIFT else []


def failed_and_mended(person: Person, path: str) -> list[str]:
    """Open a page while the server breaks at every question: it says so, and one can try again; then all is well."""
    again = person.page.locator("[data-testid=error-retry], [data-testid=trouble-retry]").locator("visible=true")
    person.page.route(NOT_SESSION, lambda route: route.fulfill(status=500, body="<h1>Server error</h1>"))
    person.go(path)
    again.first.wait_for()
    settled(person)  # nothing is waited for without an end
    said = [f"broken: {one}" for one in person.page.evaluate(CUT)]
    person.page.unroute(NOT_SESSION)
    again.first.click()
    wait_until(lambda: again.count() == 0, timeout_s=20, what=f"{path} to be mended by one click")
    settled(person)
    return said


def test_every_page_is_accessible_and_whole(browser: Browser, stack: Stack, house: House, picture: Picture) -> None:
    """Each page: axe in both schemes, both languages whole at 1280 × 800, nothing jumps, a title of its own."""
    mira = Person(browser, stack.url)
    page = mira.page
    page.add_init_script(WATCH)
    mira.go("/sign-in")
    mira.by("sign-in-username").wait_for()
    found = violations(page, "sign-in")
    mira.sign_in(ADMINISTRATOR, PASSWORD)
    found += violations(page, "frame", part="#root")
    titles: dict[str, str] = {}
    language(mira, "zh-hans")
    for path in house.pages:
        turn_to(mira, path)
        said = [*moved(page), *words(page), *page.evaluate(CUT)]
        said += violations(page, "dark", part="#content")
        picture(page, f"zh-{re.sub(r'[0-9a-f-]{36}|[0-9.]{20,}', 'x', path).strip('/').replace('/', '-')}")
        mira.by("scheme-switch").click()
        said += violations(page, "light", part="#content", contrast_alone=True)
        mira.by("scheme-switch").click()
        found += [f"{path}: {one}" for one in said]
        titles[page.title()] = path
    language(mira, "en")
    mira.expects(r"status of 500 .*/api/")
    page.add_init_script(IMPATIENT)
    for path in house.pages:
        said = [*failed_and_mended(mira, path), *page.evaluate(CUT)]
        for opener in OPENERS.get(path.rsplit("/", 1)[1], ()):
            mira.by(opener).first.focus()
            page.keyboard.press("Enter")
            said += closes_to(page, opener, lambda: page.evaluate(CUT))
        found += [f"{path}, English: {one}" for one in said]
    mira.close()
    assert not found, "\n".join(found)
    assert len(titles) == len(house.pages), titles


def seen_open(page: Page, name: str, picture: Picture) -> list[str]:
    """Look at what opened in the room."""
    said = violations(page, "axe") + words(page) + page.evaluate(CUT)
    picture(page, name)
    return said


def closes_to(page: Page, test_id: str, look: Callable[[], list[str]], *, or_to: str = "nothing") -> list[str]:
    """Look at the dialog or menu that opens now; Escape closes it, and the focus is again at what opened it.

    A menu that a key has opened may also give it to its own button.
    """
    opened = page.locator("[role=dialog]:visible, [role=menu]:visible")
    opened.first.wait_for()
    inside = "() => Boolean(document.activeElement?.closest('[role=dialog], [data-menu-dropdown]'))"
    wait_until(lambda: page.evaluate(inside), timeout_s=10, what=f"the focus in {test_id} {or_to}")
    said = look()
    page.keyboard.press("Escape")
    opened.first.wait_for(state="hidden")
    at = "() => document.activeElement?.getAttribute('data-testid') ?? ''"
    try:
        back = lambda: page.evaluate(at).startswith((test_id, or_to))  # noqa: E731
        wait_until(back, timeout_s=3, what="the focus")
    except AssertionError:
        said.append(f"{test_id}: the focus went to {page.evaluate(at) or 'nothing'}")
    return said


def test_the_room_is_accessible_and_whole(browser: Browser, stack: Stack, house: House, picture: Picture) -> None:
    """The room with its dialogs, in Chinese; every control of it is come to by key."""
    ann = Person(browser, stack.url)
    page = ann.page
    page.add_init_script(WATCH)
    ann.sign_in("ann", house.password)
    language(ann, "zh-hans")
    Room(ann).open(house.reading)
    found = moved(page)
    found += violations(page, "room") + words(page) + page.evaluate(CUT)
    picture(page, "zh-room")
    for keys, name in (
        ("Shift+n", "finding"),
        ("?", "help"),
        ("Control+,", "keys"),
        ("Shift+x", "not-readable"),
        ("s", "submit"),
        ("h", "history"),
        ("Shift+f", "files"),
        ("Shift+t", "tags"),
        ("Alt+m", "measure-menu"),
        ("Shift+w", "window-menu"),
        ("Alt+l", "layout-menu"),
        ("Alt+p", "pane-menu"),
    ):
        if name != "finding":
            ann.by("help").focus()
        page.keyboard.press(keys)
        if name == "finding":  # it opens in the panel, for good
            found += [f"{name}: {one}" for one in seen_open(page, f"zh-room-{name}", picture)]
            page.keyboard.press("Escape")
        else:
            look = lambda: seen_open(page, f"zh-room-{name}", picture)  # noqa: E731, B023
            found += [f"{name}: {one}" for one in closes_to(page, "help", look, or_to=name)]
    for menu, item in (("layout-menu", "hanging-open"), ("pane-menu-axial", "overlay-axial")):
        ann.by(menu).click()
        ann.by(item).click()
        page.get_by_role("dialog").wait_for()
        look = lambda: seen_open(page, f"zh-room-{item}", picture)  # noqa: E731, B023
        found += [f"{item}: {one}" for one in closes_to(page, menu, look)]
    outside = page.evaluate(
        """() => [...document.querySelectorAll("[data-testid=room] :is(button, input, select, a[href], [role=slider])")]
        .filter((one) => !one.closest("[data-region], aside section") && one.className !== "fid-skip")
        .map((one) => one.outerHTML.slice(0, 120))"""
    )
    found += [f"not come to by F6: {one}" for one in outside]
    ann.close()
    assert not found, "\n".join(found)


NO_WEBGL = """
const usual = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind.startsWith("webgl") ? null : usual.call(this, kind, ...rest);
};
"""


def sign_in_again(person: Person) -> None:
    """Give the password that the page asks for."""
    person.by("sign-in-password").fill(PASSWORD)
    person.by("sign-in-submit").click()


def test_what_cannot_go_on_is_told_and_nothing_typed_is_lost(browser: Browser, stack: Stack, house: House) -> None:
    """A session that ended, over a form and at a fresh page; and a browser that cannot draw images."""
    mira = Person(browser, stack.url)
    mira.sign_in(ADMINISTRATOR, PASSWORD)
    mira.go("/projects")
    mira.by("project-new").first.click()
    mira.by("project-name").fill("Kidneys")
    mira.page.wait_for_timeout(4_000)  # what asks for the password comes once the page has nothing to do
    mira.context.clear_cookies(name="sessionid")
    mira.by("project-create").click()
    mira.by("sign-in-password").wait_for()
    sign_in_again(mira)
    mira.by("sign-in-password").wait_for(state="detached")
    expect(mira.by("project-name")).to_have_value("Kidneys")
    mira.by("project-create").click()
    mira.page.wait_for_url("**/set-up/data")
    mira.expects(*NO_SERVER, "dynamically imported module")
    mira.context.set_offline(True)
    mira.by("nav-models").click()  # a page whose program is not here yet
    mira.by("not-fetched").wait_for()
    mira.by("nav-projects").click()
    mira.by("projects-page").wait_for()
    mira.context.set_offline(False)
    mira.by("nav-models").click()
    mira.by("models-page").or_(mira.by("error-retry")).first.wait_for()
    with suppress(PlaywrightError):  # once the line of events stands again, the page comes by itself
        mira.by("error-retry").click(timeout=2_000)
    mira.by("models-page").wait_for()
    mira.context.clear_cookies(name="sessionid")
    mira.go("/studies?q=none")
    mira.by("sign-in-username").fill(ADMINISTRATOR)
    sign_in_again(mira)
    mira.by("studies-page").wait_for()
    assert mira.page.url.endswith("/studies?q=none")
    mira.close()
    ann = Person(browser, stack.url)
    ann.page.add_init_script(NO_WEBGL)
    ann.sign_in("ann", house.password)
    ann.go(f"/readings/{house.reading}")
    ann.by("no-webgl").wait_for()
    expect(ann.by("no-webgl")).to_contain_text("WebGL")
    ann.by("to-worklist").click()
    ann.by("worklist-page").wait_for()
    ann.close()
