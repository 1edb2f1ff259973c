"""The pages for people: how long the server takes for each, and what a first visit loads."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Page, expect

import artcelery
from artcelery.core.engine import Engine
from benchmarks.asking import fill_files
from benchmarks.facts import fill_runs
from benchmarks.farm import KINDS
from benchmarks.serving import connected, site
from benchmarks.timing import Row
from benchmarks.works import Bench
from tests.browser.browsing import Tab, chromium, open_tab
from tests.server.serving.program import Serve, serving

_MANY = 10_000
_VIEWS = 25
_BROWSER = {"Accept": "text/html,*/*;q=0.8"}
_CONFIG = """\
name: cat-as-seen
dag:
  nodes:
    - {id: cat, type: SOURCE, config: {input: true}}
    - {id: seen, type: EFFECT, config: {effect: dog}, inputs: cat}
  output: seen
"""


def web(bench: Bench) -> Iterator[Row]:
    """Every page of a server with many runs and many files."""
    for kind in KINDS:
        with site(bench, kind) as (served, made):
            engine = made.engine()
            (recipe := made.folder / "cat-as-seen.yaml").write_text(_CONFIG)
            paths = _filled(engine, recipe)
            found = {name: statistics.median(_views(served, path)) for name, path in paths.items()}
        slowest = max(found, key=lambda name: found[name])
        said = ", ".join(f"{name} {took:.0f}" for name, took in found.items())
        work = f"a page, with {_MANY:,} runs and files, {kind}"
        figure = f"{found[slowest]:.0f} ms ({slowest})"
        yield Row(work, f"{said} ms", "-", figure, "<= 60 ms", found[slowest] <= 60)


def first_view(bench: Bench) -> Iterator[Row]:
    """What a browser that was never here loads for the first page, but for pictures."""
    with site(bench, "embedded") as (served, _), chromium() as browser, open_tab(browser, served.url) as tab:
        sizes = _loading(tab.page)
        tab.open("/")
        tab.page.wait_for_load_state()
        total_kb = sum(sizes.values()) / 1000
    said = f"{total_kb:.0f} kB in {len(sizes)} files"
    yield Row("first view of the first page, without pictures", said, "-", said, "<= 150 kB", total_kb <= 150)


def drop(bench: Bench) -> Iterator[Row]:
    """A picture that nobody has seen before, from when a browser's user has chosen it to when the result is seen."""
    with serving(bench.folder) as served, chromium() as browser, open_tab(browser, served.url) as tab:
        _await_worker(tab)
        found = [_dropped(tab, number) for number in range(bench.runs + 1)][1:]
    median = statistics.median(found)
    said = f"{median:.2f} s"
    yield Row("from a picture to its result on the page: dog, idle worker", said, "-", said, "<= 2 s", median <= 2)


def _await_worker(tab: Tab) -> None:
    tab.open("/workers")
    expect(tab.page.locator(".machines")).to_contain_text("idle", timeout=30_000)


def _dropped(tab: Tab, number: int) -> float:
    """How long it took, in seconds."""
    tab.open("/")
    tab.page.locator('input[name="recipe"][value="dog"]').check()
    began = time.perf_counter()
    tab.page.locator("input[type=file]").first.set_input_files(
        {"name": f"cat-{number}.png", "mimeType": "image/png", "buffer": _new_cat(number)}
    )
    tab.page.get_by_role("button", name="Render").click()
    tab.page.wait_for_url("**/run/*")
    tab.page.locator(".compare-after img").evaluate("picture => picture.decode()")
    return time.perf_counter() - began


def _new_cat(number: int) -> bytes:
    """The cat, but for one dot."""
    made = io.BytesIO()
    with Image.open(Path(artcelery.__file__).parent / "assets" / "cat.png") as picture:
        picture.putpixel((0, number), (1, 2, 3))
        picture.save(made, "PNG", compress_level=1)
    return made.getvalue()


def _filled(engine: Engine, recipe: Path) -> Mapping[str, str]:
    """Fill a server; the addresses of its pages, by what they are called here."""
    run = engine.render("dog", "cat")
    config = engine.configs.add(recipe)
    fill_runs(engine, run, 0, _MANY)
    fill_files(engine, 0, _MANY)
    return {
        "/": "/",
        "/runs": "/runs",
        "/run": f"/run/{run.id}",
        "/recipes": "/recipes",
        "/recipe": f"/recipe/{config.id}",
        "/effects": "/effects",
        "/effect": "/effect/dog",
        "/media": "/media",
        "/media?name": "/media?name=nothing-is-called-so",
        "/media?min_size": "/media?kind=still&min_size=9GB",
        "/media/…": f"/media/{run.output_hash}",
        "/workers": "/workers",
    }


def _views(served: Serve, path: str) -> list[float]:
    """How long a page takes each time, in milliseconds; the first views are not counted."""
    connection, found = connected(served.url), list[float]()
    for _ in range(_VIEWS + 2):
        began = time.perf_counter()
        connection.request("GET", path, headers=_BROWSER)
        reply = connection.getresponse()
        body = reply.read()
        found.append((time.perf_counter() - began) * 1000)
        if reply.status != 200 or not body.startswith(b"<!doctype html>"):
            raise SystemExit(f"{path} is no page: {reply.status} {body[:300].decode()}")
    connection.close()
    return found[2:]


def _loading(page: Page) -> Mapping[str, float]:
    """The bytes over the wire, with headers, of each file that a page loads from now on, but for pictures."""
    session = page.context.new_cdp_session(page)
    addresses, sizes = dict[str, str](), dict[str, float]()

    def asked(event: dict[str, Any]) -> None:
        address = event["request"]["url"]
        if event["type"] != "Image" or "/static/" in address:
            addresses[event["requestId"]] = address

    def loaded(event: dict[str, Any]) -> None:
        if event["requestId"] in addresses:
            sizes[addresses[event["requestId"]]] = event["encodedDataLength"]

    session.send("Network.enable")
    session.on("Network.requestWillBeSent", asked)
    session.on("Network.loadingFinished", loaded)
    return sizes


WORKS = {"web": web, "first-view": first_view, "drop": drop}
