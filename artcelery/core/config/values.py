"""A config with values given for its parameters: nodes that are ready to work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from artcelery.core.config.binding import Binder
from artcelery.core.config.document import Document
from artcelery.core.config.findings import Findings
from artcelery.core.config.model import Bound, BoundNode, Config, Effects, ParamSpec
from artcelery.core.config.suggest import Suggester, choices
from artcelery.core.errors import UsageError

__all__ = ["bind"]


def bind(
    config: Config, params: Mapping[str, object], effects: Effects, analyses: Mapping[str, Any] | None = None
) -> Bound:
    """The nodes with these values (as they are, or as text), and the defaults for the others.

    UsageError names every value that is unknown, missing or not allowed; ConfigError says which node cannot work with
    them. Only nodes that refer to a changed parameter are made anew.
    """
    values = _values(config, params)
    changed = {spec.name for spec in config.params if spec.required or values[spec.name] != spec.default}
    findings = Findings(config.document or Document(None), config.file)
    binder = Binder(findings, effects, config.effects, values, config.references)
    bound: list[BoundNode] = []
    for node, ready in zip(config.nodes, config.bound, strict=True):
        again = ready is None or not changed.isdisjoint(config.references.get(node.path, ()))
        made = binder.bind(node) if again else ready
        if made is not None:
            bound.append(made)
    findings.raise_problems()
    return Bound(tuple(bound), config.output)


def _values(config: Config, given: Mapping[str, object]) -> dict[str, Any]:
    specs = {spec.name: spec for spec in config.params}
    near = Suggester(specs)
    wrong = [
        f"the config has no parameter {name!r}{near.hint(name)} (parameters: {choices(specs) or 'none'})"
        for name in given
        if name not in specs
    ]
    values: dict[str, Any] = {}
    for name, spec in specs.items():
        try:
            values[name] = _value(spec, given)
        except ValueError as error:
            wrong.append(f"the parameter {name!r}: {error}")
    if wrong:
        raise UsageError("\n".join(wrong))
    return values


def _value(spec: ParamSpec, given: Mapping[str, object]) -> Any:
    if spec.name in given:
        value = given[spec.name]
        return spec.parse(value) if isinstance(value, str) else spec.check(value)
    if spec.required:
        raise ValueError(f"a value must be given: {spec.allowed()}")
    return spec.default
