"""The types that a node of a config may have: the ops, and MAP, which is bound as other nodes."""

from __future__ import annotations

from typing import ClassVar, Protocol

from artcelery.core.ops import OPS, OpConfig
from artcelery.core.ops.map import Map

__all__ = ["NodeType", "find_type", "type_names"]


class NodeType(Protocol):
    """What is known of a type before any node of it is made: how many inputs it takes, and its config."""

    inputs: ClassVar[tuple[int, int | None]]
    config_model: ClassVar[type[OpConfig]]


def find_type(name: str) -> type[NodeType] | None:
    """The type of that name, ops that were registered later included; None when there is none."""
    return OPS.get(name) or (Map if name == Map.node_type else None)


def type_names() -> list[str]:
    """All names of types, sorted."""
    return sorted({*OPS, Map.node_type})
