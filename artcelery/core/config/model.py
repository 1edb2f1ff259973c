"""A config that was read and found right: what it asks for, before any input is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from artcelery.core.config.findings import Path
from artcelery.core.config.params import ParamSpec
from artcelery.core.hashing import hash_bytes

if TYPE_CHECKING:
    from artcelery.core.config.document import Document
    from artcelery.core.config.levels import Level
    from artcelery.core.effect import Effect
    from artcelery.core.errors import Problem
    from artcelery.core.ops.op import Op

__all__ = [
    "AssetPin",
    "Bound",
    "BoundNode",
    "Config",
    "EffectPin",
    "Effects",
    "InputSpec",
    "NodeSpec",
    "OutputProfile",
    "ParamSpec",
]


class Effects(Protocol):
    """Where a config's effects are found."""

    def resolve(self, name: str, pinned_hash: str | None) -> Effect:
        """The effect of a name, exactly the pinned one when there is a pin; an ArtceleryError says what is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class AssetPin:
    """What `registry.assets` says of an asset: its content hash, and where its file came from."""

    hash: str | None = None
    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class EffectPin:
    """What `registry.effects` says of an effect: the hash of its source, and where that came from."""

    hash: str | None = None
    path: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class OutputProfile:
    """How the output is to be written; what is None is left to the defaults of its kind."""

    format: str | None = None
    quality: int | None = None
    codec: str | None = None


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node as the file says it: `${...}` is not replaced yet. `path` is where it stands: `("dag", "nodes", 3)`.

    The id is empty, in a config that is wrong, when the file gives none that can be used. `roles` are the names of the
    inputs when they were given as a mapping, in the same order.
    """

    id: str
    type: str
    config: dict[str, Any]
    inputs: tuple[str, ...] = ()
    roles: tuple[str, ...] | None = None
    path: Path = ()
    cache: bool = False

    def at(self, *rest: str | int) -> Path:
        """The path of something in it."""
        return (*self.path, *rest)

    def __str__(self) -> str:
        return f"node {self.id!r}" if self.id else "this node"


@dataclass(frozen=True, slots=True)
class BoundNode:
    """A node with its operation, ready to work: the config is complete, and the effect is found.

    `path` is where it stands in the file; `cache` says that its result is to be kept.
    """

    id: str
    type: str
    op: Op[Any]
    inputs: tuple[str, ...]
    path: Path
    cache: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """The nodes of a config that are ready to work, each with all its inputs.

    The others wait for what the ANALYZE nodes `waiting` (which are among the nodes) find out; when none is, all are
    bound. `output` is the id of the output node.
    """

    nodes: tuple[BoundNode, ...]
    output: str
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputSpec:
    """A file that is asked for at run time; it can be given by `name` or by the node's id."""

    name: str
    node: str
    description: str = ""


@dataclass(frozen=True)
class Config:
    """A graph of operations, read from YAML; its id is the content hash of its text."""

    name: str
    nodes: tuple[NodeSpec, ...]
    output: str
    text: bytes = field(repr=False)
    file: str = "config"
    is_given: bool = field(default=True, compare=False)
    """Whether somebody gave it to be rendered; not where it was written, or read again, for an order of theirs."""
    version: str = ""
    description: str = ""
    owner: str = ""
    params: tuple[ParamSpec, ...] = ()
    assets: Mapping[str, AssetPin] = field(default_factory=dict)
    effects: Mapping[str, EffectPin] = field(default_factory=dict)
    profile: OutputProfile = OutputProfile()
    warnings: tuple[Problem, ...] = ()
    document: Document | None = field(default=None, repr=False, compare=False)
    level: Level | None = field(default=None, repr=False, compare=False)
    """How the nodes hang together."""
    bound: Mapping[Path, BoundNode] = field(default_factory=dict, repr=False, compare=False)
    """The nodes, by path, that are ready with all parameters at their defaults."""

    @cached_property
    def id(self) -> str:
        """The content hash of the text."""
        return hash_bytes(self.text)

    @property
    def needs(self) -> Mapping[str, Sequence[str]]:
        """What each node needs of the others, by id: its inputs, and the analyses that it refers to."""
        return self.level.edges if self.level else {}

    @property
    def inputs(self) -> tuple[InputSpec, ...]:
        """The files that are asked for at run time, in the order of the file."""
        asked = (node for node in self.nodes if node.type == "SOURCE" and node.config.get("input"))
        return tuple(
            InputSpec(node.config.get("name") or node.id, node.id, node.config.get("description") or "")
            for node in asked
        )

    def locate(self, path: tuple[str | int, ...]) -> tuple[int, int]:
        """Line and column, from 1, of a key such as `("dag", "nodes", 3, "config", "width")`.

        When it is not in the file, the place of the innermost part that is.
        """
        return self.document.locate(path) if self.document else (0, 0)
