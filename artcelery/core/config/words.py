"""What a config model says is wrong with a node's config, in plain words and at the right key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from artcelery.core.config.findings import Path
from artcelery.core.config.suggest import Suggester, choices, quote_hint, shown

__all__ = ["in_words"]

_TYPES = {
    "string": "text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "finite_number": "a finite number",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping of keys",
    "mapping": "a mapping of keys",
    "model": "a mapping of keys",
}
_LIMITS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?) ?%")
_HASH = "^[0-9a-f]{64}$"


def in_words(error: ValidationError, model: type[BaseModel], value: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each problem as the path of a key in `value`, and a message that names the key."""
    by_path: dict[Path, list[ErrorDetails]] = {}
    for item in error.errors(include_url=False):
        by_path.setdefault(_path(item, value), []).append(item)
    meant = {_meant(path, model) for path, items in by_path.items() if items[0]["type"] == "extra_forbidden"}
    for path, items in by_path.items():
        if items[0]["type"] == "extra_forbidden":
            yield path, _unknown_key(path, model)
        elif items[0]["type"] != "missing":
            yield path, _message(path, items, model)
        elif path not in meant:  # else it is there, misspelt, and reported so
            yield path, f"{_named(path[:-1], 'config')} needs a key {str(path[-1])!r}"


def _path(item: ErrorDetails, value: Any) -> Path:
    """The part of an error's location that is in the file: pydantic also puts names of union members into it."""
    path: list[str | int] = []
    for step in item["loc"]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        path.append(step)
    # A key that is missing has the place of what lacks it, and each one its own message.
    return (*path, item["loc"][-1]) if item["type"] == "missing" else tuple(path)


def _named(path: Path, otherwise: str) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    return repr(".".join(names)) if names else otherwise


def _unknown_key(path: Path, model: type[BaseModel]) -> str:
    found, key = _model_at(model, path[:-1]), str(path[-1])
    return f"unknown key {shown(key)} in {_named(path[:-1], 'config')}{_instead(key, found)}"


def _instead(key: str, model: type[BaseModel] | None) -> str:
    elsewhere: Mapping[str, str] = getattr(model, "elsewhere", {})
    if key in elsewhere:
        return f"; {elsewhere[key]}"
    known = model.model_fields if model else {}
    holder = _holder(key, known)
    if holder:
        return f"; it belongs under {holder!r}"
    return Suggester(known).hint(key) or (f"; it knows {choices(known)}" if known else "; it has no keys")


def _holder(key: str, known: dict[str, FieldInfo]) -> str | None:
    """Which of the known keys holds a mapping that knows this one."""
    inner = ((name, _model_in(field.annotation)) for name, field in known.items())
    return next((name for name, model in inner if model and key in model.model_fields), None)


def _meant(path: Path, model: type[BaseModel]) -> Path:
    known, key = _fields(model, path[:-1]), str(path[-1])
    return (*path[:-1], _holder(key, known) or Suggester(known).close(key) or "")


def _fields(model: type[BaseModel], path: Path) -> dict[str, FieldInfo]:
    """The keys that the model at `path` knows."""
    found = _model_at(model, path)
    return found.model_fields if found else {}


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    found: type[BaseModel] | None = model
    for step in path:
        if isinstance(step, str):
            field = found.model_fields.get(step) if found else None
            found = _model_in(field.annotation) if field else None
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)


def _message(path: Path, items: list[ErrorDetails], model: type[BaseModel]) -> str:
    said = [item for item in items if item["type"] == "value_error"]
    if said:
        error = str(said[-1]["ctx"]["error"])
        return f"{_named(path, '')}: {error}" if path else error
    wanted = list(dict.fromkeys(_wanted(item) for item in items))
    given = items[0]["input"]
    got = "is empty" if given is None else f"is {shown(given)}"
    return f"{_named(path, 'config')} {' or '.join(wanted)}; it {got}{_hint(path, items[0], model)}"


def _wanted(item: ErrorDetails) -> str:
    kind, context = item["type"], item.get("ctx", {})
    if kind in ("literal_error", "enum"):
        allowed = _literals(item)
        return f"must be {allowed[0]}" if len(allowed) == 1 else f"must be one of {', '.join(allowed)}"
    if kind in _LIMITS:
        words, key = _LIMITS[kind]
        return f"must be {words} {context[key]:.10g}"
    if kind in ("string_too_short", "too_short") and context.get("min_length") == 1:
        return "must not be empty"
    if kind == "string_pattern_mismatch" and context["pattern"] == _HASH:
        return "must be a content hash (64 digits 0-9 and a-f)"
    stem = kind.removesuffix("_type").removesuffix("_parsing").removesuffix("_attributes").removesuffix("_from_float")
    if stem in _TYPES:
        return f"must be {_TYPES[stem]}"
    return item["msg"].replace("Input should", "must").replace("valid ", "")


def _literals(item: ErrorDetails) -> list[str]:
    """The values of a `Literal`: pydantic writes them as `'a', 'b' or 'c'`."""
    words = item["ctx"]["expected"].replace(" or ", ", ").split(", ")
    return [{"True": "true", "False": "false"}.get(word, word.strip("'")) for word in words]


def _hint(path: Path, item: ErrorDetails, model: type[BaseModel]) -> str:
    """What to write instead, where that can be told."""
    kind, given = item["type"], item["input"]
    if kind == "string_type":
        return quote_hint(given)
    if kind == "literal_error" and isinstance(given, str):
        return Suggester(_literals(item)).hint(given)
    if kind == "model_type":
        return f"; write its keys: {choices(_fields(model, path))}"
    if kind == "float_type" and isinstance(given, str) and (share := _PERCENT.fullmatch(given.strip())):
        return f"; write {float(share[1]) / 100:g}"
    if kind == "int_type" and isinstance(given, str) and (field := _fields(model, path[:-1]).get(str(path[-1]))):
        return f" ({field.description})" if field.description else ""
    return ""
