"""Writes what docs/config.md says of every node type: what it does, its inputs, and every key of its config.

python scripts/config_page.py

What stands between `<!-- made: NAME -->` and `<!-- end -->` is made from the ops and their config models; the rest of
the page, and the examples, are written by hand and held to the program by tests/core/config/test_page.py.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen
from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from artcelery.core.config.types import NodeType, find_type, type_names
from artcelery.core.ops.generate_config import KEYS, GenerateConfig

PAGE = Path(__file__).parents[1] / "docs" / "config.md"
MADE = re.compile(r"<!-- made: (.+?) -->\n.*?<!-- end -->\n", re.DOTALL)
ORDER = (
    *("SOURCE", "GENERATE", "SEGMENT", "RESIZE", "TRANSFORM", "EFFECT", "SEQUENCE", "SWITCH"),
    *("LAYER", "BLEND", "MUX", "AUDIO_MIX", "ANALYZE", "MAP"),
)
"""Node types as they stand on the page; others, were there any, come after them."""
TYPES = {bool: "true or false", int: "whole number", float: "number", str: "text", dict: "mapping", Any: "any value"}
PARSED = {
    "parse_seconds": "time",
    "parse_offset": "offset",
    "parse_size": "size",
    "parse_color": "colour",
    "parse_gain": "gain",
    "parse_decibels": "level",
    "parse_loudness": "loudness",
    "parse_rate": "rate",
    "parse_position": "position",
    "parse_direction": "direction",
    "parse_fade": "fade",
    "_parse_bands": "whole number, 1 to 64, or list of numbers",
    "_name": "name",
    "_values": "list",
    "_of_type": "mapping, or its type",
    "spelt_out": "list of mappings, or a mapping",
}
"""What a value that a function reads is called; the page says in `Kinds of values` how each is written."""
UNITS = {"time": "s", "offset": "s", "level": "dB"}


def main() -> None:
    PAGE.write_text(page(PAGE.read_text()))


def page(text: str) -> str:
    """The page with all that is made in it made anew."""
    return MADE.sub(lambda found: f"<!-- made: {found[1]} -->\n\n{made(found[1])}\n<!-- end -->\n", text)


def made(name: str) -> str:
    return list_of_types() if name == "types" else list_of_kinds() if name == "kinds" else section(name)


def order() -> list[str]:
    """All node types."""
    return sorted(type_names(), key=lambda name: (ORDER.index(name) if name in ORDER else len(ORDER), name))


def list_of_types() -> str:
    rows = [
        [f"[{name}](#{name.lower()})", inputs(*known(name).inputs), first_sentence(known(name))] for name in order()
    ]
    return table(["type", "inputs", "what comes out"], rows)


def list_of_kinds() -> str:
    """The kinds of GENERATE."""
    rows = [[f"`{kind}`", ", ".join(f"`{key}`" for key in keys)] for kind, keys in KEYS.items()]
    return table(["kind", "its keys"], rows)


def section(name: str) -> str:
    """What a node type does, its inputs and its keys."""
    found = known(name)
    paragraphs = inspect.cleandoc(str(found.__doc__)).split("\n\n")
    does = "\n\n".join(paragraphs[:1] if name == "EFFECT" else paragraphs)  # the rest is for programmers
    config = inspect.cleandoc(str(found.config_model.__doc__))
    keys = table(["key", "type", "default", "meaning"], rows_of(found.config_model))
    return f"{does}\n\nInputs: {inputs(*found.inputs)}. {config}\n\n{keys}"


def known(name: str) -> type[NodeType]:
    found = find_type(name)
    assert found is not None
    return found


def first_sentence(found: type[NodeType]) -> str:
    return inspect.cleandoc(str(found.__doc__)).partition("\n")[0]


def inputs(least: int, most: int | None) -> str:
    if most is None:
        return f"{least} or more" if least else "any number"
    return ("none" if most == 0 else str(most)) if least == most else f"{least} to {most}"


def table(head: list[str], rows: Iterator[list[str]] | list[list[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def rows_of(model: type[BaseModel], before: str = "") -> Iterator[list[str]]:
    """A row for each key; those of a mapping follow it, `crop.width`, those of mappings in a list as `layers[].end`."""
    for key, field in model.model_fields.items():
        inner, kind = model_in(field.annotation), kind_of(field.annotation, field.metadata)
        yield [f"`{before}{key}`", kind, default_of(model, key, kind), field.description or ""]
        if inner:
            yield from rows_of(inner, f"{before}{key}{'[]' if kind.startswith('list') else ''}.")


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := model_in(item))), None)


def kind_of(annotation: Any, metadata: list[Any] | tuple[Any, ...] = ()) -> str:
    """What a key takes, in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return kind_of(inner[0], inner[1:])
    marks = [mark for item in metadata for mark in (item.metadata if isinstance(item, FieldInfo) else [item])]
    reader = next((item.func for item in marks if isinstance(item, BeforeValidator)), None)
    if reader is not None:
        return PARSED[getattr(reader, "__name__", "")] + limits(marks)
    if any(getattr(item, "pattern", None) for item in marks):
        return "content hash"
    if origin in (Union, UnionType):
        return one_of([kind_of(item) for item in inner if item is not NoneType]) + limits(marks)
    if origin is Literal:
        return ", ".join(f"`{str(item).lower() if isinstance(item, bool) else item}`" for item in inner)
    if origin in (list, tuple):
        kinds = dict.fromkeys(kind_of(item) for item in inner if item is not Ellipsis)
        many = " and ".join(kinds)
        return f"list of {plural(many)}" if many != TYPES[Any] else "list"
    if origin is dict:
        return "mapping" if inner[1] is Any else f"mapping of {plural(kind_of(inner[1]))}"
    return ("mapping" if model_in(annotation) else TYPES[annotation]) + limits(marks)


