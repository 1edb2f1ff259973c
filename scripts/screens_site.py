"""A server with something to show: a picture, a film, a run that failed, and what they are made of."""

from __future__ import annotations

import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx
import numpy as np

from tests.server.l2_server import ReferenceL2, reference_l2
from tests.server.running import running_server, server_settings
from tests.server.serving.program import serving
from tests.services import free_port

__all__ = ["Shown", "demonstration"]

EXAMPLES = Path(__file__).parents[1] / "examples" / "configs"
_PATIENCE_S = 120.0
_BROKEN = '''\
"""
@effect breaks
@version 1.0.0
@author The demonstration

@description
Raises at every frame.
"""


def process_frame(frame, params, state):
    raise ValueError("this effect was written to fail")
'''


@dataclass(frozen=True)
class Shown:
    """The server at `url`, whose files are in `folder`, and the ids of its runs: "picture", "film", "failed".

    At `members_url` is another, whose users sign in; there is no end of `tokens` with which they may.
    """

    url: str
    folder: str
    members_url: str
    tokens: Iterator[str]
    runs: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    recipes: dict[str, str] = field(default_factory=dict)


@contextmanager
def demonstration(folder: Path) -> Iterator[Shown]:
    """The server, when everything is rendered."""
    (folder / "effects").mkdir(parents=True)
    (folder / "effects" / "breaks.py").write_text(_BROKEN)
    given = {"ARTCELERY_EFFECTS_PATH": str(folder / "effects"), "ARTCELERY_ACTOR": "@art@studio.example"}
    with serving(folder, **given) as served, reference_l2() as l2, _members(folder / "members", l2) as url:
        shown = Shown(served.url, str(folder), url, (l2.give(f"token-{number}", "giles", url) for number in count()))
        with served.client() as client:
            _fill(client, folder, shown)
        yield shown


@contextmanager
def _members(folder: Path, l2: ReferenceL2) -> Iterator[str]:
    """A server whose users sign in with an L2, and who operates it with a token."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running_server(
        server_settings(folder, public_url=url, l2_urls=l2.origin, api_token="of-the-operator"), port=port
    ):
        yield url


def _fill(client: httpx.Client, folder: Path, shown: Shown) -> None:
    for name in ("dog", "highlights", "trailer", "double-exposure", "title-card", "slideshow"):
        shown.recipes[name] = _stored(client, EXAMPLES / f"{name}.yaml")
    shown.files["sound"] = _uploaded(client, _music(folder / "evening.wav"))
    shown.files["cat"] = client.get("/assets").json()["assets"][0]["content_hash"]
    shown.files["film"] = _output(client, _ended(client, _run(client, "title-card", [])))
    pictures = [
        _output(client, _ended(client, _run(client, name, ["cat"]))) for name in ("halftone", "duotone", "glitch")
    ]
    slides = dict(zip(("first", "second", "third"), pictures, strict=True))
    shown.runs["film"] = _ended(client, _run(client, "slideshow", {**slides, "music": shown.files["sound"]}))
    shown.runs["failed"] = _ended(client, _run(client, "breaks", ["cat"]))
    shown.runs["picture"] = _ended(client, _run(client, "dog", ["cat"]))
    shown.files["seen"] = _output(client, shown.runs["picture"])


def _music(path: Path) -> Path:
    """Plucked strings, each fading away."""
    rate, beat_s = 24_000, 0.5
    time_s = np.arange(int(rate * beat_s)) / rate
    plucks = [
        np.exp(-time_s * 6) * np.sin(2 * np.pi * 220 * 2 ** (note / 12) * time_s)
        for note in (0, 3, 7, 10, 12, 10, 7, 3)
    ]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.concatenate(plucks * 2) * 20_000).astype("<i2").tobytes())
    return path


def _uploaded(client: httpx.Client, path: Path) -> str:
    reply = client.post("/cache/upload", params={"name": path.name}, content=path.read_bytes())
    return str(reply.raise_for_status().json()["content_hash"])


def _stored(client: httpx.Client, path: Path) -> str:
    reply = client.post("/configs/upload", params={"name": path.name}, content=path.read_bytes())
    return str(reply.raise_for_status().json()["id"])


def _run(client: httpx.Client, recipe: str, given: list[str] | dict[str, str]) -> str:
    reply = client.post("/runs", json={"recipe": recipe, "inputs": given})
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


def _output(client: httpx.Client, run_id: str) -> str:
    return str(client.get(f"/runs/{run_id}").json()["output_hash"])


def _ended(client: httpx.Client, run_id: str) -> str:
    until = time.monotonic() + _PATIENCE_S
    while not client.get(f"/runs/{run_id}").json()["finished_at"]:
        assert time.monotonic() < until, f"run {run_id} does not end"
        time.sleep(0.1)
    return run_id
