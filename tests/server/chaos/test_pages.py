"""Pages that are open while the state goes away and comes back."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from httpx_sse import connect_sse

from tests.server.running import running_server, server_settings
from tests.services import redis_server

HTML = {"Accept": "text/html"}


def test_who_looks_at_a_run_hears_its_end_though_the_state_was_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server(tmp_path / "redis", appendonly=True) as redis:
        settings = server_settings(tmp_path, redis_url=redis.url(3))
        with running_server(settings) as server, server.client(timeout=30) as client:
            run = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}).json()["id"]
            page = client.get(f"/run/{run}", headers=HTML).text
            live = re.search(r'data-live="([^"]+)"', page)
            assert live
            with connect_sse(client, "GET", unescape(live[1])) as source:
                assert source.response.status_code == 200
                redis.kill()
                with server.client() as other:
                    away = other.get(f"/run/{run}", headers=HTML)
                    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
                    assert "<h1>The server cannot answer just now</h1>" in away.text
                    redis.start()
                    assert other.post(f"/runs/{run}/cancel").status_code == 200
                told = list(source.iter_sse())
    assert {event.event for event in told[:-1]} == {"pieces"}  # once or more: it may have been heard to wait before
    assert (told[-1].event, told[-1].data) == ("end", "The run is cancelled.")
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
