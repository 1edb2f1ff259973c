"""Orders on their way to the workers of a server."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from artcelery.client.http import Http
from artcelery.client.orders import request_of
from artcelery.client.records import record_of
from artcelery.client.runs import run_path
from artcelery.client.sending import Sending
from artcelery.core.engine.order import Order
from artcelery.core.errors import ConfigError
from artcelery.core.state.records import RunRecord

__all__ = ["RemoteFarm"]

_IS_JSON = {"Content-Type": "application/json"}


class RemoteFarm:
    """The workers of a server, and the way to them."""

    def __init__(self, http: Http, sending: Sending) -> None:
        self._http, self._sending = http, sending
        self._trouble: str | None = None

    def submit(self, order: Order) -> RunRecord:
        """Send what an order needs and start its run; sent twice, because a connection broke, it is one run."""
        return self._begun(self._asked("/runs", order, headers={"Idempotency-Key": uuid.uuid4().hex}))

    def plan(self, order: Order) -> dict[str, Any]:
        """What the run of an order would do, as plain values; files are sent, for a plan looks at them."""
        return self._asked("/runs/plan", order)

    def retry(self, run_id: str) -> RunRecord:
        """Begin a run again that failed or was cancelled; only what is missing is rendered."""
        return self._begun(self._http.json("POST", run_path(run_id, "retry")))

    def trouble(self) -> str | None:
        """Why the run that was begun last waits, as far as the server can tell; None when a worker is alive."""
        return self._trouble

    def _begun(self, said: dict[str, Any]) -> RunRecord:
        trouble = said.get("trouble")
        self._trouble = f"{self._http.address.url}: {trouble.partition(';')[0]}" if trouble else None
        return record_of(RunRecord, said)

    def _asked(self, path: str, order: Order, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        asked = {**request_of(order), "inputs": self._sending.words(order)}
        body = json.dumps(asked).encode()  # all of it ASCII: also what is no text, which the server refuses in words
        try:
            return self._http.json("POST", path, again=True, content=body, headers={**_IS_JSON, **(headers or {})})
        except ConfigError as error:
            raise ConfigError(error.problems, order.config.file) from error
