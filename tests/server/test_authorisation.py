"""Who reaches what: anonymous, two users and the operator, at every route, with what is theirs and what is not.

What is another's must answer as what does not exist does, byte for byte but for the id that was asked for.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.server.l2_server import reference_l2
from tests.server.running import RunningServer, running_server, server_settings
from tests.services import free_port

OPERATOR_TOKEN = "the-operators-own-token-of-this-test"
UNKNOWN_HASH = "e" * 63 + "1"
UNKNOWN_RUN = "01m89wpsdmnsa6rhs4fenf6xh7"
METHODS = ("get", "head", "post", "put", "patch", "delete", "options")

# Routes where nothing is anybody's: what they say is for all, or is who asks for.
NOBODYS = {
    "GET /",
    "GET /effects",
    "GET /effects/{name}",
    "GET /auth",
    "GET /auth/begin",
    "GET /auth/confirm",
    "POST /auth/confirm",
    "POST /auth/revoke",
    "POST /auth/revoke-user",
    "GET /logout",
    "POST /logout",
    "GET /download/client",
    "GET /download/client/{file}",
    "GET /healthz",
    "GET /readyz",
    "OPTIONS /cache/uploads",
}
# Routes that make something of one's own, or list it.
OWN = {
    "GET /runs",
    "POST /runs",
    "POST /runs/plan",
    "GET /cache",
    "POST /cache/upload",
    "POST /cache/uploads",
    "GET /assets",
    "PUT /assets/{name}",
    "POST /configs/upload",
    "GET /configs",
}
OPERATORS = {"GET /workers", "GET /metrics", "PUT /cache/{content_hash}", "POST /cache/import"}
FILE_ROUTES = {
    "GET /cache/{content_hash}",
    "HEAD /cache/{content_hash}",
    "GET /cache/{content_hash}/meta",
    "GET /cache/{content_hash}/thumbnail",
}
# What is somebody's, by the name of its parameter: what of it is reached how.
SOMEBODYS = {
    *FILE_ROUTES,
    "GET /cache/{content_hash}/waveform",
    "DELETE /cache/{content_hash}",
    "GET /runs/{run_id}",
    "GET /runs/{run_id}/events",
    "GET /runs/{run_id}/journal",
    "GET /runs/{run_id}/plan",
    "GET /runs/{run_id}/provenance",
    "POST /runs/{run_id}/cancel",
    "POST /runs/{run_id}/retry",
    "DELETE /runs/{run_id}",
    "HEAD /cache/uploads/{upload_id}",
    "PATCH /cache/uploads/{upload_id}",
    "DELETE /cache/uploads/{upload_id}",
    "DELETE /assets/{name}",
    "GET /configs/{config_id}",
    "DELETE /configs/{config_id}",
    "POST /configs/{config_id}/run",
}
CONFIG = """\
name: {name}
dag:
  nodes:
    - {{id: picture, type: SOURCE, config: {{input: true}}}}
    - {{id: seen, type: EFFECT, config: {{effect: sepia}}, inputs: picture}}
  output: seen
