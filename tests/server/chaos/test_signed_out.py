"""Who is signed out while a request of theirs goes on does not go on for long."""

from __future__ import annotations

import io
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.server.auth.site import Site


def picture(seed: int) -> bytes:
    """A PNG of noise."""
    made = io.BytesIO()
    noise = np.random.default_rng(seed).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(made, "PNG")
    return made.getvalue()


def revoke(site: Site, token: str) -> None:
    """Say that a token counts no more, as its holder can."""
    site.l2.revoke(token)
    assert site.client().post("/auth/revoke", json={"token": token}).status_code == 200


def cut_short(site: Site, token: str, data: bytes) -> Iterator[bytes]:
    """A body in the middle of which its sender is signed out."""
    yield data[:100]
    revoke(site, token)
    yield data[100:]


def test_an_upload_of_one_who_is_signed_out_meanwhile_is_refused_and_not_kept(site: Site) -> None:
    token, client = site.token("ada"), site.client()
    body = cut_short(site, token, picture(1))
    reply = client.post("/cache/upload", content=body, headers=site.bearer(token))
    assert (reply.status_code, reply.json()["code"]) == (401, "sign-in")
    files = client.get("/cache", headers=site.bearer(site.token("ada"))).json()["files"]
    assert files == []


def test_an_upload_in_parts_stays_unfinished_when_its_sender_is_signed_out(site: Site) -> None:
    token, client, data = site.token("bea"), site.client(), picture(2)
    tus = {"Tus-Resumable": "1.0.0"}
    begun = client.post("/cache/uploads", headers={**site.bearer(token), **tus, "Upload-Length": str(len(data))})
    part = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    where = begun.headers["location"]
    reply = client.patch(where, content=cut_short(site, token, data), headers={**site.bearer(token), **part})
    assert reply.status_code == 401
    again = site.bearer(site.token("bea"))
    assert client.get("/cache", headers=again).json()["files"] == []
    at = client.head(where, headers={**again, **tus}).headers["upload-offset"]
    done = client.patch(where, content=data[int(at) :], headers={**again, **part, "Upload-Offset": at})
    assert (done.status_code, done.headers["upload-offset"]) == (204, str(len(data)))


def test_the_events_of_a_run_end_for_one_who_is_signed_out(site: Site) -> None:
    token, client = site.token("cleo"), site.client()
    sent = client.post("/cache/upload", content=picture(3), headers=site.bearer(token)).json()["content_hash"]
    run = client.post("/runs", json={"recipe": "dog", "inputs": [sent]}, headers=site.bearer(token)).json()["id"]
    with client.stream("GET", f"/runs/{run}/events", headers=site.bearer(token)) as events:
        told = events.iter_raw()
        assert b"retry: " in next(told)
        revoke(site, token)
        list(told)  # ends, though the run does not
    asked = client.get(f"/runs/{run}", headers=site.bearer(site.token("cleo"))).json()
    assert asked["status"] == "pending"
    with pytest.raises(httpx.HTTPStatusError, match="401"):
        client.get(f"/runs/{run}/events", headers=site.bearer(token)).raise_for_status()
