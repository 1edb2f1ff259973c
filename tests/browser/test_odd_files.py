"""Files at the edge of what there is: each is seen or heard in small, and nothing is asked for without end."""

from __future__ import annotations

import io
import struct
import wave

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.browsing import Tab
from tests.server.serving.program import Serve


def picture(width: int, height: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(made, "PNG")
    return made.getvalue()


def silence() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    return made.getvalue()


def floats() -> bytes:
    """A sound of 32-bit floats, some beyond full scale, and some that are no numbers."""
    samples = np.concatenate([np.linspace(-3, 3, 8000), [np.nan, np.inf, -np.inf]]).astype("<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, 1, 8000, 32_000, 4, 32)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def sent(site: Serve, name: str, data: bytes) -> str:
    with site.client() as client:
        reply = client.post("/cache/upload", params={"name": name}, content=data)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["content_hash"])


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 900), (30_000, 1)])
def test_a_picture_that_is_hardly_one_is_seen_in_small(site: Serve, tab: Tab, width: int, height: int) -> None:
    name = f"{width} by {height}.png"
    content_hash = sent(site, name, picture(width, height))
    tab.open("/media")
    expect(tab.page.locator(".media-tile", has_text=name).locator("img.is-there")).to_have_count(1)
    tab.open(f"/media/{content_hash}")
    expect(tab.page.get_by_text(f"{width}×{height} pixels")).to_be_visible()


@pytest.mark.parametrize(("name", "data"), [("silence.wav", silence()), ("floats.wav", floats())])
def test_a_sound_of_nothing_or_beyond_all_has_a_waveform(site: Serve, tab: Tab, name: str, data: bytes) -> None:
    tab.open(f"/media/{sent(site, name, data)}")
    path = tab.page.locator("[data-waveform] path").first
    expect(path).to_be_attached()
    assert "nan" not in str(path.get_attribute("d"))
