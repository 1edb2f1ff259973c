"""Whether the server is set so that facts may be lost."""

from __future__ import annotations

from artcelery.core.errors import StateError
from artcelery.core.state.redis.server import Server

__all__ = ["warnings"]

_ASKED = ("appendonly", "save", "maxmemory", "maxmemory-policy")


def warnings(server: Server) -> list[str]:
    """What may lose facts, each with the line in redis.conf that mends it; nothing where the server does not tell."""
    try:
        values = server.ask_all([("CONFIG", "GET", name) for name in _ASKED])
    except StateError:  # the command is forbidden to this user, or renamed
        return []
    found = {name: value[1].decode() if value else "" for name, value in zip(_ASKED, values, strict=True)}
    return [*_not_on_disk(found), *_evicted(found)]


def _not_on_disk(found: dict[str, str]) -> list[str]:
    if found["appendonly"] == "yes":
        return []
    if found["save"]:
        what = f"Redis saves only now and then (save {found['save']}): what is newer is lost when it is killed"
    else:
        what = "Redis saves nothing: what it knows is lost when it ends"
    return [f"{what}; put into redis.conf: appendonly yes"]


def _evicted(found: dict[str, str]) -> list[str]:
    policy = found["maxmemory-policy"]
    if found["maxmemory"] in ("", "0") or not policy.startswith(("allkeys-", "volatile-")):
        return []
    return [
        f"Redis forgets facts when its memory is full (maxmemory-policy {policy});"
        " put into redis.conf: maxmemory-policy noeviction"
    ]
