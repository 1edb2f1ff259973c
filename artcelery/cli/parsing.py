"""What people type, as values; UsageError says how it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from artcelery.core import values
from artcelery.core.errors import UsageError

__all__ = ["parse_age", "parse_bytes", "parse_pairs", "parse_time"]

_AGES = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_pairs(texts: Iterable[str] | None, option: str, names: str) -> dict[str, str]:
    """`name=value` texts as a mapping; `names` says in messages where the names are found."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"{option} {text!r} is not NAME=VALUE; {names}")
        if name in pairs:
            raise UsageError(f"{option} gives {name!r} twice")
        pairs[name] = value
    return pairs


def parse_bytes(text: str) -> int:
    """Bytes from `2GB`, `500M`, `1.5GiB` or a plain number."""
    try:
        return values.parse_bytes(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is not a size; {error}") from error


def parse_time(text: str) -> str:
    """A time as records have it, from ISO 8601; without a zone it is UTC, as in lists."""
    from artcelery.core.runs import recorded_time

    try:
        return recorded_time(datetime.fromisoformat(text.strip()))
    except ValueError as error:
        raise UsageError(f"{text!r} is not a time; write 2026-11-30 or 2026-11-30T14:00Z") from error


def parse_age(text: str) -> float:
    """Seconds from `30d`, `12h`, `90m` or `45s`."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text.strip().lower())
    if match is None:
        raise UsageError(f"{text!r} is not an age; write 30d, 12h, 90m or 45s")
    return float(match[1]) * _AGES[match[2]]
