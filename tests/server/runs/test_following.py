"""Who follows a run hears everything once, whenever they come and go; the work of the passes is done here by hand."""

from __future__ import annotations

import asyncio
import json
import random
import socket
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import httpx
import pytest

from artcelery.core.events import PassProgress, PassStarted, RunFinished, RunStarted
from artcelery.core.state.holder import holder_id
from artcelery.server.following import Followings
from tests.server.running import RunningServer, running_server, server_settings
from tests.server.runs.asking import follow, orders
from tests.worker.farm import until

LISTENERS = 200


class Hand:
    """A worker that does what the test says."""

    def __init__(self, server: RunningServer, run_id: str, name: str) -> None:
        self._passes, self._run_id, self._name = server.services.engine.state.passes, run_id, name
        self._token = ""

    def begin(self) -> None:
        self._token = self._passes.begin(self._run_id, self._name, "hand", holder_id(), 60).token

    def tell(self, done: int) -> None:
        assert self._passes.renew(self._run_id, self._name, self._token, 60, done)

    def give_back(self) -> None:
        self._passes.put_off(self._run_id, self._name, self._token, "it rests", 0.0, counted=False)


@pytest.fixture
def run_id(client: httpx.Client) -> Iterator[str]:
    """A run that waits, and is cancelled at the end."""
    params = {"acuity": random.random()}  # a picture that nobody works on
    run_id = orders(client, recipe="dog", inputs=["cat"], params=params)["id"]
    yield run_id
    client.post(f"/runs/{run_id}/cancel")


@pytest.fixture
def hand(server: RunningServer, run_id: str) -> Hand:
    return Hand(server, run_id, "apply_dog")


def readers(server: RunningServer) -> int:
    return int(server.app.state.followings.readers)


def test_what_happens_is_told_as_it_happens(
    client: httpx.Client, server: RunningServer, run_id: str, hand: Hand
) -> None:
    events = follow(client, run_id)
    first = next(events)
    assert (first.event, first.number) == (RunStarted(run_id, 1, 2, 1), 0)
    hand.begin()
    second = next(events)
    assert (second.event, second.number) == (PassStarted(run_id, "apply_dog", 1), 1)
    hand.tell(1)
    third = next(events)
    assert isinstance(third.event, PassProgress)
    assert (third.event.node_id, third.event.done, third.event.frames, third.number) == ("apply_dog", 1, 1, None)
    with server.client() as other:
        other.post(f"/runs/{run_id}/cancel")
    last = list(events)
    assert [item.event for item in last] == [RunFinished(run_id, "cancelled", "it was cancelled")]
    until(lambda: readers(server) == 0, "nobody reads")


def test_who_comes_back_hears_what_was_missed_and_nothing_twice(
    client: httpx.Client, server: RunningServer, run_id: str, hand: Hand
) -> None:
    for _ in range(3):
        hand.begin()
        hand.give_back()
    client.post(f"/runs/{run_id}/cancel")
    whole = list(follow(client, run_id))
    numbers = [item.number for item in whole]
    assert numbers == [0, 1, 3, 5, 7]
    for place, number in enumerate(numbers[:-1]):
        assert list(follow(client, run_id, after=number)) == whole[place + 1 :]
    between = list(follow(client, run_id, after=2))
    assert [item.number for item in between] == [3, 5, 7]
    told = client.get(f"/runs/{run_id}/events", headers={"Last-Event-ID": "7"})
    assert (told.status_code, told.content) == (204, b"")


def test_a_reply_that_is_cut_in_the_middle_goes_on_where_it_was(
    client: httpx.Client, server: RunningServer, run_id: str, hand: Hand
) -> None:
    hand.begin()
    events = follow(client, run_id)
    assert [next(events).number, next(events).number] == [0, 1]
    events.close()  # type: ignore[attr-defined]
    until(lambda: readers(server) == 0, "the reader is gone with its listener")
    hand.give_back()
    hand.begin()
    client.post(f"/runs/{run_id}/cancel")
    assert [item.number for item in follow(client, run_id, after=1)] == [3, 4]


def test_a_run_that_began_again_is_followed_to_its_second_end(client: httpx.Client, run_id: str, hand: Hand) -> None:
    hand.begin()
    client.post(f"/runs/{run_id}/cancel")
    hand.give_back()
    assert [item.number for item in follow(client, run_id)] == [0, 1, 2]
    assert client.post(f"/runs/{run_id}/retry").status_code == 202
    events = follow(client, run_id, after=2)
    hand.begin()
    started = next(events)
    assert (started.event, started.number) == (PassStarted(run_id, "apply_dog", 1), 4)
    with httpx.Client(base_url=client.base_url, trust_env=False) as other:
        other.post(f"/runs/{run_id}/cancel")
    assert [(item.event, item.number) for item in events] == [(RunFinished(run_id, "cancelled", "it was cancelled"), 5)]


