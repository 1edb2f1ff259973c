"""MAP: one sub-graph over a list. It is no op: a config is bound with the sub-graph once for each item in its place."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from artcelery.core.ops.op import OpConfig

__all__ = ["Map", "MapConfig"]

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}")
_REFERENCE = re.compile(r"\$\{[^${}]+\}")


def _values(value: object) -> object:
    if isinstance(value, list) and value:
        return value
    if isinstance(value, str) and _REFERENCE.fullmatch(value):
        return value
    raise ValueError("must be a list of at least one value, or a reference to a list such as ${beats.beats}")


def _name(value: object) -> object:
    if isinstance(value, str) and not _NAME.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is no name; use letters, digits, _ and -, and begin with no digit")
    return value


_VALUES = {"anyOf": [{"type": "array", "minItems": 1}, {"type": "string", "pattern": r"^\$\{[^${}]+\}$"}]}
_NAME_SCHEMA = {"type": "string", "pattern": f"^{_NAME.pattern}$"}

Name = Annotated[str, BeforeValidator(_name), WithJsonSchema(_NAME_SCHEMA)]
Nodes = Annotated[list[Any], Field(min_length=1), WithJsonSchema({"type": "array", "minItems": 1})]
Values = Annotated[Any, BeforeValidator(_values), WithJsonSchema(_VALUES)]
Lists = Annotated[
    dict[Name, Values],
    WithJsonSchema({"type": "object", "additionalProperties": _VALUES, "propertyNames": _NAME_SCHEMA}),
]


class MapConfig(OpConfig):
    """The sub-graph, and what it goes over: at least one of `each`, `over` and `matrix`."""

    nodes: Nodes = Field(description="The nodes of the sub-graph, as in `dag`.")
    output: str = Field(description="The id of the node in it that is the item's result.")
    each: Name | None = Field(
        None, description="Go over the inputs; in the sub-graph this is the id of the current one."
    )
    over: Lists = Field(
        default_factory=dict, description="Go over lists, by name; they are walked together, and with the inputs."
    )
    matrix: Lists = Field(
        default_factory=dict, description="Go over every combination of lists, by name; the first varies slowest."
    )

    @model_validator(mode="after")
    def _over_something(self) -> Self:
        if self.each is None and not self.over and not self.matrix:
            raise ValueError("a MAP needs something to go over: `each`, `over` or `matrix`")
        return self


class Map:
    """The sub-graph's result for each item, in order; where a MAP is an input, all its items are."""

    node_type: ClassVar[str] = "MAP"
    inputs: ClassVar[tuple[int, int | None]] = (0, None)
    config_model: ClassVar[type[OpConfig]] = MapConfig
