"""One run in a browser: watched to its end, looked at node by node, cancelled, begun again, deleted."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.browsing import Tab
from tests.browser.conftest import OpenTab
from tests.browser.held import Gate, write_effects
from tests.browser.ordering import Orders
from tests.media_files import make_film, make_sound, make_still
from tests.server.serving.program import Serve, environment_of, serving

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def site(site_folder: Path) -> Iterator[Serve]:
    with serving(site_folder, ARTCELERY_EFFECTS_PATH=str(write_effects(site_folder / "effects"))) as served:
        yield served


@pytest.fixture(scope="module")
def film(orders: Orders, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The content hash of a film of 150 frames."""
    path = make_film(tmp_path_factory.mktemp("film") / "film.mp4", size=(64, 48), seconds=5)
    return orders.upload("harbour.mp4", path.read_bytes())


@pytest.fixture(scope="module")
def picture(orders: Orders) -> str:
    """A run that made a picture of a picture."""
    return orders.ended(orders.begin("dog", "cat"))


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where gates are; all are opened at last, so that no worker waits."""
    folder = tmp_path_factory.mktemp("gates")
    yield folder
    for gate in folder.iterdir():
        gate.write_text("1000000")


@pytest.fixture
def gate(gates: Path, request: pytest.FixtureRequest) -> Iterator[Gate]:
    """A gate of the test's own, which is open when it has ended."""
    gate = Gate(gates / f"{request.node.name}.gate")
    yield gate
    gate.open()


def status_of(page: Page) -> Locator:
    return page.locator(".run-head .status")


def stays(tab: Tab) -> None:
    """Mark the page, so that it is known that it was not loaded again."""
    tab.page.evaluate("window.isTheSame = true")


def is_the_same(tab: Tab) -> bool:
    return bool(tab.page.evaluate("window.isTheSame === true"))


def test_a_render_is_watched_live_to_its_end(tab: Tab, orders: Orders, film: str, gate: Gate) -> None:
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    tab.open(f"/run/{run_id}")
    stays(tab)
    expect(status_of(tab.page)).to_have_text("running")
    expect(tab.page.get_by_role("link", name="apply_held")).to_contain_text("rendering")
    tab.assert_accessible()
    gate.open(110)
    expect(tab.page.get_by_label("How far the run is")).to_be_visible()
    expect(tab.page.locator(".run-works")).to_contain_text("pictures/s")
    gate.open()
    expect(status_of(tab.page)).to_have_text("completed")
    expect(tab.page.locator(".run-progress")).to_have_count(0)
    expect(tab.page.get_by_role("link", name="apply_held")).to_contain_text("done")
    expect(tab.page.locator("#result video").first).to_be_visible()
    expect(tab.page.get_by_role("status")).to_have_text("The run is completed.")
    assert is_the_same(tab)


def test_several_tabs_see_the_same_end(new_tab: OpenTab, orders: Orders, film: str, gate: Gate) -> None:
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    tabs = [new_tab() for _ in range(3)]
    for tab in tabs:
        tab.open(f"/run/{run_id}")
        expect(status_of(tab.page)).to_have_text("running")
    gate.open()
    for tab in tabs:
        expect(status_of(tab.page)).to_have_text("completed")


def test_what_was_before_is_compared_by_keyboard_and_by_pointing(tab: Tab, picture: str) -> None:
    tab.open(f"/run/{picture}")
    slider, before = tab.page.get_by_role("slider"), tab.page.locator(".compare-before")
    expect(before).to_have_css("clip-path", "inset(0px 50% 0px 0px)")
    slider.focus()
    slider.press("ArrowRight")
    expect(before).to_have_css("clip-path", "inset(0px 49% 0px 0px)")
    slider.press("Home")
    expect(before).to_have_css("clip-path", "inset(0px 100% 0px 0px)")
    both = tab.page.locator(".compare-both")
    box = both.bounding_box()
    assert box
    both.click(position={"x": 0.75 * box["width"], "y": 50})
    expect(before).to_have_css("clip-path", "inset(0px 25% 0px 0px)")


def test_a_film_is_sought_by_parts_of_its_file(tab: Tab, orders: Orders, film: str) -> None:
    run_id = orders.ended(orders.begin("sepia", film))
    parts: list[int] = []
    tab.page.on("response", lambda reply: parts.append(reply.status) if "range" in reply.request.headers else None)
    tab.open(f"/run/{run_id}")
    video = tab.page.locator(".compare-after video")
    video.evaluate("async (film) => { film.currentTime = 4; await new Promise((sought) => (film.onseeked = sought)); }")
    assert video.evaluate("(film) => film.currentTime") == 4
    assert parts
    assert set(parts) == {206}
    other = tab.page.locator(".compare-before video")
    expect(other).to_have_js_property("currentTime", 4)


