"""The page on configs: its examples are right, and its tables are made from the ops (run this file to write them)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from artcelery.core.config.load import TOP_KEYS
from artcelery.core.config.nodes import NODE_KEYS
from artcelery.core.config.params import PARAM_KEYS, PARAM_TYPES
from artcelery.core.config.types import find_type, type_names
from artcelery.core.errors import ConfigError
from artcelery.core.media.profiles import FORMATS
from tests.core.config.reading import loaded, problems, warnings

PAGE = Path(__file__).parents[3] / "docs" / "configs.md"
FIRST = ("SOURCE", "GENERATE", "SEGMENT", "RESIZE", "TRANSFORM", "EFFECT")
LAST = ("ANALYZE", "MAP")
START, END = "<!-- made from the ops -->\n", "<!-- end -->\n"
KINDS = {
    "number": "number",
    "integer": "whole number",
    "string": "text",
    "boolean": "true or false",
    "object": "mapping",
}
PARSERS = {"parse_seconds": "time", "parse_size": "size", "parse_color": "colour"}


def order() -> list[str]:
    """All types of nodes as they stand on the page."""
    others = [name for name in type_names() if name not in (*FIRST, *LAST)]
    return [name for name in (*FIRST, *others, *LAST) if find_type(name) is not None]


def tables() -> str:
    """What the page says of each node type."""
    return "\n".join(section(name) for name in order())


def section(name: str) -> str:
    op = find_type(name)
    assert op is not None
    rows = [["key", "type", "default", "meaning"], ["---"] * 4, *table(op.config_model)]
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    does = str(op.__doc__).partition("\n")[0]
    return f"### {name}\n\n{does}\n\n{inputs(*op.inputs)} {op.config_model.__doc__}\n\n{lines}"


def inputs(least: int, most: int | None) -> str:
    if most == 0:
        return "No inputs."
    if least == most:
        return "One input." if most == 1 else f"{most} inputs."
    if most is None:
        return "Any number of inputs." if least == 0 else f"{least} input{'s' if least > 1 else ''} or more."
    return f"{least} to {most} inputs."


def table(model: type[BaseModel], before: str = "") -> Iterator[list[str]]:
    """A row for each key; the keys of a mapping follow it, written `crop.width` or, in a list, `layers[].width`."""
    whole = model.model_json_schema()
    kinds = [whole, *whole.get("anyOf", [])]  # the keys may depend on the kind of node
    schemas = {name: schema for kind in kinds for name, schema in kind.get("properties", {}).items()}
    for name, field in model.model_fields.items():
        inner = model_in(field.annotation)
        name = field.alias or name
        many = inner is not None and is_list(schemas[name])
        kind = ("list of mappings" if many else "mapping") if inner else kind_of(field, schemas[name])
        yield [f"`{before}{name}`", kind, default_of(field), field.description or ""]
        if inner:
            yield from table(inner, f"{before}{name}{'[]' if many else ''}.")


def model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := model_in(item))), None)


def kind_of(field: FieldInfo, schema: dict[str, Any]) -> str:
    """What a key takes, in words."""
    by_parser = [word for parser, word in PARSERS.items() if parser in f"{field.annotation} {field.metadata}"]
    return (f"list of {by_parser[0]}s" if is_list(schema) else by_parser[0]) if by_parser else words(schema)


def is_list(schema: dict[str, Any]) -> bool:
    return any(item.get("type") == "array" for item in [schema, *schema.get("anyOf", [])])


def words(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(words(item) for item in schema["anyOf"] if item != {"type": "null"}))
    if "const" in schema or "enum" in schema:
        return ", ".join(str(item).lower() for item in schema.get("enum", [schema.get("const")]))
    if "64" in schema.get("pattern", ""):
        return "content hash"
    limits = limits_of(schema)
    if schema.get("type") == "array":
        return f"list of {plural(words(schema['items']))}" if schema.get("items", {}).get("type") else "list"
    return KINDS.get(schema.get("type", ""), "any value") + limits


def plural(kind: str) -> str:
    """`number, 0 to 5` becomes `numbers, 0 to 5`; words to choose from stay as they are."""
    first, comma, rest = kind.partition(",")
    return f"{first}s{comma}{rest}" if first in KINDS.values() else kind


def limits_of(schema: dict[str, Any]) -> str:
    low, above, high = (schema.get(key) for key in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None and high is not None:
        return f", {low:g} to {high:g}"
    said = [("at least", low), ("more than", above), ("at most", high)]
    return "".join(f", {word} {limit:g}" for word, limit in said if limit is not None)


def default_of(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if field.is_required() or default in (None, {}, [], ()) or isinstance(default, BaseModel):
        return "must be given" if field.is_required() else ""
    said = (
        f"{default:g}" if isinstance(default, float) else str(list(default) if isinstance(default, tuple) else default)
    )
    return f"`{said.lower() if isinstance(default, bool) else said}`"


def with_tables(page: str) -> str:
    before, _, rest = page.partition(START)
    return f"{before}{START}\n{tables()}\n{END}{rest.partition(END)[2]}"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def test_the_tables_of_node_types_are_those_of_the_ops() -> None:
    page = PAGE.read_text()
    missing = [name for name in order() if f"\n### {name}\n" not in page]
    assert missing == [], "python -m tests.core.config.test_page writes the tables of the ops to the page"
    assert page == with_tables(page), "python -m tests.core.config.test_page writes the tables as the ops are now"


def test_the_examples_are_right() -> None:
    assert len(blocks("yaml")) == 6
    assert [problems(example) for example in blocks("yaml")] == [[]] * 6


def test_the_report_is_what_the_program_says() -> None:
    (wrong,), (report,) = blocks("yaml wrong"), blocks("text")
    with pytest.raises(ConfigError) as caught:
        loaded(wrong)
    assert str(caught.value).replace("file.yaml", "poster.yaml") == report.rstrip("\n")


@pytest.mark.parametrize(
    "names", [TOP_KEYS, PARAM_KEYS, [*PARAM_TYPES], [*FORMATS], [*NODE_KEYS, "nodes", "output", "hash"]]
)
def test_every_key_type_and_format_is_on_the_page(names: list[str]) -> None:
    page = PAGE.read_text()
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_first_example_has_no_warnings() -> None:
    assert warnings(blocks("yaml")[0]) == []


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