"""


@dataclass(frozen=True)
class Things:
    """What one user has: of each kind one thing."""

    content_hash: str
    run_id: str
    config_id: str
    upload_id: str
    name: str

    def of(self, parameter: str) -> str:
        """The thing that a parameter of a route means."""
        return str(getattr(self, parameter))

    @property
    def secrets(self) -> set[str]:
        """What nobody else may read of it anywhere."""
        return {self.content_hash, self.run_id, self.config_id, self.upload_id, self.name}


NOTHING = Things(UNKNOWN_HASH, UNKNOWN_RUN, UNKNOWN_HASH, "f" * 32, "no-such-name")


@dataclass(frozen=True)
class House:
    """A server with two users and what they have, and everybody's client."""

    server: RunningServer
    clients: dict[str, httpx.Client]
    things: dict[str, Things]
    published: str

    def ask(self, who: str, route: str, things: Things, **given: Any) -> httpx.Response:
        """The reply to somebody at a route, with things in the place of its parameters."""
        method, _, path = route.partition(" ")
        names = {name: things.of(name) for name in ("content_hash", "run_id", "config_id", "upload_id", "name")}
        headers = {"Tus-Resumable": "1.0.0", **given.pop("headers", {})}
        if method == "PATCH":
            headers |= {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            given.setdefault("content", b"x")
        if route == "POST /configs/{config_id}/run":
            given.setdefault("json", {"inputs": ["cat"]})
        return self.clients[who].request(method, path.format(**names), headers=headers, **given)


def picture(colour: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (32, 24), colour).save(made, "PNG")
    return made.getvalue()


def things_of(client: httpx.Client, who: str, colour: tuple[int, int, int]) -> Things:
    """Upload, name, render and store something as one user."""

    def told(reply: httpx.Response) -> Any:
        assert reply.status_code in (200, 201, 202), reply.text
        return reply.json() if reply.content else None

    content_hash = told(client.post("/cache/upload", params={"name": f"{who}.png"}, content=picture(colour)))[
        "content_hash"
    ]
    told(client.put(f"/assets/{who}s-picture", json={"content_hash": content_hash}))
    run_id = told(client.post("/runs", json={"recipe": "identity", "inputs": [content_hash]}))["id"]
    config_id = told(client.post("/configs/upload", content=CONFIG.format(name=f"{who}s-config").encode()))["id"]
    begun = client.post("/cache/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100"})
    assert begun.status_code == 201, begun.text
    upload_id = begun.headers["location"].rpartition("/")[2]
    return Things(content_hash, run_id, config_id, upload_id, f"{who}s-picture")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with reference_l2() as l2:
        given = {"public_url": url, "l2_urls": l2.origin, "api_token": OPERATOR_TOKEN}
        settings = server_settings(tmp_path_factory.mktemp("house"), **given)
        with running_server(settings, port=port) as server:
            tokens = {who: l2.give(f"token-of-{who}", who, url) for who in ("quill", "bob")} | {
                "operator": OPERATOR_TOKEN
            }
            headers = {who: {"Authorization": f"Bearer {token}"} for who, token in tokens.items()} | {"nobody": {}}
            clients = {who: server.client(headers=shown) for who, shown in headers.items()}
            try:
                things = {
                    "quill": things_of(clients["quill"], "quill", (250, 10, 10)),
                    "bob": things_of(clients["bob"], "bob", (10, 10, 250)),
                }
                published = clients["quill"].post("/cache/upload", content=picture((1, 200, 1))).json()["content_hash"]
                l2.publish(published)
                yield House(server, clients, things, published)
            finally:
                for client in clients.values():
                    client.close()


def without(reply: httpx.Response, things: Things) -> tuple[int, bytes, dict[str, str]]:
    """What a reply says, but for the things that were asked for and when it was said."""
    body = reply.content
    for secret in sorted(things.secrets, key=len, reverse=True):
        body = body.replace(secret.encode(), b"THING").replace(secret[:12].encode(), b"THI")
    headers = {name: value for name, value in reply.headers.items() if name not in ("date", "content-length")}
    return reply.status_code, body, headers


def test_every_route_is_in_the_matrix(house: House) -> None:
    paths = house.clients["nobody"].get("/openapi.json").json()["paths"]
    routes = {f"{method.upper()} {path}" for path, said in paths.items() for method in said if method in METHODS}
    assert routes == NOBODYS | OWN | OPERATORS | SOMEBODYS


@pytest.mark.parametrize("route", sorted(SOMEBODYS))
def test_what_is_anothers_answers_as_what_does_not_exist(house: House, route: str) -> None:
    for who, other in (("bob", "quill"), ("quill", "bob")):
        theirs, none = house.things[other], NOTHING
        refused = without(house.ask(who, route, theirs), theirs)
        assert refused == without(house.ask(who, route, none), none)
        assert refused[0] == 404


@pytest.mark.parametrize("route", sorted(SOMEBODYS | OWN | OPERATORS))
def test_who_is_not_signed_in_is_told_so_whatever_they_ask_for(house: House, route: str) -> None:
    replies = [without(house.ask("nobody", route, things), things) for things in (house.things["quill"], NOTHING)]
    assert replies[0] == replies[1]
    assert replies[0][0] == 401


@pytest.mark.parametrize("route", sorted(OPERATORS))
def test_what_is_the_operators_is_refused_to_users(house: House, route: str) -> None:
    given = {"params": {"path": "/etc/hostname"}} if route == "POST /cache/import" else {}
    reply = house.ask("quill", route, house.things["quill"], **given)
    assert reply.status_code == 403
    assert reply.json()["code"] == "forbidden"


READ = ["GET /runs/{run_id}", "GET /runs/{run_id}/plan", "GET /runs/{run_id}/provenance", "GET /configs/{config_id}"]


@pytest.mark.parametrize("route", [*sorted(FILE_ROUTES), *READ])
def test_what_is_ones_own_is_reached_by_its_owner_and_by_the_operator(house: House, route: str) -> None:
    for who in ("quill", "operator"):
        assert house.ask(who, route, house.things["quill"]).status_code == 200, who
    assert house.ask("operator", route, NOTHING).status_code == 404


