"""How nodes hang together: every input is there, nothing goes round in a circle, everything leads to the output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from artcelery.core.config.findings import Findings
from artcelery.core.config.loops import find_loops
from artcelery.core.config.model import NodeSpec
from artcelery.core.config.section import Section
from artcelery.core.config.suggest import Suggester
from artcelery.core.ops import OPS

__all__ = ["check_wiring"]

_MOST_NAMED = 8


def check_wiring(findings: Findings, nodes: tuple[NodeSpec, ...], dag: Section) -> str | None:
    """The id of the output node; what is wrong with the edges of the graph is reported."""
    by_id = {node.id: node for node in nodes if node.id}
    near = Suggester(by_id)
    for node in nodes:
        _check_inputs(findings, node, by_id, near)
    for loop in find_loops({id: [name for name in node.inputs if name in by_id] for id, node in by_id.items()}):
        _report_loop(findings, loop, by_id)
    _refuse_double_meanings(findings, by_id)
    output = _output(dag, by_id, near)
    if output is not None:
        _check_use(findings, output, by_id)
    return output


def _check_inputs(findings: Findings, node: NodeSpec, by_id: Mapping[str, NodeSpec], near: Suggester) -> None:
    keys: Iterable[str | int] = node.roles or range(len(node.inputs))
    for key, name in zip(keys, node.inputs, strict=True):
        if name and name not in by_id:
            # One id alone stands at the key itself, and is found there: a text has no items.
            message = f"{node}: no node has the id {name[:60]!r}{near.hint(name)}"
            findings.problem(node.at("inputs", key), message)
    wrong = _arity(node) if node.type in OPS else None
    if wrong:
        findings.problem(node.at("inputs"), f"{node}: {wrong}")


def _arity(node: NodeSpec) -> str | None:
    least, most = OPS[node.type].inputs
    if least <= len(node.inputs) and (most is None or len(node.inputs) <= most):
        return None
    wanted = {(0, 0): "no inputs"}.get((least, most or 0)) or _counted(least, most)
    given = f"{len(node.inputs)}" if node.inputs else "none"
    return f"{node.type} takes {wanted}; here it has {given}"


def _counted(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least} input{'s' if least > 1 else ''}"
    count = f"{least}" if least == most else f"{least} to {most}"
    return f"{count} input{'s' if most > 1 else ''}"


def _report_loop(findings: Findings, loop: list[str], by_id: Mapping[str, NodeSpec]) -> None:
    first = by_id[loop[0]]
    if len(loop) == 1:
        said = f"{first} has itself as an input"
    else:
        said = f"these nodes go round in a circle: {' -> '.join(_named([*loop, loop[0]]))}"
    findings.problem(first.at("inputs"), said)


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


def _output(dag: Section, by_id: Mapping[str, NodeSpec], near: Suggester) -> str | None:
    if "output" not in dag.value:
        dag.missing("output", ": the id of the node to render")
        return None
    output = dag.text("output")
    if output is None or output in by_id:
        return output
    if by_id:  # else there are no nodes, which is reported already
        dag.problem("output", f"no node has the id {output[:60]!r}{near.hint(output)}")
    return None


def _check_use(findings: Findings, output: str, by_id: Mapping[str, NodeSpec]) -> None:
    """Inputs that are asked for must lead to the output; other nodes may lie idle, with a warning."""
    used = _upstream(output, by_id)
    for node in by_id.values():
        if node.id in used:
            continue
        message = f"{node} does not lead to the output {output!r}"
        if _is_input(node):
            findings.problem(node.path, f"{message}: its input would be asked for and never used")
        else:
            findings.warn(node.path, f"{message}; it is not rendered")


def _upstream(output: str, by_id: Mapping[str, NodeSpec]) -> set[str]:
    used = {output}
    waiting = [output]
    while waiting:
        for name in by_id[waiting.pop()].inputs:
            if name in by_id and name not in used:
                used.add(name)
                waiting.append(name)
    return used
