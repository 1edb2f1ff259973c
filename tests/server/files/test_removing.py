"""Who lets go of a file loses it, and nobody else does."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from artcelery.core.runs import new_run_id, now
from artcelery.core.state.protocol import State
from artcelery.core.state.records import Result, RunRecord, RunStatus
from tests.server.files.people import People, new_picture, uploaded


@pytest.fixture
def state(people: People) -> State:
    """What the server knows."""
    return people.server.services.engine.state


def user_of(people: People, client: httpx.Client) -> str:
    """How the server calls the user of a client."""
    number = client.headers["authorization"].rpartition("-")[2]
    return next(
        holder
        for data in [new_picture()]
        for holder in people.server.services.engine.state.holders(uploaded(client, data))
        if f"{number}@" in holder
    )


def is_stored(people: People, name: str) -> bool:
    """Whether the bytes are on the disk."""
    return people.server.settings.cache.joinpath(name[:2], name).exists()


def record_run(state: State, user: str, status: RunStatus = "completed", **given: object) -> str:
    """The id of a run of a user."""
    whose: dict[str, Any] = {"user": user, "asked": {"member": user}, **given}
    run = RunRecord(new_run_id(), status, "0" * 64, "a config", now(), **whose)
    state.runs.put(run)
    return run.id


def test_what_nobody_else_has_is_gone(people: People) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture(), "mine.png")
    reply = alice.delete(f"/cache/{name}")
    assert (reply.status_code, reply.json()["name"]) == (200, "mine.png")
    assert not is_stored(people, name)
    assert alice.get(f"/cache/{name}").status_code == 404
    assert alice.delete(f"/cache/{name}").status_code == 404
    assert people.operator().get(f"/cache/{name}").status_code == 404


def test_what_others_have_stays_theirs(people: People) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    data = new_picture()
    name = uploaded(alice, data)
    uploaded(bob, data)
    refused = people.operator().delete(f"/cache/{name}")
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        f"{name[:12]} belongs to 2 users; only they can let go of it",
    )
    assert alice.delete(f"/cache/{name}").status_code == 200
    assert alice.get(f"/cache/{name}").status_code == 404
    assert bob.get(f"/cache/{name}").content == data
    assert bob.delete(f"/cache/{name}").status_code == 200
    assert not is_stored(people, name)


@pytest.mark.parametrize("operator_first", [True, False])
def test_what_the_operator_brought_stays_when_users_let_go_of_it(people: People, operator_first: bool) -> None:
    alice, operator = people.client("alice"), people.operator()
    data = new_picture()
    for client in (operator, alice) if operator_first else (alice, operator):
        name = uploaded(client, data, "a picture.png")
    assert alice.delete(f"/cache/{name}").status_code == 200
    assert operator.get(f"/cache/{name}").content == data
    assert operator.delete(f"/cache/{name}").status_code == 200
    assert not is_stored(people, name)


def test_what_a_run_needs_is_kept_and_the_run_is_named(people: People, state: State) -> None:
    alice = people.client("alice")
    user = user_of(people, alice)
    names = [uploaded(alice, new_picture()) for _ in range(2)]
    run_id = record_run(state, user, inputs={"a": names[0]}, output_hash=names[1])
    for name in names:
        reply = alice.delete(f"/cache/{name}")
        assert (reply.status_code, reply.json()["code"]) == (409, "not-allowed")
        assert run_id in reply.json()["detail"]
        assert alice.get(f"/cache/{name}/meta").json()["used_by"] == [run_id]
    state.runs.remove(run_id)
    assert [alice.delete(f"/cache/{name}").status_code for name in names] == [200, 200]


def test_the_runs_of_others_are_never_named_but_their_files_stay(people: People, state: State) -> None:
    alice, bob = people.client("alice"), people.client("bob")
    name = uploaded(alice, new_picture())
    run_id = record_run(state, user_of(people, bob), inputs={"a": name})
    meta = alice.get(f"/cache/{name}/meta")
    assert (meta.json()["used_by"], run_id in meta.text) == ([], False)
    reply = alice.delete(f"/cache/{name}")
    assert (reply.status_code, run_id in reply.text) == (200, False)
    assert is_stored(people, name)
    refused = people.operator().delete(f"/cache/{name}")
    assert (refused.status_code, run_id in refused.text) == (409, True)


def test_what_has_a_name_is_kept(people: People) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture())
    assert alice.put("/assets/pretty", json={"content_hash": name}).status_code == 200
    reply = alice.delete(f"/cache/{name}")
    assert (reply.status_code, "'pretty'" in reply.json()["detail"]) == (409, True)
    assert alice.delete("/assets/pretty").status_code == 204
    assert alice.delete(f"/cache/{name}").status_code == 200


def test_what_is_a_result_too_stays_in_the_cache(people: People, state: State) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture())
    state.results.put(Result("1" * 64, "2" * 64, name, 1, 0.5, now(), record_run(state, "@somebody@else")))
    assert alice.get(f"/cache/{name}/meta").json()["made_by"] == []
    assert alice.delete(f"/cache/{name}").status_code == 200
    assert is_stored(people, name)


def test_who_made_a_file_is_said_to_who_made_it(people: People, state: State) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture())
    run_id = record_run(state, user_of(people, alice), output_hash=name)
    made_at = now()
    state.results.put(Result("3" * 64, "4" * 64, name, 1, 0.5, made_at, run_id))
    meta = alice.get(f"/cache/{name}/meta").json()
    assert meta["made_by"] == [{"run_id": run_id, "seconds": 0.5, "created_at": made_at}]


def test_a_published_file_stays(people: People) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture())
    people.l2.publish(name)
    for client in (alice, people.operator()):
        reply = client.delete(f"/cache/{name}")
        assert reply.status_code == 409, reply.text
    assert is_stored(people, name)


def test_a_thumbnail_goes_with_nobody_but_is_no_file_of_the_list(people: People) -> None:
    alice = people.client("alice")
    name = uploaded(alice, new_picture(10_000))
    assert alice.get(f"/cache/{name}/thumbnail", params={"size": 64, "wait": 30}).status_code == 200
    assert [item["content_hash"] for item in alice.get("/cache").json()["files"]] == [name]
    assert alice.delete(f"/cache/{name}").status_code == 200
    assert alice.get(f"/cache/{name}/thumbnail", params={"size": 64}).status_code == 404


def test_what_was_lost_counts_for_nobody_who_lets_go_of_it(people: People, state: State) -> None:
    for client in (people.client("alice"), people.operator()):
        name = uploaded(client, new_picture(), "lost.png")
        people.server.settings.cache.joinpath(name[:2], name).unlink()
        assert client.get(f"/cache/{name}").status_code == 404
        reply = client.delete(f"/cache/{name}")
        assert (reply.status_code, reply.json()["name"]) == (200, "lost.png")
        assert client.get("/cache", params={"name": "lost.png"}).json()["files"] == []
        assert (state.media.get(name), list(state.holders(name))) == (None, [])
        assert client.delete(f"/cache/{name}").status_code == 404
