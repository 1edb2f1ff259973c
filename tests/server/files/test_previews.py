"""Thumbnails and waveforms: made once, beside the requests that want them, and given to those who may read the file."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from artcelery.core.engine.people.file_previews import WAVEFORM
from artcelery.core.hashing import hash_bytes
from artcelery.core.media.peaks import Peaks
from artcelery.core.runs import now
from artcelery.core.state.records import Result
from artcelery.core.store.disk import DiskStore
from artcelery.server.previews import EMPTY_PICTURE
from tests.media_files import make_film, make_sound
from tests.server.files.people import UNKNOWN, People, new_picture, uploaded
from tests.server.running import RunningServer, running_server, server_settings


def preview(client: httpx.Client, what: str, **params: Any) -> httpx.Response:
    """A preview, asked for until it is made."""
    reply = client.get(f"/cache/{what}", params={"wait": 30, **params})
    while reply.status_code == 202:
        reply = client.get(f"/cache/{what}", params={"wait": 30, **params})
    return reply


def long_sound(folder: Path) -> bytes:
    """A sound whose waveform takes a while."""
    return make_sound(folder / "long.flac", seconds=1800, layout="mono", sample_rate=8000).read_bytes()


def test_a_preview_is_made_once_by_whoever_asks_first(server: RunningServer, client: httpx.Client) -> None:
    found = uploaded(client, new_picture(100_000))
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: preview(client, f"{found}/thumbnail").content, range(8)))
    assert len(set(given)) == 1
    (made,) = server.services.engine.state.results.of_content(hash_bytes(given[0]))
    assert server.settings.cache.joinpath(made.content_hash[:2], made.content_hash).read_bytes() == given[0]


def test_what_another_server_makes_is_waited_for_and_not_made_again(
    server: RunningServer, client: httpx.Client, samples: Path
) -> None:
    found = uploaded(client, (samples / "film.mp4").read_bytes())
    key, state = WAVEFORM.key_of(found), server.services.engine.state
    token = state.leases.acquire(f"preview:{key}", "elsewhere:1:1", 600)
    assert token
    assert client.get(f"/cache/{found}/waveform", params={"wait": 0}).status_code == 202
    theirs = DiskStore(server.settings.cache).put_bytes(Peaks(8000, 4, (-1, -2), (1, 2)).to_bytes())
    made = Result(key, WAVEFORM.encoding, theirs.content_hash, theirs.size_bytes, 0.1, now())
    state.results.put(made)
    state.leases.release(f"preview:{key}", token)
    assert preview(client, f"{found}/waveform").json()["data"] == [-1, 1, -2, 2]
    assert state.results.get(key, WAVEFORM.encoding) == made


def test_a_server_that_stops_leaves_nothing_that_makes_previews(tmp_path: Path) -> None:
    others = set(threading.enumerate())
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        sound = make_sound(tmp_path / "long.flac", seconds=900, layout="mono", sample_rate=8000)
        found = uploaded(client, sound.read_bytes())
        assert client.get(f"/cache/{found}/waveform", params={"wait": 0}).status_code == 202
        making = {thread for thread in threading.enumerate() if thread.name.startswith("making")} - others
        assert making
    for thread in making:
        thread.join(60)
        assert not thread.is_alive()


def test_who_does_not_wait_is_told_to_ask_again_and_sees_a_picture_meanwhile(
    client: httpx.Client, tmp_path: Path
) -> None:
    found = uploaded(client, long_sound(tmp_path), "long.flac")
    early = client.get(f"/cache/{found}/thumbnail", params={"wait": 0})
    assert (early.status_code, early.headers["retry-after"], early.headers["cache-control"]) == (202, "1", "no-store")
    assert early.content == EMPTY_PICTURE
    assert Image.open(io.BytesIO(early.content)).convert("RGBA").getpixel((0, 0))[3] == 0
    assert preview(client, f"{found}/thumbnail").status_code == 200
    late = client.get(f"/cache/{found}/thumbnail", params={"wait": 0})
    assert (late.status_code, late.headers["content-type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(late.content)).size == (256, 128)


def test_who_waits_for_previews_keeps_nobody_else_waiting(
    server: RunningServer, client: httpx.Client, tmp_path: Path
) -> None:
    sound = make_sound(tmp_path / "other.flac", seconds=1800, layout="mono", sample_rate=11025)
    found = uploaded(client, sound.read_bytes(), "other.flac")
    over: list[int] = []

    def ask(_: int) -> int:
        with server.client(timeout=120) as asker:
            over.append(preview(asker, f"{found}/waveform").status_code)
        return over[-1]

    with ThreadPoolExecutor(60) as pool:
        asking = [pool.submit(ask, number) for number in range(60)]
        while not over:
            assert client.get("/cache", params={"limit": 1}).status_code == 200
        assert {item.result() for item in asking} == {200}


@pytest.mark.parametrize("width", [1, 100, 512, 2048])
def test_a_waveform_has_as_many_columns_as_are_wanted_at_most(client: httpx.Client, samples: Path, width: int) -> None:
    found = uploaded(client, (samples / "sound.flac").read_bytes(), "sound.flac")
    reply = preview(client, f"{found}/waveform", width=width)
    said = reply.json()
    assert (said["version"], said["channels"], said["bits"]) == (2, 1, 8)
    assert width / 2 <= said["length"] <= width or width == 2048
    assert len(said["data"]) == 2 * said["length"]
    assert abs(said["length"] * said["samples_per_pixel"] / said["sample_rate"] - 1) < 0.05
    assert min(said["data"][::2]) < 0 < max(said["data"][1::2])
    again = client.get(reply.request.url, headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_however_wide_it_is_drawn_a_waveform_is_made_once(server: RunningServer, client: httpx.Client) -> None:
    data = make_sound(server.settings.home_dir / "once.flac", seconds=2, audio="sine=frequency=333").read_bytes()
    found = uploaded(client, data, "once.flac")
    tags = {preview(client, f"{found}/waveform", width=width).headers["etag"] for width in (10, 20, 40)}
    assert len(tags) == 3
    (made,) = {tag.strip('"').partition("-")[0] for tag in tags}
    assert len(server.services.engine.state.results.of_content(made)) == 1
    assert preview(client, f"{found}/thumbnail", size=128).status_code == 200


@pytest.mark.parametrize("width", ["0", "-1", "2049", "x", "1e3"])
def test_a_width_that_is_none_is_refused(client: httpx.Client, width: str) -> None:
    assert client.get(f"/cache/{UNKNOWN}/waveform", params={"width": width}).status_code == 422


def test_what_has_no_sound_has_no_waveform(client: httpx.Client, tmp_path: Path) -> None:
    silent = make_film(tmp_path / "silent.mp4", (64, 48), seconds=1, audio=None)
    for data in (new_picture(), silent.read_bytes()):
        found = uploaded(client, data)
        reply = client.get(f"/cache/{found}/waveform")
        assert (reply.status_code, reply.json()["detail"]) == (
            404,
            f"there is no waveform of {found}: it has no sound",
        )


def test_a_file_that_cannot_be_decoded_has_no_preview_and_its_decoder_is_not_asked_again_soon(
    client: httpx.Client, tmp_path: Path
) -> None:
    data = bytearray(make_sound(tmp_path / "sound.flac", seconds=30, sample_rate=8000).read_bytes())
    data[len(data) // 2 :] = b"\0" * (len(data) - len(data) // 2)
    found = uploaded(client, bytes(data), "cut.flac")
    replies = [preview(client, f"{found}/waveform") for _ in range(2)]
    assert [(reply.status_code, reply.json()["code"]) for reply in replies] == [(422, "media-unreadable")] * 2
    assert replies[0].json() == replies[1].json()
    assert "the file" in replies[0].json()["detail"]


def test_a_preview_of_what_is_anothers_is_not_there_also_when_it_is_made(people: People, samples: Path) -> None:
    alice, bob, visitor = people.client("alice"), people.client("bob"), people.client()
    found = uploaded(alice, (samples / "sound.flac").read_bytes())
    for what in ("thumbnail", "waveform"):
        assert preview(alice, f"{found}/{what}").status_code == 200
        assert bob.get(f"/cache/{found}/{what}").status_code == 404
        assert visitor.get(f"/cache/{found}/{what}").status_code == 401
        assert preview(people.operator(), f"{found}/{what}").status_code == 200


def test_previews_of_what_is_published_are_everybodys(people: People, samples: Path) -> None:
    found = uploaded(people.client("alice"), (samples / "film.mp4").read_bytes())
    people.l2.publish(found)
    for what in ("thumbnail", "waveform"):
        reply = preview(people.client(), f"{found}/{what}")
        assert (reply.status_code, reply.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
