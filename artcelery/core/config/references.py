"""`${name}` in the texts of a node's config: found, and replaced by the values of parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from artcelery.core.config.findings import Path
from artcelery.core.config.params import NAME

__all__ = ["ESCAPED", "escaped", "find_references", "substitute"]

ESCAPED = "$"
_REFERENCE = re.compile(rf"\$\$\{{|\$\{{(?P<name>{NAME.pattern})\}}|\$\{{")


def find_references(value: Any, path: Path = ()) -> Iterator[tuple[Path, str | None]]:
    """Where parameters are referred to, and by which name: `ESCAPED` for `$${`, None for a `${` without a name."""
    if isinstance(value, str):
        if "${" in value:
            for found in _REFERENCE.finditer(value):
                yield path, ESCAPED if found[0] == "$${" else found["name"]
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (str, dict, list)):
                yield from find_references(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_references(item, (*path, index))


def substitute(value: Any, values: Mapping[str, Any]) -> Any:
    """The value with references replaced: one that is the whole text keeps its type, others are written out."""
    if isinstance(value, str):
        return _replaced(value, values) if "${" in value else value
    if isinstance(value, dict):
        return {key: substitute(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [substitute(item, values) for item in value]
    return value


def escaped(value: Any) -> Any:
    """The value with its texts written so that `substitute` gives them back unchanged."""
    if isinstance(value, str):
        return value.replace("${", "$${")
    if isinstance(value, Mapping):
        return {key: escaped(item) for key, item in value.items()}
    return [escaped(item) for item in value] if isinstance(value, (list, tuple)) else value


def _replaced(text: str, values: Mapping[str, Any]) -> Any:
    whole = _REFERENCE.fullmatch(text)
    if whole and whole["name"] in values:
        return values[whole["name"]]

    def written(found: re.Match[str]) -> str:
        if found[0] == "$${":
            return "${"
        return _written(values[found["name"]]) if found["name"] in values else found[0]

    return _REFERENCE.sub(written, text)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
