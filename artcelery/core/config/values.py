"""A config with values for its parameters and analyses: nodes that are ready to work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from artcelery.core.config.binding import Binder
from artcelery.core.config.document import Document
from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.levels import Level
from artcelery.core.config.model import Bound, BoundNode, Config, EffectPin, Effects, ParamSpec
from artcelery.core.config.scopes import Scope, Values
from artcelery.core.config.suggest import Suggester, choices
from artcelery.core.config.unfolding import Collected, Unfolding
from artcelery.core.config.wiring import has_map
from artcelery.core.errors import UsageError

__all__ = ["bind", "bind_defaults"]


def bind_defaults(
    findings: Findings,
    level: Level,
    output: str | None,
    params: tuple[ParamSpec, ...],
    effects: Effects,
    pins: Mapping[str, EffectPin],
) -> Mapping[Path, BoundNode]:
    """The nodes of all levels that are ready with the parameters' defaults, as each stands in the file, by path.

    Whatever is wrong with a node is reported; in a MAP first what is wrong whatever the item.
    """
    sound = not findings.found
    values = Values(
        {param.name: param.placeholder() if param.required else param.default for param in params},
        frozenset(param.name for param in params if param.required),
    )
    binder = Binder(findings, effects, pins, level.mentions)
    bound = {made.path: made for scope in _scopes(Scope(level, values)) for made in _bound(binder, scope)}
    if level.inner and sound and output is not None:
        collected = Collected(findings, findings.paths)
        unfolding = Unfolding(replace(binder, problems=collected), {path: made.op for path, made in bound.items()})
        unfolding.bind(level, values, output)
        collected.report()
    return bound


def _scopes(scope: Scope) -> Iterator[Scope]:
    """A scope for each level, without values of items."""
    yield scope
    for inner in scope.level.inner.values():
        yield from _scopes(Scope(inner, scope.values, scope))


def _bound(binder: Binder, scope: Scope) -> Iterator[BoundNode]:
    level = scope.level
    for node in level.nodes:
        many = bool(level.inner or level.around) and has_map(level, node)
        made = binder.bind(node, scope, None if many else len(node.inputs))
        if made is not None:
            yield made


def bind(
    config: Config, params: Mapping[str, object], effects: Effects, analyses: Mapping[str, Any] | None = None
) -> Bound:
    """The nodes with these values (as they are, or as text), and the defaults for the others.

    `analyses` are the documents of ANALYZE nodes, by the ids of the bound nodes. UsageError names every value that is
    unknown, missing or not allowed; ConfigError says which node cannot work with them. Only nodes that refer to a
    changed parameter are made anew.
    """
    given = _values(config, params)
    changed = {spec.name for spec in config.params if spec.required or given[spec.name] != spec.default}
    findings = Findings(config.document or Document(None), config.file)
    level = config.level
    assert level is not None
    values = Values(given, analyses=analyses or {})
    ready = {path: made for path, made in config.bound.items() if not _refers(level, path, changed)}
    if level.is_plain:
        binder = Binder(findings, effects, config.effects, level.mentions)
        scope = Scope(level, values)
        made = (ready.get(node.path) or binder.bind(node, scope, len(node.inputs)) for node in level.nodes)
        bound = Bound(tuple(node for node in made if node is not None), config.output)
    else:
        collected = Collected(findings)
        binder = Binder(collected, effects, config.effects, level.mentions)
        bound = Unfolding(binder, {path: node.op for path, node in ready.items()}).bind(level, values, config.output)
        collected.report()
    findings.raise_problems()
    return bound


def _refers(level: Level, path: Path, names: Collection[str]) -> bool:
    mentions = level.mentions.get(path)
    return mentions is not None and any(item.reference.name in names for item in mentions)


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
