"""Configs made in Python: the same as configs in YAML, with the same keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from artcelery.core.config.building import MapBody, NodeRef, Nodes, ParamRef, plain
from artcelery.core.config.load import load_config
from artcelery.core.config.model import Config, Effects
from artcelery.core.config.params import ParamType
from artcelery.core.config.references import escaped
from artcelery.core.config.writer import to_yaml
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import bind, find_param, parse_text
from artcelery.core.errors import UsageError

__all__ = ["GraphBuilder", "MapBody", "NodeRef", "ParamRef", "effect_config"]


class GraphBuilder(Nodes):
    """A graph made node by node; `config` checks it as a whole.

    Texts are what they would be in YAML: `${width}` refers to a parameter, and `$${` stands for `${`.

    >>> graph = GraphBuilder("small-cat")
    >>> cat = graph.source(asset="cat")
    >>> small = graph.node("RESIZE", cat, width=320)
    >>> config = graph.config(output=graph.effect("dog", small, acuity=0.5))
    """

    def __init__(self, name: str, *, version: str = "", description: str = "", owner: str = "") -> None:
        super().__init__(set())
        self._head = {"name": name, "version": version, "description": description, "owner": owner}
        self._params: dict[str, dict[str, Any]] = {}
        self._registry: dict[str, dict[str, dict[str, str]]] = {"assets": {}, "effects": {}}
        self._profile: dict[str, Any] = {}

    def input(self, name: str, *, description: str | None = None, id: str | None = None) -> NodeRef:
        """An input that is asked for at run time by this name."""
        config = {"input": True, "name": name}
        if description is not None:
            config["description"] = description
        return self._add("SOURCE", (), config, id, name)

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
        self._params[name] = {key: plain(value, key) for key, value in said.items() if value is not None}
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


def effect_config(effect: Effect, params: Mapping[str, object], effects: Effects, input_name: str = "input") -> Config:
    """The config of one effect on one input, which nobody gave: two nodes, the effect pinned by its hash.

    `params` are values, or texts as a command line has them; ParamProblems holds everything that is wrong with them.
    """
    values = {name: _value(effect, name, value) for name, value in params.items()}
    bind(effect, values)
    graph = GraphBuilder(effect.name)
    graph.pin_effect(effect.name, effect.content_hash)
    source = graph.input(input_name, id=input_name)
    output = graph.effect(effect.name, source, id=f"apply_{effect.name}", **escaped(values))
    return replace(graph.config(output, effects), is_given=False)


def _value(effect: Effect, name: str, value: object) -> object:
    if not isinstance(value, str) or all(param.name != name for param in effect.params):
        return value
    return parse_text(find_param(effect, name), value)
