"""Who reaches what: anonymous, two users and the operator, at every route, with what is theirs and what is not.

What is another's must answer as what does not exist does, byte for byte but for the id that was asked for.
"""

from __future__ import annotations

import json

import pytest

from tests.server.house import NOTHING, UNKNOWN_HASH, UNKNOWN_RUN, House, Things, picture, without

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
        assert house.ask(who, route, house.things["quill"], params={"wait": 30}).status_code == 200, who
    assert house.ask("operator", route, NOTHING).status_code == 404


@pytest.mark.parametrize("route", sorted(FILE_ROUTES))
@pytest.mark.parametrize("who", ["nobody", "bob", "quill", "operator"])
def test_what_is_published_is_read_by_all(house: House, route: str, who: str) -> None:
    things = Things(house.published, UNKNOWN_RUN, UNKNOWN_HASH, UNKNOWN_RUN, "none")
    assert house.ask(who, route, things, params={"wait": 30}).status_code == 200


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
