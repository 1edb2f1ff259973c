"""How nodes hang together: every input is there, nothing goes round in a circle, everything leads to the output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from artcelery.core.config.findings import Findings
from artcelery.core.config.levels import Level, split_item
from artcelery.core.config.loops import find_loops
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.section import Section
from artcelery.core.config.suggest import Suggester
from artcelery.core.config.types import find_type

__all__ = ["arity_problem", "check_wiring", "has_map"]

_MOST_NAMED = 8


def check_wiring(findings: Findings, level: Level, dag: Section) -> str | None:
    """The id of the output node; what is wrong with the edges of the graph is reported."""
    near = Suggester({id for outer in level.chain() for id in outer.by_id} if level.around else level.by_id)
    for node in level.nodes:
        _check_inputs(findings, level, node, near)
    _refuse_ids_of_items(findings, level)
    for inner in level.inner.values():
        assert inner.node is not None
        check_wiring(findings, inner, Section(findings, inner.node.at("config"), inner.node.config, "a MAP"))
    for loop in find_loops(level.edges):
        _report_loop(findings, loop, level)
    _refuse_double_meanings(findings, level.by_id)
    output = _output(dag, level, near)
    if output is not None:
        _check_use(findings, output, level)
    return output


def _check_inputs(findings: Findings, level: Level, node: NodeSpec, near: Suggester) -> None:
    keys: Iterable[str | int] = node.roles or range(len(node.inputs))
    for key, name in zip(keys, node.inputs, strict=True):
        if name and name not in level.by_id and not level.knows(name):
            # One id alone stands at the key itself, and is found there: a text has no items.
            findings.problem(node.at("inputs", key), f"{node}: {_no_node(level, name, near)}")
    # How many inputs there are where a MAP is one of them, is known when it is unfolded.
    many = (level.inner or level.around) and has_map(level, node)
    wrong = None if many else arity_problem(node.type, len(node.inputs))
    if wrong:
        findings.problem(node.at("inputs"), f"{node}: {wrong}")


def _no_node(level: Level, name: str, near: Suggester) -> str:
    item = split_item(name)
    if item and level.knows(item[0]):
        return f"{item[0][:60]!r} is no MAP; only the items of a MAP are named so: {name[:60]}"
    return f"no node has the id {name[:60]!r}{near.hint(name)}"


def has_map(level: Level, node: NodeSpec) -> bool:
    """Whether a MAP, with all its items, is among the inputs of a node."""
    maps = (outer for outer in level.chain() if outer.inner)
    return any(outer.map_of(name) for outer in maps for name in node.inputs)


def arity_problem(type: str, inputs: int) -> str | None:
    """What is wrong with a number of inputs for a type of node; None when nothing is."""
    known = find_type(type)
    if known is None:
        return None
    least, most = known.inputs
    if least <= inputs and (most is None or inputs <= most):
        return None
    wanted = {(0, 0): "no inputs"}.get((least, most or 0)) or _counted(least, most)
    return f"{type} takes {wanted}; here it has {inputs or 'none'}"


def _counted(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} input{'s' if least > 1 else ''}"
    count = f"{least}" if least == most else f"{least} to {most}"
    return f"{count} input{'s' if most > 1 else ''}"


def _refuse_ids_of_items(findings: Findings, level: Level) -> None:
    """`tiles[2]` names an item of the MAP `tiles`, and `tiles[2].small` is a node in it: no other node is called so."""
    for node in level.nodes if level.inner else ():
        starts = (node.id[:at] for at, letter in enumerate(node.id) if letter == "[")
        owner = next((start for start in starts if level.map_of(start)), None)
        if owner is not None:
            findings.problem(
                node.at("id"), f"{node.id!r} would be taken for a part of the MAP {owner!r}; call it otherwise"
            )


def _report_loop(findings: Findings, loop: list[str], level: Level) -> None:
    first = level.by_id[loop[0]]
    if len(loop) == 1:
        said = f"{first} has itself as an input" if loop[0] in first.inputs else f"{first} works on its own result"
    else:
        said = f"these nodes go round in a circle: {' -> '.join(_named([*loop, loop[0]]))}"
    reason = first.at("inputs") if loop[-1] in first.inputs else first.path
    findings.problem(reason, said)


def _named(names: list[str]) -> Iterator[str]:
    if len(names) <= _MOST_NAMED + 1:
        yield from names
        return
    yield from names[: _MOST_NAMED - 1]
    yield f"({len(names) - _MOST_NAMED} more)"
    yield names[-1]


def _refuse_double_meanings(findings: Findings, by_id: Mapping[str, NodeSpec]) -> None:
    """An input is given by its name or its node's id, so that no name may be the id of another input."""
    for node in by_id.values():
        name = _asked_name(node)
        other = by_id.get(name) if name else None
        if other and other is not node and _is_input(other) and _asked_name(other) != name:
            said = f"{name!r} is the id of another input; call one of them otherwise"
            findings.problem(node.at("config", "name"), f"{node}: {said}")


def _is_input(node: NodeSpec) -> bool:
    return node.type == "SOURCE" and bool(node.config.get("input"))


def _asked_name(node: NodeSpec) -> str | None:
    name = node.config.get("name")
    return name if isinstance(name, str) and _is_input(node) else None


def _output(dag: Section, level: Level, near: Suggester) -> str | None:
    if "output" not in dag.value:
        if not level.around:  # else the op's model says so
            dag.missing("output", ": the id of the node to render")
        return None
    output = dag.text("output") if not level.around or isinstance(dag.value["output"], str) else None
    if output is None or level.target(output) is not None:
        return output
    if level.by_id:  # else there are no nodes, which is reported already
        dag.problem("output", f"no node has the id {output[:60]!r}{near.hint(output)}")
    return None


def _check_use(findings: Findings, output: str, level: Level) -> None:
    """Inputs that are asked for must lead to the output; other nodes may lie idle, with a warning."""
    used = _upstream(level.target(output) or output, level)
    for node in level.by_id.values():
        if node.id in used:
            continue
        message = f"{node} does not lead to the output {output!r}"
        if _is_input(node):
            findings.problem(node.path, f"{message}: its input would be asked for and never used")
        else:
            findings.warn(node.path, f"{message}; it is not rendered")


def _upstream(output: str, level: Level) -> set[str]:
    used = {output}
    waiting = [output]
    while waiting:
        for name in level.edges[waiting.pop()]:
            if name not in used:
                used.add(name)
                waiting.append(name)
    return used
