"""Pictures of every page, by day, by night and on a phone: `python -m scripts.screens` writes docs/screens/*.webp.

A server of its own renders what is shown. Names after the command make only the pictures that begin with them.
"""

from __future__ import annotations

import io
import re
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from scripts.screens_site import Shown, demonstration
from tests.browser.browsing import chromium, open_tab

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
WIDE = {"viewport": {"width": 1280, "height": 860}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
LOOKS = {
    "light": {**WIDE, "color_scheme": "light"},
    "dark": {**WIDE, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
}
_TALLEST = 1_280
_QUALITY = 92  # text is as sharp as on the page, photographs do not band
_MADE_MS = 30_000
_COMING = '.is-coming, img:is([src*="/thumbnail"], [src*="/look"]):not(.is-there, .is-broken)'
"""What is shown in small is still made."""

_PLACES = """
(folder) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "~/studio");
}
"""
_PICTURES = """
Promise.all([...document.images].map((picture) => {
  picture.loading = "eager";
  return picture.decode().catch(() => {});
}))
"""
_ELSEWHERE = """
(names) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const said = names.reduce((words, [here, there]) => words.replace(new RegExp(here, "g"), there), text.data);
    if (said !== text.data) text.data = said;
  }
}
"""
"""What names this machine gets the names of another, so that the pictures are the same wherever they are made."""


_SEND = """
() => {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action: "/do/order", enctype: "multipart/form-data" });
  const said = { recipe: "duotone", "param.dark": "#1b1b3a", "param.light": "#f7ede2", output_name: "evening" };
  for (const [name, value] of Object.entries(said)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  const file = Object.assign(document.createElement("input"), { type: "file", name: "file.input" });
  const chosen = new DataTransfer();
  chosen.items.add(new File(["a picture"], "harbour.jpg", { type: "image/jpeg" }));
  file.files = chosen.files;
  form.append(file);
  document.body.append(form);
  form.submit();
}
"""


@dataclass(frozen=True)
class Screen:
    """One page: what its picture is called, where it is, and what is done there before the picture is made."""

    name: str
    path: Callable[[Shown], str]
    do: Callable[[Page], object] = lambda page: None


SCREENS = (
    Screen("home", lambda shown: "/"),
    Screen("runs", lambda shown: "/runs"),
    Screen("run-picture", lambda shown: f"/run/{shown.runs['picture']}"),
    Screen("run-film", lambda shown: f"/run/{shown.runs['film']}"),
    Screen("run-node", lambda shown: f"/run/{shown.runs['film']}?node=first"),
    Screen("run-failed", lambda shown: f"/run/{shown.runs['failed']}"),
    Screen("recipes", lambda shown: "/recipes"),
    Screen("recipe", lambda shown: f"/recipe/{shown.recipes['highlights']}"),
    Screen("recipe-new", lambda shown: "/recipes/new?example=1"),
    Screen("recipe-wrong", lambda shown: "/recipes/new?example=1", lambda page: _write_wrongly(page)),
    Screen("effects", lambda shown: "/effects"),
    Screen("effect", lambda shown: "/effect/halftone"),
    Screen("order", lambda shown: f"/order?recipe={shown.recipes['highlights']}"),
    Screen("order-wrong", lambda shown: "/order?recipe=duotone", lambda page: _order_wrongly(page)),
    Screen("media", lambda shown: "/media"),
    Screen("media-file", lambda shown: f"/media/{shown.files['cat']}"),
    Screen("media-sound", lambda shown: f"/media/{shown.files['sound']}"),
    Screen("media-compare", lambda shown: f"/media/compare?a={shown.files['cat']}&b={shown.files['seen']}"),
    Screen("workers", lambda shown: "/workers"),
    Screen("sign-out", lambda shown: "/logout"),
    Screen("nothing-here", lambda shown: "/nothing-here"),
    Screen("welcome", lambda shown: f"{shown.members_url}/"),
    Screen("sign-in", lambda shown: f"{shown.members_url}/runs"),
    Screen(
        "sign-in-by-token", lambda shown: f"{shown.members_url}/sign-in?to=/workers", lambda page: _say_wrongly(page)
    ),
    Screen("sign-in-and-again", lambda shown: f"{shown.members_url}/order", lambda page: _order_signed_out(page)),
    Screen("sign-in-asked", lambda shown: f"{shown.members_url}/auth?auth_token={next(shown.tokens)}"),
)


def _order_wrongly(page: Page) -> None:
    page.get_by_label("Dark", exact=True).evaluate("field => field.value = 'the colour of the night'")
    page.get_by_role("button", name="Render").click()
    page.get_by_role("alert").wait_for()


def _say_wrongly(page: Page) -> None:
    page.get_by_label("The operator’s token").fill("a guess")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()


def _order_signed_out(page: Page) -> None:
    """Send what a browser without scripts sends of the form of an order."""
    page.evaluate(_SEND)
    page.get_by_text("What you entered", exact=True).click()


def _write_wrongly(page: Page) -> None:
    text = page.locator("#text").input_value()
    page.locator("#text").fill(text.replace("min:", "mim:").replace("RESIZE", "RESISE"))
    page.get_by_role("button", name="Check and keep it").click()
    page.locator(".yaml-fault").first.wait_for()


def main(names: list[str]) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = [screen for screen in SCREENS if screen.name.startswith(tuple(names or [""]))]
    with tempfile.TemporaryDirectory() as folder, demonstration(Path(folder)) as shown, chromium() as browser:
        here = _names(folder)
        for screen in wanted:
            for look, picture in pictures(browser, screen, shown, here):
                path = FOLDER / f"{screen.name}-{look}.webp"
                path.write_bytes(packed(picture))
                print(f"{path.stat().st_size / 1e3:6.0f} kB  {path.name}")


def _names(folder: str) -> list[tuple[str, str]]:
    """Patterns of what names this machine, and what stands there in the pictures."""
    host = rf"(?<![\w.-]){re.escape(socket.gethostname())}(?![\w.-])"
    return [(f"{re.escape(folder)}/", ""), (host, "studio"), (r"127\.0\.0\.1:\d+", "127.0.0.1:8100")]


def pictures(
    browser: Browser, screen: Screen, shown: Shown, names: Sequence[tuple[str, str]]
) -> Iterator[tuple[str, bytes]]:
    for look, given in LOOKS.items():
        path = screen.path(shown)
        url, path = ("", path) if path.startswith("http") else (shown.url, path)
        with open_tab(browser, url, reduced_motion="reduce", **given) as tab:
            tab.open(path)
            tab.page.wait_for_load_state()
            tab.page.evaluate(_PICTURES)
            screen.do(tab.page)
            tab.page.evaluate(_PLACES, shown.folder)
            expect(tab.page.locator(_COMING)).to_have_count(0, timeout=_MADE_MS)
            tab.page.evaluate(_ELSEWHERE, list(names))
            yield look, tab.page.screenshot(full_page=True)


def packed(picture: bytes) -> bytes:
    """The same picture without the end of a long page: as it is, or nearly so where that is smaller."""
    with Image.open(io.BytesIO(picture)) as image:
        shown = image.convert("RGB").crop((0, 0, image.width, min(image.height, _TALLEST)))
    return min(_webp(shown, lossless=True), _webp(shown, quality=_QUALITY), key=len)


def _webp(image: Image.Image, **how: int) -> bytes:
    made = io.BytesIO()
    image.save(made, "WEBP", method=4, **how)
    return made.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
