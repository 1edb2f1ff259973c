"""Names in any script: they are shown as they are, and what stands beside them is not turned around."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect

from artcelery.server.pages.recipe_texts import EXAMPLE
from tests.browser.browsing import Tab
from tests.server.serving.program import Serve

HEBREW = "\u05e7\u05d8\u05d4 7 \U0001f408 " + "e\u0301" * 40
TURNING = "\u202egnp.\u05e7\u05d8\u05d4"
"""A name that says that everything behind it runs from right to left, and takes that back nowhere."""

# Both at one moment: the head of a run is made anew whenever the run goes on.
SIDES = """() => [
  document.querySelector(".run-head bdi").getBoundingClientRect().right,
  document.querySelector(".run-head time").getBoundingClientRect().left,
]"""


def test_a_name_that_runs_from_right_to_left_turns_nothing_beside_it(site: Serve, tab: Tab) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "PNG")
    with site.client() as client:
        text = EXAMPLE.replace("name: small-dog", f"name: {HEBREW}")
        recipe = client.post("/configs/upload", content=text.encode()).json()["id"]
        file = client.post("/cache/upload", params={"name": f"{TURNING}.png"}, content=picture.getvalue()).json()[
            "content_hash"
        ]
        reply = client.post(f"/configs/{recipe}/run", json={"inputs": [file]})
        assert reply.status_code == 202, reply.text
        run = reply.json()["id"]
    tab.open(f"/run/{run}")
    expect(tab.page.locator(".run-head bdi")).to_have_text(HEBREW)
    right_of_name, left_of_time = tab.page.evaluate(SIDES)
    assert right_of_name <= left_of_time
    for path in ("/runs", "/recipes", "/", "/media", f"/recipe/{recipe}"):
        tab.open(path)
        assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
