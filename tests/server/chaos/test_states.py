"""States that do not answer: it is said in time that it is no fault of the request, and no more."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from artcelery.core.errors import UnreachableError
from artcelery.core.state.sqlite.explaining import explained
from tests.server.auth.site import site_with
from tests.server.l2_server import reference_l2
from tests.server.running import running_server, server_settings
from tests.services import redis_server


def test_a_file_that_another_process_locks_is_one_that_does_not_answer(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as one, closing(sqlite3.connect(path, 0)) as other:
        one.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnreachableError, match="stays locked by another process"), explained(path):
            other.execute("CREATE TABLE t (x)")


def test_users_do_not_hear_where_the_state_is_and_its_operator_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with reference_l2() as l2, redis_server(tmp_path / "redis") as redis:
        url = redis.url(5)
        with site_with(tmp_path, l2, redis_url=url) as site:
            token, client = site.token(), site.client()
            assert site.status(client, **site.bearer(token)) == 200
            redis.kill()
            reply = client.get("/configs", headers=site.bearer(token))
            assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
            assert "redis" not in reply.text
            assert str(redis.port) not in reply.text
            assert url in caplog.text
            redis.start()
            assert site.status(client, **site.bearer(site.token())) == 200
        with running_server(server_settings(tmp_path, redis_url=url)) as server, server.client() as client:
            redis.kill()
            assert url in client.get("/configs").json()["detail"]


def test_while_another_process_locks_the_state_requests_are_told_so_in_time_all_of_them(tmp_path: Path) -> None:
    """The client's patience is the bound: a locked state costs no more the more requests wait for it."""
    with running_server(server_settings(tmp_path)) as server, server.client(timeout=30) as client:
        run = client.post("/runs", json={"recipe": "dog", "inputs": ["cat"]}).json()["id"]
        asked = [("POST", f"/runs/{run}/cancel"), ("GET", "/runs"), ("PUT", "/assets/one"), ("GET", "/readyz")]
        with closing(sqlite3.connect(server.settings.state_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with ThreadPoolExecutor(24) as pool:
                replies = list(pool.map(lambda item: client.request(*item, json={"content_hash": "0" * 64}), 6 * asked))
        assert client.post(f"/runs/{run}/cancel").status_code == 200
    cancelled = [reply for reply in replies if reply.request.url.path.endswith("/cancel")]
    assert {(reply.status_code, reply.json()["code"]) for reply in cancelled} == {(503, "unreachable")}
    assert {reply.headers["retry-after"] for reply in cancelled} == {"5"}
    assert all("locked by another process" in reply.json()["detail"] for reply in cancelled)
    assert {reply.status_code for reply in replies} <= {200, 404, 422, 503}