def test_a_sound_has_a_player_and_its_waveform(tab: Tab, orders: Orders, tmp_path: Path) -> None:
    sound = orders.upload("wind.wav", make_sound(tmp_path / "wind.wav", seconds=2).read_bytes())
    run_id = orders.ended(orders.begin("identity", sound))
    tab.open(f"/run/{run_id}")
    expect(tab.page.locator("#result audio")).to_be_visible()
    wave = tab.page.locator("#result [data-waveform].is-followed svg")
    expect(wave.locator("path")).to_have_attribute("d", re.compile("^M"))
    box = wave.bounding_box()
    assert box
    wave.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(tab.page.locator("#result audio")).to_have_js_property("currentTime", 1)
    tab.assert_accessible()


def test_what_failed_comes_first_with_its_node_and_log(tab: Tab, orders: Orders, gate: Gate) -> None:
    run_id = orders.ended(orders.begin("fails", "cat", params={"gate": str(gate)}))
    tab.open(f"/run/{run_id}")
    trouble = tab.page.get_by_role("alert")
    expect(trouble.get_by_role("heading")).to_have_text("apply_fails failed")
    expect(trouble).to_contain_text("ValueError: <b>no</b> frame passes")
    expect(trouble).to_contain_text("apply_fails began")
    expect(tab.page.locator(".node.is-failed")).to_contain_text("apply_fails")
    tab.assert_accessible()


