"""The files that are somebody's, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from artcelery.core.errors import StateError
from artcelery.core.state.holdings import beginning, folded, is_meant, page_of
from artcelery.core.state.octets import octets, text
from artcelery.core.state.protocol import FileFilter, FilePage
from artcelery.core.state.protocol.people import ANY_FILE
from artcelery.core.state.records import Holding
from artcelery.core.state.redis.media import unlike_ascii
from artcelery.core.state.redis.owning import keys_of
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server

__all__ = ["RedisFiles", "holders_of"]

# How many files a call looks at, when few of them may match, or puts into indexes: no call keeps the server for long.
_STEPS = 3000
_BATCH = 100


class RedisFiles:
    """The files of a user; of the machine's own, all stored files, whose kind is that of the clip."""

    def __init__(self, server: Server, user: str) -> None:
        self._server = server
        self._user = octets(user)
        self._keys = keys_of(user)
        self._script = script("walking", "holdings", "files")

    def put(self, holding: Holding) -> None:
        """Record a file as theirs; what was recorded of it before stands, but where it was empty."""
        self._server.write(self._script, "put", self._keys, self._user, holding.content_hash, *_packed(holding))

    def get(self, content_hash: str) -> Holding | None:
        """What is recorded of the file, None when it is not theirs."""
        found = self._server.read(self._script, "get", self._keys, content_hash)
        return _holding(content_hash.encode(), *found) if found else None

    def page(self, *, limit: int = 50, cursor: str | None = None, only: FileFilter = ANY_FILE) -> FilePage:
        """Files, newest first."""
        limit = max(limit, 1)
        return page_of(self._walk(" ".join(beginning(cursor, only)), limit + 1, only), limit)

    def total(self) -> tuple[int, int]:
        """How many files there are, and how many bytes."""
        files, size_bytes = self._asked("total")
        return int(files), int(size_bytes)

    def remove(self, content_hash: str) -> bool:
        """Let go of a file; whether it was theirs."""
        asked = (self._keys, self._user, content_hash)
        return bool(self._server.write(self._script, "remove", *asked, again=False))

    def _walk(self, after: str, limit: int, only: FileFilter) -> Iterator[Holding]:
        """Files that match, newest first; asked for step by step."""
        papers = None if only.papers is None else "yes" if only.papers else "no"
        filters = {b"files:kind:": only.kind, b"files:origin:": only.origin, b"files:papers:": papers}
        indexes = [prefix + octets(value) for prefix, value in filters.items() if value is not None] or [b"files"]
        steps = _STEPS if only.is_looked_for or len(indexes) > 1 else limit
        looked_for = (folded(only.name or ""), only.least_bytes or 0, _text(only.most_bytes))
        lower: Argument = "-" if only.since is None else f"[{only.since}"
        upper: Argument = f"({after}" if after else "+"
        while upper:
            upper, *found = self._asked("page", limit, steps, upper, lower, *looked_for, *indexes)
            yield from (holding for values in found if is_meant(holding := _holding(*values), only))

    def _asked(self, call: str, *arguments: Argument) -> list[Any]:
        """The answer to a call that reads indexes; it is empty while facts of an older artcelery are in none."""
        while True:
            answer: list[Any] = self._server.read(self._script, call, self._keys, *arguments)
            if answer:
                return answer
            self._catch_up()

    def _catch_up(self) -> None:
        """Put such facts into the indexes, some at a time, so that nobody else is kept for long."""
        if self._server.read_only:
            raise StateError(
                f"{self._server.shown} has files of an older artcelery that are in no list yet, and was opened"
                " readonly; let a server list them once"
            )
        after: Argument = "-"
        while after:
            after = self._server.write(self._script, "catch_up", self._keys, after, _BATCH)


def holders_of(server: Server, content_hash: str) -> Sequence[str]:
    """The users whose file it is, but the machine's own, who may read all."""
    return [text(user) for user in sorted(server.ask("SMEMBERS", f"artdag:holders:{content_hash}"))]


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _packed(holding: Holding) -> tuple[Argument, ...]:
    return (
        holding.size_bytes or "",
        holding.kind,
        octets(holding.name),
        octets(holding.origin),
        holding.created_at,
        unlike_ascii(holding.name),
    )


def _holding(
    content_hash: bytes, size_bytes: bytes, kind: bytes, name: bytes, origin: bytes, created_at: bytes
) -> Holding:
    return Holding(
        content_hash.decode(), int(size_bytes or 0), kind.decode(), text(name), text(origin), created_at.decode()
    )