def one_of(kinds: list[str]) -> str:
    return "size or 0" if kinds == ["whole number, at least 0", "size"] else " or ".join(kinds)


def plural(kind: str) -> str:
    """`time, more than 0` becomes `times, more than 0`; words to choose from stay as they are."""
    first, comma, rest = kind.partition(",")
    return kind if first.startswith("`") else f"{first.replace(' or null', '')}s{comma}{rest}"


def limits(marks: list[Any]) -> str:
    """The range of a number, or the most letters of a text."""
    found: dict[type, Any] = {type(mark): mark for mark in marks}
    if MaxLen in found:
        return f", at most {found[MaxLen].max_length} characters"
    low = found[Ge].ge if Ge in found else None
    high = found[Le].le if Le in found else found[Lt].lt - 1 if Lt in found else None
    if low is not None and high is not None:
        return f", {low:.10g} to {high:.10g}"
    least = f", at least {low:.10g}" if low is not None else f", more than {found[Gt].gt:.10g}" if Gt in found else ""
    return least + ("" if high is None else f", at most {high:.10g}")


def default_of(model: type[BaseModel], key: str, kind: str) -> str:
    """The value of a key that is left out, with its unit."""
    field, unit = model.model_fields[key], UNITS.get(kind.partition(",")[0], "")
    if field.is_required():
        return "must be given"
    if issubclass(model, GenerateConfig):
        return default_by_kind(key, unit)
    return shown(field.get_default(call_default_factory=True), unit)


def default_by_kind(key: str, unit: str) -> str:
    """`8%`; captions `6%`: what most kinds have, and those that have another."""
    said = {kind: text for kind, keys in KEYS.items() if (text := shown(keys.get(key), unit))}
    if not said:
        return ""
    usual = next(iter(said.values()))
    return "; ".join([usual, *(f"{kind} {text}" for kind, text in said.items() if text != usual)])


def shown(value: object, unit: str = "") -> str:
    """A value as YAML has it; nothing for what has no value of its own."""
    if value in (None, [], ()) or isinstance(value, BaseModel):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (list, tuple)):
        return f"`[{', '.join(str(item) for item in value)}]`"
    return f"`{value:g}{unit}`" if isinstance(value, float) else f"`{value}`"


if __name__ == "__main__":
    main()