def test_of_a_run_that_was_rendered_here_the_beginning_and_the_end_are_told(
    client: httpx.Client, server: RunningServer
) -> None:
    run = server.services.engine.render("hue", "cat").id
    ended = (RunFinished(run, "completed"), 1)
    assert [(item.event, item.number) for item in follow(client, run)] == [(RunStarted(run, 0, 2, 1), 0), ended]
    assert [(item.event, item.number) for item in follow(client, run, after=0)] == [ended]
    assert client.get(f"/runs/{run}/events", headers={"Last-Event-ID": "1"}).status_code == 204


@pytest.mark.parametrize("said", ["x", "-1", "1.5", str(2**53)])
def test_what_is_no_number_of_an_event_is_refused(client: httpx.Client, run_id: str, said: str) -> None:
    refused = client.get(f"/runs/{run_id}/events", headers={"Last-Event-ID": said})
    assert (refused.status_code, refused.json()["code"]) == (422, "request-invalid")


def test_a_server_that_stops_ends_the_stream_and_the_next_one_goes_on(tmp_path: Path) -> None:
    settings = server_settings(tmp_path)
    with running_server(settings) as first, first.client() as client:
        run_id = orders(client, recipe="dog", inputs=["cat"])["id"]
        hand = Hand(first, run_id, "apply_dog")
        events = follow(client, run_id)
        assert next(events).number == 0
        hand.begin()
        assert next(events).number == 1
        first.stop()
        assert list(events) == []
    with running_server(settings) as second, second.client() as client:
        events = follow(client, run_id, after=1)
        client.post(f"/runs/{run_id}/cancel")
        assert [item.number for item in events] == [2]


def test_a_run_that_is_removed_has_no_more_events(
    client: httpx.Client, server: RunningServer, run_id: str, hand: Hand
) -> None:
    hand.begin()
    events = follow(client, run_id)
    assert next(events).number == 0
    server.services.engine.state.runs.remove(run_id)
    assert [item.number for item in events] in ([], [1])
    assert client.get(f"/runs/{run_id}/events").status_code == 404


def test_many_hear_of_something_by_and_by_so_that_requests_come_between(
    server: RunningServer, run_id: str, hand: Hand
) -> None:
    turns = asyncio.run(turns_of_hearing(Followings(server.services.engine.state), run_id, hand, LISTENERS))
    assert len(turns) == LISTENERS
    assert max(turns.count(turn) for turn in turns) <= LISTENERS / 10


async def turns_of_hearing(followings: Followings, run_id: str, hand: Hand, many: int) -> list[int]:
    """In which turn of the event loop each of so many listeners hears that a pass begins."""
    turn, turns, listening = 0, list[int](), list[int]()

    async def listen() -> None:
        async with aclosing(followings.stream(run_id, None)) as stream:
            await anext(stream)
            listening.append(1)
            await anext(stream)
            turns.append(turn)

    listeners = [asyncio.create_task(listen()) for _ in range(many)]
    while len(turns) < many:
        turn += 1
        await asyncio.sleep(0)
        if len(listening) == many:
            listening.clear()
            hand.begin()
    await asyncio.gather(*listeners)
    return turns


def test_many_listeners_share_one_reader_and_hear_the_same(server: RunningServer, run_id: str, hand: Hand) -> None:
    heard = asyncio.run(_many(server, run_id, hand))
    expected = ["run-started", "pass-started", "pass-progress", "pass-started", "run-finished"]
    assert [[name for name, _ in events] for events in heard] == [expected] * LISTENERS
    assert {json.dumps(events) for events in heard} == {json.dumps(heard[0])}
    until(lambda: readers(server) == 0, "nobody reads")


@contextmanager
def _deaf(server: RunningServer, run_id: str) -> Iterator[None]:
    """A client that asks for events, and never reads any."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.sendall(f"GET /runs/{run_id}/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
        yield


async def _many(server: RunningServer, run_id: str, hand: Hand) -> list[list[tuple[str, dict[str, object]]]]:
    """What each of many listeners hears, while one that reads nothing is connected too."""
    heard: list[list[tuple[str, dict[str, object]]]] = [[] for _ in range(LISTENERS)]
    reached = asyncio.Condition()

    async def listen(client: httpx.AsyncClient, events: list[tuple[str, dict[str, object]]]) -> None:
        async with client.stream("GET", f"/runs/{run_id}/events") as reply:
            name = ""
            async for line in reply.aiter_lines():
                key, _, value = line.partition(": ")
                name = value if key == "event" else name
                if key == "data":
                    events.append((name, json.loads(value)))
                    async with reached:
                        reached.notify_all()

    async def all_have(count: int) -> None:
        async with reached, asyncio.timeout(60):
            await reached.wait_for(lambda: all(len(events) >= count for events in heard))

    limits = httpx.Limits(max_connections=None)
    with _deaf(server, run_id):
        async with httpx.AsyncClient(base_url=server.url, limits=limits, timeout=60, trust_env=False) as client:
            listeners = [asyncio.create_task(listen(client, events)) for events in heard]
            await all_have(1)
            assert readers(server) == 1
            for happens, count in ((hand.begin, 2), (lambda: hand.tell(1), 3), (hand.give_back, 3), (hand.begin, 4)):
                happens()
                await all_have(count)
            await client.post(f"/runs/{run_id}/cancel")
            await asyncio.gather(*listeners)
    return heard