@pytest.mark.parametrize("route", sorted(FILE_ROUTES))
@pytest.mark.parametrize("who", ["nobody", "bob", "quill", "operator"])
def test_what_is_published_is_read_by_all(house: House, route: str, who: str) -> None:
    things = Things(house.published, UNKNOWN_RUN, UNKNOWN_HASH, UNKNOWN_RUN, "none")
    assert house.ask(who, route, things).status_code == 200


def test_no_reply_to_a_user_names_anything_of_another(house: House) -> None:
    secrets = house.things["quill"].secrets
    lists = ["/", "/runs", "/runs?status=completed", "/cache", "/cache?name=quill", "/assets", "/configs", "/effects"]
    own = house.things["bob"]
    details = [f"/runs/{own.run_id}", f"/runs/{own.run_id}/provenance", f"/cache/{own.content_hash}/meta", "/logout"]
    for path in [*lists, *details]:
        reply = house.clients["bob"].get(path)
        assert reply.status_code == 200, (path, reply.text)
        assert not [secret for secret in secrets if secret in reply.text], path
        assert "quill" not in json.dumps(reply.json()), path


def test_runs_of_another_are_not_asked_for_by_their_user(house: House) -> None:
    quill = house.clients["quill"].get("/runs").json()["runs"][0]["user"]
    reply = house.clients["bob"].get("/runs", params={"user": quill})
    assert reply.status_code == 403
    assert house.clients["operator"].get("/runs", params={"user": quill}).json()["runs"]


def test_the_same_bytes_are_each_uploaders_own(house: House) -> None:
    shared = picture((7, 77, 177))
    hashes = {
        who: house.clients[who].post("/cache/upload", params={"name": f"{who}-shared.png"}, content=shared).json()
        for who in ("quill", "bob")
    }
    content_hash = hashes["quill"]["content_hash"]
    assert content_hash == hashes["bob"]["content_hash"]
    assert hashes["bob"]["name"] == "bob-shared.png"
    assert house.clients["quill"].delete(f"/cache/{content_hash}").status_code == 200
    assert house.clients["quill"].get(f"/cache/{content_hash}").status_code == 404
    assert house.clients["bob"].get(f"/cache/{content_hash}").content == shared


def test_a_run_uses_nothing_that_is_anothers(house: House) -> None:
    theirs = house.things["quill"]
    orders = [
        {"recipe": "sepia", "inputs": [theirs.content_hash]},
        {"recipe": "sepia", "inputs": [theirs.name]},
        {"recipe": theirs.config_id, "inputs": ["cat"]},
        {"recipe": "quills-config", "inputs": ["cat"]},
    ]
    nothing = [
        {"recipe": "sepia", "inputs": [NOTHING.content_hash]},
        {"recipe": "sepia", "inputs": [NOTHING.name]},
        {"recipe": NOTHING.config_id, "inputs": ["cat"]},
        {"recipe": "none-config", "inputs": ["cat"]},
    ]
    for order, unknown in zip(orders, nothing, strict=True):
        for path in ("/runs", "/runs/plan"):
            replies = [house.clients["bob"].post(path, json=item) for item in (order, unknown)]
            assert replies[0].status_code == replies[1].status_code
            assert replies[0].status_code in (400, 404, 422)
    inside = "name: reaching\ndag:\n  nodes:\n    - {{id: picture, type: SOURCE, config: {{{0}}}}}\n  output: picture\n"
    for said in (f"hash: {theirs.content_hash}", f"asset: {theirs.name}"):
        reply = house.clients["bob"].post("/configs/upload", content=inside.format(said).encode())
        if reply.status_code == 201:
            reply = house.clients["bob"].post(f"/configs/{reply.json()['id']}/run", json={"inputs": []})
        assert reply.status_code in (400, 404, 422), (said, reply.text)


def test_nothing_of_the_owners_has_gone_after_all_that(house: House) -> None:
    for who in ("quill", "bob"):
        things, client = house.things[who], house.clients[who]
        assert client.get(f"/runs/{things.run_id}").json()["status"] == "completed"
        assert client.get(f"/cache/{things.content_hash}").status_code == 200
        assert client.get(f"/configs/{things.config_id}").status_code == 200
        assert things.name in client.get("/assets").text
        assert client.head(f"/cache/uploads/{things.upload_id}", headers={"Tus-Resumable": "1.0.0"}).status_code == 200
