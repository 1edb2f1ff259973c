"""Names of files mean something to who gave them."""

from __future__ import annotations

import httpx
import pytest

from artcelery.core.runs import now
from artcelery.core.state.records import Asset
from tests.server.files.people import UNKNOWN, People, new_picture, uploaded


def names_of(client: httpx.Client) -> dict[str, str]:
    """What files are called, without the built-in assets."""
    found = client.get("/assets", params={"limit": 1000}).json()["assets"]
    return {item["name"]: item["content_hash"] for item in found if not item["built_in"]}


def test_a_name_means_a_file_until_it_is_given_to_another_or_forgotten(people: People) -> None:
    client = people.client("namer")
    first, second = (uploaded(client, new_picture()) for _ in range(2))
    for name in (first, second):
        reply = client.put("/assets/my picture", json={"content_hash": name})
        assert (reply.status_code, reply.json()["name"], reply.json()["built_in"]) == (200, "my picture", False)
        assert names_of(client) == {"my picture": name}
    assert client.get(f"/cache/{second}/meta").json()["names"] == ["my picture"]
    assert client.delete("/assets/my%20picture").status_code == 204
    assert client.delete("/assets/my%20picture").status_code == 404
    assert names_of(client) == {}
    assert client.get(f"/cache/{second}").status_code == 200


def test_names_of_others_are_theirs(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    theirs, mine = uploaded(alice, new_picture()), uploaded(bob, new_picture())
    assert alice.put("/assets/best", json={"content_hash": theirs}).status_code == 200
    assert bob.delete("/assets/best").status_code == 404
    assert bob.put("/assets/best", json={"content_hash": mine}).status_code == 200
    assert (names_of(alice), names_of(bob)) == ({"best": theirs}, {"best": mine})
    assert people.client().get("/assets").status_code == 401


def test_only_what_one_may_read_is_named(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    name = uploaded(alice, new_picture())
    theirs = bob.put("/assets/x", json={"content_hash": name})
    none = bob.put("/assets/x", json={"content_hash": UNKNOWN})
    assert theirs.status_code == none.status_code == 404
    assert theirs.text.replace(name, "?") == none.text.replace(UNKNOWN, "?")
    published = uploaded(alice, new_picture())
    people.l2.publish(published)
    assert bob.put("/assets/x", json={"content_hash": published}).status_code == 200
    assert names_of(bob) == {"x": published}


def test_built_in_assets_are_everybodys(people: People) -> None:
    client = people.client("newcomer")
    (cat,) = client.get("/assets").json()["assets"]
    assert (cat["name"], cat["built_in"], cat["created_at"]) == ("cat", True, None)
    assert client.delete("/assets/cat").status_code == 404
    name = uploaded(client, new_picture())
    assert client.put("/assets/cat", json={"content_hash": name}).status_code == 200
    assert names_of(client) == {"cat": name}
    assert client.delete("/assets/cat").status_code == 204
    assert client.get("/assets").json()["assets"] == [cat]


@pytest.mark.parametrize("name", [".hidden", "%2e%2e", "a%2fb", UNKNOWN, "a%00b", "a%0ab", "%E2%80%AE"])
def test_what_can_be_no_name_is_refused(client: httpx.Client, name: str) -> None:
    found = uploaded(client, new_picture())
    reply = client.put(f"/assets/{name}", json={"content_hash": found})
    assert reply.status_code in (400, 404), reply.text
    assert names_of(client) == {}


@pytest.mark.parametrize("body", [{}, {"content_hash": 5}, {"content_hash": UNKNOWN, "more": 1}, [], "x"])
def test_what_names_nothing_is_refused(client: httpx.Client, body: object) -> None:
    assert client.put("/assets/x", json=body).status_code == 422


def test_names_come_in_pages(people: People) -> None:
    client = people.client("collector")
    name = uploaded(client, new_picture())
    for number in range(5):
        assert client.put(f"/assets/n{number}", json={"content_hash": name}).status_code == 200
    found, cursor = [], None
    while True:
        page = client.get("/assets", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        assert len(page["assets"]) <= 2
        found += [item["name"] for item in page["assets"]]
        if (cursor := page["cursor"]) is None:
            break
    assert found == ["cat", "n0", "n1", "n2", "n3", "n4"]


def test_there_are_not_too_many_names(people: People) -> None:
    client = people.client("baptist")
    data = new_picture()
    name = uploaded(client, data)
    state = people.server.services.engine.state
    (user,) = state.holders(name)
    for number in range(1000):
        state.belongings(user).assets.put(Asset(f"n{number}", name, now()))
    reply = client.put("/assets/another", json={"content_hash": name})
    assert (reply.status_code, reply.json()["code"]) == (429, "quota")
    assert client.put("/assets/n0", json={"content_hash": name}).status_code == 200
    assert client.delete("/assets/n1").status_code == 204
    assert client.put("/assets/another", json={"content_hash": name}).status_code == 200
