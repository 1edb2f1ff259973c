"""Configs made in Python: the same as configs in YAML, with the same keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from artcelery.core.config.composing import MAX_DEPTH
from artcelery.core.config.load import load_config
from artcelery.core.config.model import Config, Effects
from artcelery.core.config.params import ParamType
from artcelery.core.config.references import escaped
from artcelery.core.config.scalars import MAX_INTEGER
from artcelery.core.config.suggest import shown
from artcelery.core.config.writer import to_yaml
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import bind, find_param, parse_text
from artcelery.core.errors import UsageError

__all__ = ["GraphBuilder", "NodeRef", "ParamRef", "effect_config"]


@dataclass(frozen=True, slots=True)
class NodeRef:
    """A node of a `GraphBuilder`, to be an input of others."""

    id: str


@dataclass(frozen=True, slots=True)
class ParamRef:
    """A parameter of a `GraphBuilder`, to be a value in the config of nodes."""

    name: str

    def __str__(self) -> str:
        return f"${{{self.name}}}"


class GraphBuilder:
    """A graph made node by node; `config` checks it as a whole.

    Texts are what they would be in YAML: `${width}` refers to a parameter, and `$${` stands for `${`.

    >>> graph = GraphBuilder("small-cat")
    >>> cat = graph.source(asset="cat")
    >>> small = graph.node("RESIZE", cat, width=320)
    >>> config = graph.config(output=graph.effect("dog", small, acuity=0.5))
    """

    def __init__(self, name: str, *, version: str = "", description: str = "", owner: str = "") -> None:
        self._head = {"name": name, "version": version, "description": description, "owner": owner}
        self._params: dict[str, dict[str, Any]] = {}
        self._registry: dict[str, dict[str, dict[str, str]]] = {"assets": {}, "effects": {}}
        self._profile: dict[str, Any] = {}
        self._nodes: dict[str, dict[str, Any]] = {}

    def source(self, asset: str | None = None, *, hash: str | None = None, id: str | None = None) -> NodeRef:
        """A fixed input: an asset by name, or a stored file by its content hash."""
        given = {"asset": asset, "hash": hash}
        return self._add("SOURCE", (), {key: value for key, value in given.items() if value is not None}, id, "source")

    def input(self, name: str, *, description: str | None = None, id: str | None = None) -> NodeRef:
        """An input that is asked for at run time by this name."""
        config = {"input": True, "name": name}
        if description is not None:
            config["description"] = description
        return self._add("SOURCE", (), config, id, name)

    def node(self, type: str, *inputs: NodeRef, id: str | None = None, cache: bool = False, **config: Any) -> NodeRef:
        """A node of any type: its inputs in order, its config by keyword; with `cache` its result is kept."""
        return self._add(type, inputs, config, id, type.lower(), cache)

    def effect(self, name: str, *inputs: NodeRef, id: str | None = None, cache: bool = False, **params: Any) -> NodeRef:
        """An effect applied to its input, with the effect's parameters by keyword; with `cache` its result is kept."""
        config = {"effect": name, "params": params} if params else {"effect": name}
        return self._add("EFFECT", inputs, config, id, name, cache)

    def param(
        self,
        name: str,
        default: Any = None,
        *,
        type: ParamType | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        choices: Iterable[str] | None = None,
        description: str | None = None,
    ) -> ParamRef:
        """A parameter of the config; use what comes back as a value, or in an f-string, in the config of nodes."""
        if name in self._params:
            raise UsageError(f"the graph has a parameter {name!r} already")
        said = {"type": type, "default": default, "min": minimum, "max": maximum, "description": description}
        said["choices"] = list(choices) if choices is not None else None
        self._params[name] = {key: _plain(value, key) for key, value in said.items() if value is not None}
        return ParamRef(name)

    def pin_asset(self, name: str, hash: str) -> None:
        """Fix what file an asset's name means."""
        self._registry["assets"][name] = {"hash": hash}

    def pin_effect(self, name: str, hash: str) -> None:
        """Fix the source of an effect."""
        self._registry["effects"][name] = {"hash": hash}

    def write_as(self, format: str | None = None, *, quality: int | None = None, codec: str | None = None) -> None:
        """Choose how the output is written."""
        said = {"format": format, "quality": quality, "codec": codec}
        self._profile = {key: value for key, value in said.items() if value is not None}

    def to_yaml(self, output: NodeRef) -> str:
        """The graph as a YAML text, always the same for the same graph."""
        top: dict[str, Any] = {key: value for key, value in self._head.items() if value}
        parts = {"params": self._params, "registry": {key: pins for key, pins in self._registry.items() if pins}}
        top |= {key: value for key, value in parts.items() if value}
        if self._profile:
            top["output_profile"] = self._profile
        top["dag"] = {"nodes": list(self._nodes.values()), "output": output.id}
        return to_yaml(top)

    def config(self, output: NodeRef, effects: Effects | None = None) -> Config:
        """The graph as a config that renders `output`; ConfigError holds everything that is wrong with it."""
        return load_config(self.to_yaml(output), file=f"graph {self._head['name']!r}", effects=effects)

    def _add(
        self,
        type: str,
        inputs: tuple[NodeRef, ...],
        config: Mapping[str, Any],
        id: str | None,
        stem: str,
        cache: bool = False,
    ) -> NodeRef:
        if id in self._nodes:
            raise UsageError(f"the graph has a node {id!r} already")
        node_id = id or self._free_id(stem)
        node: dict[str, Any] = {"id": node_id, "type": type}
        if config:
            node["config"] = _plain(config, node_id)
        if inputs:
            node["inputs"] = [item.id for item in inputs]
        if cache:
            node["cache"] = True
        self._nodes[node_id] = node
        return NodeRef(node_id)

    def _free_id(self, stem: str) -> str:
        if stem not in self._nodes:
            return stem
        numbered = (f"{stem}_{number}" for number in count(len(self._nodes) + 1))
        return next(name for name in numbered if name not in self._nodes)


def effect_config(effect: Effect, params: Mapping[str, object], effects: Effects, input_name: str = "input") -> Config:
    """The config of one effect on one input: two nodes, the effect pinned by its hash.

    `params` are values, or texts as a command line has them; ParamProblems holds everything that is wrong with them.
    """
    values = {name: _value(effect, name, value) for name, value in params.items()}
    bind(effect, values)
    graph = GraphBuilder(effect.name)
    graph.pin_effect(effect.name, effect.content_hash)
    source = graph.input(input_name, id=input_name)
    output = graph.effect(effect.name, source, id=f"apply_{effect.name}", **escaped(values))
    return graph.config(output, effects)


def _value(effect: Effect, name: str, value: object) -> object:
    if not isinstance(value, str) or all(param.name != name for param in effect.params):
        return value
    return parse_text(find_param(effect, name), value)


def _plain(value: Any, where: str, depth: int = MAX_DEPTH) -> Any:
    """A value as YAML can say it, down to `depth` levels."""
    if isinstance(value, ParamRef):
        return str(value)
    if isinstance(value, Mapping) and depth:
        return {str(key): _plain(item, where, depth - 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)) and depth:
        return [_plain(item, where, depth - 1) for item in value]
    if value is None or isinstance(value, bool) or (isinstance(value, str) and _is_unicode(value)):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    raise UsageError(f"{where}: {shown(value)} cannot stand in a config; give text, numbers, lists or mappings")


def _is_unicode(text: str) -> bool:
    """Whether UTF-8 can hold it: half a surrogate pair is no character."""
    return not any("\ud800" <= character <= "\udfff" for character in text)
