"""References checked before any value is known: each name is there, and what it stands for has such parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

from artcelery.core.config.findings import Findings, Path
from artcelery.core.config.levels import INDEX, Level
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.params import ParamSpec
from artcelery.core.config.references import Reference
from artcelery.core.config.suggest import Suggester, choices
from artcelery.core.config.types import find_type

__all__ = ["check_references"]

_ASKED_FOR = ("input", "name", "description")


def check_references(
    findings: Findings, root: Level, params: tuple[ParamSpec, ...], declared: Mapping[str, object]
) -> None:
    """Report references to nothing, and parameters that nothing refers to; `declared` are all that the file names."""
    check = _Check(findings, declared)
    if root.mentions:
        for level in root.walk():
            for node in level.nodes:
                check.node(level, node)
    if INDEX in declared and root.inner:
        said = f"${{{INDEX}}} is the number of the item in a MAP; call the parameter otherwise"
        findings.problem(("params", INDEX), said)
    for param in params if root.nodes else ():
        if param.name not in check.used:
            report = findings.problem if param.required else findings.warn
            report(("params", param.name), f"the parameter {param.name!r} is not used by any node")


class _Check:
    def __init__(self, findings: Findings, declared: Mapping[str, object]) -> None:
        self._findings, self._params = findings, declared
        self.used: set[str] = set()
        self._near: dict[tuple[str, int], tuple[Collection[str], Suggester]] = {}
        self._features: dict[Path, Collection[str]] = {}

    def node(self, level: Level, node: NodeSpec) -> None:
        for name in _own(level, node):
            if name in self._params:
                said = f"{name!r} is a parameter too; call one of the two otherwise"
                self._findings.problem(node.at("config"), f"{node} (MAP): {said}")
        for mention in level.mentions.get(node.path, ()):
            reference = mention.reference
            wrong = reference.wrong or self._wrong(level, reference)
            if wrong is None and node.type == "SOURCE" and mention.path[0] in _ASKED_FOR:
                wrong = f"{node}: {mention.path[0]!r} says what is asked for; it cannot hold a reference"
            if wrong:
                self._findings.problem(node.at("config", *mention.path), wrong)

    def _wrong(self, level: Level, reference: Reference) -> str | None:
        name = reference.name
        if level.is_value(name):
            return None
        if reference.steps:
            return self._wrong_analysis(level, reference)
        self.used.add(name)
        return None if name in self._params else self._no_value(level, name)

    def _no_value(self, level: Level, name: str) -> str:
        node = level.find(name)
        if node is not None and node.type == "ANALYZE":
            return f"${{{name}}} names no parameter; say which result of the analysis, such as ${{{name}.beats}}"
        values, near = self._known("values", level)
        known = f"; there are {choices(sorted(values))}" if values else "; declare it under 'params'"
        return f"${{{name}}} names no parameter{near.hint(name) or known}"

    def _wrong_analysis(self, level: Level, reference: Reference) -> str | None:
        name, node = reference.name, level.find(reference.name)
        if node is None and name in self._params:
            self.used.add(name)
            return f"{reference.text}: the parameter {name!r} is one value and has no parts; write ${{{name}}}"
        if node is None:
            analyses, near = self._known("analyses", level)
            known = f"; there are {choices(sorted(analyses))}" if analyses else ""
            return f"{reference.text}: there is no analysis {name!r}{near.hint(name) or known}"
        if node.type != "ANALYZE":
            return f"{reference.text}: {node} is of type {node.type or '?'}; only results of ANALYZE can be referred to"
        feature = reference.steps[0]
        if not isinstance(feature, str):
            return f"{reference.text}: name a result of the analysis first, such as ${{{name}.beats[0]}}"
        features = self._features.get(node.path)
        if features is None:
            features = self._features[node.path] = dict.fromkeys(_features(node))
        if not features or feature in features:
            return None
        hint = Suggester(features).hint(feature) or f"; it finds {choices(features)}"
        return f"{reference.text}: the analysis {name!r} does not find {feature!r}{hint}"

    def _known(self, kind: str, level: Level) -> tuple[Collection[str], Suggester]:
        """The names that could have been meant in a level; looked for once."""
        key = (kind, id(level))
        if key not in self._near:
            found = self._params.keys() | _values(level) if kind == "values" else _analyses(level)
            self._near[key] = found, Suggester(found)
        return self._near[key]


def _values(level: Level) -> set[str]:
    return {name for outer in level.chain() for name in outer.values}


def _analyses(level: Level) -> set[str]:
    return {id for outer in level.chain() for id, node in outer.by_id.items() if node.type == "ANALYZE"}


def _own(level: Level, node: NodeSpec) -> Iterable[str]:
    """The names that a MAP gives to its values."""
    inner = level.inner.get(node.path)
    return (name for lists in inner.lists.values() for name in lists) if inner else ()


def _features(node: NodeSpec) -> list[str]:
    """What an ANALYZE node finds out; nothing when that is not known yet."""
    said = node.config.get("features")
    if isinstance(said, list) and said:
        words = [word for word in said if isinstance(word, str)]
        return [] if any("${" in word for word in words) else words
    analyze = find_type("ANALYZE")
    field = analyze.config_model.model_fields.get("features") if analyze else None
    return [] if field is None or said is not None else list(_literals(field.annotation))


def _literals(annotation: Any) -> Iterator[str]:
    """The words of the `Literal` in an annotation."""
    if get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
        return
    for inner in get_args(annotation):
        yield from _literals(inner)
