"""The files that pages load."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from artcelery.server.pages.statics import statics
from artcelery.server.wheel import client_wheel
from scripts.wheel_contents import faults
from tests.server.running import running_server, server_settings

ROOT = Path(__file__).parents[3]
VENDOR = "artcelery/server/pages/static/vendor"
LISTS = [VENDOR, "artcelery/server/docs_page", "tests/browser/vendor"]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_server(server_settings(tmp_path_factory.mktemp("server"))) as server, server.client() as client:
        yield client


def test_a_file_is_kept_for_ever_under_the_address_of_its_build(client: httpx.Client) -> None:
    reply = client.get(statics().url("app.css"))
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.headers["Content-Type"] == "text/css; charset=utf-8"
    folder = Path(str(files("artcelery.server.pages"))) / "static" / "css"
    assert reply.text == "\n".join(path.read_text() for path in sorted(folder.glob("*.css")))


def test_a_page_of_another_build_gets_what_is_there_now_and_does_not_keep_it(client: httpx.Client) -> None:
    reply = client.get("/static/0123456789abcdef/keys.js")
    assert (reply.status_code, reply.headers["Cache-Control"]) == (200, "no-cache")


def test_a_file_comes_packed_to_who_takes_that(client: httpx.Client) -> None:
    address = statics().url("vendor/htmx.min.js")
    packed, plain = (client.get(address, headers={"Accept-Encoding": name}) for name in ("gzip", "identity"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 2
    assert packed.content == plain.content
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(statics().files["vendor/htmx.min.js"].packed) == plain.content


@pytest.mark.parametrize(
    "name", ["no.js", "", "../rendering.py", "%2e%2e/rendering.py", "css/10-ground.css", "vendor/"]
)
def test_nothing_else_is_given(client: httpx.Client, name: str) -> None:
    assert client.get(f"/static/{statics().build}/{name}").status_code == 404


@pytest.mark.parametrize("name", sorted(statics().files))
def test_a_file_names_no_other_host(name: str) -> None:
    if name.endswith((".css", ".svg")) or (name.endswith(".js") and "vendor/" not in name):
        text = statics().files[name].data.decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|@import|url\(\s*['\"]?(?!data:|#)", text)


@pytest.mark.parametrize("folder", LISTS)
def test_vendored_files_are_what_their_list_says(folder: str) -> None:
    listed = json.loads((ROOT / folder / "vendored.json").read_text())
    for package in listed.get("packages", [listed]):
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert re.fullmatch(r"[0-9a-f]{64}", package["archive_sha256"])
        for name, digest in package["sha256"].items():
            inner = ROOT / folder / "files" if folder.endswith("docs_page") else ROOT / folder
            assert hashlib.sha256((inner / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_file_of_the_pages_is_listed_with_a_licence() -> None:
    listed = json.loads((ROOT / VENDOR / "vendored.json").read_text())["packages"]
    names = {name for package in listed for name in package["sha256"]}
    assert {path.name for path in (ROOT / VENDOR).iterdir()} == names | {"vendored.json"}
    assert all(package["license_file"] in package["sha256"] and package["license"] for package in listed)


def test_the_wheel_that_a_server_gives_holds_all_that_pages_need() -> None:
    with ZipFile(BytesIO(client_wheel().data)) as archive:
        assert list(faults(archive)) == []
