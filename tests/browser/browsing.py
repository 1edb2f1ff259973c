"""A real Chromium, and tabs in it that remember whatever went wrong in them.

with chromium() as browser, open_tab(browser, site.url) as tab:
    tab.open("/workers")
    assert tab.page.title() == "Workers · artcelery"
    tab.assert_accessible()
"""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserType,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

__all__ = ["Tab", "becomes", "chromium", "launched", "open_tab"]

_AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_PATIENCE_MS = 30_000
_SCHEMES = ("light", "dark")
_NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.effectiveDirective} forbids ${event.blockedURI} ${event.sample}`));
"""
_BECOMES = """async (item) => {
  const claim = %s;
  while (!claim(item)) await new Promise((later) => setTimeout(later, 20));
}"""
_FAULTS = """
async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((item) => `${item.id}: ${item.help}: ` + item.nodes.map((node) => node.html).join(" | "));
}
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser that the system has, without a window; it finds no other host than this one."""
    expect.set_options(timeout=_PATIENCE_MS)
    try:
        with sync_playwright() as playwright, launched(playwright.chromium) as browser:
            yield browser
    finally:
        gc.collect()  # a greenlet that ends while Python 3.11 parses some source breaks the parser


@contextmanager
def launched(kind: BrowserType, **given: Any) -> Iterator[Browser]:
    """Such a browser beside others; Playwright's launch takes the rest."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: run ./scripts/test, or sudo apt-get install chromium"
    words = [_NOWHERE, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    browser = kind.launch(executable_path=program, args=words, **given)
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Tab:
    """A page of a server in a browser of its own cookies, and what went wrong in it."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        """Go to a page; the reply."""
        reply = self.page.goto(self.url + path)
        assert reply is not None
        return reply

    def assert_accessible(self) -> None:
        """Nothing that axe-core knows of is wrong, by day and by night."""
        for scheme in _SCHEMES:
            self.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            self.page.evaluate(_axe())
            assert self.page.evaluate(_FAULTS) == [], (self.page.url, scheme)

    def assert_fits(self) -> None:
        """Nothing of the page is wider than the window."""
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(over) == 0, self.page.url

    def _watch(self) -> None:
        context = self.page.context
        context.add_init_script(_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.troubles.append(f"script: {error.error}"))
        context.on("request", self._see)
        context.on("response", self._judge)
        context.on("requestfailed", self._miss)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.troubles.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.troubles.append(f"foreign: {request.url}")

    def _judge(self, reply: Response) -> None:
        if reply.status >= 400 and not reply.request.is_navigation_request():
            self.troubles.append(f"{reply.status}: {reply.url}")

    def _miss(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a stream that its page closed, or a page left before it was there
            self.troubles.append(f"{request.failure}: {request.url}")


def becomes(item: Locator, claim: str) -> None:
    """Wait until an element is as a JavaScript function claims.

    The policy of our pages forbids what `wait_for_function` does: to make code of a text whenever it looks.
    """
    item.evaluate(_BECOMES % claim)


@contextmanager
def open_tab(browser: Browser, url: str, **given: Any) -> Iterator[Tab]:
    """A tab for the pages of a server, in which nothing went wrong by its end; Playwright's contexts take the rest."""
    context = browser.new_context(**given)
    try:
        context.set_default_timeout(_PATIENCE_MS)
        tab = Tab(context.new_page(), url)
        tab._watch()
        yield tab
    finally:
        context.close()
    assert tab.troubles == [], tab.troubles


@cache
def _axe() -> str:
    return _AXE.read_text("utf-8")
