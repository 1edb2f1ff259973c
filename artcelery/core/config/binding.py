"""Nodes made ready to work: references replaced, configs validated by their ops, effects found and given parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from artcelery.core.config.findings import Path
from artcelery.core.config.model import BoundNode, EffectPin, Effects, NodeSpec
from artcelery.core.config.references import Mention
from artcelery.core.config.replacing import Replacer
from artcelery.core.config.scopes import Scope
from artcelery.core.config.words import in_words
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import ParamProblems
from artcelery.core.effect.binding import bind as bind_params
from artcelery.core.errors import ArtceleryError
from artcelery.core.ops import OPS, Op, OpConfig
from artcelery.core.ops.effect import EffectConfig, EffectOp, effect_op

__all__ = ["Binder", "Problems"]

_MOST_SHOWN = 3
_NOTHING: frozenset[str] = frozenset()


class Problems(Protocol):
    """Where problems go."""

    def problem(self, path: Path, message: str) -> None:
        """Something at `path` is wrong."""
        ...


@dataclass
class Binder:
    """Binds nodes; what is wrong goes into `problems`, except where a stand-in has part in it."""

    problems: Problems
    effects: Effects
    pins: Mapping[str, EffectPin]
    mentions: Mapping[Path, tuple[Mention, ...]]
    replacer: Replacer = field(default_factory=Replacer)
    _resolved: dict[str, Effect | ArtceleryError] = field(default_factory=dict)

    def bind(self, node: NodeSpec, scope: Scope, inputs: int | None) -> BoundNode | None:
        """The node as it stands in the file, ready; None when something is wrong with it, or not known yet."""
        op, _ = self.made(node, scope, node.id, inputs)
        return None if op is None else BoundNode(node.id, node.type, op, node.inputs, node.path, node.cache)

    def made(self, node: NodeSpec, scope: Scope, id: str, inputs: int | None) -> tuple[Op[Any] | None, frozenset[str]]:
        """The node's op when it can be made, and the analyses that it waits for.

        `id` is what messages call the node, and `inputs` how many it has, where that is known.
        """
        if node.type not in OPS:
            return None, _NOTHING
        task, config, waits = _Task(self, node, id, inputs), node.config, _NOTHING
        mentions = self.mentions.get(node.path)
        if mentions is not None:
            found = self.replacer.replaced(config, mentions, scope)
            for path, message in found.wrong:
                task.report(("config", *path), message)
            config, waits = found.config, found.waits
            task.origins, task.stand_ins = found.origins, [*found.stand_ins, *(path for path, _ in found.wrong)]
        op = task.made(OPS[node.type], config)
        return None if task.stand_ins else op, waits

    def effect(self, name: str) -> Effect | ArtceleryError:
        """The effect of a name as the config pins it, or why there is none; found once."""
        if name not in self._resolved:
            pin = self.pins.get(name)
            try:
                self._resolved[name] = self.effects.resolve(name, pin.hash if pin else None)
            except ArtceleryError as error:
                self._resolved[name] = error
                if pin and pin.hash:
                    self.problems.problem(("registry", "effects", name, "hash"), error.message)
        return self._resolved[name]


@dataclass
class _Task:
    """One node on its way; `stand_ins` are the paths in its config that hold no real value."""

    binder: Binder
    node: NodeSpec
    id: str
    inputs: int | None
    stand_ins: list[Path] = field(default_factory=list)
    origins: Sequence[tuple[Path, str]] = ()

    def made(self, op: type[Op[Any]], config: dict[str, Any]) -> Op[Any] | None:
        """The op with its config, and its effect if it has one; None when something is wrong."""
        model = op.config_model
        try:
            valid = model.model_validate(config)
        except ValidationError as error:
            for path, message in in_words(error, model, config):
                self.problem(path, message + _where_params_go(model, path))
            if model is EffectConfig:
                self._check_params_too(config)
            return None
        made = self._effect_op(valid) if isinstance(valid, EffectConfig) else op(valid)
        if made is not None:
            made.node_id = self.id or self.node.id
        return made

    def problem(self, path: Path, message: str) -> None:
        """Report what is wrong at a path in the node's config, unless a stand-in may be to blame."""
        if not any(_meet(stand_in, path) for stand_in in self.stand_ins):
            self.report(("config", *path), message + self._origin(path))

    def report(self, path: Path, message: str) -> None:
        """Report what is wrong at a path in the node."""
        name = f"node {self.id!r}" if self.id else str(self.node)
        self.binder.problems.problem(self.node.at(*path), f"{name} ({self.node.type}): {message}")

    def _origin(self, path: Path) -> str:
        """Which references a wrong value comes from, and what they are."""
        said = list(dict.fromkeys(text for at, text in self.origins if _meet(at, path)))[:_MOST_SHOWN]
        return f" ({', '.join(said)})" if said else ""

    def _check_params_too(self, config: dict[str, Any]) -> None:
        """Report what is wrong with the parameters of a node that has other faults."""
        known = {key: value for key, value in config.items() if key in EffectConfig.model_fields}
        with suppress(ValidationError):  # reported already
            self._effect_op(EffectConfig.model_validate(known))

    def _effect_op(self, config: EffectConfig) -> EffectOp | None:
        if ("effect",) in self.stand_ins:
            return None
        effect = self._effect(config.effect)
        if effect is None:
            return None
        if effect.kind != "file" and self.inputs is not None and self.inputs > 1:
            said = f"the effect {effect.name} works on one input; here it has {self.inputs}"
            self.report(("inputs",), said)
        try:
            return effect_op(config, effect, bind_params(effect, config.params))
        except ParamProblems as error:
            for name, message in error.problems:
                self.problem(("params", name), f"effect {effect.name}: {message}")
            return None

    def _effect(self, name: str) -> Effect | None:
        found = self.binder.effect(name)
        if isinstance(found, Effect):
            return found
        pin = self.binder.pins.get(name)
        if pin is None or pin.hash is None:  # a wrong pin is reported where it stands, once
            self.problem(("effect",), found.message)
        return None


def _meet(one: Path, other: Path) -> bool:
    """Whether one of two paths leads to the other."""
    return one[: len(other)] == other or other[: len(one)] == one


def _where_params_go(model: type[OpConfig], path: Path) -> str:
    if model is EffectConfig and len(path) == 1 and path[0] not in model.model_fields:
        return "; the parameters of an effect stand under 'params'"
    return ""
