"""Asking a server for runs, as its clients do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from httpx_sse import connect_sse

from artcelery.core.events import Event, event_from

__all__ = ["Heard", "follow", "orders", "upload"]

CUTS = """\
name: cuts
dag:
  nodes:
    - {id: film, type: SOURCE, config: {input: true}}
    - {id: a, type: SEGMENT, config: {offset: 0, duration: 0.4}, inputs: film}
    - {id: b, type: SEGMENT, config: {offset: 0.8, duration: 0.4}, inputs: film}
    - {id: cut, type: SEQUENCE, inputs: [a, b]}
  output: cut
"""


@dataclass(frozen=True)
class Heard:
    """One server-sent event."""

    event: Event
    number: int | None


def follow(client: httpx.Client, run_id: str, after: int | None = None) -> Iterator[Heard]:
    """The events of a run as they come."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with connect_sse(client, "GET", f"/runs/{run_id}/events", headers=headers) as source:
        number = ""
        for sent in source.iter_sse():
            is_new, number = sent.id != number, sent.id
            event = event_from(sent.event, json.loads(sent.data))
            assert event is not None, sent.event
            yield Heard(event, int(sent.id) if is_new else None)


def upload(client: httpx.Client, text: str, name: str = "film.yaml") -> dict[str, Any]:
    """Keep a config; the reply."""
    reply = client.post("/configs/upload", params={"name": name}, content=text.encode())
    assert reply.status_code == 201, reply.text
    assert reply.headers["Location"] == f"/configs/{reply.json()['id']}"
    return dict(reply.json())


def orders(client: httpx.Client, **order: Any) -> dict[str, Any]:
    """Start a run; the reply."""
    reply = client.post("/runs", json=order)
    assert reply.status_code == 202, reply.text
    assert reply.headers["Location"] == f"/runs/{reply.json()['id']}"
    return dict(reply.json())
