"""Plain values as YAML text that is read back as the same values, always the same text for the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from artcelery.core.config.scalars import plain_value

__all__ = ["to_yaml"]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:[./ ][A-Za-z0-9_-]+)*")
# What JSON writes as it is, but a YAML text cannot hold, or would take for a line break.
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
_BLOCK_DEPTH = 4


def to_yaml(value: Mapping[str, Any], depth: int = 0) -> str:
    """The text of a mapping; lists of mappings and the outer levels are written as blocks, the rest in one line."""
    return "".join(_entry(key, item, depth) for key, item in value.items())


def _entry(key: str, value: Any, depth: int) -> str:
    start = "  " * depth + f"{_flow(key)}:"
    if isinstance(value, Mapping) and value and depth < _BLOCK_DEPTH and not _is_small(value):
        return f"{start}\n{to_yaml(value, depth + 1)}"
    if isinstance(value, list) and value and all(isinstance(item, Mapping) and item for item in value):
        return f"{start}\n" + "".join(_item(item, depth + 1) for item in value)
    return f"{start} {_flow(value)}\n"


def _is_small(value: Mapping[str, Any]) -> bool:
    return not any(isinstance(item, (Mapping, list)) for item in value.values())


def _item(value: Mapping[str, Any], depth: int) -> str:
    block = to_yaml(value, depth + 1)
    return "  " * depth + "- " + block.lstrip(" ")


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) and plain_value(value) == value else _quoted(value)
    return json.dumps(value, allow_nan=False)


def _quoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))
