"""Nodes made ready to work: references replaced, configs validated by their ops, effects found and given parameters."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.model import BoundNode, EffectPin, Effects, NodeSpec
from artcelery.core.config.references import ESCAPED, find_references, substitute
from artcelery.core.config.words import in_words
from artcelery.core.effect import Effect
from artcelery.core.effect.binding import ParamProblems
from artcelery.core.effect.binding import bind as bind_params
from artcelery.core.errors import ArtceleryError
from artcelery.core.ops import OPS, Op
from artcelery.core.ops.effect import EffectConfig, EffectOp

__all__ = ["Binder"]


@dataclass
class Binder:
    """Binds nodes with these values of parameters; those in `unknown` are only stand-ins for values to come.

    `references` has the nodes, by path, that refer to parameters at all. What is wrong goes into `findings`, except
    where a stand-in has part in it.
    """

    findings: Findings
    effects: Effects
    pins: Mapping[str, EffectPin]
    values: Mapping[str, Any]
    references: Mapping[Path, frozenset[str]]
    unknown: frozenset[str] = frozenset()
    _resolved: dict[str, Effect | ArtceleryError] = field(default_factory=dict)

    def bind(self, node: NodeSpec) -> BoundNode | None:
        """The node, ready; None when something is wrong with it, or not known yet."""
        if node.type not in OPS:
            return None
        task, config = _Task(self, node, []), node.config
        if node.path in self.references:
            task.stand_ins = [path for path, name in find_references(config) if self._is_stand_in(name)]
            config = substitute(config, self.values)
        op = task.made(OPS[node.type], config)
        if op is None or task.stand_ins:
            return None
        return BoundNode(node.id, node.type, op, node.inputs, node.path, node.cache)

    def _is_stand_in(self, name: str | None) -> bool:
        return name != ESCAPED and (name in self.unknown or name not in self.values)

    def effect(self, name: str) -> Effect | ArtceleryError:
        """The effect of a name as the config pins it, or why there is none; found once."""
        if name not in self._resolved:
            pin = self.pins.get(name)
            try:
                self._resolved[name] = self.effects.resolve(name, pin.hash if pin else None)
            except ArtceleryError as error:
                self._resolved[name] = error
                if pin and pin.hash:
                    self.findings.problem(("registry", "effects", name, "hash"), error.message)
        return self._resolved[name]


@dataclass
class _Task:
    """One node on its way; `stand_ins` are the paths in its config that hold no real value yet."""

    binder: Binder
    node: NodeSpec
    stand_ins: list[Path]

    def made(self, op: type[Op[Any]], config: dict[str, Any]) -> Op[Any] | None:
        """The op with its config, and its effect if it has one; None when something is wrong."""
        model = op.config_model
        try:
            made = op(model.model_validate(config))
        except ValidationError as error:
            for path, message in in_words(error, model, config):
                self.problem(path, message + _where_params_go(op, path))
            if issubclass(op, EffectOp):
                self._check_params_too(op, config)
            return None
        return self._with_effect(made) if isinstance(made, EffectOp) else made

    def problem(self, path: Path, message: str) -> None:
        """Report what is wrong at a path in the node's config, unless a stand-in may be to blame."""
        if any(stand_in[: len(path)] == path or path[: len(stand_in)] == stand_in for stand_in in self.stand_ins):
            return
        self._report(("config", *path), message)

    def _report(self, path: Path, message: str) -> None:
        self.binder.findings.problem(self.node.at(*path), f"{self.node} ({self.node.type}): {message}")

    def _check_params_too(self, op: type[EffectOp], config: dict[str, Any]) -> None:
        """Report what is wrong with the parameters of a node that has other faults."""
        known = {key: value for key, value in config.items() if key in op.config_model.model_fields}
        with suppress(ValidationError):  # reported already
            self._with_effect(op(EffectConfig.model_validate(known)))

    def _with_effect(self, op: EffectOp) -> EffectOp | None:
        if ("effect",) in self.stand_ins:
            return None
        effect = self._effect(op.config.effect)
        if effect is None:
            return None
        if effect.kind != "file" and len(self.node.inputs) > 1:
            said = f"the effect {effect.name} works on one input; here it has {len(self.node.inputs)}"
            self._report(("inputs",), said)
        try:
            return op.bound(effect, bind_params(effect, op.config.params))
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


def _where_params_go(op: type[Op[Any]], path: Path) -> str:
    if issubclass(op, EffectOp) and len(path) == 1 and path[0] not in op.config_model.model_fields:
        return "; the parameters of an effect stand under 'params'"
    return ""
