"""What a server says of itself: which it is, whether it is well, its figures and its documentation."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from pathlib import Path

import pytest

import artcelery
from artcelery.core.engine import open_engine
from artcelery.core.settings import Settings
from artcelery.server import docs_page
from tests.server.running import running_server, server_settings

ROOT = Path(__file__).parents[3]
DOCS = Path(docs_page.__file__).parent
TOKEN = {"Authorization": "Bearer secret-of-the-operator"}


def figures(text: str) -> dict[str, float]:
    """The samples of the text format of Prometheus."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_root_says_which_server_it_is(tmp_path: Path) -> None:
    settings = server_settings(tmp_path, public_url="http://127.0.0.1:8100")
    with open_engine(settings) as engine:
        engine.render("identity", "cat")
        names = list(engine.effect_names())
    with running_server(settings) as server, server.client() as client:
        told = client.get("/").json()
    counts = told.pop("counts")
    assert told == {
        "name": "artcelery",
        "version": artcelery.__version__,
        "public_url": "http://127.0.0.1:8100",
        "actor": "@tester@here",
        "effects": names,
        "l2_origins": [],
    }
    assert (counts["runs"], counts["workers"]) == (1, 0)
    assert counts["files"] >= 1


def test_a_store_that_cannot_be_written_to_is_no_readiness(tmp_path: Path) -> None:
    settings = server_settings(tmp_path)
    settings.cache.parent.mkdir(parents=True)
    settings.cache.write_text("a file where a folder should be")
    with running_server(settings) as server, server.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        reply = client.get("/readyz")
        assert reply.status_code == 503
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert reply.json()["code"] == "unreachable"
        assert str(settings.cache) in reply.json()["detail"]
        settings.cache.unlink()
        assert client.get("/readyz").json() == {"status": "ok"}
        assert [path.name for path in settings.cache.glob(".tmp/*") if stat.S_ISDIR(os.stat(path).st_mode)] == []


def test_runs_passes_and_the_cache_are_told_in_figures(tmp_path: Path) -> None:
    settings = server_settings(tmp_path)
    with running_server(settings) as server, server.client() as client:
        before = figures(client.get("/metrics").text)
        assert before['artcelery_runs{status="completed"}'] == 0
        with open_engine(settings) as engine:
            engine.render("hue", "cat")
            engine.render("hue", "cat")
            files, size_bytes = engine.state.belongings("").files.total()
        after = figures(client.get("/metrics").text)
        again = figures(client.get("/metrics").text)
    assert after['artcelery_runs{status="completed"}'] == 2
    assert (after["artcelery_cache_hits_total"], after["artcelery_cache_misses_total"]) == (1, 1)
    assert after["artcelery_pass_seconds_count"] == after['artcelery_pass_seconds_bucket{le="+Inf"}'] == 1
    assert after["artcelery_pass_seconds_sum"] > 0
    assert (after["artcelery_cache_files"], after["artcelery_cache_bytes"]) == (files, size_bytes)
    assert again["artcelery_pass_seconds_count"] == 1


def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        for path in ("/healthz", "/healthz?a=CANARY", "/CANARY", "/docs/files/CANARY", "/download/client/CANARY"):
            client.get(path)
        client.request("CANARY", "/healthz")
        told = client.get("/metrics")
        counted = {name: value for name, value in figures(told.text).items() if "seconds_count{" in name}
    assert told.headers["Content-Type"].startswith("text/plain; version=")
    assert "CANARY" not in told.text
    assert counted['artcelery_request_seconds_count{method="GET",route="/healthz",status="200"}'] == 2
    assert counted['artcelery_request_seconds_count{method="GET",route="/download/client/{file}",status="404"}'] == 1
    unmatched = {name: value for name, value in counted.items() if 'route="(none)"' in name}
    assert sum(unmatched.values()) >= 2


def test_figures_are_for_the_operator(tmp_path: Path) -> None:
    settings = server_settings(tmp_path, api_token="secret-of-the-operator")
    with running_server(settings) as server, server.client() as client:
        assert client.get("/metrics").status_code == 401
        assert client.get("/metrics", headers=TOKEN).status_code == 200
        assert client.get("/readyz").status_code == 200


def test_the_vendored_files_are_what_their_list_says() -> None:
    listed = json.loads((DOCS / "vendored.json").read_text())
    ours = {"docs.js"}
    assert {path.name for path in (DOCS / "files").iterdir()} == set(listed["sha256"]) | ours
    for name, digest in listed["sha256"].items():
        assert hashlib.sha256((DOCS / "files" / name).read_bytes()).hexdigest() == digest, name


def test_the_documentation_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        page = client.get("/docs")
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'; style-src 'self';" in policy
        assert not re.search(r"https?:", policy + page.text)
        assert not re.search(r"<script(?! src=)|<style| on\w+=", page.text)
        loaded = re.findall(r'(?:src|href)="([^":]+)"', page.text)
        assert len(loaded) == 4
        for path in loaded:
            reply = client.get(f"/{path}")
            assert reply.status_code == 200, path
            again = client.get(f"/{path}", headers={"If-None-Match": reply.headers.get("ETag", "")})
            assert again.status_code in (200, 304)


@pytest.mark.parametrize("path", ["/docs/files/../__init__.py", "/docs/files/%2e%2e/vendored.json", "/docs/files/"])
def test_only_the_files_of_the_documentation_are_served_there(path: str, tmp_path: Path) -> None:
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        reply = client.get(path)
    assert (reply.status_code, reply.json()["code"]) == (404, "not-found")


def test_the_page_has_every_setting_and_metric_of_a_server(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "server.md").read_text()
    names = list(Settings.model_fields)
    for name in names[names.index("host") :]:
        assert f"`ARTCELERY_{name.upper()}`" in page, name
    with running_server(server_settings(tmp_path)) as server, server.client() as client:
        told = re.findall(r"^# TYPE (\S+) ", client.get("/metrics").text, re.MULTILINE)
    assert len(told) >= 10
    for name in told:
        assert f"`{name}" in page, name
