"""Runs that tests of pages begin by the API."""

from __future__ import annotations

import time
from typing import Any

import httpx

__all__ = ["Orders"]

_PATIENCE_S = 60.0


class Orders:
    """Begins runs at a server, and waits for them."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def begin(self, recipe: str, *inputs: str, **given: Any) -> str:
        """The id of a run that has begun."""
        return self._begun({"recipe": recipe, "inputs": list(inputs), **given})

    def begin_config(self, text: str, **given: Any) -> str:
        """The same, of the text of a config."""
        return self._begun({"config": text, **given})

    def ended(self, run_id: str) -> str:
        """The id of the run, when it is over."""
        until = time.monotonic() + _PATIENCE_S
        while not self.client.get(f"/runs/{run_id}").json()["finished_at"]:
            assert time.monotonic() < until, f"run {run_id} does not end"
            time.sleep(0.05)
        return run_id

    def upload(self, name: str, data: bytes) -> str:
        """The content hash of a file that was uploaded."""
        reply = self.client.post("/cache/upload", params={"name": name}, content=data)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["content_hash"])

    def _begun(self, order: dict[str, Any]) -> str:
        reply = self.client.post("/runs", json=order)
        assert reply.status_code == 202, reply.text
        return str(reply.json()["id"])
