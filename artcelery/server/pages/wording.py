"""Numbers and times in words, as all pages say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup

__all__ = ["FILTERS", "coded", "count", "duration", "moment", "sentence", "short", "size"]

_UNITS = ("kB", "MB", "GB", "TB")
_MINUTE_S, _HOUR_S = 60, 3600
_HASH_DIGITS = 12
_CODE = re.compile(r"`([^`\n]+)`")


def size(count_bytes: int) -> str:
    """Bytes for people: `1.4 MB`."""
    if count_bytes < 1000:
        return f"{count_bytes} B"
    value = count_bytes / 1000
    for unit in _UNITS[:-1]:
        if value < 999.95:
            return f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} {_UNITS[-1]}"


def count(number: int) -> str:
    """A number whose thousands are told apart: `10 000`."""
    return f"{number:,}".replace(",", "\u202f")


def duration(seconds: float) -> str:
    """A length of time: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`."""
    if seconds < 9.95:
        return f"{max(seconds, 0):.1f} s"
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole} s"
    if whole < _HOUR_S:
        return f"{whole // _MINUTE_S} min {whole % _MINUTE_S} s"
    return f"{whole // _HOUR_S} h {whole % _HOUR_S // _MINUTE_S} min"


def moment(at: str | float) -> Markup:
    """A point in time (ISO 8601, or seconds since 1970), which the page's script shows in the reader's own time."""
    when = datetime.fromtimestamp(at, UTC) if isinstance(at, int | float) else datetime.fromisoformat(at)
    when = when.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(
        when.isoformat(timespec="seconds"), when.strftime("%Y-%m-%d %H:%M")
    )


def sentence(text: str) -> str:
    """A message as a sentence: it begins with a capital where it begins with a word, and ends with a full stop."""
    word, _, _ = text.partition(" ")
    begun = text[:1].upper() + text[1:] if word.isalpha() else text
    return begun if not begun or begun.endswith((".", "!", "?", ":", "…", "\n")) else f"{begun}."


def coded(text: str) -> Markup:
    """A message whose words between backticks are shown as code."""
    parts = enumerate(_CODE.split(text))
    return Markup("").join(Markup("<code>{}</code>" if number % 2 else "{}").format(part) for number, part in parts)


def short(content_hash: str) -> str:
    """The beginning of a content hash or an id, enough to tell it from others."""
    return content_hash[:_HASH_DIGITS]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "coded": coded,
    "size": size,
    "count": count,
    "duration": duration,
    "moment": moment,
    "sentence": sentence,
    "short": short,
}
"""What templates may say of a value: `{{ file.size_bytes | size }}`."""
