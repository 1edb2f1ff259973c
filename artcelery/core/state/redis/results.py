"""Results by key and encoding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from artcelery.core.state.records import Result
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Server

__all__ = ["RedisResults", "pack_result", "unpack_result"]

_BATCH = 1000


class RedisResults:
    """Results by key and encoding."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("results")

    def get(self, key: str, encoding: str) -> Result | None:
        """The result, or None."""
        return self.get_many([(key, encoding)]).get((key, encoding))

    def get_many(self, pairs: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], Result]:
        """Those of the (key, encoding) pairs that have a result."""
        names = [f"artdag:result:{encoding}:{key}" for key, encoding in dict.fromkeys(pairs)]
        found = (
            unpack_result(record)
            for start in range(0, len(names), _BATCH)
            for record in self._server.ask("MGET", *names[start : start + _BATCH])
            if record is not None
        )
        return {(result.key, result.encoding): result for result in found}

    def put(self, result: Result) -> Result:
        """Record a result; the one that stands afterwards (the first to be recorded wins)."""
        id = f"{result.encoding}:{result.key}"
        return unpack_result(self._server.write(self._script, "put", id, result.content_hash, pack_result(result)))

    def of_content(self, content_hash: str) -> Sequence[Result]:
        """Every result that is this file."""
        found = map(unpack_result, self._server.read(self._script, "of_content", content_hash))
        return sorted(found, key=lambda result: (result.encoding, result.key))

    def forget(self, content_hash: str) -> int:
        """Forget every result that is this file; how many there were."""
        return int(self._server.write(self._script, "forget", content_hash, again=False))


def pack_result(result: Result) -> str:
    """The result as JSON."""
    return json.dumps(asdict(result), separators=(",", ":"))


def unpack_result(record: bytes) -> Result:
    """The result from such JSON."""
    return Result(**json.loads(record))