def test_what_failed_is_begun_again(tab: Tab, orders: Orders, gate: Gate) -> None:
    run_id = orders.ended(orders.begin("fails", "cat", params={"gate": str(gate)}))
    tab.open(f"/run/{run_id}")
    gate.open()
    tab.page.get_by_role("button", name="Retry").click()
    expect(status_of(tab.page)).to_have_text("completed")
    expect(tab.page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_run_is_cancelled_and_then_deleted(
    new_tab: OpenTab, orders: Orders, film: str, gate: Gate, javascript: bool
) -> None:
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    tab = new_tab(java_script_enabled=javascript)
    tab.open(f"/run/{run_id}")
    expect(tab.page.locator(".run-head")).to_contain_text("cancel it first")
    tab.page.get_by_role("button", name="Cancel").click()
    expect(status_of(tab.page)).to_have_text("cancelled")
    expect(tab.page.get_by_role("button", name="Retry")).to_be_visible()
    tab.page.get_by_text("Delete…").click()
    tab.page.get_by_role("button", name="Delete the run").click()
    expect(tab.page).to_have_url(f"{tab.url}/runs")
    expect(tab.page.locator(f"#run-{run_id}")).to_have_count(0)
    assert orders.client.get(f"/runs/{run_id}").status_code == 404


def test_a_run_that_is_not_over_is_not_deleted_and_the_page_says_why(orders: Orders, film: str, gate: Gate) -> None:
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    reply = orders.client.post(f"/do/runs/{run_id}/delete", headers={"Accept": "text/html"})
    assert reply.status_code == 409
    assert "stop it first" in reply.text
    assert orders.client.get(f"/runs/{run_id}").status_code == 200


def test_a_node_is_looked_at_where_the_page_stands(tab: Tab, picture: str) -> None:
    tab.open(f"/run/{picture}")
    stays(tab)
    node = tab.page.get_by_role("link", name="apply_dog, EFFECT dog, done")
    node.focus()
    node.press("Enter")
    chosen = tab.page.locator(".run-chosen")
    expect(chosen.get_by_role("heading")).to_have_text("apply_dog")
    expect(chosen.locator("img").first).to_be_visible()
    expect(chosen).to_contain_text("acuity")
    expect(tab.page.get_by_role("link", name="apply_dog, EFFECT dog, done")).to_have_attribute("aria-current", "true")
    tab.page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    assert is_the_same(tab)


def test_nodes_are_walked_by_arrows(tab: Tab, picture: str) -> None:
    tab.open(f"/run/{picture}")
    node, after = (
        tab.page.get_by_role("link", name=name) for name in ("input, SOURCE, known", "apply_dog, EFFECT dog")
    )
    node.focus()
    node.press("ArrowRight")
    expect(after).to_be_focused()
    after.press("ArrowUp")
    expect(after).to_be_focused()
    after.press("ArrowLeft")
    expect(node).to_be_focused()


def test_a_page_without_scripts_is_loaded_again_until_the_run_is_over(
    new_tab: OpenTab, orders: Orders, film: str, gate: Gate
) -> None:
    run_id = orders.begin("held", film, params={"gate": str(gate)})
    tab = new_tab(java_script_enabled=False)
    tab.open(f"/run/{run_id}")
    expect(status_of(tab.page)).not_to_have_text("completed")
    gate.open()
    expect(status_of(tab.page)).to_have_text("completed")
    expect(tab.page.locator("meta[http-equiv=refresh]")).to_have_count(0)


def test_a_node_is_looked_at_without_scripts(new_tab: OpenTab, picture: str) -> None:
    tab = new_tab(java_script_enabled=False)
    tab.open(f"/run/{picture}")
    tab.page.get_by_role("link", name="input, SOURCE, known").click()
    expect(tab.page.locator(".run-chosen").get_by_role("heading")).to_have_text("input")
    expect(tab.page.locator(".compare-before img")).to_be_visible()
    expect(tab.page.locator(".compare-after img")).to_be_visible()


@pytest.fixture(scope="module")
def many(orders: Orders) -> str:
    """A run of three hundred nodes and more: a small picture in as many tints, over each other."""
    tints = [f"tint{item}" for item in range(300)]
    nodes = [
        "{id: cat, type: SOURCE, config: {asset: cat}}",
        "{id: small, type: RESIZE, config: {width: 16, height: 16}, inputs: cat}",
        *(_tint(name, item / 300) for item, name in enumerate(tints)),
        f"{{id: end, type: LAYER, inputs: [{', '.join(tints)}]}}",
    ]
    text = "\n".join(["name: many-tints", "dag:", "  output: end", "  nodes:", *(f"  - {node}" for node in nodes)])
    return orders.ended(orders.begin_config(text))


def _tint(name: str, amount: float) -> str:
    return f"{{id: {name}, type: EFFECT, config: {{effect: sepia, params: {{amount: {amount:.3f}}}}}, inputs: small}}"


def test_three_hundred_nodes_are_read_folded_opened_and_as_a_table(tab: Tab, many: str) -> None:
    tab.open(f"/run/{many}")
    tab.assert_accessible()
    tab.page.get_by_role("link", name="300 × EFFECT sepia, all done").click()
    expect(tab.page.locator("a.node")).to_have_count(303)
    tab.page.get_by_role("link", name="tint250, EFFECT sepia").click()
    expect(tab.page.locator(".run-chosen").get_by_role("heading")).to_have_text("tint250")
    tab.page.get_by_text("The same as a table").click()
    expect(tab.page.locator(".graph-table tbody tr")).to_have_count(303)
    tab.page.get_by_role("link", name="Fold what is alike").click()
    expect(tab.page.locator("a.node")).to_have_count(4)


def test_the_command_is_copied(new_tab: OpenTab, picture: str) -> None:
    tab = new_tab(permissions=["clipboard-read", "clipboard-write"])
    tab.open(f"/run/{picture}")
    tab.page.get_by_role("button", name="Copy as a command").click()
    expect(tab.page.locator("#said")).to_have_text("Copied.")
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("artcelery render dog ")


def test_what_is_copied_makes_the_same_again(tab: Tab, orders: Orders, site_folder: Path, tmp_path: Path) -> None:
    cat = orders.upload("it's a $HOME.png", make_still(tmp_path / "cat.png").read_bytes())
    text = f"{CONFIG}# {site_folder}"
    given = {"inputs": {"picture": cat}, "params": {"word": "it's `so` $HOME"}, "output_name": "a 'b' $c.png"}
    first = orders.client.get(f"/runs/{orders.ended(orders.begin_config(text, **given))}").json()
    tab.open(f"/run/{first['id']}")
    url, body = asked_of(shlex.split(tab.page.locator("#copy-request").text_content() or ""))
    assert orders.client.post(url, json=json.loads(body)).json()["output_hash"] == first["output_hash"]
    words = shlex.split(tab.page.locator("#copy-command").text_content() or "")
    printed = subprocess.run(
        [sys.executable, "-m", *words], env=environment_of(site_folder), check=True, stdout=subprocess.PIPE, text=True
    )
    again = orders.client.get(f"/runs/{printed.stdout.strip()}").json()
    assert (again["output_hash"], again["params"]) == (first["output_hash"], first["params"])


CONFIG = """\
name: written
params:
  word: {type: text, default: none}
dag:
  nodes:
    - {id: picture, type: SOURCE, config: {input: true}}
    - {id: letters, type: GENERATE, config: {kind: text, text: "${word}", width: 64, height: 48}}
    - {id: both, type: LAYER, inputs: [picture, letters]}
  output: both
"""


def asked_of(words: list[str]) -> tuple[str, str]:
    """The address and the body of a request that curl would make."""
    return words[words.index("POST") + 1], words[words.index("-d") + 1]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_page_of_a_run_fits_a_phone(new_tab: OpenTab, picture: str, many: str, javascript: bool) -> None:
    phone = new_tab(java_script_enabled=javascript, **PHONE)
    for run_id in (picture, many):
        phone.open(f"/run/{run_id}?node=small")
        expect(status_of(phone.page)).to_have_text("completed")
        phone.assert_fits()
