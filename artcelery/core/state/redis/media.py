"""What is known of stored files, and of files on disk that were hashed before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from artcelery.core.state.holder import holder_id
from artcelery.core.state.holdings import folded
from artcelery.core.state.octets import octets, text
from artcelery.core.state.records import FileFact, MediaFact
from artcelery.core.state.redis.listing import listed
from artcelery.core.state.redis.scripts import script
from artcelery.core.state.redis.server import Argument, Server
from artcelery.core.state.settling import is_settled

__all__ = ["RedisMedia", "unlike_ascii"]

_KEPT_S = 30 * 86400
_AT_ONCE = 100


class RedisMedia:
    """Facts of stored files by content hash, and content hashes of files by machine and path."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._script = script("holdings", "media")

    def get(self, content_hash: str) -> MediaFact | None:
        """What is known of the file, or None."""
        return self.get_many([content_hash]).get(content_hash)

    def get_many(self, content_hashes: Iterable[str]) -> Mapping[str, MediaFact]:
        """What is known of those of the files of which something is, some files at a time."""
        wanted = list(dict.fromkeys(content_hashes))
        found = (
            _fact(*fields)
            for start in range(0, len(wanted), _AT_ONCE)
            for fields in self._server.read(self._script, "get", *wanted[start : start + _AT_ONCE])
        )
        return {fact.content_hash: fact for fact in found}

    def put(self, fact: MediaFact) -> None:
        """Record what is known; empty fields leave what was known before."""
        self._server.write(self._script, "put", *_fields(fact))

    def learn(self, facts: Sequence[MediaFact]) -> None:
        """Record of each file what is not known of it yet, some files at a time."""
        for start in range(0, len(facts), _AT_ONCE):
            fields = [field for fact in facts[start : start + _AT_ONCE] for field in _fields(fact)]
            self._server.write(self._script, "learn", *fields)

    def all(self) -> Sequence[MediaFact]:
        """All facts, in the order of the content hashes."""
        return [_fact(*fields) for fields in listed(self._server, self._script)]

    def remove(self, content_hash: str) -> None:
        """Forget what is known of the file."""
        self._server.write(self._script, "remove", content_hash)

    def hash_of_file(self, file: FileFact) -> str | None:
        """The content hash of an unchanged file: every number equals what was recorded."""
        numbers, _, content_hash = (self._server.ask("GET", _file_key(file)) or b"").rpartition(b" ")
        return content_hash.decode() if numbers.decode() == _numbers(file) else None

    def remember_file(self, file: FileFact) -> None:
        """Record the hash of a file for a month; of one so young that it may still change unseen, nothing is kept."""
        if is_settled(file):
            self._server.tell("SET", _file_key(file), f"{_numbers(file)} {file.content_hash}", "EX", _KEPT_S)
        else:
            self._server.tell("DEL", _file_key(file))


def unlike_ascii(name: str) -> bytes:
    """The name in small letters where the server cannot make them; nothing where it can."""
    return b"" if name.isascii() else folded(name)


def _fields(fact: MediaFact) -> tuple[Argument, ...]:
    clip = json.dumps(fact.clip, separators=(",", ":")) if fact.clip else ""
    named = (octets(fact.name), octets(fact.origin), fact.created_at, fact.format)
    return (fact.content_hash, fact.size_bytes or "", clip, *named, unlike_ascii(fact.name))


def _fact(
    content_hash: bytes,
    size_bytes: bytes,
    clip: bytes,
    name: bytes,
    origin: bytes,
    created_at: bytes,
    format: bytes | None,
) -> MediaFact:
    return MediaFact(
        content_hash.decode(),
        int(size_bytes or 0),
        json.loads(clip) if clip else None,
        text(name),
        text(origin),
        created_at.decode(),
        (format or b"").decode(),
    )


def _file_key(file: FileFact) -> bytes:
    """The key of a file of this machine: other machines may have another one of the same path."""
    host, machine, *_ = holder_id().split(":")
    return octets(f"artdag:file:{host}:{machine}:{file.path}")


def _numbers(file: FileFact) -> str:
    return f"{file.device} {file.inode} {file.size_bytes} {file.mtime_ns} {file.ctime_ns}"
