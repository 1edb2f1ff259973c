"""MAPs as the file says them: their sub-graphs read, their names checked against those around them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import ValidationError

from artcelery.core.config.findings import Findings
from artcelery.core.config.levels import INDEX, Level
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.nodes import read_nodes
from artcelery.core.config.references import find_mentions
from artcelery.core.config.section import Section
from artcelery.core.config.words import in_words
from artcelery.core.ops.map import MapConfig

__all__ = ["read_levels"]


def read_levels(findings: Findings, nodes: Sequence[NodeSpec]) -> Level:
    """The level of `dag`, with those of the MAPs in it, and what each node refers to."""
    root = Level(nodes)
    _read_inner(findings, root)
    for level in root.walk():
        for node in level.nodes:
            found = find_mentions(node.config if node.path not in level.inner else level.inner[node.path].lists)
            if found is not None:
                root.mentions[node.path] = found
    return root


def _read_inner(findings: Findings, level: Level) -> None:
    for node in level.nodes:
        if node.type == "MAP":
            level.inner[node.path] = inner = Level(_nodes(findings, node), node, level)
            _check_config(findings, node)
            _check_names(findings, inner)
            _read_inner(findings, inner)


def _nodes(findings: Findings, node: NodeSpec) -> tuple[NodeSpec, ...]:
    said = node.config.get("nodes")
    if not isinstance(said, list) or not said:
        return ()  # reported with the other keys
    return read_nodes(findings, Section(findings, node.at("config"), node.config, "the config of a MAP"))


def _check_config(findings: Findings, node: NodeSpec) -> None:
    try:
        config = MapConfig.model_validate(node.config)
    except ValidationError as error:
        for path, message in in_words(error, MapConfig, node.config):
            findings.problem(node.at("config", *path), f"{node} (MAP): {message}")
        return
    lengths = {name: len(values) for name, values in config.over.items() if isinstance(values, list)}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        findings.problem(node.at("config", "over"), f"{node} (MAP): these lists are walked together; {said}")
    if (config.each is None) == bool(node.inputs):
        said = "`each` needs inputs to go over" if config.each else "inputs need `each`: a name for the current one"
        findings.problem(node.at("config", "each") if config.each else node.at("inputs"), f"{node} (MAP): {said}")


def _check_names(findings: Findings, level: Level) -> None:
    node, around = level.node, level.around
    assert node is not None
    assert around is not None
    for item in level.nodes:
        if item.id and around.knows(item.id):
            said = f"the id {item.id!r} is used around the MAP {node.id!r} too; call one of the two otherwise"
            findings.problem(item.at("id"), said)
        if item.type == "SOURCE" and item.config.get("input"):
            said = "what is asked for stands outside the MAP; use its id as an input here"
            findings.problem(item.at("config", "input"), f"{item}: {said}")
    if level.each is not None and (level.each in level.by_id or around.knows(level.each)):
        findings.problem(
            node.at("config", "each"), f"{node} (MAP): {level.each!r} is the id of a node; choose another name"
        )
    for key, lists in level.lists.items():
        for name in lists:
            why = _taken(level, key, name)
            if why:
                findings.problem(node.at("config", key, name), f"{node} (MAP): {name!r} is {why}; choose another name")


def _taken(level: Level, key: str, name: str) -> str | None:
    around = level.around
    assert around is not None
    if name == INDEX:
        return "the number of the item"
    if name in level.by_id or level.each == name or around.knows(name):
        return "the id of a node"
    if any(name in outer.values for outer in around.chain()):
        return "a value of the MAP around this one"
    return "in `over` too" if key == "matrix" and name in level.lists["over"] else None
