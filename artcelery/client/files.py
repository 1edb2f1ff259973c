"""Files of a server, as the engine says them."""

from __future__ import annotations

from typing import Any

from artcelery.client.http import Http
from artcelery.client.records import record_of
from artcelery.core.engine.cache import Item
from artcelery.core.state.records import MediaFact

__all__ = ["facts_of", "item_of", "media_fact"]


def facts_of(http: Http, content_hash: str) -> dict[str, Any]:
    """All that a server says of a file; NotFoundError when there is none for who asks."""
    return http.json("GET", f"/cache/{content_hash}/meta")


def media_fact(http: Http, content_hash: str) -> MediaFact:
    """The probed facts of a file."""
    return record_of(MediaFact, facts_of(http, content_hash))


def item_of(said: dict[str, Any]) -> Item:
    """A file of a list."""
    return Item(said["content_hash"], said["size_bytes"], said["name"], said["origin"], said["description"])
