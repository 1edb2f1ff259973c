"""What a user of L2 is told of a run that went wrong: which file of an effect, but not where it, or a store, lies."""

from __future__ import annotations

import re

from artcelery.core.state.records import RunRecord

__all__ = ["told_of"]

_SERVICES = re.compile(r"\b(?:rediss?|unix|s3|gs|az)://[^\s'\",;]+")
_FOLDERS = re.compile(r"(?<![\w./])/(?:[^\s/:'\"()]+/)+")


def told_of(run: RunRecord, message: str, store_url: str | None = None) -> str:
    """What is recorded of a run: for a user of L2 without folders of this machine, and places of its services."""
    if not run.member:
        return message
    told = message.replace(store_url.rstrip("/"), "…") if store_url else message
    return _FOLDERS.sub("", _SERVICES.sub("…", told))
