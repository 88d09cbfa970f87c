"""Find and start Chromium for the tests."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, sync_playwright
from playwright.sync_api import Error as PlaywrightError

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Software WebGL2, and no calls home.
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-dev-shm-usage",
    "--disable-extensions",
]


def executable(playwright: Playwright) -> str | None:
    """Return the path of a Chromium: the machine's own, else Playwright's; None when there is none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@contextmanager
def chromium(*more_flags: str) -> Iterator[Browser | None]:
    """Give a headless Chromium, or None where none is installed."""
    with sync_playwright() as playwright:
        path = executable(playwright)
        if path is None:
            yield None
            return
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=[*FLAGS, *more_flags])
        try:
            yield browser
        finally:
            browser.close()


REFUSED = r"^Failed to load resource: the server responded with a status of (4\d\d|503) "
# Who goes to another page before the line of events stands, ends it.
LEFT_EARLY = r"^WebSocket connection to .* failed: WebSocket is closed before the connection is established"
# What Chromium says while there is no server, or no network, to talk to.
NO_SERVER = (r"net::ERR_", r"^WebSocket connection to .* failed")


class Person:
    """Somebody in a browser of their own, whose pages must not break.

    Uncaught errors, breaches of the content security policy and whatever else the console of any of their pages holds
    as an error are kept in `errors`, and fail the test at `close`. Chromium itself writes down every answer that is
    not 2xx and every line that breaks. That a request was refused (4xx), or comes too early (503), is an answer which
    the page makes something of; a test that brings about more than that names it with `expects`.
    """

    present: ClassVar[list["Person"]] = []

    def __init__(self, browser: Browser, url: str, *, width: int = 1280, height: int = 800) -> None:
        Person.present.append(self)
        self.url = url
        self.errors: list[str] = []
        self.expected: list[re.Pattern[str]] = [re.compile(pattern) for pattern in (REFUSED, LEFT_EARLY)]
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True, locale="en-GB"
        )
        self.context.set_default_timeout(30_000)
        self.context.on("weberror", lambda told: self.errors.append(str(told.error)))
        self.context.on("console", self._said)
        self.context.on("requestfailed", self._failed)
        self.page: Page = self.context.new_page()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        said = f"{message.text} ({message.location.get('url', '')})"
        breach = "Content Security Policy" in message.text
        if breach or not any(pattern.search(said) for pattern in self.expected):
            self.errors.append(said)

    def expects(self, *patterns: str) -> None:
        """From now on, take lines of the console that fit a pattern for a part of what is tried.

        A line reads as Chromium writes it, with the address behind it:
        `Failed to load resource: the server responded with a status of 507 () (http://…/api/…)`.
        """
        self.expected += [re.compile(pattern) for pattern in patterns]

    def _failed(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:", "ws:")):
            self.errors.append(f"a call to another host: {request.url}")

    def by(self, test_id: str) -> Any:
        """Return the locator of a test id."""
        return self.page.get_by_test_id(test_id)

    def go(self, path: str) -> None:
        """Open an address of the installation."""
        self.page.goto(self.url + path)

    def sign_in(self, username: str, password: str) -> None:
        """Sign in on the sign-in page, as anybody would."""
        self.go("/")
        self.by("sign-in-username").fill(username)
        self.by("sign-in-password").fill(password)
        self.by("sign-in-submit").click()
        self.by("account-menu").wait_for()

    def close(self) -> None:
        """Leave; a page that broke fails here."""
        Person.present.remove(self)
        with suppress(PlaywrightError):  # a page that has died cannot leave
            self.page.goto("about:blank")  # as a person does who closes the window: the page may say goodbye
        self.context.close()
        assert not self.errors, self.errors
