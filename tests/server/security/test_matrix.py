"""Requests as other sites can make them, in every combination: none of them changes anything."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.server.auth.site import Site, facts_of, site_with
from tests.server.files.people import new_picture
from tests.server.l2_server import ReferenceL2, reference_l2

_CONFIG = """\
name: matrix-{number}
dag:
  nodes:
    - {{id: cat, type: SOURCE, config: {{input: true}}}}
  output: cat
"""
_KINDS = ["application/json", "text/plain", "application/x-www-form-urlencoded", "application/yaml", None]
_SITES = [None, "same-origin", "none", "same-site", "cross-site", "whatever"]
_OUR_SITES = {None, "same-origin", "none"}


@dataclass(frozen=True)
class _Case:
    """One request: what it would change, and where it says that it comes from."""

    method: str
    path: str
    host: str
    origin: str | None
    site: str | None
    kind: str | None

    @property
    def headers(self) -> dict[str, str]:
        """What stands in it."""
        said = {"Host": self.host, "Origin": self.origin, "Sec-Fetch-Site": self.site, "Content-Type": self.kind}
        return {name: value for name, value in said.items() if value is not None}

    def is_ours(self, port: int, has_cookie: bool, public: str | None) -> bool:
        """Whether one of the server's own pages or a program may have sent it."""
        if self.host not in (f"127.0.0.1:{port}", f"localhost:{port}") or self.site not in _OUR_SITES:
            return False
        if self.origin is None:
            return self.site is not None or not has_cookie
        return self.origin in (public, f"http://{self.host}")


def _cases(port: int, targets: list[tuple[str, str]]) -> list[_Case]:
    hosts = [f"127.0.0.1:{port}", f"localhost:{port}", "evil.example", f"127.0.0.1.evil.example:{port}"]
    origins = [None, hosts[0], hosts[1], "null", "https://evil.example", f"http://localhost:{port + 1}"]
    origins = [f"http://{origin}" if origin in hosts else origin for origin in origins]
    kinds = itertools.cycle(_KINDS)
    return [
        _Case(method, path, host, origin, site, next(kinds))
        for (method, path), host, origin, site in itertools.product(targets, hosts, origins, _SITES)
    ]


def _send(client: httpx.Client, case: _Case, body: str, cookie: str) -> httpx.Response:
    client.cookies.clear()  # what another request was given
    headers = {**case.headers, **({"Cookie": cookie} if cookie else {})}
    return client.request(case.method, case.path, headers=headers, content=body)


@pytest.fixture(scope="module")
def l2() -> Iterator[ReferenceL2]:
    with reference_l2() as l2:
        yield l2


def _run(site: Site, cookie: str, targets: list[tuple[str, str]], bodies: dict[str, str]) -> None:
    client, port = site.client(), int(site.url.rpartition(":")[2])
    cases = _cases(port, targets)
    assert len(cases) >= 300
    is_ours = {case: case.is_ours(port, bool(cookie), site.server.settings.public_url) for case in cases}
    own, foreign = ([case for case in cases if is_ours[case] is whose] for whose in (True, False))
    before = facts_of(site)
    refused = [_send(client, case, bodies.get(case.path, ""), cookie) for case in foreign]
    assert {reply.status_code for reply in refused} == {403, 421}
    assert {reply.json()["code"] for reply in refused} == {"forbidden", "host-unknown"}
    assert not any("access-control" in name for reply in refused for name in reply.headers)
    assert facts_of(site) == before
    heard = [_send(client, case, bodies.get(case.path, ""), cookie) for case in own]
    assert not any("would change something" in reply.text or reply.status_code == 421 for reply in heard)
    assert facts_of(site) != before


def test_no_other_site_changes_anything_in_local_mode(l2: ReferenceL2, tmp_path: Path) -> None:
    config = _CONFIG.format(number=1)
    with site_with(tmp_path, l2, l2_urls=(), public_url=None) as site:
        kind = {"Content-Type": "application/yaml"}
        path = f"/configs/{site.client().post('/configs/upload', content=config, headers=kind).json()['id']}"
        targets = [("POST", "/configs/upload"), ("PUT", "/assets/cat"), ("DELETE", "/assets/cat"), ("DELETE", path)]
        targets += [("POST", "/runs"), ("PATCH", path), ("POST", "/cache/import?path=/etc/passwd")]
        _run(site, "", targets, {"/configs/upload": _CONFIG.format(number=2), "/runs": '{"recipe": "dog"}'})


def test_no_other_site_changes_anything_for_who_is_signed_in(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        token = site.token()
        cookie = f"artcelery_session={site.signed_in(token=token).cookies['artcelery_session']}"
        revoking = f'{{"token": "{site.token()}"}}'
        targets = [("POST", "/configs/upload"), ("POST", "/auth/revoke"), ("POST", "/logout"), ("DELETE", "/assets/a")]
        _run(site, cookie, targets, {"/auth/revoke": revoking, "/configs/upload": _CONFIG.format(number=3)})


def _buttons(client: httpx.Client) -> list[tuple[str, str]]:
    """All that can be pressed on the pages of somebody who has a file, a recipe and a run."""
    file = client.post("/cache/upload", content=new_picture()).json()["content_hash"]
    kind = {"Content-Type": "application/yaml"}
    recipe = client.post("/configs/upload", content=_CONFIG.format(number=4), headers=kind).json()["id"]
    run = client.post("/runs", json={"recipe": "dog", "inputs": [file]}).json()["id"]
    on_file = [f"media/{file}/{what}" for what in ("forget-name", "name", "delete")]
    on_run = [f"runs/{run}/{what}" for what in ("cancel", "retry", "delete")]
    rest = ["media/upload", "order", "recipes", f"recipes/{recipe}/delete"]
    return [("POST", f"/do/{what}") for what in (*on_file, *on_run, *rest)]


def _pressed_by_others(site: Site, cookie: str, targets: list[tuple[str, str]]) -> None:
    _run(site, cookie, targets, {path: "name=a-name" for _, path in targets if "name" in path})


def test_no_other_site_presses_a_button_in_local_mode(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2, l2_urls=(), public_url=None) as site:
        _pressed_by_others(site, "", _buttons(site.client()))


def test_no_other_site_presses_a_button_of_who_is_signed_in(l2: ReferenceL2, tmp_path: Path) -> None:
    with site_with(tmp_path, l2) as site:
        token = site.token()
        cookie = f"artcelery_session={site.signed_in(token=token).cookies['artcelery_session']}"
        targets = _buttons(site.client(headers=site.bearer(token)))
        _pressed_by_others(site, cookie, [*targets, ("POST", "/sign-in")])


@pytest.mark.parametrize("has_cookie", [True, False])
def test_no_other_site_signs_the_operator_in_or_out(l2: ReferenceL2, tmp_path: Path, has_cookie: bool) -> None:
    token = "of-the-operator"
    with site_with(tmp_path, l2, l2_urls=(), public_url=None, api_token=token) as site:
        reply = site.client().post("/sign-in", data={"token": token}, headers={"Origin": site.url})
        cookie = f"artcelery_session={reply.cookies['artcelery_session']}" if has_cookie else ""
        targets = [("POST", "/sign-in"), ("POST", "/do/order"), ("POST", "/do/recipes"), ("POST", "/logout")]
        _run(site, cookie, targets, {"/sign-in": f"token={token}"})
